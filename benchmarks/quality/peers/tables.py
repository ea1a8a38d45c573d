"""Measurements as Markdown: one section a set."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_HEAD = (
    *("library", "labels", "threshold", "precision", "recall", "pairwise F1", "B³ F1"),
    *("exact clusters", "over-merged records", "misplaced records", "seconds", "peak MB"),
)
_EXPLAINED = "Pairs of which at least one record has the trap; what costs most comes first."
_TRAPS = (
    *("trap", "records", "true pairs", "precision", "recall", "pairwise F1"),
    *("missed pairs", "false pairs", "over-merged records"),
)


def page(reports: Sequence[dict[str, Any]]) -> str:
    """All sets, one section each."""
    return "\n".join(["# Match quality beside other libraries", "", *(section(report) for report in reports)])


def section(report: dict[str, Any]) -> str:
    """One set: all libraries, what failed, what retrato closes, and retrato by trap where the traps are known."""
    rows = report["libraries"]
    lines = [f"## {report['set']}", "", f"{report['records']:,} records of {report['people']:,} people.", ""]
    lines += _table(_HEAD, [cells for row in rows for cells in _cells(row)])
    lines += [""] + [f"- {row['library']} {row['version']}: {row['failure']}." for row in rows if "failure" in row]
    lines += [*_closed(rows), ""]
    for row in rows:
        by_trap = row.get("documented", {}).get("by_trap")
        if by_trap:
            title = f"### {row['library']} by trap"
            lines += [title, "", _EXPLAINED, "", *_table(_TRAPS, [_trap_cells(*each) for each in by_trap.items()]), ""]
    return "\n".join(lines)


def _cells(row: dict[str, Any]) -> Iterator[tuple[str, ...]]:
    """One line for a library as documented, and one for its best threshold."""
    for kind in ("documented", "best"):
        if kind not in row:
            continue
        figures = row[kind]
        pairwise = figures["pairwise"]
        yield (
            f"{row['library']} {row['version']}",
            str(row["labels"] or "–"),
            kind if figures["threshold"] is None else f"{kind}, {figures['threshold']:.4g}",
            *(f"{pairwise[score]:.4f}" for score in ("precision", "recall", "f1")),
            f"{figures['b_cubed']['f1']:.4f}",
            f"{figures['exact_clusters']:,}",
            _of_records(figures, "over_merged_records"),
            _of_records(figures, "misplaced_records"),
            f"{row['seconds']:,.1f}",
            f"{row['megabytes']:,}",
        )


def _of_records(figures: dict[str, Any], name: str) -> str:
    """A number of records and its share; rows that were measured before the figure was taken have none."""
    return f"{figures[name]:,} ({figures[name] / figures['records']:.2%})" if name in figures else "–"


def _closed(rows: Sequence[dict[str, Any]]) -> list[str]:
    """How much of what the best of the others leaves wrong retrato puts right."""
    ours = next((row["documented"] for row in rows if row["library"] == "retrato" and "documented" in row), None)
    others = [row for row in rows if row["library"] != "retrato" and "documented" in row]
    if ours is None or not others:
        return []
    best = max(others, key=lambda row: float(_best(row)["pairwise"]["f1"]))
    left = 1 - _best(best)["pairwise"]["f1"]
    share = (ours["pairwise"]["f1"] - _best(best)["pairwise"]["f1"]) / left if left else 0.0
    highest = max(_best(row)["b_cubed"]["f1"] for row in others)
    words = f"retrato closes {share:.0%} of the error (1 − F1) that {best['library']} leaves"
    if share < 0:
        words = f"{best['library']} is ahead of retrato by {-share * left:.4f}"
    return ["", f"Pairwise, {words}; B³ {ours['b_cubed']['f1']:.4f} against at most {highest:.4f}."]


def _best(row: dict[str, Any]) -> dict[str, Any]:
    """The figures at the best threshold, or the only ones."""
    figures: dict[str, Any] = row.get("best", row["documented"])
    return figures


def _trap_cells(trap: str, figures: dict[str, Any]) -> tuple[str, ...]:
    counts = (f"{figures[name]:,}" for name in ("records", "true_pairs"))
    wrong = (f"{figures[name]:,}" for name in ("missed", "false", "over_merged_records"))
    return (trap, *counts, *(f"{figures[score]:.4f}" for score in ("precision", "recall", "f1")), *wrong)


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    lines = ["| " + " | ".join(head) + " |", "|---" + "|---:" * (len(head) - 1) + "|"]
    return lines + ["| " + " | ".join(row) + " |" for row in rows]
