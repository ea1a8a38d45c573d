from __future__ import annotations

import json
from collections import defaultdict
from datetime import datetime
from itertools import groupby

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from relations import make, rows, run
from retrato.engines.compile.portraits import plain_attributes, profile_steps
from retrato.engines.compile.survivorship import person_steps, value_steps
from retrato.engines.compile.survivorship import values as values_query
from retrato.engines.duckdb import DuckDBEngine
from retrato.profiles.survivorship import Strategy, SurvivorshipRule, effective_rules

IDENTIFIERS = (
    "record:i version:n attribute:s kind:s namespace:s ordinal:n value:s raw:s status:s issues:s parts:s column_name:s "
    "observed_at:t column_no:n"
)


@pytest.fixture(scope="module")
def engine():
    with DuckDBEngine(threads=2) as engine:
        yield engine


def day(number):
    return datetime(2024, 1, number)


def told(record, kind, value, **more):
    """One row of `identifiers`."""
    row = {
        "record": record,
        "version": 0,
        "attribute": more.get("attribute", kind),
        "kind": kind,
        "namespace": "",
        "ordinal": 0,
        "value": value,
        "raw": value or "n/a",
        "status": "valid",
        "issues": "",
        "parts": None,
        "column_name": kind,
        "observed_at": day(1),
        **more,
    }
    if isinstance(row["parts"], dict):
        row["parts"] = json.dumps(row["parts"])
    return row


def portray(engine, identifiers, rules=(), *, profiles=None, sources=None):
    """Values and profiles; `profiles` and `sources` by record, all one profile of the source crm if not told."""
    numbers = sorted({row["record"] for row in identifiers} | set(profiles or ()))
    profiles = profiles or dict.fromkeys(numbers, "p1")
    sources = sources or {}
    records = [(n, sources.get(n, "crm"), str(n), day(1 + n % 9), day(11 + n % 9)) for n in numbers]
    make(engine, "records", "record:i source:s record_key:s created_at:t updated_at:t", records)
    assigned = [(n, profiles[n], None) for n in reversed(numbers)]
    make(engine, "assignments", "record:i profile_id:s household_id:s", assigned)
    make(engine, "certainty", "profile_id:s expected_precision:d expected_recall:d", [])
    make(engine, "timeline_rows", "person:i event:i", [])
    make(engine, "events", "event:i time:t", [])
    columns = sorted({(row["attribute"], row["kind"], row["column_name"]) for row in identifiers})
    told_rows = [
        {**row, "ordinal": nth, "column_no": columns.index((row["attribute"], row["kind"], row["column_name"]))}
        for nth, row in enumerate(identifiers)
    ]
    make(engine, "pins", "source:s record_key:s attribute:s value:s pin:n", [])
    make(engine, "identifiers", IDENTIFIERS, [tuple(row.values()) for row in told_rows])
    run(engine, [*person_steps(), *value_steps(rules), ("values", values_query("identifiers"))])
    run(engine, profile_steps(engine.fetch(plain_attributes()).column("attribute").to_pylist()))
    return rows(engine, "values"), rows(engine, "profiles")


def ranked(values, attribute, profile="p1"):
    found = {row["rank"]: row["value"] for row in values if row["attribute"] == attribute and row["rank"]}
    return [found[rank] for rank in sorted(found)]


def golden(values, attribute):
    (row,) = [row for row in values if row["attribute"] == attribute and row["golden"]]
    return row


def test_a_majority_corrects_a_birth_date(engine):
    dates = ["1980-03-02", "1980-03-02", "1980-02-03"]
    values, _ = portray(engine, [told(n, "birth_date", date, observed_at=day(n + 1)) for n, date in enumerate(dates)])
    best = golden(values, "birth_date")
    assert (best["value"], best["support"], best["rule"]) == ("1980-03-02", 2, "most_frequent")
    assert best["confidence"] == pytest.approx(2 / 3.5)
    assert best["record_key"] == "1", "the newest of the rows that agree"


def test_a_value_that_failed_its_checks_loses_against_one_that_passed(engine):
    values, profiles = portray(
        engine,
        [
            told(0, "phone", "+34", status="invalid", observed_at=day(9)),
            told(1, "phone", "+34600111222", status="possible"),
            told(2, "phone", "+34600333444"),
        ],
    )
    assert ranked(values, "phone") == ["+34600333444", "+34600111222", "+34"]
    assert profiles[0]["phones"] == ["+34600333444", "+34600111222"], "a list of contact points has no invalid ones"


def test_placeholders_stay_without_a_rank(engine):
    values, profiles = portray(
        engine, [told(0, "email", None, raw="none@none.com", status="placeholder"), told(0, "phone", "+34600333444")]
    )
    (placeholder,) = [row for row in values if row["attribute"] == "email"]
    assert (placeholder["raw"], placeholder["rank"], placeholder["golden"]) == ("none@none.com", None, False)
    assert placeholder["rule"] == "not_ranked"
    assert profiles[0]["emails"] == []


