"""Consent flags: whether somebody has agreed to something, and when."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from retrato.identifiers.base import Feature, Field, Identifier, IdentifierType, Issue, Status
from retrato.identifiers.date import FILLERS
from retrato.identifiers.day_order import DayOrdered
from retrato.identifiers.folding import fold
from retrato.identifiers.moment import read_moment
from retrato.identifiers.placeholders import is_absent, is_null
from retrato.identifiers.tables import headers, listed

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pyarrow as pa

GRANTED, DENIED = "granted", "denied"
_WORDS = {word: value for value in (GRANTED, DENIED) for word in listed("consents", value)}
_SIGNS = {sign: value for value in (GRANTED, DENIED) for sign in listed("consents", f"{value} sign")}
_AROUND = re.compile(rf"\b(?:{'|'.join(sorted(listed('consents', 'around'), key=len, reverse=True))})\b")
_OWN = frozenset(listed("consents", "own"))
#: A date in digits, with a clock and a zone if there are any.
_TIME = re.compile(
    r"(?:\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.](?:\d{4}|\d{2}))(?!\d)"
    r"(?:[T,]?\s*\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d{1,9})?)?(?:\s?[ap]\.?m\.?)?(?:Z|\s?UTC|[+-]\d{2}:?\d{2})?)?",
    re.ASCII | re.IGNORECASE,
)
_UNKNOWN = Issue("not_a_consent", "the text says neither yes nor no")
_LONGEST = 80
#: Before this year nobody kept consents: the number is no date, or the date no time of a consent.
FIRST_YEAR = 1990


@dataclass(frozen=True)
class ConsentFlag(DayOrdered, IdentifierType):
    """A consent as `granted` or `denied`; the part `time` (UTC) says when, if the text does.

    A time alone means that the consent was given then. The namespace is what the consent is for: `consent.newsletter`.
    Consents identify nobody and take no part in matching.

    >>> ConsentFlag().parse("Sí").value, ConsentFlag().parse("baja 01/05/2024").value
    ('granted', 'denied')
    >>> ConsentFlag(namespace="newsletter").parse("2024-05-01 10:00").parts
    {'time': '2024-05-01 10:00:00.000000'}
    """

    namespace: str = ""

    kind: ClassVar[str] = "consent"
    fields: ClassVar[Mapping[str, Field]] = {
        "consent": Field("text", headers("consent")),
    }
    features: ClassVar[tuple[Feature, ...]] = ()

    @property
    def called(self) -> str:
        """The kind, and what the consent is for."""
        return f"{self.kind}.{self.namespace}" if self.namespace else self.kind

    def parse_parts(self, parts: Mapping[str, str | None]) -> tuple[Identifier, ...]:
        """Read one cell: at most one identifier."""
        text = parts.get("text")
        if text is None:
            return ()
        sign = _SIGNS.get(text.strip(" \t\ufe0f"))
        if sign is None and is_null(text):
            return ()
        folded = fold(text) if len(text) <= _LONGEST else ""
        value = sign or _WORDS.get(folded)
        if value is not None:
            return (Identifier(self.kind, text, value, Status.VALID, self.namespace),)
        if is_absent(folded):
            return (Identifier(self.kind, text, None, Status.PLACEHOLDER, self.namespace),)
        return (self._timed(text),)

    def _timed(self, text: str) -> Identifier:
        """A text with a time in it, or one that says nothing."""
        found = _TIME.search(text) if len(text) <= _LONGEST else None
        when = read_moment(found[0] if found else text, day_first=self.reads_day_first)
        if when.date().isoformat() in FILLERS if when else found and not set(found[0]) & set("123456789"):
            return Identifier(self.kind, text, None, Status.PLACEHOLDER, self.namespace)
        value = _said(f"{text[: found.start()]} {text[found.end() :]}") if found else GRANTED
        if when is None or when.year < FIRST_YEAR or value is None:
            return Identifier(self.kind, text, None, Status.INVALID, self.namespace, issues=(_UNKNOWN,))
        time = when.isoformat(" ", "microseconds")
        return Identifier(self.kind, text, value, Status.VALID, self.namespace, parts={"time": time})

    def accept(self, table: pa.Table) -> pa.Table | None:
        """A column of few words, or one of plain times."""
        from retrato.identifiers.columns.consents import accept_consents

        return accept_consents(self, table)

    def recognise(self, sample: Sequence[str]) -> Mapping[str, float]:
        """A column of a few words that all speak of a consent, some of them of nothing else."""
        told = {folded for text in sample if not is_absent(folded := fold(text))}
        sure = 0 < len(told) <= 12 and all(folded in _WORDS for folded in told) and not told.isdisjoint(_OWN)
        return {"consent": 0.9} if sure else {}


def _said(text: str) -> str | None:
    """What the words around a time say; no words say that the consent was given."""
    sign = next((value for sign, value in _SIGNS.items() if sign in text), None)
    folded = fold(text)
    words = folded if folded in _WORDS else " ".join(_AROUND.sub(" ", folded).split())
    return _WORDS.get(words) if words else sign or GRANTED
