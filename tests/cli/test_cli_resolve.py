"""`retrato resolve`: what it prints, what it refuses, and what it leaves behind."""

import json

import pyarrow.parquet as pq


def counts(text):
    rows = (line.rsplit(maxsplit=1) for line in text.splitlines() if line and line[-1].isdigit())
    return {" ".join(row[0].split()): row[1] for row in rows if len(row) == 2}


def holds_values(text):
    return any(value in text for value in ("Muñoz", "jose@", "600112233", "12345678"))


def test_a_run_prints_counts_notes_and_where_the_result_is(cli, run_options, tmp_path):
    done = cli(*run_options, "--out", tmp_path / "out")
    assert done.exit_code == 0, done.output
    told = counts(done.stdout)
    assert told["rows"] == "7"
    assert told["records"] == "5"
    assert told["profiles"] == "4"
    assert (told["interactions attached"], told["interactions not attached"]) == ("1", "1")
    assert "note: no match model: 5 records are too few to learn from" in done.stdout
    assert f"the result is in {tmp_path / 'out'}" in done.stdout
    assert done.stderr == ""
    assert not holds_values(done.stdout)
    assert (tmp_path / "out" / "assignments.parquet").is_file()


def test_json_is_one_document(cli, run_options, tmp_path):
    done = cli(*run_options, "--out", tmp_path / "out", "--json")
    document = json.loads(done.stdout)
    assert document["out"] == str(tmp_path / "out")
    assert document["summary"]["profiles"] == 4
    assert document["run"] == json.loads((tmp_path / "out" / "run.json").read_text("utf-8"))
    assert done.stderr == ""
    assert not holds_values(done.stdout)


def test_quiet_prints_nothing_and_csv_is_written_beside_parquet(cli, run_options, tmp_path):
    done = cli(*run_options, "--out", tmp_path / "out", "--quiet", "--format", "csv")
    assert (done.exit_code, done.output) == (0, "")
    assert (tmp_path / "out" / "profiles.parquet").is_file()
    assert (tmp_path / "out" / "profiles.csv").read_text("utf-8-sig").count("\n") == 5


def test_a_configuration_file_alone_says_what_to_resolve(cli, exports, tmp_path):
    config = tmp_path / "rules.toml"
    config.write_text(
        f'precision = "high"\n[[source]]\nfile = "{exports}/crm.csv"\nname = "clients"\nregion = "ES"\n', "utf-8"
    )
    done = cli("resolve", "--config", config, "--precision", "0.9", "--out", tmp_path / "out", "--json")
    assert done.exit_code == 0, done.output
    run = json.loads(done.stdout)["run"]
    assert [source["source"] for source in run["counts"]["sources"]] == ["clients"]
    assert run["parameters"]["precision"] == 0.9  # the option comes before the file


def test_a_mapping_reaches_the_run(cli, exports, tmp_path):
    options = ("--map", "crm.category.since=alta", "--map", "crm.ignore=email", "--key", "crm.dni")
    done = cli("resolve", exports / "crm.csv", exports / "web.csv", "--out", tmp_path / "out", "--json", *options)
    assert done.exit_code == 0, done.output
    columns = {each["column"]: each["field"] for each in json.loads(done.stdout)["run"]["mapping"][0]["columns"]}
    assert (columns["alta"], columns["email"], columns["dni"]) == ("category.since", None, "record_key")


def test_a_second_run_with_previous_keeps_the_ids(cli, run_options, result, tmp_path):
    out = tmp_path / "out"
    assert cli(*run_options, "--out", out, "--previous", result).exit_code == 0
    same = [pq.read_table(folder / "assignments.parquet") for folder in (result, out)]
    assert same[0].equals(same[1])
    assert pq.read_table(out / "changes.parquet").num_rows == 0


def test_a_decision_is_held(cli, run_options, tmp_path):
    review = tmp_path / "review.csv"
    review.write_text("source_a,key_a,source_b,key_b,decision\ncrm,2,web,a2,same\ncrm,1,web,a1,different\n", "utf-8")
    assert cli(*run_options, "--out", tmp_path / "out", "--decisions", review).exit_code == 0
    rows = pq.read_table(tmp_path / "out" / "assignments.parquet").to_pylist()
    profile = {(row["source"], row["record_key"]): row["profile_id"] for row in rows}
    assert profile["crm", "2"] == profile["web", "a2"]
    assert profile["crm", "1"] != profile["web", "a1"]


