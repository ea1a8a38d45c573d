"""What inspect tells about columns, and that it tells no values unless asked."""

from __future__ import annotations

import json

import pyarrow as pa
import pytest

from retrato.engines.duckdb import DuckDBEngine
from retrato.io.inspection import inspect
from retrato.io.mapping import map_sources
from retrato.io.readers import read
from retrato.records import Source

DATA = pa.table(
    {
        "id": ["1", "2", "3", "4"],
        "email": ["ana@gmail.com", "ana@gmail.com", "n/a", None],
        "telefono": ["600112233", "600112233", "600112233", "000000000"],
        "ciudad": ["Vigo", "Vigo", "Lugo", None],
        "secreto": ["palabra secreta", "palabra secreta", None, None],
    }
)


@pytest.fixture(scope="module")
def profiles():
    with DuckDBEngine(threads=1) as engine:
        reads = [read(Source("crm", DATA, region="ES"), engine, "raw_0")]
        mappings = map_sources(reads, engine)
        return [inspect(reads, mappings, engine, show_values=show) for show in (False, True)]


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
    assert (found["email"].valid, found["email"].placeholder) == (0.5, 0.5)
    assert (found["telefono"].valid, found["telefono"].placeholder) == (0.5, 0.5)
    assert found["ciudad"].valid is None
    assert found["id"].shared == ()
    assert [each.rows for each in found["telefono"].shared] == [3]


def test_values_are_masked_unless_they_are_asked_for(profiles):
    masked, shown = (json.dumps(each.to_dict(), ensure_ascii=False) for each in profiles)
    for value in ("ana@gmail.com", "600112233", "Vigo", "palabra secreta"):
        assert value not in masked
        assert value in shown


def test_a_value_of_any_length_is_shown_short():
    with DuckDBEngine(threads=1) as engine:
        reads = [read(Source("crm", pa.table({"notes": ["x" * 10_000] * 2})), engine, "raw_0")]
        found = inspect(reads, map_sources(reads, engine), engine, show_values=True)
    assert len(found.sources[0].columns[0].shared[0].value) == 80


def test_a_source_without_rows_is_inspected():
    with DuckDBEngine(threads=1) as engine:
        reads = [read(Source("crm", DATA.slice(0, 0)), engine, "raw_0")]
        (source,) = inspect(reads, map_sources(reads, engine), engine).sources
    assert source.notes == ("there are no rows below the header",)
    assert {each.filled for each in source.columns} == {0}


def test_telephones_are_read_in_the_country_beside_them():
    data = pa.table({"phone": ["600112233", "020 7946 0958"], "pais": ["España", "Reino Unido"]})
    with DuckDBEngine(threads=1) as engine:
        reads = [read(Source("crm", data, region="ES"), engine, "raw_0")]
        found = inspect(reads, map_sources(reads, engine), engine)
    assert found.sources[0].columns[0].valid == 1.0


def test_possible_stands_beside_valid_and_short_values_show_nothing():
    data = pa.table(
        {
            "phone": ["600112233", "600112233", "612345678", "+34600112244"],
            "sex": ["F", "F", "M", "M"],
            "email": ["ana@ruiz.es", "600998877", "600998877", "eva@sanz.es"],
            "postcode": ["28", "28", "08001", "08001"],
        }
    )
    with DuckDBEngine(threads=1) as engine:
        reads = [read(Source("crm", data, mapping={"email": "email"}), engine, "raw_0")]
        found = {each.column: each for each in inspect(reads, map_sources(reads, engine), engine).sources[0].columns}
    assert found["phone"].valid == pytest.approx(1 / 3)
    assert found["phone"].possible == pytest.approx(2 / 3)
    assert (found["postcode"].valid, found["postcode"].possible) == (None, None)
    assert {each.value for each in found["sex"].shared} == {"***"}
    assert [each.value for each in found["email"].shared] == ["6********"]
    assert [each.value for each in found["postcode"].shared] == ["0****", "***"]
