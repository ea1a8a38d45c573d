"""Constraints on clusters: what no person can have, however much speaks for joining two clusters.

Whatever a constraint forbids of two clusters it forbids of all larger ones that hold them. So it does not matter in
which order clusters grow.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Ints = NDArray[np.signedinteger[Any]]
    Flags = NDArray[np.bool_]

_GROUPS_A_WORD = 63


class Held(Protocol):
    """What the clusters of a partition hold, for one constraint."""

    def forbids(self, a: Ints, b: Ints) -> Flags:
        """Which of the couples of clusters `a`, `b` (M,) must not be joined."""

    def join(self, kept: Ints, gone: Ints) -> None:
        """Take over what the clusters `gone` hold into `kept` (each cluster in at most one couple)."""


class Constraint(Protocol):
    """Something that no cluster may break."""

    def held(self, labels: Ints) -> Held:
        """What the clusters hold, `labels` (N,) being the cluster of every record."""


@dataclass(frozen=True, slots=True)
class OneEach:
    """A cluster holds at most one record of each group: `groups` (N,) are labels from 0, -1 for records that are free.

    >>> held = OneEach(np.array([0, 0, 1, -1])).held(np.arange(4))
    >>> held.forbids(np.array([0, 0, 0]), np.array([1, 2, 3])).tolist()
    [True, False, False]
    """

    groups: Ints

    def held(self, labels: Ints) -> _Groups:
        """The groups of the clusters."""
        words = int(self.groups.max(initial=0)) // _GROUPS_A_WORD + 1
        bits = np.zeros((len(self.groups), words), np.uint64)
        grouped = np.flatnonzero(self.groups >= 0)
        word, bit = np.divmod(self.groups[grouped], _GROUPS_A_WORD)
        np.bitwise_or.at(bits, (labels[grouped], word), np.uint64(1) << bit.astype(np.uint64))
        return _Groups(bits)


@dataclass(slots=True)
class _Groups:
    """The groups that each cluster holds, as bits (N, words)."""

    bits: NDArray[np.uint64]

    def forbids(self, a: Ints, b: Ints) -> Flags:
        return np.asarray((self.bits[a] & self.bits[b]).any(axis=1))

    def join(self, kept: Ints, gone: Ints) -> None:
        self.bits[kept] |= self.bits[gone]


@dataclass(frozen=True, slots=True)
class AtMost:
    """A cluster holds at most `number` different values at any one time.

    Row by row (H,): `record` holds `value` (numbers from 0) at all times t with `opens` < t ≤ `last`; for a window of
    some months, `opens` is so many months before the value was first seen. A cluster holds a value from the first time
    to the last that one of its records does. A record that breaks the limit by itself stays alone.

    >>> one = AtMost(1, np.array([0, 1, 2]), np.array([7, 7, 8]), np.zeros(3, int), np.ones(3, int))
    >>> one.held(np.arange(4)).forbids(np.array([0, 0, 0]), np.array([1, 2, 3])).tolist()
    [False, True, False]
    """

    number: int
    record: Ints
    value: Ints
    opens: Ints
    last: Ints

    def held(self, labels: Ints) -> _Values:
        """The values of the clusters."""
        return _Values.of(self.number, len(labels), labels[self.record], (self.value, self.opens, self.last))


@dataclass(slots=True)
class _Values:
    """The values of every cluster, each once, in the order of the clusters; those of cluster c begin at `starts[c]`."""

    number: int
    starts: Ints
    value: Ints
    opens: Ints
    last: Ints

    @classmethod
    def of(cls, number: int, clusters: int, cluster: Ints, rows: tuple[Ints, Ints, Ints]) -> _Values:
        cluster, value, opens, last = _each_once(cluster, *rows)
        starts = np.zeros(clusters + 1, np.int64)
        np.cumsum(np.bincount(cluster, minlength=clusters), out=starts[1:])
        return cls(number, starts, value, opens, last)

    def forbids(self, a: Ints, b: Ints) -> Flags:
        mine, yours = self.starts[a + 1] - self.starts[a], self.starts[b + 1] - self.starts[b]
        found = np.zeros(len(a), bool)
        many = mine + yours > self.number
        single = np.flatnonzero(many & (mine == 1) & (yours == 1))  # most couples, where one value is allowed
        left, right = self.starts[a[single]], self.starts[b[single]]
        meet = np.maximum(self.opens[left], self.opens[right]) < np.minimum(self.last[left], self.last[right])
        found[single] = meet & (self.value[left] != self.value[right])
        others = np.flatnonzero(many & ~((mine == 1) & (yours == 1)))
        found[others] = self._most_at_once(a[others], b[others]) > self.number
        return found

    def broken(self) -> Flags:
        """The clusters that break the limit as they are."""
        clusters = len(self.starts) - 1
        owner = np.repeat(np.arange(clusters), np.diff(self.starts))
        found: Flags = _most_overlapping(clusters, owner, self.opens, self.last) > self.number
        return found

    def _most_at_once(self, a: Ints, b: Ints) -> Ints:
        """The most values that each couple of clusters holds at one time."""
        rows, couple = [], []
        for each in (a, b):
            sizes = self.starts[each + 1] - self.starts[each]
            ends = np.cumsum(sizes)
            rows.append(np.repeat(self.starts[each] - (ends - sizes), sizes) + np.arange(ends[-1] if len(ends) else 0))
            couple.append(np.repeat(np.arange(len(each)), sizes))
        row = np.concatenate(rows)
        owner, _, opens, last = _each_once(np.concatenate(couple), self.value[row], self.opens[row], self.last[row])
        return _most_overlapping(len(a), owner, opens, last)

    def join(self, kept: Ints, gone: Ints) -> None:
        clusters = len(self.starts) - 1
        moved = np.arange(clusters)
        moved[gone] = kept
        cluster = moved[np.repeat(np.arange(clusters), np.diff(self.starts))]
        joined = _Values.of(self.number, clusters, cluster, (self.value, self.opens, self.last))
        self.starts, self.value, self.opens, self.last = joined.starts, joined.value, joined.opens, joined.last


def _each_once(owner: Ints, value: Ints, opens: Ints, last: Ints) -> tuple[Ints, Ints, Ints, Ints]:
    """The values of every owner in order, each once with the whole time that it is held."""
    order = np.lexsort((value, owner))
    owner, value = owner[order], value[order]
    if not len(owner):
        return owner, value, opens, last
    starts = np.flatnonzero(np.r_[True, (owner[1:] != owner[:-1]) | (value[1:] != value[:-1])])
    earliest, latest = np.minimum.reduceat(opens[order], starts), np.maximum.reduceat(last[order], starts)
    return owner[starts], value[starts], earliest, latest


def _most_overlapping(owners: int, owner: Ints, opens: Ints, last: Ints) -> Ints:
    """For each owner (0 to `owners` - 1), the most of its intervals (`opens`, `last`] that share a point."""
    most = np.zeros(owners, np.int64)
    if not len(owner):
        return most
    who, time = np.concatenate([owner, owner]), np.concatenate([opens, last])
    step = np.concatenate([np.ones(len(owner), np.int64), np.full(len(owner), -1, np.int64)])
    order = np.lexsort((step, time, who))  # at the same point intervals end before others begin
    who = who[order]
    running = np.cumsum(step[order])  # back at 0 after every owner
    starts = np.flatnonzero(np.r_[True, who[1:] != who[:-1]])
    most[who[starts]] = np.maximum.reduceat(running, starts)
    return most
