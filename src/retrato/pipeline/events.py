"""Stage 10: raw event tables to interactions and the identifiers that they carry."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from sqlglot import exp

from retrato.engines.compile import events as sql
from retrato.engines.compile import normalise as cell_sql
from retrato.engines.compile.template import all_of, column, query, tree
from retrato.identifiers.attribute import Number
from retrato.identifiers.term import Term
from retrato.io.events import thread_kind
from retrato.pipeline.cells import read_cells
from retrato.pipeline.normalise import source_slots
from retrato.pipeline.rows import first_values, moments
from retrato.pipeline.slots import by_dictionary
from retrato.pipeline.workers import workers
from retrato.profiles.attachment import weights
from retrato.profiles.interaction_rules import SENTENCES, EventIssue
from retrato.records import EVENT_FIELDS, SourceKind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from retrato.identifiers.base import IdentifierType, ReadRows
    from retrato.pipeline.run import Run
    from retrato.pipeline.slots import Slot
    from retrato.pipeline.workers import Workers
    from retrato.profiles.interaction_rules import InteractionRules


def events(run: Run) -> None:
    """Make `events` and `event_identifiers`."""
    numbers = [number for number, each in enumerate(run.mappings) if each.kind is SourceKind.EVENTS]
    run.engine.create("event_identifiers", tree(sql.NO_EVENT_IDENTIFIERS))
    if numbers:
        with workers(run.engine.threads, run.engine.memory) as hands:
            _events(run, numbers, hands.read)
            _identifiers(run, hands)
    else:
        run.engine.create("events", tree(sql.NO_EVENTS))
    run.counts["events"] = run.engine.count("events")
    _report(run)


def _events(run: Run, numbers: list[int], read: ReadRows) -> None:
    raw_events = []
    run.event_slots = source_slots(run, numbers)
    for number in numbers:
        raw, mapping, source = run.reads[number], run.mappings[number], run.sources[number]
        fields = {field: mapping.first(field) for field in (*EVENT_FIELDS, "source")}
        fields["event_id"] = source.key or fields["event_id"] or mapping.first("record_key")
        fields["event_time"] = fields["event_time"] or mapping.first("created_at")
        fields["source"] = source.source_column or fields["source"]
        raw_events.append(
            sql.raw_events(
                number,
                raw.table,
                source.name,
                columns=raw.columns,
                fields=fields,
                naming=_naming(run.event_slots, number),
                thread_kind=thread_kind(fields["thread"] or ""),
            )
        )
    run.engine.define("raw_events", all_of(*raw_events))
    times = (
        exp.select("source_no", exp.alias_(exp.column(field), "text")).from_("raw_events")
        for field in ("event_time", "due_at")
    )
    moments(run, numbers, all_of(*times), read)
    types = _types(run.ruleset.interactions)
    for field, kind in types.items():
        different = query("SELECT DISTINCT :f AS text FROM raw_events WHERE :f IS NOT NULL", f=column(field))
        first_values(run, f"read_{field}", different, kind, read)
    run.engine.create("_event_keys", sql.event_keys())
    as_of = run.ruleset.interactions.as_of or datetime.now(UTC).replace(tzinfo=None)
    run.engine.create("events", sql.events(as_of))
    run.engine.drop("_event_keys", "raw_events", "moments", *(f"read_{field}" for field in types))


def _naming(slots: Sequence[Slot], number: int) -> list[str]:
    """The columns of a source by which its events can be recognised."""
    own = (slot for slot in slots if slot.source_no == number and slot.type.kind in weights())
    return sorted({column for slot in own for column in slot.parts.values()})


def _types(rules: InteractionRules) -> dict[str, IdentifierType]:
    """What reads the fields of an event that are no times, names or texts."""
    return {
        "event_kind": Term("event_kinds", rules.kinds),
        "channel": Term("channels", rules.channels),
        "direction": Term("directions"),
        "state": Term("thread_states"),
        "currency": Term("currencies"),
        "amount": Number("amount"),
        "satisfaction": Number("satisfaction"),
    }


def _report(run: Run) -> None:
    """Tell what is wrong with events, by source and issue, with the first rows of each."""
    found = run.engine.fetch(tree(sql.ISSUES)).to_pylist()
    run.counts["event_issues"] = [
        {"source": run.sources[each["source_no"]].name, "issue": each["issue"], "events": each["events"]}
        for each in found
    ]
    for each in found:
        name, count = run.sources[each["source_no"]].name, each["events"]
        rows = ", ".join(map(str, each["rows"])) + (", …" if count > len(each["rows"]) else "")
        many = f"{count:,} events (rows {rows})" if count > 1 else f"1 event (row {rows})"
        run.notes.append(f"source {name}, {many}: {SENTENCES[EventIssue(each['issue'])]}")


def _identifiers(run: Run, hands: Workers) -> None:
    for read in read_cells(run, by_dictionary(run.event_slots), _rows, hands, first=len(run.cells)):
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
