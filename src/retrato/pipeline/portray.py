"""Stage 15: one portrait a profile: every value ranked, the golden ones side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING

from retrato.engines.compile.portraits import plain_attributes, profile_steps
from retrato.engines.compile.survivorship import value_steps, values

if TYPE_CHECKING:
    from retrato.pipeline.run import Run


def portray(run: Run) -> None:
    """Make `profiles` and `values`."""
    steps = value_steps(run.ruleset.survivorship)
    for name, query in steps:
        run.engine.create(name, query)
    run.engine.create("values", values("identifiers").limit(0))
    for part in run.identifiers:  # all at once would need memory for the texts of all
        run.engine.append("values", values(part))
    attributes = run.engine.fetch(plain_attributes()).column("attribute").to_pylist()
    last = profile_steps(attributes)
    for name, query in last:
        run.engine.create(name, query)
    run.engine.drop(*(name for name, _ in (*steps, *last) if name.startswith("_")))
    run.counts["values"] = run.engine.count("values")
