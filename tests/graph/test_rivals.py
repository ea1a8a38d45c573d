"""Rivals beside a plain version."""

import itertools

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from naive_clusters import outweighed
from retrato.graph.rivals import Rivals
from retrato.matching.model import BIT

WEIGHTS = st.dictionaries(
    st.tuples(st.integers(0, 6), st.integers(0, 6)).filter(lambda pair: pair[0] < pair[1]),
    st.integers(-90 * BIT, 90 * BIT),
    min_size=1,
)


def of(weights, wanted):
    a, b = np.array(list(weights)).T
    return Rivals(a, b, np.array(list(weights.values())), np.array([pair in wanted for pair in weights]))


@given(WEIGHTS)
def test_it_agrees_with_the_plain_version(weights):
    wanted = {pair for pair, weight in weights.items() if weight > 0}
    places = np.array([place for place, pair in enumerate(weights) if pair in wanted], np.int64)
    found = of(weights, wanted).outweigh(places).tolist()
    pairs = list(weights)
    assert found == [outweighed(weights, wanted, pairs[place]) for place in places]


@given(WEIGHTS)
def test_of_two_who_compete_at_most_one_is_likelier_than_not(weights):
    wanted = {pair for pair, weight in weights.items() if weight > 0}
    places = np.array([place for place, pair in enumerate(weights) if pair in wanted], np.int64)
    doubtful = of(weights, wanted).outweigh(places)
    sure = [list(weights)[place] for place, each in zip(places, doubtful, strict=True) if not each]
    for one, other in itertools.permutations(sure, 2):
        shared = set(one) & set(other)
        if len(shared) == 1:
            (x,), (y,) = set(one) - shared, set(other) - shared
            between = weights.get((min(x, y), max(x, y)))
            assert between is None or between >= 0 or between + max(weights[one], weights[other]) > 0


def test_who_fits_one_much_better_than_the_other_is_no_matter_of_doubt():
    weights = {(0, 1): 12 * BIT, (0, 2): 5 * BIT, (1, 2): -40 * BIT}
    assert of(weights, {(0, 1), (0, 2)}).outweigh(np.array([0, 1])).tolist() == [False, True]


def test_the_surest_rivals_compete_too():
    weights = {(0, 1): 60 * BIT, (0, 2): 60 * BIT, (1, 2): -90 * BIT}
    assert of(weights, {(0, 1), (0, 2)}).outweigh(np.array([0, 1])).all()


def test_two_that_may_be_one_person_do_not_compete():
    for between in ({}, {(1, 2): 3 * BIT}, {(1, 2): -2 * BIT}):
        weights = {(0, 1): 5 * BIT, (0, 2): 5 * BIT, **between}
        assert not of(weights, {(0, 1), (0, 2)}).outweigh(np.array([0, 1])).any()
