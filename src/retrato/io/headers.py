"""What a column header says: the field, and the namespace that belongs to it.

camelCase, snake_case, blanks, accents and numbers make no difference: `customerEmail`, `customer_email` and
`E-mail cliente 2` all say `email`. The synonyms stand with the identifier types (`Field.headers`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from retrato.identifiers.folding import fold

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from retrato.identifiers.base import IdentifierType

_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_DIGITS = re.compile(r"(?<=[a-z])(?=\d)|(?<=\d)(?=[a-z])")


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


#: Words that tell one of several addresses of a person.
_ADDRESSES = {
    "shipping": "shipping", "ship": "shipping", "delivery": "shipping", "envio": "shipping", "entrega": "shipping",
    "billing": "billing", "bill": "billing", "invoice": "billing", "facturacion": "billing", "fiscal": "billing",
    "mailing": "mailing", "correspondencia": "mailing", "home": "home", "casa": "home", "particular": "home",
    "work": "work", "office": "work", "trabajo": "work", "oficina": "work",
}  # fmt: skip
_PLATFORMS = {
    "instagram": "instagram", "ig": "instagram", "insta": "instagram", "facebook": "facebook", "fb": "facebook",
    "messenger": "facebook", "psid": "messenger_psid", "twitter": "twitter", "tiktok": "tiktok", "linkedin": "linkedin",
    "telegram": "telegram", "youtube": "youtube",
}  # fmt: skip
_ACCOUNTS = {
    "customer": "customer", "cliente": "customer", "client": "customer", "contract": "contract",
    "contrato": "contract", "loyalty": "loyalty", "tarjeta": "loyalty", "card": "loyalty", "fidelidad": "loyalty",
    "member": "member", "socio": "member", "membership": "member", "poliza": "policy", "policy": "policy",
    "user": "user", "usuario": "user", "subscriber": "subscriber", "abonado": "subscriber", "account": "account",
    "cuenta": "account",
}  # fmt: skip
_CONSENTS = {
    "newsletter": "newsletter", "boletin": "newsletter", "whatsapp": "whatsapp", "sms": "sms", "email": "email",
    "correo": "email", "phone": "phone", "telefono": "phone", "call": "phone", "llamadas": "phone", "push": "push",
    "marketing": "marketing", "comercial": "marketing", "comerciales": "marketing", "comunicaciones": "marketing",
    "publicidad": "marketing", "cookie": "cookies", "cookies": "cookies", "tracking": "tracking",
    "seguimiento": "tracking", "analytics": "analytics", "analitica": "analytics", "analiticas": "analytics",
    "profiling": "profiling", "perfilado": "profiling", "third": "third_parties", "terceros": "third_parties",
    "cesion": "third_parties", "terms": "terms", "terminos": "terms", "condiciones": "terms",
}  # fmt: skip
#: Whoever has opted in without further words gets what a company sends.
_OPTED = _words("opt optin opted subscribed suscrito")
#: Words around a field that change nothing about it.
_QUALIFIERS = _words(
    "de del la el of the contact contacto customer client cliente llamante caller user usuario member socio "
    "subscriber person persona personal work home office trabajo casa oficina primary secondary alternate "
    "alternative alternativo alternativa other otro otra principal main second segundo segunda mobile current "
    "actual raw clean value valor properties attributes fields custom profile perfil lead buyer comprador "
    "recipient destinatario particular billing shipping mailing facturacion envio"
)
#: Words that make a column speak of somebody or something else than the customer.
_OTHERS = _words(
    "agent agente employee empleado seller vendedor salesperson operator operador manager gestor owner staff "
    "store tienda company empresa organization organizacion brand marca product producto campaign campana file "
    "emergency emergencia spouse conyuge partner pareja parent padre madre mother father referrer referrer "
    "referente branch sucursal supplier proveedor domain dominio host item articulo court school device browser "
    "template list segment event evento"
)
#: Columns that number the answer instead of describing the person.
LABELS = _words(
    "cluster clusterid truth label entityid personid groupid trueid trueentity matchid masterid goldenid "
    "householdid profileid duplicateof duplicategroup truecluster clusters entity groundtruth"
)
#: `company_name` may be a customer's; `mothers surname` is the customer's own.
_OWN = frozenset({"mothersurname", "motherssurname"})


@dataclass(frozen=True, slots=True)
class HeaderMatch:
    """What a header says: a field of the vocabulary with its namespace, and how sure that is (0 to 1)."""

    field: str
    namespace: str
    confidence: float

    @property
    def name(self) -> str:
        """The field as a mapping writes it."""
        return f"{self.field}.{self.namespace}" if self.namespace else self.field


def words(header: str) -> tuple[str, ...]:
    """The folded words and numbers of a header.

    >>> words("customerPhone1"), words("E-mail_address"), words("Nº de teléfono")
    (('customer', 'phone', '1'), ('e', 'mail', 'address'), ('no', 'de', 'telefono'))
    """
    return tuple(_DIGITS.sub(" ", fold(_CAMEL.sub(" ", header))).split())


def squeezed(header: str) -> str:
    """A header without blanks: the form in which headers are compared.

    >>> squeezed("Date of Birth") == squeezed("dateOfBirth") == squeezed("DATE_OF_BIRTH")
    True
    """
    return "".join(words(header))


def of_somebody_else(header: str) -> bool:
    """Whether a header speaks of an agent, a shop, a product, a relative and so on."""
    return squeezed(header) not in _OWN and not _OTHERS.isdisjoint(words(header))


def header_match(header: str, types: Sequence[IdentifierType]) -> HeaderMatch | None:
    """The field that a header says, or None.

    >>> from retrato.identifiers.registry import TYPES
    >>> names = ("phone_2", "shippingCity", "cuenta de instagram", "customer.email")
    >>> [header_match(name, TYPES).name for name in names]
    ['phone', 'city.shipping', 'handle.instagram', 'email']
    """
    table = _table(tuple(types))
    said = words(header)
    exact = table.get("".join(said))
    address = _address(said, table)
    if address is not None:
        return address
    if exact is not None:
        return _named(exact, said, 0.95)
    if of_somebody_else(header):
        return None
    unnumbered = tuple(word for word in said if not word.isdigit())
    platform = next((_PLATFORMS[word] for word in unnumbered if word in _PLATFORMS), None)
    bare = tuple(word for word in unnumbered if word not in _QUALIFIERS)
    for candidate, confidence in ((unnumbered, 0.9), (bare, 0.85)):
        found = table.get("".join(candidate))
        if found is not None:
            return _named(found, said, confidence)
    if platform and all(_is_handle_word(word) for word in bare):
        return HeaderMatch("handle", platform, 0.9)
    return None


def _is_handle_word(word: str) -> bool:
    return word in _PLATFORMS or word in {
        "cuenta",
        "account",
        "handle",
        "username",
        "name",
        "id",
        "url",
        "link",
        "nick",
    }


def _address(said: Sequence[str], table: Mapping[str, str]) -> HeaderMatch | None:
    """An address field with the word that tells which address."""
    which = [_ADDRESSES[word] for word in said if word in _ADDRESSES]
    if len(set(which)) != 1:
        return None
    rest = "".join(word for word in said if word not in _ADDRESSES and word not in {"de", "del", "la"})
    found = table.get(rest)
    return HeaderMatch(found, which[0], 0.9) if found is not None and found in _ADDRESS_FIELDS else None


_ADDRESS_FIELDS = frozenset(
    ("address", "street_number", "address_line_2", "unit", "postcode", "city", "region", "country")
)


def _named(field: str, said: Sequence[str], confidence: float) -> HeaderMatch:
    known = {"handle": _PLATFORMS, "account_id": _ACCOUNTS, "consent": _CONSENTS}.get(field, {})
    plain = "marketing" if field == "consent" and not _OPTED.isdisjoint(said) else ""
    return HeaderMatch(field, next((known[word] for word in said if word in known), plain), confidence)


@lru_cache(maxsize=8)
def _table(types: tuple[IdentifierType, ...]) -> Mapping[str, str]:
    table: dict[str, str] = {}
    for each in types:
        for name, field in each.fields.items():
            for header in (*field.headers, name if field.headers else ""):
                table.setdefault(squeezed(header), name)
    table.pop("", None)
    return table
