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
    from numpy.typing import NDArray

    Ints = NDArray[np.signedinteger[Any]]
    Flags = NDArray[np.bool_]

#: The weight of a decision: beyond any sum of match weights.
DECIDED = 1 << 40
#: The information, in bits, that a pair counts with which was never compared.
NEVER_COMPARED_INFORMATION = 16
_GROUPS_A_WORD = 63


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


def cluster(records: int, pairs: Pairs, *, never_compared: int, groups: Ints | None = None) -> Ints:
    """The cluster of every record (N,): the smallest record number in it.

    `never_compared` (0 or less) is the weight of a pair that is not in `pairs`. `groups` (N,) are labels of which a
    cluster may hold each only once (such as sources without duplicates); -1 for records that are free.

    >>> pairs = Pairs(np.array([0, 1]), np.array([1, 2]), np.array([9000, 9000]), np.array([30, 30]))
    >>> cluster(3, pairs, never_compared=-1024).tolist()
    [0, 0, 0]
    """
    labels = np.arange(records)
    sizes = np.ones(records, np.int64)
    held = _group_bits(records, groups)
    ones = np.ones(len(pairs.a), np.int8)
    edges = _Edges(
        pairs.a, pairs.b, pairs.weight * pairs.information, pairs.information, ones, pairs.weight <= -DECIDED
    )
    del pairs  # there can be many millions: nothing is kept longer than needed
    while True:
        mean = _mean(edges, sizes, never_compared)
        joinable = (mean > 0) & ~edges.apart & ~(held[edges.a] & held[edges.b]).any(axis=1)
        if not joinable.any():
            return labels
        kept, gone = _best_couples(edges.a[joinable], edges.b[joinable], mean[joinable], records)
        del mean
        alive = np.zeros(records, bool)  # a cluster that nothing speaks for now will never be joined
        alive[edges.a[joinable]] = alive[edges.b[joinable]] = True
        moved = np.arange(records, dtype=edges.a.dtype)
        moved[gone] = kept
        sizes[kept] += sizes[gone]
        held[kept] |= held[gone]
        labels = moved[labels]
        edges = edges.where(alive[edges.a] & alive[edges.b]).merged(moved)


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


def _group_bits(records: int, groups: Ints | None) -> NDArray[np.uint64]:
    """The groups that each record holds, as bits (N, words)."""
    if groups is None:
        return np.zeros((records, 0), np.uint64)
    words = int(groups.max(initial=0)) // _GROUPS_A_WORD + 1
    bits = np.zeros((records, words), np.uint64)
    grouped = np.flatnonzero(groups >= 0)
    word, bit = np.divmod(groups[grouped], _GROUPS_A_WORD)
    bits[grouped, word] = np.uint64(1) << bit.astype(np.uint64)
    return bits
