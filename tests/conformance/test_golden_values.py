"""The values of a profile are ranked the same whether the engine does it or `ranked_values` in memory."""

from __future__ import annotations

import json
import unicodedata
from collections import defaultdict
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import groupby
from types import MappingProxyType

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from relations import make, run
from retrato.engines.compile.survivorship import person_steps, value_steps
from retrato.engines.compile.survivorship import values as values_query
from retrato.engines.compile.template import tree
from retrato.engines.duckdb import DuckDBEngine
from retrato.profiles.golden import folded, ranked_values
from retrato.profiles.profile import Value
from retrato.profiles.survivorship import ANY_ATTRIBUTE, Pin, Strategy, SurvivorshipRule, effective_rules
from retrato.resolution.tables import TABLES

IDENTIFIERS = (
    "record:i version:n attribute:s kind:s namespace:s ordinal:n value:s raw:s status:s parts:s column_name:s "
    "observed_at:t column_no:n"
)
#: Records by number, in the order of source and key; of two profiles.
RECORDS = (("crm", "1"), ("crm", "10"), ("crm", "2"), ("shop", "1"), ("shop", "2"), ("web", "1"), ("web", "3"))
PROFILES = {each: f"p{place % 3 // 2}" for place, each in enumerate(RECORDS)}


@pytest.fixture(scope="module")
def engine():
    with DuckDBEngine(threads=2) as engine:
        make(engine, "records", "record:i source:s record_key:s", [(n, *each) for n, each in enumerate(RECORDS)])
        assigned = [(n, PROFILES[each], None) for n, each in enumerate(RECORDS)]
        make(engine, "assignments", "record:i profile_id:s household_id:s", assigned)
        run(engine, person_steps())
        yield engine


def in_relations(engine, held, rules, pins=()):
    """The values of each profile as the relations rank them; `held` becomes the table `identifiers`."""
    numbered = {pin: number for number, pin in enumerate(pins, 1)}
    make(engine, "pins", "source:s record_key:s attribute:s value:s pin:n", [(*pin, n) for pin, n in numbered.items()])
    columns = sorted({(each.attribute, each.kind, each.column_name) for each in held})
    rows = [
        (
            RECORDS.index((each.source, each.record_key)),
            each.version,
            each.attribute,
            each.kind,
            each.namespace,
            ordinal,
            each.value,
            each.raw,
            each.status,
            json.dumps(dict(each.parts)) if each.parts else None,
            each.column_name,
            each.observed_at,
            columns.index((each.attribute, each.kind, each.column_name)),
        )
        for ordinal, each in enumerate(held)
    ]
    make(engine, "identifiers", IDENTIFIERS, rows)
    run(engine, [*value_steps(rules), ("values", values_query("identifiers"))])
    found = defaultdict(list)
    for row in engine.fetch(tree(TABLES["values"])).to_pylist():
        found[row["profile_id"]].append(Value.from_row(row))
    return found


def in_memory(held, rules, pins=()):
    found = defaultdict(list)
    for each in held:
        found[PROFILES[each.source, each.record_key]].append(each)
    return {profile_id: ranked_values(values, effective_rules(rules), pins) for profile_id, values in found.items()}


def place(value):
    """What the table `values` is ordered by."""
    slot = (value.attribute, value.kind, value.namespace)
    return (*slot, value.rank, value.source, value.record_key, value.version, value.column_name, value.value, value.raw)


def settled(values):
    """The values as they stand, those of one place in any fixed order; and the confidence of each."""
    ordered = [each for _, tied in groupby(values, place) for each in sorted(tied, key=repr)]
    return [replace(each, confidence=None) for each in ordered], [each.confidence for each in ordered]


def assert_same(found, expected):
    assert found.keys() == expected.keys()
    for profile_id, values in expected.items():
        told, confidence = settled(values)
        ours, own_confidence = settled(found[profile_id])
        assert ours == told
        assert own_confidence == pytest.approx(confidence)


# --- examples ---------------------------------------------------------------------------------------------------------


def told(value, kind="name", *, key="1", source="crm", **more):
    return Value(kind, kind, value, raw=value, source=source, record_key=key, column_name=kind, **more)


def seen(values):
    return [(each.value, each.rank, each.golden, each.support, each.rule) for each in values]


