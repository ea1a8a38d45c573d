"""What every identifier type is: raw text in, canonical value, matching keys and status out.

A type is a frozen object that can be configured (`Phone(region="ES")`). It reads one value (`parse`) or a whole column
(`parse_column`); both give the same result. A field of the mapping vocabulary feeds one *part* of one type:
`given_name` feeds the part `given` of `PersonName`, `phone` the part `text` of `Phone`.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any, ClassVar, Self

from retrato.identifiers.columns.tables import as_table, text_table, with_rest

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    import pyarrow as pa

    from retrato.identifiers.columns.tables import Column

    ReadRows = Callable[["IdentifierType", pa.Table], pa.Table]


class Status(StrEnum):
    """How far a value can be trusted to be what it says it is."""

    VALID = "valid"
    POSSIBLE = "possible"
    INVALID = "invalid"
    PLACEHOLDER = "placeholder"
    MISSING = "missing"


class Scope(StrEnum):
    """Whether a feature belongs to one person or is shared by those who live or work together."""

    PERSON = "person"
    SHARED = "shared"


@dataclass(frozen=True, slots=True)
class Issue:
    """Something worth knowing about a value: a stable code and a sentence that names no value."""

    code: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Feature:
    """One thing that matching compares, and the keys that it reads.

    `keys[0]` is the main key (its exact agreement is the top level); the others serve further levels or blocking.
    `contact_point` marks values that strangers can come to share (a phone, a desk); `multivalued` that a record can
    have several.
    """

    name: str
    scope: Scope
    comparison: str
    keys: tuple[str, ...]
    contact_point: bool = False
    multivalued: bool = False
    namespaced: bool = False

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Feature:
        """A feature from plain data, such as `dataclasses.asdict` makes of one."""
        return cls(**{**data, "scope": Scope(data["scope"]), "keys": tuple(data["keys"])})


@dataclass(frozen=True, slots=True)
class Field:
    """A name of the mapping vocabulary: the part it feeds and the headers it is recognised by (folded)."""

    part: str
    headers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Identifier:
    """One value as a type has read it. Frozen; `raw` is kept as it came.

    `keys` are folded ASCII matching keys by name, `parts` the canonical components for display.
    """

    kind: str
    raw: str
    value: str | None
    status: Status
    namespace: str = ""
    keys: Mapping[str, str] = field(default_factory=dict)
    parts: Mapping[str, str] = field(default_factory=dict)
    issues: tuple[Issue, ...] = ()

    @property
    def usable(self) -> bool:
        """Whether the value may take part in matching: it is there and is no placeholder."""
        return self.value is not None and self.status not in (Status.PLACEHOLDER, Status.MISSING)


class IdentifierType(ABC):
    """The base of every identifier type: subclass, set the class variables, write `parse_parts`."""

    kind: ClassVar[str]
    #: mapping vocabulary: field name -> part and header synonyms
    fields: ClassVar[Mapping[str, Field]]
    features: ClassVar[tuple[Feature, ...]]
    #: parts that are taken from elsewhere in the row when the source has them (such as the country for a phone)
    context: ClassVar[tuple[str, ...]] = ()
    #: whether the type can tell its values from other texts; where it cannot, `valid` says nothing about quality
    checked: ClassVar[bool] = True

    @abstractmethod
    def parse_parts(self, parts: Mapping[str, str | None]) -> tuple[Identifier, ...]:
        """Read the parts of one cell or row; several values in one cell give several identifiers. Never raises.

        Empty input gives no identifier.
        """

    def parse(self, text: str | None, **context: str | None) -> Identifier:
        """Read one text and return its first value (status `missing` when there is none)."""
        first_part = next(iter(self.fields.values())).part
        found = self.parse_parts({first_part: text, **context})
        return found[0] if found else Identifier(self.kind, text or "", None, Status.MISSING)

    def mask(self, value: str) -> str:
        """A form of the value for screens and logs that does not tell it.

        >>> from retrato.identifiers.phone import Phone
        >>> Phone().mask("+34600112233")
        '+34*******33'
        """
        masked = value[:1] + "*" * max(len(value) - 1, 3)
        return masked if len(value) > 3 and value not in masked else "***"

    def recognise(self, sample: Sequence[str]) -> Mapping[str, float]:
        """How likely a column with these values (non-empty, distinct) holds each field of this type, 0 to 1.

        The default parses the sample and takes the share of valid values for the first field.
        """
        if not sample:
            return {}
        valid = sum(1 for text in sample if self.parse(text).status is Status.VALID)
        return {next(iter(self.fields)): valid / len(sample)}

    def key_names(self) -> tuple[str, ...]:
        """The names of all keys of all features, in order, each once."""
        return tuple(dict.fromkeys(key for feature in self.features for key in feature.keys))

    def inferred(self, columns: Mapping[str, pa.ChunkedArray]) -> tuple[Self, tuple[str, ...]]:
        """The type as the whole of its columns shows it to be, and sentences that say what they have shown.

        `columns` are the own parts of one source, rows in any order. Nothing is inferred unless a type says how.
        """
        del columns
        return self, ()

    def accept(self, table: pa.Table) -> pa.Table | None:
        """Read at once, over whole columns, those items for which it is certain what `parse_parts` would give.

        `table` has a text column a part. The answer has a row for each accepted item, in any order: `item` (row number
        in `table`, int64), `value`, and whichever of the other columns of `parse_table` are not as usual (ordinal 0,
        namespace empty, the text of the first part as raw, status `valid`, no issues, no parts, no keys). Every other
        item goes to `parse_parts`, so this never has to know the hard cases. None: the type has no such way.
        """
        del table
        return None

    def parse_column(self, data: Column) -> pa.Table:
        """Read a whole column, or a table with one column a part; what is no text is read as it is written.

        Returns a row per identifier found: `item` (row number in `data`, int64), `ordinal` (int32, within the item),
        `namespace`, `value`, `raw`, `status`, `issues` (codes joined by a space), `parts` (JSON text), then one text
        column for each of `key_names()`; in the order of the items.
        """
        first = next(iter(self.fields.values())).part
        return self.parse_table(text_table(data, first)).sort_by([("item", "ascending"), ("ordinal", "ascending")])

    def parse_table(self, table: pa.Table) -> pa.Table:
        """Read a table of texts, as `parse_column` does, with the rows in any order."""
        accepted = self.accept(table)
        return self.parse_rows(table) if accepted is None else with_rest(self, table, accepted)

    def parse_rows(self, table: pa.Table) -> pa.Table:
        """Read a table of texts row by row with `parse_parts`."""
        names = table.column_names
        columns = [table.column(name).to_pylist() for name in names]
        rows = zip(*columns, strict=True) if columns else iter(())
        return as_table(
            self.key_names(),
            ((item, self.parse_parts(dict(zip(names, row, strict=True)))) for item, row in enumerate(rows)),
        )
