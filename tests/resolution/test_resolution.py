"""What a result gives and refuses."""

import pandas as pd
import pytest

from retrato import ConfigurationError, DuckDBEngine, resolve
from retrato.engines.compile.template import tree


def test_a_portrait_shows_the_household_and_its_other_members(fitted):
    row = fitted.households.to_pylist()[0]
    others = [
        each
        for each in fitted.households.to_pylist()
        if each["household_id"] == row["household_id"] and each["profile_id"] != row["profile_id"]
    ]
    profile = fitted.profile(row["profile_id"])
    assert profile.household_id == row["household_id"]
    assert [(each.profile_id, each.name) for each in profile.household] == [
        (each["profile_id"], each["name"]) for each in others
    ]
    names = ", ".join(each["name"] or each["profile_id"] for each in others)
    assert f"{profile.household_id} with {names}\n" in str(profile)


def test_whoever_shares_no_household_has_none(by_rules):
    alone = by_rules.profile(by_rules.find(record_key="20")[0].profile_id)
    assert (alone.household_id, alone.household) == (None, ())
    assert "household" not in str(alone)


@pytest.mark.parametrize("given", [pd.DataFrame({"id": ["1"]}), "crm.csv", ["crm.csv"], [pd.DataFrame({"id": ["1"]})]])
def test_what_is_no_source_is_named_with_what_to_do(given):
    with pytest.raises(ConfigurationError, match=r"sources: .* where a Source was expected; .*Source\("):
        resolve(given)


def test_an_unknown_format_is_refused_and_nothing_is_written(by_rules, tmp_path):
    with pytest.raises(ConfigurationError, match="parquet, csv, xlsx"):
        by_rules.save(tmp_path / "out", "nonsense")
    assert not (tmp_path / "out").exists()
    with pytest.raises(ConfigurationError, match="arrow, pandas, polars"):
        by_rules.table("profiles", "nonsense")


def test_an_engine_that_is_given_stays_open_and_keeps_nothing_of_the_run(sources, by_rules):
    with DuckDBEngine(threads=1) as engine:
        engine.create("mine", tree("SELECT 1 AS x"))
        found = resolve(sources, engine=engine)
        assert engine.tables() == ["mine"]
        assert engine.fetch(tree("SELECT * FROM mine")).to_pylist() == [{"x": 1}]
        again = resolve(sources, engine=engine)
        assert found.assignments == again.assignments == by_rules.assignments
        with pytest.raises(ConfigurationError):
            resolve([], engine=engine)
        assert engine.tables() == ["mine"]


def test_a_table_of_the_caller_stays_whatever_it_is_called(sources):
    with DuckDBEngine(threads=1) as engine:
        engine.create("keys_to_the_house", tree("SELECT 1 AS x"))
        resolve(sources, engine=engine)
        assert engine.tables() == ["keys_to_the_house"]


def test_an_open_engine_can_write_a_result_and_keeps_nothing_of_it(sources, by_rules, tmp_path):
    with DuckDBEngine(threads=1) as engine:
        engine.create("mine", tree("SELECT 1 AS x"))
        found = resolve(sources, engine=engine, out=tmp_path / "out")
        assert engine.tables() == ["mine"]
    assert found.assignments == by_rules.assignments
    assert found.report["resumed_after"] is None
    assert [each.name for each in tmp_path.iterdir()] == ["out"]
