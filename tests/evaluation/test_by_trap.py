"""The figures of each trap, against a naive version that looks at every pair."""

import itertools
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrato.errors import ConfigurationError
from retrato.evaluation import evaluate

RECORDS = st.lists(
    st.tuples(
        st.integers(0, 5),
        st.integers(0, 5),
        st.lists(st.sampled_from(["twin", "typo", "nickname"]), max_size=3, unique=True),
    ),
    min_size=1,
    max_size=30,
)


def label(names):
    return "+".join(names) or "none"


@given(RECORDS)
def test_the_figures_are_those_of_the_pairs_with_the_trap(records):
    found, wanted, traps = zip(*records, strict=True)
    figures = evaluate(found, wanted, traps=[label(each) for each in traps]).by_trap
    assert set(figures) == {name for each in traps for name in (each or ["none"])}
    mixed = {c for c in found if len({w for f, w in zip(found, wanted, strict=True) if f == c}) > 1}
    for name, each in figures.items():
        holders = {i for i, held in enumerate(traps) if name in (held or ["none"])}
        pairs = [pair for pair in itertools.combinations(range(len(records)), 2) if holders & set(pair)]
        joined = {(i, j) for i, j in pairs if found[i] == found[j]}
        true = {(i, j) for i, j in pairs if wanted[i] == wanted[j]}
        assert (each.records, each.pairs, each.true_pairs) == (len(holders), len(joined), len(true))
        assert (each.shared_pairs, each.missed, each.false) == (
            len(joined & true),
            len(true - joined),
            len(joined - true),
        )
        assert each.over_merged_records == sum(found[i] in mixed for i in holders)


def test_the_trap_with_most_wrong_pairs_stands_first_and_all_are_shown():
    figures = evaluate([1, 1, 2, 3], [1, 2, 3, 3], traps=["none", "none", "twin+typo", "typo"])
    assert list(figures.by_trap) == ["none", "typo", "twin"]
    lines = str(figures).splitlines()
    assert lines[-2].split() == ["typo", "2", "1.0000", "0.0000", "1", "0", "0"]
    assert json.loads(json.dumps(figures.to_dict()))["by_trap"]["none"]["false"] == 1


def test_without_traps_nothing_is_said_of_them():
    figures = evaluate([1, 1], [1, 1])
    assert figures.by_trap == {}
    assert "by_trap" not in figures.to_dict()
    assert "trap" not in str(figures)


def test_traps_that_do_not_fit_are_refused():
    with pytest.raises(ConfigurationError, match="1 traps for 2 true labels"):
        evaluate([1, 1], [1, 1], traps=["none"])
