"""Claim 6, its first half: when a merge was wrong it can be undone without loss."""

from __future__ import annotations

import pyarrow as pa

from retrato import Source, resolve
from retrato.datasets import PEDRO, omnichannel
from retrato.datasets.story import PEDRO_JUNIOR


def test_father_and_son_joined_by_mistake_are_themselves_again() -> None:
    made = omnichannel(300, seed=1)
    sources = [Source(name, table, region="ES") for name, table in (made.records | made.events).items()]
    keys = {
        person.person_id: next(
            row["record_key"]
            for row in made.truth.to_pylist()
            if row["person_id"] == person.person_id and row["source"] == "crm" and row["record_key"] != "C0000003"
        )
        for person in (PEDRO, PEDRO_JUNIOR)
    }

    def decided(decision: str) -> pa.Table:
        father, son = keys.values()
        row = {"source_a": "crm", "key_a": father, "source_b": "crm", "key_b": son, "decision": decision}
        return pa.table({name: [value] for name, value in row.items()})

    before = resolve(sources)
    wrong = resolve(sources, decisions=decided("same"), previous=before)
    assert wrong.profiles.num_rows < before.profiles.num_rows
    again = resolve(sources, decisions=decided("different"), previous=wrong)
    father, son = (
        next(row["profile_id"] for row in before.assignments.to_pylist() if row["record_key"] == key)
        for key in keys.values()
    )
    now = {row["record_key"]: row["profile_id"] for row in again.assignments.to_pylist()}
    for key, profile in zip(keys.values(), (father, son), strict=True):
        was, is_again = before.profile(profile), again.profile(now[key])
        assert [str(each) for each in is_again.timeline] == [str(each) for each in was.timeline]
        assert set(is_again.consents) == set(was.consents)
        assert {(each.attribute, each.value, each.golden) for each in is_again.values} == {
            (each.attribute, each.value, each.golden) for each in was.values
        }
        assert is_again.context().row() == was.context().row() | {"profile_id": now[key]}