def test_what_most_agree_with_is_golden_and_a_filler_has_no_rank():
    held = (
        told(None, "sex", key="1", status="placeholder"),
        told("m", "sex", key="2"),
        told("f", "sex", key="3"),
        told("f", "sex", key="4"),
    )
    ranked = ranked_values(held, effective_rules())
    assert seen(ranked) == [
        ("f", 1, True, 2, "most_frequent"),
        ("f", 1, False, 2, "most_frequent"),
        ("m", 2, False, 1, "most_frequent"),
        (None, None, False, None, "not_ranked"),
    ]
    assert [each.confidence for each in ranked] == pytest.approx([40 / 70, 40 / 70, 20 / 70, None])


def test_what_a_superseded_version_alone_holds_comes_last_and_has_half_a_vote():
    first, second = ranked_values(
        (
            told("luis@x.es", "email", version=1, observed_at=datetime(2024, 5, 1)),
            told("ana@x.es", "email", observed_at=datetime(2020, 5, 1)),
        ),
        effective_rules(),
    )
    assert (first.value, first.rule, second.rule) == ("ana@x.es", "current_version", "current_version")
    assert (first.confidence, second.confidence) == pytest.approx((20 / 30, 10 / 20))


def test_a_superseded_short_form_does_not_speak_for_a_current_name():
    held = (told("Ana Gil", key="1"), told("Eva Sanz", key="2"), told("Eva", key="3", version=1))
    rule = SurvivorshipRule("name", (Strategy.MOST_FREQUENT,))
    assert seen(ranked_values(held, effective_rules([rule]))) == [
        ("Ana Gil", 1, True, 1, "content"),
        ("Eva Sanz", 2, False, 1, "content"),
        ("Eva", 3, False, 1, "current_version"),
    ]


def test_the_golden_row_is_of_the_source_with_priority_and_its_parts_go_with_it():
    rule = SurvivorshipRule("address", (Strategy.LONGEST, Strategy.SOURCE_PRIORITY), sources=("shop", "crm"))
    where = {"street": "Mayor", "city": "Soria"}
    held = (
        told("Mayor 1, Soria", "address", source="crm", parts=where, observed_at=datetime(2024, 1, 2)),
        told("Mayor 1, Soria", "address", source="shop", parts={**where, "number": "1"}),
        told("Mayor 1, Soria", "address", source="web", parts={}),
    )
    crm, shop, web = ranked_values(held, effective_rules([rule]))
    assert (crm.golden, shop.golden, web.golden) == (False, True, False)
    assert (shop.parts["number"], shop.rule, shop.support) == ("1", "only_value", 3)


def test_of_one_cell_the_first_is_golden():
    held = [replace(told("+34600112233", "phone"), raw=raw) for raw in ("600 112 233", "0034600112233")]
    assert [(each.raw, each.golden) for each in ranked_values(held, effective_rules())] == [
        ("0034600112233", False),
        ("600 112 233", True),
    ]


def test_a_pinned_value_is_golden_whatever_speaks_for_others_and_the_last_pin_holds():
    held = (told("Ana Gil", key="1"), told("Ana Gil", key="2"), told("Eva Sanz", key="3", version=1), told("Ada"))
    eva, ada = Pin("crm", "3", "name", "Eva Sanz"), Pin("crm", "1", "name", "Ada")
    assert seen(ranked_values(held, effective_rules(), [ada, eva])) == [
        ("Eva Sanz", 1, True, 1, "pinned"),
        ("Ada", 2, False, 1, "pinned"),
        ("Ana Gil", 3, False, 2, "pinned"),
        ("Ana Gil", 3, False, 2, "pinned"),
    ]
    astray = [Pin("crm", "9", "name", "Ada"), Pin("crm", "1", "sex", "Ada")]
    assert ranked_values(held, effective_rules(), astray) == ranked_values(held, effective_rules())


def test_a_profile_without_values_has_none_and_what_is_ranked_stays_so():
    assert ranked_values((), effective_rules()) == ()
    once = ranked_values((told("Ana", key="1"), told("ANA", key="2"), told("Ana Gil", key="3")), effective_rules())
    assert ranked_values(once, effective_rules()) == once


# --- laws -------------------------------------------------------------------------------------------------------------

