"""Rarity bands and contact classes of one value in plain Python are those that the relations give it."""

from collections import Counter

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from relations import make
from retrato.engines.compile.features import contact_class as classes
from retrato.engines.compile.features import name_bands, rarity
from retrato.engines.duckdb import DuckDBEngine
from retrato.identifiers.base import Feature, Scope
from retrato.matching.comparisons import MANY_RECORDS, RARITY_EDGES
from retrato.matching.contact_classes import (
    BANDS_RARER,
    MOST_NAMES,
    contact_class,
    is_misdated,
    is_variant,
    people,
    rarity_band,
)

PHONE = Feature("phone", Scope.SHARED, "phone", ("phone",), contact_point=True, multivalued=True)
CITY = Feature("city", Scope.SHARED, "place", ("city",))
SCHEMA = pa.schema(
    {
        "record": pa.int64(),
        "source": pa.int32(),
        "given_root": pa.string(),
        "birth_date": pa.string(),
        "phone": pa.list_(pa.string()),
    }
)

#: Names that are close, run together, or too short for an edit; dates that differ in little, and some that are no day.
NAMES = st.sampled_from(["", "li", "lu", "ana", "anna", "mari", "maria", "mario", "mariaana", "manuel", "maunel"])
ANY_NAMES = NAMES | st.text("abc", min_size=1, max_size=7)
DATES = st.tuples(
    st.sampled_from(["1956", "1957", "1990"]),
    st.sampled_from(["01", "04", "09", "10"]),
    st.sampled_from(["01", "04", "09", "10", "19", "30"]),
).map("-".join) | st.sampled_from(["1956", "1956-04"])
PERSONS = st.tuples(st.none() | ANY_NAMES, st.none() | DATES)
#: Those who share a phone: few, or about as many as are still told apart.
SHARED = st.lists(PERSONS, min_size=1, max_size=4) | st.lists(PERSONS, min_size=MOST_NAMES - 3, max_size=20)
#: The rarity bands of names, of which the model knows some.
BANDS = st.dictionaries(NAMES, st.integers(0, len(RARITY_EDGES)))


@pytest.fixture(scope="module")
def engine():
    with DuckDBEngine(threads=1) as opened:
        yield opened


def by_relation(engine, shared, bands, known):
    """The class of the phone of each group of persons; `bands` are those of given names."""
    rows = [(name, date, [str(place)]) for place, group in enumerate(shared) for name, date in group]
    held = [(record, record % 2, *row) for record, row in enumerate(rows)]
    arrays = [pa.array(values, kind) for values, kind in zip(zip(*held, strict=True), SCHEMA.types, strict=True)]
    engine.load("keys", pa.table(arrays, SCHEMA))
    make(engine, "name_bands", "value:s band:n", bands.items())
    found = {int(row["value"]): row["band"] for row in engine.fetch(classes(PHONE, known)).to_pylist()}
    return [found[place] for place in range(len(shared))]


def by_description(shared, bands, known):
    """The same, one phone at a time."""
    names, dates = (
        [{person[place] for person in group if key in known and person[place] is not None} for group in shared]
        for place, key in enumerate(("given_root", "birth_date"))
    )
    return [contact_class(len(group), *told, bands) for group, *told in zip(shared, names, dates, strict=True)]


@settings(max_examples=60, deadline=None)
@given(
    shared=st.lists(SHARED, min_size=1, max_size=20),
    bands=BANDS,
    known=st.sampled_from([{"given_root", "birth_date"}, {"given_root"}, {"birth_date"}]),
)
def test_the_class_of_a_value_is_that_of_its_row(engine, shared, bands, known):
    assert by_description(shared, bands, known) == by_relation(engine, shared, bands, known)


@settings(max_examples=60, deadline=None)
@given(pairs=st.lists(st.tuples(ANY_NAMES, ANY_NAMES), min_size=1, max_size=30), bands=BANDS)
def test_a_name_is_a_variant_where_two_of_them_are_one_person(engine, pairs, bands):
    shared = [[(name, None) for name in pair] for pair in pairs]
    one = [a == b or is_variant(a, b, bands) or is_variant(b, a, bands) for a, b in pairs]
    assert one == [number == 0 for number in by_relation(engine, shared, bands, {"given_root"})]


@settings(max_examples=60, deadline=None)
@given(pairs=st.lists(st.tuples(DATES, DATES), min_size=1, max_size=30))
def test_a_date_is_misdated_where_two_of_them_are_one_person(engine, pairs):
    shared = [[(None, date) for date in pair] for pair in pairs]
    one = [a == b or is_misdated(a, b) or is_misdated(b, a) for a, b in pairs]
    assert one == [number == 0 for number in by_relation(engine, shared, {}, {"birth_date"})]


