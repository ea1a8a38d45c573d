"""Comparison vectors say what the levels say, in each of the ways that they are written."""

from __future__ import annotations

import numpy as np

from retrato.identifiers.base import Feature, Scope
from retrato.matching.comparisons import BANDS, MISSING, comparisons_for
from retrato.matching.vectors import vector_names, vectors

COMPARISONS = comparisons_for(
    (
        Feature("given_name", Scope.PERSON, "given_name", ("given_name",)),
        Feature("city", Scope.SHARED, "category", ("city",)),
    )
)
GIVEN, CITY = (len(each.level_names) for each in COMPARISONS)
PAIRS = np.array([[0, BANDS - 1], [BANDS, BANDS], [GIVEN - 1, CITY - 1], [MISSING, MISSING]], np.int8)


def test_strength_falls_from_exact_agreement_to_none() -> None:
    every = np.stack([np.arange(GIVEN), np.zeros(GIVEN)], axis=1).astype(np.int8)
    strength = vectors(every, COMPARISONS, "strength")[:, 0]
    assert (strength[:BANDS] == 1).all()
    assert (np.diff(strength[BANDS - 1 :]) < 0).all()
    assert strength[-1] == 0


def test_what_is_missing_is_zero_everywhere() -> None:
    for columns in ("strength", "agreement", "levels"):
        assert not vectors(PAIRS, COMPARISONS, columns)[3].any()


def test_agreement_is_a_strength_of_one_half_or_more() -> None:
    strength = vectors(PAIRS, COMPARISONS, "strength")
    assert (vectors(PAIRS, COMPARISONS, "agreement") == (strength >= 0.5)).all()


def test_every_level_has_a_column() -> None:
    found, names = vectors(PAIRS, COMPARISONS, "levels"), vector_names(COMPARISONS, "levels")
    assert found.shape == (4, GIVEN + CITY) == (4, len(names))
    told = [names[number] for number in np.flatnonzero(found[0])]
    assert told == ["given_name: equal, held by 2", "city: equal, held by more"]


def test_one_column_a_feature() -> None:
    assert vector_names(COMPARISONS, "strength") == vector_names(COMPARISONS, "agreement") == ("given_name", "city")


def test_no_pairs_have_no_vectors() -> None:
    assert vectors(PAIRS[:0], COMPARISONS, "levels").shape == (0, GIVEN + CITY)
