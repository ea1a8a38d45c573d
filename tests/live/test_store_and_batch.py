"""A store gives the people that the batch gives from the same records, and keeps their ids."""

from __future__ import annotations

import random
from itertools import combinations

import pytest

from naive_people import naive_partition
from retrato import StoreError, UnknownRecordError
from retrato.live import IdentityStore
from retrato.records import Record
from small_world import people_of, small_world


@pytest.fixture(scope="module")
def world():
    return small_world()


def halves(world, seed):
    records = list(world.records)
    random.Random(seed).shuffle(records)
    return records[: len(records) // 2], records[len(records) // 2 :]


@pytest.mark.parametrize("at_once", [1, 7])
def test_records_that_come_later_make_the_people_of_the_batch(world, store_url, at_once):
    first, later = halves(world, at_once)
    with IdentityStore.open(store_url) as store:
        assert store.load(world.resolved(first)) == len(first)
        assert people_of(store.assignments) == people_of(world.resolved(first).assignments)
        for start in range(0, len(later), at_once):
            store.ingest_many(later[start : start + at_once])
        assert people_of(store.assignments) == people_of(world.resolved(world.records).assignments)
        assert store.verify() == []


def test_records_that_go_leave_the_people_of_the_batch(world, store_url):
    kept, gone = halves(world, 3)
    with IdentityStore.open(store_url) as store:
        store.load(world.resolved(world.records))
        for record in gone:
            store.delete(record.source, record.key)
        assert people_of(store.assignments) == people_of(world.resolved(kept).assignments)
        assert store.verify() == []


def test_the_plain_look_at_all_records_is_that_of_the_batch(world, tmp_path):
    some, _ = halves(world, 4)
    batch = world.resolved(some)
    with IdentityStore.open(f"sqlite:///{tmp_path}/store.db") as store:
        store.load(batch)
        assert naive_partition(store.rules, store.matching_keys(), []) == people_of(batch.assignments)


def test_decisions_of_a_store_reach_the_next_batch(world, store_url):
    with IdentityStore.open(store_url) as store:
        batch = world.resolved(world.records)
        store.load(batch)
        a, b, *_ = next(sorted(each) for each in sorted(people_of(batch.assignments), key=sorted) if len(each) > 1)
        other = next(iter(min((each for each in people_of(batch.assignments) if a not in each), key=sorted)))
        store.different(a, b, author="ana", reason="father and son")
        mistaken = store.same(a, other, author="ana")
        store.undo(mistaken, author="eva")
        store.same(b, other, author="eva")
        assert store.profile_of(*a) != store.profile_of(*b) == store.profile_of(*other)
        again = world.resolved(world.records, decisions=store, previous=store)
        assert people_of(again.assignments) == people_of(store.assignments)
        assert again.assignments.column("profile_id") == store.assignments.column("profile_id")


def test_ids_stay_with_people_and_old_ones_lead_to_them(world, store_url):
    with IdentityStore.open(store_url) as store:
        store.load(world.resolved(world.records))
        before = {(row["source"], row["record_key"]): row["profile_id"] for row in store.assignments.to_pylist()}
        one, other = sorted(people_of(store.assignments), key=lambda each: (-len(each), sorted(each)))[:2]
        a, b = min(one), min(other)
        cursor = store.changes(limit=10_000)[-1].cursor if store.changes() else 0
        decision = store.same(a, b, author="ana")
        kept = store.profile_of(*a)
        assert kept in (before[a], before[b])
        assert {store.current_id(before[a]), store.current_id(before[b])} == {kept}
        assert {"merged", "redirected"} <= {each.kind for each in store.changes(cursor)}
        store.undo(decision, author="ana")
        assert store.profile_of(*a) != store.profile_of(*b)
        assert kept in (store.profile_of(*a), store.profile_of(*b))
        assert (store.profile_of(*a), store.profile_of(*b)) == (before[a], before[b])
        assert {store.current_id(each) for each in (before[a], before[b])} == {before[a], before[b]}
        assert store.verify() == []


def test_every_undone_merge_leaves_all_ids_as_they_were(world, tmp_path):
    with IdentityStore.open(f"sqlite:///{tmp_path}/store.db") as store:
        store.load(world.resolved(world.records))
        before = store.assignments
        of_four = sorted(
            (each for each in people_of(before) if len(each) == 4), key=sorted
        )  # neither has the larger share
        for one, other in combinations(of_four[:6], 2):
            store.undo(store.same(max(one), min(other), author="ana"), author="ana")
            assert store.assignments == before


def test_a_profile_tells_what_its_records_say(world, store_url):
    batch = world.resolved(world.records)
    with IdentityStore.open(store_url) as store:
        store.load(batch)
        for profile in batch.profiles.column("profile_id").to_pylist()[:40]:
            mine, theirs = store.profile(profile), batch.profile(profile)
            assert mine.attributes.keys() == theirs.attributes.keys()
            shown = ("value", "rank", "support", "confidence", "rule")
            for name, value in theirs.attributes.items():
                assert [getattr(mine.attributes[name], each) for each in shown] == [
                    pytest.approx(getattr(value, each)) if each == "confidence" else getattr(value, each)
                    for each in shown
                ]


def test_a_person_is_found_by_whatever_is_known(world, store_url):
    with IdentityStore.open(store_url) as store:
        store.load(world.resolved(world.records))
        known = next(
            row for row in world.result.profiles.to_pylist() if row["phones"] and row["emails"] and row["name"]
        )
        profile, name = known["profile_id"], known["name"]
        misspelt = name[:-1] + ("s" if name[-1] != "s" else "z")
        for asked in ({"phone": known["phones"][0]}, {"email": known["emails"][0]}, {"name": name}, {"name": misspelt}):
            assert profile in [each.profile_id for each in store.find(**asked)], asked
        assert store.find(known["phones"][0])[0].profile_id == profile
        assert store.find(profile)[0].reasons == ("its id",)
        assert store.find(phone="+34999999999") == []


def test_what_is_wrong_is_said(world, store_url):
    with IdentityStore.open(store_url) as store:
        with pytest.raises(StoreError, match="no rules yet"):
            store.ingest(Record("crm", "1", {"name": "Ana Ruiz"}))
        store.load(world.resolved(world.records))
        with pytest.raises(StoreError, match="holds records already"):
            store.load(world.result)
        with pytest.raises(ValueError, match="colour is neither a column nor a field"):
            store.ingest(Record("crm", "1", {"colour": "blue"}))
        for unknown in (("crm", "'; DROP TABLE retrato_records; --"), ("no such source", "1")):
            with pytest.raises(UnknownRecordError):
                store.delete(*unknown)
            with pytest.raises(UnknownRecordError):
                store.same(unknown, unknown, author="ana")
        with pytest.raises(UnknownRecordError, match="no profile p0"):
            store.profile("p0")
        with pytest.raises(UnknownRecordError, match="no decision 7"):
            store.undo(7, author="ana")
        assert store.verify() == []


def test_decisions_come_with_a_result(world, tmp_path):
    with IdentityStore.open(f"sqlite:///{tmp_path}/first.db") as first:
        first.load(world.resolved(world.records))
        one, other = sorted(people_of(first.assignments), key=lambda each: (-len(each), sorted(each)))[:2]
        first.same(min(one), min(other), author="ana")
        decided = world.resolved(world.records, decisions=first, previous=first)
    with IdentityStore.open(f"sqlite:///{tmp_path}/second.db") as second:
        second.load(decided)
        assert people_of(second.assignments) == people_of(decided.assignments)
        assert second.profile_of(*min(one)) == second.profile_of(*min(other))
        assert second.decisions.column("author").to_pylist() == ["batch"]
        assert second.verify() == []


def test_what_a_store_knows_already_is_no_new_version(world, store_url):
    with IdentityStore.open(store_url) as store:
        store.load(world.resolved(world.records))
        profiles = sorted(set(store.assignments.column("profile_id").to_pylist()))
        before = {each: store.profile(each).values for each in profiles}
        assert all(each.changes == () for each in store.ingest_many(world.records))
        assert {each: store.profile(each).values for each in profiles} == before


def test_a_record_that_says_again_what_it_once_said_says_it_now(world, store_url):
    with IdentityStore.open(store_url) as store:
        store.load(world.resolved(world.records))
        for name in ("Xenia Quiroz", "Zoltan Kowal", "Xenia Quiroz"):
            profile = store.ingest(Record("till", "1", {"name": name})).profile_id
            assert store.profile(profile).name == name
        assert {each.version for each in store.profile(profile).values} == {0, 1, 2}


def test_a_version_that_comes_late_does_not_speak_for_the_record(world, store_url):
    with IdentityStore.open(store_url) as store:
        store.load(world.resolved(world.records))
        for name, day in (
            ("Xenia Quiroz", "2026-03-01"),
            ("Zoltan Kowal", "2026-02-01"),
            ("Zoltan Kowal", "2026-02-01"),
        ):
            profile = store.ingest(Record("till", "1", {"name": name, "updated_at": day})).profile_id
            assert [each.value for each in store.profile(profile).values if each.version == 0] == ["Xenia Quiroz"]
        assert len(store.profile(profile).values) == 2
