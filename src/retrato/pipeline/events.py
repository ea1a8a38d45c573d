"""Stage 9: raw event tables to interactions and the identifiers that they carry."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from retrato.engines.compile import events as sql
from retrato.engines.compile import normalise as cell_sql
from retrato.engines.compile.template import column, tree
from retrato.identifiers.attribute import Number
from retrato.pipeline.normalise import parse_distinct, parse_moments, parse_texts
from retrato.pipeline.slots import by_dictionary, slots_of
from retrato.records import EVENT_FIELDS, SourceKind

if TYPE_CHECKING:
    from retrato.pipeline.run import Run


def events(run: Run) -> None:
    """Make `events` and `event_identifiers`, when a source holds events."""
    numbers = [number for number, each in enumerate(run.mappings) if each.kind is SourceKind.EVENTS]
    run.counts["events"] = 0
    if not numbers:
        return
    _events(run, numbers)
    _identifiers(run, numbers)
    run.counts["events"] = run.engine.count("events")
    without = run.engine.fetch(tree("SELECT count(*) AS n FROM events WHERE time IS NULL")).column("n")[0].as_py()
    if without:
        run.notes.append(f"{without} events have no time that could be read; they are at the end of their timelines")


def _events(run: Run, numbers: list[int]) -> None:
    for place, number in enumerate(numbers):
        read, mapping, source = run.reads[number], run.mappings[number], run.sources[number]
        fields = {field: mapping.first(field) for field in (*EVENT_FIELDS, "source")}
        fields["event_id"] = source.key or fields["event_id"] or mapping.first("record_key")
        fields["event_time"] = fields["event_time"] or mapping.first("created_at")
        fields["source"] = source.source_column or fields["source"]
        query = sql.raw_events(number, read.table, source.name, columns=read.columns, fields=fields)
        (run.engine.append if place else run.engine.create)("raw_events", query)
    parse_moments(run, exp.select(exp.alias_(exp.column("event_time"), "text")).from_("raw_events"))
    amounts = tree(
        """
        SELECT row_number() OVER (ORDER BY amount) - 1 AS item, amount AS text
        FROM (SELECT DISTINCT amount FROM raw_events WHERE amount IS NOT NULL) ORDER BY item
        """
    )
    parse_texts(run, "amounts", amounts, Number("amount"))
    run.engine.create("events", sql.events())
    run.engine.drop("raw_events", "moments", "amounts")


def _identifiers(run: Run, numbers: list[int]) -> None:
    slots = [slot for number in numbers for slot in slots_of(number, run.sources[number], run.mappings[number])]
    run.engine.create("event_identifiers", tree(sql.NO_EVENT_IDENTIFIERS))
    for number, ((kind, parts), group) in enumerate(by_dictionary(slots).items()):
        cells, values = parse_distinct(run, number, kind, parts, group)
        for slot in group:
            columns = [
                ("event", column("event", "x")),
                ("kind", tree("CAST(:k AS VARCHAR)", k=slot.type.kind)),
                *((name, column(name, "v")) for name in ("namespace", "value", "status")),
            ]
            query = cell_sql.joined_values(
                cell_sql.cells(run.reads[slot.source_no].table, slot.parts, parts),
                parts,
                dictionary=cells,
                parsed=values,
                rows=tree("(SELECT event, row FROM events WHERE source_no = :n)", n=slot.source_no),
                columns=columns,
            )
            run.engine.append("event_identifiers", query)
        run.engine.drop(cells, values)
