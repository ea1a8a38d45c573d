"""Claims 2 and 3: whoever answers next sees where he stopped, the channel that he answers on, and what he is due."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from retrato.datasets import PEDRO
from retrato.datasets.story import LUCIA, PEDRO_JUNIOR
from retrato.profiles.signals import SIGNALS, Signal

NEXT_MORNING = datetime(2025, 6, 27, 9, 0)


@pytest.fixture(scope="module")
def context(story):
    return story.profile(PEDRO).context(NEXT_MORNING)


def test_one_call_tells_where_he_stopped(context) -> None:
    assert [str(each) for each in context.open_threads] == [
        "ticket TCK-0000077 open, phone",
        "cart CART-0000046 open, web, 129.90 EUR",
    ]
    assert [each.thread for each in context.complaints] == ["TCK-0000077"]
    assert context.last_contact["whatsapp"].text == "Disculpe. El técnico va el jueves 3 de julio por la mañana."
    assert [(each.due_at, each.text) for each in context.promises] == [
        (datetime(2025, 7, 3, 9, 0), "Visita del técnico")
    ]


def test_how_he_heard_of_us_and_the_channel_that_he_really_answers(context) -> None:
    assert context.timeline.first_touch.campaign == "fibra-verano"
    assert str(context.preferences) == "whatsapp (4 of 5 answered), 16:00 to 20:00 (4 of 5 answers)"
    sent = {name: use.contacts for name, use in context.channels.items()}
    assert sent["email"] + sent["sms"] + sent["app"] + sent["phone"] >= 5  # more is sent to him elsewhere


def test_what_he_bought_owns_and_said(context) -> None:
    assert [(each.amount, each.channel, each.thread) for each in context.purchases] == [
        (89.0, "app", "CART-0000031"),
        (19.95, "shop", None),
    ]
    assert context.spent == {"EUR": 108.95}
    assert [each.thread for each in context.contracts] == ["CT-0000042"]
    assert context.places == {"ES-03": 2}
    assert [each.satisfaction for each in context.satisfaction] == [5.0]


def test_his_special_days_come_up(story) -> None:
    coming = story.profile(PEDRO).context(datetime(2026, 4, 7)).special_dates()
    assert coming == ((date(2026, 4, 12), "birthday"),)
    (signal,) = [each for each in story.profile(PEDRO).signals(datetime(2026, 4, 7)) if each.name == "special_day"]
    assert str(signal) == "birthday in 5 days"


def test_what_to_do_next(story) -> None:
    told = [(each.priority, str(each)) for each in story.profile(PEDRO).signals(NEXT_MORNING)]
    assert told == [
        (1, "complaint TCK-0000077 open since 2025-05-06: no offers"),
        (2, "promised for 2025-07-03: Visita del técnico"),
        (3, "cart CART-0000046 open 2 days (129.90 EUR)"),
        (5, "answers whatsapp between 16:00 and 20:00 (4 of 5)"),
    ]
    late = [str(each) for each in story.profile(PEDRO).signals(datetime(2025, 7, 5))]
    assert "promised for 2025-07-03: Visita del técnico, and the day has passed" in late
    assert all("cart" not in each for each in map(str, story.profile(PEDRO).signals(datetime(2025, 8, 1))))


def test_a_rule_of_ones_own_takes_its_place_among_them(story) -> None:
    def spends(context):
        spent = context.spent.get("EUR", 0)
        return Signal("spends", f"has spent {spent:.2f} EUR", 2, context.purchases) if spent > 100 else None

    names = [each.name for each in story.profile(PEDRO).signals(NEXT_MORNING, rules=(*SIGNALS, spends))]
    assert names == ["complaint_open", "promise_due", "spends", "cart_open", "answers_when"]


def test_before_it_happened_nobody_knew(story) -> None:
    context = story.profile(PEDRO).context(datetime(2024, 9, 19, 8, 0))
    assert context.purchases == ()
    assert context.open_threads == ()
    assert str(context.preferences) == "not known (0 of 1 answered)"


@pytest.mark.parametrize("person", [LUCIA, PEDRO_JUNIOR])
def test_his_family_knows_nothing_of_it(story, person) -> None:
    context = story.profile(person).context(NEXT_MORNING)
    assert not context.complaints
    assert not context.promises


def test_the_table_says_the_same(story) -> None:
    (profile,) = story.ids(PEDRO)
    (row,) = [row for row in story.resolution.contexts.to_pylist() if row["profile_id"] == profile]
    assert row == story.profile(PEDRO).context().row()
    assert (row["preferred_channel"], row["open_tickets"], row["spent"]) == ("whatsapp", 1, 108.95)
