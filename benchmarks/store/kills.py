"""Processes that are killed while they write: `make bench-store-kills`.

After each kill the store is whole, holds all that was acknowledged, and nothing of it half. See README.md.
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
import time
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

from expected import MARK, Expected
from places import new_place

import writers
from bench_sets import versions
from retrato import IdentityStore, Record, StoreError
from small_world import small_world

if TYPE_CHECKING:
    from collections.abc import Iterator

    from expected import Key

    from small_world import SmallWorld

RESULTS = Path(__file__).with_name("results")
OPERATIONS = ("load", "ingest", "merge", "forget")
PEOPLE = 600
SECRET = "kept in another place"  # noqa: S105 - it guards generated people
#: Steps that a process is given, more than it can do before it is killed.
STEPS = 2_000
#: Seconds in which a process is killed that has begun to work.
WORKING = 0.4


@dataclass
class Tally:
    """What became of the kills of one operation."""

    kills: int = 0
    within: int = 0
    kept: int = 0
    acknowledged: int = 0
    wrong: list[str] = field(default_factory=list)


def main() -> int:
    """Kill as often as is asked for, and write what is known of all databases."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--kills", type=int, default=200, help="how many processes are killed")
    parser.add_argument("--seed", type=int, default=1, help="what is drawn")
    parser.add_argument("--url", help="a PostgreSQL server; files of SQLite where nothing is said")
    asked = parser.parse_args()
    RESULTS.mkdir(exist_ok=True)
    kept = RESULTS / "kills.json"
    report = json.loads(kept.read_text("utf-8")) if kept.is_file() else {"databases": {}}
    report |= {"machine": {"system": platform.platform(), "cores": os.cpu_count()}, "versions": versions()}
    with tempfile.TemporaryDirectory(prefix="retrato-bench-") as folder:
        tallies = Kills(asked.url, Path(folder), random.Random(asked.seed)).run(asked.kills)  # noqa: S311
    report["databases"]["postgresql" if asked.url else "sqlite"] = {
        "seed": asked.seed,
        "operations": {name: vars(each) for name, each in tallies.items()},
    }
    kept.write_text(json.dumps(report, indent=1) + "\n", "utf-8")
    kept.with_suffix(".md").write_text(page(report), "utf-8")
    print(page(report))
    wrong = [f"{name}: {each}" for name, tally in tallies.items() for each in tally.wrong]
    print(*wrong, sep="\n")
    return 1 if wrong else 0


