"""Whole columns of addresses are read as their rows are, and nearly all of them by the fast path."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pytest

from address_tables import address_table
from retrato.identifiers.address import Address
from retrato.identifiers.columns.address import told
from retrato.identifiers.columns.distinct import Distinct, Pairs
from retrato.identifiers.placeholders import ABSENT, NULLS

ORDER = [("item", "ascending"), ("ordinal", "ascending")]


def differences(kind: Address, table: pa.Table) -> list[tuple[str, Any, Any, Any]]:
    """Where the columns and the rows are not read alike: column, row, from rows, from columns."""
    by_row, by_column = kind.parse_rows(table), kind.parse_table(table).sort_by(ORDER)
    assert by_row.schema == by_column.schema
    assert by_row.column("item").to_pylist() == by_column.column("item").to_pylist()
    rows = [table.slice(item, 1).to_pylist()[0] for item in by_row.column("item").to_pylist()]
    return [
        (name, row, one, other)
        for name in by_row.column_names
        for row, one, other in zip(
            rows, by_row.column(name).to_pylist(), by_column.column(name).to_pylist(), strict=True
        )
        if one != other
    ]


@pytest.mark.parametrize("columns", [True, False])
@pytest.mark.parametrize("region", [None, "ES", "US"])
def test_columns_are_read_like_rows(columns: bool, region: str | None) -> None:
    for seed in range(3):
        assert differences(Address(region), address_table(1200, seed=seed, columns=columns)) == []


def test_clean_addresses_take_the_fast_path() -> None:
    table = pa.table(
        {
            "full": [
                "C/ Mayor 3, 2º izq.",
                "Avda. de la Constitución nº 12",
                "Calle 45 # 12-34 Apto 5",
                "12B Oak Street",
                "Flat 2, 10 Downing Street",
                "1234 NW 5th Ave Ste 200, Portland, OR 97209",
                "Plaza Mayor s/n",
                "Rosales",
            ],
            "postcode": ["28013", "8013", None, "62704-1234", "SW1A 2AA", None, "37001", None],
            "city": ["Madrid", "Barcelona", "Bogotá", "Springfield", "London", None, "Salamanca", None],
            "country": ["España", "ES", "Colombia", "US", "UK", None, None, None],
        }
    )
    accepted = Address().accept(table)
    assert accepted is not None
    assert sorted(accepted.column("item").to_pylist()) == [0, 1, 2, 3, 4, 5, 6]
    assert differences(Address(), table) == []


def test_a_column_of_house_numbers_and_units_is_no_obstacle() -> None:
    table = pa.table({"full": ["Calle Mayor", "Gran Vía"], "street_number": ["3", "28.0"], "unit": ["2º B", None]})
    accepted = Address().accept(table)
    assert accepted is not None
    assert accepted.column("address").to_pylist() == ["mayor 3 2 b", "gran via 28"]
    assert accepted.column("value").to_pylist() == ["Calle Mayor 3, 2º B", "Gran Vía 28"]


def test_what_is_odd_is_left_to_the_row_reader() -> None:
    table = pa.table({"full": ["sin datos", None, "Calle\tMayor 3, Madrid", 'Calle "Sol" 3, Madrid', "12 李 Street"]})
    accepted = Address().accept(table)
    assert accepted is not None
    assert accepted.num_rows == 0
    assert Address().accept(pa.table({"city": ["Madrid"]})) is None
    assert Address().accept(pa.table({"full": pa.array([], pa.string())})) is None


def test_no_absence_word_holds_a_digit() -> None:
    assert not any(any(each.isdigit() for each in word) for word in ABSENT | NULLS)
    assert told("sin datos") is None
    assert told("s/n 4") == "s/n 4"


def test_answers_are_asked_once_a_distinct_value() -> None:
    asked: list[str] = []
    column = Distinct.of(pa.array(["a", "b", None, "a"]))
    assert column.mapped(lambda text: asked.append(text) or text.upper()).texts().to_pylist() == ["A", "B", None, "A"]
    assert asked == ["a", "b"]
    assert column.mapped(lambda text: None).empty
    pairs = Pairs.of(column, Distinct.nothing(4), lambda one, two: (one, two))
    assert pairs.column(str).to_pylist() == ["('a', None)", "('b', None)", None, "('a', None)"]
