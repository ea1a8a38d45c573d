"""The match model: exact weights, the same in every engine, and readable files."""

from __future__ import annotations

import json

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrato.engines.compile.comparisons import level_column
from retrato.engines.compile.scoring import scores
from retrato.engines.compile.scoring import softplus as softplus_node
from retrato.engines.compile.template import tree
from retrato.engines.duckdb import DuckDBEngine
from retrato.errors import ModelError
from retrato.identifiers.base import Feature, Scope
from retrato.matching.comparisons import comparisons_for
from retrato.matching.model import BIT, FeatureWeights, FellegiSunter, softplus
from retrato.matching.rules import Agreement, Condition, Decision, MatchRule

FEATURES = (
    Feature("given_name", Scope.PERSON, "given_name", ("given_name",)),
    Feature("sex", Scope.PERSON, "category", ("sex",)),
)
COMPARISONS = comparisons_for(FEATURES)


def shares(size: int, first: float) -> tuple[float, ...]:
    rest = (1 - first) / (size - 1)
    return (first, *(rest for _ in range(size - 1)))


def model() -> FellegiSunter:
    features = tuple(
        FeatureWeights(
            each.feature,
            each.level_names,
            same=shares(len(each.level_names), 0.9),
            household=shares(len(each.level_names), 0.3),
            unrelated=shares(len(each.level_names), 0.01),
        )
        for each in COMPARISONS
    )
    return FellegiSunter(features, 1e-4, 2e-4, {"given_name": {"00ff": 3, "0aff": 1}}, {"records": 7})


def test_a_model_reads_back_as_it_was_written(tmp_path) -> None:
    model().save(tmp_path / "model.json")
    assert FellegiSunter.load(tmp_path / "model.json") == model()


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"format": 99}', "\x00"])
def test_what_is_no_model_is_refused(tmp_path, text: str) -> None:
    (tmp_path / "model.json").write_text(text)
    with pytest.raises(ModelError):
        FellegiSunter.load(tmp_path / "model.json")


def test_a_model_of_other_fields_is_refused() -> None:
    other = comparisons_for((*FEATURES, Feature("tier", Scope.SHARED, "category", ("tier",))))
    with pytest.raises(ModelError, match="tier"):
        model().check(other)


def test_a_person_can_read_the_weights() -> None:
    data = json.loads(json.dumps(model().to_dict()))
    assert data["features"][1]["levels"][0] == {
        "level": "equal, held by 2",
        "same": 0.9,
        "household": 0.3,
        "unrelated": 0.01,
        "bits": pytest.approx(6.4922, abs=1e-3),
    }


@given(st.integers(-60 * BIT, 60 * BIT))
def test_softplus_is_monotone_and_close_to_the_formula(weight: int) -> None:
    assert softplus(weight) <= softplus(weight + 1)
    assert softplus(weight) - softplus(-weight) == pytest.approx(weight, abs=1)


def test_the_engine_gives_the_weights_of_the_description() -> None:
    levels = [
        (given_name, sex)
        for given_name in range(-1, len(COMPARISONS[0].level_names))
        for sex in range(-1, len(COMPARISONS[1].level_names))
    ]
    table = pa.table(
        {
            "a": list(range(len(levels))),
            "b": list(range(len(levels))),
            level_column(COMPARISONS[0]): pa.array([each[0] for each in levels], pa.int8()),
            level_column(COMPARISONS[1]): pa.array([each[1] for each in levels], pa.int8()),
        }
    )
    rules = (
        MatchRule("apart", Decision.DIFFERENT, (Condition("sex", Agreement.DIFFERENT),)),
        MatchRule("unknown", Decision.SAME, (Condition("phone", Agreement.EQUAL),)),
        MatchRule(
            "initial", Decision.SAME, (Condition("given_name", Agreement.SIMILAR), Condition("sex", Agreement.MISSING))
        ),
    )
    with DuckDBEngine(threads=1) as engine:
        engine.load("compared", table)
        query = scores(tree("SELECT * FROM compared"), COMPARISONS, model=model(), rules=rules)
        found = sorted(engine.fetch(query).to_pylist(), key=lambda row: row["a"])
    for (given_name, sex), row in zip(levels, found, strict=True):
        named = {"given_name": given_name, "sex": sex}
        assert (row["weight"], row["household"]) == model().weights(named)
        firing = [number for number, rule in enumerate(rules) if rule.applies(named, COMPARISONS)]
        assert row["rule"] == (firing[0] if firing else None)


def test_softplus_is_the_same_in_the_engine() -> None:
    weights = list(range(-40 * BIT, 40 * BIT, 37))
    with DuckDBEngine(threads=1) as engine:
        engine.load("w", pa.table({"w": pa.array(weights, pa.int32())}))
        query = tree("SELECT CAST(:v AS INTEGER) AS s FROM w ORDER BY w", v=softplus_node(tree("w")))
        assert engine.fetch(query).column("s").to_pylist() == [softplus(weight) for weight in weights]
