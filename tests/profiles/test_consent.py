"""Consent: the latest choice at a contact point holds, and a merge never makes anybody more contactable."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from consenting import CHANNELS, CONTACTS, allowed, consents_of, worlds
from retrato.profiles.consent import Choice, Consent, Consents, Reach, in_force

EMAIL = ("email", "ana@x.es")
YES = Consent(Choice.GRANTED, *EMAIL, purpose="marketing", time=datetime(2024, 1, 1), source="crm", key="1")
NO = replace(YES, choice=Choice.DENIED, time=datetime(2025, 1, 1), source="web", key="2")


def may(*choices: Consent, contact: tuple[str, str] = EMAIL, channel: str = "email", **how: object) -> str:
    return Consents.of(choices).permission(*contact, channel=channel, purpose="marketing", **how).reason


@given(worlds, st.data())
def test_a_merge_never_makes_anybody_more_contactable(world, data):
    a, b = (data.draw(st.sets(st.integers(0, len(world) - 1), min_size=1)) for _ in range(2))
    reach = data.draw(st.sampled_from(Reach))
    both = consents_of(world, a | b)
    for members in (a, b):
        alone = consents_of(world, members)
        for contact in CONTACTS:
            if any(contact in world[number].contacts for number in members):
                assert allowed(both, contact, reach=reach) <= allowed(alone, contact, reach=reach)


@given(worlds, st.data())
def test_those_of_two_who_are_one_are_the_union_in_any_order(world, data):
    parts = data.draw(st.lists(st.sets(st.integers(0, len(world) - 1), min_size=1), min_size=1, max_size=4))
    merged = consents_of(world, set().union(*parts))
    for order in (parts, parts[::-1]):
        found = Consents()
        for part in order:
            found |= consents_of(world, part)
        assert set(found) == set(merged)


@given(worlds)
def test_what_nobody_has_said_is_not_allowed(world):
    silent = [replace(record, choice=None) if record.choice == "granted" else record for record in world]
    everybody = consents_of(silent, range(len(world)))
    assert not any(allowed(everybody, contact) for contact in CONTACTS)


@given(worlds, st.integers(0, 5))
def test_another_denial_never_allows_more(world, number):
    assume(number < len(world) and world[number].choice is None)
    denied = [*world[:number], replace(world[number], choice="denied"), *world[number + 1 :]]
    before, after = (consents_of(each, range(len(world))) for each in (world, denied))
    for contact in CONTACTS:
        assert allowed(after, contact) <= allowed(before, contact)


def test_the_latest_choice_holds_and_a_denial_among_equals():
    assert may(YES) == "granted marketing at ana@x.es (crm 1, 2024-01-01)"
    assert may(YES, NO).startswith("denied")
    assert may(replace(YES, time=datetime(2026, 1, 1)), NO).startswith("granted")
    assert may(YES, replace(NO, time=YES.time)).startswith("denied")
    assert may(replace(YES, time=None), replace(NO, time=None)).startswith("denied")
    assert may(replace(YES, time=None), NO).startswith("denied")


def test_a_denial_anywhere_holds_for_the_person_unless_the_policy_is_narrower():
    elsewhere = replace(NO, contact_kind="phone", contact="+34600112233", channel="sms")
    assert may(YES, elsewhere) == "denied marketing by sms at +34600112233 (web 2, 2025-01-01)"
    assert may(YES, elsewhere, reach=Reach.CHANNEL).startswith("granted")
    every_channel = replace(elsewhere, channel="")
    assert may(YES, every_channel, reach=Reach.CHANNEL).startswith("denied")
    assert may(YES, every_channel, reach=Reach.CONTACT).startswith("granted")


def test_a_denial_that_was_withdrawn_at_one_contact_point_is_not_the_last_word_of_the_person():
    office = replace(NO, contact_kind="phone", contact="+34914417380", time=datetime(2023, 1, 1))
    form = replace(office, contact_kind="email", contact="ana@x.es")
    found = Consents.of([office, form, YES])
    assert [(each.contact, each.choice.value, each.withdrawn) for each in found] == [
        ("ana@x.es", "granted", False),
        ("+34914417380", "denied", True),
    ]
    assert found.permission(*EMAIL, channel="email", purpose="marketing")
    assert not found.permission("phone", "+34914417380", channel="phone", purpose="marketing")


def test_consent_to_nothing_in_particular_is_none_to_marketing_but_its_denial_is():
    assert may(replace(YES, purpose="")) == "nobody has agreed to marketing by email at ana@x.es"
    assert may(YES, replace(NO, purpose="")).startswith("denied everything")


def test_whose_word_it_is_matters_where_several_have_the_contact_point():
    hers = replace(NO, who="ana", time=datetime(2023, 1, 1))
    his = replace(YES, who="luis", own=False)
    found = Consents.of([hers, his])
    assert [each.choice.value for each in found] == ["denied", "granted"]
    assert not found.permission(*EMAIL, channel="email", purpose="marketing")
    nameless = replace(NO, who="?", time=datetime(2020, 1, 1))
    assert [each.choice.value for each in in_force([nameless, replace(YES, who="?")])] == ["denied"]


@pytest.mark.parametrize("channel", CHANNELS)
def test_a_consent_for_a_channel_is_for_that_alone(channel):
    sms = replace(YES, contact_kind="phone", contact="+34600112233", channel="sms")
    reason = may(sms, contact=("phone", "+34600112233"), channel=channel)
    assert reason.startswith("granted") == (channel == "sms")
