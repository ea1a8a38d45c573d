"""Sex or gender, from English and Spanish words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from retrato.identifiers.base import Feature, Field, Identifier, IdentifierType, Scope, Status
from retrato.identifiers.folding import fold
from retrato.identifiers.placeholders import is_absent, is_null
from retrato.identifiers.tables import headers, synonyms

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pyarrow as pa


_SEX = synonyms("sexes")
_UNTOLD = frozenset({"u", "9", "0", "prefer not to say", "prefiero no decirlo", "indistinto", "not stated"})


@dataclass(frozen=True)
class Sex(IdentifierType):
    """Sex as `m`, `f` or `other`.

    `M` is read as male; a column where `M` means *mujer* (`H`/`M`) is told by `m_is_female`.

    >>> Sex().parse("Mujer").value, Sex().parse("Male").value, Sex(m_is_female=True).parse("M").value
    ('f', 'm', 'f')
    """

    m_is_female: bool = False

    kind: ClassVar[str] = "sex"
    fields: ClassVar[Mapping[str, Field]] = {
        "sex": Field("text", headers("sex")),
    }
    features: ClassVar[tuple[Feature, ...]] = (Feature("sex", Scope.PERSON, "category", ("sex",)),)

    def parse_parts(self, parts: Mapping[str, str | None]) -> tuple[Identifier, ...]:
        """Read one cell: at most one identifier."""
        text = parts.get("text")
        if text is None or is_null(text):
            return ()
        folded = fold(text)
        if (is_absent(folded) and folded != "x") or folded in _UNTOLD:
            return (Identifier(self.kind, text, folded, Status.PLACEHOLDER),)
        sex = "f" if self.m_is_female and folded == "m" else _SEX.get(folded)
        if sex is None:
            return (Identifier(self.kind, text, None, Status.INVALID),)
        return (Identifier(self.kind, text, sex, Status.VALID, keys={"sex": sex}),)

    def accept(self, table: pa.Table) -> pa.Table | None:
        """A column of few different words."""
        from retrato.identifiers.columns.repeated import accept_repeated

        return accept_repeated(self, table)

    def recognise(self, sample: Sequence[str]) -> Mapping[str, float]:
        """A column of few distinct values that are all words for a sex."""
        if not 1 <= len(sample) <= 12:
            return {}
        told = [folded for text in sample if (folded := fold(text)) not in _UNTOLD and not is_absent(folded)]
        known = sum(1 for folded in told if folded in _SEX)
        if not known or known < len(told):
            return {}
        return {"sex": 0.9 if len(told) > 1 else 0.5}
