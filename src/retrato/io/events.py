"""Event tables: the headers of their columns (English and Spanish), and whether a table is one.

Headers stand in order of preference: where two columns say the same field, the earlier header speaks.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from retrato.io.headers import squeezed, words

if TYPE_CHECKING:
    from collections.abc import Mapping

_HEADERS: Mapping[str, str] = {
    "event_id": (
        "event id|event uuid|message id|call id|interaction id|activity id|transaction id|log id|send id|hit id|"
        "line id|receipt number|receipt id|id evento|id mensaje|id llamada|id interaccion|id transaccion|"
        "numero de recibo|id|uuid"
    ),
    "event_time": (
        "event time|timestamp|time stamp|marca temporal|sent at|occurred at|sent on|sent|delivered at|visited on|"
        "clicked on|opened on|fecha envio|fecha de envio|fecha visita|fecha incidencia|fecha mensaje|fecha venta|"
        "fecha operacion|fecha interaccion|fecha contacto|hora inicio|when|cuando|datetime utc|time utc|"
        "timestamp utc|event ts|inicio|submitted at|submitted on|fecha reclamacion|fecha apertura|fecha reserva|"
        "booking date|invoice date|fecha factura|visit date"
    ),
    "event_kind": (
        "event kind|event type|event name|event|interaction type|activity type|action|activity|interaction|"
        "tipo evento|tipo de evento|evento|accion|actividad|interaccion|tipo interaccion|tipo de interaccion|"
        "call reason|motivo llamada|motivo de la llamada|tipo contacto|tipo de contacto|operation|operacion|"
        "tipo operacion|type|kind|tipo|reason|motivo|motivo de contacto|disposition"
    ),
    "channel": (
        "channel|canal|contact channel|canal de contacto|source channel|medium|medio|touchpoint|platform|plataforma"
    ),
    "direction": (
        "direction|call direction|message direction|sentido|in out|inbound outbound|from me|is outbound|"
        "direccion mensaje|direccion llamada|direccion"
    ),
    "thread": (
        "thread id|thread|conversation id|conversation|id conversacion|conversacion|hilo|chat id|ticket id|"
        "ticket number|ticket|numero de ticket|num ticket|case id|case number|case|caso|id incidencia|incidencia|"
        "numero incidencia|expediente|complaint id|id reclamacion|reclamacion|order id|order number|order no|"
        "order|id pedido|numero de pedido|num pedido|pedido|cart id|id carrito|cart|carrito|invoice number|"
        "invoice id|numero factura|factura|lead id|opportunity id|booking id|reserva|id reserva|session id|"
        "session|id sesion|sesion"
    ),
    "state": (
        "state|status|estado|order status|ticket status|case status|call status|delivery status|estado pedido|"
        "estado ticket|estado incidencia|situacion|outcome|result|resultado|call result|stage|etapa|fase"
    ),
    "amount": (
        "amount|total amount|order total|grand total|total|importe total|importe|monto|revenue|price|precio|"
        "total price|value|valor|net amount|total paid|pagado|ingresos"
    ),
    "currency": ("currency|currency code|moneda|divisa"),
    "satisfaction": (
        "satisfaction|satisfaction score|satisfaccion|csat|nps|rating|score|survey score|valoracion|puntuacion|"
        "stars|estrellas|encuesta"
    ),
    "due_at": (
        "due at|due date|due|promised at|promised for|promised date|promise date|committed date|follow up date|"
        "follow up at|next action date|next step date|callback at|callback time|fecha compromiso|compromiso|"
        "fecha comprometida|fecha prometida|prometido para|fecha limite|vencimiento|fecha vencimiento|"
        "fecha de vencimiento|fecha proxima accion|proxima accion|fecha seguimiento|fecha prevista"
    ),
    "place": (
        "place|store|store name|store id|store code|tienda|id tienda|codigo tienda|shop|branch|sucursal|"
        "punto de venta|establecimiento|location|ubicacion|lugar|centro|oficina"
    ),
    "agent": (
        "agent|agent name|agent id|agente|id agente|nombre agente|operator|operador|employee|employee id|empleado|"
        "vendedor|seller|sales rep|rep|cashier|cajero|assigned to|asignado a|handled by|atendido por|gestor|staff"
    ),
    "area": (
        "area|department|departamento|team|equipo|queue|cola|skill|skill group|business unit|seccion|grupo|ring group|"
        "support group|assigned team|assigned group"
    ),
    "text": (
        "text|message|message text|mensaje|texto|body|content|contenido|transcript|transcripcion|comment|comments|"
        "comentario|comentarios|notes|note|notas|observaciones|description|descripcion|summary|resumen|subject|"
        "asunto|question|consulta|product|product name|producto|item|articulo|page|page url|url|pagina|path|title|"
        "titulo|detalle|details|link"
    ),
    "campaign": (
        "campaign|campaign name|campana|nombre campana|utm campaign|campaign id|id campana|newsletter|mailing"
    ),
    "referrer": (
        "referrer|referer|http referer|http referrer|referring site|utm source|traffic source|session source|"
        "procedencia|origen visita|origen de la visita"
    ),
    "customer_key": (
        "customer key|customer id|customer number|customer no|customer code|id cliente|cliente id|codigo cliente|"
        "codigo de cliente|cod cliente|numero de cliente|numero cliente|num cliente|client id|contact id|"
        "id contacto|contact key|crm id|user id|id usuario|subscriber key|subscriber id|person id|profile id|"
        "external id|member id|account id|customer|cliente"
    ),
}


def _headers(text: str) -> frozenset[str]:
    return frozenset(squeezed(each) for each in text.split("|"))


#: Columns that no field takes and that only things that happen have.
_SIGNS = _headers(
    "duration|duracion|seconds|segundos|talk time|wait time|call duration|duracion llamada|page url|url|user agent|"
    "quantity|cantidad|sku|product|producto|items|utm medium"
)
_GENERIC = _headers("id|uuid|type|kind|tipo|reason|motivo|motivo de contacto")
#: Headers that a record can have too, so that they prove nothing.
STRONG_FIELDS = frozenset(("event_id", "event_kind", "direction", "thread"))
DIRECTIONS = _headers(
    "in|out|inbound|outbound|incoming|outgoing|entrada|salida|entrante|saliente|received|sent|recibido|enviado|"
    "recibida|enviada|recibidas|enviadas|true|false|1|0|i|o|in bound|out bound|customer|agent"
)
STATES = _headers(
    "open|opened|closed|pending|paid|unpaid|cancelled|canceled|resolved|new|won|lost|active|inactive|abandoned|"
    "completed|failed|abierto|abierta|cerrado|cerrada|pendiente|pagado|pagada|cancelado|cancelada|resuelto|"
    "resuelta|nuevo|nueva|ganado|perdido|activo|activa|inactivo|inactiva|abandonado|completado|fallido|baja|alta|"
    "delivered|entregado|bounced|shipped|enviado|refunded|devuelto|anulado|anulada|finalizado|solved|escalated|"
    "en curso|in progress|on hold"
)


@cache
def _ranks() -> Mapping[str, tuple[str, int]]:
    ranks: dict[str, tuple[str, int]] = {}
    for field, headers in _HEADERS.items():
        for rank, header in enumerate((field, *headers.split("|"))):
            ranks.setdefault(squeezed(header), (field, rank))
            ranks.setdefault(_short(header), (field, rank))
    return ranks


def _short(header: str) -> str:
    return "".join(word for word in words(header) if word not in {"de", "la"})


def event_match(header: str) -> tuple[str, int] | None:
    """The event field that a header says and its rank (0 speaks first), or None.

    >>> event_match("Order ID")[0], event_match("Importe")[0], event_match("occupation")
    ('thread', 'amount', None)
    """
    return _ranks().get(squeezed(header)) or _ranks().get(_short(header))


#: What a thread is, by the words of its header.
_THREADS = {
    "cart": "cart|carrito|basket|cesta|checkout",
    "order": "order|orders|pedido|invoice|factura|booking|reserva|purchase|compra|transaction",
    "ticket": "ticket|case|caso|incidencia|reclamacion|complaint|incident|issue",
    "lead": "lead|opportunity|oportunidad|deal|prospect|quote|presupuesto",
    "contract": "contract|contrato|policy|poliza|subscription|suscripcion",
    "conversation": "conversation|conversacion|chat|hilo|dialog",
    "session": "session|sesion|visit",
}
_THREAD_OF_WORD = {word: kind for kind, said in _THREADS.items() for word in said.split("|")}


def thread_kind(header: str) -> str | None:
    """What the threads of a column are: a cart, an order, …; None where the header does not tell.

    >>> thread_kind("cart_id"), thread_kind("Número de pedido"), thread_kind("thread_id")
    ('cart', 'order', None)
    """
    return next((_THREAD_OF_WORD[word] for word in words(header) if word in _THREAD_OF_WORD), None)


def is_sign(header: str) -> bool:
    """Whether a header, though no field of ours, is one that only events have (a duration, a page)."""
    return squeezed(header) in _SIGNS or words(header)[:1] in (("duration",), ("duracion",))


def is_strong(field: str, header: str) -> bool:
    """Whether a header of an event field proves an event, since records have no such thing.

    >>> is_strong("event_kind", "event_type"), is_strong("event_kind", "type"), is_strong("state", "status")
    (True, False, False)
    """
    return field in STRONG_FIELDS and squeezed(header) not in _GENERIC
