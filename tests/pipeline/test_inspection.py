"""What inspect tells about columns, and that it tells no values unless asked."""

from __future__ import annotations

import json

import pyarrow as pa
import pytest

from retrato import Source, inspect

DATA = pa.table(
    {
        "id": ["1", "2", "3", "4"],
        "email": ["ana@gmail.com", "ana@gmail.com", "n/a", None],
        "telefono": ["600112233", "600112233", "600112233", "000000000"],
        "ciudad": ["Vigo", "Vigo", "Lugo", None],
        "secreto": ["palabra secreta", "palabra secreta", None, None],
    }
)


def columns(source, **options):
    (found,) = inspect(source, **options).sources
    return {each.column: each for each in found.columns}


@pytest.fixture(scope="module")
def profiles():
    return [inspect(Source("crm", DATA, region="ES"), show_values=show) for show in (False, True)]


def test_counts_and_shares_of_every_column(profiles):
    (source,) = profiles[0].sources
    assert (source.source, source.kind, source.rows, source.rejected) == ("crm", "records", 4, 0)
    assert source.kind_reason == "no column says when something happened"
    found = {each.column: each for each in source.columns}
    assert {name: (each.filled, each.distinct) for name, each in found.items()} == {
        "id": (4, 4),
        "email": (3, 2),
        "telefono": (4, 2),
        "ciudad": (3, 2),
        "secreto": (2, 1),
    }
    assert (found["email"].valid, found["email"].placeholder) == pytest.approx((2 / 3, 1 / 3), abs=1e-6)
    assert (found["telefono"].valid, found["telefono"].placeholder) == (0.75, 0.25)
    assert (found["ciudad"].valid, found["ciudad"].placeholder) == (None, 0.0)
    assert found["secreto"].placeholder is None
    assert found["id"].shared == ()
    assert [each.rows for each in found["telefono"].shared] == [3]


def test_values_are_masked_unless_they_are_asked_for(profiles):
    masked, shown = (json.dumps(each.to_dict(), ensure_ascii=False) for each in profiles)
    for value in ("ana@gmail.com", "600112233", "Vigo", "palabra secreta"):
        assert value not in masked
        assert value in shown


def test_a_value_of_any_length_is_shown_short():
    found = columns(Source("crm", pa.table({"notes": ["x" * 10_000] * 2})), show_values=True)
    assert len(found["notes"].shared[0].value) == 80


def test_a_source_without_rows_is_inspected():
    (source,) = inspect(Source("crm", DATA.slice(0, 0))).sources
    assert source.notes == ("there are no rows below the header",)
    assert {each.filled for each in source.columns} == {0}
    assert {each.valid for each in source.columns} == {None}


def test_telephones_are_read_in_the_country_beside_them():
    data = pa.table({"phone": ["600112233", "020 7946 0958"], "pais": ["España", "Reino Unido"]})
    assert columns(Source("crm", data, region="ES"))["phone"].valid == 1.0


def test_possible_stands_beside_valid_and_short_values_show_nothing():
    data = pa.table(
        {
            "phone": ["600112233", "600112233", "612345678", "+34600112244"],
            "sex": ["F", "F", "M", "M"],
            "email": ["ana@ruiz.es", "600998877", "600998877", "eva@sanz.es"],
            "postcode": ["28", "28", "08001", "08001"],
        }
    )
    found = columns(Source("crm", data, mapping={"email": "email"}))
    assert (found["phone"].valid, found["phone"].possible) == (0.25, 0.75)
    assert (found["email"].valid, found["email"].invalid) == (0.5, 0.5)
    assert (found["postcode"].valid, found["postcode"].possible) == (None, None)
    assert {each.value for each in found["sex"].shared} == {"***"}
    assert [each.value for each in found["email"].shared] == ["6********"]
    assert [each.value for each in found["postcode"].shared] == ["0****", "***"]


def test_nothing_is_called_valid_that_cannot_be_checked():
    data = pa.table(
        {"card": ["A-1", "A-2"], "cookie": ["x1y2", "n/a"], "tier": ["gold", "gold"], "born": ["1990-01-02", "?"]}
    )
    mapping = {"account_id": "card", "device_id": "cookie", "category.tier": "tier", "birth_date": "born"}
    found = columns(Source("crm", data, mapping=mapping))
    assert {name: found[name].valid for name in data.column_names} == {
        "card": None,
        "cookie": None,
        "tier": None,
        "born": 1.0,
    }
    assert found["cookie"].placeholder == 0.5


def test_times_of_records_and_events_are_read_too():
    data = pa.table({"call_time": ["2024-01-01 10:00", "soon"], "phone": ["600112233"] * 2, "direction": ["in", "out"]})
    assert columns(Source("calls", data, region="ES"))["call_time"].valid == 0.5


def test_shares_of_many_rows_are_those_of_a_sample(monkeypatch):
    monkeypatch.setattr("retrato.pipeline.inspect.SAMPLED", 100)
    data = pa.table({"email": [f"ana{number}@ruiz.es" if number % 2 else "n/a" for number in range(2000)]})
    found = columns(Source("web", data))["email"]
    assert (found.filled, found.distinct) == (2000, 1001)
    assert 0.3 < found.valid < 0.7
    assert found.valid + found.placeholder == pytest.approx(1.0)
