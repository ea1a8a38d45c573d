"""`retrato demo` and `retrato generate`."""

import json

import pytest


def test_generated_exports_can_be_made_again_and_nothing_else_is_overwritten(cli, tmp_path):
    done = cli("generate", "--n", 200, "--out", tmp_path / "new", "--json")
    document = json.loads(done.stdout)
    assert sum(document["rows"].values()) > 200
    assert (tmp_path / "new" / "truth" / "records.csv").is_file()
    again = cli("generate", "--n", 200, "--out", tmp_path / "new")
    assert again.exit_code == 0
    assert "crm.csv" in again.stdout
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "crm.csv").write_text("mine")
    refused = cli("generate", "--n", 200, "--out", tmp_path / "mine")
    assert refused.exit_code == 2
    assert (tmp_path / "mine" / "crm.csv").read_text() == "mine"
    assert cli("generate", "--n", 5, "--out", tmp_path / "few").exit_code == 2


def test_exports_are_cut_into_batches_that_are_never_mixed_with_others(cli, tmp_path):
    done = cli("generate", "--n", 300, "--out", tmp_path / "new", "--batches", 2, "--json")
    rows = json.loads(done.stdout)["rows"]
    assert {name.partition("/")[0] for name in rows} == {"batch_01", "batch_02"}
    told = (tmp_path / "new" / "truth" / "records.csv").read_text().splitlines()
    assert len(told) == 301
    assert told[0].replace('"', "") == "source,record_key,person_id,household_id,created_at,trap"
    parts = [len((tmp_path / "new" / f"batch_0{i}" / "truth" / "records.csv").read_text().splitlines()) for i in (1, 2)]
    assert sum(parts) == 302
    assert cli("generate", "--n", 300, "--out", tmp_path / "new", "--batches", 2).exit_code == 0
    assert cli("generate", "--n", 300, "--out", tmp_path / "new").exit_code == 2
    assert cli("generate", "--n", 300, "--out", tmp_path / "whole").exit_code == 0
    assert cli("generate", "--n", 300, "--out", tmp_path / "whole", "--batches", 2).exit_code == 2
    assert cli("generate", "--n", 300, "--out", tmp_path / "none", "--batches", 0).exit_code == 2


@pytest.mark.slow
def test_the_demo_tells_counts_the_portrait_and_where_everything_is(cli, tmp_path):
    done = cli("demo", "--n", 300, "--out", tmp_path / "demo")
    assert done.exit_code == 0, done.output
    for told in ("profiles", "Pedro Navarro", "+34654218907", "interactions:", str(tmp_path / "demo" / "result")):
        assert told in done.stdout
    assert (tmp_path / "demo" / "result" / "run.json").is_file()
