"""Stage 10: raw event tables to interactions and the identifiers that they carry."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from retrato.engines.compile import events as sql
from retrato.engines.compile import normalise as cell_sql
from retrato.engines.compile.template import all_of, column, query, tree
from retrato.identifiers.attribute import Number
from retrato.pipeline.cells import read_cells
from retrato.pipeline.normalise import source_slots
from retrato.pipeline.rows import first_values, moments
from retrato.pipeline.slots import by_dictionary
from retrato.pipeline.workers import workers
from retrato.records import EVENT_FIELDS, SourceKind

if TYPE_CHECKING:
    from retrato.identifiers.base import ReadRows
    from retrato.pipeline.run import Run
    from retrato.pipeline.workers import Workers


def events(run: Run) -> None:
    """Make `events` and `event_identifiers`, when a source holds events."""
    numbers = [number for number, each in enumerate(run.mappings) if each.kind is SourceKind.EVENTS]
    run.counts["events"] = 0
    if not numbers:
        return
    with workers(run.engine.threads, run.engine.memory) as hands:
        _events(run, numbers, hands.read)
        _identifiers(run, numbers, hands)
    run.counts["events"] = run.engine.count("events")
    without = run.engine.fetch(tree("SELECT count(*) AS n FROM events WHERE time IS NULL")).column("n")[0].as_py()
    if without:
        run.notes.append(f"{without} events have no time that could be read; they are at the end of their timelines")


def _events(run: Run, numbers: list[int], read: ReadRows) -> None:
    raw_events = []
    for number in numbers:
        raw, mapping, source = run.reads[number], run.mappings[number], run.sources[number]
        fields = {field: mapping.first(field) for field in (*EVENT_FIELDS, "source")}
        fields["event_id"] = source.key or fields["event_id"] or mapping.first("record_key")
        fields["event_time"] = fields["event_time"] or mapping.first("created_at")
        fields["source"] = source.source_column or fields["source"]
        raw_events.append(sql.raw_events(number, raw.table, source.name, columns=raw.columns, fields=fields))
    run.engine.define("raw_events", all_of(*raw_events))
    texts = exp.select("source_no", exp.alias_(exp.column("event_time"), "text")).from_("raw_events")
    moments(run, numbers, texts, read)
    amounts = tree("SELECT DISTINCT amount AS text FROM raw_events WHERE amount IS NOT NULL")
    first_values(run, "amounts", amounts, Number("amount"), read)
    run.engine.create("_event_keys", sql.event_keys())
    run.engine.create("events", tree(sql.EVENTS))
    run.engine.drop("_event_keys", "raw_events", "moments", "amounts")


def _identifiers(run: Run, numbers: list[int], hands: Workers) -> None:
    slots = run.event_slots = source_slots(run, numbers)
    run.engine.create("event_identifiers", tree(sql.NO_EVENT_IDENTIFIERS))
    for read in read_cells(run, by_dictionary(slots), _rows, hands, first=len(run.cells)):
        kind = next(iter(read.slots.values())).type.kind
        columns = [
            ("event", column("event", "c")),
            ("kind", tree("CAST(:k AS VARCHAR)", k=kind)),
            *((name, column(name, "v")) for name in ("namespace", "value", "status")),
        ]
        run.engine.append("event_identifiers", cell_sql.values_of(read.cells, read.parsed, columns))
        run.event_cells += (read.cells, read.parsed)


def _rows(source_no: int) -> tuple[exp.Query, tuple[str, ...]]:
    """The rows of a source that holds events, and the event of each."""
    return query("SELECT event, row FROM events WHERE source_no = :n", n=source_no), ("event",)
