from __future__ import annotations

from collections import Counter, defaultdict

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from relations import make, rows, run
from retrato.engines.compile.identities import identity_steps
from retrato.engines.duckdb import DuckDBEngine
from retrato.graph.identities import new_household_id, new_profile_id


@pytest.fixture(scope="module")
def engine():
    with DuckDBEngine(threads=2) as engine:
        yield engine


def night(engine, partition, *, former=None, households=None):
    """One run over `{(source, key): cluster}`; `former` is what an earlier call gave. Returns all four tables."""
    records = sorted(partition)
    make(engine, "records", "record:i source:s record_key:s", [(i, *key) for i, key in enumerate(records)])
    make(
        engine, "clusters", "record:i cluster:i", [(i, partition[key]) for i, key in reversed(list(enumerate(records)))]
    )
    if households is not None:
        make(engine, "household_clusters", "cluster:i household:i", households.items())
    if former is not None:
        previous = [(*key, *ids) for key, ids in former["assignments"].items()]
        make(engine, "previous", "source:s record_key:s profile_id:s household_id:s", previous)
        make(engine, "previous_redirects", "old_id:s new_id:s", former["redirects"].items())
    given_former = former is not None
    run(engine, identity_steps(previous=given_former, redirects=given_former, households=households is not None))
    return {
        "assignments": {
            records[row["record"]]: (row["profile_id"], row["household_id"]) for row in rows(engine, "assignments")
        },
        "redirects": {row["old_id"]: row["new_id"] for row in rows(engine, "redirects")},
        "changes": [tuple(row.values()) for row in rows(engine, "changes")],
        "household_changes": [tuple(row.values()) for row in rows(engine, "household_changes")],
    }


def crm(**clusters):
    return {("crm", key): cluster for key, cluster in clusters.items()}


def ids(result):
    return {key: profile for (_, key), (profile, _) in result["assignments"].items()}


A, B, C = (new_profile_id("crm", key) for key in "abc")


def test_first_run_derives_ids_from_the_smallest_record_and_reports_creations(engine):
    result = night(engine, crm(a=7, b=7, c=3))
    assert ids(result) == {"a": A, "b": A, "c": C}
    assert sorted(result["changes"]) == sorted([("created", A, None, 2), ("created", C, None, 1)])
    assert result["redirects"] == {}


def test_no_change_gives_no_rows_whatever_the_cluster_numbers(engine):
    first = night(engine, crm(a=1, b=1, c=2))
    second = night(engine, crm(a=20, b=20, c=10), former=first)
    assert second["assignments"] == first["assignments"]
    assert second["changes"] == []


def test_a_merge_keeps_the_larger_profile_and_redirects_the_other(engine):
    first = night(engine, crm(a=1, b=2, c=2))
    second = night(engine, crm(a=1, b=1, c=1), former=first)
    assert set(ids(second).values()) == {B}
    assert second["redirects"] == {A: B}
    assert sorted(second["changes"]) == [("merged", B, A, 1), ("redirected", A, B, 1)]


@pytest.mark.parametrize("large", ["abc", "bcd"])
def test_equal_shares_go_by_the_size_of_the_former_profile(engine, large):
    first = night(engine, {("crm", key): int(key in large) for key in "abcd"})
    second = night(engine, crm(a=1, d=1), former=first)
    assert set(ids(second).values()) == {new_profile_id("crm", large[0])}


def test_a_split_keeps_the_larger_share_and_names_the_new_profile(engine):
    first = night(engine, crm(a=1, b=1, c=1))
    second = night(engine, crm(a=1, b=2, c=2), former=first)
    fresh = new_profile_id("crm", "a", attempt=1)  # the plain id of a belongs to the profile of b and c
    assert ids(second) == {"a": fresh, "b": A, "c": A}
    assert second["changes"] == [("split", fresh, A, 1)]


def test_deleted_and_joined_and_left_records_are_told(engine):
    first = night(engine, crm(a=1, b=2, c=2))
    second = night(engine, crm(b=2, d=2), former=first)
    assert sorted(second["changes"]) == sorted([("deleted", A, None, 1), ("joined", B, None, 1), ("left", B, None, 1)])
    assert second["redirects"] == {A: None}


def test_an_id_is_never_given_again_after_it_was_deleted(engine):
    first = night(engine, crm(a=1))
    second = night(engine, crm(b=1), former=first)
    third = night(engine, crm(a=1, b=2), former=second)
    assert ids(third) == {"a": new_profile_id("crm", "a", attempt=1), "b": B}


def test_redirects_stay_closed_over_several_merges(engine):
    first = night(engine, crm(a=1, b=2, c=3, d=3, e=3))
    second = night(engine, crm(a=1, b=1, c=3, d=3, e=3), former=first)
    third = night(engine, crm(a=1, b=1, c=1, d=1, e=1), former=second)
    assert second["redirects"] == {max(A, B): min(A, B)}
    assert third["redirects"] == {A: C, B: C}


