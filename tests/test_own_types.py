"""Identifier types that are not of the package: named in rules, recognised, matched, found, and loaded again."""

import sys

import pandas as pd
import pytest

import retrato
from retrato import ConfigurationError, Resolution, Ruleset, Source, resolve
from retrato.identifiers.base import IdentifierType
from retrato.identifiers.email import Email
from retrato.own_types import own_types, reference
from vehicle_plates import ANDORRAN, VehiclePlate

NAME = "vehicle_plates:VehiclePlate"
RULE = {
    "name": "plate_and_name",
    "decision": "same",
    "when": [
        {"feature": "vehicle_plate", "agreement": "equal"},
        {"feature": "given_name", "agreement": "similar"},
    ],
}
GARAGE = pd.DataFrame(
    {
        "id": ["1", "2", "3"],
        "first name": ["Ana", "Luis", "Eva"],
        "Matrícula": ["1234 BBC", "5678-FGH", "9012 JKL"],
    }
)
FLEET = pd.DataFrame({"uid": ["a", "b"], "first name": ["ANA", "Olga"], "v1": ["1234bbc", "2222DDD"]})


def problems(given):
    with pytest.raises(ConfigurationError) as error:
        own_types(given)
    return [str(each) for each in error.value.problems]


def test_a_type_is_given_as_an_object_a_class_or_a_name():
    assert own_types([NAME]) == own_types([VehiclePlate]) == own_types([VehiclePlate()]) == (VehiclePlate(),)
    assert own_types(["vehicle_plates:ANDORRAN"]) == (VehiclePlate(country="AD"),)


def test_a_type_is_named_so_that_it_can_be_read_again():
    assert reference(VehiclePlate()) == NAME
    assert reference(ANDORRAN) == "vehicle_plates:ANDORRAN"
    assert own_types([reference(ANDORRAN)]) == (ANDORRAN,)


def test_what_is_no_type_is_told_with_a_hint_and_all_at_once():
    found = problems(["plates", "no_such_module:Plate", "vehicle_plates:Plates", "vehicle_plates:PLATE", 3, Ruleset])
    assert [text.partition(":")[0] for text in found] == [f"identifier_types {number}" for number in range(6)]
    assert found[0] == 'identifier_types 0: "plates" names no type; write "package.module:Name"'
    assert "there is no module no_such_module; install it" in found[1]
    assert found[2] == 'identifier_types 2: vehicle_plates has no "Plates"; it has ANDORRAN, VehiclePlate'
    assert '"vehicle_plates:PLATE" is no identifier type; derive it from' in found[3]
    assert "this int is no identifier type" in found[4]
    assert "this type is no identifier type" in found[5]


