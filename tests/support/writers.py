"""A process that does things to a store, one by one; it says when it begins each, and what came of it once it is kept.

    python writers.py URL STEPS.json [--start N] [--secret TEXT] [--seconds N]

STEPS.json is a list of steps, taken from START on and round, each once, or until so many seconds have passed:

    ["load", folder]                  a saved result
    ["ingest", source, key, fields]
    ["same", a, b, reason]            two records, each [source, key]
    ["undo", decision]                its number, or the reason of one that this process has made
    ["forget", source, key]           the person of this record, if there is one
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from retrato import IdentityStore, Record, Resolution, UnknownRecordError

if TYPE_CHECKING:
    from collections.abc import Iterable


class Said(NamedTuple):
    """What the process says of a step.

    The answer is that of a step that is done; where it begins to forget somebody, the records of that person.
    """

    place: int
    word: str
    answer: Any
    seconds: float = 0.0


def sayings(text: str) -> list[Said]:
    """What a process has said of its steps; a line that it did not finish is not said."""
    lines = [line for line in text.splitlines(keepends=True) if line.endswith("]\n")]
    return [Said(*json.loads(line)) for line in lines]


def done(text: str) -> list[int]:
    """The places of the steps that are done."""
    return [each.place for each in sayings(text) if each.word == "done"]


def steps_of(records: Iterable[Record]) -> str:
    """The steps that put records into a store, as JSON."""
    return json.dumps([["ingest", each.source, each.key, each.fields] for each in records], default=str)


def main() -> None:
    asked = _asked()
    steps = json.loads(Path(asked.steps).read_text("utf-8"))
    results = {step[1]: Resolution.load(step[1]) for step in steps if step[0] == "load"}
    _say("ready")
    with IdentityStore.open(asked.url, secret=asked.secret) as store:
        numbers: dict[str, int] = {}
        end = time.monotonic() + asked.seconds if asked.seconds else None
        for nth in range(asked.start, sys.maxsize):
            if nth == asked.start + len(steps) if end is None else time.monotonic() > end:
                break
            place = nth % len(steps)
            word, *rest = steps[place]
            concerned = _person(store, *rest) if word == "forget" else None
            if concerned == []:
                continue
            _say([place, "begins", concerned])
            start = time.perf_counter()
            answer = _do(store, results, numbers, word, *rest)
            _say([place, "done", answer, round(time.perf_counter() - start, 6)])


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    parser.add_argument("url")
    parser.add_argument("steps")
    parser.add_argument("--start", type=int, default=0)
    parser.add_argument("--secret")
    parser.add_argument("--seconds", type=float)
    return parser.parse_args()


def _do(store: IdentityStore, results: dict[str, Resolution], numbers: dict[str, int], word: str, *rest: Any) -> Any:
    if word == "load":
        return store.load(results[rest[0]])
    if word == "ingest":
        return store.ingest(Record(*rest)).profile_id
    if word == "same":
        a, b, reason = rest
        numbers[reason] = store.same(tuple(a), tuple(b), author="ana", reason=reason)
        return numbers[reason]
    if word == "undo":
        store.undo(numbers.get(rest[0], rest[0]), author="eva")
    if word == "forget":
        store.forget(store.profile_of(*rest))
    return None


def _person(store: IdentityStore, source: str, key: str) -> list[list[str]]:
    """The records of the person of a record, or none where it is unknown."""
    try:
        profile = store.profile_of(source, key)
    except UnknownRecordError:
        return []
    rows = store.assignments.to_pylist()
    return [[row["source"], row["record_key"]] for row in rows if row["profile_id"] == profile]


def _say(what: object) -> None:
    sys.stdout.write(f"{what if isinstance(what, str) else json.dumps(what)}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
