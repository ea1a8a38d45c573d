"""Stage 13: one portrait a profile: every value ranked, every interaction in order."""

from __future__ import annotations

from typing import TYPE_CHECKING

from retrato.engines.compile.portraits import plain_attributes, profile_steps
from retrato.engines.compile.survivorship import value_steps
from retrato.engines.compile.timeline import attachment_counts, timeline_steps

if TYPE_CHECKING:
    from retrato.pipeline.run import Run


def portray(run: Run) -> None:
    """Make `values`, `timeline` and `profiles`."""
    steps = [*value_steps(run.ruleset.survivorship), *timeline_steps(events=run.counts["events"] > 0)]
    for name, query in steps:
        run.engine.create(name, query)
    attributes = run.engine.fetch(plain_attributes()).column("attribute").to_pylist()
    last = profile_steps(attributes)
    for name, query in last:
        run.engine.create(name, query)
    run.engine.drop(*(name for name, _ in (*steps, *last) if name.startswith("_")))
    run.counts["values"] = run.engine.count("values")
    run.counts["interactions"] = run.engine.count("timeline")
    run.counts["attachment"] = run.engine.fetch(attachment_counts()).to_pylist()
