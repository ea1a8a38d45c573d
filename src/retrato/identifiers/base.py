"""What every identifier type is: raw text in, canonical value, matching keys and status out.

A type is a frozen object that can be configured (`Phone(region="ES")`). It reads one value (`parse`) or a whole column
(`parse_column`); both give the same result. A field of the mapping vocabulary feeds one *part* of one type:
`given_name` feeds the part `given` of `PersonName`, `phone` the part `text` of `Phone`.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from enum import StrEnum
from json.encoder import encode_basestring as _quoted
from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import pyarrow as pa


def _encoded(parts: Mapping[str, str]) -> str:
    """Parts as JSON text with sorted keys: what `json.dumps` gives, in a third of the time."""
    return "{" + ", ".join([f"{_quoted(name)}: {_quoted(parts[name])}" for name in sorted(parts)]) + "}"


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
        return value[:1] + "*" * max(len(value) - 1, 3) if len(value) > 3 else "***"

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

    def parse_column(self, table: pa.Table) -> pa.Table:
        """Read a whole table: one row an item, one text column a part.

        Returns a row per identifier found: `item` (row number in `table`, int64), `ordinal` (int32, within the item),
        `namespace`, `value`, `raw`, `status`, `issues` (codes joined by a space), `parts` (JSON text), then one text
        column for each of `key_names()`. A faster implementation must give the very same table.
        """
        names = table.column_names
        columns = [table.column(name).to_pylist() for name in names]
        rows = zip(*columns, strict=True) if columns else iter(())
        return self._to_table(
            (item, self.parse_parts(dict(zip(names, row, strict=True)))) for item, row in enumerate(rows)
        )

    def _to_table(self, parsed: Iterable[tuple[int, tuple[Identifier, ...]]]) -> pa.Table:
        import pyarrow as pa

        keys = self.key_names()
        text = ("namespace", "value", "raw", "status", "issues", "parts", *keys)
        data: dict[str, list[object]] = {name: [] for name in ("item", "ordinal", *text)}
        add_item, add_ordinal, add_namespace, add_value, add_raw, add_status, add_issues, add_parts, *_ = (
            column.append for column in data.values()
        )
        add_keys = [(key, data[key].append) for key in keys]
        for item, found in parsed:
            for ordinal, each in enumerate(found):
                add_item(item)
                add_ordinal(ordinal)
                add_namespace(each.namespace)
                add_value(each.value)
                add_raw(each.raw)
                add_status(each.status)
                add_issues(" ".join([issue.code for issue in each.issues]) if each.issues else "")
                add_parts(_encoded(each.parts) if each.parts else None)
                for key, add in add_keys:
                    add(each.keys.get(key) or None)
        schema = pa.schema([("item", pa.int64()), ("ordinal", pa.int32()), *((name, pa.string()) for name in text)])
        return pa.table(data, schema=schema)
