"""A classifier that adds up its columns becomes a match model that says the same of every pair."""

from __future__ import annotations

import math
from types import SimpleNamespace

import numpy as np
import pytest

from retrato.errors import ModelError
from retrato.identifiers.base import Feature, Scope
from retrato.matching.classifiers import MARGIN_BITS, as_model, columns_for, is_classifier, is_fitted, learns_alone
from retrato.matching.comparisons import BANDS, MISSING, comparisons_for
from retrato.matching.model import BIT, MOST_BITS, FellegiSunter
from retrato.matching.vectors import vector_names, vectors

COMPARISONS = comparisons_for(
    (
        Feature("given_name", Scope.PERSON, "given_name", ("given_name",)),
        Feature("city", Scope.SHARED, "category", ("city",)),
    )
)
PATTERNS = np.array(
    [[given, city] for given in (MISSING, 0, BANDS + 2, BANDS + 7) for city in (MISSING, 3, BANDS, BANDS + 1)], np.int8
)


class Linear:
    """A kernel with coefficients: a plane, or log odds where there are probabilities too."""

    def __init__(self, *coefficients: float, probabilities: bool = True) -> None:
        self.coef_ = np.array([coefficients])
        if probabilities:
            self.predict_log_proba = lambda found: None

    def decision_function(self, found):
        return found @ self.coef_[0] - 3.0


class Bayes:
    """A kernel with log probabilities alone; it takes categories, and learns by itself."""

    binarize = None
    init = "jaro"

    def __init__(self, weight: float) -> None:
        self.feature_log_prob_ = weight
        self._binarizers = [None, None]

    def predict_log_proba(self, found):
        odds = found.sum(axis=1) * self.feature_log_prob_ - 1.0
        return np.stack([-np.log1p(np.exp(odds)), odds - np.log1p(np.exp(odds))], axis=1)


def classifier(kernel: object) -> SimpleNamespace:
    return SimpleNamespace(kernel=kernel, fit=lambda *_: None)


def weights(model: FellegiSunter) -> np.ndarray:
    names = [each.feature for each in COMPARISONS]
    return np.array([model.weights(dict(zip(names, row, strict=True)))[0] for row in PATTERNS.tolist()]) / BIT


def test_a_logistic_regression_gives_the_same_log_odds() -> None:
    given = classifier(Linear(4.0, 1.5))
    expected = given.kernel.decision_function(vectors(PATTERNS, COMPARISONS, "strength")) / math.log(2)
    model = as_model(given, COMPARISONS, PATTERNS)
    assert weights(model) == pytest.approx(expected, abs=0.01)
    assert model.notes == {"classifier": "SimpleNamespace", "columns": "strength"}


def test_a_margin_counts_as_log_odds() -> None:
    given = classifier(Linear(4.0, 1.5, probabilities=False))
    expected = given.kernel.decision_function(vectors(PATTERNS, COMPARISONS, "strength")) * MARGIN_BITS
    assert weights(as_model(given, COMPARISONS, PATTERNS)) == pytest.approx(expected, abs=0.01)


def test_naive_bayes_takes_zeros_and_ones() -> None:
    given = classifier(Bayes(2.0))
    assert columns_for(given, COMPARISONS) == "agreement"
    found = vectors(PATTERNS, COMPARISONS, "agreement").sum(axis=1)
    assert weights(as_model(given, COMPARISONS, PATTERNS)) == pytest.approx((found * 2 - 1) / math.log(2), abs=0.01)


def test_one_that_was_fitted_on_every_level_is_known_by_its_columns() -> None:
    every = np.linspace(-2, 2, len(vector_names(COMPARISONS, "levels")))
    given = classifier(Linear(*every))
    assert columns_for(given, COMPARISONS) == "levels"
    expected = given.kernel.decision_function(vectors(PATTERNS, COMPARISONS, "levels")) / math.log(2)
    assert weights(as_model(given, COMPARISONS, PATTERNS)) == pytest.approx(expected, abs=0.01)


def test_there_are_no_households() -> None:
    model = as_model(classifier(Linear(4.0, 1.5)), COMPARISONS, PATTERNS)
    assert model.weights({"given_name": 0, "city": 0})[1] < -40 * BIT


def test_it_reads_back_without_the_classifier(tmp_path) -> None:
    model = as_model(classifier(Linear(4.0, 1.5)), COMPARISONS, PATTERNS)
    model.save(tmp_path / "model.json")
    again = FellegiSunter.load(tmp_path / "model.json")
    assert again == model
    again.check(COMPARISONS)


def test_no_level_is_worth_more_than_in_any_other_model() -> None:
    model = as_model(classifier(Linear(400.0, 1.5)), COMPARISONS, PATTERNS)
    assert model.features[0].same_weight(0) == MOST_BITS * BIT


def test_other_columns_are_refused() -> None:
    with pytest.raises(ModelError, match="3 columns"):
        as_model(classifier(Linear(1.0, 2.0, 3.0)), COMPARISONS, PATTERNS)


def test_an_estimate_that_has_broken_down_is_refused() -> None:
    with pytest.raises(ModelError, match="broken down"):
        as_model(classifier(Linear(math.nan, 1.0)), COMPARISONS, PATTERNS)


def test_one_that_weighs_columns_together_is_refused() -> None:
    kernel = Linear(4.0, 1.5)
    kernel.decision_function = lambda found: found[:, 0] * found[:, 1]
    with pytest.raises(ModelError, match="weighs columns together"):
        as_model(classifier(kernel), COMPARISONS, PATTERNS)


def test_what_it_is_can_be_told_without_fitting_it() -> None:
    assert is_classifier(classifier(Linear(1.0)))
    assert not is_classifier(classifier(SimpleNamespace()))
    assert not is_classifier("model.json")
    assert is_fitted(classifier(Linear(1.0)))
    assert not is_fitted(classifier(SimpleNamespace()))
    assert learns_alone(classifier(Bayes(1.0)))