def test_a_cluster_that_loses_its_first_choice_takes_an_id_that_nobody_wants(engine):
    first = night(engine, crm(a=1, b=1, c=1, d=1, e=1, f=1, g=1, h=2, i=2))
    second = night(engine, crm(a=1, b=1, c=1, d=1, e=2, f=2, g=2, h=2, i=2), former=first)
    other = new_profile_id("crm", "h")
    assert set(ids(second).values()) == {A, other}
    assert second["changes"] == [("moved", other, A, 3)]


def test_households_have_ids_of_their_own_and_dissolve(engine):
    first = night(engine, crm(a=1, b=2, c=3), households={2: 5, 3: 5})
    home = new_household_id("crm", "b")
    assert [household for _, household in first["assignments"].values()] == [None, home, home]
    assert first["household_changes"] == [("created", home, None, 2)]
    second = night(engine, crm(a=1, b=2, c=3), former=first, households={})
    assert second["household_changes"] == [("deleted", home, None, 2)]
    assert second["changes"] == []
    assert second["redirects"] == {home: None}


# --- laws -------------------------------------------------------------------------------------------------------------

KEYS = [("crm", str(n)) for n in range(7)] + [("web", str(n)) for n in range(5)]
partitions = st.dictionaries(st.sampled_from(KEYS), st.integers(0, 5), min_size=1)
homes = st.dictionaries(st.integers(0, 5), st.integers(0, 1))


def naive_ids(partition, former, ever):
    """The rule of `retrato.graph.identities`, one cluster after the other."""
    clusters, old = defaultdict(set), defaultdict(set)
    for key, cluster in partition.items():
        clusters[cluster].add(key)
    for key, profile in former.items():
        old[profile].add(key)
    kept: dict[int, str] = {}
    for _ in range(2):
        wishes = defaultdict(list)
        for cluster, members in clusters.items():
            shares = [
                (-len(members & old[profile]), -len(old[profile]), profile)
                for profile in old
                if members & old[profile] and profile not in kept.values()
            ]
            if cluster not in kept and shares:
                share, _, profile = min(shares)
                wishes[profile].append((share, min(members), cluster))
        kept |= {min(wanting)[-1]: profile for profile, wanting in wishes.items()}
    for cluster, members in clusters.items():
        attempt = 0
        while cluster not in kept and (fresh := new_profile_id(*min(members), attempt)) in ever:
            attempt += 1
        kept.setdefault(cluster, fresh if cluster not in kept else "")
    return {key: kept[cluster] for key, cluster in partition.items()}


def flows(former, present):
    """How many records went from one id (None: nowhere) to another."""
    pairs = Counter((former.get(key), present.get(key)) for key in former.keys() | present.keys())
    return {pair: count for pair, count in pairs.items() if pair[0] != pair[1]}


def told(changes):
    """The same, read from the change feed."""
    found: Counter[tuple[str | None, str | None]] = Counter()
    for change, present, other, records in changes:
        match change:
            case "created" | "joined":
                found[None, present] += records
            case "left" | "deleted":
                found[present, None] += records
            case "merged" | "split" | "moved":
                found[other, present] += records
    return dict(found)


@settings(deadline=None, max_examples=25)
@given(st.lists(st.tuples(partitions, homes), min_size=2, max_size=4))
def test_ids_are_those_of_the_naive_rule_and_changes_account_for_every_difference(engine, nights):
    former = {"assignments": {}, "redirects": {}}
    ever: set[str] = set()
    for partition, household in nights:
        result = night(engine, partition, former=former, households=household)
        before = {key: profile for key, (profile, _) in former["assignments"].items()}
        after = {key: profile for key, (profile, _) in result["assignments"].items()}
        assert after == naive_ids(partition, before, ever)
        assert told(result["changes"]) == flows(before, after)

        home_before = {key: home for key, (_, home) in former["assignments"].items() if home}
        home_after = {key: home for key, (_, home) in result["assignments"].items() if home}
        assert told(result["household_changes"]) == flows(home_before, home_after)

        standing = set(after.values()) | set(home_after.values())
        given_before = set(before.values()) | set(home_before.values()) | set(former["redirects"])
        assert set(result["redirects"]) == given_before - standing, "every id that stands no more is redirected"
        assert set(result["redirects"].values()) <= standing | {None}, "redirects are closed"
        for change, old_id, new_id, _ in result["changes"]:
            if change == "redirected":
                assert result["redirects"][old_id] == new_id
            if change == "deleted":
                assert result["redirects"][old_id] is None
        ever |= standing
        former = result


@settings(deadline=None, max_examples=6)
@given(partitions, partitions)
def test_threads_do_not_change_the_ids(engine, before, after):
    first = night(engine, before)
    second = night(engine, after, former=first)
    with DuckDBEngine(threads=1) as single:
        assert night(single, after, former=night(single, before)) == second
