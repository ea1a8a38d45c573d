"""Classifiers of the library recordlinkage as match models.

Its classifiers (expectation-conditional maximisation, naive Bayes, logistic regression, linear support vectors) all add
up what each column of a comparison vector is worth, and every column belongs to one feature. So a fitted one is asked
what a pair that has nothing is worth, and what each level of each feature adds to that: the answer is a match model
that gives every pair the log odds which the classifier gives it, and that is explained, saved and read like any other.
It knows no households.

A support vector machine has no probabilities: its margin counts as log odds, `MARGIN_BITS` for the distance between
the plane and the margin's edge.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from retrato.errors import ModelError
from retrato.matching.comparisons import MISSING
from retrato.matching.model import MOST_BITS, FeatureWeights, FellegiSunter
from retrato.matching.vectors import Columns, vector_names, vectors

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd
    from numpy.typing import NDArray

    from retrato.matching.comparisons import Comparison

    Floats = NDArray[np.float64]

#: What a pair on the edge of the margin is worth: nine to one.
MARGIN_BITS = math.log2(9)
#: The model may be this many bits off what the classifier says of a pair.
TOLERANCE = 0.01
#: So much is asked of a classifier's word for a pair that has nothing.
_MOST_PRIOR = 40.0


class Classifier(Protocol):
    """What a classifier of recordlinkage has: its estimator, in `kernel`, and a way to fit it."""

    kernel: Any

    def fit(self, comparison_vectors: pd.DataFrame, match_index: pd.MultiIndex | None = None) -> None:
        """Fit it to comparison vectors, `match_index` being those of matches."""


def is_classifier(given: object) -> bool:
    """Whether this can be a match model here."""
    return hasattr(given, "fit") and _gives_odds(getattr(given, "kernel", None))


def _gives_odds(kernel: object) -> bool:
    return hasattr(kernel, "decision_function") or hasattr(kernel, "predict_log_proba")


def is_fitted(classifier: Classifier) -> bool:
    """Whether it was fitted, or was made with its coefficients."""
    return any(hasattr(classifier.kernel, name) for name in ("coef_", "feature_log_prob_"))


def learns_alone(classifier: Classifier) -> bool:
    """Whether it is fitted without labels."""
    return hasattr(classifier.kernel, "init")


def columns_for(classifier: Classifier, comparisons: Sequence[Comparison]) -> Columns:
    """The comparison vectors that it is for.

    A fitted one tells by their number. Where there is one column a feature, it is of zeros and ones for those that take
    categories (naive Bayes and ECM without `binarize`).
    """
    if is_fitted(classifier) and _width(classifier.kernel) == len(vector_names(comparisons, "levels")):
        return "levels"
    return "agreement" if getattr(classifier.kernel, "binarize", 0.0) is None else "strength"


def _width(kernel: Any) -> int:
    """How many columns a fitted kernel takes."""
    binarizers = getattr(kernel, "_binarizers", None)
    return len(binarizers) if binarizers is not None else int(kernel.coef_.shape[1])


def log_odds(classifier: Classifier, found: Floats) -> Floats:
    """What a fitted classifier gives for vectors (P, C), in bits (P,)."""
    kernel = classifier.kernel
    if not hasattr(kernel, "predict_log_proba"):
        return np.asarray(kernel.decision_function(found)).ravel() * MARGIN_BITS
    if hasattr(kernel, "decision_function"):
        return np.asarray(kernel.decision_function(found)).ravel() / math.log(2)
    with np.errstate(invalid="ignore"):
        log = np.asarray(kernel.predict_log_proba(found))
    return np.asarray((log[:, 1] - log[:, 0]) / math.log(2))


def as_model(classifier: Classifier, comparisons: Sequence[Comparison], patterns: NDArray[np.int8]) -> FellegiSunter:
    """A fitted classifier as a match model; `patterns` (P, F) are levels of pairs that it is checked on.

    Raises ModelError when it takes other columns, when its estimate has broken down, or when it does not add up what
    each column is worth.
    """
    name, columns = type(classifier).__name__, columns_for(classifier, comparisons)
    wanted = len(vector_names(comparisons, columns))
    if _width(classifier.kernel) != wanted:
        raise ModelError(f"{name} was fitted on {_width(classifier.kernel)} columns, and these data give {wanted}")
    nothing = np.full((1, len(comparisons)), MISSING, np.int8)
    prior = float(log_odds(classifier, vectors(nothing, comparisons, columns))[0])
    worth = []
    for place, each in enumerate(comparisons):
        alone = np.repeat(nothing, len(each.level_names), axis=0)
        alone[:, place] = np.arange(len(each.level_names))
        worth.append(log_odds(classifier, vectors(alone, comparisons, columns)) - prior)
    if not (math.isfinite(prior) and all(np.isfinite(each).all() for each in worth)):
        raise ModelError(
            f"{name} has broken down on these data (a probability of 0 or 1 in its estimate); fit it on other columns"
        )
    added = prior + sum(np.append(each, 0.0)[patterns[:, place]] for place, each in enumerate(worth))
    if np.abs(added - log_odds(classifier, vectors(patterns, comparisons, columns))).max(initial=0.0) > TOLERANCE:
        raise ModelError(f"{name} weighs columns together; only classifiers that add up what each is worth can be used")
    return _model(prior, worth, comparisons, {"classifier": name, "columns": columns})


def _model(
    prior: float, worth: Sequence[Floats], comparisons: Sequence[Comparison], notes: dict[str, Any]
) -> FellegiSunter:
    odds = 2.0 ** max(-_MOST_PRIOR, min(_MOST_PRIOR, prior))
    features = tuple(
        FeatureWeights(each.feature, each.level_names, bits=tuple(np.clip(bits, -MOST_BITS, MOST_BITS).tolist()))
        for each, bits in zip(comparisons, worth, strict=True)
    )
    return FellegiSunter(features, prior_same=odds / (1 + odds), prior_household=0.0, notes=notes)
