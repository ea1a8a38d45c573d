from __future__ import annotations

from collections import defaultdict
from datetime import datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from relations import make, rows, run
from retrato.engines.compile.survivorship import person_steps
from retrato.engines.compile.timeline import attachment_counts, timeline, timeline_steps
from retrato.engines.duckdb import DuckDBEngine
from retrato.profiles.attachment import CROWD, EVIDENCE

EVENTS = (
    "event:i source:s event_key:s time:t kind:s channel:s direction:s thread:s state:s amount:d currency:s "
    "satisfaction:s place:s agent:s text:s campaign:s customer_key:s row:i"
)
IDENTIFIERS = "record:i version:n attribute:s kind:s namespace:s value:s status:s issues:s"


@pytest.fixture(scope="module")
def engine():
    with DuckDBEngine(threads=2) as engine:
        yield engine


def build(engine, people, events):
    """Timeline by event key.

    `people`: (source, key) -> (profile, [(kind, value[, namespace[, version]])]);
    `events`: key -> (source, customer key, [(kind, value)]).
    """
    keys = sorted(people)
    make(
        engine,
        "records",
        "record:i source:s record_key:s created_at:t",
        [(n, *key, None) for n, key in enumerate(keys)],
    )
    make(engine, "assignments", "record:i profile_id:s", [(n, people[key][0]) for n, key in enumerate(keys)])
    known = []
    for number, key in enumerate(keys):
        for kind, value, *more in people[key][1]:
            namespace, version = (*more, *("", 0)[len(more) :])
            known.append((number, version, kind, kind, namespace, value, "valid", ""))
    make(engine, "identifiers", IDENTIFIERS, known)
    table, named = [], []
    for number, (key, (source, customer, identifiers)) in enumerate(events.items()):
        time = datetime(2024, 1, 1 + number % 28)
        table.append((number, source, key, time, "touch", "web", *[None] * 3, None, *[None] * 6, customer, number))
        named += [(number, kind, "", value, "valid") for kind, value in identifiers]
    make(engine, "events", EVENTS, table)
    make(engine, "event_identifiers", "event:i kind:s namespace:s value:s status:s", named)
    run(engine, [*person_steps(), *timeline_steps(), ("timeline", timeline())])
    return {row["event_key"]: row for row in rows(engine, "timeline")}


def outcome(engine, people, *identifiers, customer=None, source="web"):
    """How one event is attached."""
    row = build(engine, people, {"e": (source, customer, identifiers)})["e"]
    return row["profile_id"], row["attached_by"], row["candidates"]


ANA = ("p1", [("email", "Home@x.es"), ("phone", "+34600111222"), ("name", "Ana García"), ("national_id", "1Z", "dni")])
LUIS = ("p2", [("email", "home@x.es"), ("phone", "+34600333444"), ("name", "Luis Gil")])
HOME = {("crm", "7"): ANA, ("crm", "8"): LUIS}


def test_the_customer_key_of_the_own_source_is_strongest(engine):
    assert outcome(engine, HOME, ("phone", "+34600333444"), customer="7", source="crm") == ("p1", "customer key", 1)


def test_a_customer_key_is_found_in_another_source_when_it_is_one_persons(engine):
    assert outcome(engine, HOME, customer="7") == ("p1", "customer key of another source", 1)
    both = {**HOME, ("shop", "7"): LUIS}
    assert outcome(engine, both, customer="7") == (None, "ambiguous: customer key of another source", 2)


def test_a_customer_key_may_be_an_account_number(engine):
    assert outcome(engine, {("crm", "7"): ("p1", [("account_id", "C-9", "loyalty")])}, customer="c-9") == (
        "p1",
        "account",
        1,
    )


def test_keys_that_better_known_values_contradict_are_not_keys_of_that_source(engine):
    events = {
        "a": ("web", "7", [("phone", "+34600333444")]),
        "b": ("web", "8", [("phone", "+34600111222")]),
        "c": ("web", "7", []),
    }
    found = build(engine, HOME, events)
    assert {key: row["profile_id"] for key, row in found.items()} == {"a": "p2", "b": "p1", "c": None}


