"""Stage 12: who holds each contact point, and what that makes of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from retrato.engines.compile.contact_points import contact_point_steps
from retrato.engines.compile.template import tree
from retrato.pipeline.features import known_columns

if TYPE_CHECKING:
    from retrato.pipeline.run import Run


def contact_points(run: Run) -> None:
    """Make `contact_points`; count the values of each class."""
    kinds = {slot.type.kind for slot in run.slots if any(feature.contact_point for feature in slot.type.features)}
    steps = contact_point_steps(kinds, known_columns(run))
    for name, query in steps:
        run.engine.create(name, query)
    classes = run.engine.fetch(tree("SELECT class, count(*) AS n FROM _contact_classes GROUP BY class ORDER BY class"))
    run.counts["contact_points"] = dict(
        zip(*(classes.column(name).to_pylist() for name in ("class", "n")), strict=True)
    )
    run.engine.drop(*(name for name, _ in steps if name.startswith("_")))
