"""Who is forgotten is gone from every byte of the store, does not come back, and nobody else is touched."""

from __future__ import annotations

from dataclasses import asdict

import pytest

from retrato import IdentityStore, StoreError, UnknownRecordError
from small_world import people_of, small_world
from store_urls import bytes_of

SECRET = "0123456789abcdef"


@pytest.fixture(scope="module")
def world():
    return small_world()


@pytest.fixture
def store(world, store_url):
    with IdentityStore.open(store_url, secret=SECRET) as store:
        store.load(world.resolved(world.records))
        yield store


def somebody(store):
    """A profile of several records, with a phone and an e-mail of its own."""
    people = sorted(people_of(store.assignments), key=lambda each: (-len(each), sorted(each)))
    for each in people:
        profile = store.profile(store.profile_of(*min(each)))
        if profile.contact_points.get("phone") and profile.contact_points.get("email"):
            return profile, each
    raise AssertionError("nobody has both")


def texts_of(store):
    """Every value and raw text of every profile, with the profiles that hold it, and the record keys."""
    owners = {}
    for row in store.assignments.to_pylist():
        owners.setdefault(row["record_key"], set()).add(row["profile_id"])
    for profile in set(store.assignments.column("profile_id").to_pylist()):
        for value in store.profile(profile).values:
            for text in (value.value, value.raw):
                if text and len(text) >= 6:
                    owners.setdefault(text, set()).add(profile)
    return owners


def test_nothing_of_a_forgotten_person_is_left(store, store_url):
    profile, records = somebody(store)
    texts = texts_of(store)
    keys = (keys for record, keys in store.matching_keys().items() if record not in records)
    shared = "\n".join([*(text for text, owners in texts.items() if owners != {profile.id}), *map(str, keys)])
    own = [text for text, owners in texts.items() if owners == {profile.id} and text not in shared]
    assert len(own) > 5
    before = bytes_of(store_url)
    assert any(text.encode() in before for text in own)
    others = {
        row["profile_id"]: store.profile(row["profile_id"]).values
        for row in store.assignments.to_pylist()
        if row["profile_id"] != profile.id
    }
    receipt = store.forget(profile.id)
    after = bytes_of(store_url)
    assert [text for text in own if text.encode() in after] == []
    assert receipt.records == len(records)
    assert not any(text in str(asdict(receipt)) for text in own)
    assert {name: store.profile(name).values for name in others} == others
    assert store.verify() == []
    with pytest.raises(UnknownRecordError, match="it was deleted"):
        store.profile(profile.id)


def test_a_forgotten_person_does_not_come_back_with_the_next_import(store, world):
    profile, records = somebody(store)
    store.forget(profile.id)
    people = people_of(store.assignments)
    again = store.ingest_many(world.records)
    found = zip(world.records, again, strict=True)
    assert {(record.source, record.key) for record, each in found if each.profile_id is None} == set(records)
    assert people_of(store.assignments) == people
    assert store.verify() == []


def test_a_forgotten_person_may_return(store, world):
    profile, records = somebody(store)
    before = people_of(store.assignments)
    store.forget(profile.id)
    for record in world.records:
        if (record.source, record.key) in records:
            store.readmit(record)
            assert store.ingest(record).profile_id is not None
    assert people_of(store.assignments) == before


def test_a_record_under_another_key_is_known_by_all_that_it_says(store, world):
    profile, records = somebody(store)
    store.forget(profile.id)
    numbered = ("crm", "shop_cards")  # their keys are numbers of customers, and part of what they say
    own = (each for each in world.records if (each.source, each.key) in records)
    record = next(each for each in own if each.source not in numbered)
    key = world.keys[record.source]
    other = type(record)(record.source, "another key", {**record.fields, key: "another key"})
    assert store.ingest(other).profile_id is None


def test_forgetting_needs_a_secret_that_cannot_be_guessed(world, store_url):
    with pytest.raises(StoreError, match="fewer than 16 bytes"):
        IdentityStore.open(store_url, secret="short")
    with IdentityStore.open(store_url) as store:
        store.load(world.resolved(world.records))
        profile, _ = somebody(store)
        with pytest.raises(StoreError, match="needs a secret"):
            store.forget(profile.id)
        assert store.profile(profile.id).values == profile.values
