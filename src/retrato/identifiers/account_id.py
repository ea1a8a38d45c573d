"""Account ids: customer numbers, contracts, loyalty cards."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from retrato.identifiers.base import Feature, Field, Identifier, IdentifierType, Issue, Scope, Status
from retrato.identifiers.code import (
    code_key,
    is_filler_code,
    lost_digits,
    pieces,
    shape,
    undamaged,
    with_namespace,
)
from retrato.identifiers.folding import fold
from retrato.identifiers.placeholders import is_absent, is_null
from retrato.identifiers.tables import headers

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pyarrow as pa


#: The longest code that is one.
LONGEST = 100
DAMAGED = Issue("spreadsheet_damage", "the code was written as a decimal")
_LOST = Issue("digits_lost", "a spreadsheet has rounded the code and lost its last digits")


@dataclass(frozen=True)
class AccountId(IdentifierType):
    """An id that one system gave to one customer. Leading zeros count.

    >>> AccountId(namespace="loyalty").parse("00-1734").keys["account_id"]
    'loyalty:00-1734'
    """

    namespace: str = ""

    kind: ClassVar[str] = "account_id"
    checked: ClassVar[bool] = False
    fields: ClassVar[Mapping[str, Field]] = {
        "account_id": Field("text", headers("account_id")),
    }
    features: ClassVar[tuple[Feature, ...]] = (
        Feature("account_id", Scope.PERSON, "identifier", ("account_id",), multivalued=True, namespaced=True),
    )

    def parse_parts(self, parts: Mapping[str, str | None]) -> tuple[Identifier, ...]:
        """Read one cell, which may hold several ids."""
        text = parts.get("text")
        if text is None or is_null(text):
            return ()
        found = pieces(text)
        return tuple(self._read(text if len(found) == 1 else piece, piece) for piece in found)

    def accept(self, table: pa.Table) -> pa.Table | None:
        """Read those cells at once that hold one code of letters, digits and the usual marks."""
        from retrato.identifiers.columns.account_id import accept_account_id

        return accept_account_id(self, table)

    def _read(self, raw: str, piece: str) -> Identifier:
        if lost_digits(piece):
            return Identifier(self.kind, raw, None, Status.INVALID, self.namespace, issues=(_LOST,))
        value = undamaged(piece)
        issues = (DAMAGED,) if value != piece else ()
        key = code_key(value)
        if is_absent(fold(piece)) or is_filler_code(key):
            return Identifier(self.kind, raw, value, Status.PLACEHOLDER, self.namespace, issues=issues)
        if len(value) > LONGEST:
            return Identifier(self.kind, raw, None, Status.INVALID, self.namespace)
        keys = {"account_id": with_namespace(self.namespace, key)}
        return Identifier(self.kind, raw, value, Status.VALID, self.namespace, keys=keys, issues=issues)

    def recognise(self, sample: Sequence[str]) -> Mapping[str, float]:
        """Codes of one shape with a digit in each: a weak sign alone, since many things are codes."""
        if len(sample) < 5:
            return {}
        shapes = {shape(text.strip()) for text in sample}
        coded = all(
            4 <= len(text.strip()) <= 24 and any(each.isdigit() for each in text) and " " not in text.strip()
            for text in sample
        )
        return {"account_id": 0.25} if coded and len(shapes) <= max(2, len(sample) // 20) else {}
