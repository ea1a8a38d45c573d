"""Finding people by what is known: record keys, bare texts, and results without a model."""

import pytest

from retrato import ConfigurationError
from retrato.engines.duckdb import DuckDBEngine


def test_a_record_key_finds_the_profile_of_its_record(by_rules):
    (crm, web) = by_rules.find(record_key="17")
    assert (crm.source, crm.reasons, crm.score, crm.probability) == ("crm", ("record key of crm",), None, None)
    assert (web.source, web.name) == ("web", "Olga Paz")
    assert by_rules.find(record_key="nobody") == []


def test_a_record_key_comes_first_whatever_else_fits(by_rules):
    found = by_rules.find(record_key="20", email="ana@ruiz.es")
    assert [each.name for each in found] == ["Marta Gil", "Ana Ruiz"]
    both = by_rules.find(record_key="a1", email="ana@ruiz.es")
    assert both[0].reasons[0] == "record key of web"
    assert any(reason.startswith("email: equal") for reason in both[0].reasons)
    assert both[0].score == 1


def test_a_text_that_is_a_record_key_finds_that_record_first(by_rules):
    assert by_rules.find(" a2 ")[0].reasons[0] == "record key of web"


def test_without_a_model_the_score_counts_what_agrees(by_rules):
    (best, *_) = by_rules.find(given_name="Ana", email="ana@ruiz.es", phone="600 111 222")
    assert (best.name, best.score, best.probability) == ("Ana Ruiz", 3.0, None)


@pytest.mark.parametrize("text", ["ana@ruiz.es", "600 111 222", "Ruiz, Ana"])
def test_a_text_is_tried_as_all_that_it_can_be_read_as(by_rules, text):
    assert by_rules.find(text)[0].name == "Ana Ruiz"


def test_one_question_opens_one_engine(by_rules, monkeypatch):
    opened = []
    original = DuckDBEngine._open
    monkeypatch.setattr(DuckDBEngine, "_open", lambda self: opened.append(self) or original(self))
    by_rules.find("Ana Ruiz")
    assert len(opened) == 1


def test_what_cannot_be_asked_is_said(by_rules):
    with pytest.raises(ConfigurationError, match="either a text alone, or fields"):
        by_rules.find()
    with pytest.raises(ConfigurationError, match="either a text alone, or fields"):
        by_rules.find("Ana", email="ana@ruiz.es")
    with pytest.raises(ConfigurationError) as error:
        by_rules.find(fone="600111222", mail="x")
    assert [each.where for each in error.value.problems] == ["find, fone", "find, mail"]
    assert "record_key" in error.value.problems[0].hint


def test_an_address_made_of_a_name_finds_who_has_the_name(fitted):
    rows = fitted.tables["features"].to_pylist()
    named = [row for row in rows if row["given_letters"] and row["family_letters"]]
    row = min(named, key=lambda row: (row["family_letters_band"], row["given_letters_band"], row["record"]))
    (best, *_) = fitted.find(email=f"{row['given_letters']}.{row['family_letters']}@nowhere.example")
    assert best.record_key == row["record_key"]
    assert [reason.partition(":")[0] for reason in best.reasons] == ["given_name_in_account", "family_name_in_account"]


def test_a_name_finds_an_account_made_of_it(fitted):
    nameless = [row for row in fitted.tables["features"].to_pylist() if row["accounts"] and not row["given_name"]]
    asked = {
        row["record_key"]: row["account_names"][0] for row in nameless if "antonioferreyra" in row["account_names"]
    }
    assert asked
    found = fitted.find(name="Antonio Ferreyra", limit=1000)
    assert {each.profile_id for each in found} >= {
        row["profile_id"] for row in fitted.assignments.to_pylist() if row["record_key"] in asked
    }
