"""What is known of a customer is the same whether the engine finds it or `Context` does in memory."""

from __future__ import annotations

from dataclasses import fields
from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from histories import attach, interactions, put_events, put_people
from relations import make, rows, run
from retrato.engines.compile.context import context_steps
from retrato.engines.duckdb import DuckDBEngine
from retrato.profiles.context import Context
from retrato.profiles.interaction_rules import InteractionRules
from retrato.profiles.preferences import ChannelUse
from retrato.profiles.profile import Profile, Value
from retrato.profiles.purchases import Purchase
from retrato.profiles.timeline import Timeline

PEOPLE = {("crm", "1"): ("p1", [("email", "ana@x.es")]), ("crm", "2"): ("p2", [("email", "luis@x.es")])}
START = datetime(2024, 3, 30, 17)  # the clocks of Madrid change that night
TIMES = [START + timedelta(hours=hours) for hours in (0, 1, 2, 6, 7, 8, 30, 31, 54, 55, 24 * 5, 24 * 5 + 1, 24 * 9)]
WORDS = (
    ("message", "whatsapp", "out"), ("message", "whatsapp", "in"), ("email_sent", "email", "out"),
    ("email_clicked", "email", "in"), ("email_opened", "email", "in"), ("call", "phone", "out"),
    ("call", "phone", "in"), ("call_missed", "phone", "out"), ("call_missed", "phone", "in"),
    ("callback_request", "web", "in"), ("sms", "sms", "out"), ("sms_received", "sms", "in"),
    ("order", "web", "in"), ("payment", "app", "in"), ("cart", "web", "in"), ("ticket", "phone", "in"),
    ("contract", "office", "in"), ("survey", "email", "out"), ("note", "office", None), ("order", None, "in"),
)  # fmt: skip


@pytest.fixture(scope="module")
def engine():
    with DuckDBEngine(threads=2) as engine:
        put_people(engine, PEOPLE)
        make(engine, "values", "person:i attribute:s value:s golden:b", [(1, "language", "es", True)])
        yield engine


def spoken(word, rest):
    return dict(zip(("kind", "channel", "direction"), word, strict=True)) | rest


event = st.builds(
    spoken,
    st.sampled_from(WORDS[:6] * 2 + WORDS),
    st.fixed_dictionaries(
        {
            "source": st.sampled_from(["crm", "shop"]),
            "event_key": st.text("abcdef", min_size=2, max_size=2),
            "time": st.none() | st.sampled_from(TIMES * 3),
            "thread": st.sampled_from([None, None, "17", "A-1", "B-2"]),
            "thread_kind": st.sampled_from([None, "cart", "order", "conversation", "ticket", "contract"]),
            "state": st.sampled_from([None, None, "open", "paid", "closed", "cancelled", "signed"]),
            "amount": st.sampled_from([None, 10.0, 20.05, 0.1, 0.2]),
            "currency": st.sampled_from([None, "EUR", "EUR", "MXN"]),
            "satisfaction": st.sampled_from([None, 1.0, 4.0, 4.2, 5.0]),
            "place": st.sampled_from([None, "ES-03"]),
            "identifiers": st.just([("email", "ana@x.es")]) | st.just([("email", "luis@x.es")]),
        }
    ),
)


def as_rows(made, profile_id):
    for each in made:
        yield {name.name: getattr(each, name.name) for name in fields(each)} | {"profile_id": profile_id}


def without(row, *names):
    return {name: value for name, value in row.items() if name not in names}


@settings(deadline=None, max_examples=60)
@given(st.lists(event, max_size=30))
def test_the_engine_and_the_portrait_know_the_same(engine, history):
    put_events(engine, history)
    found = attach(engine)
    run(engine, context_steps("Europe/Madrid"))
    told = {row["profile_id"]: without(row, "person") for row in rows(engine, "contexts")}
    assert set(told) == {"p1", "p2"}
    uses, bought = [], []
    for number, profile in enumerate(("p1", "p2")):
        own = interactions(engine, [row for row in found if row["profile_id"] == profile])
        timeline = Timeline.as_found(own, InteractionRules(time_zone="Europe/Madrid"))
        spoken_language = () if number else (Value("language", "language", "es", rank=1, golden=True),)
        context = Context(Profile(profile, values=spoken_language, timeline=timeline), datetime(2025, 1, 1))
        assert told[profile] == context.row()
        uses += as_rows(context.channels.values(), profile)
        bought += as_rows(context.purchases, profile)
    for name, kind, made in (("channels", ChannelUse, uses), ("purchases", Purchase, bought)):
        names = [each.name for each in fields(kind)] + ["profile_id"]
        assert sorted(({each: row[each] for each in names} for row in rows(engine, name)), key=str) == sorted(
            made, key=str
        )
