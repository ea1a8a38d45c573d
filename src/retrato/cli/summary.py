"""The counts of a result, as commands show them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from retrato.cli.screen import show, show_table

if TYPE_CHECKING:
    from retrato import Resolution


def summary(resolution: Resolution) -> dict[str, int]:
    """The counts, by what they count. Rows are those of records and of events that could be read."""
    import pyarrow.compute as pc

    events = resolution.timeline.filter(pc.is_valid(resolution.timeline.column("event")))
    households = resolution.assignments.column("household_id")
    unattached = events.column("profile_id").null_count
    return {
        "rows": sum(source["rows"] for source in resolution.report["counts"]["sources"]),
        "rejected rows": resolution.rejected.num_rows,
        "records": resolution.assignments.num_rows,
        "profiles": resolution.profiles.num_rows,
        "households": pc.count_distinct(households).as_py(),
        "links": resolution.links.num_rows,
        "to review": resolution.review.num_rows,
        "held apart by a limit": len(resolution.review.column("held_apart_by").drop_null()),
        "interactions attached": events.num_rows - unattached,
        "interactions not attached": unattached,
    }


def show_summary(resolution: Resolution) -> None:
    """Print the counts, what is expected of the profiles, and the notes of the run."""
    show_table(summary(resolution).items(), numbers=(1,))
    counts = resolution.report["counts"]
    if "expected_precision" in counts:
        show()
        show(
            f"expected: {counts['expected_precision']:.1%} of the pairs of records in one profile are one person, and "
            f"{counts['expected_recall']:.1%} of the likely pairs are in one profile"
        )
    notes: list[str] = resolution.report["notes"]
    if notes:
        show()
    for note in notes:
        show(f"note: {note}")
