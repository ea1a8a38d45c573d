"""Match quality against known truth, with the default configuration and no labels: `make bench-quality`.

Reads the folder named by RETRATO_BENCH_DATA, prints a table and writes it to `results/` as Markdown and JSON. A set
whose files are missing is skipped with a message; a set that does not reach its target makes the exit code 1.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import retrato
from bench_sets import generated, public, versions
from public_sets import PUBLIC_SETS
from retrato.evaluation.truth import evaluate_tables

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bench_sets import BenchSet

RESULTS = Path(__file__).parent / "results"


def measure(each: BenchSet) -> dict[str, Any]:
    """Resolve the sources as every user would and hold the profiles against the truth."""
    started = time.perf_counter()
    assignments = retrato.resolve(each.sources).assignments
    seconds = time.perf_counter() - started
    figures = evaluate_tables(assignments, each.truth)
    return {"set": each.name, "target": each.target, "seconds": round(seconds, 1), **figures.to_dict()}


def measurements() -> list[dict[str, Any]]:
    """One measurement a set: the public ones that are there, then our own generator."""
    rows = []
    for each in (*public(), generated(10_000)):
        rows.append(measure(each))
        print(f"{each.name}: pairwise F1 {rows[-1]['pairwise']['f1']:.4f}")
    return rows


def markdown(rows: Sequence[dict[str, Any]], used: dict[str, str]) -> str:
    """The table that is committed."""
    head = ("set", "records", "seconds", "precision", "recall", "pairwise F1", "target", "B³ F1")
    head += ("true clusters", "clusters", "exact", "over-merged records", "misplaced records")
    lines = ["| " + " | ".join(head) + " |", "|---" + "|---:" * (len(head) - 1) + "|"]
    for row in rows:
        pairwise = row["pairwise"]
        cells = (
            row["set"],
            f"{row['records']:,}",
            f"{row['seconds']:.1f}",
            *(f"{pairwise[score]:.4f}" for score in ("precision", "recall", "f1")),
            "–" if row["target"] is None else f"≥ {row['target']}",
            f"{row['b_cubed']['f1']:.4f}",
            *(f"{row[count]:,}" for count in ("true_clusters", "clusters", "exact_clusters")),
            *(
                f"{row[count]:,} ({row[count] / row['records']:.2%})"
                for count in ("over_merged_records", "misplaced_records")
            ),
        )
        lines.append("| " + " | ".join(cells) + " |")
    text = ", ".join(f"{name} {number}" for name, number in used.items())
    return "\n".join(["# Match quality, default configuration, no labels", "", *lines, "", f"Versions: {text}.", ""])


def main() -> int:
    """Measure, print, write; 1 when a target is missed."""
    rows = measurements()
    used = versions()
    table = markdown(rows, used)
    print(table)
    if len(rows) > len(PUBLIC_SETS):  # a table with rows missing would look like a finding
        RESULTS.mkdir(exist_ok=True)
        (RESULTS / "quality.md").write_text(table, encoding="utf-8")
        report = json.dumps({"versions": used, "sets": rows}, indent=2, ensure_ascii=False)
        (RESULTS / "quality.json").write_text(report + "\n", encoding="utf-8")
    missed = [row["set"] for row in rows if row["target"] is not None and row["pairwise"]["f1"] < row["target"]]
    if missed:
        print(f"below the target: {', '.join(missed)}")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
