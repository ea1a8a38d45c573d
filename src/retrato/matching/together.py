"""What two groups of records know together: for each feature the best that any pair between them shows.

A record knows a phone, another the birth date, a third the address: as people they are compared by all of it. So a
father and a son whose records share now a name, now a phone, are told apart by the birth dates and documents that other
records of theirs have, though each pair of records alone would pass for one person.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from retrato.matching.model import BIT, DECIDED

if TYPE_CHECKING:
    from collections.abc import Sequence

    from retrato.matching.comparisons import Comparison
    from retrato.matching.model import FeatureWeights, FellegiSunter

Ranks = NDArray[np.int8]
Ints = NDArray[np.int64]


class Together:
    """The match weight of two groups of records.

    Levels become ranks: 0 for missing, then from the one that speaks most against one person to the one that speaks
    most for it. So what several pairs show together is the maximum of their ranks, feature by feature; of features that
    tell the same the best one counts. The last rank, one more, is 1 where somebody has decided for one person.

    >>> from retrato.identifiers.base import Feature, Scope
    >>> from retrato.matching.comparisons import comparisons_for
    >>> from retrato.matching.model import FeatureWeights, FellegiSunter
    >>> name = FeatureWeights("name", ("equal", "different"), (0.9, 0.1), (0.01, 0.99), (0.01, 0.99))
    >>> compared = comparisons_for([Feature("name", Scope.PERSON, "category", ("name",))])
    >>> together = Together(FellegiSunter((name,), 0.01, 0.001), compared)
    >>> ranks = together.ranks(np.array([[0], [1], [-1]], np.int8), np.array([False, False, False]))
    >>> ranks.tolist(), together.weights(ranks).tolist()
    ([[2, 0], [1, 0], [0, 0]], [-140, -10175, -6788])
    """

    def __init__(self, model: FellegiSunter, comparisons: Sequence[Comparison]) -> None:
        self._model = model
        known = {each.feature: each for each in model.features}
        ordered = [(known[each.feature], _order(known[each.feature])) for each in comparisons]
        self._orders = [order for _, order in ordered]
        self._same = [_by_rank(each, order, household=False) for each, order in ordered]
        self._household = [_by_rank(each, order, household=True) for each, order in ordered]
        place = {each.feature: number for number, each in enumerate(comparisons)}
        self._better = [[place[name] for name in each.tells_again if name in place] for each in comparisons]

    def ranks(self, levels: NDArray[np.int8], decided: NDArray[np.bool_]) -> Ranks:
        """The ranks (P, F + 1) of the levels (P, F) of pairs, for the features that were named."""
        result = np.zeros((len(levels), len(self._orders) + 1), np.int8)
        for place, order in enumerate(self._orders):
            rank = np.zeros(len(order) + 1, np.int8)  # the last is that of a missing level
            rank[order] = np.arange(1, len(order) + 1)
            result[:, place] = rank[levels[:, place]]
        result[:, -1] = decided
        return result

    def weights(self, ranks: Ranks) -> Ints:
        """The match weights (P,) of ranks (P, F + 1), in units; see `retrato.matching.model`."""
        same = np.full(len(ranks), self._model.prior_same_weight, np.int64)
        household = np.full(len(ranks), self._model.prior_household_weight, np.int64)
        for place, (mine, home, better) in enumerate(zip(self._same, self._household, self._better, strict=True)):
            rank = ranks[:, place]
            if better:
                rank = np.where((ranks[:, better] == 0).all(axis=1), rank, 0)
            same += mine[rank]
            household += home[rank]
        weights = same - np.rint(np.logaddexp2(0, household / BIT) * BIT).astype(np.int64)
        if self._model.calibration is not None:
            weights = np.floor(weights * self._model.calibration.slope).astype(np.int64)
        return np.where(ranks[:, -1] == 1, DECIDED, weights)


def _order(feature: FeatureWeights) -> Ints:
    """The levels from the one that speaks most against one person to the one that speaks most for it."""
    return np.argsort([feature.same_weight(level) for level in range(len(feature.levels))], kind="stable")


def _by_rank(feature: FeatureWeights, order: Ints, *, household: bool) -> Ints:
    weight = feature.household_weight if household else feature.same_weight
    return np.array([0, *(weight(int(level)) for level in order)], np.int64)
