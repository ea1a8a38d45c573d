"""The best that a library's pair scores can give: its threshold chosen with the truth, which no user could do.

A library that scores pairs and joins every pair above a threshold is granted the threshold with the best pairwise F1,
out of all that make a difference.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy.typing as npt

    Codes = npt.NDArray[np.int64]
    Weights = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Pairs:
    """Scored pairs of records: `left` and `right` are numbers of records from 0, a higher `score` is more alike."""

    left: Codes
    right: Codes
    score: Weights


def joined(pairs: Pairs, records: int, threshold: float) -> Codes:
    """The cluster of every record when all pairs with at least this score are joined.

    >>> pairs = Pairs(np.array([0, 1]), np.array([1, 2]), np.array([0.9, 0.5]))
    >>> joined(pairs, 3, 0.9).tolist(), joined(pairs, 3, 0.5).tolist()
    ([0, 0, 1], [0, 0, 0])
    """
    chosen = pairs.score >= threshold
    ones = np.ones(int(chosen.sum()), np.int8)
    graph = coo_array((ones, (pairs.left[chosen], pairs.right[chosen])), shape=(records, records))
    clusters: Codes = connected_components(graph, directed=False)[1].astype(np.int64)
    return clusters


def best_threshold(pairs: Pairs, people: Codes) -> float:
    """The score with the best pairwise F1 when all pairs with at least this score are joined; infinite when none is.

    `people` is the true person of every record, numbered from 0. Pairs are joined from the highest score down, so every
    threshold is tried.

    >>> pairs = Pairs(np.array([0, 1, 2]), np.array([1, 2, 3]), np.array([0.9, 0.5, 0.1]))
    >>> best_threshold(pairs, np.array([0, 0, 0, 1]))
    0.5
    """
    sizes = np.bincount(people)
    true_pairs = int((sizes * (sizes - 1) // 2).sum())
    best, chosen = 0.0, float("inf")
    for score, found, right in _descending(pairs, people):
        f1 = 2 * right / (found + true_pairs)
        if f1 > best:
            best, chosen = f1, score
    return chosen


def _descending(pairs: Pairs, people: Codes) -> Iterator[tuple[float, int, int]]:
    """Each score from the highest down, with the joined pairs of records and how many of them are right."""
    order = np.argsort(-pairs.score, kind="stable")
    groups = _Groups(people)
    before = float("inf")
    columns = (column[order].tolist() for column in (pairs.score, pairs.left, pairs.right))
    for score, left, right in zip(*columns, strict=True):
        if score != before and before != float("inf"):
            yield before, groups.found, groups.right
        before = score
        groups.join(left, right)
    if len(order):
        yield before, groups.found, groups.right


class _Groups:
    """Growing clusters (union-find), and how many pairs they hold: all of them, and those of one person."""

    def __init__(self, people: Codes) -> None:
        self.found = self.right = 0
        self._parent = list(range(len(people)))
        self._size = [1] * len(people)
        self._people = [{person: 1} for person in people.tolist()]

    def join(self, a: int, b: int) -> None:
        a, b = self._root(a), self._root(b)
        if a == b:
            return
        if len(self._people[a]) < len(self._people[b]):
            a, b = b, a
        self.found += self._size[a] * self._size[b]
        mine, others = self._people[a], self._people[b]
        for person, count in others.items():
            self.right += mine.get(person, 0) * count
            mine[person] = mine.get(person, 0) + count
        self._size[a] += self._size[b]
        self._parent[b] = a
        self._people[b] = {}

    def _root(self, record: int) -> int:
        parent = self._parent
        while parent[record] != record:
            parent[record] = record = parent[parent[record]]
        return record