def test_a_module_that_breaks_or_needs_another_is_told(tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(tmp_path)
    (tmp_path / "broken_types.py").write_text("1 / 0\n")
    (tmp_path / "needy_types.py").write_text("import no_such_library\n")
    found = problems(["broken_types:Plate", "needy_types:Plate"])
    assert "module broken_types cannot be imported: ZeroDivisionError" in found[0]
    assert "module needy_types needs no_such_library; install that" in found[1]


def test_a_module_of_the_current_folder_is_found(tmp_path, monkeypatch):
    monkeypatch.setattr("sys.path", [*sys.path])
    monkeypatch.chdir(tmp_path)
    (tmp_path / "plates_here.py").write_text("from vehicle_plates import VehiclePlate as Plate\n")
    assert own_types(["plates_here:Plate"]) == (VehiclePlate(),)


def test_a_class_that_cannot_be_made_is_told():
    class Unfinished(IdentifierType):
        kind = "unfinished"

    assert "Unfinished cannot be made" in problems([Unfinished])[0]


def test_what_is_taken_is_told():
    class Clone(Email):
        kind = "clone"

    found = problems([Email, Clone, VehiclePlate, VehiclePlate(country="AD")])
    assert 'identifier_types 0: the kind "email" is taken by a type of retrato; call it otherwise' in found
    assert 'identifier_types 1: the field "email" is taken by a type of retrato; call it otherwise' in found
    assert 'identifier_types 1: the feature "email" is taken by a type of retrato; call it otherwise' in found
    assert 'identifier_types 3: the kind "vehicle_plate" is taken by VehiclePlate; call it otherwise' in found


def test_an_object_that_nothing_could_name_later_is_told():
    (found,) = problems([VehiclePlate(country="PT")])
    assert "this VehiclePlate is configured, and nothing could name it later; give an instance of it a name" in found


def test_problems_of_types_come_with_those_of_the_other_rules():
    with pytest.raises(ConfigurationError) as error:
        Ruleset.from_dict({"precision": "x", "identifier_types": ["plates"]})
    assert [each.where for each in error.value.problems] == ["precision", "identifier_types 0"]


def test_a_ruleset_is_saved_and_read_with_its_types(tmp_path):
    rules = Ruleset(identifier_types=(VehiclePlate,))
    rules.save(tmp_path / "rules.toml")
    assert f'"{NAME}"' in (tmp_path / "rules.toml").read_text()
    assert Ruleset.load(tmp_path / "rules.toml") == rules
    assert Ruleset.from_dict(rules.to_dict()) == rules


@pytest.fixture(scope="module")
def resolution():
    rules = Ruleset.from_dict({"identifier_types": [NAME], "match_rules": [RULE]})
    return resolve([Source("garage", GARAGE, key="id"), Source("fleet", FLEET, key="uid")], ruleset=rules)


def test_columns_of_the_type_are_recognised_by_header_and_by_values(resolution):
    fields = {
        column["column"]: column["field"] for source in resolution.report["mapping"] for column in source["columns"]
    }
    assert fields["Matrícula"] == fields["v1"] == "vehicle_plate"
    inspection = retrato.inspect(Source("fleet", FLEET), ruleset=resolution.ruleset)
    found = {each.column: each for each in inspection.sources[0].columns}
    assert (found["v1"].field, found["v1"].valid) == ("vehicle_plate", 1.0)
    assert retrato.inspect(Source("fleet", FLEET)).sources[0].columns[2].field is None


def test_records_are_matched_by_the_type_and_the_profile_shows_it(resolution):
    assert resolution.profiles.num_rows == 4
    (ana,) = [row for row in resolution.profiles.to_pylist() if row["records"] == 2]
    assert ana["vehicle_plate"] == "1234 BBC"
    assert "1234 BBC" in resolution.profile(ana["profile_id"]).text()
    assert any(each["rule"] == "vehicle_plate" for each in resolution.report["counts"]["blocking"])


def test_the_quality_of_the_field_is_told(resolution):
    rows = {row["source"]: row for row in resolution.quality.to_pylist() if row["field"] == "vehicle_plate"}
    assert {name: (row["filled"], row["valid"]) for name, row in rows.items()} == {
        "garage": (3, 1.0),
        "fleet": (2, 1.0),
    }


def test_a_saved_result_is_asked_by_the_type(resolution, tmp_path):
    loaded = Resolution.load(resolution.save(tmp_path / "out"))
    assert loaded.ruleset.own_types == (VehiclePlate(),)
    (ana,) = [row["profile_id"] for row in loaded.profiles.to_pylist() if row["records"] == 2]
    for found in (loaded.find(vehicle_plate="1234-BBC"), loaded.find("1234-bbc")):
        assert found[0].profile_id == ana
        assert any(reason.startswith("vehicle_plate: equal") for reason in found[0].reasons)
    with pytest.raises(ConfigurationError, match="vehicle_plate"):
        loaded.find(plate="1234-BBC")
    assert "vehicle_plate" in str(loaded.explain(("garage", "1"), ("fleet", "a")))


def test_a_field_of_the_type_can_be_mapped(resolution):
    odd = Source("odd", pd.DataFrame({"id": ["1", "2"], "x": ["no", "maybe"]}), mapping={"vehicle_plate": "x"})
    found = retrato.inspect(odd, ruleset=resolution.ruleset).sources[0].columns[1]
    assert (found.field, found.invalid) == ("vehicle_plate", 1.0)
    with pytest.raises(ConfigurationError, match="no such field"):
        retrato.inspect(odd)
