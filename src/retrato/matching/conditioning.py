"""Pairs under every blocking rule that produces them: what a rule selects by is no evidence under that rule."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from retrato.matching.comparisons import MISSING

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Ints = NDArray[np.int64]


class UnderRules(NamedTuple):
    """Patterns under rules: masked `levels` (N, F), the number of the rule (N,), and the pattern it comes from (N,)."""

    levels: NDArray[np.int8]
    rule: Ints
    source: Ints


def under_rules(levels: NDArray[np.int8], rules: NDArray[np.uint64], masks: NDArray[np.bool_]) -> UnderRules:
    """Every pattern once under each of its rules, rule after rule, with the features missing that the rule masks.

    `levels` (P, F) are those of the patterns, `rules` (P,) their rules as bits, `masks` (R, F) what each rule masks.

    >>> found = under_rules(np.array([[3, 5]], np.int8), np.array([3], np.uint64), np.array([[True, False]] * 2))
    >>> found.levels.tolist(), found.rule.tolist(), found.source.tolist()
    ([[-1, 5], [-1, 5]], [0, 1], [0, 0])
    """
    under = (rules[None, :] >> np.arange(len(masks), dtype=np.uint64)[:, None]) & np.uint64(1)
    rule, source = np.nonzero(under)
    masked = levels[source]
    masked[masks[rule]] = MISSING
    return UnderRules(masked, rule, source)
