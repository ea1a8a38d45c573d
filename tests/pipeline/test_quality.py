"""The quality of every source and field, as a table of the result and before anything is resolved."""

from __future__ import annotations

import json

import pandas as pd
import pyarrow as pa
import pytest

from retrato import Resolution, Source, resolve
from retrato.engines.compile import quality as sql
from retrato.engines.compile.template import tree
from retrato.engines.duckdb import DuckDBEngine
from retrato.pipeline.inspect import quality
from retrato.pipeline.quality import SCHEMA

CRM = pd.DataFrame(
    {
        "id": ["1", "2", "3", "4", "5"],
        "first name": ["Ana", "Ana", "Eva", "Luis", None],
        "last name": ["Ruiz", "Ruiz", "Sanz", "Gil", None],
        "email": ["ana@ruiz.es", "ANA@ruiz.es", "eva@gmial.com", "n/a", "NULL"],
        "phone": ["600112233", "600 11 22 33", "6.00112233E+08", "12", "600112233; 600112244"],
        "mobile": [None] * 5,
        "card": ["A-17", "A-17", "A-18", "12345.0", "00000"],
    }
)
CALLS = pd.DataFrame(
    {
        "call_id": ["a", "b", "c"],
        "call_time": ["2024-01-01 10:00", "2024-01-02 10:00", "2024-01-03 10:00"],
        "direction": ["in", "out", "in"],
        "phone": ["600112233", "600112233", "anonymous"],
    }
)
SOURCES = (
    Source("crm", CRM, key="id", region="ES", mapping={"account_id.loyalty": "card"}),
    Source("calls", CALLS, region="ES"),
)


@pytest.fixture(scope="module")
def resolution():
    return resolve(SOURCES)


@pytest.fixture(scope="module")
def rows(resolution):
    return {(row["source"], row["field"], row["column_name"]): row for row in resolution.quality.to_pylist()}


def test_there_is_a_row_for_every_field_and_column_in_order(resolution, rows):
    assert resolution.quality.schema == SCHEMA
    assert list(rows) == [
        ("calls", "phone", "phone"),
        ("crm", "account_id.loyalty", "card"),
        ("crm", "email", "email"),
        ("crm", "name", "first name, last name"),
        ("crm", "phone", "mobile"),
        ("crm", "phone", "phone"),
    ]


def test_rows_and_values_are_counted_and_null_texts_are_no_values(rows):
    email = rows["crm", "email", "email"]
    assert (email["rows"], email["filled"], email["values"], email["distinct"]) == (5, 4, 4, 2)
    phone = rows["crm", "phone", "phone"]
    assert (phone["rows"], phone["filled"], phone["values"]) == (5, 5, 6)
    name = rows["crm", "name", "first name, last name"]
    assert (name["filled"], name["distinct"]) == (4, 3)


def test_shares_add_up_and_unchecked_values_are_not_called_valid(rows):
    email = rows["crm", "email", "email"]
    assert (email["valid"], email["placeholder"], email["unchecked"]) == (0.75, 0.25, 0.0)
    card = rows["crm", "account_id.loyalty", "card"]
    assert (card["valid"], card["unchecked"], card["placeholder"]) == (None, 0.8, 0.2)
    for row in rows.values():
        if row["values"]:
            shares = [row[name] or 0 for name in ("valid", "possible", "invalid", "placeholder", "unchecked")]
            assert sum(shares) == pytest.approx(1.0, abs=1e-5)


def test_a_column_without_values_has_no_shares(rows):
    mobile = rows["crm", "phone", "mobile"]
    assert (mobile["rows"], mobile["filled"], mobile["values"], mobile["distinct"]) == (5, 0, 0, 0)
    assert [mobile[name] for name in ("valid", "unchecked", "shared", "most_records")] == [None] * 4
    assert (mobile["issues"], mobile["formats"]) == ("{}", "[]")


def test_shared_values_are_told_with_their_records_and_names(rows):
    email = rows["crm", "email", "email"]
    assert (email["shared"], email["most_records"], email["most_names"]) == (1, 2, 1)
    assert rows["crm", "account_id.loyalty", "card"]["most_records"] == 2


def test_events_hold_nothing(rows):
    calls = rows["calls", "phone", "phone"]
    assert (calls["rows"], calls["filled"], calls["distinct"]) == (3, 3, 1)
    assert (calls["shared"], calls["most_records"], calls["most_names"]) == (None, None, None)


def test_issues_are_counted_by_code(rows):
    assert json.loads(rows["crm", "email", "email"]["issues"]) == {"mistyped_domain": 1}
    assert json.loads(rows["crm", "account_id.loyalty", "card"]["issues"]) == {"spreadsheet_damage": 1}


