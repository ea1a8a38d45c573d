"""Claim 7: managers get the figures: customers and not records, reach and response by channel, journeys, retention."""

from __future__ import annotations

from collections import Counter
from statistics import median

import pytest

from retrato import ConfigurationError, Source, resolve
from retrato.datasets import omnichannel


@pytest.fixture(scope="module")
def figures(story):
    return {name: table.to_pylist() for name, table in story.resolution.metrics({"web": 500.0}).items()}


def one(figures, metric):
    (row,) = [row for row in figures["summary"] if row["metric"] == metric]
    return row


def test_customers_are_counted_and_not_records(story, figures) -> None:
    people = len(set(story.data.truth.column("person_id").to_pylist()))
    customers = one(figures, "customers")
    assert one(figures, "records")["value"] == 3000
    assert one(figures, "profiles")["value"] > people  # some are split
    assert customers["low"] <= people <= customers["high"]
    assert customers["value"] == pytest.approx(people, rel=0.02)


@pytest.mark.slow
@pytest.mark.parametrize(("records", "seed"), [(1000, 1), (1000, 2), (10_000, 1), (10_000, 3), (30_000, 1)])
def test_the_interval_covers_the_true_number_of_customers(records: int, seed: int) -> None:
    made = omnichannel(records, seed=seed, events=False)
    found = resolve([Source(name, table, region="ES") for name, table in made.records.items()])
    (customers,) = [row for row in found.metrics()["summary"].to_pylist() if row["metric"] == "customers"]
    assert customers["low"] <= len(set(made.truth.column("person_id").to_pylist())) <= customers["high"]


def told(story):
    """The interactions of all profiles, each told once."""
    rows = story.resolution.timeline.to_pylist()
    return [row for row in rows if row["profile_id"] and row["duplicate_of"] is None and row["event"] is not None]


def test_reach_is_whom_something_passed_with_on_a_channel(story, figures) -> None:
    used: dict[str, set[str]] = {}
    for row in told(story):
        used.setdefault(row["profile_id"], set()).add(row["channel"])
    people = Counter(channel for channels in used.values() for channel in channels)
    assert {row["channel"]: row["customers"] for row in figures["channels"]} == people
    combined = Counter(tuple(sorted(channels)) for channels in used.values())
    assert [row["customers"] for row in figures["overlap"]] == sorted(combined.values(), reverse=True)[:100]
    assert all(row["customers"] == combined[tuple(row["channels"])] for row in figures["overlap"])


def test_a_response_is_the_next_answer_on_the_channel(story, figures) -> None:
    waits, asked = [], 0
    talks: dict[str, list[dict[str, object]]] = {}
    for row in told(story):
        if row["channel"] == "whatsapp" and row["kind"] == "message":
            talks.setdefault(row["profile_id"], []).append(row)
    for talk in talks.values():
        since = None
        for row in talk:
            if row["direction"] == "in" and since is None:
                since, asked = row["time"], asked + 1
            elif row["direction"] == "out" and since is not None:
                wait = row["time"] - since
                since = None
                if wait.days < 30:
                    waits.append(int(wait.total_seconds() // 60))
    (found,) = [row for row in figures["channels"] if row["channel"] == "whatsapp"]
    assert (found["asked"], found["replied"]) == (asked, len(waits))
    assert found["response_minutes"] == pytest.approx(median(waits), abs=1)


def test_open_complaints_satisfaction_and_repeat_purchase(story, figures) -> None:
    rows = story.resolution.threads.to_pylist()
    complaints = [row for row in rows if row["is_open"] and row["thread_kind"] == "ticket" and row["profile_id"]]
    assert one(figures, "open_complaints")["value"] == len(complaints)
    bought = Counter(row["profile_id"] for row in story.resolution.purchases.to_pylist())
    again = sum(count > 1 for count in bought.values()) / len(bought)
    assert one(figures, "repeat_purchase_share")["value"] == pytest.approx(again)
    said = [row["satisfaction"] for row in story.resolution.timeline.to_pylist() if row["satisfaction"] is not None]
    assert one(figures, "satisfaction")["value"] == pytest.approx(sum(said) / len(said))


def test_retention_begins_with_all_who_bought_in_a_month(figures) -> None:
    cohorts = {row["cohort"]: row["customers"] for row in figures["retention"]}
    first = {row["cohort"]: row["active"] for row in figures["retention"] if row["months"] == 0}
    assert cohorts == first
    assert sum(first.values()) == one(figures, "buyers")["value"]
    assert all(row["active"] <= row["customers"] for row in figures["retention"])


def test_paths_lead_to_conversions_and_value_is_what_was_spent(story, figures) -> None:
    journeys = [row for row in story.resolution.journeys.to_pylist() if row["conversion"]]
    paths = Counter((tuple(row["path"]), row["conversion"]) for row in journeys)
    for row in figures["paths"][:10]:
        assert row["journeys"] == paths[tuple(row["path"]), row["conversion"]]
    spent = sum(row["amount"] or 0 for row in story.resolution.purchases.to_pylist() if row["currency"] == "EUR")
    assert sum(row["spent"] for row in figures["value"] if row["currency"] == "EUR") == pytest.approx(spent)
    fifths = Counter((row["recency"], row["currency"]) for row in figures["rfm"])
    assert {recency for recency, _ in fifths} == {1, 2, 3, 4, 5}


def test_what_a_customer_cost_is_told_when_spend_is(story, figures) -> None:
    ((channel, customers, cost),) = [
        (row["channel"], row["customers"], row["cost_per_customer"]) for row in figures["acquisition"]
    ]
    came = [row for row in story.resolution.journeys.to_pylist() if row["journey"] == 1]
    assert (channel, customers) == ("web", sum(row["first_channel"] == "web" for row in came))
    assert cost == 500 / customers
    with pytest.raises(ConfigurationError, match="spend on pigeon: nobody came on this channel"):
        story.resolution.metrics({"pigeon": 1.0})
