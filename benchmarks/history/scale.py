"""How long histories take, and how that grows: `make bench-histories`.

Customers are generated with ten events a record, and written as their channels would. `retrato resolve` goes from those
files to a folder. What counts is the stage `attach`, from events and profiles to timelines, visits, threads, journeys
and hand-overs, and then the stages `consent`, `context` and `metrics`, from those to what everybody allows, what
whoever answers must know, and the figures. Reading the events (`events`) and writing the result (`write`, with all that
is not of events) are told beside it. `results/scale.json` and `results/scale.md` have the figures.
"""

from __future__ import annotations

import argparse
import json
import math
import sys
import tempfile
from concurrent.futures import ProcessPoolExecutor
from itertools import pairwise
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bench_sets import in_short
from peers.processes import Limits, run
from retrato.datasets import omnichannel

if TYPE_CHECKING:
    from collections.abc import Iterator

RESULTS = Path(__file__).with_name("results")
RETRATO = Path(sys.executable).with_name("retrato")
SIZES = (100_000, 1_000_000)
PER_RECORD = 10
LIMITS = Limits(seconds=3600, megabytes=20_000)
#: What is known of every customer, after its history.
KNOWN = ("consent", "context", "metrics")
STAGES = ("events", "attach", *KNOWN, "write")


def main() -> int:
    """Measure every size that is asked for, and write what was found."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--records", nargs="*", type=int, default=list(SIZES), help="how many contact records")
    parser.add_argument("--memory-limit", default="6GB", help="what retrato is given")
    asked = parser.parse_args()
    found = []
    for records in asked.records:
        with tempfile.TemporaryDirectory(prefix="retrato-bench-") as name:
            found.append(measured(records, asked.memory_limit, Path(name)))
            print(found[-1], flush=True)
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / "scale.json").write_text(json.dumps(found, indent=1) + "\n", "utf-8")
    (RESULTS / "scale.md").write_text("\n".join(page(found)) + "\n", "utf-8")
    return 0


def measured(records: int, memory_limit: str, folder: Path) -> dict[str, Any]:
    """One run of `retrato resolve`, and what its stages took."""
    with ProcessPoolExecutor(1, get_context("spawn")) as other:  # what it takes of memory is free again after it
        exports = other.submit(exported, records, folder).result()
    command = [RETRATO, "resolve", *exports, "--out", folder / "out", "--region", "ES", "--quiet"]
    ran = run([*command, "--memory-limit", memory_limit], limits=LIMITS, log=folder / "log.txt", folder=folder)
    if ran.failure:
        raise SystemExit(f"{records} records: {ran.failure}")
    report = json.loads((folder / "out" / "run.json").read_text("utf-8"))
    counts = report["counts"]
    return {
        "records": records,
        "memory_limit": memory_limit,
        "seconds": round(ran.seconds, 1),
        "mb": round(ran.megabytes),
        "counts": {name: counts[name] for name in ("events", "profiles", "threads", "journeys", "hand_overs")},
        "stages": {each["stage"]: each for each in report["stages"] if each["stage"] in STAGES},
    }


def exported(records: int, folder: Path) -> list[Path]:
    """Make the exports; their paths."""
    return sorted(omnichannel(records, seed=1, events_per_record=PER_RECORD).write(folder / "exports"))


def page(found: list[dict[str, Any]]) -> Iterator[str]:
    """The results to read."""
    yield "# Histories"
    yield ""
    yield f"`make bench-histories`: {PER_RECORD} events a record. Seconds, and in brackets processor seconds."
    yield ""
    stages = " | ".join(STAGES)
    yield f"| records | events | threads | journeys | hand-overs | {stages} | whole run | peak MB |"
    yield f"|{'---:|' * (7 + len(STAGES))}"
    for each in found:
        counts = (each["counts"][name] for name in ("events", "threads", "journeys", "hand_overs"))
        taken = (each["stages"][name] for name in STAGES)
        cells = (
            in_short(each["records"]),
            *(f"{count:,}" for count in counts),
            *(f"{stage['seconds']:.1f} ({stage['cpu_seconds']:.1f})" for stage in taken),
            f"{each['seconds']:.1f}",
            f"{each['mb']:,}",
        )
        yield f"| {' | '.join(cells)} |"
    for small, large in pairwise(found):
        more = math.log(large["records"] / small["records"])
        sizes = f"From {in_short(small['records'])} to {in_short(large['records'])} records"
        for names in (("attach",), KNOWN):
            before, after = (sum(each["stages"][name]["seconds"] for name in names) for each in (small, large))
            exponent = math.log(after / before) / more
            yield ""
            yield f"{sizes} {' + '.join(names)} goes from {before:.1f} to {after:.1f} s: exponent {exponent:.2f}."


if __name__ == "__main__":
    raise SystemExit(main())
