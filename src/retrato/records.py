"""What goes in: sources, and how their columns map to fields.

A *source* is one export of one channel. Its rows are *records* (one contact as that channel knows it) or
*interactions* (one touch). A *field* is a name of retrato's vocabulary (`phone`, `given_name`, `birth_date`,
`attribute.occupation`); a mapping says which column of the source holds it. Several columns may hold one field.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from retrato.errors import ConfigurationError, Problem

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence


class SourceKind(StrEnum):
    """What the rows of a source are."""

    RECORDS = "records"
    EVENTS = "events"


#: Fields that describe the record itself and identify nobody.
RECORD_FIELDS = ("record_key", "source", "created_at", "updated_at")

#: Fields of an interaction. `customer_key` is the record key of the customer in the same system (or an account id).
EVENT_FIELDS = (
    "event_id",
    "event_time",
    "event_kind",
    "channel",
    "direction",
    "thread",
    "state",
    "amount",
    "currency",
    "satisfaction",
    "due_at",
    "place",
    "agent",
    "area",
    "text",
    "campaign",
    "referrer",
    "customer_key",
)


@dataclass(frozen=True, slots=True)
class Source:
    """One export of one channel, not yet read.

    `data` is a path (CSV, TSV, Parquet, Excel, JSON lines), a pandas, polars or Arrow table, a DuckDB relation, or a
    `Query` over a connection. `mapping` overrides what is recognised: field to column, or to several columns;
    a column mapped to `"ignore"` takes no part. `region` is the ISO 3166 country that phone numbers and documents
    without a country of their own are read in; `time_zone` (an IANA name) is where the clocks of times without a zone
    are, UTC where nothing is said. `kind=None` lets the columns decide.

    >>> Source("crm", "crm.csv", key="customer_no", region="ES").name
    'crm'
    """

    name: str
    data: Any
    key: str | None = None
    source_column: str | None = None
    mapping: Mapping[str, str | Sequence[str]] = field(default_factory=dict)
    kind: SourceKind | None = None
    region: str | None = None
    time_zone: str | None = None
    encoding: str | None = None
    delimiter: str | None = None
    sheet: str | int | None = None
    unique: bool = False  # the user says: nobody is in this source twice


def by_name(sources: Source | Iterable[Source]) -> tuple[Source, ...]:
    """One source or several in the order of their names, which is the order of a run.

    Raises ConfigurationError for whatever is no source.

    >>> [source.name for source in by_name([Source("web", "web.csv"), Source("crm", "crm.csv")])]
    ['crm', 'web']
    """
    given: tuple[object, ...] = (sources,) if isinstance(sources, Source) else tuple(sources)
    chosen = [each for each in given if isinstance(each, Source)]
    for each in given:
        if not isinstance(each, Source):
            whose = type(sources if isinstance(each, str) else each).__name__
            hint = 'give each one a name: Source("crm", data), where data may be a table or a path'
            raise ConfigurationError([Problem("sources", f"{whose} where a Source was expected", hint)])
    return tuple(sorted(chosen, key=lambda source: source.name))


@dataclass(frozen=True, slots=True)
class Record:
    """One record of a source: its key there, and what it says, by columns of the source or by fields.

    >>> Record("crm", "17", {"name": "Ana Ruiz", "phone": "600 11 22 33"}).key
    '17'
    """

    source: str
    key: str
    fields: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Query:
    """A SQL query over an open DB-API or SQLAlchemy connection, read as a source."""

    sql: str
    connection: Any
    parameters: Mapping[str, Any] | Sequence[Any] = ()


@dataclass(frozen=True, slots=True)
class ColumnMapping:
    """What one column of a source was taken for, how sure that is (0 to 1), and why."""

    column: str
    field: str | None  # None: carried along untouched
    confidence: float
    reason: str


@dataclass(frozen=True, slots=True)
class SourceMapping:
    """The mapping of every column of one source."""

    source: str
    kind: SourceKind
    columns: tuple[ColumnMapping, ...]
    kind_reason: str = ""

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> SourceMapping:
        """A mapping from plain data, such as `dataclasses.asdict` makes of one."""
        columns = tuple(ColumnMapping(**each) for each in data["columns"])
        return cls(data["source"], SourceKind(data["kind"]), columns, data["kind_reason"])

    def columns_of(self, name: str) -> tuple[str, ...]:
        """The columns mapped to a field, in the order of the source."""
        return tuple(each.column for each in self.columns if each.field == name)

    def first(self, name: str) -> str | None:
        """The first column mapped to a field, or None."""
        columns = self.columns_of(name)
        return columns[0] if columns else None
