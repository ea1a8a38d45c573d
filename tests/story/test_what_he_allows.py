"""Claim 4: what he opted out of stays out, whatever merges happen, and what the others said is theirs."""

from __future__ import annotations

import pytest

from retrato.datasets import PEDRO
from retrato.datasets.story import LUCIA, MARTA, OSCAR, PEGGY


def may(story, person, kind, contact, channel):
    return story.profile(person).consents.permission(kind, contact, channel=channel, purpose="marketing")


def test_he_agreed_and_his_old_form_for_the_office_does_not_undo_it(story) -> None:
    assert may(story, PEDRO, "phone", PEDRO.phone, "whatsapp")
    assert may(story, PEDRO, "email", PEDRO.email, "email")
    assert not may(story, PEDRO, "phone", MARTA.office_phone, "phone")
    (form,) = [each for each in story.profile(PEDRO).consents if each.key == "F-0000012" and each.own]
    assert (form.contact, form.choice.value, form.withdrawn) == (MARTA.office_phone, "denied", True)


def test_his_wife_said_no_at_the_address_that_they_share_and_it_holds_for_her(story) -> None:
    for kind, contact, channel in (("email", PEDRO.email, "email"), ("phone", LUCIA.phone, "sms")):
        hers = may(story, LUCIA, kind, contact, channel)
        assert (hers.allowed, hers.because.own, hers.because.key in {"F-0000024", "C0000008"}) == (False, True, True)


@pytest.mark.parametrize("person", [MARTA, PEGGY])
def test_what_others_denied_stays_denied(story, person) -> None:
    for kind in ("email", "phone"):
        contact = getattr(person, kind) or MARTA.office_phone
        assert not may(story, person, kind, contact, "email" if kind == "email" else "sms")


def test_the_stranger_on_his_old_number_agreed_for_himself(story) -> None:
    assert may(story, OSCAR, "phone", PEDRO.old_phone, "whatsapp").because.key != "C0000003"
