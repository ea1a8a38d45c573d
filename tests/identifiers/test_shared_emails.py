"""An address that too many rows hold belongs to nobody."""

from __future__ import annotations

import pyarrow as pa
import pytest

from retrato.identifiers.base import Status
from retrato.identifiers.email import Email
from retrato.identifiers.placeholders import MOST_SHARED_ROWS, MOST_SHARED_SHARE, shared_by_many


def column(*counted: tuple[str | None, int], distinct: int = 0) -> pa.ChunkedArray:
    texts = [text for text, count in counted for _ in range(count)]
    return pa.chunked_array([texts, [f"ana{number}@empresa.es" for number in range(distinct)]], pa.string())


@pytest.mark.parametrize(
    ("rows", "distinct", "shared"),
    [
        (MOST_SHARED_ROWS, 0, True),
        (MOST_SHARED_ROWS - 1, 0, False),
        (MOST_SHARED_ROWS, 4950, True),
        (MOST_SHARED_ROWS, 4951, False),
        (60, 5940, True),
        (60, 5941, False),
    ],
)
def test_both_a_share_and_a_number_of_rows_have_to_be_reached(rows: int, distinct: int, shared: bool) -> None:
    found = shared_by_many(column(("shop@empresa.es", rows), distinct=distinct))
    assert found == (["shop@empresa.es"] if shared else [])


def test_cells_without_a_value_do_not_count_as_filled() -> None:
    assert MOST_SHARED_SHARE == 0.01
    assert shared_by_many(column((None, 9000), ("N/A", 0), ("null", 9000), ("a@x.es", 60))) == ["a@x.es"]
    assert shared_by_many(pa.chunked_array([], pa.string())) == []
    assert shared_by_many(column((None, 100))) == []


def test_a_column_shows_which_addresses_are_shared() -> None:
    texts = column(("Tienda@Empresa.es", 40), (" tienda@empresa.es", 40), ("no tiene", 90), distinct=900)
    kind, told = Email().inferred({"text": texts})
    assert kind == Email(fillers=frozenset({"tienda@empresa.es"}))
    assert told == (
        "1 e-mail address(es) in 80 rows are shared by too many to be personal; they are read as placeholders",
    )
    found = kind.parse("TIENDA@empresa.es")
    assert (found.value, found.status, found.keys) == ("tienda@empresa.es", Status.PLACEHOLDER, {})
    assert [issue.code for issue in found.issues] == ["shared_by_many"]
    assert kind.parse("ana@empresa.es").status is Status.VALID


def test_nothing_shared_leaves_the_type_as_it_is() -> None:
    kind = Email(fillers=frozenset({"a@x.es"}))
    assert kind.inferred({"text": column(("test@test.com", 90), distinct=90)}) == (kind, ())
    assert kind.inferred({}) == (kind, ())


def test_fillers_set_by_hand_stay_when_more_are_found() -> None:
    kind, _ = Email(fillers=frozenset({"a@x.es"})).inferred({"text": column(("shop@empresa.es", 80))})
    assert kind.fillers == {"a@x.es", "shop@empresa.es"}
