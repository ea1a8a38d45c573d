"""The fast path of phones says what the value parser says, over all regions, from the installed metadata."""

from __future__ import annotations

import copy
import random

import phonenumbers
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from phonenumbers import PhoneMetadata, PhoneNumberType

from retrato.identifiers.base import Status
from retrato.identifiers.columns.phone import accept_phones
from retrato.identifiers.columns.phone_digits import Digits
from retrato.identifiers.columns.phone_plans import plans_of
from retrato.identifiers.phone import Phone
from retrato.identifiers.placeholders import ABSENT

REGIONS = sorted(phonenumbers.SUPPORTED_REGIONS)
FORMS = (
    *(
        "+{code}{national}",
        "00{code}{national}",
        "{code}{national}",
        "{national}",
        "0{national}",
        "+{code} (0){national}",
    ),
    *(
        "({national})",
        " {national} ",
        "{national}.0",
        "{code}{national}@c.us",
        "Tel.: {national}",
        "+{code} {national} ext. 12",
    ),
)


def telling(rng: random.Random, region: str) -> list[str]:
    """National numbers of a region: examples of all types, the same with other digits, digits of all lengths."""
    types = phonenumbers.supported_types_for_region(region)
    found = (phonenumbers.example_number_for_type(region, kind) for kind in types)
    examples = [phonenumbers.national_significant_number(each) for each in found if each]
    mutated = [each[:keep] + str(rng.randrange(10**7))[: len(each) - keep] for each in examples for keep in (2, 4)]
    return [*examples, *mutated, *(str(rng.randrange(10 ** (size - 1), 10**size)) for size in range(5, 15))]


def both(kind: Phone, table: pa.Table) -> tuple[list[dict[str, str]], list[dict[str, str]]]:
    """What the fast path accepts, and what the value parser makes of the same cells."""
    accepted = accept_phones(kind, table)
    assert accepted is not None
    items = accepted.column("item")
    assert len(set(items.to_pylist())) == len(items)
    names = ["value", "status", "issues", "parts", *kind.key_names()]
    return accepted.select(names).to_pylist(), kind.parse_rows(table.take(items)).select(names).to_pylist()


@pytest.mark.parametrize("default", [None, "ES"])
def test_it_agrees_over_all_regions(default: str | None) -> None:
    rng = random.Random(7)
    cells = [
        (form.format(code=phonenumbers.country_code_for_region(region), national=national), region)
        for region in REGIONS
        for national in telling(rng, region)
        for form in rng.sample(FORMS, 3)
    ]
    table = pa.table(
        {"text": [text for text, _ in cells], "country": [None if rng.random() < 0.2 else each for _, each in cells]}
    )
    accepted, read = both(Phone(region=default), table)
    assert accepted == read
    assert len(accepted) > 0.4 * len(cells)


TEXTS = st.one_of(
    st.text(alphabet="0123456789+-. ()", min_size=7, max_size=22),
    st.from_regex(r"(\+|00)?(1|34|39|44|49|52|54|55|57|7|61|358)\d{6,11}(\.0)?", fullmatch=True),
    st.from_regex(r"\(?(0|1|15|011|045)?\d{2,4}\)?[ -]?\d{3}[ -]?\d{3,5}( |\.0+)?", fullmatch=True),
    st.from_regex(r"[A-Za-zé]{1,4}[.:] ?[+0-9]\d{7,12}|\d{8,12}(:1)?@(c\.us|s\.whatsapp\.net)", fullmatch=True),
    st.from_regex(r"[+0-9(][-0-9 ]{7,12}\)?,? (ext|Ext|EXT)\.? ?\d{1,7}", fullmatch=True),
)


@given(
    texts=st.lists(st.one_of(st.none(), TEXTS), min_size=1, max_size=40),
    country=st.sampled_from([None, "España", "MX", "ar", "Italia", "US", "GB", "CI", "AU", "KZ"]),
    fillers=st.sampled_from([frozenset[str](), frozenset({"600112233", "+34611223344"})]),
)
@settings(max_examples=100, deadline=None, derandomize=True)
def test_it_agrees_on_any_text(texts: list[str | None], country: str | None, fillers: frozenset[str]) -> None:
    cells = [*texts, "600112233", "+34611223344", "0034600112233"]
    table = pa.table({"text": pa.array(cells, pa.string()), "country": pa.array([country] * len(cells), pa.string())})
    accepted, read = both(Phone(region="ES", fillers=fillers), table)
    assert accepted == read