def test_labels_are_counted(cli, run_options, tmp_path):
    labels = tmp_path / "labels.csv"
    labels.write_text("source_a,key_a,source_b,key_b,label\ncrm,1,web,a1,same\ncrm,no,web,a1,same\n", "utf-8")
    assert cli(*run_options, "--out", tmp_path / "out", "--labels", labels).exit_code == 0
    report = json.loads((tmp_path / "out" / "run.json").read_text("utf-8"))
    assert (report["counts"]["labels"]["rows"], report["counts"]["labels"]["unknown"]) == (2, 1)


def test_all_wrong_options_are_told_together(cli, exports, tmp_path):
    (tmp_path / "mine.txt").write_text("not a result")
    done = cli(
        *("resolve", exports / "crm.csv", "--out", tmp_path, "--map", "phone", "--region", "Spain"),
        *("--precision", "perfect", "--threads", "0", "--memory-limit", "lots", "--previous", tmp_path),
        *("--decisions", tmp_path / "no.csv", "--model", tmp_path / "no.json", "--config", tmp_path / "no.toml"),
        *("--labels", tmp_path / "no.csv"),
    )
    assert done.exit_code == 2
    assert done.stdout == ""
    lines = done.stderr.splitlines()
    assert lines[0] == "retrato: 11 problems"
    checked = ("--map", "--region", "--precision", "--threads", "--memory-limit", "--previous", "--decisions")
    for option in (*checked, "--labels"):
        assert any(line.startswith(f"  {option}") for line in lines), option
    assert (tmp_path / "mine.txt").read_text() == "not a result"


def test_a_folder_that_is_no_result_is_refused_before_anything_is_read(cli, tmp_path):
    (tmp_path / "mine.txt").touch()
    done = cli("resolve", tmp_path / "missing.csv", "--out", tmp_path)
    assert done.exit_code == 2
    assert done.stderr.startswith(f"retrato: --out: {tmp_path} holds other files")


def test_a_wrong_mapping_gives_every_problem_with_a_hint(cli, exports, tmp_path):
    options = ("--map", "crm.phone=telephono", "--map", "web.emial=e-mail", "--key", "web.uuid")
    done = cli("resolve", exports / "crm.csv", exports / "web.csv", "--out", tmp_path / "out", *options)
    assert done.exit_code == 2
    assert 'source crm, field phone: no column "telephono"; did you mean "telefono"?' in done.stderr
    assert "source web, field emial: no such field" in done.stderr
    assert 'source web, key: no column "uuid"' in done.stderr
    assert not (tmp_path / "out").exists()


def test_files_that_cannot_be_read_have_an_exit_code_of_their_own(cli, exports, tmp_path):
    (tmp_path / "junk.csv").write_bytes(bytes(range(256)) * 8)
    (tmp_path / "empty.csv").touch()
    for name, said in (("no.csv", "there is no file"), ("empty.csv", "is empty"), ("junk.csv", "source junk")):
        done = cli("resolve", exports / "crm.csv", tmp_path / name, "--out", tmp_path / "out")
        assert (done.exit_code, done.stdout) == (3, ""), done.output
        assert said in done.stderr
    assert not (tmp_path / "out").exists()


def test_a_name_that_is_close_is_suggested(cli, exports, tmp_path):
    done = cli("resolve", exports / "cmr.csv", "--out", tmp_path / "out")
    assert 'did you mean "crm.csv"' in done.stderr
    assert "No such command 'resolv'. Did you mean 'resolve'?" in cli("resolv").stderr


def test_an_output_that_cannot_be_written_is_told_before_the_run(cli, exports, tmp_path):
    (tmp_path / "file").touch()
    done = cli("resolve", exports / "crm.csv", "--out", tmp_path / "file" / "out")
    assert done.exit_code == 1
    assert f"{tmp_path / 'file' / 'out'} cannot be written" in done.stderr