def test_a_fuller_name_has_the_votes_of_its_shorter_forms(engine):
    pedro = {"given": "Pedro", "family": "García"}
    values, profiles = portray(
        engine,
        [
            told(0, "name", "Pedro Garcia", parts=pedro),
            told(1, "name", "Pedro Garcia", parts=pedro),
            told(2, "name", "Pedro García", parts=pedro),
            told(3, "name", "Pedro García López", parts={**pedro, "second_family": "López"}),
            told(4, "name", "Pedro", parts={"given": "Pedro"}),
        ],
    )
    assert ranked(values, "name") == ["Pedro García López", "Pedro García", "Pedro Garcia", "Pedro"]
    (profile,) = profiles
    assert [profile[part] for part in ("given_name", "family_name", "second_family_name")] == [
        "Pedro",
        "García",
        "López",
    ]


def test_an_address_survives_as_a_unit_the_newest_complete_one(engine):
    old = {"street": "C/ Mayor 3", "city": "Madrid", "postcode": "28013"}
    new = {"street": "Gran Vía 1", "city": "Bilbao"}
    values, profiles = portray(
        engine,
        [
            told(0, "address", "C/ Mayor 3, 28013 Madrid", parts=old),
            told(1, "address", "Gran Vía 1, Bilbao", parts=new, observed_at=day(5)),
            told(2, "address", "Sevilla", parts={"city": "Sevilla"}, observed_at=day(9)),
        ],
    )
    assert golden(values, "address")["rule"] == "most_recent"
    (profile,) = profiles
    assert [profile[part] for part in ("street", "city", "postcode")] == ["Gran Vía 1", "Bilbao", None]


def test_superseded_values_come_last_but_stay(engine):
    values, _ = portray(
        engine,
        [
            told(0, "phone", "+1", version=1, observed_at=day(9)),
            told(1, "phone", "+1", version=1, observed_at=day(9)),
            told(0, "phone", "+2", status="invalid"),
        ],
    )
    assert ranked(values, "phone") == ["+2", "+1"]
    assert golden(values, "phone")["rule"] == "current_version"


def test_superseded_forms_of_a_name_have_no_vote_for_current_ones(engine):
    ana, luz, old = ("Ana Gil", 0), ("Luz Gil", 0), ("LUZ GIL", 1)
    claims = [
        told(record, "name", value, version=version, parts={"given": "x", "family": "Gil"})
        for record, (value, version) in enumerate([ana, ana, luz, old, old, old])
    ]
    values, _ = portray(engine, claims)
    assert ranked(values, "name") == ["Ana Gil", "Luz Gil", "LUZ GIL"]


def test_source_priority_decides_and_the_row_comes_from_that_source(engine):
    rule = SurvivorshipRule("sex", (Strategy.SOURCE_PRIORITY, Strategy.MOST_FREQUENT), ("shop", "crm"))
    values, _ = portray(
        engine,
        [told(0, "sex", "m"), told(1, "sex", "m"), told(2, "sex", "f"), told(3, "sex", "f")],
        [rule],
        sources={0: "web", 1: "crm", 2: "web", 3: "shop"},
    )
    best = golden(values, "sex")
    assert (best["value"], best["source"], best["rule"]) == ("f", "shop", "source_priority")


def test_namespaces_do_not_compete_and_are_shown(engine):
    values, profiles = portray(
        engine,
        [
            told(0, "national_id", "12345678Z", namespace="dni"),
            told(1, "national_id", "X1234567L", namespace="nie"),
            told(2, "national_id", "12345678Z", namespace="dni"),
        ],
    )
    assert sum(row["golden"] for row in values) == 2
    assert profiles[0]["national_ids"] == ["dni:12345678Z", "nie:X1234567L"]


def test_plain_attributes_get_columns_that_do_not_collide(engine):
    _, profiles = portray(
        engine,
        [
            told(0, "category", "gold", attribute="tier", namespace="tier"),
            told(0, "text", "Springfield", attribute="city", namespace="city"),
            told(0, "text", "nickname", attribute="name", namespace="name"),
        ],
    )
    (profile,) = profiles
    assert (profile["tier"], profile["attribute_city"], profile["attribute_name"]) == (
        "gold",
        "Springfield",
        "nickname",
    )
    assert (profile["city"], profile["name"]) == (None, None)


def test_a_profile_tells_its_records_sources_and_times_even_without_values(engine):
    _, profiles = portray(engine, [told(0, "sex", "m")], profiles={0: "p1", 1: "p1", 2: "p2"}, sources={1: "web"})
    by_id = {row["profile_id"]: row for row in profiles}
    assert (by_id["p1"]["records"], by_id["p1"]["sources"]) == (2, ["crm", "web"])
    assert (by_id["p1"]["first_seen"], by_id["p1"]["last_seen"]) == (day(1), day(12))
    assert (by_id["p2"]["name"], by_id["p2"]["confidence"]) == (None, None)


# --- laws -------------------------------------------------------------------------------------------------------------

