"""Correlation clustering against a slow, plain version, and its laws."""

from __future__ import annotations

import itertools
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import networkx as nx
import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from naive_clusters import clusters
from retrato.graph import clustering
from retrato.graph.clustering import NEVER_COMPARED_INFORMATION, Pairs, held_apart
from retrato.graph.constraints import AtMost, OneEach
from retrato.matching.model import DECIDED

if TYPE_CHECKING:
    import random
    from collections.abc import Callable, Iterable


def cluster(records: int, pairs: Pairs, **how: Any) -> np.ndarray:
    return clustering.cluster(records, pairs, **how).labels


EDGES = st.dictionaries(
    st.tuples(st.integers(0, 9), st.integers(0, 9)).filter(lambda pair: pair[0] < pair[1]), st.integers(-5000, 5000)
)


def pairs_of(edges: dict[tuple[int, int], int]) -> Pairs:
    a = np.array([pair[0] for pair in edges], np.int64)
    b = np.array([pair[1] for pair in edges], np.int64)
    return Pairs(
        a, b, np.array(list(edges.values()), np.int64), np.array([information(*pair) for pair in edges], np.int64)
    )


def information(a: int, b: int) -> int:
    """Some pairs rest on more than others."""
    return 1 + (7 * a + 3 * b) % 40


def slow(
    records: int,
    edges: dict[tuple[int, int], int],
    never: int,
    allowed: Callable[[set[int]], bool] = lambda _: True,
) -> list[set[int]]:
    """Join the two clusters with the largest positive mean weight that share a compared pair, until there are none."""
    clusters = [{number} for number in range(records)]

    def mean(one: set[int], other: set[int]) -> float:
        pairs = [tuple(sorted(pair)) for pair in itertools.product(one, other)]
        if any(edges.get(pair, 0) <= -DECIDED for pair in pairs) or not any(pair in edges for pair in pairs):
            return -1
        if not allowed(one | other):
            return -1
        says = [
            (edges[pair], information(*pair)) if pair in edges else (never, NEVER_COMPARED_INFORMATION)
            for pair in pairs
        ]
        return sum(weight * bits for weight, bits in says) / sum(bits for _, bits in says)

    while True:
        choices = [(-mean(x, y), *sorted((min(x), min(y)))) for x, y in itertools.combinations(clusters, 2)]
        best = min(choices, default=(0, 0, 0))
        if best[0] >= 0:
            return clusters
        one = next(each for each in clusters if min(each) == best[1])
        other = next(each for each in clusters if min(each) == best[2])
        clusters.remove(other)
        one |= other


def as_sets(labels: np.ndarray) -> set[frozenset[int]]:
    return {frozenset(np.flatnonzero(labels == label).tolist()) for label in np.unique(labels)}


@given(EDGES)
def test_agrees_with_the_slow_version(edges: dict[tuple[int, int], int]) -> None:
    found = cluster(10, pairs_of(edges), never_compared=-1024)
    assert as_sets(found) == {frozenset(each) for each in slow(10, edges, -1024)}


@given(EDGES)
def test_a_cluster_holds_each_record_by_something_that_speaks_for_it(edges: dict[tuple[int, int], int]) -> None:
    graph = nx.Graph([pair for pair, weight in edges.items() if weight > 0])
    for members in as_sets(cluster(10, pairs_of(edges), never_compared=-1024)):
        assert len(members) == 1 or nx.is_connected(graph.subgraph(members))


@given(EDGES, st.randoms(use_true_random=False))
def test_the_order_of_pairs_changes_nothing(edges: dict[tuple[int, int], int], shuffler: random.Random) -> None:
    shuffled = list(edges.items())
    shuffler.shuffle(shuffled)
    one = cluster(10, pairs_of(edges), never_compared=-1024)
    assert one.tolist() == cluster(10, pairs_of(dict(shuffled)), never_compared=-1024).tolist()


