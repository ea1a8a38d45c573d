"""Time, processor time and memory of `retrato resolve` beside other libraries, and how they grow: `make bench`.

For each size customers are generated and written as the exports of seven channels. `retrato resolve` goes from those
files to a folder with profiles, households and values; the peers go from records that retrato has normalised for them
(which is not counted) to clusters. Each library runs as often as `--runs` says, in turn with the others, in a process
of its own. `results/` gets the figures (`speed.json`), a page (`speed.md`) and a plot (`speed.svg`), or others of the
name that `--name` says; sizes that are not asked for keep their figures there.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import platform
import sys
import tempfile
from concurrent.futures import ProcessPoolExecutor
from itertools import pairwise
from multiprocessing import get_context
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

import altair
import pandas as pd

from bench_sets import as_set, in_short, versions
from peers.handover import hand_over
from peers.libraries import PEERS
from peers.processes import Limits, run
from retrato.datasets import omnichannel

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from peers.libraries import Library
    from peers.processes import Ran

RESULTS = Path(__file__).with_name("results")
RETRATO = Path(sys.executable).with_name("retrato")
SIZES = (10_000, 100_000, 1_000_000)
#: No peer is tried on more records.
MOST_FOR_PEERS = 1_000_000
#: What starts without doing anything, and how often it is timed.
STARTS = {"import retrato": (sys.executable, "-c", "import retrato"), "retrato --help": (RETRATO, "--help")}
MANY = 7


def main() -> int:
    """Measure every size that is asked for, and write what is known of all."""
    asked = arguments()
    limits = Limits(seconds=asked.minutes * 60, megabytes=asked.gigabytes * 1000)
    peers = [each for each in PEERS if each.name in asked.libraries]
    RESULTS.mkdir(exist_ok=True)
    kept = RESULTS / f"{asked.name}.json"
    sizes: dict[str, Any] = json.loads(kept.read_text("utf-8"))["sizes"] if kept.is_file() else {}
    for records in asked.records:
        with tempfile.TemporaryDirectory(prefix="retrato-bench-") as name:
            sizes[str(records)] = measured(records, peers, asked, limits, Path(name))
    with tempfile.TemporaryDirectory(prefix="retrato-bench-") as name:
        starts = {what: started(command, Path(name)) for what, command in STARTS.items()}
    report = {"machine": machine(), "versions": versions(), "starts": starts, "sizes": sizes}
    kept.write_text(json.dumps(report, indent=1) + "\n", "utf-8")
    kept.with_suffix(".md").write_text(page(report), "utf-8")
    plot(report, kept.with_suffix(".svg"))
    print(page(report))
    return 0


def arguments() -> argparse.Namespace:
    """What is measured, and how much each library may take."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--records", nargs="*", type=int, default=list(SIZES), help="how many contact records")
    parser.add_argument("--runs", type=int, default=1, help="how often each library runs")
    parser.add_argument("--libraries", nargs="*", choices=[each.name for each in PEERS], default=["Splink"])
    parser.add_argument("--name", default="speed", help="what the files of the results are called")
    parser.add_argument("--memory-limit", help="what retrato is given, such as 2GB")
    parser.add_argument("--minutes", type=float, default=60, help="a library that takes longer is ended")
    parser.add_argument("--gigabytes", type=float, default=20, help="a library that takes more memory is ended")
    return parser.parse_args()


