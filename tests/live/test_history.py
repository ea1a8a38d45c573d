"""Pins, what was true once, what the store knew once, what changed in values, and all that is kept of a person."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from retrato import ConfigurationError, UnknownRecordError
from retrato.live import IdentityStore
from retrato.records import Record
from small_world import people_of, small_world

SECRET = "kept in a safe place"


@pytest.fixture(scope="module")
def world():
    return small_world()


@pytest.fixture
def store(world, store_url):
    with IdentityStore.open(store_url, secret=SECRET) as store:
        store.load(world.resolved(world.records))
        yield store


def now():
    return datetime.now(UTC)


def card(name, day=None, **more):
    return Record("till", "1", {"name": name, "updated_at": day, **more})


def told(store, cursor):
    return [(each.kind, each.profile_id, each.records) for each in store.changes(cursor, limit=10_000)]


def last_cursor(store):
    return max((each.cursor for each in store.changes(limit=10_000)), default=0)


def contested(store):
    """A profile and an attribute with a value beside the golden one."""
    for profile in sorted(set(store.assignments.column("profile_id").to_pylist())):
        portrait = store.profile(profile)
        for name in ("name", "email", "phone"):
            if portrait.alternatives(name):
                return portrait, name, portrait.alternatives(name)[-1]
    raise AssertionError("nobody has two values")


# --- pins -------------------------------------------------------------------------------------------------------------


def test_a_pinned_value_is_golden_until_it_is_undone(store):
    portrait, name, other = contested(store)
    cursor = last_cursor(store)
    number = store.pin(portrait.id, name, other.value, author="ana", reason="she spelt it")
    pinned = store.profile(portrait.id)
    assert (pinned.get(name), pinned.golden(name).rule) == (other.value, "pinned")
    assert "somebody has fixed it" in pinned.why(name)
    changes = store.undo(number, author="eva")
    assert [str(each) for each in changes] == [f"1 record(s) of {portrait.id} say something else"]
    assert store.profile(portrait.id).values == portrait.values
    assert told(store, cursor) == [("value_changed", portrait.id, 1)] * 2
    assert [each.undone_by for each in store.decided()] == ["eva"]


def test_the_last_pin_holds_and_stays_with_its_people(store, world):
    portrait, name, other = contested(store)
    first = store.pin(portrait.id, name, portrait.get(name), author="ana")
    store.pin(portrait.id, name, other.value, author="eva")
    assert store.profile(portrait.id).get(name) == other.value
    others = sorted(people_of(store.assignments), key=sorted)
    stranger = next(each for each in others if (other.source, other.record_key) not in each)
    merged = store.same((other.source, other.record_key), min(stranger), author="ana")
    assert store.profile(store.profile_of(*min(stranger))).get(name) == other.value
    store.undo(merged, author="ana")
    assert store.profile(portrait.id).get(name) == other.value
    store.undo(first, author="ana")
    assert store.profile(portrait.id).get(name) == other.value


def test_what_no_record_says_cannot_be_pinned(store):
    portrait, name, _ = contested(store)
    with pytest.raises(ConfigurationError, match=f"pin of {name}: no record of the profile holds this value") as caught:
        store.pin(portrait.id, name, "Xenia Quiroz", author="ana")
    assert "Xenia" not in str(caught.value)
    with pytest.raises(UnknownRecordError):
        store.pin("p0", name, "Xenia Quiroz", author="ana")
    assert store.decided() == []


def test_pins_reach_the_next_batch_and_come_back_with_it(store, world, tmp_path):
    portrait, name, other = contested(store)
    store.pin(portrait.id, name, other.value, author="ana")
    again = world.resolved(world.records, decisions=store, previous=store)
    assert again.profile(portrait.id).get(name) == other.value
    assert again.profile(portrait.id).golden(name).rule == "pinned"
    assert again.decisions.to_pylist()[0]["value"] == other.value
    with IdentityStore.open(f"sqlite:///{tmp_path}/next.db") as tomorrow:
        tomorrow.load(again)
        assert tomorrow.profile(portrait.id).get(name) == other.value
        assert [(each.decision, each.author) for each in tomorrow.decided()] == [("pin", "batch")]
        assert tomorrow.verify() == []


# --- two axes of time -------------------------------------------------------------------------------------------------


def test_a_profile_as_it_was(store):
    store.ingest(card("Xenia Quiroz", "2026-01-10", email="xenia@quiroz.es"))
    store.ingest(card("Xenia Quiroz Mora", "2026-03-10", email="mora@quiroz.es"))
    profile = store.ingest(card("Xenia Kowal", "2026-02-10", email="kowal@quiroz.es")).profile_id
    for day, name, version in ((11, "Xenia Quiroz", 0), (10, "Xenia Quiroz", 0)):
        then = store.profile(profile, as_of=datetime(2026, 1, day))
        assert (then.name, {each.version for each in then.values}) == (name, {version})
    assert store.profile(profile, as_of=datetime(2026, 2, 10)).name == "Xenia Kowal"
    assert store.profile(profile, as_of=datetime(2026, 4, 1)).values == store.profile(profile).values
    assert store.profile(profile, as_of=datetime(2026, 1, 9)).values == ()


def test_a_profile_as_the_store_knew_it(store):
    before = now()
    profile = store.ingest(card("Xenia Quiroz")).profile_id
    first = now()
    store.ingest(card("Xenia Kowal"))
    pin_it = now()
    number = store.pin(profile, "name", "Xenia Quiroz", author="ana")
    pinned = now()
    store.undo(number, author="ana")
    assert store.profile(profile, known_at=first).name == "Xenia Quiroz"
    assert store.profile(profile, known_at=pin_it).name == "Xenia Kowal"
    assert store.profile(profile, known_at=pinned).golden("name").rule == "pinned"
    assert store.profile(profile, known_at=now()) == store.profile(profile)
    for moment in (before, datetime(2020, 1, 1)):
        with pytest.raises(UnknownRecordError, match=f"no profile {profile} was known then"):
            store.profile(profile, known_at=moment)


def test_who_an_id_stood_for_when_profiles_were_one(store):
    one, other = sorted(people_of(store.assignments), key=lambda each: (-len(each), sorted(each)))[:2]
    ids = store.profile_of(*min(one)), store.profile_of(*min(other))
    apart, before = {each: store.profile(each).values for each in ids}, now()
    decision = store.same(min(one), min(other), author="ana")
    merged, kept = now(), store.profile_of(*min(one))
    together = store.profile(kept)
    store.undo(decision, author="ana")
    for each in ids:
        assert store.profile(each, known_at=before).values == apart[each]
        assert store.profile(each, known_at=merged) == together
        assert store.profile(each, known_at=now()).values == apart[each]


# --- what is told, and what is kept -----------------------------------------------------------------------------------


def test_the_feed_tells_who_says_something_else_and_who_was_forgotten(store):
    profile = store.ingest(card("Xenia Quiroz")).profile_id
    cursor = last_cursor(store)
    store.ingest(card("Xenia Quiroz"))
    assert told(store, cursor) == []
    changes = store.ingest(card("Xenia Quiroz", email="xenia@quiroz.es")).changes
    assert [each.kind for each in changes] == ["value_changed"]
    store.forget(profile)
    assert told(store, cursor) == [("value_changed", profile, 1), ("forgotten", profile, 1)]


def test_an_export_holds_all_that_is_kept_of_a_person(store):
    store.ingest(card("Xenia Quiroz", "2026-01-10", email="xenia@quiroz.es"))
    profile = store.ingest(card("Xenia Kowal", "2026-02-10", phone="+34600998877")).profile_id
    number = store.pin(profile, "name", "Xenia Quiroz", author="ana")
    found = json.loads(json.dumps(store.export(profile)))
    (record,) = found["records"]
    assert (found["profile_id"], found["golden"]["name"], record["source"]) == (profile, "Xenia Quiroz", "till")
    assert [each["observed_at"] for each in record["versions"]] == ["2026-02-10T00:00:00", "2026-01-10T00:00:00"]
    said = [value["value"] for version in record["versions"] for value in version["values"]]
    assert sorted(said) == ["+34600998877", "Xenia Kowal", "Xenia Quiroz", "xenia@quiroz.es"]
    assert record["matching_keys"]["family_name"] == "kowal"
    assert [each["number"] for each in found["decisions"]] == [number]
    assert [each["kind"] for each in found["changes"]] == ["created", "value_changed", "value_changed"]
    with pytest.raises(UnknownRecordError):
        store.export("p0")


def test_nothing_of_the_past_is_left_of_who_was_forgotten(store):
    profile = store.ingest(card("Xenia Quiroz")).profile_id
    known = now()
    store.forget(profile)
    with pytest.raises(UnknownRecordError):
        store.profile(profile, known_at=known)
