"""Correlation clustering: who is one person, given what every pair says for and against.

Inside each connected component of positive pairs clusters are joined, best first, while the mean match weight between
two clusters stays positive (average-linkage agglomeration for correlation clustering, after Bansal, Blum & Chawla
2004). A pair that was never compared counts a little against. So one strong wrong link cannot chain strangers together.
All weights are integers and ties fall to the smaller record numbers: the result depends on the records alone.
"""

from __future__ import annotations

import heapq
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

if TYPE_CHECKING:
    from collections.abc import Iterator

Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]

#: The weight of a decision: beyond any sum of match weights.
DECIDED = 1 << 40


@dataclass(frozen=True, slots=True)
class Pairs:
    """Pairs of record numbers with their weight: `a` < `b`, each pair once; weight in units, ±DECIDED where decided."""

    a: Ints
    b: Ints
    weight: Ints


def components(records: int, a: Ints, b: Ints) -> Ints:
    """The smallest record number of the connected component of every record (N,).

    >>> components(4, np.array([0, 2]), np.array([1, 3])).tolist()
    [0, 0, 2, 2]
    """
    graph = coo_matrix((np.ones(len(a), np.int8), (a, b)), shape=(records, records))
    labels = connected_components(graph, directed=False)[1]
    first = np.full(int(labels.max(initial=-1)) + 1, records, np.int64)
    np.minimum.at(first, labels, np.arange(records))
    return np.asarray(first[labels])


def cluster(records: int, pairs: Pairs, *, never_compared: int, groups: Ints | None = None) -> Ints:
    """The cluster of every record (N,): the smallest record number in it.

    `never_compared` is the weight of a pair inside a component that is not in `pairs`. `groups` (N,) are labels of
    which a cluster may hold each only once (such as sources without duplicates); -1 for records that are free.

    >>> joined = cluster(3, Pairs(np.array([0, 1]), np.array([1, 2]), np.array([9000, 9000])), never_compared=-1024)
    >>> joined.tolist()
    [0, 0, 0]
    """
    positive = pairs.weight > 0
    component = components(records, pairs.a[positive], pairs.b[positive])
    labels = np.arange(records)
    inside = component[pairs.a] == component[pairs.b]
    simple = _settle_simple(component, pairs, inside, labels, groups)
    inside &= ~simple[component[pairs.a]]
    for a, b, weight in _by_component(component, pairs, inside):
        for label, members in _agglomerate(a, b, weight, never_compared, groups).items():
            labels[list(members)] = label
    return labels


def _settle_simple(component: Ints, pairs: Pairs, inside: Flags, labels: Ints, groups: Ints | None) -> Flags:
    """Join at once the components in which every pair was compared and speaks for it; tell which those are (N,)."""
    size = np.bincount(component, minlength=len(component))
    compared = np.bincount(component[pairs.a[inside]], minlength=len(component))
    against = np.bincount(component[pairs.a[inside]], pairs.weight[inside] <= 0, minlength=len(component))
    simple = (size > 1) & (compared == size * (size - 1) // 2) & (against == 0)
    if groups is not None:
        grouped = np.flatnonzero(groups >= 0)
        keys = component[grouped] * (int(groups.max(initial=0)) + 1) + groups[grouped]
        values, counts = np.unique(keys, return_counts=True)
        simple[values[counts > 1] // (int(groups.max(initial=0)) + 1)] = False
    chosen = simple[component]
    labels[chosen] = component[chosen]
    settled: Flags = simple | (size == 1)
    return settled


def _by_component(component: Ints, pairs: Pairs, inside: Flags) -> Iterator[tuple[Ints, Ints, Ints]]:
    a, b, weight = pairs.a[inside], pairs.b[inside], pairs.weight[inside]
    order = np.lexsort((b, a, component[a]))
    a, b, weight = a[order], b[order], weight[order]
    bounds = np.flatnonzero(np.diff(component[a], prepend=-1, append=-1))
    for start, stop in pairwise(bounds):
        yield a[start:stop], b[start:stop], weight[start:stop]


class _Between(NamedTuple):
    """What lies between two clusters: the summed weight, how many pairs were compared, whether they must stay apart."""

    weight: int
    compared: int
    apart: bool


class _Clusters:
    """The clusters of one component while they are being joined."""

    def __init__(self, a: Ints, b: Ints, weight: Ints, never_compared: int, groups: Ints | None) -> None:
        nodes = np.union1d(a, b).tolist()
        self.members: dict[int, tuple[int, ...]] = {node: (node,) for node in nodes}
        self.version = dict.fromkeys(nodes, 0)
        self.links: dict[int, dict[int, _Between]] = {node: {} for node in nodes}
        for one, other, value in zip(a.tolist(), b.tolist(), weight.tolist(), strict=True):
            self.links[one][other] = self.links[other][one] = _Between(value, 1, value <= -DECIDED)
        self.never_compared = never_compared
        self.groups = {node: {int(groups[node])} - {-1} for node in nodes} if groups is not None else None

    def mean(self, one: int, other: int) -> float:
        """The mean weight of all pairs between two clusters; minus infinity where they must stay apart."""
        weight, compared, apart = self.links[one][other]
        if apart or (self.groups is not None and self.groups[one] & self.groups[other]):
            return -np.inf
        pairs = len(self.members[one]) * len(self.members[other])
        return (weight + self.never_compared * (pairs - compared)) / pairs

    def join(self, kept: int, gone: int) -> None:
        """Put one cluster into another."""
        for other, theirs in self.links.pop(gone).items():
            if other == kept:
                continue
            mine = self.links[kept].get(other, _Between(0, 0, False))
            both = _Between(mine.weight + theirs.weight, mine.compared + theirs.compared, mine.apart or theirs.apart)
            self.links[kept][other] = self.links[other][kept] = both
            del self.links[other][gone]
        del self.links[kept][gone]
        self.members[kept] += self.members.pop(gone)
        self.version[kept] += 1
        if self.groups is not None:
            self.groups[kept] |= self.groups.pop(gone)


def _agglomerate(
    a: Ints, b: Ints, weight: Ints, never_compared: int, groups: Ints | None
) -> dict[int, tuple[int, ...]]:
    state = _Clusters(a, b, weight, never_compared, groups)
    heap: list[tuple[float, int, int, int, int]] = []

    def offer(one: int, other: int) -> None:
        low, high = (one, other) if one < other else (other, one)
        mean = state.mean(low, high)
        if mean > 0:
            heapq.heappush(heap, (-mean, low, high, state.version[low], state.version[high]))

    for one, others in state.links.items():
        for other in others:
            if one < other:
                offer(one, other)
    while heap:
        _, low, high, low_version, high_version = heapq.heappop(heap)
        if state.version[low] != low_version or state.version[high] != high_version or high not in state.members:
            continue
        if low not in state.members:
            continue
        state.join(low, high)
        state.version[high] += 1
        for other in state.links[low]:
            offer(low, other)
    return state.members