def test_plain_numbers_do_not_reach_the_value_parser() -> None:
    texts = ["+34 600 11 22 33", "0034600112233", "600-112-233", "91 123 45 60", "34600112233", "600112233.0"]
    accepted = accept_phones(Phone(region="ES"), pa.table({"text": texts}))
    assert accepted is not None
    assert sorted(accepted.column("item").to_pylist()) == list(range(len(texts)))


def test_numbers_of_other_countries_and_old_mexican_ones_do_not_either() -> None:
    texts = ["07905 953321", "5591551556", "319-655-4674", "111556024178", "2135128375.0", "5215552555335@c.us"]
    texts += ["+52 1 33 5180 4735", "5215512345672"]
    table = pa.table({"text": texts})
    for kind in (Phone(region="ES"), Phone(region="GB"), Phone(region="MX"), Phone(region="IT")):
        accepted, read = both(kind, table)
        assert accepted == read
    sure = accept_phones(Phone(region="ES"), table)
    assert sure is not None
    assert sorted(sure.column("item").to_pylist()) == list(range(len(texts)))


def test_the_plans_are_those_of_the_installed_metadata(monkeypatch: pytest.MonkeyPatch) -> None:
    table = pa.table({"text": ["+34600112233", "600112233", "+34512345678", "512345678"]})
    usual = accept_phones(Phone(region="ES"), table)
    changed = copy.deepcopy(PhoneMetadata.metadata_for_region("ES"))
    object.__setattr__(changed.mobile, "_mutable", True)
    changed.mobile.national_number_pattern = r"5\d{8}"
    monkeypatch.setitem(PhoneMetadata._region_metadata, "ES", changed)
    kind = Phone(region="ES")
    accepted, read = both(kind, table)
    assert accepted == read
    assert usual is not None
    assert accepted != usual.select(list(accepted[0])).to_pylist()
    monkeypatch.undo()
    again = accept_phones(kind, table)
    assert again == usual


def test_a_plan_that_cannot_be_compiled_is_left_to_the_library(monkeypatch: pytest.MonkeyPatch) -> None:
    changed = copy.deepcopy(PhoneMetadata.metadata_for_region("ES"))
    object.__setattr__(changed.mobile, "_mutable", True)
    changed.mobile.national_number_pattern = r"6(?=0)\d{8}"
    monkeypatch.setitem(PhoneMetadata._region_metadata, "ES", changed)
    assert plans_of(34) == ()
    kind = Phone(region="ES")
    table = pa.table({"text": ["+34600112233", "600112233", "+33612345679"]})
    accepted = accept_phones(kind, table)
    assert accepted is not None
    assert accepted.column("item").to_pylist() == [2]
    assert kind.parse_column(table).column("status").to_pylist() == [Status.VALID] * 3


def test_every_plan_of_the_library_is_compiled() -> None:
    assert all(plans_of(code) for code in phonenumbers.COUNTRY_CODE_TO_REGION_CODE)
    assert PhoneNumberType.UNKNOWN == 99


def test_texts_need_not_start_their_array_and_may_be_long() -> None:
    texts = pa.array(["x", "9" * 300 + "600112233", "600112233", None, "1" * 70000, "+34600112233"]).slice(1)
    assert Digits(texts).plain.tolist() == [False, True, False, False, True]
    table = pa.table({"text": pa.chunked_array([texts, texts.slice(1, 1)])})
    accepted, read = both(Phone(region="ES"), table)
    assert accepted == read
    assert len(accepted) == 3


def test_no_absence_word_could_be_taken_for_a_number() -> None:
    assert not any(sum(map(str.isdecimal, word)) >= 4 for word in ABSENT)
