"""What groups of records know together."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrato.identifiers.base import Feature, Scope
from retrato.matching.accounts import ACCOUNT_FEATURES
from retrato.matching.calibration import Calibration
from retrato.matching.comparisons import MISSING, comparisons_for
from retrato.matching.model import DECIDED, FeatureWeights, FellegiSunter
from retrato.matching.together import Together

FEATURES = (
    Feature("given_name", Scope.PERSON, "given_name", ("given_name",)),
    Feature("family_name", Scope.SHARED, "family_name", ("family_name",)),
    Feature("birth_date", Scope.PERSON, "date", ("birth_date",)),
    *ACCOUNT_FEATURES,
)
COMPARISONS = comparisons_for(FEATURES)


def shares(generator, count):
    drawn = generator.random(count) + 0.01
    return tuple((drawn / drawn.sum()).tolist())


def model(calibration=None):
    generator = np.random.default_rng(5)
    features = tuple(
        FeatureWeights(each.feature, each.level_names, *(shares(generator, len(each.level_names)) for _ in range(3)))
        for each in reversed(COMPARISONS)  # a model that was saved may have another order
    )
    return FellegiSunter(features, 1e-4, 1e-5, calibration=calibration)


LEVELS = st.tuples(*(st.integers(MISSING, len(each.level_names) - 1) for each in COMPARISONS))
NAMES = [each.feature for each in COMPARISONS]


def undecided(levels):
    return np.zeros(len(levels), bool)


@pytest.mark.parametrize("calibration", [None, Calibration(0.5, 100)])
@given(levels=LEVELS)
def test_two_records_have_the_weight_of_the_model(calibration, levels):
    fitted = model(calibration)
    known = dict(zip(NAMES, levels, strict=True))
    for each in COMPARISONS:
        if any(known.get(name, MISSING) != MISSING for name in each.tells_again):
            known[each.feature] = MISSING  # as comparisons of two records have it
    pairs = np.array([[known[name] for name in NAMES]], np.int8)
    together = Together(fitted, COMPARISONS)
    (weight,) = together.weights(together.ranks(pairs, undecided(pairs)))
    assert weight == fitted.weights(known)[0]


@given(one=LEVELS, other=LEVELS)
def test_of_several_pairs_the_best_of_each_feature_counts(one, other):
    fitted = model()
    together = Together(fitted, COMPARISONS)
    pairs = np.array([one, other], np.int8)
    best = together.ranks(pairs, undecided(pairs)).max(axis=0, keepdims=True)
    known = {each.feature: each for each in fitted.features}
    levels = [
        max((x, y), key=lambda level, name=name: -np.inf if level == MISSING else known[name].same_weight(level))
        for name, x, y in zip(NAMES, one, other, strict=True)
    ]
    expected = together.ranks(np.array([levels], np.int8), np.zeros(1, bool))
    assert together.weights(best).tolist() == together.weights(expected).tolist()


def test_a_name_that_is_known_is_not_counted_again_where_it_is_found_in_an_account():
    together = Together(model(), COMPARISONS)
    levels = np.full((2, len(NAMES)), MISSING, np.int8)
    levels[:, NAMES.index("given_name")] = 0
    levels[1, NAMES.index("given_name_in_account")] = 0
    ranks = together.ranks(levels, undecided(levels))
    assert len(set(together.weights(ranks).tolist())) == 1


def test_a_decision_is_beyond_any_evidence():
    together = Together(model(), COMPARISONS)
    levels = np.array([[len(each.level_names) - 1 for each in COMPARISONS]], np.int8)
    assert together.weights(together.ranks(levels, np.array([True]))).tolist() == [DECIDED]
