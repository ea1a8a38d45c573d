"""Stage 13: whose each interaction is, what belongs together, and how customers came."""

from __future__ import annotations

from typing import TYPE_CHECKING

from retrato.engines.compile.journeys import journey_steps
from retrato.engines.compile.survivorship import person_steps
from retrato.engines.compile.template import tree
from retrato.engines.compile.threads import orphan_threads, thread_steps
from retrato.engines.compile.timeline import attachment_counts, busy, row_steps, timeline, told_events
from retrato.profiles.attachment import BUSY, NO_CONSENT

if TYPE_CHECKING:
    from retrato.pipeline.run import Run

#: As many of what is too busy are told one by one.
_TOLD = 5


def attach(run: Run) -> None:
    """Make `persons`, `person_records`, `timeline_rows`, `threads`, `journeys`, `hand_overs`, the views `timeline`
    and `told_events`.
    """
    rules = run.ruleset.interactions
    steps = (
        *person_steps(),
        *row_steps(rules),
        *thread_steps(),
        *journey_steps(rules.conversions),
    )
    for name, query in steps:
        run.engine.create(name, query)
        if name == "timeline_rows":
            run.engine.define("told_events", told_events())
            # nothing reads those any more
            run.engine.drop(*(former for former, _ in steps if former.startswith("_timeline")))
    run.engine.drop(*(name for name, _ in steps if name.startswith("_")))
    run.engine.define("timeline", timeline())
    _report(run)
    _report_orphans(run)
    _report_busy(run)


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


def _report_orphans(run: Run) -> None:
    found = run.engine.fetch(orphan_threads()).to_pylist()
    run.counts["orphan_threads"] = found
    if found:
        kinds = ", ".join(f"{each['threads']:,} {each['thread_kind'] or 'of no kind'}" for each in found)
        run.notes.append(
            f"threads of nobody who is known: {kinds}; their events name nobody, or nobody in the records (rows of "
            "threads without profile_id and household_id)"
        )


def _report_busy(run: Run) -> None:
    found = run.engine.fetch(busy()).to_pylist()
    run.counts["busy"] = len(found)
    for each in found[:_TOLD]:
        whose = next((f"{name} {each[name]}" for name in ("profile_id", "anonymous_id") if each[name]), "ambiguous")
        run.notes.append(
            f"{each['interactions']:,} interactions are of one ({whose}; the first is row {each['row']} of source "
            f"{run.sources[each['source_no']].name}): more than {BUSY:,} are hardly one person's, look for a "
            "switchboard, a till or an account for tests"
        )