@given(
    EDGES, st.sets(st.tuples(st.integers(0, 9), st.integers(0, 9)).filter(lambda pair: pair[0] < pair[1]), max_size=6)
)
def test_decisions_to_keep_apart_hold(edges: dict[tuple[int, int], int], apart: set[tuple[int, int]]) -> None:
    decided = edges | dict.fromkeys(apart, -DECIDED)
    labels = cluster(10, pairs_of(decided), never_compared=-1024)
    assert all(labels[a] != labels[b] for a, b in apart)


@given(EDGES, st.lists(st.integers(-1, 2), min_size=10, max_size=10))
def test_a_cluster_holds_each_group_once(edges: dict[tuple[int, int], int], groups: list[int]) -> None:
    labels = cluster(10, pairs_of(edges), never_compared=-1024, constraints=[OneEach(np.array(groups))])
    for members in as_sets(labels):
        held = [groups[each] for each in members if groups[each] >= 0]
        assert len(held) == len(set(held))


HELD = st.lists(st.tuples(st.integers(0, 9), st.integers(0, 4), st.integers(0, 9), st.integers(1, 6)), max_size=14)


def at_most(number: int, held: list[tuple[int, int, int, int]]) -> AtMost:
    """A limit on rows of record, value, and the time that the value is held from and for."""
    record, value, opens, span = np.array(held, np.int64).reshape(-1, 4).T
    return AtMost(number, record, value, opens, opens + span)


def most_at_once(members: Iterable[int], held: list[tuple[int, int, int, int]]) -> int:
    """The most values that records hold together, counted at every point in time."""
    times: dict[int, list[tuple[int, int]]] = {}
    for record, value, opens, span in held:
        if record in members:
            times.setdefault(value, []).append((opens, opens + span))
    whole = [(min(opens for opens, _ in each), max(last for _, last in each)) for each in times.values()]
    return max((sum(opens < now <= last for opens, last in whole) for now in range(20)), default=0)


@given(EDGES, st.integers(1, 3), HELD)
def test_a_limit_agrees_with_the_slow_version(
    edges: dict[tuple[int, int], int], number: int, held: list[tuple[int, int, int, int]]
) -> None:
    found = cluster(10, pairs_of(edges), never_compared=-1024, constraints=[at_most(number, held)])
    expected = slow(10, edges, -1024, lambda members: most_at_once(members, held) <= number)
    assert as_sets(found) == {frozenset(each) for each in expected}


@given(EDGES, st.lists(st.tuples(st.integers(1, 3), HELD), max_size=3), st.lists(st.integers(-1, 2), min_size=10))
def test_no_cluster_breaks_a_limit(
    edges: dict[tuple[int, int], int], limits: list[tuple[int, list[tuple[int, int, int, int]]]], groups: list[int]
) -> None:
    once = OneEach(np.array(groups[:10]))
    constraints = [*(at_most(number, held) for number, held in limits), once]
    labels = cluster(10, pairs_of(edges), never_compared=-1024, constraints=constraints)
    for members in as_sets(labels):
        for number, held in limits:
            assert len(members) == 1 or most_at_once(members, held) <= number
        grouped = [groups[each] for each in members if groups[each] >= 0]
        assert len(grouped) == len(set(grouped))


@given(EDGES, st.integers(1, 2), HELD)
def test_what_a_limit_alone_holds_apart_is_told(
    edges: dict[tuple[int, int], int], number: int, held: list[tuple[int, int, int, int]]
) -> None:
    constraints = [at_most(number, held)]
    labels = cluster(10, pairs_of(edges), never_compared=-1024, constraints=constraints)
    a, b, place = held_apart(pairs_of(edges), labels, never_compared=-1024, constraints=constraints)
    assert set(place.tolist()) <= {0}
    for one, other in zip(a.tolist(), b.tolist(), strict=True):
        assert labels[one] == one < other == labels[other]
        assert most_at_once({*np.flatnonzero((labels == one) | (labels == other)).tolist()}, held) > number
    if np.array_equal(labels, cluster(10, pairs_of(edges), never_compared=-1024)):
        assert not len(a)


