"""Every engine, and the codes, give every comparison the level that the plain Python description gives."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from retrato import Ruleset
from retrato.engines.compile.comparisons import compared_pairs, level_column
from retrato.engines.compile.features import features_table, rarity
from retrato.engines.compile.template import tree
from retrato.engines.duckdb import DuckDBEngine
from retrato.identifiers.base import Feature, Scope
from retrato.matching.accounts import ACCOUNT_FEATURES
from retrato.matching.comparisons import LEVELS, comparisons_for
from retrato.matching.similar_texts import NO_TEST, Texts
from retrato.matching.similarity import (
    EditsAtMost,
    InitialOf,
    JaroWinklerAtLeast,
    Keys,
    PrefixEqual,
    RatioAtLeast,
    TokensShared,
)
from retrato.pipeline.coded import with_levels_by_codes
from retrato.pipeline.run import Run

WORDS = st.text("abcdeo1", min_size=1, max_size=7)
TEXTS = st.lists(WORDS, min_size=1, max_size=3).map(" ".join)
DATES = st.dates().map(str)
NUMBERS = st.floats(-1e6, 1e6, allow_nan=False).map(lambda x: f"{x:.2f}") | st.just("no number")
CODES = st.tuples(st.sampled_from(["", "es_dni:", "passport:"]), st.text("0123456789", min_size=1, max_size=9)).map(
    "".join
)
EMAILS = st.tuples(WORDS, st.sampled_from(["a.es", "b.com"])).map("@".join)

FEATURES = (
    Feature("given_name", Scope.PERSON, "given_name", ("given_name", "given_root")),
    Feature("family_name", Scope.SHARED, "family_name", ("family_name",)),
    Feature("second_family_name", Scope.SHARED, "family_name", ("second_family_name",)),
    Feature("name_suffix", Scope.PERSON, "suffix", ("name_suffix",)),
    Feature("birth_date", Scope.PERSON, "date", ("birth_date",)),
    Feature("postcode", Scope.SHARED, "postcode", ("postcode", "city")),
    Feature("address", Scope.SHARED, "address", ("address", "street")),
    Feature("score", Scope.SHARED, "number", ("score",)),
    Feature("city", Scope.SHARED, "city", ("city", "region")),
    Feature("region", Scope.SHARED, "place", ("region",)),
    Feature("handle", Scope.PERSON, "handle", ("handle",), multivalued=True, namespaced=True),
    Feature("tier", Scope.SHARED, "category", ("tier",)),
    Feature("note", Scope.SHARED, "text", ("note",)),
    Feature("national_id", Scope.PERSON, "identifier", ("national_id",), multivalued=True, namespaced=True),
    Feature("phone", Scope.SHARED, "phone", ("phone", "phone_tail"), multivalued=True),
    Feature("email", Scope.SHARED, "email", ("email", "email_local", "email_letters"), multivalued=True),
    *ACCOUNT_FEATURES,
)


def some(values: st.SearchStrategy[str]) -> st.SearchStrategy[list[str] | None]:
    return st.none() | st.lists(values, min_size=1, max_size=3, unique=True).map(sorted)


RECORD = st.fixed_dictionaries(
    {
        "given_name": st.none() | TEXTS,
        "given_root": st.none() | WORDS,
        "family_name": st.none() | TEXTS,
        "second_family_name": st.none() | WORDS,
        "name_suffix": st.none() | st.sampled_from(["sr", "jr", "iii"]),
        "birth_date": st.none() | DATES,
        "postcode": st.none() | st.text("012", min_size=1, max_size=5),
        "address": st.none() | TEXTS,
        "street": st.none() | TEXTS,
        "score": st.none() | NUMBERS,
        "city": st.none() | TEXTS,
        "region": st.none() | WORDS,
        "handle": some(CODES),
        "tier": st.none() | WORDS,
        "note": st.none() | TEXTS,
        "national_id": some(CODES),
        "phone": some(st.text("01", min_size=7, max_size=9)),
        "phone_tail": some(st.text("01", min_size=2, max_size=3)),
        "email": some(EMAILS),
        "email_local": some(WORDS),
        "email_letters": some(WORDS),
        "account_names": some(WORDS),
        "account_forms": some(WORDS),
        "own_user_names": some(WORDS),
        "numbered_names": some(WORDS),
        "accounts": st.none() | st.lists(WORDS, min_size=1, max_size=2).map(lambda names: f"|{'|'.join(names)}|"),
        "given_letters": st.none() | WORDS,
        "family_letters": st.none() | WORDS,
    }
)
#: Some have one value of everything at most.
RECORDS = st.lists(
    RECORD | RECORD.map(lambda record: {key: firsts(value) for key, value in record.items()}), min_size=6, max_size=12
)


def firsts(value: object) -> object:
    return value[:1] if isinstance(value, list) else value


def typed(records: list[dict[str, object]]) -> pa.Table:
    lists = {key for feature in FEATURES if feature.multivalued for key in feature.keys}
    fields = [("record", pa.int64()), ("source", pa.int32())]
    fields += [(name, pa.list_(pa.string()) if name in lists else pa.string()) for name in records[0]]
    rows = [{"record": number, "source": 1, **record} for number, record in enumerate(records)]
    return pa.Table.from_pylist(rows, schema=pa.schema(fields))


@pytest.fixture(scope="module")
def engine():
    with DuckDBEngine(threads=1) as opened:
        yield opened


def test_every_comparison_is_in_the_suite() -> None:
    assert {feature.comparison for feature in FEATURES} == set(LEVELS)


@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
)
@given(records=RECORDS)
def test_duckdb_gives_the_levels_of_the_description(engine: DuckDBEngine, records: list[dict[str, object]]) -> None:
    comparisons = comparisons_for(FEATURES)
    engine.load("keys", typed(records))
    for number, feature in enumerate(FEATURES):
        (engine.append if number else engine.create)("value_bands", rarity(feature))
    engine.create("features", features_table(FEATURES))
    pairs = list(itertools.combinations(range(len(records)), 2))
    engine.load("pairs", pa.table({"a": [a for a, _ in pairs], "b": [b for _, b in pairs]}))
    lists = {key for feature in FEATURES if feature.multivalued for key in feature.keys}
    known = set(engine.columns("features"))
    bands = {
        (row["feature"], row["value"]): row["band"]
        for row in engine.fetch(tree("SELECT * FROM value_bands")).to_pylist()
    }
    keys = [
        Keys({name: tuple(value) if isinstance(value, list) else value for name, value in record.items()})
        for record in records
    ]
    query = compared_pairs(tree("SELECT * FROM pairs"), comparisons, lists=lists, known=known, kept=("a", "b"))
    run = Run(
        engine,
        (),
        Ruleset(),
        kinds={"all": FEATURES},
        lists=frozenset(lists),
        comparisons=comparisons,
        counts={"records": len(records)},
    )
    for found in (
        engine.fetch(query),
        with_levels_by_codes(run, pa.table(list(zip(*pairs, strict=True)), names=["a", "b"])),
    ):
        assert found.num_rows == len(pairs)
        for row in found.to_pylist():
            for comparison in comparisons:
                mine = {value: band for (feature, value), band in bands.items() if feature == comparison.feature}
                expected = comparison.level(keys[row["a"]], keys[row["b"]], mine)
                assert row[level_column(comparison)] == expected, comparison.feature


WORD = (
    st.text("ab1", min_size=1, max_size=9)
    | st.text("abcdefg0123456789@. ", min_size=4, max_size=12)
    | st.text(min_size=1, max_size=5)
    | NUMBERS
)
TESTS = (
    InitialOf("key"),
    PrefixEqual("key", 2),
    RatioAtLeast("key", 0.9),
    TokensShared("key"),
    *(EditsAtMost("key", edits, length) for edits, length in ((1, 0), (2, 3), (5, 0))),
    *(JaroWinklerAtLeast("key", similarity) for similarity in (0.7, 0.85, 0.92)),
)


@settings(max_examples=200, deadline=None)
@given(data=st.data())
def test_texts_looked_at_together_are_as_close_as_one_by_one(data: st.DataObject) -> None:
    first = data.draw(st.lists(WORD, min_size=5, max_size=10))
    second = [edited(data.draw, each) if data.draw(st.booleans()) else data.draw(WORD) for each in first]
    texts = list(dict.fromkeys(first + second))
    places = list(itertools.permutations(range(len(texts)), 2))
    left, right = np.array(places, np.int64).reshape(-1, 2).T
    order = data.draw(st.permutations(TESTS))
    for tests in (*({8: each} for each in TESTS), dict(enumerate(order, 8))):
        found = Texts(pa.array(texts, pa.string())).first_that_holds(tests, left, right)
        for (a, b), level in zip(places, found.tolist(), strict=True):
            one, other = Keys({"key": texts[a]}), Keys({"key": texts[b]})
            expected = next((number for number, each in tests.items() if each.holds(one, other)), NO_TEST)
            assert level == expected, (texts[a], texts[b], tests)


def edited(draw: Any, text: str) -> str:
    for _ in range(draw(st.integers(1, 3))):
        place = draw(st.integers(0, len(text)))
        swapped = text[:place] + text[place + 1 : place + 2] + text[place : place + 1] + text[place + 2 :]
        text = draw(
            st.sampled_from([swapped, text[:place] + "b" + text[place:], text[:place] + text[place + 1 :] or "a"])
        )
    return text
