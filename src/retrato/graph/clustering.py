"""Correlation clustering: who is one person, given what every pair says for and against.

Clusters are joined, best first, while the mean match weight between two clusters stays positive (average-linkage
agglomeration for correlation clustering, after Bansal, Blum & Chawla 2004). A pair counts with the information that it
rests on: two records that only share a name do not outvote two whose documents differ. A pair that was never compared
counts a little against. So one strong wrong link cannot chain strangers together. All weights are integers and ties
fall to the smaller record numbers: the result depends on the records alone.

Average linkage, weighted so, is reducible: two clusters that are each other's best choice will be joined whatever
happens elsewhere (Bruynooghe 1977; Murtagh 1983). So all such couples are joined at once, in rounds over whole arrays,
with the same result as one by one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from retrato.graph.constraints import Constraint, Held

    Ints = NDArray[np.signedinteger[Any]]
    Flags = NDArray[np.bool_]

#: The weight of a decision: beyond any sum of match weights.
DECIDED = 1 << 40
#: The information, in bits, that a pair counts with which was never compared.
NEVER_COMPARED_INFORMATION = 16


@dataclass(frozen=True, slots=True)
class Pairs:
    """Pairs of record numbers, `a` < `b`, each pair once.

    The weight (int64) is in units (±DECIDED where decided), the information that it rests on in whole bits of evidence
    for or against (1 and more). Record numbers and information may be int32, which saves memory.
    """

    a: Ints
    b: Ints
    weight: Ints
    information: Ints


@dataclass(frozen=True, slots=True)
class _Edges:
    """What lies between clusters, summed over pairs: weight times information, information, and the pairs compared.

    `apart` tells whether the two must stay apart.
    """

    a: Ints
    b: Ints
    evidence: Ints
    information: Ints
    compared: Ints
    apart: Flags

    def where(self, chosen: Flags) -> _Edges:
        return _Edges(*(each[chosen] for each in self._columns()))

    def _columns(self) -> tuple[Any, ...]:
        return (self.a, self.b, self.evidence, self.information, self.compared, self.apart)

    def merged(self, moved: Ints) -> _Edges:
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
        return _Edges(
            low[starts],
            high[starts],
            np.add.reduceat(self.evidence[outside][order], starts),
            np.add.reduceat(self.information[outside][order], starts, dtype=np.int64),
            np.add.reduceat(self.compared[outside][order], starts, dtype=np.int64),
            np.logical_or.reduceat(self.apart[outside][order], starts),
        )


def cluster(records: int, pairs: Pairs, *, never_compared: int, constraints: Sequence[Constraint] = ()) -> Ints:
    """The cluster of every record (N,): the smallest record number in it.

    `never_compared` (0 or less) is the weight of a pair that is not in `pairs`. No two clusters are joined that a
    constraint forbids to be one.

    >>> pairs = Pairs(np.array([0, 1]), np.array([1, 2]), np.array([9000, 9000]), np.array([30, 30]))
    >>> cluster(3, pairs, never_compared=-1024).tolist()
    [0, 0, 0]
    """
    labels = np.arange(records)
    sizes = np.ones(records, np.int64)
    held = [each.held(labels) for each in constraints]
    edges = _edges(pairs)
    del pairs  # there can be many millions: nothing is kept longer than needed
    while True:
        mean = _mean(edges, sizes, never_compared)
        joinable = (mean > 0) & ~edges.apart
        for each in held:
            _forbid(each, edges, joinable)
        if not joinable.any():
            return labels
        kept, gone = _best_couples(edges.a[joinable], edges.b[joinable], mean[joinable], records)
        del mean
        alive = np.zeros(records, bool)  # a cluster that nothing speaks for now will never be joined
        alive[edges.a[joinable]] = alive[edges.b[joinable]] = True
        moved = np.arange(records, dtype=edges.a.dtype)
        moved[gone] = kept
        sizes[kept] += sizes[gone]
        for each in held:
            each.join(kept, gone)
        labels = moved[labels]
        edges = edges.where(alive[edges.a] & alive[edges.b]).merged(moved)


def held_apart(
    pairs: Pairs, labels: Ints, *, never_compared: int, constraints: Sequence[Constraint]
) -> tuple[Ints, Ints, Ints]:
    """The couples of clusters that all evidence between them would join and a constraint forbids to.

    Three arrays (M,): both clusters, the smaller number first, and the place of the first constraint that forbids it.
    `labels` (N,) are the clusters that `cluster` gave.

    >>> from retrato.graph.constraints import OneEach
    >>> pairs, once = Pairs(*np.array([[0], [1], [9000], [30]])), [OneEach(np.array([0, 0]))]
    >>> labels = cluster(2, pairs, never_compared=-1024, constraints=once)
    >>> [each.tolist() for each in held_apart(pairs, labels, never_compared=-1024, constraints=once)]
    [[0], [1], [0]]
    """
    edges = _edges(pairs).merged(labels)
    edges = edges.where(_mean(edges, np.bincount(labels, minlength=len(labels)), never_compared) > 0)
    edges = edges.where(~edges.apart)
    reason = np.full(len(edges.a), len(constraints))
    for place in reversed(range(len(constraints))):
        reason[constraints[place].held(labels).forbids(edges.a, edges.b)] = place
    forbidden = reason < len(constraints)
    return edges.a[forbidden], edges.b[forbidden], reason[forbidden]


def _edges(pairs: Pairs) -> _Edges:
    """Every record as a cluster of its own."""
    ones = np.ones(len(pairs.a), np.int8)
    evidence = pairs.weight * pairs.information
    return _Edges(pairs.a, pairs.b, evidence, pairs.information, ones, pairs.weight <= -DECIDED)


def _forbid(held: Held, edges: _Edges, joinable: Flags) -> None:
    """Take the couples that a constraint forbids from those that may be joined; they stay apart for good."""
    asked = np.flatnonzero(joinable)
    forbidden = asked[held.forbids(edges.a[asked], edges.b[asked])]
    joinable[forbidden] = False
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


def _best_couples(a: Ints, b: Ints, mean: NDArray[np.float64], records: int) -> tuple[Ints, Ints]:
    """The couples that are each other's best choice; ties fall to the smaller numbers."""
    order = np.lexsort((b, a, -mean))
    rank = np.empty(len(order), np.int64)
    rank[order] = np.arange(len(order))
    best = np.full(records, len(order))
    np.minimum.at(best, a, rank)
    np.minimum.at(best, b, rank)
    mutual = (best[a] == rank) & (best[b] == rank)
    return a[mutual], b[mutual]