def test_a_limit_is_inherited_by_merged_clusters() -> None:
    # 0 and 1 are surest; 2 would join 1, but 0 holds another document
    edges = {(0, 1): 9000, (1, 2): 8000, (0, 2): 100}
    limit = at_most(1, [(0, 7, 0, 1), (2, 8, 0, 1)])
    labels = cluster(3, pairs_of(edges), never_compared=-1024, constraints=[limit])
    assert labels.tolist() == [0, 0, 2]
    assert [each.tolist() for each in held_apart(
        pairs_of(edges), labels, never_compared=-1024, constraints=[limit])] == [[0], [2], [0]]  # fmt: skip


def test_one_strong_wrong_link_does_not_chain_two_people() -> None:
    # two people of four records each, all compared, and one pair across that looks alike
    people = [range(4), range(4, 8)]
    edges = {pair: 8000 for person in people for pair in itertools.combinations(person, 2)}
    edges |= dict.fromkeys(itertools.product(*people), -6000) | {(3, 4): 7000}
    assert as_sets(cluster(8, pairs_of(edges), never_compared=-1024)) == {frozenset(range(4)), frozenset(range(4, 8))}


def test_decided_to_be_the_same_joins_what_the_model_keeps_apart() -> None:
    labels = cluster(2, pairs_of({(0, 1): DECIDED}), never_compared=-1024)
    assert labels.tolist() == [0, 0]


class Sum:
    """What pairs know together amounts to: the sum of two ranks, less a prior."""

    def weights(self, ranks: np.ndarray) -> np.ndarray:
        return 1024 * ranks.astype(np.int64).sum(axis=1) - 4000


RANKS = st.tuples(st.integers(0, 6), st.integers(0, 6))
KNOWN = st.dictionaries(
    st.tuples(st.integers(0, 9), st.integers(0, 9)).filter(lambda pair: pair[0] < pair[1]),
    st.tuples(st.integers(-5000, 5000), RANKS),
    min_size=1,
)


def known_pairs(known: dict[tuple[int, int], tuple[int, tuple[int, int]]]) -> Pairs:
    plain = pairs_of({pair: weight for pair, (weight, _) in known.items()})
    return replace(plain, ranks=np.array([ranks for _, ranks in known.values()], np.int8))


@given(KNOWN)
def test_what_clusters_know_together_agrees_with_the_plain_version(
    known: dict[tuple[int, int], tuple[int, tuple[int, int]]],
) -> None:
    found = cluster(10, known_pairs(known), never_compared=-1024, together=Sum())
    expected = clusters(
        10,
        {pair: weight for pair, (weight, _) in known.items()},
        {pair: information(*pair) for pair in known},
        {pair: ranks for pair, (_, ranks) in known.items()},
        lambda ranks: 1024 * sum(ranks) - 4000,
        -1024,
    )
    assert as_sets(found) == expected


def test_two_people_whose_records_know_too_little_one_by_one_are_kept_apart() -> None:
    class Names:
        """The first rank tells of names and the second of a birth date: 1 where it differs, 2 where it is the same."""

        def weights(self, ranks: np.ndarray) -> np.ndarray:
            return 1024 * ranks[:, 0].astype(np.int64) - np.where(ranks[:, 1] == 1, 9000, 0)

    # father 0 1 and son 2 3: 1 and 3 share name and home, 0 and 2 have other birth dates and not much else
    known = {(0, 1): (9000, (6, 2)), (2, 3): (9000, (6, 2)), (1, 3): (2000, (4, 0)), (0, 2): (-500, (1, 1))}
    pairs = known_pairs(known)
    assert cluster(4, pairs, never_compared=-10).tolist() == [0, 0, 0, 0]
    assert cluster(4, pairs, never_compared=-10, together=Names()).tolist() == [0, 0, 2, 2]
