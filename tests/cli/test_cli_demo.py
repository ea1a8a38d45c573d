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


@pytest.mark.slow
def test_the_demo_tells_counts_the_portrait_and_where_everything_is(cli, tmp_path):
    done = cli("demo", "--n", 300, "--out", tmp_path / "demo")
    assert done.exit_code == 0, done.output
    for told in ("profiles", "Pedro Navarro", "+34654218907", "interactions:", str(tmp_path / "demo" / "result")):
        assert told in done.stdout
    assert (tmp_path / "demo" / "result" / "run.json").is_file()
