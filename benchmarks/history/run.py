"""Whose each event is, and how long it takes to say so: `make bench-history`.

Customers are generated with their events. Once the profiles are those of the truth, and once those that `resolve`
finds; then events are attached, and held against the truth. An event is right when it lies on the timeline of the
profile that has most records of its person, and that person has most records of the profile. Events that nothing
connects with a record of their person (a cookie that never says whose it is) are nobody's: whoever is given one is
wrong. What is said of each kind
of evidence, and where the misses are, is in `results/history.md` and `results/history.json`.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bench_sets import in_short
from retrato import InteractionRules, Ruleset, Source
from retrato.datasets import omnichannel
from retrato.engines.compile.template import tree
from retrato.engines.duckdb import DuckDBEngine
from retrato.pipeline import STAGES
from retrato.pipeline.run import Run, peak_memory_mb
from retrato.profiles.interaction_rules import Anonymous
from retrato.records import by_name

if TYPE_CHECKING:
    from collections.abc import Iterator

RESULTS = Path(__file__).with_name("results")
SIZES = (10_000, 100_000)
#: The truth knows whose each cookie is, whatever its owner agreed to.
RULES = InteractionRules(anonymous=Anonymous.ALWAYS)

#: The profiles of the truth.
_TRUE_PROFILES = """
SELECT r.record, t.person_id AS profile_id, t.household_id
FROM records AS r JOIN true_records AS t ON t.source = r.source AND t.record_key = r.record_key
"""
#: The profile of each person: the one that has most of the records, when most of its records are the person's.
_OWN = """
WITH counted AS (
  SELECT a.profile_id, t.person_id, count(*) AS records
  FROM assignments AS a JOIN records AS r ON r.record = a.record
  JOIN true_records AS t ON t.source = r.source AND t.record_key = r.record_key
  GROUP BY ALL
), best AS (
  SELECT *, row_number() OVER (PARTITION BY profile_id ORDER BY records DESC, person_id) AS of_profile,
    row_number() OVER (PARTITION BY person_id ORDER BY records DESC, profile_id) AS of_person
  FROM counted
)
SELECT person_id, profile_id FROM best WHERE of_profile = 1 AND of_person = 1
"""
#: What the events of each person name: values, keys and threads.
_NAMED = """
SELECT DISTINCT e.event, t.person_id, n.said
FROM events AS e
JOIN true_events AS t ON t.source = e.source AND t.event_key = e.event_key AND t.person_id IS NOT NULL
JOIN (
  SELECT event, lower(value) AS said FROM event_identifiers
  WHERE value IS NOT NULL AND kind <> 'consent' AND status NOT IN ('placeholder', 'missing')
  UNION ALL SELECT event, lower(customer_key) FROM events WHERE customer_key IS NOT NULL
  UNION ALL SELECT event, lower(thread) FROM events WHERE thread IS NOT NULL
) AS n ON n.event = e.event
"""
#: What the records of each person say.
_SAID = """
SELECT t.person_id, lower(i.value) AS said
FROM identifiers AS i JOIN records AS r ON r.record = i.record
JOIN true_records AS t ON t.source = r.source AND t.record_key = r.record_key
WHERE i.value IS NOT NULL AND i.kind NOT IN ('name', 'consent')
UNION
SELECT person_id, lower(record_key) FROM true_records
"""
#: What else those events name that name something which is said of the person.
_MORE = """
SELECT DISTINCT m.person_id, m.said
FROM named AS n JOIN said AS s ON s.person_id = n.person_id AND s.said = n.said
JOIN named AS m ON m.event = n.event
WHERE NOT EXISTS (SELECT 1 FROM said AS k WHERE k.person_id = m.person_id AND k.said = m.said)
"""
#: Every event with its person, if anything connects it with a record of that person, and whether it was attached
#: rightly.
_HELD = """
WITH knowable AS (
  SELECT DISTINCT n.event FROM named AS n JOIN said AS s ON s.person_id = n.person_id AND s.said = n.said
)
SELECT l.source, l.kind, l.attached_by, k.event IS NOT NULL OR coalesce(o.profile_id = l.profile_id, FALSE) AS owned,
  l.profile_id IS NOT NULL AS attached,
  coalesce(o.profile_id = l.profile_id, FALSE) AS found, count(*) AS events
