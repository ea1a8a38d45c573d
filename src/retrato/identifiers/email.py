"""E-mail addresses: the canonical address, and the key under which its spellings meet."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, ClassVar

from retrato.identifiers.base import Feature, Field, Identifier, IdentifierType, Issue, Scope, Status
from retrato.identifiers.folding import fold
from retrato.identifiers.placeholders import is_absent, is_null
from retrato.identifiers.tables import headers, listed, synonyms, words

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


_ADDRESS = re.compile(r"[^\s<>(),;|\"\[\]]+@[^\s<>(),;|\"\[\]]+")
_LOOSE_AT = re.compile(r"\s*@\s*")
_SPELT_AT = re.compile(r"\s*[(\[](?:at|arroba)[)\]]\s*", re.IGNORECASE)
_COMMA_FOR_DOT = re.compile(r"(?<=\w),(?=(?:com|es|net|org|mx|ar|co|cl|pe|uk)\b(?!@))", re.IGNORECASE)
_NEXT_ADDRESS = re.compile(r"/(?=[^/\s]+@)")
_EDGES = ".:;,'`´’<>"
_DIGITS = re.compile(r"[0-9]+")
_KEY_UNFIT = re.compile(r"[^a-z0-9@._+\-]")
_FILLER_LOCALS = frozenset(listed("placeholders", "email local"))
_FILLER_DOMAINS = frozenset(listed("placeholders", "email domain"))
_FILLER_ANYWHERE = frozenset(listed("placeholders", "email local anywhere"))
#: Those of them that people (or the authors of sample data) use: there a filler local part has to come with it.
_REAL_DOMAINS = frozenset(
    {
        "example.com",
        "example.org",
        "example.net",
        "example.es",
        "email.com",
        "mail.com",
        "x.com",
        "test.com",
        "na.com",
        "abc.com",
        "correo.com",
    }
)

_ROLE = Issue("role", "the address belongs to a role or a team, not to a person")
_DISPOSABLE = Issue("disposable", "the domain gives throw-away addresses")
_MISTYPED = Issue("mistyped_domain", "the domain looks like a mistyped well-known one; the key uses that one")
_FILLER = Issue("filler", "the address is a filler")
_SYNTAX = Issue("syntax", "the text is not a correct address")


@cache
def _mistyped() -> dict[str, str]:
    return synonyms("email_domains")


@dataclass(frozen=True)
class Email(IdentifierType):
    """An e-mail address.

    The value is the address in lower case (the raw text keeps what was written); the key leaves out plus tags and
    Gmail's dots.

    >>> Email().parse("Pedro <Pedro.Ruiz+web@GMail.com>").value
    'pedro.ruiz+web@gmail.com'
    >>> Email().parse("Pedro.Ruiz+web@GMail.com").keys["email"]
    'pedroruiz@gmail.com'
    """

    kind: ClassVar[str] = "email"
    fields: ClassVar[Mapping[str, Field]] = {
        "email": Field("text", headers("email")),
    }
    features: ClassVar[tuple[Feature, ...]] = (
        Feature(
            "email",
            Scope.SHARED,
            "email",
            ("email", "email_local", "email_letters"),
            contact_point=True,
            multivalued=True,
        ),
    )

    def parse_parts(self, parts: Mapping[str, str | None]) -> tuple[Identifier, ...]:
        """Read one cell, which may hold several addresses and display names; an address written twice is given once."""
        text = parts.get("text")
        if text is None or is_null(text):
            return ()
        candidates = _candidates(text)
        if len(candidates) == 1:
            return (self._read(text, candidates[0]),)
        if not candidates:
            absent = is_absent(fold(text))
            issues = () if absent else (_SYNTAX,)
            return (Identifier(self.kind, text, None, Status.PLACEHOLDER if absent else Status.INVALID, issues=issues),)
        found: dict[str | None, Identifier] = {}
        for candidate in candidates:
            each = self._read(candidate, candidate)
            found.setdefault(each.keys.get("email", each.value), each)
        return tuple(found.values())

    def _read(self, raw: str, address: str) -> Identifier:
        value, status = _validated(re.sub("@{2,}", "@", address) if "@@" in address else address)
        issues: list[Issue] = [] if status is Status.VALID else [_SYNTAX]
        local, _, domain = value.rpartition("@")
        if _is_filler(local, domain):
            return Identifier(self.kind, raw, value, Status.PLACEHOLDER, issues=(_FILLER,))
        corrected = _mistyped().get(domain)
        if corrected:
            issues.append(_MISTYPED)
        key_local, key_domain = _key(local, corrected or domain)
        if not key_local or not key_domain:
            return Identifier(self.kind, raw, value, Status.INVALID, issues=(_SYNTAX,))
        if key_local in words("email_roles"):
            issues.append(_ROLE)
        if key_domain in words("email_disposable"):
            issues.append(_DISPOSABLE)
        keys = {"email": f"{key_local}@{key_domain}", "email_local": key_local}
        keys["email_letters"] = _DIGITS.sub("", keys["email"])
        parts = {"local": local, "domain": domain}
        return Identifier(self.kind, raw, value, status, keys=keys, parts=parts, issues=tuple(issues))

    def mask(self, value: str) -> str:
        """The first letter and the ending of the domain stay.

        >>> Email().mask("pedro@gmail.com")
        'p****@*****.com'
        """
        local, _, domain = value.rpartition("@")
        return f"{local[:1]}****@*****.{domain.rpartition('.')[2]}"

    def recognise(self, sample: Sequence[str]) -> Mapping[str, float]:
        """The share of values with the shape of an address (chat ids such as `34600112233@c.us` are none)."""
        if not sample:
            return {}
        shaped = sum(1 for text in sample if _looks_like_address(text))
        return {"email": shaped / len(sample)}


def _looks_like_address(text: str) -> bool:
    local, _, domain = text.strip().rpartition("@")
    return bool(local) and "." in domain and not domain.lower().startswith(("c.us", "s.whatsapp.net", "g.us"))


def _candidates(text: str) -> list[str]:
    stripped = text.strip()
    if stripped.isascii() and stripped.count("@") == 1 and stripped.replace("@", "").replace(".", "").isalnum():
        return [stripped]
    if len(stripped) > 2000:
        return []
    tidied = _LOOSE_AT.sub("@", stripped.replace("mailto:", " ").replace("MAILTO:", " "))
    if "(" in tidied or "[" in tidied:
        tidied = _SPELT_AT.sub("@", tidied)
    if "," in tidied:
        tidied = _COMMA_FOR_DOT.sub(".", tidied)
    found = (each.strip(_EDGES) for each in _NEXT_ADDRESS.sub(" ", " ".join(_ADDRESS.findall(tidied))).split())
    return [each for each in found if "@" in each.strip("@")]


def _validated(address: str) -> tuple[str, Status]:
    """The address in lower case, and whether it is a correct one."""
    from email_validator import EmailNotValidError, validate_email

    try:
        found = validate_email(address, check_deliverability=False, allow_smtputf8=True)
    except (EmailNotValidError, UnicodeError, ValueError):
        return _lowered(address), Status.INVALID
    return _lowered(found.normalized), Status.VALID


def _lowered(address: str) -> str:
    return address.lower() if address.isascii() else unicodedata.normalize("NFC", address.lower())


def _key(local: str, domain: str) -> tuple[str, str]:
    name = _ascii(local)
    host = _ascii(domain).strip(".")
    name = name.partition("+")[0] or name
    if host in {"gmail.com", "googlemail.com"}:
        return name.replace(".", ""), "gmail.com"
    return name.strip("."), host


def _ascii(text: str) -> str:
    if text.isascii():
        return _KEY_UNFIT.sub("", text)
    return _KEY_UNFIT.sub("", "".join(each if each.isascii() else fold(each) for each in text))


def _is_filler(local: str, domain: str) -> bool:
    """Whether nobody can be reached there: `test@test.com`, `noemail@…`, `x@x.x`."""
    if local in _FILLER_LOCALS and (domain in _FILLER_DOMAINS or local in _FILLER_ANYWHERE):
        return True
    head = domain.partition(".")[0]
    return (domain in _FILLER_DOMAINS and domain not in _REAL_DOMAINS) or (local == head and len(set(local)) <= 1)
