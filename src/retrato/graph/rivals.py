"""Rivals: who fits two clusters that are not one person belongs to neither for sure.

An account that tells no more than `Pedro Navarro` fits the father and the son. Each of the two match weights speaks for
one person, as if there were no other; but at most one of them can be right. With weights `w` to one cluster and `w_i`
to those that compete with it, the log odds of the one are

    w - log2(1 + sum over i of 2^w_i)

Two clusters compete for a third if it is likelier that they are two people than that all three are one: their own match
weight and that of the rival sum up to nothing or less. Clusters that nobody has compared do not compete.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from retrato.matching.model import BIT

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Ints = NDArray[np.signedinteger[Any]]
    Flags = NDArray[np.bool_]

#: 2 to the power of more bits than this is no floating-point number.
_MOST_BITS = 1000.0


class Rivals:
    """The clusters that compete, among all edges `a` < `b` (E,) with their match weights (E,) in units.

    `wanted` (E,) are the edges along which clusters may be joined.

    >>> a, b, weight = np.array([[0, 1, 5120], [0, 2, 5120], [1, 2, -9000]]).T
    >>> Rivals(a, b, weight, weight > 0).outweigh(np.array([0])).tolist()
    [True]
    """

    def __init__(self, a: Ints, b: Ints, weight: Ints, wanted: Flags) -> None:
        self._a, self._b, self._weight = a, b, weight
        self._records = int(b.max(initial=0)) + 1
        keys = a.astype(np.int64) * self._records + b
        self._order = np.argsort(keys)
        self._keys = keys[self._order]
        chosen = np.flatnonzero(wanted)
        here, there = np.concatenate([a[chosen], b[chosen]]), np.concatenate([b[chosen], a[chosen]])
        by_cluster = np.argsort(here, kind="stable")
        self._neighbour = there[by_cluster]
        self._at = np.concatenate([weight[chosen], weight[chosen]])[by_cluster]
        self._first = np.searchsorted(here[by_cluster], np.arange(self._records + 1))

    def outweigh(self, couples: Ints) -> Flags:
        """Which of the couples, given as places of edges (M,), are not likelier one person than not."""
        weight = self._weight[couples] / BIT
        result = np.zeros(len(couples), bool)
        for one, other in ((self._a, self._b), (self._b, self._a)):
            rivals = self._rivals(one[couples], other[couples])
            result |= (rivals > 0) & (weight <= np.log2(1 + rivals))
        return result

    def _rivals(self, one: Ints, other: Ints) -> NDArray[np.float64]:
        """The sum of 2^w over what competes with `other` (M,) for `one` (M,)."""
        counts = self._first[one + 1] - self._first[one]
        couple = np.repeat(np.arange(len(one)), counts)
        within = np.arange(len(couple)) - np.repeat(np.cumsum(counts) - counts, counts)
        place = np.repeat(self._first[one], counts) + within
        rival, weight = self._neighbour[place], self._at[place]
        between = self._between(rival, other[couple])
        competes = (rival != other[couple]) & (between < 0) & (weight + between <= 0)
        bits = np.minimum(weight[competes] / BIT, _MOST_BITS)
        return np.asarray(np.bincount(couple[competes], 2.0**bits, len(one)), np.float64)

    def _between(self, one: Ints, other: Ints) -> Ints:
        """The match weights between clusters (M,); 0 where there is no edge."""
        low, high = np.minimum(one, other).astype(np.int64), np.maximum(one, other)
        wanted = low * self._records + high
        place = np.minimum(np.searchsorted(self._keys, wanted), len(self._keys) - 1)
        return np.where(self._keys[place] == wanted, self._weight[self._order[place]], 0)
