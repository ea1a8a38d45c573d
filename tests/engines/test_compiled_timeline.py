from __future__ import annotations

from collections import defaultdict
from datetime import datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from histories import attach, put_events, put_people
from relations import make
from retrato.engines.compile.timeline import attachment_counts
from retrato.engines.duckdb import DuckDBEngine
from retrato.profiles.attachment import CROWD, DIRECTORY, EVIDENCE
from retrato.profiles.interaction_rules import Anonymous


@pytest.fixture(scope="module")
def engine():
    with DuckDBEngine(threads=2) as engine:
        yield engine


def build(engine, people, events, points=(), anonymous=Anonymous.ALWAYS, homes=()):
    """Timeline by event key.

    `events`: key -> (source, customer key, [(kind, value)][, thread]), one a day from the first of 2024 on; the rest
    as `put_people` takes it.
    """
    put_people(engine, people, homes=dict(homes), points=points)
    fields = []
    for number, (key, (source, customer, identifiers, *thread)) in enumerate(events.items()):
        event = {"source": source, "event_key": key, "time": datetime(2024, 1, 1 + number % 28), "channel": "web"}
        fields.append(event | {"customer_key": customer, "identifiers": identifiers, "thread": (thread or [None])[0]})
    put_events(engine, fields)
    found = {row["event_key"]: row for row in attach(engine, anonymous)}
    return {key: found[key] for key in events}


def outcome(engine, people, *identifiers, customer=None, source="web", **more):
    """How one event is attached."""
    row = build(engine, people, {"e": (source, customer, identifiers)}, **more)["e"]
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


def test_of_several_who_have_a_number_it_is_whom_the_directory_has_under_it(engine):
    people = {
        ("crm", "1"): ("p1", [("phone", "+1")]),
        ("crm", "2"): ("p2", [("phone", "+2")]),
        ("contacts", "a"): ("p3", [("phone", "+1")]),
        ("contacts", "b"): ("p2", [("phone", "+2")]),
    }
    messages = {phone: ("chat", None, [("phone", phone)]) for phone in ("+1", "+2", "+3")}
    assert build(engine, people, messages)["+1"]["profile_id"] is None  # both sources have all of them
    people["contacts", "c"] = ("p4", [("phone", "+3")])
    found = build(engine, people, messages)
    assert [(row["profile_id"], row["attached_by"]) for row in found.values()] == [
        ("p3", "phone"),
        ("p2", "phone"),
        ("p4", "phone"),
    ]


def test_a_number_that_was_given_up_belongs_to_whoever_has_it_now(engine):
    people = {("crm", "1"): ("p1", [("phone", "+1", "", 1)]), ("crm", "2"): ("p2", [("phone", "+1")])}
    assert outcome(engine, people, ("phone", "+1")) == ("p2", "phone", 1)
    del people["crm", "2"]
    assert outcome(engine, people, ("phone", "+1")) == ("p1", "phone", 1)


ANA_HAD = ("phone", "", "+1", "recycled", "p1", datetime(2021, 5, 1), datetime(2024, 1, 3))
LUIS_HAS = ("phone", "", "+1", "recycled", "p2", datetime(2024, 1, 3), None)


def test_a_recycled_number_belonged_to_whoever_had_it_then(engine):
    people = {("crm", "1"): ("p1", [("phone", "+1")]), ("crm", "2"): ("p2", [("phone", "+1")])}
    days = {f"day {day}": ("web", None, [("phone", "+1")]) for day in range(1, 6)}
    found = build(engine, people, days, [ANA_HAD, LUIS_HAS])
    assert [found[day]["profile_id"] for day in days] == ["p1", "p1", "p2", "p2", "p2"]
    assert {row["attached_by"] for row in found.values()} == {"phone"}


