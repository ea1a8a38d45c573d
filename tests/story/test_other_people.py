"""Claim 5: his wife shares his e-mail, his son his name, his office a switchboard; the number that he gave up belongs
to a stranger now. They are other people, and the profile says household, not same."""

from __future__ import annotations

import pytest

from retrato import Source, resolve
from retrato.datasets import PEDRO, omnichannel
from retrato.datasets.story import BOB, LUCIA, MARTA, OSCAR, PEDRO_JUNIOR, PEGGY


@pytest.mark.parametrize("other", [LUCIA, PEDRO_JUNIOR, MARTA, OSCAR])
def test_they_are_other_people(story, other) -> None:
    assert not story.ids(PEDRO) & story.ids(other)


def test_peggy_shares_her_husbands_email_and_is_not_he(story) -> None:
    assert not story.ids(BOB) & story.ids(PEGGY)


def test_his_wife_and_his_son_are_his_household_and_nobody_else_is(story) -> None:
    profile = story.profile(PEDRO)
    members = {each.profile_id for each in profile.household}
    assert profile.household_id is not None
    for other in (LUCIA, PEDRO_JUNIOR):
        assert story.ids(other) & members
    for stranger in (MARTA, OSCAR):
        assert not story.ids(stranger) & members
        assert story.profile(stranger).household_id != profile.household_id


def test_the_form_with_the_shared_email_is_hers_for_her_cookie(story) -> None:
    form = next(each for each in story.profile(LUCIA).timeline if each.kind == "form")
    assert (form.attached_by, form.time.year) == ("e-mail and device", 2025)


def test_the_receipt_to_the_shared_email_is_of_the_household(story) -> None:
    (ticket,) = [row["numero_ticket"] for row in story.rows("shop_till", articulo="cargador", importe="14,90")]
    (row,) = [row for row in story.resolution.timeline.to_pylist() if row["event_key"] == ticket]
    assert (row["profile_id"], row["household_id"]) == (None, story.profile(PEDRO).household_id)
    assert (row["attached_by"], row["candidates"]) == ("household: e-mail", 2)


def test_the_stranger_has_the_number_now_and_nothing_of_his_history(story) -> None:
    timeline = story.profile(OSCAR).timeline
    assert all(each.time.year >= 2023 for each in timeline)
    held = [row for row in story.resolution.contact_points.to_pylist() if row["value"] == PEDRO.old_phone]
    assert {row["class"] for row in held} == {"recycled"}
    assert {row["profile_id"] for row in held} == story.ids(PEDRO) | story.ids(OSCAR)
    (mine,) = [row for row in held if row["profile_id"] in story.ids(PEDRO)]
    assert mine["valid_to"] is not None


def test_whoever_called_from_the_switchboard_is_not_guessed(story) -> None:
    (call,) = [row["interaction_id"] for row in story.rows("call_centre", started_at="17-02-2023 09:25:00")]
    (row,) = [row for row in story.resolution.timeline.to_pylist() if row["event_key"] == call]
    assert (row["profile_id"], row["attached_by"], row["candidates"]) == (None, "ambiguous: phone", 2)
    held = [row for row in story.resolution.contact_points.to_pylist() if row["value"] == MARTA.office_phone]
    assert {row["profile_id"] for row in held} == story.ids(PEDRO) | story.ids(MARTA)


@pytest.mark.slow
@pytest.mark.parametrize(("records", "seed"), [(1000, 1), (3000, 7), (5000, 1), (2000, 5)])
def test_father_and_son_are_two_whatever_the_population_around_them(records: int, seed: int) -> None:
    """They have one name and one home, and some of their records know little more."""
    made = omnichannel(records, seed=seed, events=False)
    found = resolve([Source(name, table, region="ES") for name, table in made.records.items()])
    truth = {(row["source"], row["record_key"]): row["person_id"] for row in made.truth.to_pylist()}
    profiles = {
        row["profile_id"]
        for row in found.assignments.to_pylist()
        if truth[row["source"], row["record_key"]] == PEDRO.person_id
    }
    (profile,) = profiles
    records_of = sum(person == PEDRO.person_id for person in truth.values())
    rows = found.crosswalk.to_pylist()
    assert {row["records_in_profile"] for row in rows if row["profile_id"] == profile} == {records_of}