TEXTS = {
    "name": ("Ana Gil", "ána gil", "Gil Ana", "Ana", "Ana  Gil", "Ana Gil Ruiz", "ΑΝΑΣ", "ανασ"),
    "address": ("Mayor 1, León", "MAYOR 1, LEON", "Sol 2"),
    "category": ("Oro", "ORÓ", "plata"),
    "text": ("İ", "i", "é", "e"),
    "sex": ("f", "m"),
    "handle": ("é", "e", "É"),
}
KINDS = ("name", "name", "name", "name", "address", "category", "text", "sex", "handle")
PARTS = ({}, {"given": "a"}, {"given": "a", "family": "b"}, {"street": "m", "city": "l"}, {"street": "m", "x": "y"})
LATE = datetime(2024, 5, 1, 8)
TIMES = (None, LATE, LATE + timedelta(microseconds=1), datetime(1970, 1, 1), datetime(1969, 12, 31, 23, 59, 59, 1))
STATUSES = ("valid", "valid", "valid", "possible", "invalid", "placeholder", "missing")


@st.composite
def slots(draw):
    """Attribute, kind and namespace."""
    kind = draw(st.sampled_from(KINDS))
    return draw(st.sampled_from([kind, kind, "any"])), kind, draw(st.sampled_from(["", "", "a", "é"]))


@st.composite
def claims(draw, slots):
    """A value as a record holds it."""
    attribute, kind, namespace = draw(st.sampled_from(slots))
    value = draw(st.sampled_from(TEXTS[kind]))
    status = draw(st.sampled_from(STATUSES))
    source, key = draw(st.sampled_from(RECORDS))
    return Value(
        attribute,
        kind,
        draw(st.sampled_from([value, None])) if status in ("placeholder", "missing") else value,
        namespace=namespace,
        raw=draw(st.sampled_from([value, value.upper(), None])),
        parts=MappingProxyType(draw(st.sampled_from(PARTS))),
        status=status,
        source=source,
        record_key=key,
        version=draw(st.sampled_from([0, 0, 0, 1, 2])),
        column_name=draw(st.sampled_from(["one", "one", "One"])),
        observed_at=draw(st.sampled_from(TIMES)),
    )


@st.composite
def rules_of(draw, attribute):
    strategy = tuple(draw(st.lists(st.sampled_from(Strategy), unique=True, min_size=1)))
    orders = [("web", "crm"), ("shop",), ("crm", "shop", "crm")]
    sources = draw(st.sampled_from(orders)) if Strategy.SOURCE_PRIORITY in strategy else ()
    return SurvivorshipRule(attribute, strategy, sources)


@st.composite
def histories(draw):
    """Many values that compete for few slots, rules for some of them, and pins."""
    chosen = draw(st.lists(slots(), min_size=1, max_size=3))
    held = draw(st.lists(claims(chosen), min_size=10, max_size=40))
    attributes = sorted({attribute for attribute, _, _ in chosen} | {ANY_ATTRIBUTE})
    ruled = draw(st.lists(st.sampled_from(attributes), unique=True))
    pinned = draw(st.lists(st.sampled_from(held), max_size=3))
    pins = [Pin(each.source, each.record_key, each.name, each.value) for each in pinned if each.value is not None]
    return held, [draw(rules_of(attribute)) for attribute in ruled], pins


@settings(deadline=None, max_examples=60)
@given(histories())
def test_the_engine_and_memory_rank_the_same(engine, history):
    held, rules, pins = history
    ranked = in_memory(held, rules, pins)
    assert_same(ranked, in_relations(engine, held, rules, pins))
    elsewhere = sorted(held, key=lambda each: (each.record_key, each.kind, each.column_name), reverse=True)
    assert_same(in_memory(elsewhere, rules, pins), ranked)


def test_folding_is_that_of_the_engine(engine):
    """Of all letters and marks that any Python knows; the ideographs, which have no accents, are left out."""
    codes = (*range(1, 0x3400), *range(0xA000, 0xAD00), *range(0xF900, 0x1E000))
    known = [chr(code) for code in codes if unicodedata.ucd_3_2_0.category(chr(code)) not in ("Cn", "Cs", "Co")]
    words = ["ΟΔΟΣ ΣΑΣ", "ὈΔΥΣΣΕΎΣ", "İstanbul", "Jose\u0301 NU\u0303N\u0303EZ", "Việt", "हिन्दी", "\u1100\u1161\u11a8"]
    texts = [*words, *known, *(f"É{letter}x" for letter in known)]
    make(engine, "texts", "text:s", [(text,) for text in texts])
    query = tree("SELECT text, strip_accents(lower(text)) AS folded FROM texts")
    expected = {row["text"]: row["folded"] for row in engine.fetch(query).to_pylist()}
    assert {text: unicodedata.normalize("NFC", folded(text)) for text in texts} == expected
