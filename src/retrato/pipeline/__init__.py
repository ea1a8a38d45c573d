"""The batch: sources to profiles, one stage after the other.

The stages hand on engine tables under fixed names; `STAGES` says which each one makes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from retrato.pipeline import (
    assess,
    attach,
    block,
    cluster,
    compare,
    consent,
    contact_points,
    context,
    events,
    features,
    identify,
    metrics,
    normalise,
    portray,
    read,
    score,
    train,
)
from retrato.pipeline.checkpoints import keep, restore
from retrato.pipeline.run import Step
from retrato.profiles.metrics import METRICS
from retrato.records import SourceKind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from retrato.pipeline.run import Run


@dataclass(frozen=True, slots=True)
class Stage:
    """A step of the batch: its name, what it does, the tables that it makes, and those that nobody reads after it.

    `share` is what it usually takes of the time of a run (see `benchmarks/speed`), and `works_on` names the count that
    tells how much it has to do.
    A stage itself drops no table that another stage has made: it may have to be done again.
    """

    name: str
    run: Callable[[Run], None]
    makes: tuple[str, ...]
    releases: Callable[[Run], Iterable[str]] = lambda _: ()
    share: float = 0.0
    works_on: str = "records"


def _named(*names: str) -> Callable[[Run], Iterable[str]]:
    """Tables of fixed names."""
    return lambda _: names


def _keys(run: Run) -> Iterator[str]:
    """The matching keys of each kind."""
    return (f"keys_{slot.attribute}" for slot in run.slots if slot.type.features)


def _raw(kind: SourceKind) -> Callable[[Run], Iterable[str]]:
    """The raw tables of the sources of a kind."""
    return lambda run: (
        read.table for read, mapping in zip(run.reads, run.mappings, strict=True) if mapping.kind is kind
    )


def _normalised(run: Run) -> tuple[str, ...]:
    return "row_records", *_raw(SourceKind.RECORDS)(run)


def _portrayed(run: Run) -> tuple[str, ...]:
    views = "identifiers", *run.identifiers
    return *views, *run.cells, "certainty", "value_marks", "value_slots"


STAGES = (
    Stage("read", read.read, ("raw_<i>", "rejected"), share=0.07, works_on="rows"),
    Stage(
        "normalise",
        normalise.normalise,
        ("records", "row_records", "identifiers"),
        _normalised,
        share=0.15,
        works_on="identifiers",
    ),
    Stage("features", features.features, ("features", "value_bands", "name_bands"), _keys, share=0.085),
    Stage("block", block.block, ("pairs",), share=0.055, works_on="pairs"),
    Stage("compare", compare.compare, ("comparison_vectors",), _named("pairs"), share=0.21, works_on="pairs"),
    Stage("train", train.train, (), _named("value_bands", "name_bands", "labels"), share=0.07, works_on="pairs"),
    Stage("score", score.score, ("scores",), share=0.025, works_on="pairs"),
    Stage(
        "cluster",
        cluster.cluster,
        ("decided", "clusters", "expected_pairs", "household_clusters", "held_apart"),
        share=0.04,
        works_on="pairs",
    ),
    Stage(
        "identify",
        identify.identify,
        ("assignments", "certainty", "changes", "household_changes", "redirects", "links", "review"),
        _named(
            "comparison_vectors",
            "scores",
            "clusters",
            "expected_pairs",
            "household_clusters",
            "held_apart",
        ),
        share=0.035,
    ),
    Stage(
        "events", events.events, ("events", "event_identifiers"), _raw(SourceKind.EVENTS), share=0.02, works_on="events"
    ),
    Stage("assess", assess.assess, ("quality",), lambda run: run.event_cells, share=0.03, works_on="identifiers"),
    Stage("contacts", contact_points.contact_points, ("contact_points",), share=0.035, works_on="identifiers"),
    Stage(
        "attach",
        attach.attach,
        ("persons", "person_records", "timeline_rows", "told_events", "timeline", "threads", "journeys", "hand_overs"),
        share=0.01,
        works_on="events",
    ),
    Stage("consent", consent.consent, ("consents", "unreachable"), share=0.01, works_on="identifiers"),
    Stage("portray", portray.portray, ("values", "profiles", "pins"), _portrayed, share=0.095, works_on="values"),
    Stage("context", context.context, ("channels", "purchases", "contexts"), share=0.01, works_on="events"),
    Stage("metrics", metrics.metrics, tuple(f"metric_{name}" for name in METRICS), share=0.005, works_on="events"),
)


def run_stages(run: Run, *, until: str | None = None, remembered: Callable[[], None] | None = None) -> None:
    """Run every stage in order, timed; or those up to and with the one of this name.

    With `remembered` the engine keeps what the run has finished (it is called when there is something kept), and the
    run begins after the last stage that the engine remembers.
    """
    run.resumed_after = None if remembered is None else restore(run)
    finished = [stage.name for stage in STAGES].index(run.resumed_after) + 1 if run.resumed_after else 0
    for number, stage in enumerate(STAGES[:finished], 1):
        run.engine.drop(*stage.releases(run))
        run.progress(Step(stage.name, _behind(number), seconds=0.0))
    for number, stage in enumerate(STAGES[finished:], finished):
        run.progress(Step(stage.name, _behind(number)))
        with run.stage(stage.name):
            stage.run(run)
        seconds, rows = run.stages[-1]["seconds"], run.counts.get(stage.works_on)
        run.progress(Step(stage.name, _behind(number + 1), seconds, rows, stage.works_on))
        if remembered is not None:
            keep(run, stage.name)
            remembered()
        run.engine.drop(*stage.releases(run))
        run.engine.checkpoint()
        if stage.name == until:
            return


def _behind(number: int) -> float:
    """The share of a usual run that so many stages take."""
    return round(sum(stage.share for stage in STAGES[:number]), 6)
