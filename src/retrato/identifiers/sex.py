"""Sex or gender, from English and Spanish words."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar, Self

from retrato.identifiers.base import Feature, Field, Identifier, IdentifierType, Scope, Status
from retrato.identifiers.folding import fold
from retrato.identifiers.placeholders import is_absent, is_null
from retrato.identifiers.tables import headers, synonyms

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pyarrow as pa


_SEX = synonyms("sexes")
_UNTOLD = frozenset({"u", "9", "0", "prefer not to say", "prefiero no decirlo", "indistinto", "not stated"})


#: Codes for the male sex that stand beside an `M` for *mujer*, and codes for the female sex that stand beside another.
_MALE_BESIDE_MUJER = frozenset({"h", "hombre", "v", "varon"})
_FEMALE_BESIDE_MALE = frozenset({"f", "fem", "femenino", "female", "mujer", "muj", "w"})


@dataclass(frozen=True)
class Sex(IdentifierType):
    """Sex as `m`, `f` or `other`.

    `M` is read as male, but as *mujer* in a column that shows it (`H` and `M`), or where `m_is_female` says so.

    >>> Sex().parse("Mujer").value, Sex().parse("Male").value, Sex(m_is_female=True).parse("M").value
    ('f', 'm', 'f')
    """

    m_is_female: bool | None = None

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

    def inferred(self, columns: Mapping[str, pa.ChunkedArray]) -> tuple[Self, tuple[str, ...]]:
        """With `M` as *mujer* where a column has `M` and `H` (or `V`), and no other code for the female sex.

        >>> import pyarrow as pa
        >>> kind, said = Sex().inferred({"text": pa.chunked_array([["H", "M", "M"]])})
        >>> kind.parse("M").value, said
        ('f', ('sex: M stands beside H, and nothing else for the female sex: it is read as mujer',))
        """
        column = columns.get("text")
        if self.m_is_female is not None or column is None:
            return self, ()
        found = {fold(text) for text in column.unique().to_pylist() if text is not None}
        beside = sorted(found & _MALE_BESIDE_MUJER)
        if "m" not in found or not beside:
            return replace(self, m_is_female=False), ()
        if found & _FEMALE_BESIDE_MALE:
            several = f"{', '.join(beside)} and {', '.join(sorted(found & _FEMALE_BESIDE_MALE))}".upper()
            return replace(self, m_is_female=False), (f"sex: M stands beside {several}: it is read as male",)
        of_men = ", ".join(beside).upper()
        said = f"sex: M stands beside {of_men}, and nothing else for the female sex: it is read as mujer"
        return replace(self, m_is_female=True), (said,)

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