def test_a_shared_email_is_ambiguous_until_something_else_agrees(engine):
    shared = ("email", "HOME@x.es")
    assert outcome(engine, HOME, shared) == (None, "ambiguous: e-mail", 2)
    assert outcome(engine, HOME, shared, ("phone", "+34600333444")) == ("p2", "e-mail and phone", 1)
    assert outcome(engine, HOME, shared, ("name", "ana garcia")) == ("p1", "e-mail and name", 1)


def test_a_weaker_identifier_never_overrules_a_stronger_one(engine):
    assert outcome(engine, HOME, ("national_id", "1z"), ("phone", "+34600333444")) == ("p1", "national id", 1)


def test_a_name_alone_attaches_nothing(engine):
    assert outcome(engine, HOME, ("name", "Ana García")) == (None, None, 0)


def test_a_number_that_was_given_up_belongs_to_whoever_has_it_now(engine):
    people = {("crm", "1"): ("p1", [("phone", "+1", "", 1)]), ("crm", "2"): ("p2", [("phone", "+1")])}
    assert outcome(engine, people, ("phone", "+1")) == ("p2", "phone", 1)
    del people["crm", "2"]
    assert outcome(engine, people, ("phone", "+1")) == ("p1", "phone", 1)


def test_a_switchboard_points_at_nobody_but_is_counted(engine):
    office = {("crm", str(n)): (f"p{n}", [("phone", "+1")]) for n in range(CROWD + 1)}
    assert outcome(engine, office, ("phone", "+1")) == (None, "ambiguous: phone", CROWD + 1)


def test_anonymous_browsing_is_his_from_the_moment_he_fills_in_the_form(engine):
    events = {
        "advert": ("web", None, [("device_id", "cookie")]),
        "form": ("web", None, [("device_id", "cookie"), ("phone", "+34600111222")]),
        "other": ("web", None, [("device_id", "another")]),
    }
    found = build(engine, HOME, events)
    assert {key: (row["profile_id"], row["attached_by"]) for key, row in found.items()} == {
        "advert": ("p1", "device"),
        "form": ("p1", "phone"),
        "other": (None, None),
    }


def test_a_device_of_two_people_is_nobodys_but_still_helps_to_choose(engine):
    events = {
        "hers": ("web", None, [("device_id", "tablet"), ("phone", "+34600111222")]),
        "his": ("web", None, [("device_id", "tablet"), ("phone", "+34600333444")]),
        "anonymous": ("web", None, [("device_id", "tablet")]),
        "laptop": ("web", None, [("device_id", "laptop"), ("phone", "+34600333444")]),
        "shared": ("web", None, [("device_id", "laptop"), ("email", "home@x.es")]),
    }
    found = build(engine, HOME, events)
    assert (found["anonymous"]["attached_by"], found["anonymous"]["candidates"]) == ("ambiguous: device", 2)
    assert (found["shared"]["profile_id"], found["shared"]["attached_by"]) == ("p2", "e-mail and device")


def test_events_of_one_key_are_one_and_events_without_a_key_are_all_kept(engine):
    build(engine, HOME, {"a": ("crm", "7", [])})

    def event(number, key):
        return (number, "crm", key, None, *[None] * 5, None, *[None] * 6, "7", number)

    make(engine, "events", EVENTS, [event(4, "same"), event(3, "same"), event(5, None), event(6, None)])
    run(engine, [*person_steps(), *timeline_steps(), ("timeline", timeline())])
    assert sorted(row["event"] for row in rows(engine, "timeline")) == [3, 5, 6]