def test_a_number_that_a_record_gave_up_was_its_own_until_then(engine):
    people = {("crm", "1"): ("p1", [("phone", "+1", "", 1)]), ("crm", "2"): ("p2", [("phone", "+1")])}
    days = {f"day {day}": ("web", None, [("phone", "+1")]) for day in range(1, 5)}
    given_up = ("phone", "", "+1", "shared", "p1", datetime(2021, 5, 1), datetime(2024, 1, 3))
    found = build(engine, people, days, [given_up])
    assert [(row["profile_id"], row["candidates"]) for row in map(found.get, days)] == [
        *[(None, 2)] * 2,  # when the other one got it, nobody knows
        *[("p2", 1)] * 2,
    ]
    del people["crm", "2"]
    found = build(engine, people, days, [given_up])
    assert {row["profile_id"] for row in found.values()} == {"p1"}


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


COOKIE = ("device_id", "cookie")
NO, YES = ("consent.cookies", "denied"), ("consent.cookies", "granted")
FORM = (COOKIE, ("phone", "+34600111222"))


@pytest.mark.parametrize(
    ("visits", "form", "agreed", "known_by"),
    [
        ((COOKIE,), FORM, [], "no consent: device"),
        ((COOKIE, YES), FORM, [], "device"),
        ((COOKIE,), (*FORM, YES), [], "device"),
        ((COOKIE, YES), (*FORM, NO), [], "no consent: device"),  # the last choice
        ((COOKIE,), FORM, [("consent", "granted", "tracking")], "device"),
        ((COOKIE,), FORM, [("consent", "granted", "newsletter")], "no consent: device"),
        ((COOKIE, NO), FORM, [("consent", "granted", "tracking")], "no consent: device"),
    ],
)
def test_anonymous_browsing_joins_only_where_somebody_has_agreed(engine, visits, form, agreed, known_by):
    people = {("crm", "7"): ("p1", [*ANA[1], *agreed])}
    events = {"visit": ("web", None, list(visits)), "form": ("web", None, list(form))}
    visit, sent = build(engine, people, events, anonymous=Anonymous.CONSENT).values()
    assert (visit["attached_by"], sent["attached_by"], visit["candidates"]) == (known_by, "phone", 1)
    assert (visit["profile_id"] is None) == (visit["anonymous_id"] is not None) == known_by.startswith("no")
    visit, _ = build(engine, people, events, anonymous=Anonymous.NEVER).values()
    assert visit["profile_id"] is None


def test_whatever_two_of_one_household_may_have_done_is_of_the_household(engine):
    homes = {"p1": "h1", "p2": "h1"}
    row = build(engine, HOME, {"e": ("web", None, [("email", "home@x.es")])}, homes=homes)["e"]
    assert (row["profile_id"], row["household_id"], row["anonymous_id"]) == (None, "h1", None)
    assert (row["attached_by"], row["candidates"]) == ("household: e-mail", 2)
    row = build(engine, HOME, {"e": ("web", None, [("phone", "+34600333444")])}, homes=homes)["e"]
    assert (row["profile_id"], row["household_id"]) == ("p2", "h1")
    row = build(engine, HOME, {"e": ("web", None, [("email", "home@x.es")])}, homes={"p1": "h1"})["e"]
    assert (row["household_id"], row["attached_by"]) == (None, "ambiguous: e-mail")


def test_whoever_is_not_known_has_an_anonymous_profile(engine):
    events = {
        "visit": ("web", None, [COOKIE]),
        "back": ("app", None, [COOKIE, ("name", "Eva")]),
        "mail": ("web", None, [COOKIE, ("email", "eva@y.es")]),
        "name": ("web", None, [("name", "Eva")]),
        "nothing": ("web", None, []),
    }
    found = {key: row["anonymous_id"] for key, row in build(engine, HOME, events).items()}
    assert found["visit"] == found["back"] != found["mail"]
    assert (found["name"], found["nothing"]) == (None, None)
    assert not any(secret in str(found) for secret in ("eva", "cookie"))


