"""E-mail addresses: the canonical address, and the key under which its spellings meet."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar, Self

from retrato.identifiers.base import Feature, Field, Identifier, IdentifierType, Issue, Scope, Status
from retrato.identifiers.email_domain import corrected_domain
from retrato.identifiers.email_fillers import is_filler
from retrato.identifiers.email_syntax import canonical_address, lowered
from retrato.identifiers.email_text import alone, repaired
from retrato.identifiers.folding import fold
from retrato.identifiers.placeholders import is_absent, is_null, shared_by_many
from retrato.identifiers.tables import headers, words

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pyarrow as pa


#: What a key keeps of an address, in lower case.
KEY_LETTERS = "a-z0-9@._+-"
GMAIL = frozenset({"gmail.com", "googlemail.com"})
_DIGITS = re.compile(r"[0-9]+")
_KEY_UNFIT = re.compile(f"[^{KEY_LETTERS}]")

ROLE = Issue("role", "the address belongs to a role or a team, not to a person")
DISPOSABLE = Issue("disposable", "the domain gives throw-away addresses")
MISTYPED = Issue("mistyped_domain", "the domain looks like a mistyped well-known one; the key uses that one")
_FILLER = Issue("filler", "the address is a filler")
_SHARED = Issue("shared_by_many", "so many rows hold the address that it cannot be personal")
_SYNTAX = Issue("syntax", "the text is not a correct address")


@dataclass(frozen=True)
class Email(IdentifierType):
    """An e-mail address.

    The value is the address in lower case (the raw text keeps what was written); the key leaves out plus tags and
    Gmail's dots, and uses the right domain for a mistyped one. An address of `fillers` is read as a placeholder.

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

    #: canonical addresses that are known to be nobody's own, such as the one that a form fills in
    fillers: frozenset[str] = frozenset()

    def parse_parts(self, parts: Mapping[str, str | None]) -> tuple[Identifier, ...]:
        """Read one cell, which may hold several addresses and display names; an address written twice is given once."""
        text = parts.get("text")
        if text is None or is_null(text):
            return ()
        address = alone(text)
        value = canonical_address(address) if address else None
        if value:
            return (self._identifier(text, value, Status.VALID),)
        found: dict[str | None, Identifier] = {}
        candidates = repaired(text)
        for candidate in candidates:
            raw = text if len(candidates) == 1 else candidate
            each = self._identifier(raw, lowered(candidate)) if candidate == address else self._read(raw, candidate)
            found.setdefault(each.keys.get("email", each.value), each)
        return tuple(found.values()) or (self._nothing(text),)

    def accept(self, table: pa.Table) -> pa.Table | None:
        """Plain addresses alone in their cells, of whatever domain, that are neither fillers nor oddly spelt."""
        from retrato.identifiers.columns.email import accept_emails

        return accept_emails(self, table)

    def inferred(self, columns: Mapping[str, pa.ChunkedArray]) -> tuple[Self, tuple[str, ...]]:
        """Addresses that too many rows hold to be personal become fillers of the type."""
        import pyarrow as pa
        import pyarrow.compute as pc

        column = columns.get("text")
        if column is None:
            return self, ()
        spelt = pc.utf8_lower(pc.utf8_trim_whitespace(column))
        texts = [text for text in shared_by_many(spelt) if self.parse(text).usable]
        if not texts:
            return self, ()
        rows = pc.sum(pc.is_in(spelt, pa.array(texts, pa.string()))).as_py()
        values = {each.value for text in texts for each in self.parse_parts({"text": text}) if each.value}
        sentence = (
            f"{len(values)} e-mail address(es) in {rows} rows are shared by too many to be personal;"
            " they are read as placeholders"
        )
        return replace(self, fillers=self.fillers | values), (sentence,)

    def _nothing(self, text: str) -> Identifier:
        absent = is_absent(fold(text))
        status = Status.PLACEHOLDER if absent else Status.INVALID
        return Identifier(self.kind, text, None, status, issues=() if absent else (_SYNTAX,))

    def _read(self, raw: str, candidate: str) -> Identifier:
        value = canonical_address(candidate)
        if value is None:
            return self._identifier(raw, lowered(candidate))
        if alone(value) is None:  # right as it is only within quotes
            local, _, domain = value.rpartition("@")
            value = f'"{local}"@{domain}'
        return self._identifier(raw, value, Status.VALID)

    def _identifier(self, raw: str, value: str, status: Status = Status.INVALID) -> Identifier:
        local, _, domain = value.rpartition("@")
        filler = _SHARED if value in self.fillers else _FILLER if is_filler(local, domain) else None
        if filler:
            return Identifier(self.kind, raw, value, Status.PLACEHOLDER, issues=(filler,))
        corrected = corrected_domain(domain)
        key_local, key_domain = _key(local, corrected or domain)
        found = (
            (status is Status.INVALID, _SYNTAX),
            (corrected is not None, MISTYPED),
            (key_local in words("email_roles"), ROLE),
            (key_domain in words("email_disposable"), DISPOSABLE),
        )
        key = f"{key_local}@{key_domain}"
        keys = {"email": key, "email_local": key_local, "email_letters": _DIGITS.sub("", key)}
        return Identifier(
            self.kind,
            raw,
            value,
            status,
            keys=keys if key_local and key_domain else {},
            parts={"local": local, "domain": domain},
            issues=tuple(issue for holds, issue in found if holds),
        )

    def mask(self, value: str) -> str:
        """The first letter and the ending of the domain stay.

        >>> Email().mask("pedro@gmail.com")
        'p****@*****.com'
        """
        local, _, domain = value.rpartition("@")
        masked = f"{local[:1]}****@*****.{domain.rpartition('.')[2] if '.' in domain else ''}"
        return masked if value not in masked else "****"

    def recognise(self, sample: Sequence[str]) -> Mapping[str, float]:
        """The share of values with the shape of an address (chat ids such as `34600112233@c.us` are none)."""
        if not sample:
            return {}
        shaped = sum(1 for text in sample if _looks_like_address(text))
        return {"email": shaped / len(sample)}


def _looks_like_address(text: str) -> bool:
    local, _, domain = text.strip().rpartition("@")
    return bool(local) and "." in domain and not domain.lower().startswith(("c.us", "s.whatsapp.net", "g.us"))


def _key(local: str, domain: str) -> tuple[str, str]:
    name = _ascii(local)
    host = _ascii(domain).strip(".")
    name = name.partition("+")[0] or name
    if host in GMAIL:
        return name.replace(".", ""), "gmail.com"
    return name.strip("."), host


def _ascii(text: str) -> str:
    if text.isascii():
        return _KEY_UNFIT.sub("", text)
    return _KEY_UNFIT.sub("", "".join(each if each.isascii() else fold(each) for each in text))