def test_the_creation_of_a_record_is_an_interaction_with_or_without_events(engine):
    build(engine, HOME, {})
    columns = "record:i source:s record_key:s created_at:t"
    make(engine, "records", columns, [(0, "crm", "7", datetime(2023, 5, 1)), (1, "crm", "8", None)])
    for events in (True, False):
        run(engine, [*person_steps(), *(timeline_steps() if events else ()), ("timeline", timeline(events=events))])
        (row,) = rows(engine, "timeline")
        assert (row["profile_id"], row["kind"], row["channel"], row["event_key"]) == (
            "p1",
            "record_created",
            "crm",
            "7",
        )
    counted = engine.fetch(attachment_counts()).to_pylist()
    assert counted == [{"attached_by": "record", "attached": True, "interactions": 1}]


# --- laws -------------------------------------------------------------------------------------------------------------

KINDS = ("national_id", "email", "phone", "device_id", "name")
named = st.lists(st.tuples(st.sampled_from(KINDS), st.sampled_from("xyz")), max_size=4, unique=True)
persons = st.dictionaries(
    st.tuples(st.sampled_from(["crm", "web"]), st.sampled_from("123")),
    st.tuples(st.sampled_from(["p1", "p2", "p3"]), named),
    min_size=1,
)
histories = st.lists(st.tuples(st.just("web"), st.sampled_from(["1", "2", None, None]), named), max_size=8)


def naive(people, events):
    """Who each event belongs to: narrow the candidates down, the strongest evidence first."""
    known = defaultdict(set)
    for (source, key), (profile, identifiers) in people.items():
        known["own_key", (source, key)].add(profile)
        for kind, value in identifiers:
            known[kind, value].add(profile)

    def singles(identifiers):
        """What the better known values say, one kind at a time."""
        for kind in ("national_id", "email", "phone"):
            holders = set().union(*(known[kind, value] for k, value in identifiers if k == kind))
            if len(holders) == 1:
                yield min(holders)

    agreeing, checked = 0, 0
    for _, customer, identifiers in events.values():
        for profile in known.get(("own_key", ("crm", customer)), ()):
            for other in singles(identifiers):
                checked += 1
                agreeing += other == profile
    trusted = 2 * agreeing >= checked

    def choose(customer, identifiers, devices, alone):
        sets = {each.kind: set() for each in EVIDENCE}
        sets["own_key"] |= known["own_key", ("web", customer)]
        sets["other_key"] |= known["own_key", ("web", customer)]
        if trusted:
            sets["other_key"] |= known["own_key", ("crm", customer)]
        for kind, value in identifiers:
            sets[kind] |= devices[value] if kind == "device_id" else known[kind, value]
        candidates = None
        for each in EVIDENCE:
            found = sets[each.kind]
            if candidates is None:
                candidates = found if found and each.kind in alone else None
            elif candidates & found:
                candidates = candidates & found
        return min(candidates) if candidates and len(candidates) == 1 else None

    strong = {each.kind for each in EVIDENCE if each.alone} - {"device_id"}
    devices = defaultdict(set, {value: set(who) for (kind, value), who in known.items() if kind == "device_id"})
    first = {key: choose(customer, named_by, devices, strong) for key, (_, customer, named_by) in events.items()}
    for key, (_, _, identifiers) in events.items():
        for kind, value in identifiers:
            if kind == "device_id" and first[key]:
                devices[value].add(first[key])
    return {
        key: first[key] or choose(customer, identifiers, devices, strong | {"device_id"})
        for key, (_, customer, identifiers) in events.items()
    }


@settings(deadline=None, max_examples=35)
@given(persons, histories)
def test_events_belong_to_whom_the_naive_rule_says(engine, people, history):
    events = {f"e{n}": event for n, event in enumerate(history)}
    found = build(engine, people, events)
    assert {key: row["profile_id"] for key, row in found.items()} == naive(people, events)
    for row in found.values():
        assert (row["candidates"] == 1) == (row["profile_id"] is not None)


@settings(deadline=None, max_examples=5)
@given(persons, histories)
def test_threads_change_nothing(engine, people, history):
    events = {f"e{n}": event for n, event in enumerate(history)}
    with DuckDBEngine(threads=1) as single:
        assert build(single, people, events) == build(engine, people, events)
