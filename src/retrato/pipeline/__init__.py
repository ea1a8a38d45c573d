"""The batch: sources to profiles, one stage after the other.

The stages hand on engine tables under fixed names; `STAGES` says which each one makes.
"""

from __future__ import annotations

from dataclasses import dataclass
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

if TYPE_CHECKING:
    from collections.abc import Callable

    from retrato.pipeline.run import Run


@dataclass(frozen=True, slots=True)
class Stage:
    """A step of the batch: its name, what it does, the tables that it makes, and those that nobody reads after it."""

    name: str
    run: Callable[[Run], None]
    makes: tuple[str, ...]
    releases: tuple[str, ...] = ()


STAGES = (
    Stage("read", read.read, ("raw_<i>", "rejected")),
    Stage("normalise", normalise.normalise, ("records", "row_records", "identifiers"), ("row_records",)),
    Stage("features", features.features, ("features", "single_values", "value_bands")),
    Stage("block", block.block, ("pairs",)),
    Stage("compare", compare.compare, ("comparison_vectors",), ("pairs",)),
    Stage("train", train.train, (), ("value_bands",)),
    Stage("score", score.score, ("scores",)),
    Stage("cluster", cluster.cluster, ("decided", "clusters", "expected_pairs", "household_clusters", "held_apart")),
    Stage(
        "identify",
        identify.identify,
        ("assignments", "certainty", "changes", "household_changes", "redirects", "links", "review"),
        (
            "comparison_vectors",
            "scores",
            "clusters",
            "expected_pairs",
            "household_clusters",
            "held_apart",
            "single_values",
        ),
    ),
    Stage("events", events.events, ("events", "event_identifiers")),
    Stage("assess", assess.assess, ("quality",)),
    Stage("contacts", contact_points.contact_points, ("contact_points",)),
    Stage(
        "portray",
        portray.portray,
        ("values", "timeline", "profiles"),
        ("events", "event_identifiers", "certainty"),
    ),
)


def run_stages(run: Run, *, until: str | None = None) -> None:
    """Run every stage in order, timed; or those up to and with the one of this name."""
    for stage in STAGES:
        with run.stage(stage.name):
            stage.run(run)
        run.engine.drop(*stage.releases)
        if stage.name == until:
            return
