from datetime import datetime

import pytest

from retrato.errors import UnknownRecordError
from retrato.profiles.interaction import Interaction
from retrato.profiles.profile import Profile
from retrato.profiles.survivorship import Strategy
from retrato.profiles.timeline import Timeline


def row(attribute, value, rank, **more):
    return {
        "profile_id": "p1",
        "attribute": attribute,
        "kind": attribute,
        "namespace": "",
        "rank": rank,
        "golden": rank == 1,
        "value": value,
        "raw": value,
        "parts": None,
        "status": "valid",
        "source": "crm",
        "record_key": "7",
        "version": 0,
        "column_name": attribute,
        "observed_at": None,
        "support": 1,
        "confidence": 0.5,
        "rule": "most_frequent",
        **more,
    }


ROWS = [
    row("name", "Pedro García", 2, source="web", record_key="w1"),
    row("name", "Pedro García López", 1, support=2, parts='{"given": "Pedro"}'),
    row("name", "Pedro García López", 1, golden=False, record_key="8"),
    row("email", "pedro@x.es", 1, rule="only_value"),
    row("phone", "+34600111222", 1),
    row("phone", "+34600333444", 2),
    row("phone", "+34", 3, status="invalid"),
    row("phone", None, None, raw="000", status="placeholder", rule="not_ranked"),
    row("national_id", "12345678Z", 1, namespace="dni", rule="only_value"),
    row("tier", "gold", 1, kind="category", namespace="tier", rule="only_value"),
]
TOUCHES = [
    {"profile_id": "p1", "time": datetime(2024, 5, n), "channel": "web", "kind": "visit", "candidates": 1}
    for n in range(7, 0, -1)
]


@pytest.fixture
def profile():
    return Profile.from_rows(ROWS, TOUCHES, household_id="h1")


def test_golden_values_are_found_by_attribute_and_namespace(profile):
    assert profile.name == "Pedro García López"
    assert profile.get("national_id") == profile.get("national_id.dni") == "12345678Z"
    assert profile.get("tier") == "gold"
    assert profile.get("birth_date", "?") == "?"
    assert set(profile.attributes) == {"name", "email", "phone", "national_id.dni", "tier"}


def test_contact_points_are_in_order_without_invalid_ones(profile):
    assert dict(profile.contact_points) == {"email": ("pedro@x.es",), "phone": ("+34600111222", "+34600333444")}


def test_alternatives_are_the_other_values_each_once(profile):
    assert [each.value for each in profile.alternatives("name")] == ["Pedro García"]
    assert profile.alternatives("birth_date") == ()


def test_why_names_rule_source_and_runner_up(profile):
    assert profile.why("name") == (
        "name is Pedro García López, from crm 7, column name: held by 2 records. "
        "It comes before Pedro García (web w1, column name) because more records agree with it (most_frequent)."
    )
    assert profile.why("email").endswith("It is the only value.")
    assert profile.why("sex").startswith("sex is not known")


@pytest.mark.parametrize("rule", [*Strategy, "current_version", "content"])
def test_why_has_words_for_every_rule(rule):
    told = Profile.from_rows([row("sex", "m", 1, rule=rule), row("sex", "f", 2)])
    assert f"({rule})" in told.why("sex")


def test_a_portrait_reads_from_top_to_bottom(profile):
    assert str(profile) == (
        "Pedro García López  [p1]\n"
        "========================\n"
        "household          h1\n"
        "national id (dni)  12345678Z\n"
        "email              pedro@x.es\n"
        "phone              +34600111222, +34600333444\n"
        "tier               gold\n"
        "first touch        2024-05-01 00:00  web  visit\n"
        "\n"
        "7 interactions, the last 5:\n" + "\n".join(f"2024-05-0{n} 00:00  web  visit" for n in range(3, 8))
    )


def test_rows_of_nobody_or_of_several_are_refused():
    with pytest.raises(UnknownRecordError):
        Profile.from_rows([])
    with pytest.raises(ValueError, match="2 profiles"):
        Profile.from_rows([row("sex", "m", 1), {**row("sex", "m", 1), "profile_id": "p2"}])


def test_a_profile_without_values_or_interactions_still_reads():
    assert str(Profile("p9")).endswith("no interactions")


def test_a_timeline_filters_and_slices():
    call = Interaction(datetime(2024, 5, 3), "phone", "call", amount=12.5, currency="EUR", agent="Eva")
    form = Interaction(datetime(2024, 5, 1), "web", "form")
    undated = Interaction(None, "web", "visit")
    timeline = Timeline.of([undated, call, form])
    assert list(timeline) == [form, call, undated]
    assert list(timeline.filter(channel="web", kind="form")) == [form]
    assert list(timeline.filter(since=datetime(2024, 5, 1), until=datetime(2024, 5, 3))) == [form]
    assert timeline[1:] == Timeline((call, undated))
    assert str(call) == "2024-05-03 00:00  phone  call  12.50 EUR  by Eva"
    assert str(undated).startswith("(no time)")
