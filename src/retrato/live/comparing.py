"""Two records compared in plain Python, with the levels, weights and rules of the batch."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from retrato.graph.clustering import MOST_WEIGHT
from retrato.matching.comparisons import BANDS, MISSING, Split
from retrato.matching.contact_classes import ROOTS
from retrato.matching.model import BIT, DECIDED, softplus, weight_at
from retrato.matching.rules import Decision
from retrato.matching.similarity import meet

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from retrato.live.governing import Governing
    from retrato.matching.comparisons import Comparison
    from retrato.matching.model import FellegiSunter
    from retrato.matching.similarity import Keys


#: Levels that do not say that two values are equal; every comparison has the first of them at least.
_UNEQUAL = frozenset((MISSING, BANDS))


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
        model = governing.model
        self._priors = (0, 0) if model is None else (model.prior_same_weight, model.prior_household_weight)
        self._nothing = [MISSING] * len(self._comparisons)
        self._bounds = _bounds(self._same, self._comparisons)
        rules = governing.match_rules
        self._decisions = [rule.decision for rule in rules]
        places = {each.feature: place for place, each in enumerate(self._comparisons)}
        order = sorted(range(len(rules)), key=lambda number: rules[number].decision is not Decision.DIFFERENT)
        self._rules = [
            (number, [(places[each.feature], each.levels(self._comparisons[places[each.feature]])) for each in when])
            for number in order
            if (when := rules[number].when) and all(each.feature in places for each in when)
        ]
        self._may_join = [
            [
                self._comparisons[at].key
                for at, wanted in when
                if not wanted & _UNEQUAL and self._comparisons[at].everywhere
            ]
            for number, when in self._rules
            if self._decisions[number] is Decision.SAME
        ]
        #: how common the roots of given names are
        self.root_bands = Rarity(governing.model, ROOTS)
        self._bands = {
            each.feature: Rarity(governing.model, each.feature)
            for each in self._comparisons
            if each.split is Split.RARITY
        }

    def joins(self, left: Keys, right: Keys, classes: Callable[[str, str], int]) -> Scored | None:
        """What two records say of each other, if that speaks for one person.

        Most pairs are seen not to belong together before all of it is compared.
        """
        levels, open_ = self._nothing.copy(), self._open(left, right)
        if self._model is not None and not self._a_rule_may_join(left, right):
            bound = self._priors[0] + sum(most for most, _ in open_)
            for most, place in open_:
                if self._calibrated(bound) <= self._threshold:
                    return None
                level = levels[place] = self._level(place, left, right, classes)
                bound += self._same[place][level] - most
        else:
            for _, place in open_:
                levels[place] = self._level(place, left, right, classes)
        scored = self.scored(levels)
        return scored if self.edge(scored, None) > 0 else None

    def score(self, left: Keys, right: Keys, classes: Callable[[str, str], int]) -> Scored:
        """Compare two records; `classes` knows how many people seem to share a contact point."""
        levels = self._nothing.copy()
        for _, place in self._open(left, right):
            levels[place] = self._level(place, left, right, classes)
        return self.scored(levels)

    def _a_rule_may_join(self, left: Keys, right: Keys) -> bool:
        return any(all(meet(left[key], right[key]) for key in keys) for keys in self._may_join)

    def _open(self, left: Keys, right: Keys) -> list[tuple[int, int]]:
        """What there is to compare: the most that it can say for one person, and the place of the comparison."""
        mine, yours, found = left.known, right.known, []
        for place, key, looked_for, equal, unequal in self._bounds:
            if looked_for is not None:
                if looked_for not in mine or looked_for not in yours:
                    found.append((max(equal, unequal), place))
            elif key in mine and key in yours:
                found.append((equal if meet(mine[key], yours[key]) else unequal, place))
        return found

    def scored(self, levels: Sequence[int]) -> Scored:
        """What levels amount to, one for each comparison."""
        rule = next((n for n, when in self._rules if all(levels[place] in wanted for place, wanted in when)), None)
        if self._model is None:
            return Scored(tuple(levels), rule=rule)
        (same, household), information = self._priors, 0
        for level, mine, home in zip(levels, self._same, self._household, strict=True):
            if level != MISSING:
                same += mine[level]
                household += home[level]
                information += abs(mine[level])
        weight = self._calibrated(same - softplus(household))
        return Scored(tuple(levels), weight, household, max(information // BIT, 1), rule)

    def _calibrated(self, weight: int) -> int:
        calibration = None if self._model is None else self._model.calibration
        return weight if calibration is None else calibration.weight(weight)

    def _level(self, place: int, left: Keys, right: Keys, classes: Callable[[str, str], int]) -> int:
        comparison = self._comparisons[place]
        bands = self._bands.get(comparison.feature) or _Shared(comparison.feature, classes)
        return comparison.level(left, right, bands)

    def edge(self, scored: Scored | None, decision: str | None) -> int:
        """What speaks for one person, in units beyond the threshold; decisions and rules are beyond any sum."""
        if decision is not None:
            return DECIDED if decision == Decision.SAME else -DECIDED
        if scored is None:
            return 0
        if scored.rule is not None:
            return DECIDED if self._decisions[scored.rule] is Decision.SAME else -DECIDED
        return min(scored.weight - self._threshold, MOST_WEIGHT)


class _Bound(NamedTuple):
    """What a comparison can say for one person at most: where the values are equal, and where they are not."""

    place: int
    key: str
    looked_for: str | None
    equal: int
    unequal: int


def _bounds(same: list[list[int]], comparisons: tuple[Comparison, ...]) -> list[_Bound]:
    """The bounds of all comparisons, those first that can change most."""
    found = []
    for place, (levels, each) in enumerate(zip(same or [[0]] * len(comparisons), comparisons, strict=True)):
        looked_for = None if each.looked_for is None else each.looked_for.feature
        equal, unequal = max(0, *levels[:BANDS]), max([0, *levels[BANDS:]])
        bound = _Bound(place, each.key, looked_for, equal, unequal)
        found.append((min(levels) - max(equal, unequal), bound))
    return [bound for _, bound in sorted(found)]


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
