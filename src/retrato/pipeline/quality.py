"""How good the values of one field are, as a value and as a row of the table `quality`."""

from __future__ import annotations

import dataclasses
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pyarrow as pa

if TYPE_CHECKING:
    from collections.abc import Mapping

#: The columns of the table `quality`.
SCHEMA = pa.schema(
    [
        *((name, pa.string()) for name in ("source", "field", "kind", "column_name")),
        *((name, pa.int64()) for name in ("rows", "filled", "values", "distinct")),
        *((name, pa.float64()) for name in ("valid", "possible", "invalid", "placeholder", "unchecked")),
        *((name, pa.int64()) for name in ("shared", "most_records", "most_names")),
        ("issues", pa.string()),
        ("formats", pa.string()),
    ]
)


@dataclass(frozen=True, slots=True)
class Format:
    """How texts are written (`A` a capital, `a` another letter, `9` a digit), their share, and one of them, masked."""

    format: str
    share: float
    example: str


@dataclass(frozen=True, slots=True)
class FieldQuality:
    """How good the values are that a source has for one field, in the column or columns of `column_name`.

    `filled` counts rows, `values` what stands in them (a cell may hold several), `distinct` the different values,
    placeholders aside. `valid` to `unchecked` are shares of `values` and add up to 1; `unchecked` are those of a type
    that cannot tell a wrong value, and then `valid` is None. Of the distinct values, `shared` are held by more than one
    record; `most_records` hold the most shared one, under `most_names` different given names (None: nothing is known of
    names). All three are None for events, which hold nothing. `issues` counts values by the code of the issue.
    """

    source: str
    field: str
    kind: str
    column_name: str
    rows: int
    filled: int = 0
    values: int = 0
    distinct: int = 0
    valid: float | None = None
    possible: float | None = None
    invalid: float | None = None
    placeholder: float | None = None
    unchecked: float | None = None
    shared: int | None = None
    most_records: int | None = None
    most_names: int | None = None
    issues: Mapping[str, int] = dataclasses.field(default_factory=dict)
    formats: tuple[Format, ...] = ()

    def row(self) -> dict[str, Any]:
        """The same as a row of the table `quality`: issues and formats as JSON text."""
        formats = [{"format": each.format, "share": each.share, "example": each.example} for each in self.formats]
        return {name: getattr(self, name) for name in SCHEMA.names} | {
            "issues": json.dumps(dict(self.issues)),
            "formats": json.dumps(formats, ensure_ascii=False),
        }

    def to_dict(self) -> dict[str, Any]:
        """The same as plain data, for JSON."""
        row = self.row()
        return row | {name: json.loads(row[name]) for name in ("issues", "formats")}
