"""Two records compared in plain Python, with the levels, weights and rules of the batch."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from retrato.graph.clustering import MOST_WEIGHT
from retrato.matching.comparisons import Split
from retrato.matching.contact_classes import ROOTS
from retrato.matching.model import BIT, DECIDED, softplus, weight_at
from retrato.matching.rules import Decision

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from retrato.live.governing import Governing
    from retrato.matching.comparisons import Comparison
    from retrato.matching.model import FellegiSunter
    from retrato.matching.similarity import Keys


class Scored(NamedTuple):
    """What two records say of each other: a level for each comparison, what they amount to, and the rule that fires.

    Weight and household weight are in units, information in bits; see `retrato.matching.model`.
    """

    levels: tuple[int, ...]
    weight: int = 0
    household: int = 0
    information: int = 1
    rule: int | None = None


class Comparer:
    """Compares records by the rules of a store."""

    def __init__(self, governing: Governing) -> None:
        self._comparisons, self._model = governing.comparisons, governing.model
        self._threshold = weight_at(governing.ruleset.threshold)
        self._same, self._household = _weights(governing.model, self._comparisons)
        rules = governing.match_rules
        self._decisions = [rule.decision for rule in rules]
        places = {each.feature: place for place, each in enumerate(self._comparisons)}
        order = sorted(range(len(rules)), key=lambda number: rules[number].decision is not Decision.DIFFERENT)
        self._rules = [
            (number, [(places[each.feature], each.levels(self._comparisons[places[each.feature]])) for each in when])
            for number in order
            if (when := rules[number].when) and all(each.feature in places for each in when)
        ]
        #: how common the roots of given names are
        self.root_bands = Rarity(governing.model, ROOTS)
        self._bands = {
            each.feature: Rarity(governing.model, each.feature)
            for each in self._comparisons
            if each.split is Split.RARITY
        }

    def score(self, left: Keys, right: Keys, classes: Callable[[str, str], int]) -> Scored:
        """Compare two records; `classes` knows how many people seem to share a contact point."""
        levels = tuple(
            each.level(left, right, self._bands.get(each.feature) or _Shared(each.feature, classes))
            for each in self._comparisons
        )
        rule = next((n for n, when in self._rules if all(levels[place] in wanted for place, wanted in when)), None)
        if self._model is None:
            return Scored(levels, rule=rule)
        same, household, information = self._model.prior_same_weight, self._model.prior_household_weight, 0
        for level, mine, home in zip(levels, self._same, self._household, strict=True):
            same += mine[level]
            household += home[level]
            information += abs(mine[level])
        weight = same - softplus(household)
        if self._model.calibration is not None:
            weight = self._model.calibration.weight(weight)
        return Scored(levels, weight, household, max(information // BIT, 1), rule)

    def edge(self, scored: Scored | None, decision: str | None) -> int:
        """What speaks for one person, in units beyond the threshold; decisions and rules are beyond any sum."""
        if decision is not None:
            return DECIDED if decision == Decision.SAME else -DECIDED
        if scored is None:
            return 0
        if scored.rule is not None:
            return DECIDED if self._decisions[scored.rule] is Decision.SAME else -DECIDED
        return min(scored.weight - self._threshold, MOST_WEIGHT)


class Rarity:
    """The rarity bands of a feature, as the model keeps them."""

    def __init__(self, model: FellegiSunter | None, feature: str) -> None:
        self._bands: Mapping[str, int] = {} if model is None else model.bands.get(feature, {})

    def get(self, value: str, default: int = 0) -> int:
        """The band of a value."""
        return self._bands.get(_hash(value), default)


class _Shared:
    """The contact classes of a feature."""

    __slots__ = ("_classes", "_feature")

    def __init__(self, feature: str, classes: Callable[[str, str], int]) -> None:
        self._feature, self._classes = feature, classes

    def get(self, value: str, default: int) -> int:
        del default
        return self._classes(self._feature, value)


@lru_cache(maxsize=65_536)
def _hash(value: str) -> str:
    """How a model names a value."""
    return hashlib.md5(value.encode(), usedforsecurity=False).hexdigest()[:16]


def _weights(
    model: FellegiSunter | None, comparisons: tuple[Comparison, ...]
) -> tuple[list[list[int]], list[list[int]]]:
    """What each level says for one person and for one household; the last, number -1, is a missing one."""
    if model is None:
        return [], []
    known = {each.feature: each for each in model.features}
    features = [known[each.feature] for each in comparisons]
    same = [[*(each.same_weight(level) for level in range(len(each.levels))), 0] for each in features]
    home = [[*(each.household_weight(level) for level in range(len(each.levels))), 0] for each in features]
    return same, home
