"""Phones beyond the golden cases: fillers that the data show, odd texts, agreement with the library."""

from __future__ import annotations

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from differential_phone import compare
from retrato.identifiers.base import Status
from retrato.identifiers.phone import Phone

DESK = "+34911234560"


def own_numbers(count: int) -> list[str | None]:
    return [f"+346{number:08}" for number in range(10101010, 10101010 + 7 * count, 7)]


def inferred(cells: list[str | None], kind: Phone | None = None) -> tuple[Phone, tuple[str, ...]]:
    return (kind or Phone(region="ES")).inferred({"text": pa.chunked_array([pa.array(cells, pa.string())])})


class TestSharedByMany:
    def test_a_number_of_too_many_cells_is_a_placeholder_however_it_is_written(self) -> None:
        kind, found = inferred([*own_numbers(1000), *[DESK] * 30, *["91 123 45 60"] * 30])
        assert kind.fillers == {DESK}
        assert found == ("1 phone number stands in 60 of 1060 filled cells: a placeholder",)
        for text in ("911234560", "+34 911 23 45 60", "0034911234560"):
            read = kind.parse(text)
            assert (read.status, [each.code for each in read.issues]) == (Status.PLACEHOLDER, ["shared_by_many"])
            assert not read.keys
        assert kind.parse("911234561").status is Status.VALID

    @pytest.mark.parametrize(("cells", "times"), [(1000, 49), (10000, 60)])
    def test_fewer_than_fifty_cells_or_one_in_a_hundred_tell_nothing(self, cells: int, times: int) -> None:
        assert inferred([*own_numbers(cells), *[DESK] * times]) == (Phone(region="ES"), ())

    def test_several_are_counted_together_and_empty_cells_do_not_count(self) -> None:
        kind, found = inferred([*own_numbers(400), *[None] * 9000, *[DESK] * 50, *["+34911234567"] * 50])
        assert len(kind.fillers) == 2
        assert found == ("2 phone numbers stand in 100 of 500 filled cells: placeholders",)

    def test_what_is_a_placeholder_anyway_needs_no_finding(self) -> None:
        assert inferred([*own_numbers(100), *["000000000"] * 60, *["n/a"] * 60])[1] == ()
        kind, _ = inferred([*own_numbers(100), *[DESK] * 60])
        assert inferred([*own_numbers(100), *[DESK] * 60], kind) == (kind, ())

    def test_a_national_filler_stands_for_all_countries(self) -> None:
        kind = Phone(fillers=frozenset({"911234560"}))
        assert kind.parse("911234560").status is Status.PLACEHOLDER
        assert kind.parse("911234560", country="ES").status is Status.PLACEHOLDER

    def test_a_column_without_texts_shows_nothing(self) -> None:
        assert inferred([None, None]) == (Phone(region="ES"), ())
        assert Phone().inferred({}) == (Phone(), ())


PIECES = """
+34600112233 0034 600 (0) +52 1 044 55 1234 5678 54 9 11 15 ext 12 x3 ;ext= tel: / - y wa.me/ @c.us 3.46E+10 .0 Tel 1:
٦٠٠ ＋ + ( ) 000000000 123456789 ;phone-context= casa , . " '
"""


@given(
    text=st.one_of(
        st.text(max_size=60),
        st.text(alphabet="0123456789+-/.() \u202fExy;=#,\n", max_size=40),
        st.lists(st.sampled_from(PIECES.split()), max_size=8).map(" ".join),
        st.lists(st.sampled_from(PIECES.split()), max_size=8).map("".join),
    ),
    region=st.sampled_from([None, "ES", "MX", "AR", "US", "GB", "IT", "DE", "CI"]),
)
@settings(max_examples=3000, deadline=None, derandomize=True)
def test_reading_a_value_again_gives_the_value(text: str, region: str | None) -> None:
    kind = Phone(region=region)
    for found in kind.parse_parts({"text": text}):
        if found.value is not None:
            again = kind.parse(found.value)
            assert (again.value, again.status) == (found.value, found.status)
            assert again.keys == found.keys


@pytest.mark.parametrize(
    "text",
    [
        " " * 200_000 + "1",
        "(" * 50_000,
        "+" * 100_000,
        "1 7 " * 100_000,
        "/" * 100_000,
        "a" * 100_000 + "1",
        "ext" * 50_000,
    ],
)
def test_long_and_malicious_texts_are_no_numbers(text: str) -> None:
    assert all(each.status is Status.INVALID for each in Phone(region="ES").parse_parts({"text": text}))


def test_it_agrees_with_the_library_over_all_regions_and_formats() -> None:
    differences = compare(50_000, seed=17)
    assert not differences.disagreements
    assert differences.compared == 50_000
    assert {"chat", "mexican", "several", "scientific", "lost_plus", "placeholder"} <= set(differences.repaired)
