"""Father and son of one name and one address, end to end: with a fitted model, and with rules alone."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from retrato import Resolution, Source, resolve
from retrato.datasets.names import draw_given, draw_surname

FAMILIES = 80
COLUMNS = ["id", "first name", "last name", "suffix", "address", "zip", "birth date"]
ELM, OAK = ("12 Elm Street", "60601"), ("48 Oak Avenue", "60614")
#: A father (1) and his son (2 to 4), and somebody who writes no suffix.
NAMESAKES = [
    ("1", "Walter", "Hollister", "Sr.", *ELM, None),
    ("2", "Walter", "Hollister", "Jr.", *ELM, None),
    ("3", "Walter", "Hollister", "II", *ELM, None),
    ("4", "Walter", "Hollister Junior", None, *ELM, None),
    ("5", "Clement", "Abernathy", None, *OAK, "1951-03-09"),
    ("6", "Clement", "Abernathy", None, *OAK, "1951-03-09"),
]


def families() -> list[tuple[str | None, ...]]:
    """Couples with a son, one to three records each; every tenth son has the name of his father."""
    rng = np.random.default_rng(4)
    years = np.full(FAMILIES, 1950)
    fathers, mothers, sons = (draw_given(rng, "en", sex, years) for sex in (1, 0, 1))
    surnames, streets = draw_surname(rng, "en", FAMILIES), draw_surname(rng, "en", FAMILIES)
    rows: list[tuple[str | None, ...]] = []
    for number in range(FAMILIES):
        junior = number % 10 == 0
        home = f"{rng.integers(1, 900)} {streets[number]} Street", str(rng.integers(10_000, 99_999))
        for given, suffix in (
            (fathers[number], "Sr." if junior else None),
            (mothers[number], None),
            (fathers[number] if junior else sons[number], "Jr." if junior else None),
        ):
            birth = f"{rng.integers(1930, 2000)}-{rng.integers(1, 13):02}-{rng.integers(1, 29):02}"
            for _ in range(rng.integers(1, 4)):
                known = birth if rng.random() < 0.7 else None
                rows.append((f"f{len(rows)}", given, surnames[number], suffix, *home, known))
    return rows


def people(resolution: Resolution) -> list[list[str]]:
    groups: dict[str, list[str]] = {}
    for row in resolution.assignments.to_pylist():
        if row["record_key"].isdigit():
            groups.setdefault(row["profile_id"], []).append(row["record_key"])
    return sorted(sorted(each) for each in groups.values())


@pytest.mark.parametrize("fitted", [True, False])
def test_a_father_is_not_his_son_and_the_son_is_one_person(fitted: bool) -> None:
    rows = [*families(), *NAMESAKES] if fitted else NAMESAKES
    found = resolve(Source("members", pd.DataFrame(rows, columns=COLUMNS), key="id", region="US"))
    assert (found.model is not None) == fitted
    assert people(found) == [["1"], ["2", "3", "4"], ["5", "6"]]
