"""Limits, blocked values and values that never link, end to end on a handful of records that rules join."""

from __future__ import annotations

import random

import pandas as pd
import pyarrow as pa
import pytest

from retrato import ConfigurationError, Resolution, Ruleset, Source, resolve
from retrato.datasets import omnichannel

ONE_DOCUMENT = {"limits": [{"kind": "national_id", "at_most": 1}]}
CRM = pd.DataFrame(
    {
        "id": ["1", "2", "3", "4"],
        "first name": ["Ana", "Ana", "Ana", "Luis"],
        "last name": ["Ruiz", "Ruiz", "Ruiz", "Gil"],
        "email": ["ana@ruiz.es", "ana@ruiz.es", "ana@ruiz.es", "luis@gil.es"],
        "dni": ["12345678Z", "87654321X", "12345678Z", "33445566R"],
        "phone": ["600111222", "600111333", "600111444", "600111555"],
        "level": ["gold", "tin", "gold", "tin"],
        "updated at": ["2020-01-01", "2020-08-01", "2023-01-01", "2023-01-01"],
    }
)


def crm(table: pd.DataFrame = CRM, *, unique: bool = False) -> Source:
    return Source("crm", table, key="id", region="ES", unique=unique, mapping={"category.level": "level"})


def people(resolution: Resolution) -> list[list[str]]:
    groups: dict[str, list[str]] = {}
    for row in resolution.assignments.to_pylist():
        groups.setdefault(row["profile_id"], []).append(row["record_key"])
    return sorted(groups.values())


def decisions(*pairs: tuple[str, str, str]) -> pa.Table:
    names = ("source_a", "key_a", "source_b", "key_b", "decision")
    return pa.Table.from_pylist([dict(zip(names, ("crm", a, "crm", b, what), strict=True)) for a, b, what in pairs])


@pytest.fixture(scope="module")
def one_document() -> Resolution:
    return resolve(crm(), ruleset=Ruleset.from_dict(ONE_DOCUMENT))


def test_a_limit_is_hard(one_document) -> None:
    assert people(resolve(crm())) == [["1", "2", "3"], ["4"]]  # the mailbox and the name would do
    assert people(one_document) == [["1", "3"], ["2"], ["4"]]


def test_whom_a_limit_keeps_apart_is_put_up_for_review(one_document) -> None:
    held = [row for row in one_document.review.to_pylist() if row["held_apart_by"]]
    reason = "limit: at most 1 national_id of es_dni"
    assert [(row["key_a"], row["key_b"], row["held_apart_by"]) for row in held] == [("1", "2", reason)]
    assert one_document.report["counts"]["held_apart"] == 1
    assert any(f"{reason}: keeps 1 couples of profiles apart" in note for note in one_document.report["notes"])


def test_an_explanation_tells_the_limit(one_document) -> None:
    told = one_document.explain(("crm", "1"), ("crm", "2"))
    assert told.held_apart_by == "limit: at most 1 national_id of es_dni"
    assert "the evidence would join them, but limit: at most 1 national_id of es_dni" in str(told)
    assert one_document.explain(("crm", "1"), ("crm", "4")).held_apart_by is None


def test_only_valid_values_and_dated_ones_count() -> None:
    table = CRM.drop(columns="updated at").assign(dni=["12345678Z, 87654321X", "87654321X", "87654312X", "33445566R"])
    limits = [*ONE_DOCUMENT["limits"], {"kind": "phone", "at_most": 1, "within_months": 12}]
    found = resolve(crm(table), ruleset=Ruleset.from_dict({"limits": limits}))
    # 1 has two documents and stays alone; the document of 3 fails its check: a slip of 2's
    assert people(found) == [["1"], ["2", "3"], ["4"]]
    assert any("national_id: 1 records break it by themselves" in note for note in found.report["notes"])
    assert any("within 12 months: 4 values of records without a date" in note for note in found.report["notes"])


def test_a_window_and_a_plain_attribute() -> None:
    rules = {"limits": [{"kind": "phone", "at_most": 1, "within_months": 12}]}
    assert people(resolve(crm(), ruleset=Ruleset.from_dict(rules))) == [["1", "3"], ["2"], ["4"]]
    rules = {
        "limits": [
            {"kind": "phone", "at_most": 1, "within_months": 6},
            {"kind": "category.level", "at_most": 1},
            {"kind": "category.other", "at_most": 1},
            {"kind": "national_id.mx_curp", "at_most": 1},
        ]
    }
    found = resolve(crm(), ruleset=Ruleset.from_dict(rules))
    assert set(found.review["held_apart_by"].drop_null().to_pylist()) == {"limit: at most 1 category.level"}
    assert people(found) == [["1", "3"], ["2"], ["4"]]


def test_decisions_and_limits_hold_together() -> None:
    decided = decisions(("1", "3", "different"), ("2", "4", "same"))
    found = resolve(crm(), ruleset=Ruleset.from_dict(ONE_DOCUMENT), decisions=decided)
    assert people(found) == [["1"], ["2"], ["3"], ["4"]]
    row = next(row for row in found.review.to_pylist() if (row["key_a"], row["key_b"]) == ("2", "4"))
    assert row["held_apart_by"] == "limit: at most 1 national_id of es_dni"


