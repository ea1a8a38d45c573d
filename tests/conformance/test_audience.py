"""Audiences: each person once, each contact point once, and nobody whom the algebra of consent does not allow."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from datetime import datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from consenting import CONTACTS, Record, consents_of, worlds
from relations import make, rows, run
from retrato.engines.compile.audience import audience_steps, left_out
from retrato.engines.compile.template import tree
from retrato.engines.duckdb import DuckDBEngine
from retrato.profiles.audience import AudiencePolicy, Exclusion
from retrato.profiles.consent import CONTACT_OF_CHANNEL, Reach
from retrato.resolution.audience import assign

AT = datetime(2025, 1, 1, 10)
CHANNELS = ("email", "whatsapp", "sms")
CONSENTS = "profile_id:s own:b choice:s contact_kind:s contact:s channel:s purpose:s time:t source:s key:s withdrawn:b"


@pytest.fixture(scope="module")
def engine():
    with DuckDBEngine(threads=2) as engine:
        make(engine, "channels", "profile_id:s channel:s answered:i", [])
        make(engine, "values", "profile_id:s attribute:s value:s", [])
        make(engine, "timeline", "profile_id:s direction:s kind:s time:t duplicate_of:i", [])
        yield engine


def put(engine, world, profiles, *, complaining=(), possible=(), bounced=(), preferred=None):
    """The tables of a result over a world whose records belong to these profiles."""
    members = defaultdict(set)
    for number in range(len(world)):
        members[profiles[number]].add(number)
    held = {name: {c for number in own for c in world[number].contacts} for name, own in members.items()}
    make(engine, "asked", "profile_id:s", [(name,) for name in members])
    make(
        engine,
        "contexts",
        "profile_id:s open_tickets:i preferred_channel:s",
        [(name, int(name in complaining), (preferred or {}).get(name)) for name in members],
    )
    known = [(name, kind, value) for name, own in held.items() for kind, value in sorted(own)]
    make(engine, "known", "profile_id:s kind:s value:s", known)
    engine.create("profiles", tree(_PROFILES))
    make(
        engine,
        "contact_points",
        "profile_id:s kind:s value:s class:s line:s valid_to:t",
        [(*each, "personal", "mobile", None) for each in known],
    )
    make(engine, "review", "profile_a:s profile_b:s probability:d", [(*pair, 0.5) for pair in possible])
    make(engine, "unreachable", "contact_kind:s contact:s", bounced)
    told = {name: consents_of(world, own) for name, own in members.items()}
    make(
        engine,
        "consents",
        CONSENTS,
        [
            (
                name, each.own, each.choice.value, each.contact_kind, each.contact, each.channel, each.purpose,
                each.time, each.source, each.key, each.withdrawn,
            )
            for name, own in told.items()
            for each in own
        ],
    )  # fmt: skip
    return told, held


_PROFILES = """
SELECT a.profile_id, coalesce(list(k.value ORDER BY k.value) FILTER (WHERE k.kind = 'email'), []) AS emails,
  coalesce(list(k.value ORDER BY k.value) FILTER (WHERE k.kind = 'phone'), []) AS phones,
  CAST([] AS VARCHAR[]) AS device_ids, CAST(NULL AS VARCHAR) AS address
FROM asked AS a LEFT JOIN known AS k ON k.profile_id = a.profile_id GROUP BY a.profile_id
"""


def chosen(engine, policy):
    """The members and those who are left out."""
    run(engine, audience_steps("marketing", replace(policy, channels=CHANNELS), AT))
    assign(engine)
    out = {row["profile_id"]: row for row in engine.fetch(left_out()).to_pylist()}
    return {row["profile_id"]: row for row in rows(engine, "members")}, out


names = st.sampled_from("abcd")


@settings(max_examples=60, deadline=None)
@given(worlds, st.lists(names, min_size=6, max_size=6), st.sampled_from(Reach), st.data())
def test_an_audience_is_what_the_algebra_allows_and_nobody_twice(engine, world, profiles, reach, data):
    complaining = data.draw(st.sets(names, max_size=1))
    possible = data.draw(st.lists(st.tuples(names, names).filter(lambda pair: pair[0] < pair[1]), max_size=1))
    bounced = data.draw(st.lists(st.sampled_from(CONTACTS[:2]), max_size=1))
    preferred = {name: data.draw(st.sampled_from([None, "whatsapp", "sms"])) for name in "abcd"}
    told, held = put(
        engine, world, profiles, complaining=complaining, possible=possible, bounced=bounced, preferred=preferred
    )
    members, out = chosen(engine, AudiencePolicy(reach=reach))

    def allowed(name):
        """Every channel and contact point on which the person may be contacted."""
        return {
            (channel, contact)
            for channel in CHANNELS
            for contact in held[name]
            if contact[0] == CONTACT_OF_CHANNEL[channel]
            and contact not in bounced
            and told[name].permission(*contact, channel=channel, purpose="marketing", reach=reach)
        }

    assert set(members) | set(out) == set(told)
    assert not set(members) & set(out)
    contacts = [(row["contact_kind"], row["contact"]) for row in members.values()]
    assert len(contacts) == len(set(contacts))
    assert not set(members) & set(complaining)
    for name, row in members.items():
        ways = allowed(name)
        assert (row["channel"], (row["contact_kind"], row["contact"])) in ways
        free = {channel for channel, contact in ways if contact not in contacts} | {row["channel"]}
        assert preferred[name] == row["channel"] or preferred[name] not in free
    taken = set(contacts)
    for name, row in out.items():
        left = {contact for _, contact in allowed(name)} - taken
        held_back = row["reason"] in {Exclusion.COMPLAINT, Exclusion.POSSIBLE_MATCH}
        assert not left or held_back
        assert (row["reason"] == Exclusion.SHARED) <= bool(allowed(name))


def test_whoever_may_be_the_same_as_somebody_who_said_no_is_held_back(engine):
    world = [
        Record((CONTACTS[1],), "ana", "marketing", "granted", None),
        Record((CONTACTS[2],), "ana", "marketing", "denied", None),
    ]
    put(engine, world, "ab", possible=[("a", "b")])
    members, out = chosen(engine, AudiencePolicy())
    assert members == {}
    assert (out["a"]["reason"], out["a"]["other"]) == (Exclusion.POSSIBLE_MATCH, "b")
    assert set(chosen(engine, AudiencePolicy(possible=0.9))[0]) == {"a"}
