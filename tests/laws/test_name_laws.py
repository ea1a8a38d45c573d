"""What holds for names whatever their words."""

from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from full_name_cases import full_names
from retrato.identifiers.base import Status
from retrato.identifiers.name import PersonName

WORDS = sorted({word for case in full_names() for word in case.raw.replace(",", " , ").split()})
WORDS += [
    ".",
    "-",
    "0034",
    "mr",
    "Dra.",
    "Jr",
    "hijo",
    "padre",
    "nieto",
    "Nieto",
    "(h)",
    "2nd",
    "ª",
    "ŉ",
    "İ",
    "李",
    "de",
    "y",
    "JL",
    "Ph.D.",
    "Vda.",
    "&",
    "and",
    "Mac",
]
NAMES = st.lists(st.sampled_from(WORDS), min_size=1, max_size=6).map(" ".join)


@given(name=NAMES)
@settings(max_examples=1_500, deadline=None, derandomize=True)
@example(name="0034 , mr , mr")
@example(name="Müller John JESUS")
@example(name="Prieto STEVEN Dra.")
@example(name="Juan, García")
@example(name="JULIÁN JOSE Mac")
def test_the_canonical_form_is_read_as_itself(name: str) -> None:
    found = PersonName().parse(name)
    if found.status is Status.VALID and found.value is not None:
        assert PersonName().parse(found.value).value == found.value


@pytest.mark.parametrize("case", full_names(), ids=lambda case: str(case.number))
def test_a_mask_tells_initials_alone(case: object) -> None:
    value = PersonName().parse(getattr(case, "raw", "")).value
    if value is not None:
        masked = PersonName().mask(value)
        assert value not in masked
        assert all(word[1:] == "***" for word in masked.split())