RULES = (
    SurvivorshipRule("sex", (Strategy.SOURCE_PRIORITY, Strategy.LONGEST), ("web",)),
    SurvivorshipRule("phone", (Strategy.MOST_FREQUENT, Strategy.MOST_RECENT)),
)
claim = st.builds(
    lambda record, version, kind, namespace, value, status, seen, column: told(
        record,
        kind,
        None if status in ("placeholder", "missing") else value,
        raw=value,
        version=version,
        namespace=namespace,
        status=status,
        observed_at=seen and day(seen),
        column_name=column,
        parts={"given": "x", "family": "y"} if kind == "name" and " " in value else None,
    ),
    st.integers(0, 7),
    st.integers(0, 1),
    st.sampled_from(["name", "name", "name", "sex", "phone", "category"]),
    st.sampled_from(["", "", "", "a"]),
    st.sampled_from(["Ana Gil", "ána gil", "Ana", "Ana Gil Ruiz", "b", "é"]),
    st.sampled_from(["valid", "valid", "possible", "invalid", "placeholder"]),
    st.one_of(st.none(), st.integers(1, 5)),
    st.sampled_from(["one", "two"]),
)
claims = st.lists(claim, min_size=1, max_size=25)
SOURCES = {n: ("crm", "web", "shop")[n % 3] for n in range(8)}
PROFILES = {n: f"p{n // 5}" for n in range(8)}


def folded(row):
    text = row["value"]
    in_words = row["kind"] in ("name", "category")
    return text.lower().replace("á", "a").replace("é", "e") if in_words else text


def naive_order(group, rule):
    """The ranked distinct values of one profile, attribute and namespace, the slow and plain way."""
    by_value = defaultdict(list)
    for row in group:
        by_value[row["value"]].append(row)

    def superseded(held):
        return min(row["version"] > 0 for row in held)

    def support(held):
        current = {row["record"] for row in held if row["version"] == 0}
        return len(current or {row["record"] for row in held})

    def agrees(other, held):
        if held[0]["kind"] == "name":
            return set(folded(other[0]).split()) <= set(folded(held[0]).split())
        return folded(other[0]) == folded(held[0])

    def measure(strategy, held):
        match strategy:
            case Strategy.VERIFIED_FIRST:
                return min(["valid", "possible", "invalid"].index(row["status"]) for row in held)
            case Strategy.COMPLETE_FIRST:
                return held[0]["kind"] == "name" and not any(row["parts"] for row in held)
            case Strategy.MOST_RECENT:
                return -max((row["observed_at"].timestamp() for row in held if row["observed_at"]), default=0)
            case Strategy.MOST_FREQUENT:
                peers = [other for other in by_value.values() if superseded(other) == superseded(held)]
                return -sum(support(other) for other in peers if agrees(other, held))
            case Strategy.SOURCE_PRIORITY:
                known = [*rule.sources, "?"]
                return min(known.index(s if (s := SOURCES[row["record"]]) in known else "?") for row in held)
            case Strategy.LONGEST:
                return -len(held[0]["value"].encode())
        raise AssertionError(strategy)

    def key(item):
        value, held = item
        return (superseded(held), *(measure(strategy, held) for strategy in rule.strategy), value)

    return [(value, support(held)) for value, held in sorted(by_value.items(), key=key)]


@settings(deadline=None, max_examples=25)
@given(claims)
def test_ranks_and_support_are_those_of_the_naive_rule_and_nothing_is_lost(engine, identifiers):
    values, _ = portray(engine, identifiers, RULES, profiles=PROFILES, sources=SOURCES)

    def provenance(row, key):
        same = ("attribute", "namespace", "value", "raw", "status", "version", "column_name", "observed_at")
        return repr([key, *(row[name] for name in same)])

    assert sorted(provenance(row, row["record_key"]) for row in values) == sorted(
        provenance(row, str(row["record"])) for row in identifiers
    )
    rules = effective_rules(RULES)

    def group_key(row):
        profile = row.get("profile_id") or PROFILES[row["record"]]
        return (profile, row["attribute"], row["namespace"])

    usable = sorted((row for row in identifiers if row["value"] is not None), key=group_key)
    expected = {
        key: naive_order(list(group), rules.get(key[1], rules["*"])) for key, group in groupby(usable, group_key)
    }
    found = defaultdict(dict)
    for row in values:
        if row["rank"] is None:
            assert row["value"] is None
            assert not row["golden"]
        else:
            found[group_key(row)][row["rank"]] = (row["value"], row["support"])
    assert {key: [by_rank[rank] for rank in sorted(by_rank)] for key, by_rank in found.items()} == expected
    assert sorted(group_key(row) for row in values if row["golden"]) == sorted(expected)
    assert all(row["rank"] == 1 for row in values if row["golden"])
    assert all(0 < row["confidence"] < 1 for row in values if row["rank"])


@settings(deadline=None, max_examples=6)
@given(claims, st.randoms(use_true_random=False))
def test_row_order_and_threads_change_nothing(engine, identifiers, shuffler):
    def canonical(result):
        return [sorted(map(repr, table)) for table in result]

    first = portray(engine, identifiers, profiles=PROFILES, sources=SOURCES)
    shuffled = list(identifiers)
    shuffler.shuffle(shuffled)
    with DuckDBEngine(threads=1) as single:
        second = portray(single, shuffled, profiles=PROFILES, sources=SOURCES)
    assert canonical(first) == canonical(second)
