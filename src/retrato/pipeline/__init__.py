"""The batch: sources to profiles, one stage after the other.

The stages hand on engine tables under fixed names; `STAGES` says which each one makes.
"""

from __future__ import annotations

from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from retrato.pipeline import (
    assess,
    block,
    cluster,
    compare,
    contact_points,
    events,
    features,
    identify,
    normalise,
    portray,
    read,
    score,
    train,
)
from retrato.pipeline.checkpoints import keep, restore
from retrato.records import SourceKind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from retrato.pipeline.run import Run


@dataclass(frozen=True, slots=True)
class Stage:
    """A step of the batch: its name, what it does, the tables that it makes, and those that nobody reads after it.

    A stage itself drops no table that another stage has made: it may have to be done again.
    """

    name: str
    run: Callable[[Run], None]
    makes: tuple[str, ...]
    releases: Callable[[Run], Iterable[str]] = lambda _: ()


def _named(*names: str) -> Callable[[Run], Iterable[str]]:
    """Tables of fixed names, or of all names that begin so (`keys_*`)."""

    def found(run: Run) -> Iterator[str]:
        for name in names:
            yield from (each for each in run.engine.tables() if fnmatchcase(each, name)) if "*" in name else (name,)

    return found


def _raw(kind: SourceKind) -> Callable[[Run], Iterable[str]]:
    """The raw tables of the sources of a kind."""
    return lambda run: (
        read.table for read, mapping in zip(run.reads, run.mappings, strict=True) if mapping.kind is kind
    )


def _normalised(run: Run) -> tuple[str, ...]:
    return "row_records", *_raw(SourceKind.RECORDS)(run)


def _portrayed(run: Run) -> tuple[str, ...]:
    return "events", "event_identifiers", "certainty", "identifiers", *run.cells


STAGES = (
    Stage("read", read.read, ("raw_<i>", "rejected")),
    Stage("normalise", normalise.normalise, ("records", "row_records", "identifiers"), _normalised),
    Stage("features", features.features, ("features", "single_values", "value_bands"), _named("keys_*")),
    Stage("block", block.block, ("pairs",)),
    Stage("compare", compare.compare, ("comparison_vectors",), _named("pairs")),
    Stage("train", train.train, (), _named("value_bands", "labels")),
    Stage("score", score.score, ("scores",)),
    Stage("cluster", cluster.cluster, ("decided", "clusters", "expected_pairs", "household_clusters", "held_apart")),
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
            "single_values",
        ),
    ),
    Stage("events", events.events, ("events", "event_identifiers"), _raw(SourceKind.EVENTS)),
    Stage("assess", assess.assess, ("quality",), lambda run: run.event_cells),
    Stage("contacts", contact_points.contact_points, ("contact_points",)),
    Stage(
        "portray",
        portray.portray,
        ("values", "timeline", "profiles"),
        _portrayed,
    ),
)


def run_stages(run: Run, *, until: str | None = None, remembered: Callable[[], None] | None = None) -> None:
    """Run every stage in order, timed; or those up to and with the one of this name.

    With `remembered` the engine keeps what the run has finished (it is called when there is something kept), and the
    run begins after the last stage that the engine remembers.
    """
    run.resumed_after = None if remembered is None else restore(run)
    finished = [stage.name for stage in STAGES].index(run.resumed_after) + 1 if run.resumed_after else 0
    for stage in STAGES[:finished]:
        run.engine.drop(*stage.releases(run))
        run.progress(stage.name, 0.0)
    for stage in STAGES[finished:]:
        with run.stage(stage.name):
            stage.run(run)
        if remembered is not None:
            keep(run, stage.name)
            remembered()
        run.engine.drop(*stage.releases(run))
        run.engine.checkpoint()
        if stage.name == until:
            return