FROM timeline AS l JOIN true_events AS e ON e.source = l.source AND e.event_key = l.event_key
LEFT JOIN knowable AS k ON k.event = l.event
LEFT JOIN own AS o ON o.person_id = e.person_id
WHERE l.event IS NOT NULL
GROUP BY ALL ORDER BY ALL
"""


def main() -> int:
    """Measure every size that is asked for, and write what was found."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--records", nargs="*", type=int, default=list(SIZES), help="how many contact records")
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    RESULTS.mkdir(exist_ok=True)
    found = []
    for records in asked.records:
        for true in (True, False):
            with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as other:
                found.append(other.submit(measured, records, asked.seed, true=true).result())
            print(line(found[-1]), flush=True)
    (RESULTS / "history.json").write_text(json.dumps(found, indent=1) + "\n", "utf-8")
    (RESULTS / "history.md").write_text(page(found), "utf-8")
    return 0


def measured(records: int, seed: int, *, true: bool) -> dict[str, Any]:
    """Attach the events of one size, and hold them against the truth."""
    made = omnichannel(records, seed=seed)
    sources = [Source(name, table, region="ES") for name, table in {**made.records, **made.events}.items()]
    with DuckDBEngine() as engine:
        run = Run(engine, by_name(sources), Ruleset(interactions=RULES))
        engine.load("true_records", made.truth)
        engine.load("true_events", made.event_truth)
        for stage in STAGES:
            with run.stage(stage.name):
                stage.run(run)
            if stage.name == "identify" and true:
                engine.create("assignments", tree(_TRUE_PROFILES))
            if stage.name == "attach":
                break
            engine.drop(*stage.releases(run))
        engine.create("own", tree(_OWN))
        connect(engine)
        rows = engine.fetch(tree(_HELD)).to_pylist()
    seconds = {each["stage"]: each["seconds"] for each in run.stages}
    return {
        "records": records,
        "identities": "true" if true else "found",
        "events": run.counts["events"],
        "seconds": {name: seconds[name] for name in ("events", "attach")},
        "megabytes": peak_memory_mb(),
        **scores(rows),
        "misses": list(misses(rows)),
    }


def connect(engine: DuckDBEngine) -> None:
    """Make `named`, and in `said` all that somebody who knew the people could find out about them, step by step."""
    engine.create("named", tree(_NAMED))
    engine.create("said", tree(_SAID))
    while (more := engine.fetch(tree(_MORE))).num_rows:
        engine.add("said", more)


def scores(rows: list[dict[str, Any]]) -> dict[str, float]:
    """Precision, recall and F1 of who owns the events."""
    right = sum(row["events"] for row in rows if row["found"])
    attached = sum(row["events"] for row in rows if row["attached"])
    owned = sum(row["events"] for row in rows if row["owned"])
    figures = {"precision": right / attached, "recall": right / owned, "f1": 2 * right / (attached + owned)}
    return {name: round(figure, 4) for name, figure in figures.items()}


def misses(rows: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """What was attached wrongly, or not at all though it is a customer's, most first."""
    kinds: dict[tuple[str, str, str], int] = {}
    for row in rows:
        if not row["found"] and (row["attached"] or row["owned"]):
            what = "wrong person" if row["attached"] else "not attached"
            key = (row["source"], what, row["attached_by"] or "nobody known")
            kinds[key] = kinds.get(key, 0) + row["events"]
    for key, events in sorted(kinds.items(), key=lambda item: (-item[1], item[0])):
        yield {**dict(zip(("source", "what", "by"), key, strict=True)), "events": events}


def line(found: dict[str, Any]) -> str:
    """One row of the page."""
    cells = (
        in_short(found["records"]),
        f"{found['events']:,}",
        found["identities"],
        *(f"{found[name]:.4f}" for name in ("precision", "recall", "f1")),
        *(f"{found['seconds'][name]:.1f}" for name in ("events", "attach")),
        f"{found['megabytes']:,}",
    )
    return "| " + " | ".join(cells) + " |"


def page(found: list[dict[str, Any]]) -> str:
    """The results to read."""
    lines = [
        "# History",
        "",
        "`make bench-history`: whose each event is, with the profiles of the truth and with those that were found.",
        "",
        "| records | events | profiles | precision | recall | F1 | s events | s attach | peak MB |",
        "|---:|---:|---|---:|---:|---:|---:|---:|---:|",
        *map(line, found),
        "",
    ]
    for each in found:
        lines += [
            f"## Misses at {in_short(each['records'])}, {each['identities']} profiles",
            "",
            "| source | what | attached by | events | of all |",
            "|---|---|---|---:|---:|",
            *(
                f"| {row['source']} | {row['what']} | {row['by']} | {row['events']:,} "
                f"| {row['events'] / each['events']:.2%} |"
                for row in each["misses"][:12]
            ),
            "",
        ]
    return "\n".join(lines)


if __name__ == "__main__":
    raise SystemExit(main())
