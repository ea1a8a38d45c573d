"""The figures against worked examples, a naive version that reads like the definitions, and networkx."""

import itertools
import json
import time
from collections import Counter

import networkx as nx
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrato.errors import ConfigurationError
from retrato.evaluation import Coverage, Scores, evaluate

LABELS = st.integers(1, 40).flatmap(
    lambda n: st.tuples(*(st.lists(st.integers(0, 8), min_size=n, max_size=n) for _ in range(2)))
)


def clusters_of(labels):
    return {frozenset(i for i, label in enumerate(labels) if label == each) for each in set(labels)}


def naive(predicted, truth):
    found, wanted = clusters_of(predicted), clusters_of(truth)
    pairs, true_pairs = ({p for c in side for p in itertools.combinations(sorted(c), 2)} for side in (found, wanted))
    mine = [next(c for c in found if i in c) for i in range(len(truth))]
    real = [next(c for c in wanted if i in c) for i in range(len(truth))]
    b_cubed = [
        sum(len(a & b) / len(side[i]) for i, (a, b) in enumerate(zip(mine, real, strict=True))) / len(truth)
        for side in (mine, real)
    ]
    mixed = [c for c in found if len({truth[i] for i in c}) > 1]
    split = [c for c in wanted if len({predicted[i] for i in c}) > 1]
    return {
        "pairs": (len(pairs), len(true_pairs), len(pairs & true_pairs)),
        "b_cubed": b_cubed,
        "exact": (len(found), len(wanted), len(found & wanted)),
        "mixed": (len(mixed), sum(map(len, mixed)), len(split)),
        "misplaced": sum(len(c) - max(Counter(truth[i] for i in c).values()) for c in found),
    }


@given(LABELS)
def test_the_figures_are_those_of_the_definitions(labels):
    figures, expected = evaluate(*labels), naive(*labels)
    assert (figures.pairs, figures.true_pairs, figures.shared_pairs) == expected["pairs"]
    assert [figures.b_cubed.precision, figures.b_cubed.recall] == pytest.approx(expected["b_cubed"])
    assert (figures.clusters, figures.true_clusters, figures.exact_clusters) == expected["exact"]
    assert (figures.over_merged_clusters, figures.over_merged_records, figures.split_people) == expected["mixed"]
    assert figures.misplaced_records == expected["misplaced"]


@given(LABELS)
def test_pairs_are_the_edges_of_cluster_graphs(labels):
    graphs = []
    for side in labels:
        graph = nx.empty_graph(len(side))
        for cluster in clusters_of(side):
            graph.add_edges_from(itertools.combinations(cluster, 2))
        graphs.append(graph)
    shared = nx.intersection(*graphs).number_of_edges()
    figures = evaluate(*labels)
    assert figures.pairwise == Scores.of(
        found=graphs[0].number_of_edges(), right=shared, wanted=graphs[1].number_of_edges()
    )


@given(LABELS, st.randoms(use_true_random=False))
def test_neither_the_order_of_records_nor_the_names_of_clusters_matter(labels, random):
    predicted, truth = labels
    order = list(range(len(truth)))
    random.shuffle(order)
    renamed = [f"profile-{predicted[i]}" for i in order]
    assert evaluate(renamed, [truth[i] for i in order]) == evaluate(predicted, truth)


@given(LABELS)
def test_precision_and_recall_change_places_with_the_sides(labels):
    here, there = evaluate(*labels), evaluate(*reversed(labels))
    for one, other in ((here.pairwise, there.pairwise), (here.b_cubed, there.b_cubed), (here.exact, there.exact)):
        assert (one.precision, one.recall) == (other.recall, other.precision)


def test_the_truth_itself_is_perfect():
    figures = evaluate(list("aabbc"), list("xxyyz"))
    perfect = Scores(1.0, 1.0, 1.0)
    assert (figures.pairwise, figures.b_cubed, figures.exact) == (perfect, perfect, perfect)
    assert (figures.over_merged_clusters, figures.over_merged_records, figures.split_people) == (0, 0, 0)


def test_linking_nothing_is_precise_and_finds_nothing():
    assert evaluate([1, 2, 3], [1, 1, 2]).pairwise == Scores(1.0, 0.0, 0.0)


def test_linking_everything_finds_all_and_over_merges():
    figures = evaluate([1, 1, 1, 1], [1, 1, 2, 2])
    assert figures.pairwise == Scores(2 / 6, 1.0, 0.5)
    assert (figures.over_merged_clusters, figures.over_merged_records) == (1, 4)


def test_the_example_of_bagga_and_baldwin():
    """Twelve mentions in chains of 5, 2 and 5; the response joins those of 2 and 5: precision 76 %, recall 100 %."""
    truth = [1] * 5 + [2] * 2 + [3] * 5
    response = [1] * 5 + [2] * 7
    figures = evaluate(response, truth)
    assert figures.b_cubed.precision == pytest.approx(0.76, abs=0.005)
    assert figures.b_cubed.recall == 1.0


@pytest.mark.parametrize(
    "labels",
    [
        np.array([1, 1, 2]),
        np.array(["a", "a", "b"]),
        pd.Series(["a", "a", "b"]),
        ("a", "a", 2),
        [(1, 2), (1, 2), (3, 4)],
    ],
)
def test_labels_of_any_kind(labels):
    assert evaluate(labels, [1, 1, 2]).pairwise.f1 == 1.0


@pytest.mark.parametrize(
    ("predicted", "truth", "message"),
    [
        ([1, 2], [1], "2 predicted labels for 1 true ones"),
        ([], [], "no record"),
        ([1, None], [1, 1], "predicted: 1 labels are missing"),
        ([1, 1], [1, float("nan")], "truth: 1 labels are missing"),
        (np.zeros((2, 2)), [1, 1], "2 dimensions"),
    ],
)
def test_labels_that_cannot_be_evaluated(predicted, truth, message):
    with pytest.raises(ConfigurationError, match=message):
        evaluate(predicted, truth)


def test_figures_as_json_and_as_a_table():
    figures = evaluate([1, 1, 2], [1, 1, 1]).covering(Coverage(2, 1, (("crm", "7"),)))
    assert json.loads(json.dumps(figures.to_dict()))["coverage"]["without_truth"] == 2
    lines = str(figures).splitlines()
    assert lines[1].split() == ["pairwise", "1.0000", "0.3333", "0.5000"]
    assert "records without truth          2" in lines


def test_a_million_labels_take_seconds():
    """About half a second on one core; the limit leaves room for a busy machine."""
    truth = np.random.default_rng(1).integers(0, 400_000, 1_000_000)
    started = time.perf_counter()
    figures = evaluate(truth.astype(str).astype(object), truth)
    assert time.perf_counter() - started < 10
    assert figures.pairwise.f1 == 1.0
