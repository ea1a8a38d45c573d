"""The commands that ask a result or a file: find, profile, explain, evaluate, inspect."""

import json

import pytest


def found(done):
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)["found"]


@pytest.fixture
def jose(cli, result):
    return found(cli("find", result, "--national-id", "12345678Z", "--json"))[0]["profile_id"]


@pytest.mark.parametrize("text", ["600 11 22 33", "+34600112233", "jose@example.com", "12345678-Z", "José Muñoz"])
def test_a_bare_text_is_tried_as_all_that_it_can_be_read_as(cli, result, jose, text):
    best = found(cli("find", result, text, "--json"))[0]
    assert best["profile_id"] == jose
    assert best["reasons"]


def test_options_are_taken_together(cli, result, jose):
    assert (
        found(cli("find", result, "--name", "Jose Munoz", "--email", "jose@example.com", "--json"))[0]["profile_id"]
        == jose
    )
    assert len(found(cli("find", result, "José", "--limit", "1", "--json"))) == 1


def test_the_list_tells_place_name_and_reasons(cli, result, jose):
    done = cli("find", result, "--phone", "600112233")
    assert done.stdout.splitlines()[0].split() == ["profile", "name", "agreeing", "probability", "reasons"]
    assert jose in done.stdout
    assert "phone: equal" in done.stdout


def test_without_a_model_the_list_counts_what_agrees_and_tells_no_probability(cli, result, jose):
    (best, *_) = found(cli("find", result, "--phone", "600112233", "--json"))
    assert (best["score"], best["probability"]) == (1.0, None)
    line = next(each for each in cli("find", result, "--phone", "600112233").stdout.splitlines() if jose in each)
    assert line.split()[-5:-2] == ["1", "phone:", "equal,"]


def test_a_record_key_is_found_as_text_and_as_option(cli, result, jose):
    for arguments in (("a1",), ("--record-key", "a1")):
        best = found(cli("find", result, *arguments, "--json"))[0]
        assert (best["profile_id"], best["reasons"][0]) == (jose, "record key of web")
    line = cli("find", result, "--record-key", "a1").stdout.splitlines()[1]
    assert line.split()[-5:] == ["García", "record", "key", "of", "web"]


def test_nobody_found_is_no_error(cli, result):
    done = cli("find", result, "nobody@example.org")
    assert (done.exit_code, done.stdout) == (0, "nobody fits\n")


def test_find_needs_one_thing_that_is_known(cli, result):
    for arguments in ((), ("José", "--phone", "600112233")):
        done = cli("find", result, *arguments)
        assert done.exit_code == 2
        assert "either TEXT or options" in done.stderr


def test_a_portrait_has_values_and_the_timeline(cli, result, jose):
    text = cli("profile", result, jose).stdout
    assert "Muñoz García" in text
    assert "2024-05-02 09:30" in text
    assert cli("profile", result, "web:a1").stdout == text


def test_a_portrait_as_json_has_the_provenance(cli, result, jose):
    document = json.loads(cli("profile", result, jose, "--json").stdout)
    assert document["profile_id"] == jose
    assert document["golden"]["email"] == "jose@example.com"
    assert {value["source"] for value in document["values"]} == {"crm", "web"}
    assert [each["agent"] for each in document["timeline"] if each["kind"] == "call"] == ["Eva"]


def test_an_explanation_takes_records_and_profiles(cli, result, jose):
    text = cli("explain", result, "crm:1", "web:a1").stdout
    assert text.startswith("crm:1 and web:a1: one person")
    other = cli("explain", result, jose, "crm:2")
    assert other.exit_code == 0, other.output
    assert "two people" in other.stdout
    assert json.loads(cli("explain", result, "crm:1", "web:a1", "--json").stdout)["together"] is True


@pytest.mark.parametrize(
    "arguments",
    [("profile", "nobody"), ("profile", "crm:99"), ("profile", "shop:1"), ("explain", "crm:1", "crm:99")],
)
def test_who_is_not_there_is_said(cli, result, arguments):
    command, *who = arguments
    done = cli(command, result, *who)
    assert (done.exit_code, done.stdout) == (2, "")
    assert done.stderr.startswith("retrato: ")


@pytest.mark.parametrize("command", [("find", "x"), ("profile", "x"), ("explain", "x", "y")])
def test_a_folder_without_a_result_is_refused(cli, tmp_path, command):
    name, *rest = command
    done = cli(name, tmp_path, *rest)
    assert done.exit_code == 2
    assert "is not a complete result" in done.stderr


