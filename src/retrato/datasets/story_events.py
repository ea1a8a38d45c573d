"""What Pedro and the people around him did, touch by touch: the events of the story of `retrato.datasets.story`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from retrato.datasets.story import APP, LAPTOP, MOBILE_WEB, PEDRO, PEDRO_JUNIOR, Touch

if TYPE_CHECKING:
    from collections.abc import Mapping

_STRANGE_COOKIE = "5512e09bd7fa3c68"
_NO_ONE = -1


def _web(time: str, kind: str, place: str = LAPTOP, /, *given: Mapping[str, str], by: int = 0, **more: str) -> Touch:
    device = {"device_id": APP, "platform": "app"} if place == APP else {"cookie_id": place, "platform": "web"}
    device["tracking_consent"] = "true"
    values = {"event_time": time + "Z", "event_type": kind, "direction": "out" if kind == "push" else "in"}
    for each in given:
        values |= each
    return Touch("web_app_events", time, by, {**values, **device, **more})


def _mail(time: str, kind: str, campaign: str) -> Touch:
    direction = "out" if kind == "email_sent" else "in"
    values = {"timestamp": time.replace("T", " "), "type": kind, "channel": "email", "direction": direction}
    whom = {"subscriber_id": "sub_0000030", "email": PEDRO.email}
    return Touch("newsletter_events", time, 0, {**values, **whom, "campaign": campaign})


def _chat(
    time: str, conversation: str, text: str, agent: str = "", *, wa_id: str = "34654218907@c.us", by: int = 0
) -> Touch:
    day, clock = time.split("T")
    sent = "/".join(reversed(day.split("-"))) + " " + clock
    values = {"sent_at": sent, "type": "message", "channel": "whatsapp", "direction": "out" if agent else "in"}
    more = {"wa_id": wa_id, "conversation_id": conversation, "agent": agent, "text": text}
    return Touch("whatsapp_messages", time, by, {**values, **more})


def _call(time: str, kind: str, number: str, reason: str, *, by: int = 0, **more: str) -> Touch:
    day, clock = time.split("T")
    started = "-".join(reversed(day.split("-"))) + " " + clock
    values = {"started_at": started, "type": kind, "channel": "phone", "direction": "in", "caller_number": number}
    return Touch("call_centre", time, by, {**values, "reason": reason, "agent": "L. Pardo", **more})


def _office(time: str, kind: str, customer: str, **more: str) -> Touch:
    day, clock = time.split("T")
    moment = "/".join(reversed(day.split("-"))) + " " + clock[:5]
    values = {"fecha": moment, "tipo": kind, "id_cliente": customer, "agente": "M. Sosa"}
    return Touch("crm_activities", time, 0, {**values, **more})


def _shop(time: str, kind: str, *, by: int = 0, **more: str) -> Touch:
    day, clock = time.split("T")
    moment = "/".join(reversed(day.split("-"))) + " " + clock[:5]
    return Touch("shop_till", time, by, {"fecha": moment, "tipo": kind, "canal": "shop", "tienda": "ES-03", **more})


_AD = {"utm_source": "facebook", "utm_campaign": "fibra-verano"}
_LOGIN = {"email": PEDRO.email, "id_cliente": "C0000007"}
_ROUTER = {"cart_id": "CART-0000031", "amount": "89.00", "currency": "EUR"}
_LAST = {"cart_id": "CART-0000046", "amount": "129.90", "currency": "EUR"}

EVENTS = (
    # A call to the number that he gave up a year later; he did not answer.
    _call("2022-06-14T10:30:00", "call_missed", "636410275", "oferta", direction="out"),
    # The advertisement, and three days later the form: until then nobody knows the cookie.
    _web("2024-09-15T18:41:07", "visit", LAPTOP, _AD, page="/fibra"),
    _web("2024-09-15T18:43:20", "view", page="/tarifas/familia"),
    _web("2024-09-18T19:02:11", "visit", page="/fibra"),
    _web("2024-09-18T19:05:48", "view", page="/cobertura"),
    _web("2024-09-18T19:12:00", "form", page="/fibra", email="pedro.navarro78@gmail.com"),
    _call("2024-09-19T08:12:00", "call", "+34654218907", "alta", ficha="L0000009", duration_s="412"),
    _chat("2024-09-20T16:02:00", "CONV-0000015", "Hola, llamé ayer por la fibra. ¿Qué necesito para contratar?"),
    _chat("2024-09-20T16:09:30", "CONV-0000015", "Solo el DNI. Puede firmar en la oficina de Sol.", "A. Molina"),
    _chat("2024-09-20T16:11:02", "CONV-0000015", "Perfecto, voy el miércoles 2"),
    _office("2024-10-02T10:05:00", "contract",
        "C0000007", canal="office", sentido="in", expediente="CT-0000042", estado="signed",
            importe="39,90", moneda="EUR"),
    _office("2024-10-16T09:00:00", "survey", "C0000007", canal="email", sentido="out", satisfaccion="5"),
    _mail("2024-11-20T10:00:00", "email_sent", "black-friday-035"),
    _mail("2024-11-20T20:14:40", "email_opened", "black-friday-035"),
    _mail("2024-11-20T20:15:30", "email_clicked", "black-friday-035"),
    _web("2024-11-20T20:15:34", "visit", MOBILE_WEB, page="/ofertas", utm_campaign="black-friday"),
    _mail("2025-01-15T10:00:00", "email_sent", "plan-amigo-039"),
    _web("2025-02-03T18:30:00", "push", APP, utm_campaign="movil-5g"),
    _web("2025-02-03T18:52:10", "visit", APP, _LOGIN, page="/movil", utm_campaign="movil-5g"),
    # What he really answers.
    _chat("2025-02-18T18:20:00", "CONV-0000061", "Hola, Pedro. ¿Sigue pensando en la línea móvil?", "A. Molina"),
    _chat("2025-02-18T18:41:00", "CONV-0000061", "Sí, pero después del verano"),
    _chat("2025-04-08T18:05:00", "CONV-0000069", "¿Le ha llegado bien la factura de marzo?", "S. Cano"),
    _chat("2025-04-08T19:10:00", "CONV-0000069", "Sí, gracias"),
    _office("2025-03-14T11:00:00", "sms", "C0000007", canal="sms", sentido="out", campana="plan-amigo"),
    # The router breaks; the complaint stays open.
    _call("2025-05-06T17:20:00", "call", "654218907", "avería", ficha="L0000009", duration_s="655"),
    _call("2025-05-06T17:31:00", "ticket", "654218907",
        "avería", ficha="L0000009", ticket_id="TCK-0000077", status="open"),
    # The cart: filled on the laptop, paid on the mobile the next day.
    _web("2025-05-20T19:40:00", "visit", page="/router"),
    _web("2025-05-20T19:44:10", "view", page="/router"),
    _web("2025-05-20T19:49:00", "cart", LAPTOP, _ROUTER, state="open", page="/router"),
    _web("2025-05-21T07:55:00", "visit", APP, _LOGIN, page="/router"),
    _web("2025-05-21T07:57:30", "order", APP, _ROUTER, _LOGIN, state="placed", page="/router"),
    _web("2025-05-21T07:58:20", "payment", APP, _ROUTER, _LOGIN, state="paid", page="/router"),
    # The office keeps the same payment.
    _office("2025-05-21T08:10:00", "payment", "C0000007", canal="web", sentido="in", expediente="CART-0000031",
            estado="pagado", importe="89,00", moneda="EUR"),
    # The first time in a shop.
    _shop("2025-06-12T17:02:00", "store_visit", vendedor="R. Tapia", numero_tarjeta="2700000012"),
    _shop("2025-06-12T17:14:00", "payment", vendedor="R. Tapia", numero_tarjeta="2700000012", articulo="funda",
          importe="19,95", moneda="EUR"),
    _chat("2025-06-13T18:02:00", "CONV-0000085", "¿Qué tal le atendieron ayer en la tienda?", "A. Molina"),
    _chat("2025-06-13T19:22:00", "CONV-0000085", "Muy bien, pero sigo sin router"),
    # A cart left behind, and the last word.
    _web("2025-06-24T21:05:00", "visit", page="/ofertas"),
    _web("2025-06-24T21:11:00", "cart", LAPTOP, _LAST, state="open", page="/movil"),
    _chat("2025-06-26T18:36:00", "CONV-0000088", "¿Cuándo viene el técnico?"),
    _chat("2025-06-26T18:43:00", "CONV-0000088", "Disculpe. El técnico va el jueves 3 de julio por la mañana.",
        "S. Cano"),
    _office("2025-06-26T18:50:00", "ticket", "C0000007", canal="phone", sentido="out", expediente="TCK-0000077",
            estado="abierto", compromiso="03/07/2025 09:00", texto="Visita del técnico"),
    # Lucía's form, with the e-mail of both and her own cookie; and a receipt to that e-mail, which may be anybody's.
    _web("2025-01-09T20:30:00", "form", "2c90d7b14fe6a835", by=1, page="/movil", email=PEDRO.email),
    _shop("2025-03-02T12:05:00", "payment", by=1, email=PEDRO.email, vendedor="R. Tapia", articulo="cargador",
          importe="14,90", moneda="EUR"),
    # The others: the son on his own number, the stranger on Pedro's old one, Marta from the switchboard, the
    # Whitfields.
    _chat("2024-12-05T13:40:00", "CONV-0000031",
        "buenas, cuanto es la tarifa de datos", wa_id="34622908416@c.us", by=2),
    _web("2025-02-08T22:10:00", "visit", "e3017fcb5a92d846", by=2, page="/movil", email=PEDRO_JUNIOR.email),
    _chat("2025-02-04T11:20:00", "CONV-0000052",
        "Hola, soy Óscar. ¿Ha llegado mi pedido?", wa_id="34636410275@c.us", by=4),
    _call("2023-02-17T09:25:00", "call", "914417380", "información", by=3, duration_s="130"),
    _call("2024-02-27T15:30:00", "call", "07740512986", "factura", by=5, ficha="L0000006", duration_s="301"),
    _web("2023-09-02T18:00:00", "form", "90e1ff25ac3b7d48", by=7, page="/fibra", email="rob.whitfield93@gmail.com"),
    _web("2024-09-15T19:20:00", "visit", _STRANGE_COOKIE, _AD, by=_NO_ONE, page="/fibra"),
)  # fmt: skip
