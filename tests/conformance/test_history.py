"""The history of a customer is the same whether the engine makes it or `Timeline` does in memory."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import fields, replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from histories import attach, interactions, put_events, put_people
from relations import rows
from retrato.engines.duckdb import DuckDBEngine
from retrato.profiles.journeys import HandOver, Journey
from retrato.profiles.threads import Thread
from retrato.profiles.timeline import Timeline

PEOPLE = {
    ("crm", "1"): ("p1", [("email", "ana@x.es")]),
    ("crm", "2"): ("p2", [("email", "luis@x.es"), ("email", "home@x.es")]),
    ("crm", "3"): ("p3", [("email", "eva@x.es"), ("email", "home@x.es")]),
}
MERGED = {**PEOPLE, ("crm", "2"): ("p1", PEOPLE["crm", "2"][1])}
HOMES = {"p2": "h1", "p3": "h1"}
NAMED = (("device_id", "laptop"), ("device_id", "mobile"), ("email", "ana@x.es"), ("email", "home@x.es"))
START = datetime(2024, 5, 1, 9)
TIMES = [START + timedelta(minutes=minutes) for minutes in (0, 5, 40, 60 * 20, 60 * 30, 60 * 24 * 9)]
KINDS = ("order", "payment", "message", "cart", "view", "email_sent", "ticket", "note", "form", "call_missed")


@pytest.fixture(scope="module")
def engine():
    with DuckDBEngine(threads=2) as engine:
        yield engine


event = st.fixed_dictionaries(
    {
        "source": st.sampled_from(["crm", "shop"]),
        "event_key": st.sampled_from("abcd"),
        "time": st.none() | st.sampled_from(TIMES),
        "kind": st.sampled_from(KINDS),
        "channel": st.sampled_from(["web", "app", "phone"]),
        "direction": st.sampled_from(["in", "out", None]),
        "thread": st.sampled_from([None, "17", "A-1", "A-1", "B-2"]),
        "thread_kind": st.sampled_from([None, "cart", "order", "conversation", "session"]),
        "state": st.sampled_from([None, None, "open", "paid", "closed"]),
        "amount": st.sampled_from([None, 10.0, 20.0]),
        "currency": st.sampled_from([None, "EUR"]),
        "area": st.sampled_from([None, "sales", "support"]),
        "campaign": st.sampled_from([None, "spring"]),
        "referrer": st.sampled_from([None, "google"]),
        "text": st.sampled_from([None, "Hola", "hola "]),
        "customer_key": st.sampled_from(["1", "1", "1", "2", None]),
        "identifiers": st.lists(st.sampled_from(NAMED), unique=True, max_size=2),
    }
)
histories = st.lists(event, max_size=12)


def by_owner(found):
    """The rows that have an owner, by it."""
    owned = defaultdict(list)
    for row in found:
        owner = row["profile_id"] or row["household_id"] or row["anonymous_id"]
        owned[owner].append(row)
    return owned


def as_rows(made, **owner):
    """What `Timeline` makes, as the rows of a table."""
    told = []
    for each in made:
        row = {name.name: getattr(each, name.name) for name in fields(each)} | owner
        told.append({name: list(value) if isinstance(value, tuple) else value for name, value in row.items()})
    return told


def told(rows, kind):
    """The rows of a table, in order, with the columns of a class alone and the owner."""
    names = [each.name for each in fields(kind)] + ["profile_id"]
    return sorted(({name: row[name] for name in names} for row in rows), key=str)


@settings(deadline=None, max_examples=35)
@given(histories)
def test_the_engine_and_the_timeline_tell_the_same_history(engine, history):
    put_people(engine, PEOPLE, homes=HOMES)
    put_events(engine, history)
    found = attach(engine)
    assert len(found) == len(history)  # nothing is lost, nothing twice
    threads, journeys, hand_overs = [], [], []
    for owner, own in by_owner(found).items():
        given_rows = interactions(engine, own)
        timeline = Timeline.of(replace(each, duplicate_of=None, session=None) for each in given_rows)
        if owner is not None:
            made = {each.event: each for each in (*timeline, *timeline.repeats)}
            assert {each.event: (each.duplicate_of, each.session) for each in given_rows} == {
                number: (each.duplicate_of, each.session) for number, each in made.items()
            }
        assert Timeline.as_found(given_rows) == Timeline.as_found(reversed(given_rows))
        profile = own[0]["profile_id"]
        found_timeline = Timeline.as_found(given_rows)
        threads += as_rows(found_timeline.threads, profile_id=profile)
        if profile is not None:
            journeys += as_rows(found_timeline.journeys, profile_id=profile)
            hand_overs += as_rows(found_timeline.hand_overs, profile_id=profile)
    for name, kind, made in (
        ("threads", Thread, threads),
        ("journeys", Journey, journeys),
        ("hand_overs", HandOver, hand_overs),
    ):
        assert told(rows(engine, name), kind) == told(made, kind)


def history_of(engine, people, history):
    """What every table says, whatever its order."""
    put_people(engine, people, homes=HOMES)
    put_events(engine, history)
    found = attach(engine)
    tables = {name: rows(engine, name) for name in ("threads", "journeys", "hand_overs")}
    return {name: sorted(map(str, each)) for name, each in {**tables, "timeline": found}.items()}, found


@settings(deadline=None, max_examples=8)
@given(histories, st.randoms(use_true_random=False))
def test_the_order_of_the_input_and_the_threads_change_nothing(engine, history, random):
    first, _ = history_of(engine, PEOPLE, history)
    shuffled = random.sample(history, len(history))
    with DuckDBEngine(threads=1) as single:
        assert history_of(single, PEOPLE, shuffled)[0] == first


@settings(deadline=None, max_examples=12)
@given(histories)
def test_whoever_turns_out_to_be_one_has_both_histories_and_splitting_restores_them(engine, history):
    before, rows_before = history_of(engine, PEOPLE, history)
    _, merged = history_of(engine, MERGED, history)
    after, _ = history_of(engine, PEOPLE, history)
    assert after == before
    both = {row["event"]: row for row in rows_before if row["profile_id"] in ("p1", "p2")}
    one = {row["event"] for row in merged if row["profile_id"] == "p1"}
    assert set(both) <= one
    for row in rows_before:  # what else is now theirs was one of the two's before
        if row["event"] in one - set(both):
            assert row["candidates"] == 0 or row["attached_by"].startswith(("ambiguous", "household"))


@settings(deadline=None, max_examples=12)
@given(histories)
def test_the_timeline_of_two_who_turn_out_to_be_one_is_that_of_all_their_interactions(engine, history):
    put_people(engine, MERGED, homes=HOMES)
    put_events(engine, history)
    own = [each for owner, each in by_owner(attach(engine)).items() if owner == "p1"]
    for given_rows in own:
        merged = interactions(engine, given_rows)
        halves = merged[::2], merged[1::2]
        parts = [Timeline.of(half) for half in halves]
        again = Timeline.of(each for part in parts for each in (*part, *part.repeats))
        assert again == Timeline.as_found(merged)
        assert [Timeline.of(half) for half in halves] == parts
