"""Processes that put the same people into one store at the same time: `make bench-store-writers`.

Every record comes in two versions and from several processes, in another order from each. In the end the people are
those of the batch of what the records say now, and the store is whole. See README.md.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import random
import subprocess
import sys
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
from places import new_place, waits_for_the_disk

import writers
from bench_sets import versions
from retrato import IdentityStore, Record, Source, resolve
from run import quantiles
from small_world import people_of, small_world

if TYPE_CHECKING:
    from collections.abc import Iterable

    from retrato import Resolution
    from small_world import SmallWorld

RESULTS = Path(__file__).with_name("results")
PEOPLE = 5_000
#: When the two versions of a record were observed, in whatever order they come.
TIMES = ("2031-01-01T00:00:00Z", "2032-01-01T00:00:00Z")


def main() -> int:
    """Let so many processes write, and write what is known of all databases."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--processes", nargs="*", type=int, default=[1, 8], help="how many write at once")
    parser.add_argument("--seconds", type=float, default=60, help="how long they write")
    parser.add_argument("--url", help="a PostgreSQL server; files of SQLite where nothing is said")
    asked = parser.parse_args()
    RESULTS.mkdir(exist_ok=True)
    kept = RESULTS / "writers.json"
    report = json.loads(kept.read_text("utf-8")) if kept.is_file() else {"runs": {}}
    report |= {"machine": {"system": platform.platform(), "cores": os.cpu_count()}, "versions": versions()}
    wrong: list[str] = []
    for processes in asked.processes:
        with tempfile.TemporaryDirectory(prefix="retrato-bench-") as folder:
            found = measured(processes, asked.seconds, asked.url, Path(folder))
        report["runs"][f"{'postgresql' if asked.url else 'sqlite'} {processes}"] = found
        wrong += (f"{processes} processes: {each}" for each in found["wrong"])
        kept.write_text(json.dumps(report, indent=1) + "\n", "utf-8")
        kept.with_suffix(".md").write_text(page(report), "utf-8")
    print(page(report))
    print(*wrong, sep="\n")
    return 1 if wrong else 0


def measured(processes: int, seconds: float, server: str | None, folder: Path) -> dict[str, Any]:
    """What processes do to a store, and what is wrong then."""
    world = small_world(PEOPLE)
    versions_of_all = two_versions(world)
    drawn = [random.Random(number) for number in range(processes)]  # noqa: S311 - the same each time
    orders = [each.sample(versions_of_all, len(versions_of_all)) for each in drawn]
    with new_place(server, folder) as url:
        with IdentityStore.open(url) as store:
            store.govern(world.governing(50))
        ended, said = _written(url, orders, seconds, folder)
        done = [
            (order[each.place], each)
            for order, some in zip(orders, said, strict=True)
            for each in some
            if each.word == "done"
        ]
        current = _current(record for record, _ in done)
        wrong = [f"a process ended with {each}" for each in ended if each]
        wrong += ["a record got no profile" for _, each in done if each.answer is None][:1]
        with IdentityStore.open(url) as store:
            wrong += store.verify()
            people = people_of(store.assignments)
    expected = people_of(_batch(world, current).assignments)
    if people != expected:
        wrong.append(f"{len(people)} people are not the {len(expected)} of the batch")
    took = [each.seconds for _, each in done]
    return {
        "seconds": seconds,
        "waits_for_the_disk": waits_for_the_disk(server),
        "taken": len(done),
        "records": len(current),
        "people": len(people),
        "a_second": round(len(done) / seconds),
        "one_record": quantiles(took) | {"longest": round(max(took) * 1000, 2)},
        "wrong": wrong,
    }


def two_versions(world: SmallWorld) -> list[Record]:
    """Every record as it is, and later as one that says what another of its source says."""
    drawn = random.Random(1)  # noqa: S311 - the same each time
    by_source: dict[str, list[Record]] = {}
    for each in world.records:
        by_source.setdefault(each.source, []).append(each)
    found = []
    for source, records in sorted(by_source.items()):
        for each in records:
            own = {world.keys[source]: each.key}
            for says, time in zip((each, drawn.choice(records)), TIMES, strict=True):
                found.append(replace(each, fields={**says.fields, **own, "updated_at": time}))
    return found


def _written(
    url: str, orders: list[list[Record]], seconds: float, folder: Path
) -> tuple[list[int], list[list[writers.Said]]]:
    """How the processes ended, and what they said."""
    running, outputs = [], []
    for number, records in enumerate(orders):
        steps, output = folder / f"{number}.json", folder / f"{number}.said"
        steps.write_text(writers.steps_of(records), "utf-8")
        command = [sys.executable, writers.__file__, url, str(steps), "--seconds", str(seconds)]
        with output.open("wb") as said:
            running.append(subprocess.Popen(command, stdout=said))
        outputs.append(output)
    return [each.wait() for each in running], [writers.sayings(each.read_text("utf-8")) for each in outputs]


def _current(records: Iterable[Record]) -> dict[tuple[str, str], Record]:
    """Of each record, the version that was observed last."""
    found: dict[tuple[str, str], Record] = {}
    for each in sorted(records, key=lambda each: each.fields["updated_at"]):
        found[each.source, each.key] = each
    return found


def _batch(world: SmallWorld, current: dict[tuple[str, str], Record]) -> Resolution:
    """The batch of what the records say now, by the rules and the model of the store."""
    sources = []
    for name, table in world.tables.items():
        rows = [dict(each.fields) for (source, _), each in sorted(current.items()) if source == name]
        if rows:
            sources.append(Source(name, pa.Table.from_pylist(rows, schema=table.schema), region="ES"))
    return resolve(sources, model=world.result.model, ruleset=world.governing(50).ruleset)


def page(report: dict[str, Any]) -> str:
    """The figures as Markdown."""
    made_with = ", ".join(f"{name} {version}" for name, version in report["versions"].items())
    lines = [
        "# Many writers",
        "",
        f"`make bench-store-writers`, {report['machine']['cores']} cores; {made_with}.",
        "",
        "| database | waits for the disk | processes | s | taken in | records | people | a second "
        "| one record, ms (50, 90, 99 %) | longest, ms | wrong |",
        "|---|---|---:|---:|---:|---:|---:|---:|---|---:|---:|",
    ]
    for name, each in sorted(report["runs"].items(), key=lambda item: (item[0].split()[0], int(item[0].split()[1]))):
        one = each["one_record"]
        figures = (each[figure] for figure in ("seconds", "taken", "records", "people", "a_second"))
        cells = (
            *(name.split()[0], "yes" if each["waits_for_the_disk"] else "no", name.split()[1], *figures),
            *(" / ".join(f"{one[share]:.1f}" for share in ("p50", "p90", "p99")), f"{one['longest']:.0f}"),
            len(each["wrong"]),
        )
        lines.append(f"| {' | '.join(map(str, cells))} |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    raise SystemExit(main())
