"""Training without labels finds what generated the pairs."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrato.identifiers.base import Feature, Scope
from retrato.matching.comparisons import BANDS, comparisons_for
from retrato.matching.training import Patterns, TrainingData, ValueCounts, falling, fit

FEATURES = (
    Feature("given_name", Scope.PERSON, "category", ("given_name",)),
    Feature("family_name", Scope.SHARED, "category", ("family_name",)),
    Feature("city", Scope.SHARED, "category", ("city",)),
    Feature("birth_date", Scope.PERSON, "category", ("birth_date",)),
)
COMPARISONS = comparisons_for(FEATURES)
LEVELS = BANDS + 2
# shares of: rarest exact, similar, different
SAME = np.array([[0.9, 0.08, 0.02], [0.92, 0.05, 0.03], [0.7, 0.1, 0.2], [0.95, 0.03, 0.02]])
UNRELATED = np.array([[0.01, 0.02, 0.97], [0.005, 0.02, 0.975], [0.05, 0.05, 0.9], [0.001, 0.009, 0.99]])
HOUSEHOLD = np.array([UNRELATED[0], [0.85, 0.1, 0.05], [0.97, 0.02, 0.01], UNRELATED[3]])
PAIRS = 2_000_000.0
COUNTS = {"same": 3000, "household": 2000}


def levels(generator: np.random.Generator, shares: np.ndarray, size: int) -> np.ndarray:
    columns = [generator.choice([0, BANDS, BANDS + 1], size, p=each) for each in shares]
    return np.stack(columns, axis=1).astype(np.int8)


def training_data() -> TrainingData:
    generator = np.random.default_rng(7)
    same = levels(generator, SAME, COUNTS["same"])
    household = levels(generator, HOUSEHOLD, COUNTS["household"])
    unrelated = levels(generator, UNRELATED, int(PAIRS) - sum(COUNTS.values()))
    everything = np.concatenate([same, household, unrelated])
    exact = everything == 0
    # rule 0: same family name and city; rule 1: same given name; rule 2: same birth date
    masks = np.array([[False, True, True, False], [True, False, False, False], [False, False, False, True]])
    bits = np.zeros(len(everything), np.uint64)
    for number, mask in enumerate(masks):
        bits |= exact[:, mask].all(axis=1).astype(np.uint64) << np.uint64(number)
    candidate = bits > 0
    random = everything[generator.integers(0, len(everything), 200_000)]
    return TrainingData(
        comparisons=COMPARISONS,
        candidates=patterns(everything[candidate], bits[candidate]),
        random=patterns(random, np.zeros(len(random), np.uint64)),
        masks=masks,
        values=tuple(ValueCounts(np.eye(1, BANDS)[0] * exact[:, number].sum(), 1.0) for number in range(len(FEATURES))),
        pairs=PAIRS,
    )


def patterns(found: np.ndarray, bits: np.ndarray) -> Patterns:
    rows, counts = np.unique(
        np.column_stack([found.astype(np.int64), bits.astype(np.int64)]), axis=0, return_counts=True
    )
    return Patterns(rows[:, :-1].astype(np.int8), counts.astype(float), rows[:, -1].astype(np.uint64))


@pytest.fixture(scope="module")
def model():
    return fit(training_data())


def test_finds_how_many_pairs_are_one_person(model) -> None:
    assert model.notes["expected_same"] == pytest.approx(COUNTS["same"], rel=0.1)


def test_finds_what_agreement_is_worth_for_one_person(model) -> None:
    for feature, shares in zip(model.features, SAME, strict=True):
        assert feature.same[0] == pytest.approx(shares[0], abs=0.05), feature.feature


def test_unrelated_pairs_are_counted_without_the_related_ones(model) -> None:
    # more pairs of one person than of strangers share a birth date: the raw count would be more than twice the truth
    for feature, shares in zip(model.features, UNRELATED, strict=True):
        assert shares[0] / 3 < feature.unrelated[0] < shares[0] * 1.2, feature.feature


def test_person_specific_fields_say_nothing_about_a_household(model) -> None:
    by_name = {each.feature: each for each in model.features}
    for name in ("given_name", "birth_date"):
        assert by_name[name].household == by_name[name].unrelated
    assert by_name["city"].household_weight(0) > 0


def test_training_is_deterministic(model) -> None:
    assert fit(training_data()) == model


SHARES = st.lists(st.floats(1e-9, 1.0), min_size=LEVELS, max_size=LEVELS).map(
    lambda drawn: np.array(drawn) / sum(drawn)
)


@given(same=SHARES, unrelated=SHARES)
def test_agreement_is_worth_no_more_when_more_people_share_the_value(same: np.ndarray, unrelated: np.ndarray) -> None:
    found = falling(same, unrelated)
    worth = np.log2(found[:BANDS] / unrelated[:BANDS])
    assert (np.diff(worth) <= 1e-9).all()
    assert found.sum() == pytest.approx(1)
    assert found[BANDS:].tolist() == same[BANDS:].tolist()


def test_what_falls_anyway_stays_as_it_is() -> None:
    same, unrelated = np.array([0.5 / 2**band for band in range(BANDS)] + [0.1, 0.2]), np.full(LEVELS, 1 / LEVELS)
    assert falling(same, unrelated).tolist() == pytest.approx(same.tolist())


def test_every_weight_of_a_fit_falls_with_sharing() -> None:
    for feature in fit(training_data()).features:
        weights = [feature.same_weight(level) for level in range(BANDS)]
        assert weights == sorted(weights, reverse=True)
