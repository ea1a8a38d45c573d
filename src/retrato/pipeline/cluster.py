"""Stage 8: links to clusters, one a person, and clusters to households."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, TypedDict

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from retrato.engines.compile import linking as sql
from retrato.engines.compile.template import query
from retrato.graph.clustering import Pairs, held_apart
from retrato.graph.clustering import cluster as cluster_pairs
from retrato.graph.components import components
from retrato.matching.model import DECIDED, units, weight_at
from retrato.matching.together import Together
from retrato.pipeline.constraints import constraints_of
from retrato.pipeline.patterns import level_matrix, with_levels
from retrato.profiles.survivorship import PIN

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlglot import exp

    from retrato.graph.constraints import Constraint
    from retrato.pipeline.constraints import Reasoned
    from retrato.pipeline.run import Run

Ints = NDArray[np.int64]

#: Two profiles are of one household from this probability on.
HOUSEHOLD_FROM = 0.9


class _How(TypedDict):
    """How clusters are made; see `retrato.graph.clustering.cluster`."""

    never_compared: int
    constraints: Sequence[Constraint]
    together: Together | None
    threshold: int


def cluster(run: Run) -> None:
    """Make `decided(a, b, decision)`, `clusters(record, cluster)`, `household_clusters(cluster, household)` and
    `held_apart(a, b, reason)`, the clusters that a limit keeps from being one.
    """
    decided(run)
    records = run.counts["records"]
    reasoned = constraints_of(run)
    how: _How = {
        "never_compared": units(run.ruleset.never_compared_bits),
        "constraints": [each.constraint for each in reasoned],
        "together": _together(run),
        "threshold": weight_at(run.ruleset.threshold),
    }
    labels, expected = cluster_pairs(records, _pairs(run, records, how["together"]), **how)
    _held_apart(run, labels, reasoned, how)
    run.engine.load("clusters", pa.table({"record": np.arange(records), "cluster": labels}))
    own = np.flatnonzero(labels == np.arange(records))
    run.engine.load("expected_pairs", pa.table({"cluster": own, "pairs": expected[own]}))
    run.counts["profiles"] = len(own)
    households = _households(run, records)
    together = np.bincount(households, minlength=records)[households] > 1
    members = own[together[own]]
    run.engine.load("household_clusters", pa.table({"cluster": members, "household": households[members]}))
    run.counts["households"] = len(np.unique(households[members]))


def _together(run: Run) -> Together | None:
    return None if run.model is None else Together(run.model, run.comparisons)


def decided(run: Run) -> None:
    """Make `decided(a, b, decision)`."""
    columns = ("source_a", "key_a", "source_b", "key_b", "decision")
    if run.decisions is None:
        table = pa.table({name: pa.array([], pa.string()) for name in columns})
    else:
        table = run.decisions.filter(pc.not_equal(run.decisions.column("decision"), PIN))
    run.engine.load("decisions", table)
    run.engine.create("decided", query(sql.DECIDED_PAIRS))
    run.engine.drop("decisions")
    found = run.engine.count("decided")
    if run.decisions is not None:
        run.counts["decisions"] = found
        if found < table.num_rows:
            run.notes.append(
                f"{table.num_rows - found} of {table.num_rows} decisions repeat others or name unknown records"
            )


def _pairs(run: Run, records: int, together: Together | None) -> Pairs:
    """The edges that clustering reads: those between records that edges which speak for joining connect.

    Clusters grow along such edges alone, so what lies between two components can change nothing. They are most.
    """
    edges = sql.edges(run.match_rules, weight_at(run.ruleset.threshold)).subquery("e")
    joining = run.engine.fetch(query("SELECT a, b FROM :edges WHERE weight > 0", edges=edges))
    component = components(records, joining.column("a").to_numpy(), joining.column("b").to_numpy())
    members = np.flatnonzero(np.bincount(component, minlength=records)[component] > 1)
    run.engine.load("components", pa.table({"record": members, "component": component[members]}))
    run.engine.create(
        "inner_edges",
        query(
            """
            SELECT e.a, e.b, e.weight, e.information FROM :edges
            JOIN components x ON x.record = e.a JOIN components y ON y.record = e.b
            WHERE x.component - y.component = 0
            """,  # no equality, or an engine may first join every two members of a component
            edges=edges,
        ),
    )
    inner: exp.Query = query("SELECT a, b, weight, information FROM inner_edges")
    if together is not None:
        inner = with_levels(run, inner, kept=("a", "b", "weight", "information"))
    found = run.engine.fetch(inner)
    run.engine.drop("components", "inner_edges")
    pairs = _as_pairs(found)
    if together is None:
        return pairs
    return replace(pairs, ranks=together.ranks(level_matrix(found, run.comparisons), pairs.weight >= DECIDED))


def _held_apart(run: Run, labels: Ints, reasoned: Sequence[Reasoned], how: _How) -> None:
    """The clusters that are two by a limit alone; counted, and noted by reason."""
    found: tuple[Ints, Ints, Ints] = (labels[:0], labels[:0], labels[:0])
    if reasoned:
        found = held_apart(_pairs(run, len(labels), how["together"]), labels, **how)
    a, b, place = found
    reasons = pa.array([each.reason for each in reasoned], pa.string())
    run.engine.load("held_apart", pa.table({"a": a, "b": b, "reason": reasons.take(pa.array(place))}))
    run.counts["held_apart"] = len(a)
    for number, count in enumerate(np.bincount(place, minlength=len(reasoned)).tolist()):
        if count:
            run.notes.append(
                f"{reasoned[number].reason}: keeps {count} couples of profiles apart that would be one (see review)"
            )


def _households(run: Run, records: int) -> Ints:
    threshold = weight_at(HOUSEHOLD_FROM)
    found = run.engine.fetch(sql.household_edges(threshold))
    return cluster_pairs(records, _as_pairs(found), never_compared=units(run.ruleset.never_compared_bits)).labels


def _as_pairs(table: pa.Table) -> Pairs:
    columns = {name: np.asarray(table.column(name).to_numpy()) for name in ("a", "b", "weight", "information")}
    return Pairs(**columns)