def test_a_source_without_duplicates_holds_everybody_once() -> None:
    web = pd.DataFrame({"id": ["a"], "first name": ["Ana"], "last name": ["Ruiz"], "email": ["ana@ruiz.es"]})
    found = resolve([crm(unique=True), Source("web", web, key="id")])
    assert sorted(len(each) for each in people(found)) == [1, 1, 1, 2]
    assert all(sum(key != "a" for key in each) <= 1 for each in people(found))
    reasons = set(found.review["held_apart_by"].drop_null().to_pylist())
    assert reasons == {"source crm holds a person once"}
    assert "source crm holds a person once" in str(found.explain(("crm", "1"), ("crm", "2")))
    assert len(found.find(email="ana@ruiz.es")) == 3


def test_a_blocked_value_is_a_placeholder_and_a_quiet_one_stays_a_value() -> None:
    calls = pd.DataFrame(
        {"call id": ["c1", "c2"], "event time": ["2024-05-01 10:00"] * 2, "phone": ["600111555", "600111444"]}
    )
    rules = {
        "blocked": [{"kind": "email", "values": ["ANA@ruiz.es"]}, {"kind": "phone", "values": ["+34 600 111 555"]}],
        "never_links": [{"kind": "phone", "values": ["600 111 444"]}, {"kind": "email", "domains": ["Gil.es"]}],
        "limits": [{"kind": "email", "at_most": 1}],
    }
    log = Source("calls", calls, kind="events", region="ES")
    found = resolve([crm(), log], ruleset=Ruleset.from_dict(rules))
    assert people(found) == [["1", "3"], ["2"], ["4"]]  # the document still joins
    mails = [row for row in found.values.to_pylist() if row["value"] == "ana@ruiz.es"]
    assert {(row["status"], row["golden"]) for row in mails} == {("placeholder", False)}
    luis = next(row for row in found.profiles.to_pylist() if row["name"] == "Luis Gil")
    assert (luis["emails"], luis["phones"]) == (["luis@gil.es"], [])
    assert {row["profile_id"] for row in found.timeline.to_pylist() if row["source"] == "calls"} == {None}
    point = next(row for row in found.contact_points.to_pylist() if row["value"] == "ana@ruiz.es")
    assert (point["class"], point["profile_id"]) == ("placeholder", None)
    assert point["reason"] == "the rules say that it is nobody's own"
    assert any("email: the rules say that the value is nobody's own (1" in note for note in found.report["notes"])


def test_order_of_rows_columns_and_sources_changes_nothing() -> None:
    rules = Ruleset.from_dict(
        {"limits": [*ONE_DOCUMENT["limits"], {"kind": "phone", "at_most": 2, "within_months": 24}]}
    )
    tables = dict(omnichannel(300, seed=8, events=False).records)
    keys = {name: table.column_names[0] for name, table in tables.items()}
    times = {"whatsapp": {"created_at": "first_message_at", "updated_at": "last_message_at"}}

    def source(name: str, table: pa.Table) -> Source:
        return Source(name, table, key=keys[name], region="ES", mapping=times.get(name, {}))

    first = resolve([source(name, table) for name, table in tables.items()], ruleset=rules)
    shuffler = random.Random(8)
    other = []
    for name, table in reversed(tables.items()):
        rows, columns = list(range(table.num_rows)), list(table.column_names)
        shuffler.shuffle(rows)
        shuffler.shuffle(columns)
        other.append(source(name, table.take(rows).select(columns)))
    second = resolve(other, ruleset=rules)
    for name in ("assignments", "links", "review", "contact_points"):
        assert first.tables[name] == second.tables[name], name
    documents: dict[str, set[str]] = {}
    for row in first.values.to_pylist():
        if row["kind"] == "national_id" and row["status"] in ("valid", "possible") and row["version"] == 0:
            documents.setdefault(f"{row['profile_id']} {row['namespace']}", set()).add(row["value"])
    assert documents
    assert max(map(len, documents.values())) == 1


def test_all_problems_are_told_at_once() -> None:
    with pytest.raises(ConfigurationError) as error:
        Ruleset.from_dict(
            {
                "limits": [
                    {"kind": "phones", "at_most": 0},
                    {"kind": "category", "at_most": 1, "within_months": 0},
                ],
                "blocked": [{"kind": "phone", "domains": ["a.es"]}, {"kind": "email", "values": [" "]}],
                "never_links": [{"kind": "email"}, {"kind": "email", "domains": ["ana@ruiz.es"]}],
            }
        )
    assert [str(problem) for problem in error.value.problems] == [
        "limits 0: at_most is at least 1; to leave a kind out, do not map its column",
        "limits 1: within_months is at least 1; leave it out for all time",
        "blocked 0: only e-mail addresses have domains; use values",
        "blocked 1: a value is empty",
        "never_links 0: it names neither values nor domains",
        'never_links 1: a domain is written as in example.com; "ana@ruiz.es" is none',
        'limits 0: no kind of identifier "phones"; did you mean "phone"?',
        'limits 1: which "category"?; name the attribute: category.NAME',
    ]


def test_a_ruleset_with_limits_reads_back(tmp_path) -> None:
    rules = Ruleset.from_dict(
        {
            "limits": [{"kind": "national_id", "at_most": 1}, {"kind": "phone", "at_most": 5, "within_months": 12}],
            "blocked": [{"kind": "phone", "values": ["900 100 200"]}],
            "never_links": [{"kind": "email", "domains": ["guest.example.com"]}],
        }
    )
    rules.save(tmp_path / "rules.toml")
    assert Ruleset.load(tmp_path / "rules.toml") == rules
