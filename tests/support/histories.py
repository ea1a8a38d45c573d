"""Events put into an engine, attached, and read back as tables and as timelines in memory."""

from __future__ import annotations

import re
from datetime import datetime
from typing import TYPE_CHECKING, Any

from relations import make, rows, run
from retrato.engines.compile.journeys import journey_steps
from retrato.engines.compile.survivorship import person_steps
from retrato.engines.compile.threads import thread_steps
from retrato.engines.compile.timeline import row_steps, timeline, told_events
from retrato.profiles.attachment import TELLING_THREAD
from retrato.profiles.interaction import Interaction, Used
from retrato.profiles.interaction_rules import Anonymous, InteractionRules
from retrato.profiles.threads import VISIT

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from retrato.engines.duckdb import DuckDBEngine

EVENTS = (
    "event:i source:s event_key:s time:t kind:s channel:s direction:s thread_kind:s thread:s state:s amount:d "
    "currency:s satisfaction:d due_at:t place:s agent:s area:s text:s campaign:s referrer:s customer_key:s issues:s "
    "row:i again:b named_by:i thread_scope:s"
)
IDENTIFIERS = "record:i version:n attribute:s kind:s namespace:s value:s status:s issues:s"
POINTS = "kind:s namespace:s value:s class:s profile_id:s valid_from:t valid_to:t"


def put_people(
    engine: DuckDBEngine,
    people: Mapping[tuple[str, str], tuple[str, Sequence[tuple[Any, ...]]]],
    *,
    homes: Mapping[str, str] | None = None,
    points: Iterable[Sequence[Any]] = (),
) -> None:
    """Make what attachment reads of people.

    `people`: (source, key) of a record -> (profile, [(kind, value[, namespace[, version]])]); `homes`: profile ->
    household; `points`: rows of POINTS.
    """
    keys = sorted(people)
    make(engine, "contact_points", POINTS, points)
    records = [(n, *key, None) for n, key in enumerate(keys)]
    make(engine, "records", "record:i source:s record_key:s created_at:t", records)
    homes = homes or {}
    assigned = [(n, people[key][0], homes.get(people[key][0])) for n, key in enumerate(keys)]
    make(engine, "assignments", "record:i profile_id:s household_id:s", assigned)
    known = []
    for number, key in enumerate(keys):
        for kind, value, *more in people[key][1]:
            namespace, version = (*more, *("", 0)[len(more) :])
            known.append((number, version, kind, kind, namespace, value, "valid", ""))
    make(engine, "identifiers", IDENTIFIERS, known)


def put_events(engine: DuckDBEngine, events: Iterable[Mapping[str, Any]]) -> None:
    """Make `events` and `event_identifiers`, numbered as a run would.

    An event has fields by name; `identifiers` are (kind[.namespace], value).
    """

    def in_order(event: Mapping[str, Any]) -> tuple[Any, ...]:
        time = event.get("time")
        return (event["source"], event["event_key"], time is None, time or datetime.min, str(sorted(event.items())))

    names = [each.partition(":")[0] for each in EVENTS.split()]
    table, named, before, names_of = [], [], None, {}
    for number, event in enumerate(sorted(events, key=in_order)):
        key = (event["source"], event["event_key"])
        usual = {"kind": "touch", "channel": event["source"], "issues": "", "row": number}
        filled = usual | dict(event) | {"event": number, "again": key == before}
        filled["thread_scope"] = _scope(filled)
        filled["thread_kind"] = filled.get("thread_kind") if filled.get("thread") else None
        said = (event["source"], event.get("customer_key"), tuple(sorted(map(tuple, event.get("identifiers", ())))))
        filled["named_by"] = names_of.setdefault(said, len(names_of))
        before = key
        table.append(tuple(filled.get(name) for name in names))
        for kind, value in event.get("identifiers", ()):
            name, _, namespace = kind.partition(".")
            named.append((number, name, namespace, value, "valid"))
    make(engine, "events", EVENTS, table)
    make(engine, "event_identifiers", "event:i kind:s namespace:s value:s status:s", named)


def _scope(event: Mapping[str, Any]) -> str | None:
    """Whose number the thread is: as the stage `events` says it."""
    if event.get("thread") is None or event.get("thread_kind") == VISIT:
        return None
    return "" if re.search(TELLING_THREAD, event["thread"]) else event["source"]


def attach(engine: DuckDBEngine, anonymous: Anonymous = Anonymous.ALWAYS) -> list[dict[str, Any]]:
    """Run the steps of the stage, and give the rows of `timeline`."""
    rules = InteractionRules(anonymous=anonymous)
    steps = (
        *person_steps(),
        *row_steps(rules),
        ("told_events", told_events()),
        ("timeline", timeline()),
        *thread_steps(),
        *journey_steps(rules.conversions),
    )
    run(engine, steps)
    return rows(engine, "timeline")


def interactions(engine: DuckDBEngine, found: Iterable[Mapping[str, Any]]) -> list[Interaction]:
    """Rows of `timeline` as interactions, with what came with them."""
    used: dict[int, list[Used]] = {}
    for row in rows(engine, "event_identifiers"):
        used.setdefault(row["event"], []).append(Used(row["kind"], row["value"], row["namespace"], row["status"]))
    return [Interaction.from_row(row, tuple(used.get(row["event"], ()))) for row in found]