def test_a_cart_that_is_paid_elsewhere_was_filled_by_whoever_pays(engine):
    events = {
        "cart": ("web", None, [("device_id", "laptop")], "CART-31"),
        "paid": ("app", None, [("phone", "+34600111222")], "CART-31"),
        "another": ("web", None, [("device_id", "laptop")], "CART-32"),
        "hers": ("web", None, [("email", "home@x.es")], "CART-31"),
        "his": ("web", None, [("email", "luis@x.es")], "CART-31"),
    }
    people = {**HOME, ("crm", "9"): ("p3", [("email", "luis@x.es")]), ("crm", "10"): ("p4", [("email", "luis@x.es")])}
    found = build(engine, people, events)
    assert {key: (row["profile_id"], row["attached_by"]) for key, row in found.items()} == {
        "cart": ("p1", "thread"),
        "paid": ("p1", "phone"),
        "another": (None, None),
        "hers": ("p1", "thread"),
        "his": (None, "ambiguous: e-mail"),
    }


def test_a_short_number_is_a_thread_of_its_own_system(engine):
    events = {
        "call": ("calls", None, [("phone", "+34600111222")], "17"),
        "note": ("calls", None, [], "17"),
        "ticket": ("desk", None, [], "17"),
    }
    found = {key: row["profile_id"] for key, row in build(engine, HOME, events).items()}
    assert found == {"call": "p1", "note": "p1", "ticket": None}


def test_a_thread_of_two_people_is_nobodys(engine):
    phones = "+34600111222", "+34600333444"
    events = {phone: ("calls", None, [("phone", phone)], "T-1") for phone in phones}
    found = build(engine, HOME, {**events, "note": ("calls", None, [], "T-1")})
    assert [row["profile_id"] for row in found.values()] == ["p1", "p2", None]


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


def test_every_event_is_on_a_timeline_and_one_that_stands_twice_says_so(engine):
    put_people(engine, HOME)
    day = datetime(2024, 1, 1)
    twice = {"source": "crm", "event_key": "a", "time": day, "kind": "ticket", "customer_key": "7", "state": "open"}
    other = {**twice, "event_key": "b"}
    put_events(engine, [twice, twice, {**twice, "state": "closed"}, other])
    found = sorted(attach(engine), key=lambda row: row["event"])
    assert [(row["event_key"], row["profile_id"]) for row in found] == [("a", "p1")] * 3 + [("b", "p1")]
    assert sorted((row["state"], row["duplicate_of"] is None) for row in found) == [
        ("closed", True),
        ("open", False),
        ("open", True),
        ("open", True),
    ]


def test_the_creation_of_a_record_is_an_interaction_with_or_without_events(engine):
    build(engine, HOME, {})
    columns = "record:i source:s record_key:s created_at:t"
    make(engine, "records", columns, [(0, "crm", "7", datetime(2023, 5, 1)), (1, "crm", "8", None)])
    (row,) = attach(engine)
    assert (row["profile_id"], row["kind"], row["channel"], row["event_key"]) == ("p1", "record_created", "crm", "7")
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

    def directory(kind):
        """The source in whose records stand nearly all values of a kind that events name and records hold."""
        named_by_events = {value for _, _, identifiers in events.values() for k, value in identifiers if k == kind}
        held = {
            source: {v for (s, _), (_, own) in people.items() if s == source for k, v in own if k == kind}
            & named_by_events
            for source in ("crm", "web")
        }
        homes = [
            source
            for source, values in held.items()
            if values and len(values) >= DIRECTORY * len(held["crm"] | held["web"])
        ]
        return homes[0] if len(homes) == 1 else None

    def holders(kind, value):
        """Who has a value; of several those whom the directory has under it."""
        home = directory(kind) if kind in ("email", "phone") else None
        there = {
            who for (source, _), (who, own) in people.items() for k, v in own if (k, v, source) == (kind, value, home)
        }
        return there or known[kind, value]

    def singles(identifiers):
        """What the better known values say, one kind at a time."""
        for kind in ("national_id", "email", "phone"):
            found = set().union(*(holders(kind, value) for k, value in identifiers if k == kind))
            if len(found) == 1:
                yield min(found)

    agreeing, checked = 0, 0
    different = {(customer, frozenset(identifiers)): identifiers for _, customer, identifiers in events.values()}
    for (customer, _), identifiers in different.items():
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
            sets[kind] |= devices[value] if kind == "device_id" else holders(kind, value)
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
