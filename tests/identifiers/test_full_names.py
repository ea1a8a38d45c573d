"""Full names are split right, and a whole column can tell the order of its unsure ones."""

from __future__ import annotations

import pyarrow as pa
import pytest

from full_name_cases import FullName, full_names, read_right
from retrato.identifiers.name import PersonName

CASES = full_names()
ORDERED = [f"{family} {given}" for family in ("RUIZ", "GIL SANZ", "ORTEGA") for given in ("ANA", "JOSE LUIS", "PEDRO")]


@pytest.mark.parametrize("held_out", [False, True])
def test_nearly_all_hand_written_names_are_split_right(held_out: bool) -> None:
    cases = [case for case in CASES if case.held_out == held_out]
    wrong = [case.number for case in cases if not read_right(case)]
    assert len(wrong) <= 0.03 * len(cases), wrong


def test_the_set_is_large_varied_and_half_spanish() -> None:
    def of_language(language: str) -> list[FullName]:
        return [case for case in CASES if case.language == language]

    assert len(CASES) >= 300
    assert len({case.raw for case in CASES}) == len(CASES)
    assert 0.45 <= len(of_language("es")) / len(CASES) <= 0.55
    assert len({case.language for case in CASES}) > 8


class TestOrder:
    def told(self, names: list[str]) -> tuple[PersonName, tuple[str, ...]]:
        return PersonName().inferred({"full": pa.chunked_array([names])})

    def test_a_column_that_stands_surname_first_tells_the_unsure_ones(self) -> None:
        names = [f"{name} {letter}" for name in ORDERED for letter in "LMNPRT"] + ["Martín Mateo"]
        kind, sentences = self.told(names)
        assert kind == PersonName(order="family_first")
        assert sentences == (
            "Of 54 full names whose words tell their order, 54 stand surname first: all others are read so.",
        )
        assert PersonName().parse("Wei Tan").parts == {"given": "Wei", "family": "Tan"}
        assert kind.parse("Santos Martín").parts == {"given": "Martín", "family": "Santos"}
        assert kind.parse("Pedro Ruiz").parts == {"given": "Pedro", "family": "Ruiz"}

    def test_few_or_mixed_names_tell_nothing(self) -> None:
        assert self.told(ORDERED * 20) == (PersonName(), ())
        straight = [f"Pedro {letter}. Ruiz" for letter in "ABCDEFGHIJKLM"]
        mixed = [f"{name} {letter}" for name in ORDERED for letter in "LMNPRT"] + straight
        assert self.told(mixed) == (PersonName(), ())
        assert PersonName().inferred({}) == (PersonName(), ())