def machine() -> dict[str, Any]:
    """What all this was measured on."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return {"system": platform.system(), "cores": os.cpu_count(), "memory_gb": round(memory / 1e9, 1)}


def measured(
    records: int, peers: Sequence[Library], asked: argparse.Namespace, limits: Limits, folder: Path
) -> dict[str, Any]:
    """All libraries on one size, in turn."""
    chosen = [each for each in peers if records <= min(each.most_records, MOST_FOR_PEERS)]
    with ProcessPoolExecutor(1, get_context("spawn")) as other:  # what it takes of memory is free again after it
        exports = other.submit(exported, records, folder, for_peers=bool(chosen)).result()
    out = folder / "out"
    command = [RETRATO, "resolve", *exports, "--out", out, "--region", "ES", "--quiet"]
    command += ["--memory-limit", asked.memory_limit] if asked.memory_limit else []
    rows: dict[str, list[dict[str, Any]]] = {name: [] for name in ("retrato", *(each.name for each in chosen))}
    for turn in range(asked.runs):
        rows["retrato"].append(row(run(command, limits=limits, log=folder / "log.txt", folder=folder)))
        print(f"{in_short(records)}: retrato {rows['retrato'][-1]}", flush=True)
        for library in chosen:
            made = folder / f"{library.script}.{turn}"
            made.mkdir()
            parts = (*library.command, folder / "set", made)
            rows[library.name].append(row(run(parts, limits=limits, log=made / "log.txt", folder=made)))
            print(f"{in_short(records)}: {library.name} {rows[library.name][-1]}", flush=True)
    report = json.loads((out / "run.json").read_text("utf-8")) if (out / "run.json").is_file() else {}
    counts = report.get("counts", {})
    return {
        "records": records,
        "memory_limit": asked.memory_limit,
        "counts": {name: counts.get(name) for name in ("rows", "identifiers", "pairs", "values", "profiles")},
        "stages": report.get("stages", []),
        "libraries": {name: {"version": version_of(name), "runs": found} for name, found in rows.items()},
    }


def exported(records: int, folder: Path, *, for_peers: bool) -> list[Path]:
    """Make the exports, and for the peers the set; the paths of the exports."""
    made = omnichannel(records, seed=1, events=False)
    if for_peers:
        hand_over(as_set(made, records), folder / "set")
    return sorted(made.write(folder / "exports"))


def version_of(name: str) -> str:
    """The version of a library that is measured."""
    return next((each.version for each in PEERS if each.name == name), versions()["retrato"])


def row(ran: Ran) -> dict[str, Any]:
    """What is kept of one run."""
    found = {"seconds": round(ran.seconds, 2), "cpu_seconds": round(ran.cpu_seconds, 2), "mb": round(ran.megabytes)}
    return {**found, "failure": ran.failure} if ran.failure else found


def started(command: Sequence[str | Path], folder: Path) -> float:
    """The median seconds of something that is over at once."""
    limits = Limits(seconds=60, megabytes=4000)
    return round(
        median(
            run(command, limits=limits, log=folder / "log.txt", folder=folder, pause=0.005).seconds for _ in range(MANY)
        ),
        3,
    )


def finished(size: dict[str, Any], library: str) -> list[dict[str, Any]]:
    """The runs of a library that came to their end."""
    runs = size["libraries"].get(library, {"runs": []})["runs"]
    return [each for each in runs if "failure" not in each]


def middle(size: dict[str, Any], library: str, what: str) -> float | None:
    """The median of one figure over the runs of a library."""
    runs = finished(size, library)
    return median(each[what] for each in runs) if runs else None


def page(report: dict[str, Any]) -> str:
    """The results as Markdown."""
    return "\n".join(_page(report)) + "\n"


def _page(report: dict[str, Any]) -> Iterator[str]:
    sizes = sorted(report["sizes"].values(), key=lambda size: size["records"])
    cores, memory = report["machine"]["cores"], report["machine"]["memory_gb"]
    yield "# Speed"
    yield ""
    yield f"`make bench`, {cores} cores, {memory} GB; {', '.join(f'{k} {v}' for k, v in report['versions'].items())}."
    yield "Seconds are medians over the runs; the ratio is that of retrato to the library, run by run, and its median."
    yield ""
    yield "| records | library | runs | seconds | processor seconds | cores busy | peak MB | ratio |"
    yield "|---:|---|---:|---:|---:|---:|---:|---:|"
    for size in sizes:
        for name in size["libraries"]:
            yield _row(size, name)
    yield ""
    pairs = [f"{in_short(size['records'])} {size['counts']['pairs']:,}" for size in sizes]
    yield f"Pairs compared: {', '.join(pairs)}."
    yield "Start: " + ", ".join(f"`{what}` {seconds:.2f} s" for what, seconds in report["starts"].items()) + "."
    yield ""
    yield "## Growth of retrato"
    yield ""
    yield "| from | to | exponent of the seconds | exponent of the memory |"
    yield "|---:|---:|---:|---:|"
    for small, large in pairwise(sizes):
        exponents = [exponent(small, large, what) for what in ("seconds", "mb")]
        cells = ["–" if each is None else f"{each:.2f}" for each in exponents]
        yield f"| {in_short(small['records'])} | {in_short(large['records'])} | {' | '.join(cells)} |"
    yield ""
    yield "## Stages of retrato, seconds and processor seconds of the last run"
    yield ""
    yield "| stage | " + " | ".join(in_short(size["records"]) for size in sizes) + " |"
    yield "|---" + "|---:" * len(sizes) + "|"
    for name in [each["stage"] for each in sizes[-1]["stages"]] if sizes else []:
        found = [next((each for each in size["stages"] if each["stage"] == name), None) for size in sizes]
        cells = ["–" if each is None else f"{each['seconds']:.1f} ({each['cpu_seconds']:.1f})" for each in found]
        yield f"| {name} | {' | '.join(cells)} |"


def _row(size: dict[str, Any], name: str) -> str:
    runs = size["libraries"][name]["runs"]
    title = f"{name} {size['libraries'][name]['version']}"
    if name == "retrato" and size["memory_limit"]:
        title += f", limit {size['memory_limit']}"
    if not finished(size, name):
        return f"| {in_short(size['records'])} | {title} | {len(runs)} | {runs[-1]['failure']} | | | | |"
    seconds, cpu, peak = (middle(size, name, what) or 0.0 for what in ("seconds", "cpu_seconds", "mb"))
    pairs = zip(size["libraries"]["retrato"]["runs"], runs, strict=True)
    ratios = [ours["seconds"] / theirs["seconds"] for ours, theirs in pairs if not {"failure"} & {*ours, *theirs}]
    ratio = f"{median(ratios):.2f}" if name != "retrato" and ratios else ""
    figures = f"{seconds:.1f} | {cpu:.1f} | {cpu / seconds:.2f} | {peak:,.0f}"
    return f"| {in_short(size['records'])} | {title} | {len(runs)} | {figures} | {ratio} |"


def exponent(small: dict[str, Any], large: dict[str, Any], what: str) -> float | None:
    """How a figure grows with the records: 1 is in proportion to them."""
    one, other = (middle(size, "retrato", what) for size in (small, large))
    if not one or not other:
        return None
    return math.log(other / one) / math.log(large["records"] / small["records"])


def plot(report: dict[str, Any], path: Path) -> None:
    """Seconds by records, a line a library, both on a scale of powers."""
    found = [
        {"records": size["records"], "library": name, "seconds": middle(size, name, "seconds")}
        for size in report["sizes"].values()
        for name in size["libraries"]
    ]
    table = pd.DataFrame([each for each in found if each["seconds"]])
    altair.Chart(table).mark_line(point=True).encode(
        x=altair.X("records", scale=altair.Scale(type="log")),
        y=altair.Y("seconds", scale=altair.Scale(type="log")),
        color=altair.Color("library", sort=None, title=None),
    ).properties(width=420, height=320).save(path)


if __name__ == "__main__":
    sys.exit(main())