def test_figures_against_the_truth(cli, result, exports):
    assert "pairwise" in cli("evaluate", result, "--truth", exports / "truth.csv").stdout
    figures = json.loads(cli("evaluate", result, "--truth", exports / "truth.csv", "--json").stdout)
    assert figures["pairwise"]["f1"] == 1.0
    assert cli("evaluate", result, "--truth", exports / "no.csv").exit_code == 3


def test_inspect_tells_what_columns_are_taken_for_and_masks_values(cli, exports):
    done = cli("inspect", exports / "crm.csv", exports / "calls.csv", "--region", "ES")
    assert done.exit_code == 0, done.output
    lines = [line.split() for line in done.stdout.splitlines()]
    assert ["telefono", "phone"] in [line[:2] for line in lines]
    assert "crm: records" in done.stdout
    assert "calls: events" in done.stdout
    assert "600112233" not in done.stdout
    assert "Eva" not in done.stdout
    assert "Eva ×2" in cli("inspect", exports / "calls.csv", "--show-values").stdout


def test_inspect_takes_a_mapping_and_gives_json(cli, exports):
    done = cli("inspect", exports / "crm.csv", "--map", "crm.category.since=alta", "--json")
    (source,) = json.loads(done.stdout)["sources"]
    assert {each["column"]: each["field"] for each in source["columns"]}["alta"] == "category.since"
    assert cli("inspect", exports / "crm.csv", "--map", "phone=no").exit_code == 2
    assert cli("inspect", exports / "no.csv").exit_code == 3


def test_inspect_calls_nothing_valid_that_cannot_be_checked(cli, exports):
    done = cli("inspect", exports / "crm.csv", "--map", "account_id=dni")
    (line,) = [line.split() for line in done.stdout.splitlines() if line.startswith("dni ")]
    assert line[:6] == ["dni", "account_id", "100%", "100%", "3", "-"]


def test_quality_tells_counts_and_formats_and_masks_examples(cli, exports):
    done = cli("quality", exports / "crm.csv", exports / "calls.csv", "--region", "ES")
    assert done.exit_code == 0, done.output
    assert "crm: 3 rows" in done.stdout
    assert "999 99 99 99 100%" in done.stdout
    assert "jose@example.com" not in done.stdout
    assert "600 11 22 33" not in done.stdout
    shown = cli("quality", exports / "crm.csv", "--show-values").stdout
    assert "@example.com" in shown


def test_quality_gives_json_and_takes_mappings_and_bad_input(cli, exports, result):
    done = cli("quality", exports / "crm.csv", "--region", "ES", "--json")
    found = {each["field"]: each for each in json.loads(done.stdout)["quality"]}
    assert (found["phone"]["filled"], found["phone"]["valid"]) == (3, 1.0)
    assert found["phone"]["formats"][0]["format"] == "999 99 99 99"
    mapped = cli("quality", exports / "crm.csv", "--map", "category.since=alta", "--json")
    assert "since" in {each["field"] for each in json.loads(mapped.stdout)["quality"]}
    assert cli("quality", exports / "crm.csv", "--map", "phone=no").exit_code == 2
    assert cli("quality").exit_code == 2
    assert cli("quality", exports / "no.csv").exit_code == 3


def test_a_type_of_ones_own_is_used_by_every_command(cli, tmp_path):
    (tmp_path / "garage.csv").write_text("id,nombre,matricula\n1,Ana,1234 BBC\n2,Eva,9012-JKL\n", encoding="utf-8")
    rules = tmp_path / "rules.toml"
    rules.write_text('identifier_types = ["vehicle_plates:VehiclePlate"]\n', encoding="utf-8")
    source = (tmp_path / "garage.csv", "--config", rules)
    assert "vehicle_plate" in cli("inspect", *source).stdout
    assert "9999 AAA 50%" in cli("quality", *source).stdout
    assert cli("resolve", *source, "--out", tmp_path / "out").exit_code == 0
    assert "vehicle_plate: equal" in cli("find", tmp_path / "out", "--field", "vehicle_plate=1234bbc").stdout
    assert "vehicle_plate: equal" in cli("find", tmp_path / "out", "1234-BBC").stdout


def test_a_type_that_is_not_there_is_told_with_all_other_problems(cli, exports, tmp_path):
    rules = tmp_path / "rules.toml"
    rules.write_text(
        'precision = "x"\nidentifier_types = ["nowhere:Plate", "retrato.errors:Plate"]\n', encoding="utf-8"
    )
    done = cli("inspect", exports / "crm.csv", "--config", rules)
    assert done.exit_code == 2
    assert "3 problems" in done.stderr
    assert "there is no module nowhere" in done.stderr


def test_a_field_without_a_text_is_refused(cli, result):
    done = cli("find", result, "--field", "phone")
    assert done.exit_code == 2
    assert "--field phone: is no FIELD=TEXT" in done.stderr
