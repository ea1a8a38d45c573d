"""Stage 13: one portrait a profile: every value ranked, every interaction in order."""

from __future__ import annotations

from typing import TYPE_CHECKING

from retrato.engines.compile.attachment import attachment_steps
from retrato.engines.compile.portraits import plain_attributes, profile_steps
from retrato.engines.compile.survivorship import person_steps, value_steps, values
from retrato.engines.compile.timeline import attachment_counts, timeline
from retrato.profiles.attachment import NO_CONSENT

if TYPE_CHECKING:
    from retrato.pipeline.run import Run


def portray(run: Run) -> None:
    """Make `profiles`, `values`, and the view `timeline`."""
    events = run.counts["events"] > 0
    attaching = attachment_steps(run.ruleset.interactions.anonymous) if events else ()
    steps = [*person_steps(), *value_steps(run.ruleset.survivorship), *attaching]
    for name, query in steps:
        run.engine.create(name, query)
    run.engine.create("values", values("identifiers").limit(0))
    for part in run.identifiers:  # all at once would need memory for the texts of all
        run.engine.append("values", values(part))
    run.engine.define("timeline", timeline(events=events))
    attributes = run.engine.fetch(plain_attributes()).column("attribute").to_pylist()
    last = profile_steps(attributes)
    for name, query in last:
        run.engine.create(name, query)
    run.engine.drop(*(name for name, _ in (*steps, *last) if name.startswith("_")))
    attached = run.engine.fetch(attachment_counts()).to_pylist()
    run.counts["values"] = run.engine.count("values")
    run.counts["interactions"] = sum(each["interactions"] for each in attached)
    run.counts["attachment"] = attached
    without = sum(each["interactions"] for each in attached if (each["attached_by"] or "").startswith(NO_CONSENT))
    if without:
        run.notes.append(
            f"{without:,} interactions are of a device whose owner is known and has not agreed to tracking: they are "
            "left anonymous (see interactions.anonymous of the ruleset)"
        )
