"""Stage 13: whose each interaction is, what belongs together, and how customers came."""

from __future__ import annotations

from typing import TYPE_CHECKING

from retrato.engines.compile.journeys import journey_steps
from retrato.engines.compile.survivorship import person_steps
from retrato.engines.compile.template import tree
from retrato.engines.compile.threads import thread_steps
from retrato.engines.compile.timeline import attachment_counts, row_steps, timeline
from retrato.profiles.attachment import NO_CONSENT

if TYPE_CHECKING:
    from retrato.pipeline.run import Run


def attach(run: Run) -> None:
    """Make `persons`, `person_records`, `timeline_rows`, `threads`, `journeys`, `hand_overs`, the view `timeline`."""
    rules = run.ruleset.interactions
    steps = (
        *person_steps(),
        *row_steps(rules),
        *thread_steps(),
        *journey_steps(rules.conversions),
    )
    for name, query in steps:
        run.engine.create(name, query)
        if name == "timeline_rows":  # nothing reads those any more
            run.engine.drop(*(former for former, _ in steps if former.startswith("_timeline")))
    run.engine.drop(*(name for name, _ in steps if name.startswith("_")))
    run.engine.define("timeline", timeline())
    _report(run)


def _report(run: Run) -> None:
    attached = run.engine.fetch(attachment_counts()).to_pylist()
    run.counts["interactions"] = sum(each["interactions"] for each in attached)
    run.counts["attachment"] = attached
    for name in ("threads", "journeys", "hand_overs"):
        run.counts[name] = run.engine.count(name)
    repeated = run.engine.fetch(tree("SELECT count(duplicate_of) AS n FROM timeline_rows"))
    run.counts["repeated_events"] = repeated.column("n")[0].as_py()
    without = sum(each["interactions"] for each in attached if (each["attached_by"] or "").startswith(NO_CONSENT))
    if without:
        run.notes.append(
            f"{without:,} interactions are of a device whose owner is known and has not agreed to tracking: they are "
            "left anonymous (see interactions.anonymous of the ruleset)"
        )
