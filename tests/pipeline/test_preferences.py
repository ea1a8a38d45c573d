"""The channel that somebody really answers, against the truth of generated customers."""

from __future__ import annotations

from collections import Counter

from retrato import Source, resolve
from retrato.datasets import omnichannel


def test_the_preferred_channel_is_right_where_it_is_known_and_not_known_where_little_is():
    made = omnichannel(2000, seed=3, events_per_record=10)
    found = resolve([Source(name, table, region="ES") for name, table in (made.records | made.events).items()])
    person = {(row["source"], row["record_key"]): row["person_id"] for row in made.truth.to_pylist()}
    answers_on = {row["person_id"]: row["answers_on"] for row in made.people.to_pylist()}
    people: dict[str, Counter[str]] = {}
    for row in found.assignments.to_pylist():
        people.setdefault(row["profile_id"], Counter())[person[row["source"], row["record_key"]]] += 1
    often, seldom = [], []
    for row in found.contexts.to_pylist():
        ((whose, _),) = people[row["profile_id"]].most_common(1)
        if row["answered"] >= 5:
            often.append(row["preferred_channel"] == answers_on[whose])
        elif row["answered"] < 2:
            seldom.append(row["preferred_channel"] is None)
    assert len(often) > 50
    assert sum(often) >= 0.9 * len(often)
    assert sum(seldom) >= 0.9 * len(seldom)
