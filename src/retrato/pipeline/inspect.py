"""What retrato makes of sources before anything is resolved: their columns, and how good they are."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any

from retrato.engines.compile.template import query, table
from retrato.engines.duckdb import DuckDBEngine
from retrato.identifiers.registry import FIELDS, configured, type_of
from retrato.io.columns import Columns
from retrato.pipeline.assess import assessed, masked, measured
from retrato.pipeline.cells import read_cells
from retrato.pipeline.events import events
from retrato.pipeline.normalise import inferred, normalise
from retrato.pipeline.read import read
from retrato.pipeline.run import Run
from retrato.pipeline.slots import Slot
from retrato.pipeline.workers import workers
from retrato.records import EVENT_FIELDS, RECORD_FIELDS, ColumnMapping, Source, SourceMapping
from retrato.ruleset import Ruleset

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from sqlglot import exp

    from retrato.io.readers import ReadSource
    from retrato.pipeline.quality import FieldQuality
    from retrato.pipeline.workers import Workers

#: Rows of a source whose cells are read, at least if there are so many, and how many shared values are shown.
SAMPLED = 20_000
SHOWN = 3
_TIMES = frozenset(name for name, each in FIELDS.items() if each.kind == "moment")


@dataclass(frozen=True, slots=True)
class SharedValue:
    """A value that several rows have: masked, unless values were asked for, and the number of rows."""

    value: str
    rows: int


@dataclass(frozen=True, slots=True)
class ColumnProfile:
    """One column: its field (None: carried along), and counts of its values.

    `filled` and `distinct` count cells as they are written. `valid`, `possible` (it may be one, such as a phone that
    names no country where no region is told), `invalid` and `placeholder` are shares of the values that are read in a
    sample of the rows (0 to 1). They are None where nothing could tell: the field has no type, or one that takes any
    text; parts of names and addresses are only ever placeholders by themselves. `shared` are the most shared values.
    """

    column: str
    field: str | None
    confidence: float
    reason: str
    filled: int
    distinct: int
    valid: float | None
    possible: float | None
    invalid: float | None
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
    sources: Source | Iterable[Source], *, ruleset: Ruleset | None = None, show_values: bool = False
) -> Inspection:
    """Read sources and tell, for every column, what it is taken for and how good its values are; values are masked.

    Raises ConfigurationError and SourceError as `resolve` does.

    >>> import pandas as pd
    >>> data = pd.DataFrame({"email": ["ana@example.com", "ana@example.com", "n/a", None]})
    >>> column = inspect(Source("web", data)).sources[0].columns[0]
    >>> column.field, column.filled, column.distinct, column.shared[0].rows
    ('email', 3, 2, 2)
    """
    with DuckDBEngine() as engine:
        run = Run(engine, _chosen(sources), ruleset or Ruleset())
        read(run)
        return Inspection(tuple(_profiles(run, show_values=show_values)))


def quality(
    sources: Source | Iterable[Source], *, ruleset: Ruleset | None = None, show_values: bool = False
) -> tuple[FieldQuality, ...]:
    """Read sources and all their values, and tell how good each field is: what `Resolution.quality` holds as a table.

    Raises ConfigurationError and SourceError as `resolve` does.

    >>> import pandas as pd
    >>> data = pd.DataFrame({"id": ["1", "2", "3"], "email": ["ana@example.com", "ana@example.com", "n/a"]})
    >>> (email,) = quality(Source("web", data))
    >>> email.filled, email.distinct, round(email.placeholder, 2), email.most_records, email.formats[0].format
    (3, 1, 0.33, 2, 'aaa@aaa.aaa')
    """
    with DuckDBEngine() as engine:
        run = Run(engine, _chosen(sources), ruleset or Ruleset())
        for step in (read, normalise, events):
            step(run)
        return assessed(run, show_values=show_values)


def _chosen(sources: Source | Iterable[Source]) -> tuple[Source, ...]:
    return (sources,) if isinstance(sources, Source) else tuple(sources)


def _profiles(run: Run, *, show_values: bool) -> Iterator[SourceProfile]:
    with workers(run.engine.threads, run.engine.memory) as hands:
        plain = [slot for number, _ in enumerate(run.sources) for slot in _slots(run, number)]
        slots = list(inferred(run, plain, hands))
        found = _measured(run, slots, hands)
    for number, (source, mapping) in enumerate(zip(run.reads, run.mappings, strict=True)):
        own = {slot.columns: (slot, found[slot.source_no, slot.columns]) for slot in slots if slot.source_no == number}
        columns = Columns(run.engine, source.table, source.columns)
        distinct = columns.distinct(source.columns)
        profiles = tuple(
            _column(each, columns, own.get(each.column), distinct=distinct[each.column], show_values=show_values)
            for each in mapping.columns
        )
        yield _source(source, mapping, profiles)


def _source(source: ReadSource, mapping: SourceMapping, columns: tuple[ColumnProfile, ...]) -> SourceProfile:
    return SourceProfile(
        source.source.name,
        source.file,
        mapping.kind.value,
        mapping.kind_reason,
        source.rows,
        source.rejected,
        source.read_as,
        source.notes,
        columns,
    )


def _slots(run: Run, number: int) -> Iterator[Slot]:
    """A slot for each column that a type reads, times included; a part of a composite type stands alone."""
    mapping, source = run.mappings[number], run.sources[number]
    seen: set[str] = set()
    for each in mapping.columns:
        name = (each.field or "").partition(".")[0]
        plain = each.field is None or (each.field in (*RECORD_FIELDS, *EVENT_FIELDS) and name not in _TIMES)
        if each.field is None or plain or each.column in seen:
            continue
        seen.add(each.column)
        (kind,) = configured((type_of(each.field, run.ruleset.types),), region=source.region)
        country = mapping.first("country") if "country" in kind.context else None
        context = {"country": country} if country else {}
        yield Slot(number, kind, {kind.fields[name].part: each.column}, context)


def _measured(run: Run, slots: list[Slot], hands: Workers) -> Mapping[tuple[int, str], FieldQuality]:
    """The quality of each slot, by source and column, in a sample of the rows."""
    sampled = replace(run, reads=tuple(_sampled(run, each) for each in run.reads))
    groups = [{place: slot} for place, slot in enumerate(slots)]
    tables: list[str] = []
    for each in read_cells(sampled, groups, lambda number: _rows(sampled, number), hands):
        tables += (each.cells, each.parsed)
    names = {(run.reads[slot.source_no].source.name, slot.columns): slot.source_no for slot in slots}
    measures = measured(run, tables, slots, events=True)
    return {(names[each.source, each.column_name], each.column_name): each for each in measures}


def _sampled(run: Run, source: ReadSource) -> ReadSource:
    """A source with rows drawn by their number: all of them, if there are not more than twice the sample."""
    every = max(1, source.rows // SAMPLED)
    name = f"sample_{source.table}"
    run.engine.define(name, query("SELECT * FROM :t WHERE hash(_row) % :every = 0", t=table(source.table), every=every))
    return replace(source, table=name)


def _rows(run: Run, number: int) -> tuple[exp.Query, tuple[str, ...]]:
    return query("SELECT _row AS row FROM :t", t=table(run.reads[number].table)), ()


def _column(
    mapping: ColumnMapping,
    columns: Columns,
    read: tuple[Slot, FieldQuality] | None,
    *,
    distinct: int,
    show_values: bool,
) -> ColumnProfile:
    slot, found = read or (None, None)
    told = found is not None and slot is not None and slot.type.checked and _is_whole(slot)
    shared = columns.most_shared(mapping.column, SHOWN)
    return ColumnProfile(
        column=mapping.column,
        field=mapping.field,
        confidence=mapping.confidence,
        reason=mapping.reason,
        filled=columns.filled[mapping.column],
        distinct=distinct,
        valid=found.valid if found and told else None,
        possible=found.possible if found and told else None,
        invalid=found.invalid if found and told else None,
        placeholder=found.placeholder if found else None,
        shared=tuple(SharedValue(masked(value, slot, show_values=show_values), rows) for value, rows in shared.items()),
    )


def _is_whole(slot: Slot) -> bool:
    """Whether the column holds whole values, not a part of a name or an address."""
    return next(iter(slot.own)) == next(iter(slot.type.fields.values())).part