class Kills:
    """The stores of one database, and what must be in them."""

    def __init__(self, server: str | None, folder: Path, drawn: random.Random) -> None:
        self._server, self._folder, self._drawn = server, folder, drawn
        self._world: SmallWorld = small_world(PEOPLE)
        self._records = sorted(self._world.records, key=lambda each: (each.source, each.key))
        self._result = self._world.resolved(drawn.sample(self._records, len(self._records) // 2))
        self._result.save(folder / "result")
        self._expected = Expected({(row["source"], row["record_key"]) for row in self._assigned()})
        self._tallies = {each: Tally() for each in OPERATIONS}
        self._marks, self._load_seconds = 0, 0.0

    def run(self, kills: int) -> dict[str, Tally]:
        """Kill so many processes, one operation after the other; what became of them."""
        self._load_seconds = 1.2 * median(self._measured_load() for _ in range(3))
        with new_place(self._server, self._folder) as url:
            with self._open(url) as store:
                store.load(self._result)
            for number in range(kills):
                operation = OPERATIONS[number % len(OPERATIONS)]
                tally = self._tallies[operation]
                tally.kills += 1
                found = self._kill_load() if operation == "load" else self._kill(url, operation)
                tally.wrong += (f"kill {number}: {each}" for each in found)
                if sys.stdout.isatty():
                    print(f"{number + 1} of {kills}, {operation}", end="\r")
        return self._tallies

    def _open(self, url: str) -> IdentityStore:
        return IdentityStore.open(url, secret=SECRET)

    def _assigned(self) -> list[dict[str, Any]]:
        rows = self._result.assignments.to_pylist()
        return sorted(rows, key=lambda each: (each["source"], each["record_key"]))

    def _start(self, url: str, steps: list[Any]) -> subprocess.Popen[str]:
        path = self._folder / "steps.json"
        path.write_text(json.dumps(steps, default=str), "utf-8")
        command = [sys.executable, writers.__file__, url, str(path), "--secret", SECRET]
        with (self._folder / "errors").open("w") as errors:
            process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=errors, text=True)
        process.stdout.readline()  # it is ready
        return process

    def _killed(self, process: subprocess.Popen[str], begun: str = "") -> tuple[str, list[str]]:
        """Kill a process; what it said, and what was wrong with it."""
        process.kill()
        said = begun + process.stdout.read()
        ended = process.wait()
        process.stdout.close()
        failure = (self._folder / "errors").read_text("utf-8").strip()
        return said, [f"the process ended with {ended}: {failure[-200:]}"] if failure or ended > 0 else []

    # a load of a new store

    def _measured_load(self) -> float:
        """The seconds of a load that nobody disturbs, from when the process is ready."""
        with new_place(self._server, self._folder) as url:
            process = self._start(url, [["load", str(self._folder / "result")]])
            start = time.perf_counter()
            for line in process.stdout:
                if writers.done(line):
                    break
            seconds = time.perf_counter() - start
            self._killed(process)
            return seconds

    def _kill_load(self) -> Iterator[str]:
        tally = self._tallies["load"]
        with new_place(self._server, self._folder) as url:
            process = self._start(url, [["load", str(self._folder / "result")]])
            time.sleep(self._drawn.uniform(0, self._load_seconds))
            said, wrong = self._killed(process)
            yield from wrong
            acknowledged = bool(writers.done(said))
            with self._open(url) as store:
                there = store.assignments.num_rows > 0
                if acknowledged and not there:
                    yield "a load was acknowledged, and there are no records"
                if not there:
                    yield from self._empty(store)
                    store.load(self._result)
                yield from self._whole(store)
        tally.acknowledged += acknowledged
        tally.within += not acknowledged
        tally.kept += there and not acknowledged

    def _empty(self, store: IdentityStore) -> Iterator[str]:
        try:
            store.verify()
        except StoreError as error:
            if "no rules" not in str(error):
                yield f"verify refused: {error}"
        else:
            yield "there are rules and no records"
        if store.changes() or store.decisions.num_rows or store.redirects.num_rows:
            yield "there are no records, but changes, decisions or ids"

    def _whole(self, store: IdentityStore) -> Iterator[str]:
        yield from store.verify()
        names = ("source", "record_key", "profile_id")
        tables = self._assigned(), store.assignments.to_pylist()
        expected, found = ([[row[name] for name in names] for row in rows] for rows in tables)
        if expected != found:
            yield f"{len(found)} records are there, not the {len(expected)} of the result as it has them"

    # changes of a store

    def _kill(self, url: str, operation: str) -> Iterator[str]:
        tally = self._tallies[operation]
        steps = list(getattr(self, f"_{operation}_steps")())
        process = self._start(url, steps)
        begun = process.stdout.readline()
        time.sleep(self._drawn.uniform(0, WORKING))
        text, wrong = self._killed(process, begun)
        yield from wrong
        said = writers.sayings(text)
        acknowledged = writers.done(text)
        tally.acknowledged += len(acknowledged)
        known, further = self._expected.after(steps, said)
        with self._open(url) as store:
            store.ingest_many([])  # takes its turn, so what the killed process began is over
            yield from store.verify()
            different = list(known.differences(store))
            if further is not None:
                tally.within += 1
                if different and not list(further.differences(store)):
                    tally.kept, known, different = tally.kept + 1, further, []
            yield from different
            yield from self._answers(steps, said)
            self._expected = known
            if operation == "forget":
                yield from self._again(store)

    def _answers(self, steps: list[Any], said: list[writers.Said]) -> Iterator[str]:
        """Who is forgotten gets no profile, everybody else gets one."""
        for each in said:
            step = steps[each.place]
            if (each.word, step[0]) == ("done", "ingest"):
                gone = (step[1], step[2]) in self._expected.forgotten
                if gone != (each.answer is None):
                    yield "somebody who was forgotten got a profile" if gone else "a record got no profile"

    def _again(self, store: IdentityStore) -> Iterator[str]:
        """Who is forgotten does not come back, until there are few people left: then all are let in again."""
        expected = self._expected
        gone = [each for each in self._records if (each.source, each.key) in expected.forgotten]
        back = [each for each in store.ingest_many(gone) if each.profile_id is not None]
        if back:
            yield f"{len(back)} records of people who were forgotten came back"
        yield from expected.differences(store)
        if len(gone) < len(self._records) // 2:
            return
        for each in gone:
            store.readmit(each)
        if any(each.profile_id is None for each in store.ingest_many(gone)):
            yield "a record that was let in again got no profile"
        expected.records |= expected.forgotten
        expected.forgotten = set()
        yield from expected.differences(store)
        yield from store.verify()

    def _ingest_steps(self) -> Iterator[list[Any]]:
        """Records in any order and again and again; some say what another record of their source says."""
        by_source: dict[str, list[Record]] = {}
        for each in self._records:
            by_source.setdefault(each.source, []).append(each)
        for _ in range(STEPS // 4):
            record = self._drawn.choice(self._records)
            says = record if self._drawn.random() < 0.7 else self._drawn.choice(by_source[record.source])
            self._marks += 1
            own = {self._world.keys[record.source]: record.key, MARK: f"mark {self._marks}"}
            yield ["ingest", record.source, record.key, {**says.fields, **own}]

    def _merge_steps(self) -> Iterator[list[Any]]:
        """Decisions that two records are one person, and about as many that are taken back."""
        there = sorted(self._expected.records)
        standing: list[Any] = [each.number for each in self._expected.decisions.values() if each.number is not None]
        for _ in range(STEPS):
            if standing and self._drawn.random() < len(standing) / 20:
                yield ["undo", standing.pop(self._drawn.randrange(len(standing)))]
            else:
                self._marks += 1
                standing.append(f"mark {self._marks}")
                yield ["same", *self._drawn.sample(there, 2), standing[-1]]

    def _forget_steps(self) -> Iterator[list[Any]]:
        there: list[Key] = sorted(self._expected.records)
        for each in self._drawn.sample(there, len(there)):
            yield ["forget", *each]


def page(report: dict[str, Any]) -> str:
    """The figures as Markdown."""
    made_with = ", ".join(f"{name} {version}" for name, version in report["versions"].items())
    lines = [
        "# Killed writers",
        "",
        f"`make bench-store-kills`, {report['machine']['cores']} cores; {made_with}.",
        "",
        "| database | operation | kills | within it | of these kept all the same | acknowledged before | wrong |",
        "|---|---|---:|---:|---:|---:|---:|",
    ]
    for database, each in sorted(report["databases"].items()):
        for name, tally in each["operations"].items():
            figures = (*(tally[figure] for figure in ("kills", "within", "kept", "acknowledged")), len(tally["wrong"]))
            lines.append(f"| {database} | {name} | {' | '.join(map(str, figures))} |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    raise SystemExit(main())
