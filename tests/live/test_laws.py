"""Whatever comes in, in whatever order: the people of a store are those that a plain look at all of it gives."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from naive_people import naive_partition
from retrato.live import IdentityStore
from retrato.records import Record
from small_world import people_of, small_world

PHONES = ("+34600111222", "+34911222333")
EMAILS = ("casa@gmail.com", "familia.ruiz@gmail.com")
PLACE = st.integers(0, 10_000)
#: The homes that a program begins with, as the batch has them; mostly it begins with an empty store.
LOADED = (None, None, None, slice(8, 24), slice(16, 32), slice(80, 96))


class Programs(RuleBasedStateMachine):
    """Records come, change and go, and people decide, or are forgotten."""

    @initialize(
        homes=st.lists(PLACE, min_size=4, max_size=8),
        max_block=st.sampled_from((2, 3, 5, 50)),
        loaded=st.sampled_from(LOADED),
    )
    def start(self, homes: list[int], max_block: int, loaded: slice | None) -> None:
        world = small_world()
        some = [world.homes[home % len(world.homes)] for home in homes] if loaded is None else world.homes[loaded]
        self.keys, self.pool = world.keys, [record for home in some for record in home]
        self.folder = TemporaryDirectory(dir="/dev/shm" if Path("/dev/shm").is_dir() else None)  # noqa: S108
        self.store = IdentityStore.open(f"sqlite:///{self.folder.name}/store.db", secret="of a sufficient length")
        if loaded is None:
            self.store.govern(world.governing(max_block))
        else:
            self.store.load(world.resolved(self.pool))
        self.decisions: dict[int, tuple[tuple[str, str], tuple[str, str], str]] = {}
        self.forgotten: set[tuple[str, str]] = set()

    def pick(self, place: int) -> Record:
        return self.pool[place % len(self.pool)]

    def known(self) -> list[tuple[str, str]]:
        rows = self.store.assignments.to_pylist()
        return [(row["source"], row["record_key"]) for row in rows]

    @rule(places=st.lists(PLACE, min_size=1, max_size=5))
    def records_come(self, places: list[int]) -> None:
        self.store.ingest_many([self.pick(place) for place in places])

    @rule(place=PLACE, other=PLACE)
    def a_record_says_what_another_says(self, place: int, other: int) -> None:
        record, pattern = self.pick(place), self.pick(other)
        if record.source == pattern.source:
            fields = {**pattern.fields, self.keys[record.source]: record.key}
            self.store.ingest(Record(record.source, record.key, fields))

    @rule(
        place=PLACE, phone=st.sampled_from((None, *PHONES)), email=st.sampled_from((None, *EMAILS)), bare=st.booleans()
    )
    def a_record_shares_a_contact(self, place: int, phone: str | None, email: str | None, *, bare: bool) -> None:
        record = self.pick(place)
        kept = dict(list(record.fields.items())[: 3 if bare else None])
        self.store.ingest(Record(record.source, record.key, {**kept, "phone": phone, "email": email}))

    @rule(place=PLACE)
    def a_record_goes(self, place: int) -> None:
        there = self.known()
        if there:
            self.store.delete(*there[place % len(there)])

    @rule(place=PLACE, other=PLACE, word=st.sampled_from(("same", "different")))
    def somebody_decides(self, place: int, other: int, word: str) -> None:
        there = self.known()
        if len(there) > 1 and place % len(there) != other % len(there):
            a, b = there[place % len(there)], there[other % len(there)]
            number = getattr(self.store, word)(a, b, author="ana")
            self.decisions[number] = (a, b, word)

    @rule(place=PLACE)
    def somebody_undoes(self, place: int) -> None:
        if self.decisions:
            number = sorted(self.decisions)[place % len(self.decisions)]
            del self.decisions[number]
            self.store.undo(number, author="ana")

    @rule(place=PLACE)
    def somebody_is_forgotten(self, place: int) -> None:
        there = self.known()
        if there:
            profile = self.store.profile_of(*there[place % len(there)])
            gone = {each for each in there if self.store.profile_of(*each) == profile}
            self.decisions = {
                number: each for number, each in self.decisions.items() if gone.isdisjoint((each[0], each[1]))
            }
            assert self.store.forget(profile).records == len(gone)
            self.forgotten |= gone

    @rule(place=PLACE)
    def somebody_is_let_in_again(self, place: int) -> None:
        record = self.pick(place)
        self.store.readmit(record)
        self.forgotten.discard((record.source, record.key))
        self.store.ingest(record)

    @invariant()
    def who_is_forgotten_is_gone(self) -> None:
        if hasattr(self, "store"):
            assert self.forgotten.isdisjoint(self.known())

    @invariant()
    def the_people_are_those_of_all_records(self) -> None:
        if not hasattr(self, "store"):
            return
        assert self.store.verify() == []
        governing, keys = self.store.rules, self.store.matching_keys()
        people = people_of(self.store.assignments)
        assert people == naive_partition(governing, keys, self.decisions.values())

    def teardown(self) -> None:
        if hasattr(self, "store"):
            self.store.close()
            self.folder.cleanup()


def run(programs: int, steps: int) -> None:
    run_state_machine_as_test(
        Programs,
        settings=settings(
            max_examples=programs,
            stateful_step_count=steps,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


def test_some_programs() -> None:
    run(25, 12)


@pytest.mark.slow
def test_two_thousand_programs() -> None:
    run(2000, 15)
