"""Match quality of retrato and of other libraries on the same records: `make bench-peers`.

For each set, retrato and every library that is asked for are run one after the other, each in a process and an
environment of its own; `results/peers/` gets a JSON file a set, and `results/peers.md` shows them all. A library that
is not asked for keeps its row as long as the records and its script are the same.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from bench_sets import generated, in_short, public
from peers.handover import hand_over
from peers.libraries import PEERS, RETRATO
from peers.measuring import measure, not_measured
from peers.processes import Limits
from peers.tables import page, section

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bench_sets import BenchSet

RESULTS = Path(__file__).parents[1] / "results" / "peers"
SIZES = (10_000, 100_000)


def main() -> int:
    """Measure what the command line asks for, write a page for each set."""
    asked = arguments()
    limits = Limits(seconds=asked.minutes * 60, megabytes=asked.gigabytes * 1000)
    RESULTS.mkdir(parents=True, exist_ok=True)
    for each in chosen_sets(asked.sets, asked.records):
        report = measured(each, asked.libraries, limits)
        result_file(each.name).write_text(json.dumps(report, indent=1, ensure_ascii=False) + "\n", "utf-8")
        RESULTS.with_suffix(".md").write_text(page(all_reports()), "utf-8")
        print(section(report))
    return 0


def arguments() -> argparse.Namespace:
    """What is measured, and how much each library may take."""
    names = [library.name for library in PEERS]
    parser = argparse.ArgumentParser(prog="python -m peers", description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--sets", nargs="*", help="only these, such as fake_1000 or 'omnichannel 10 k' (default: all)")
    parser.add_argument("--records", nargs="*", type=int, default=list(SIZES), help="sizes of the generated set")
    parser.add_argument("--libraries", nargs="*", choices=names, default=names, help="only these beside retrato")
    parser.add_argument("--minutes", type=float, default=15, help="a library that takes longer is ended")
    parser.add_argument("--gigabytes", type=float, default=12, help="a library that takes more memory is ended")
    return parser.parse_args()


def chosen_sets(names: Sequence[str] | None, sizes: Sequence[int]) -> Iterator[BenchSet]:
    """The public sets in the folder RETRATO_BENCH_DATA, then the generated ones; each is made when its turn comes."""
    yield from (each for each in public() if not names or each.name in names)
    yield from (generated(size) for size in sizes if not names or f"omnichannel {in_short(size)}" in names)


def measured(bench_set: BenchSet, libraries: Sequence[str], limits: Limits) -> dict[str, Any]:
    """What is known of one set: what is measured now, and former rows of libraries that are not."""
    with tempfile.TemporaryDirectory(prefix="retrato-peers-") as name:
        handed = hand_over(bench_set, Path(name) / "set")
        rows = former_rows(bench_set.name, handed.content)
        for library in (RETRATO, *PEERS):
            if library is RETRATO or library.name in libraries:
                rows[library.name] = measure(library, handed, limits)
                print(f"{bench_set.name}: {library.name} {summary(rows[library.name])}", flush=True)
    return {
        "set": bench_set.name,
        "records": len(handed.people),
        "people": len(np.unique(handed.people)),
        "content": handed.content,
        "machine": {"python": platform.python_version(), "system": platform.system(), "cores": os.cpu_count()},
        "libraries": [rows.get(library.name) or not_measured(library) for library in (RETRATO, *PEERS)],
    }


def result_file(name: str) -> Path:
    """Where the measurements of a set are kept."""
    return RESULTS / f"{name.replace(' ', '_')}.json"


def all_reports() -> list[dict[str, Any]]:
    """What is known of all sets, the smallest first."""
    reports = [json.loads(path.read_text("utf-8")) for path in sorted(RESULTS.glob("*.json"))]
    return sorted(reports, key=lambda report: (report["records"], report["set"]))


def former_rows(name: str, content: str) -> dict[str, dict[str, Any]]:
    """The rows of an earlier run over exactly the same records with the same scripts, by library."""
    path = result_file(name)
    if not path.is_file():
        return {}
    report = json.loads(path.read_text("utf-8"))
    if report["content"] != content:
        return {}
    recipes = {library.name: library.recipe for library in (RETRATO, *PEERS)}
    return {row["library"]: row for row in report["libraries"] if row.get("recipe") == recipes.get(row["library"])}


def summary(row: dict[str, Any]) -> str:
    """One measurement in a few words."""
    if "failure" in row:
        return str(row["failure"])
    best = row.get("best", row["documented"])
    return f"F1 {row['documented']['pairwise']['f1']:.4f}, at best {best['pairwise']['f1']:.4f}, {row['seconds']} s"


if __name__ == "__main__":
    raise SystemExit(main())
