"""Columns of names are read as their cells are, and most of them at once."""

from __future__ import annotations

import random

import pyarrow as pa
import pytest

from full_name_cases import full_names
from identifier_cases import cases
from retrato.identifiers.base import IdentifierType
from retrato.identifiers.name import PersonName

RAW = [case.raw for case in full_names()]
WORDS = [word for raw in RAW for word in raw.replace(",", " , ").split()]
WORDS += [
    "John",
    "Doe",
    "jane",
    "sin",
    "nombre",
    "N.",
    "n/a",
    "nat",
    "test",
    "don",
    "y",
    "de",
    "la",
    "Mc",
    "null",
    "Dr.",
    "Jr",
    "III",
    "hijo",
    "padre",
    "Nieto",
    "nieto",
    "PhD",
    "2nd",
    "(h)",
    "i",
    "-",
    "M.",
    "DJ",
    "H",
    "(x)",
    "ª",
]
ORDER = [("item", "ascending"), ("ordinal", "ascending")]


def mixed(count: int, longest: int, seed: int) -> list[str | None]:
    rng = random.Random(seed)
    drawn = (" ".join(rng.choices(WORDS, k=rng.randint(1, longest))).replace(" , ", ", ") for _ in range(count))
    return [rng.choice((None, "", "NULL", text, text, text, text, text)) for text in drawn]


def read_alike(kind: PersonName, table: pa.Table) -> int:
    at_once = kind.parse_table(table).sort_by(ORDER)
    assert at_once.to_pylist() == IdentifierType.parse_rows(kind, table).sort_by(ORDER).to_pylist()
    accepted = kind.accept(table)
    assert accepted is not None
    return int(accepted.num_rows)


@pytest.mark.parametrize("order", ["given_first", "family_first"])
def test_full_names(order: str) -> None:
    kind = PersonName(order=order)  # type: ignore[arg-type]
    golden = [text for case in cases("name") if (text := case.parts("full").get("full"))]
    table = pa.table({"full": pa.array([*RAW, *golden, *mixed(15_000, 5, seed=1)], pa.string())})
    assert read_alike(kind, table) > 1_000


def test_columns_of_given_names_and_surnames() -> None:
    count = 12_000
    parts = {"full": 4, "given": 2, "family": 2, "second_family": 1, "honorific": 1, "suffix": 1}
    table = pa.table(
        {name: pa.array(mixed(count, words, seed), pa.string()) for seed, (name, words) in enumerate(parts.items())}
    )
    assert read_alike(PersonName(), table) > 2_000
    assert read_alike(PersonName(), table.select(["given", "family"])) > 2_000
    assert read_alike(PersonName(), table.select(["family"])) == 0
    assert read_alike(PersonName(), table.select(["honorific"])) == 0
    assert read_alike(PersonName(), table.slice(0, 0)) == 0


def test_plain_names_are_read_at_once() -> None:
    full = [
        "Ana Ruiz Gil",
        "RUIZ GIL ANA",
        "Ruiz, Ana",
        "john smith",
        "Ana de la Cruz",
        "J. García-López",
        "Zoë O'Hara",
    ]
    assert read_alike(PersonName(), pa.table({"full": full})) == len(full)
    parted = pa.table({"given": ["Ana María", "JOHN"], "family": ["Ruiz Gil", "Smith"], "honorific": ["Sra.", None]})
    assert read_alike(PersonName(), parted) == 2


def test_a_column_of_suffixes_is_read_at_once() -> None:
    suffixes = ["Jr.", "II", "hijo", "PhD", "n/a", None]
    parted = pa.table({"given": ["John"] * 6, "family": ["Smith"] * 6, "suffix": suffixes})
    full = pa.table({"full": ["John Smith"] * 6, "suffix": suffixes})
    for table in (parted, full):
        assert read_alike(PersonName(), table) == len(suffixes)
        assert PersonName().parse_table(table).sort_by(ORDER)["name_suffix"].to_pylist() == [*["jr"] * 3, *[None] * 3]
