"""Stage 9: raw event tables to interactions and the identifiers that they carry."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from retrato.engines.compile import events as sql
from retrato.engines.compile import normalise as cell_sql
from retrato.engines.compile.template import column, query, tree
from retrato.identifiers.attribute import Number
from retrato.pipeline.normalise import read_cells, source_slots
from retrato.pipeline.rows import first_values, moments
from retrato.pipeline.slots import by_dictionary
from retrato.pipeline.workers import reading_in_parallel
from retrato.records import EVENT_FIELDS, SourceKind

if TYPE_CHECKING:
    from retrato.identifiers.base import ReadRows
    from retrato.pipeline.run import Run


def events(run: Run) -> None:
    """Make `events` and `event_identifiers`, when a source holds events."""
    numbers = [number for number, each in enumerate(run.mappings) if each.kind is SourceKind.EVENTS]
    run.counts["events"] = 0
    if not numbers:
        return
    with reading_in_parallel(run.engine.threads) as read:
        _events(run, numbers, read)
        _identifiers(run, numbers, read)
    run.counts["events"] = run.engine.count("events")
    without = run.engine.fetch(tree("SELECT count(*) AS n FROM events WHERE time IS NULL")).column("n")[0].as_py()
    if without:
        run.notes.append(f"{without} events have no time that could be read; they are at the end of their timelines")


def _events(run: Run, numbers: list[int], read: ReadRows) -> None:
    for place, number in enumerate(numbers):
        raw, mapping, source = run.reads[number], run.mappings[number], run.sources[number]
        fields = {field: mapping.first(field) for field in (*EVENT_FIELDS, "source")}
        fields["event_id"] = source.key or fields["event_id"] or mapping.first("record_key")
        fields["event_time"] = fields["event_time"] or mapping.first("created_at")
        fields["source"] = source.source_column or fields["source"]
        rows = sql.raw_events(number, raw.table, source.name, columns=raw.columns, fields=fields)
        (run.engine.append if place else run.engine.create)("raw_events", rows)
    texts = exp.select("source_no", exp.alias_(exp.column("event_time"), "text")).from_("raw_events")
    moments(run, numbers, texts, read)
    amounts = tree("SELECT DISTINCT amount AS text FROM raw_events WHERE amount IS NOT NULL")
    first_values(run, "amounts", amounts, Number("amount"), read)
    run.engine.create("events", sql.events())
    run.engine.drop("raw_events", "moments", "amounts")


def _identifiers(run: Run, numbers: list[int], read: ReadRows) -> None:
    slots = run.event_slots = source_slots(run, numbers)
    places = {id(slot): place for place, slot in enumerate(slots)}
    run.engine.create("event_identifiers", tree(sql.NO_EVENT_IDENTIFIERS))
    for number, group in enumerate(by_dictionary(slots).values(), start=len(run.cells)):
        tables = read_cells(run, number, {places[id(slot)]: slot for slot in group}, _rows, read)
        columns = [
            ("event", column("event", "c")),
            ("kind", tree("CAST(:k AS VARCHAR)", k=group[0].type.kind)),
            *((name, column(name, "v")) for name in ("namespace", "value", "status")),
        ]
        run.engine.append("event_identifiers", cell_sql.values_of(*tables, columns))
        run.event_cells.extend(tables)


def _rows(source_no: int) -> tuple[exp.Query, tuple[str, ...]]:
    """The rows of a source that holds events, and the event of each."""
    return query("SELECT event, row FROM events WHERE source_no = :n", n=source_no), ("event",)
