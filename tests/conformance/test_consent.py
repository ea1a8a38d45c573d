"""What everybody allows is the same whether the engine finds it or it is worked out choice by choice."""

from __future__ import annotations

from collections import defaultdict

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from consenting import consents_of, names, worlds
from histories import put_events
from relations import make, rows, run
from retrato.engines.compile.consents import consent_steps
from retrato.engines.compile.survivorship import person_steps
from retrato.engines.duckdb import DuckDBEngine
from retrato.profiles.consent import Consent

IDENTIFIERS = (
    "record:i version:n kind:s namespace:s value:s status:s issues:s parts:s observed_at:t column_name:s attribute:s"
)


@pytest.fixture(scope="module")
def engine():
    with DuckDBEngine(threads=2) as engine:
        put_events(engine, [])
        make(engine, "timeline_rows", "event:i alike:i person:i owner:i by_thread:b", [])
        yield engine


def put(engine, world, profiles):
    """The tables of records that belong to these profiles."""
    numbered = list(enumerate(world))
    make(engine, "records", "record:i source:s record_key:s", [(n, "crm", str(n)) for n, _ in numbered])
    assigned = [(n, f"p{profiles[n]}", None) for n, _ in numbered]
    make(engine, "assignments", "record:i profile_id:s household_id:s", assigned)
    make(engine, "features", "record:i given_root:s", [(n, each.given) for n, each in numbered])
    said = []
    for n, each in numbered:
        if each.choice:
            said.append((n, 0, "consent", each.namespace, each.choice, "valid", "", "{}", each.time, "consent", ""))
        said += [(n, 0, kind, "", value, "valid", "", "{}", None, "c", "") for kind, value in each.contacts]
    make(engine, "identifiers", IDENTIFIERS, said)
    held = {(contact, f"p{profiles[n]}") for n, each in numbered for contact in each.contacts}
    points = [(*contact, profile, len(names(world, contact))) for contact, profile in sorted(held)]
    make(engine, "contact_points", "kind:s value:s profile_id:s given_names:i", points)


def found_in(engine):
    """The consents of each profile."""
    run(engine, person_steps())
    run(engine, consent_steps(["given_root"]))
    found = defaultdict(set)
    for row in rows(engine, "consents"):
        found[row["profile_id"]].add(Consent.from_row(row))
    return found


@settings(max_examples=60, deadline=None)
@given(worlds, st.lists(st.integers(0, 3), min_size=6, max_size=6))
def test_the_engine_finds_the_choices_in_force(engine, world, profiles):
    put(engine, world, profiles)
    found = found_in(engine)
    members = defaultdict(set)
    for number in range(len(world)):
        members[f"p{profiles[number]}"].add(number)
    assert found == {profile: set(told) for profile in members if (told := consents_of(world, members[profile]))}