@pytest.mark.parametrize("different", [1, MOST_NAMES - 1, MOST_NAMES, MOST_NAMES + 1, 41, 201])
@pytest.mark.parametrize("times", [1, 9])
def test_among_many_names_and_dates_none_is_another_miswritten(engine, different, times):
    dates = [f"19{number // 28:02}-01-{number % 28 + 1:02}" for number in range(different)]
    names = ["".join(letter * 3 for letter in f"{number:03}") for number in range(different)]
    for known in ({"given_root"}, {"birth_date"}, {"given_root", "birth_date"}):
        shared = [list(zip(names, dates, strict=True)) * times]
        assert by_description(shared, {}, known) == by_relation(engine, shared, {}, known)


def test_a_variant_is_much_rarer(engine):
    every = [(rare, common) for rare in range(len(RARITY_EDGES) + 1) for common in range(len(RARITY_EDGES) + 1)]
    pairs = [(f"maunel{rare}{common}", f"manuel{rare}{common}") for rare, common in every]
    bands = {
        name: band for names, each in zip(pairs, every, strict=True) for name, band in zip(names, each, strict=True)
    }
    expected = [common - rare >= BANDS_RARER or common > rare == 0 for rare, common in every]
    assert [is_variant(*names, bands) for names in pairs] == expected
    shared = [[(name, None) for name in names] for names in pairs]
    assert by_description(shared, bands, {"given_root"}) == by_relation(engine, shared, bands, {"given_root"})


def test_a_variant_differs_in_one_of_three_letters_and_in_no_more_than_two(engine):
    sizes = [(length, edits) for length in range(1, 10) for edits in range(1, min(length, 4) + 1)]
    pairs = [("zyxw"[:edits] + "abcdefghi"[edits:length], "abcdefghi"[:length]) for length, edits in sizes]
    bands = {other: BANDS_RARER for _, other in pairs}
    expected = [edits <= 2 and edits * 3 <= length for length, edits in sizes]
    assert [is_variant(name, other, bands) for name, other in pairs] == expected
    shared = [[(name, None) for name in names] for names in pairs]
    assert by_description(shared, bands, {"given_root"}) == by_relation(engine, shared, bands, {"given_root"})


def test_of_one_person_are_many_records(engine):
    shared = [[("ana", "1956-04-09")] * size for size in range(MANY_RECORDS - 1, MANY_RECORDS + 2)]
    for known in ({"given_root"}, {"given_root", "birth_date"}):
        assert by_description(shared, {}, known) == by_relation(engine, shared, {}, known) == [0, 0, 1]


def test_the_bands_of_names_are_those_of_their_records(engine):
    counts = {"ana": 40, "anna": 1, "eva": 2, "li": 3, "maria": 201}
    names = [*Counter(counts).elements(), None]
    engine.load("keys", pa.table({"record": range(len(names)), "given_root": names}))
    found = {row["value"]: row["band"] for row in engine.fetch(name_bands()).to_pylist()}
    assert {name: found.get(name, 0) for name in counts} == {name: rarity_band(n) for name, n in counts.items()}


def test_the_band_of_a_value_is_that_of_its_row(engine):
    sizes = sorted({edge + more for edge in RARITY_EDGES for more in (-1, 0, 1)})
    cities = [str(size) for size in sizes for _ in range(size)]
    engine.load("keys", pa.table({"record": range(len(cities)), "source": [1] * len(cities), "city": cities}))
    found = {int(row["value"]): row["band"] for row in engine.fetch(rarity(CITY)).to_pylist()}
    assert found == {size: rarity_band(size) for size in sizes}
    assert set(found.values()) == set(range(len(RARITY_EDGES) + 1))


def test_without_names_and_dates_the_class_is_the_band(engine):
    shared = [[(None, None)] * size for size in (1, 2, 3, 9)]
    assert by_relation(engine, shared, {}, set()) == [rarity_band(len(group)) for group in shared] == [0, 0, 1, 2]


def test_people_are_told_apart_by_names_or_by_birth_dates():
    bands = {"pedro": 2, "ana": 3}
    assert people(["pedro", "ana", "anna"], [], bands) == 2
    assert people(["pedro"], ["1956-04-09", "1990-10-01", "1971-02-03"], bands) == 3
    assert people([], [], bands) is None
