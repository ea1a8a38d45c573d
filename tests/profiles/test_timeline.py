"""A timeline in memory: what is told twice, visits, threads, journeys, and what a portrait says of them."""

from __future__ import annotations

from datetime import datetime, timedelta

from retrato import InteractionRules, Profile
from retrato.profiles.interaction import Interaction, Used
from retrato.profiles.timeline import Timeline

NINE = datetime(2024, 5, 2, 9)
LAPTOP, MOBILE = (Used("device_id", "laptop"),), (Used("device_id", "mobile"),)


def touch(event: int, minutes: int, kind: str, channel: str = "web", **more) -> Interaction:
    return Interaction(NINE + timedelta(minutes=minutes), channel, kind, event=event, **{"source": "site", **more})


def cart(event: int, minutes: int, kind: str, **more) -> Interaction:
    return touch(event, minutes, kind, thread="CART-31", thread_kind="cart", amount=89.0, currency="EUR", **more)


HISTORY = (
    touch(1, 0, "visit", identifiers=LAPTOP, campaign="spring"),
    cart(2, 5, "cart", identifiers=LAPTOP),
    touch(3, 90, "visit", identifiers=LAPTOP),
    cart(4, 1500, "order", channel="app", identifiers=MOBILE),
    cart(5, 1501, "payment", channel="app", identifiers=MOBILE),
    cart(6, 1520, "payment", channel="app", source="bank"),
    touch(7, 1600, "message", "whatsapp", direction="in", thread="CONV-9", thread_kind="conversation"),
)


def test_what_two_systems_tell_is_told_once_and_kept() -> None:
    timeline = Timeline.of(reversed(HISTORY))
    assert [each.event for each in timeline] == [1, 2, 3, 4, 5, 7]
    assert [(each.event, each.duplicate_of) for each in timeline.repeats] == [(6, 5)]
    assert Timeline.of((*timeline, *timeline.repeats)) == timeline


def test_amounts_and_days_tell_payments_apart() -> None:
    other = [cart(6, 1520, "payment", source="bank", channel="app"), cart(6, 3000, "payment", source="bank")]
    assert len(Timeline.of([*HISTORY[:5], other[0]]).repeats) == 1
    assert not Timeline.of([*HISTORY[:5], other[1]]).repeats
    rate = Interaction(NINE + timedelta(minutes=1510), "app", "payment", thread="CART-31", amount=9.0, event=8)
    assert not Timeline.of([*HISTORY[:5], rate]).repeats


def test_a_visit_ends_when_nothing_happens() -> None:
    timeline = Timeline.of(HISTORY)
    assert [[each.event for each in visit] for visit in timeline.sessions] == [[1, 2], [3], [4, 5]]
    longer = Timeline.of(HISTORY, InteractionRules(session_minutes=120))
    assert [[each.event for each in visit] for visit in longer.sessions] == [[1, 2, 3], [4, 5]]


def test_threads_journeys_and_hand_overs_go_over_channels() -> None:
    timeline = Timeline.of(HISTORY)
    assert [str(each) for each in timeline.threads] == [
        "cart CART-31 paid, web > app, 89.00 EUR",
        "conversation CONV-9, whatsapp",
    ]
    assert [each.is_open for each in timeline.threads] == [False, True]
    assert [str(each) for each in timeline.journeys] == [
        "1: web > app, 4 touches, from campaign spring, to order",
        "2: whatsapp, 1 touch",
    ]
    assert [(each.from_channel, each.channel, each.thread) for each in timeline.hand_overs] == [
        ("web", "app", None),
        ("app", "whatsapp", None),
    ]
    messages = Timeline.of(HISTORY, InteractionRules(conversions=("message",)))
    assert [each.conversion for each in messages.journeys] == ["message"]


def test_a_portrait_says_how_somebody_came_and_what_waits() -> None:
    text = str(Profile("p1", timeline=Timeline.of(HISTORY)))
    assert "first touch       2024-05-02 09:00  web  visit  campaign spring" in text
    assert "open              conversation CONV-9, whatsapp, last 2024-05-03" in text
    assert "6 interactions, the last 5:" in text
