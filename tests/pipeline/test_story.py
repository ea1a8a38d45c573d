"""Pedro's story: every touch on one profile, and his family on others."""

from __future__ import annotations

import pytest

from retrato import Resolution, Source, resolve
from retrato.datasets import PEDRO, omnichannel
from retrato.evaluation.truth import evaluate_tables


@pytest.fixture(scope="module")
def data():
    return omnichannel(3000, seed=1)  # what `retrato demo` shows


@pytest.fixture(scope="module")
def resolution(data) -> Resolution:
    tables = {**data.records, **data.events}
    return resolve([Source(name, table, region="ES") for name, table in tables.items()])


def records_of(data, person: str) -> set[tuple[str, str]]:
    return {(row["source"], row["record_key"]) for row in data.truth.to_pylist() if row["person_id"] == person}


def profiles_of(data, resolution: Resolution, person: str) -> set[str]:
    mine = records_of(data, person)
    rows = resolution.assignments.to_pylist()
    return {row["profile_id"] for row in rows if (row["source"], row["record_key"]) in mine}


def test_all_records_of_pedro_are_one_profile_of_his_own(data, resolution) -> None:
    (profile,) = profiles_of(data, resolution, PEDRO.person_id)
    members = {
        (row["source"], row["record_key"]) for row in resolution.assignments.to_pylist() if row["profile_id"] == profile
    }
    assert members == records_of(data, PEDRO.person_id)


def test_his_family_are_other_people(data, resolution) -> None:
    (profile,) = profiles_of(data, resolution, PEDRO.person_id)
    household = next(row["household_id"] for row in data.truth.to_pylist() if row["person_id"] == PEDRO.person_id)
    others = {
        row["person_id"]
        for row in data.truth.to_pylist()
        if row["household_id"] == household and row["person_id"] != PEDRO.person_id
    }
    assert others
    for person in others:
        assert profile not in profiles_of(data, resolution, person)


def test_every_touch_of_pedro_lies_on_his_timeline(data, resolution) -> None:
    (profile,) = profiles_of(data, resolution, PEDRO.person_id)
    mine = {
        (row["source"], row["event_key"]) for row in data.event_truth.to_pylist() if row["person_id"] == PEDRO.person_id
    }
    found = {
        (row["source"], row["event_key"])
        for row in resolution.timeline.to_pylist()
        if row["profile_id"] == profile and row["event"] is not None
    }
    assert found - mine == set()
    assert {key for key in mine - found if not nobody_can_know(data, *key)} == set()


def nobody_can_know(data, source: str, event_key: str) -> bool:
    """An anonymous visit with a cookie that no form, e-mail or customer number ever came with."""
    if source != "web_app_events":
        return False
    visits = data.events["web_app_events"].to_pylist()
    cookie = next(row["cookie_id"] for row in visits if row["event_id"] == event_key)
    known = {row["cookie_id"] for row in visits if row["email"] or row["id_cliente"]}
    known |= set(data.records["web_form"].column("cookie_id").to_pylist())
    return cookie not in known


def test_events_are_attached_to_the_right_people(data, resolution) -> None:
    truth = {(row["source"], row["event_key"]): row["person_id"] for row in data.event_truth.to_pylist()}
    person = {(row["source"], row["record_key"]): row["person_id"] for row in data.truth.to_pylist()}
    people: dict[str, set[str]] = {}
    for row in resolution.assignments.to_pylist():
        people.setdefault(row["profile_id"], set()).add(person[row["source"], row["record_key"]])
    attached = [row for row in resolution.timeline.to_pylist() if row["event"] is not None and row["profile_id"]]
    right = sum(truth[row["source"], row["event_key"]] in people[row["profile_id"]] for row in attached)
    assert right > 0.95 * len(attached)


def test_whoever_answers_finds_pedro(resolution, data) -> None:
    (profile,) = profiles_of(data, resolution, PEDRO.person_id)
    for question in ({"phone": PEDRO.phone}, {"email": PEDRO.email}, {"national_id": PEDRO.national_id}):
        found = resolution.find(**question)
        assert profile in [each.profile_id for each in found[:3]], question
        assert all(each.reasons for each in found)


def test_the_result_knows_how_good_it_is(data, resolution) -> None:
    found = evaluate_tables(resolution.assignments, data.truth).pairwise
    counts = resolution.report["counts"]
    assert counts["expected_precision"] == pytest.approx(found.precision, abs=0.02)
    assert counts["expected_recall"] == pytest.approx(found.recall, abs=0.04)
    profiles = resolution.profiles.to_pylist()
    assert all(row["expected_precision"] == 1 for row in profiles if row["records"] == 1)
    assert all(0.5 < row["expected_precision"] <= 1 and 0 < row["expected_recall"] <= 1 for row in profiles)


@pytest.mark.slow
@pytest.mark.parametrize(("records", "seed"), [(1000, 1), (3000, 7), (5000, 1), (2000, 5)])
def test_father_and_son_are_two_whatever_the_population_around_them(records: int, seed: int) -> None:
    """They have one name and one home, and some of their records know little more."""
    made = omnichannel(records, seed=seed, events=False)
    found = resolve([Source(name, table, region="ES") for name, table in made.records.items()])
    (profile,) = profiles_of(made, found, PEDRO.person_id)
    assert {row["records_in_profile"] for row in found.crosswalk.to_pylist() if row["profile_id"] == profile} == {
        len(records_of(made, PEDRO.person_id))
    }
