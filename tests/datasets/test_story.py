from __future__ import annotations

import pytest
from stdnum.es import dni

from retrato.datasets import PEDRO, PEOPLE, Omnichannel, omnichannel
from retrato.datasets.story import LUCIA, MARTA, OSCAR, PEDRO_JUNIOR, RECORDS
from retrato.datasets.story_events import EVENTS

CHANNELS_OF_PEDRO = {"crm", "web_form", "whatsapp", "call_centre_contacts", "shop_cards", "newsletter", "social"}


@pytest.fixture(scope="module", params=[200, 1_500])
def customers(request) -> Omnichannel:
    return omnichannel(request.param, seed=11)


def rows_of(customers: Omnichannel, person_id: str) -> dict[str, list[dict[str, str]]]:
    keys = {(row["source"], row["record_key"]) for row in customers.truth.to_pylist() if row["person_id"] == person_id}
    return {
        source: [row for row in table.to_pylist() if (source, row[table.column_names[0]]) in keys]
        for source, table in customers.records.items()
    }


def events_of(customers: Omnichannel, person_id: str) -> list[tuple[str, dict[str, str]]]:
    truth = customers.event_truth.to_pylist()
    keys = {(row["source"], row["event_key"]) for row in truth if row["person_id"] == person_id}
    found = []
    for source, table in customers.events.items():
        found += [(source, row) for row in table.to_pylist() if (source, row[table.column_names[0]]) in keys]
    return found


def test_pedro_has_a_record_in_every_channel_and_two_in_the_crm(customers):
    rows = rows_of(customers, PEDRO.person_id)
    assert {source for source, found in rows.items() if found} == CHANNELS_OF_PEDRO
    assert len(rows["crm"]) == 2
    assert any(row["documento"] == "50314872-A" for row in rows["crm"])


def test_the_chain_of_his_touches_is_complete(customers):
    happened = events_of(customers, PEDRO.person_id)
    kinds = {(source, row.get("event_type") or row.get("type") or row.get("tipo")) for source, row in happened}
    wanted = {
        ("web_app_events", "visit"),
        ("web_app_events", "form"),
        ("call_centre", "call"),
        ("whatsapp_messages", "message"),
        ("crm_activities", "contract"),
        ("newsletter_events", "email_clicked"),
        ("web_app_events", "push"),
        ("crm_activities", "sms"),
        ("call_centre", "ticket"),
        ("web_app_events", "cart"),
        ("web_app_events", "payment"),
        ("shop_till", "store_visit"),
        ("crm_activities", "survey"),
    }
    assert wanted <= kinds


def test_his_cart_goes_from_the_laptop_to_the_mobile(customers):
    cart = [row for _, row in events_of(customers, PEDRO.person_id) if row.get("cart_id") == "CART-0000031"]
    assert [row["event_type"] for row in cart] == ["cart", "order", "payment"]
    assert cart[0]["cookie_id"] == PEDRO.cookies[0]
    assert cart[2]["device_id"] == PEDRO.device


def test_he_browses_unknown_before_the_form_names_his_cookie(customers):
    web = [row for source, row in events_of(customers, PEDRO.person_id) if source == "web_app_events"]
    form = next(i for i, row in enumerate(web) if row["event_type"] == "form")
    assert form == 4
    assert all(row["email"] is None and row["cookie_id"] == PEDRO.cookies[0] for row in web[:form])
    assert web[form]["email"] == PEDRO.email


def test_those_he_is_mistaken_for_share_what_the_story_says(customers):
    wife, son = rows_of(customers, LUCIA.person_id), rows_of(customers, PEDRO_JUNIOR.person_id)
    office, stranger = rows_of(customers, MARTA.person_id), rows_of(customers, OSCAR.person_id)
    assert wife["crm"][0]["email"] == PEDRO.email
    assert son["whatsapp"][0]["profile_name"] == "Pedro Navarro"
    assert "+34" + office["crm"][0]["telefono"] == PEDRO.office_phone
    assert "+34" + stranger["crm"][0]["movil"].replace(" ", "") == PEDRO.old_phone
    assert len({LUCIA.household_id, PEDRO_JUNIOR.household_id, PEDRO.household_id}) == 1
    assert len({MARTA.household_id, OSCAR.household_id, PEDRO.household_id}) == 3


def test_identities_are_fixed_and_their_documents_valid():
    assert len({person.person_id for person in PEOPLE}) == len(PEOPLE) == 8
    assert all(dni.is_valid(person.national_id) for person in PEOPLE if person.national_id)
    assert PEDRO.name == "Pedro Navarro Ruiz"


def test_the_story_uses_only_columns_that_the_exports_have(customers):
    tables = customers.records | customers.events
    for touch in (*RECORDS, *EVENTS):
        assert set(touch.values) <= set(tables[touch.export].column_names), touch.time


def test_everyone_of_the_story_has_records(customers):
    present = set(customers.truth["person_id"].to_pylist())
    assert {person.person_id for person in PEOPLE} <= present
