"""Claim 1: every touch lands on one profile, in time order, whatever the channel and the identifier that came with it;
the anonymous browsing before the form is his from the moment the form is sent."""

from __future__ import annotations

from datetime import datetime

from retrato.datasets import PEDRO
from retrato.datasets.story import APP, LAPTOP, OSCAR


def test_all_his_records_are_one_profile_of_his_own(story) -> None:
    (profile,) = story.ids(PEDRO)
    rows = story.resolution.assignments.to_pylist()
    members = {(row["source"], row["record_key"]) for row in rows if row["profile_id"] == profile}
    assert members == story.records(PEDRO)


def test_every_touch_lies_on_his_timeline_and_nothing_else_does(story) -> None:
    timeline = story.profile(PEDRO).timeline
    found = {(each.source, each.event_key) for each in (*timeline, *timeline.repeats) if each.event is not None}
    mine = story.events(PEDRO)
    assert found - mine == set()
    assert {key for key in mine - found if not nobody_can_know(story, *key)} == set()


def nobody_can_know(story, source: str, event_key: str) -> bool:
    """An anonymous visit with a cookie that no form, e-mail or customer number ever came with."""
    if source != "web_app_events":
        return False
    visits = list(story.rows("web_app_events"))
    cookie = next(row["cookie_id"] for row in visits if row["event_id"] == event_key)
    known = {row["cookie_id"] for row in visits if row["email"] or row["id_cliente"]}
    known |= {row["cookie_id"] for row in story.rows("web_form")}
    return cookie not in known


def test_it_is_in_time_order_over_all_channels_and_identifiers(story) -> None:
    timeline = story.profile(PEDRO).timeline
    times = [each.time for each in timeline]
    assert times == sorted(times)
    assert {each.channel for each in timeline} >= {"web", "app", "phone", "whatsapp", "office", "email", "shop", "sms"}
    used = {each.kind for touch in timeline for each in touch.identifiers if each.kind != "consent"}
    assert used >= {"device_id", "email", "phone", "account_id"}
    assert {touch.customer_key for touch in timeline} >= {"C0000007", "sub_0000030"}
    how = {each.attached_by for each in timeline}
    assert how >= {"record", "device", "e-mail and device", "phone", "account", "customer key of another source"}


def test_the_browsing_before_the_form_is_his(story) -> None:
    timeline = story.profile(PEDRO).timeline
    form = next(each for each in timeline if each.kind == "form" and each.device == LAPTOP)
    before = [each for each in timeline if each.device == LAPTOP and each.time < form.time]
    assert [(each.kind, each.attached_by) for each in before] == [
        ("visit", "device"),
        ("view", "device"),
        ("visit", "device"),
        ("view", "device"),
    ]
    assert before[0].campaign == "fibra-verano"


def test_what_was_sent_to_the_number_that_he_gave_up_was_sent_to_him_then(story) -> None:
    call = next(each for each in story.profile(PEDRO).timeline if each.kind == "call_missed" and each.time.year == 2022)
    assert call.attached_by == "phone"
    assert [str(each) for each in call.identifiers if each.kind == "phone"] == [f"phone {PEDRO.old_phone}"]
    later = [each for each in story.profile(OSCAR).timeline if each.thread == "CONV-0000052"]
    assert [(each.time.year, each.attached_by) for each in later] == [(2025, "phone")]


def test_the_payment_that_two_systems_keep_is_one(story) -> None:
    timeline = story.profile(PEDRO).timeline
    paid = [each for each in timeline if each.kind == "payment" and each.thread == "CART-0000031"]
    assert [(each.source, each.amount) for each in paid] == [("web_app_events", 89.0)]
    (again,) = [each for each in timeline.repeats if each.thread == "CART-0000031"]
    assert (again.source, again.duplicate_of) == ("crm_activities", paid[0].event)


def test_the_cart_goes_from_the_laptop_to_the_mobile(story) -> None:
    timeline = story.profile(PEDRO).timeline
    cart = next(each for each in timeline.threads if each.thread == "CART-0000031")
    assert (cart.thread_kind, cart.state, cart.is_open, cart.amount, cart.channels) == (
        "cart", "paid", False, 89.0, ("web", "app"),
    )  # fmt: skip
    first, *_, last = [each for each in timeline if each.thread == cart.thread]
    assert (first.device, last.device) == (LAPTOP, APP)
    visits = {each.session for each in timeline if each.thread == cart.thread}
    assert len(visits) == 2


def test_where_he_stopped_is_open(story) -> None:
    open_threads = {each.thread: str(each) for each in story.profile(PEDRO).timeline.threads if each.is_open}
    assert open_threads["CART-0000046"] == "cart CART-0000046 open, web, 129.90 EUR"
    assert open_threads["TCK-0000077"] == "ticket TCK-0000077 open, phone"
    assert "CONV-0000088" not in open_threads  # it was answered


def test_his_first_journey_leads_from_the_advertisement_to_the_contract(story) -> None:
    timeline = story.profile(PEDRO).timeline
    first = timeline.journeys[0]
    assert (first.started_at, first.first_campaign, first.first_referrer) == (
        datetime(2024, 9, 15, 18, 41, 7), "fibra-verano", "facebook",
    )  # fmt: skip
    assert first.path == ("web", "phone", "whatsapp", "office")
    assert (first.conversion, first.thread, first.amount) == ("contract", "CT-0000042", 39.9)
    assert timeline.first_touch.kind == "visit"
    assert timeline.journeys[-1].conversion is None
    went_on = [(each.from_channel, each.channel) for each in timeline.hand_overs if each.time < first.ended_at]
    assert went_on == [("web", "phone"), ("phone", "whatsapp")]


def test_the_tables_say_the_same(story) -> None:
    (profile,) = story.ids(PEDRO)
    timeline = story.profile(PEDRO).timeline
    for name in ("threads", "journeys", "hand_overs"):
        rows = [row for row in story.resolution.table(name).to_pylist() if row["profile_id"] == profile]
        assert len(rows) == len(getattr(timeline, name))
    threads = {row["thread"]: row for row in story.resolution.threads.to_pylist() if row["profile_id"] == profile}
    assert threads["CART-0000031"]["channels"] == ["web", "app"]


def test_events_are_attached_to_the_right_people(story) -> None:
    truth = {(row["source"], row["event_key"]): row["person_id"] for row in story.data.event_truth.to_pylist()}
    person = {(row["source"], row["record_key"]): row["person_id"] for row in story.data.truth.to_pylist()}
    people: dict[str, set[str]] = {}
    for row in story.resolution.assignments.to_pylist():
        people.setdefault(row["profile_id"], set()).add(person[row["source"], row["record_key"]])
    attached = [row for row in story.resolution.timeline.to_pylist() if row["event"] is not None and row["profile_id"]]
    right = sum(truth[row["source"], row["event_key"]] in people[row["profile_id"]] for row in attached)
    assert right > 0.95 * len(attached)