def test_formats_are_told_with_masked_examples(rows):
    formats = json.loads(rows["crm", "phone", "phone"]["formats"])
    assert {each["format"] for each in formats} >= {"999 99 99 99", "9.99999999A+99"}
    text = json.dumps([row["formats"] for row in rows.values()])
    for secret in ("ana@ruiz.es", "600112233", "600 11 22 33", "Ana", "A-17"):
        assert secret not in text


def test_the_same_is_told_before_anything_is_resolved(rows):
    found = {(each.source, each.field, each.column_name): each.row() for each in quality(SOURCES)}
    assert found == rows


def test_examples_are_shown_when_they_are_asked_for():
    (email,) = [each for each in quality(SOURCES[0], show_values=True) if each.field == "email"]
    assert {each.example for each in email.formats} <= set(CRM["email"])


def test_it_is_saved_with_the_result(resolution, tmp_path):
    folder = resolution.save(tmp_path / "out", "csv")
    assert Resolution.load(folder).quality.equals(resolution.quality)
    assert (folder / "quality.csv").read_text("utf-8").startswith("source,field,kind,column_name,rows,")


def test_every_channel_of_one_file_is_a_source():
    data = CRM.assign(channel=["shop", "shop", "web", "web", "web"])
    found = {
        (each.source, each.field): each for each in quality(Source("all", data, key="id", source_column="channel"))
    }
    assert (found["shop", "email"].rows, found["web", "email"].rows) == (2, 3)
    assert (found["shop", "email"].filled, found["web", "email"].filled) == (2, 2)
    assert (found["shop", "email"].most_records, found["shop", "email"].most_names) == (2, 1)
    assert found["web", "email"].most_records == 1


def test_versions_of_a_record_are_rows_but_one_holder():
    data = pd.DataFrame({"id": ["1", "1", "2"], "email": ["ana@ruiz.es", "ana@ruiz.es", "eva@sanz.es"]})
    (email,) = quality(Source("crm", data, key="id"))
    assert (email.rows, email.filled, email.most_records, email.shared) == (3, 3, 1, 0)


def test_a_source_without_rows_or_fields_has_a_quality():
    assert quality(Source("crm", CRM.head(0), key="id", region="ES"))[0].values == 0
    assert quality(Source("odd", pd.DataFrame({"id": ["1"], "thing": ["x"]}))) == ()


@pytest.mark.parametrize(
    ("text", "format"),
    [
        ("600 11 22 33", "999 99 99 99"),
        ("+34 600112233", "+99 999999999"),
        ("Ana Ruiz", "Aaaa Aaaa"),
        ("ana RUIZ-Sanz", "aaa AAA-Aaaa"),
        ("J. Núñez", "A. Aaaa"),
        ("ÁNGEL", "AAA"),
        ("e\u0301lodie", "aaa"),
        ("李小龍", "aaa"),
        ("٣٤", "99"),
        ("a\tb\u00a0c\x07", "a a a?"),
        ("9" * 100, "9" * 60),
    ],
)
def test_the_format_of_a_text(text, format):  # noqa: A002
    with DuckDBEngine(threads=1) as engine:
        found = engine.fetch(
            tree("SELECT 1 AS x, :f AS format FROM (SELECT 1 AS x, :t AS raw)", f=sql.format_of("raw"), t=text)
        )
    assert found.column("format").to_pylist() == [format]


def test_formats_of_many_texts_are_those_of_a_sample():
    texts = [f"{number:06}" if number % 4 else f"A-{number:06}" for number in range(50_000)] + ["x"] * 50_000
    held = pa.table(
        {
            "slot": pa.array([0] * 50_001, pa.int32()),
            "source": [""] * 50_001,
            "item": list(range(50_001)),
            "cells": [1] * 50_000 + [50_000],
            "records": [1] * 50_000 + [50_000],
        }
    )
    parsed = pa.table(
        {
            "item": list(range(50_001)),
            "raw": texts[:50_001],
            "value": texts[:50_001],
            "status": ["valid"] * 50_001,
        }
    )
    with DuckDBEngine(threads=1) as engine:
        engine.load("held", held)
        engine.load("parsed", parsed)
        found = {row["format"]: row["share"] for row in engine.fetch(sql.formats("held", "parsed")).to_pylist()}
    assert found == {
        "a": pytest.approx(0.5, abs=0.02),
        "999999": pytest.approx(0.375, abs=0.02),
        "A-999999": pytest.approx(0.125, abs=0.02),
    }
