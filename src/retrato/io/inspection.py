"""What `retrato inspect` tells: for every column what it is taken for, and how good its values are."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from retrato.identifiers.base import IdentifierType, Status
from retrato.identifiers.registry import FIELDS, configured, type_of
from retrato.io.columns import Columns
from retrato.records import EVENT_FIELDS, RECORD_FIELDS, ColumnMapping, SourceMapping

if TYPE_CHECKING:
    from collections.abc import Sequence

    from retrato.engines.base import Engine
    from retrato.io.readers import ReadSource

#: How many different values of a column are parsed, and how many of the most shared ones are shown.
PARSED = 20_000
SHOWN = 3
_WIDEST = 80
#: Up to this length one character would tell too much.
_TELLING = 3


@dataclass(frozen=True, slots=True)
class SharedValue:
    """A value that several rows have: masked, unless values were asked for, and the number of rows."""

    value: str
    rows: int


@dataclass(frozen=True, slots=True)
class ColumnProfile:
    """One column: its field (None: carried along), and counts of its values.

    `valid`, `possible` (it may be one, such as a phone that names no country where no region is told) and `placeholder`
    are shares of the different values that were parsed (0 to 1). They are None where the field has no type that could
    tell; parts of names and addresses are neither by themselves. `shared` are the most shared values.
    """

    column: str
    field: str | None
    confidence: float
    reason: str
    filled: int
    distinct: int
    valid: float | None
    possible: float | None
    placeholder: float | None
    shared: tuple[SharedValue, ...]


@dataclass(frozen=True, slots=True)
class SourceProfile:
    """One source: what its rows are and why, how its text was read, how many rows, how many rejected, its columns."""

    source: str
    file: str
    kind: str
    kind_reason: str
    rows: int
    rejected: int
    read_as: str
    notes: tuple[str, ...]
    columns: tuple[ColumnProfile, ...]


@dataclass(frozen=True, slots=True)
class Inspection:
    """What is known about sources before anything is resolved."""

    sources: tuple[SourceProfile, ...]

    def to_dict(self) -> dict[str, Any]:
        """The same as plain lists, dicts, numbers and texts, for JSON."""
        return asdict(self)


def inspect(
    reads: Sequence[ReadSource], mappings: Sequence[SourceMapping], engine: Engine, *, show_values: bool = False
) -> Inspection:
    """Profile the columns of sources that were read and mapped. Values are masked unless `show_values`.

    >>> import pandas as pd
    >>> from retrato.engines.duckdb import DuckDBEngine
    >>> from retrato.io.mapping import map_sources
    >>> from retrato.io.readers import read
    >>> from retrato.records import Source
    >>> data = pd.DataFrame({"email": ["ana@example.com", "ana@example.com", "n/a", None]})
    >>> with DuckDBEngine(threads=1) as engine:
    ...     reads = [read(Source("web", data), engine, "raw_0")]
    ...     column = inspect(reads, map_sources(reads, engine), engine).sources[0].columns[0]
    >>> column.field, column.filled, column.distinct, column.valid, column.placeholder, column.shared[0].rows
    ('email', 3, 2, 0.5, 0.5, 2)
    """
    return Inspection(
        tuple(
            _source(read, mapping, Columns(engine, read.table, read.columns), show_values=show_values)
            for read, mapping in zip(reads, mappings, strict=True)
        )
    )


def _source(read: ReadSource, mapping: SourceMapping, columns: Columns, *, show_values: bool) -> SourceProfile:
    distinct = columns.distinct(read.columns)
    profiles = tuple(
        _column(
            each, columns, _reading(each, mapping, read.source.region), distinct[each.column], show_values=show_values
        )
        for each in mapping.columns
    )
    return SourceProfile(
        read.source.name,
        read.file,
        mapping.kind.value,
        mapping.kind_reason,
        read.rows,
        read.rejected,
        read.read_as,
        read.notes,
        profiles,
    )


@dataclass(frozen=True, slots=True)
class _Reading:
    """How a column is read: its type, the part that it feeds, and the column of the country, if that matters."""

    type: IdentifierType
    part: str
    whole: bool
    country: str | None


def _reading(column: ColumnMapping, mapping: SourceMapping, region: str | None) -> _Reading | None:
    """How the run will read a column, or None for columns that no type reads."""
    name = (column.field or "").partition(".")[0]
    if column.field is None or (column.field in (*RECORD_FIELDS, *EVENT_FIELDS) and name not in _TIMES):
        return None
    kind = configured((type_of(column.field),), region=region)[0]
    whole = name in _TIMES or name == next(iter(kind.fields))
    return _Reading(
        kind, kind.fields[name].part, whole, mapping.first("country") if "country" in kind.context else None
    )


_TIMES = frozenset(name for name, each in FIELDS.items() if each.kind == "moment")


def _column(
    mapping: ColumnMapping, columns: Columns, reading: _Reading | None, distinct: int, *, show_values: bool
) -> ColumnProfile:
    valid = possible = placeholder = None
    if reading is not None and distinct:
        shares = _shares(mapping.column, columns, reading)
        placeholder = shares[Status.PLACEHOLDER]
        if reading.whole:
            valid, possible = shares[Status.VALID], shares[Status.POSSIBLE]
    shared = tuple(
        SharedValue(_short(value) if show_values else _masked(_short(value), reading), rows)
        for value, rows in columns.most_shared(mapping.column, SHOWN).items()
    )
    return ColumnProfile(
        mapping.column,
        mapping.field,
        mapping.confidence,
        mapping.reason,
        columns.filled[mapping.column],
        distinct,
        valid,
        possible,
        placeholder,
        shared,
    )


def _shares(name: str, columns: Columns, reading: _Reading) -> dict[Status, float]:
    """The share of the different values that have each status."""
    import pyarrow as pa

    if reading.country is None:
        data = {reading.part: list(columns.sample(name, PARSED))}
    else:
        values, countries = zip(*columns.pairs(name, reading.country, PARSED), strict=True)
        data = {reading.part: list(values), "country": list(countries)}
    parsed = reading.type.parse_column(pa.table(data, schema=pa.schema([(part, pa.string()) for part in data])))
    first: dict[int, str] = {}
    for item, status in zip(parsed.column("item").to_pylist(), parsed.column("status").to_pylist(), strict=True):
        first.setdefault(item, status)
    told, count = list(first.values()), len(data[reading.part])
    return {status: told.count(status) / count for status in Status}


def _short(value: str) -> str:
    return value if len(value) <= _WIDEST else value[: _WIDEST - 1] + "…"


def _masked(value: str, reading: _Reading | None) -> str:
    """As its type masks a value that is of the type; of any other the first character stays, of a short one nothing."""
    if len(value) <= _TELLING:
        return "***"
    if reading is not None and reading.whole:
        (found, *_) = reading.type.parse_parts({reading.part: value}) or (None,)
        if found is not None and found.status in (Status.VALID, Status.POSSIBLE):
            return reading.type.mask(value)
    return value[:1] + "*" * (len(value) - 1)
