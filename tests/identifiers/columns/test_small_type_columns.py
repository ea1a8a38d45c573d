"""The fast paths of dates, numbers, words, addresses, coordinates and flags give what the value parsers give."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pytest

import written_dates as written
from retrato.identifiers.attribute import Category, Date, Number, Text
from retrato.identifiers.columns.attributes import folded
from retrato.identifiers.consent_flag import ConsentFlag
from retrato.identifiers.coordinates import Coordinates
from retrato.identifiers.date import BirthDate
from retrato.identifiers.folding import fold
from retrato.identifiers.ip_address import IpAddress
from retrato.identifiers.moment import Moment
from retrato.identifiers.placeholders import ABSENT
from retrato.identifiers.sex import Sex

if TYPE_CHECKING:
    from collections.abc import Callable

    from retrato.identifiers.base import IdentifierType

COUNT = 8_000
KINDS: list[tuple[IdentifierType, Callable[[Random, int], list[Any]]]] = [
    (BirthDate(), written.dates),
    (BirthDate(day_first=False), written.dates),
    (Date("wedding"), written.dates),
    (Moment(), written.dates),
    (Moment(region="US"), written.dates),
    (ConsentFlag(namespace="sms"), written.dates),
    (ConsentFlag(), written.flags),
    (Sex(), written.flags),
    (Category("segment"), written.flags),
    (Category("segment"), written.words),
    (Text("notes"), written.words),
    (Number("income"), written.numbers),
    (IpAddress(), written.addresses),
    (Coordinates(), written.pairs),
]


def both(kind: IdentifierType, table: pa.Table) -> tuple[list[Any], list[Any]]:
    """What the column way and the value parser give, in the order of the rows."""
    order = [("item", "ascending"), ("ordinal", "ascending")]
    return kind.parse_table(table).sort_by(order).to_pylist(), kind.parse_rows(table).to_pylist()


@pytest.mark.parametrize(("kind", "texts"), KINDS, ids=lambda each: getattr(each, "__name__", repr(each)))
def test_a_column_gives_what_its_values_give(kind: IdentifierType, texts: Callable[[Random, int], list[Any]]) -> None:
    data = texts(Random(20), COUNT)
    chunked = pa.chunked_array([data[:7], data[7:3000], [None], data[3000:]], pa.string())
    table = pa.table({next(iter(kind.fields.values())).part: chunked})
    accepted = kind.accept(table)
    assert accepted is not None
    assert accepted.num_rows > COUNT / 20
    column, values = both(kind, table)
    assert column == values


def test_latitudes_and_longitudes_of_two_columns() -> None:
    halves = [text.replace(";", ",").split(",") for text in written.pairs(Random(21), COUNT)]
    table = pa.table(
        {
            "latitude": pa.array([each[0] for each in halves]),
            "longitude": pa.array([each[1].strip() if len(each) > 1 else None for each in halves]),
        }
    )
    assert Coordinates().accept(table).num_rows > COUNT / 20
    column, values = both(Coordinates(), table)
    assert column == values


@pytest.mark.parametrize(
    ("kind", "texts"),
    [
        (BirthDate(), ["1980-05-03", "03/05/1980", "3.5.1980", "19800503", "1980-05-03T00:00:00Z", "03-05-80"]),
        (BirthDate(region="US"), ["05/03/1980", "5/13/1980 0:00"]),
        (
            Moment(),
            [
                "2024-05-01 10:00:00",
                "2024-05-01T10:00:00.5+02:00",
                "1/5/2024 9:30",
                "01/05/2024, 09:30",
                "1714557600",
                "1714557600123",
            ],
        ),
        (Number("n"), ["17", "-3.50", "12,5", "1200,75 €", "$3.10", "25%"]),
        (Text("t"), ["Calle Mayor, 3", "Ávila (España)", "O'Hara & Núñez"]),
        (IpAddress(), ["83.45.12.7", "8.8.8.8"]),
        (Coordinates(), ["40.4168,-3.7038", "-34.60368; -58.38156".replace("; ", ";")]),
    ],
    ids=lambda each: type(each).__name__,
)
def test_clean_values_are_accepted(kind: IdentifierType, texts: list[str]) -> None:
    accepted = kind.accept(pa.table({next(iter(kind.fields.values())).part: texts}))
    assert accepted is not None
    assert sorted(accepted.column("item").to_pylist()) == list(range(len(texts)))


@pytest.mark.parametrize("kind", [kind for kind, _ in KINDS], ids=repr)
def test_columns_without_rows_and_without_texts(kind: IdentifierType) -> None:
    part = next(iter(kind.fields.values())).part
    for column in (pa.chunked_array([], pa.string()), pa.chunked_array([pa.nulls(3, pa.string())])):
        assert kind.parse_table(pa.table({part: column})).num_rows == 0


def test_clean_texts_fold_as_they_do_alone() -> None:
    texts = [f"{letter}a {letter}, b" for letter in map(chr, range(0xC0, 0x250)) if letter.isalpha()]
    table = Text("t").accept(pa.table({"text": texts}))
    assert table is not None
    chosen = [texts[item] for item in table.column("item").to_pylist()]
    assert len(chosen) > 200
    assert folded(pa.array(chosen)).to_pylist() == [fold(text) for text in chosen]


def test_no_absence_word_is_a_number_or_a_date() -> None:
    assert not [word for word in ABSENT if word[0].isdigit()]
