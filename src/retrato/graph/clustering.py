"""Correlation clustering: who is one person, given what every pair says for and against.

Clusters are joined, best first, while the mean match weight between two clusters stays positive (average-linkage
agglomeration for correlation clustering, after Bansal, Blum & Chawla 2004). A pair counts with the information that it
rests on: two records that only share a name do not outvote two whose documents differ. A pair that was never compared
counts a little against. So one strong wrong link cannot chain strangers together.

Two clusters must also pass for one person by what they know together (`retrato.matching.together`), which is asked
again whenever one of them has grown: what speaks against it may lie in records that have little to do with each other.
And who fits two clusters that are not one person belongs to neither for sure (`retrato.graph.rivals`): that stays open.

All weights are integers and ties fall to the smaller record numbers: the result depends on the records alone. In every
round all couples of clusters are joined that are each other's best choice.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from retrato.graph.rivals import Rivals
from retrato.matching.model import DECIDED, probability, units

if TYPE_CHECKING:
    from collections.abc import Sequence

    from retrato.graph.constraints import Constraint, Held
    from retrato.matching.together import Ranks, Together

Ints = NDArray[np.signedinteger[Any]]
Flags = NDArray[np.bool_]

#: A pair inside a cluster speaks for it with at most this much, so that one does not stand for many; against it there
#: is no bound, so that a contradiction is not outvoted by pairs that know little.
MOST_WEIGHT = units(20)

#: The information, in bits, that a pair counts with which was never compared.
NEVER_COMPARED_INFORMATION = 16


@dataclass(frozen=True, slots=True)
class Pairs:
    """Pairs of record numbers, `a` < `b`, each pair once.

    The weight (int64) is in units (±DECIDED where decided), the information that it rests on in whole bits of evidence
    for or against (1 and more). Record numbers and information may be int32, which saves memory. `ranks` (P, F + 1) are
    what each pair shows, feature by feature, for who compares clusters by all that they know.
    """

    a: Ints
    b: Ints
    weight: Ints
    information: Ints
    ranks: Ranks | None = None


class Clusters(NamedTuple):
    """The cluster of every record (N,), which is the smallest record number in it; and for each cluster, at that
    number, how many of its pairs of records are expected to be one person (N,).

    When two clusters are joined at a match weight, all pairs between them are one person with its probability.
    """

    labels: Ints
    expected: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class _Edges:
    """What lies between clusters, summed over pairs: weight times information, information, and the pairs compared.

    `apart` tells whether the two must stay apart; `ranks` are the best of the pairs, feature by feature, and `together`
    is the match weight that they amount to.
    """

    a: Ints
    b: Ints
    evidence: Ints
    information: Ints
    compared: Ints
    apart: Flags
    ranks: Ranks
    together: Ints

    def where(self, chosen: Flags) -> _Edges:
        return _Edges(*(each[chosen] for each in self._columns()))

    def _columns(self) -> tuple[Any, ...]:
        return (self.a, self.b, self.evidence, self.information, self.compared, self.apart, self.ranks, self.together)

    def merged(self, moved: Ints, together: Together | None) -> _Edges:
        """The edges after clusters have moved into others: edges between the same two become one."""
        one, other = moved[self.a], moved[self.b]
        outside = one != other
        one, other = one[outside], other[outside]
        low, high = np.minimum(one, other), np.maximum(one, other)
        order = np.lexsort((high, low))
        low, high = low[order], high[order]
        if not len(low):
            return self.where(outside)
        starts = np.flatnonzero(np.r_[True, (low[1:] != low[:-1]) | (high[1:] != high[:-1])])
        ranks = np.maximum.reduceat(self.ranks[outside][order], starts, axis=0)
        weights = self.together[outside][order][starts]
        several = np.diff(starts, append=len(low)) > 1
        if together is not None:
            weights[several] = together.weights(ranks[several])
        return _Edges(
            low[starts],
            high[starts],
            np.add.reduceat(self.evidence[outside][order], starts),
            np.add.reduceat(self.information[outside][order], starts, dtype=np.int64),
            np.add.reduceat(self.compared[outside][order], starts, dtype=np.int64),
            np.logical_or.reduceat(self.apart[outside][order], starts),
            ranks,
            weights,
        )


def cluster(
    records: int,
    pairs: Pairs,
    *,
    never_compared: int,
    constraints: Sequence[Constraint] = (),
    together: Together | None = None,
    threshold: int = 0,
) -> Clusters:
    """Make clusters of N records.

    `never_compared` (0 or less) is the weight of a pair that is not in `pairs`. No two clusters are joined that a
    constraint forbids to be one, nor any whose match weight is not above `threshold` by what they know `together`.

    >>> pairs = Pairs(np.array([0, 1]), np.array([1, 2]), np.array([9000, 9000]), np.array([30, 30]))
    >>> clusters = cluster(3, pairs, never_compared=-1024)
    >>> clusters.labels.tolist(), clusters.expected.round(2).tolist()
    ([0, 0, 0], [2.95, 0.0, 0.0])
    """
    labels = np.arange(records)
    sizes = np.ones(records, np.int64)
    expected = np.zeros(records)
    held = [each.held(labels) for each in constraints]
    edges = _edges(pairs, together)
    del pairs  # there can be many millions: nothing is kept longer than needed
    while True:
        mean = _mean(edges, sizes, never_compared)
        wanted = (mean > 0) & ~edges.apart
        for each in held:
            _forbid(each, edges, wanted)
        couples = _best_couples(edges, mean, wanted) if together is None else _sure_couples(edges, wanted, threshold)
        if not len(couples):
            return Clusters(labels, expected)
        kept, gone = edges.a[couples], edges.b[couples]
        weights = mean[couples] if together is None else edges.together[couples]
        expected[kept] += expected[gone] + sizes[kept] * sizes[gone] * probability(weights)
        expected[gone] = 0
        del mean
        alive = np.zeros(records, bool)  # a cluster that no mean weight speaks for now will never be joined
        alive[edges.a[wanted]] = alive[edges.b[wanted]] = True
        moved = np.arange(records, dtype=edges.a.dtype)
        moved[gone] = kept
        sizes[kept] += sizes[gone]
        for each in held:
            each.join(kept, gone)
        labels = moved[labels]
        edges = edges.where(alive[edges.a] & alive[edges.b]).merged(moved, together)


def held_apart(
    pairs: Pairs,
    labels: Ints,
    *,
    never_compared: int,
    constraints: Sequence[Constraint],
    together: Together | None = None,
    threshold: int = 0,
) -> tuple[Ints, Ints, Ints]:
    """The couples of clusters that all evidence between them would join and a constraint forbids to.

    Three arrays (M,): both clusters, the smaller number first, and the place of the first constraint that forbids it.
    `labels` (N,) are the clusters that `cluster` gave.

    >>> from retrato.graph.constraints import OneEach
    >>> pairs, once = Pairs(*np.array([[0], [1], [9000], [30]])), [OneEach(np.array([0, 0]))]
    >>> labels = cluster(2, pairs, never_compared=-1024, constraints=once).labels
    >>> [each.tolist() for each in held_apart(pairs, labels, never_compared=-1024, constraints=once)]
    [[0], [1], [0]]
    """
    edges = _edges(pairs, together).merged(labels, together)
    edges = edges.where(_mean(edges, np.bincount(labels, minlength=len(labels)), never_compared) > 0)
    edges = edges.where(~edges.apart)
    if together is not None:
        edges = edges.where(edges.together > threshold)
    reason = np.full(len(edges.a), len(constraints))
    for place in reversed(range(len(constraints))):
        reason[constraints[place].held(labels).forbids(edges.a, edges.b)] = place
    forbidden = reason < len(constraints)
    return edges.a[forbidden], edges.b[forbidden], reason[forbidden]


def _edges(pairs: Pairs, together: Together | None) -> _Edges:
    """Every record as a cluster of its own."""
    ones = np.ones(len(pairs.a), np.int8)
    evidence = pairs.weight * pairs.information
    ranks = np.zeros((len(ones), 0), np.int8) if pairs.ranks is None else pairs.ranks
    weights = np.zeros(len(ones), np.int64) if together is None else together.weights(ranks)
    return _Edges(pairs.a, pairs.b, evidence, pairs.information, ones, pairs.weight <= -DECIDED, ranks, weights)


def _forbid(held: Held, edges: _Edges, wanted: Flags) -> None:
    """Take the couples that a constraint forbids from those that are wanted; they stay apart for good."""
    asked = np.flatnonzero(wanted)
    forbidden = asked[held.forbids(edges.a[asked], edges.b[asked])]
    wanted[forbidden] = False
    edges.apart[forbidden] = True


def _mean(edges: _Edges, sizes: Ints, never_compared: int) -> NDArray[np.float64]:
    """The mean weight between two clusters over all their pairs, each with its information."""
    information = sizes[edges.a] * sizes[edges.b]
    information -= edges.compared
    information *= NEVER_COMPARED_INFORMATION
    evidence = information * never_compared
    evidence += edges.evidence
    information += edges.information
    return np.asarray(evidence / information)


def _sure_couples(edges: _Edges, wanted: Flags, threshold: int) -> Ints:
    """The couples that are each other's best choice by what they know together, and that no rival makes doubtful."""
    weight = np.where(edges.apart, -DECIDED, edges.together) - threshold
    open_ = wanted & (weight > 0)
    rivals = Rivals(edges.a, edges.b, weight, open_)
    while True:
        couples = _best_couples(edges, weight, open_)
        doubtful = rivals.outweigh(couples)
        if not len(couples) or not doubtful.all():
            return couples[~doubtful]
        open_[couples] = False


def _best_couples(edges: _Edges, best: NDArray[Any], open_: Flags) -> Ints:
    """The places of the open edges between clusters that are each other's best choice; ties fall to smaller numbers."""
    places = np.flatnonzero(open_)
    a, b = edges.a[places], edges.b[places]
    order = np.lexsort((b, a, -best[places]))
    rank = np.empty(len(order), np.int64)
    rank[order] = np.arange(len(order))
    first = np.full(int(b.max(initial=0)) + 1, len(order))
    np.minimum.at(first, a, rank)
    np.minimum.at(first, b, rank)
    mutual: Flags = (first[a] == rank) & (first[b] == rank)
    return np.asarray(places[mutual])
