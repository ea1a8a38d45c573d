"""Pedro while he is there: found by a misspelt name, taken apart and put together again, forgotten, and not back."""

from __future__ import annotations

import pytest

from retrato import IdentityStore, Record, UnknownRecordError
from retrato.datasets.story import PEDRO


@pytest.fixture(scope="module")
def path(story, tmp_path_factory):
    return tmp_path_factory.mktemp("live") / "customers.db"


@pytest.fixture(scope="module")
def store(story, path):
    with IdentityStore.open(f"sqlite:///{path}", secret="kept in a safe place") as store:
        store.load(story.resolution)
        yield store


def own_records(story):
    """His records as rows of their exports, for the import of tomorrow."""
    keys = keys_of(story)
    for source, key in sorted(story.records(PEDRO)):
        for row in story.rows(source, **{keys[source]: key}):
            yield Record(source, key, row)


def keys_of(story):
    return {
        each["source"]: next((column["column"] for column in each["columns"] if column["field"] == "record_key"), None)
        for each in story.resolution.report["mapping"]
    }


def test_the_shop_assistant_finds_him_by_a_misspelt_name(story, store):
    (profile,) = story.ids(PEDRO)
    found = [each.profile_id for each in store.find(name="pedro nabarro ruis", city="Madrid")]
    assert found[0] == profile
    assert store.find(name="pedro nabarro ruis", city="Madrid")[0].name == story.profile(PEDRO).name


def test_a_wrong_merge_is_undone(story, store):
    (profile,) = story.ids(PEDRO)
    other = next(each for each in store.find(name="pedro navarro") if each.profile_id != profile)
    before = {each: store.profile(each).values for each in (profile, other.profile_id)}
    a, b = min(story.records(PEDRO)), (other.source, other.record_key)
    decision = store.same(a, b, author="ana", reason="same name")
    assert store.profile_of(*a) == store.profile_of(*b)
    store.undo(decision, author="ana")
    assert {each: store.profile(each).values for each in before} == before


def test_he_is_forgotten_and_does_not_come_back_with_the_next_import(story, store):
    (profile,) = story.ids(PEDRO)
    people = store.assignments.num_rows
    again = list(own_records(story))
    assert len(again) >= len(story.records(PEDRO))
    receipt = store.forget(profile)
    assert receipt.records == len(story.records(PEDRO))
    with pytest.raises(UnknownRecordError):
        store.profile(profile)
    assert {each.profile_id for each in store.ingest_many(again)} == {None}
    assert store.assignments.num_rows == people - receipt.records
    assert all("Navarro Ruiz" not in (each.name or "") for each in store.find(phone="+34600112233"))
