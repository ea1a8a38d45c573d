"""Contact points as relations: classes, owners and validity, on tables made by hand."""

from __future__ import annotations

import json
from datetime import datetime

import pytest

from relations import make, rows, run
from retrato import DuckDBEngine
from retrato.engines.compile.contact_points import contact_point_steps

KINDS = ("email", "phone", "address")
PHONE = "+34600111222"


class Held:
    """Records and what they hold, put together for one test."""

    def __init__(self) -> None:
        self.records, self.features, self.assignments, self.values = [], [], [], []

    def record(self, profile: str, first: str | None, last: str | None = None, **of) -> int:
        """A record of a profile, with the day that it was made and changed, a name, surname, postcode, household."""
        number = len(self.records)
        made, changed = (datetime.fromisoformat(day) if day else None for day in (first, last or first))
        self.records.append((number, of.get("versions", 1), made, changed))
        self.assignments.append((number, profile, of.get("household")))
        self.features.append((number, of.get("given"), of.get("family"), of.get("born"), of.get("postcode")))
        return number

    def value(self, record: int, value: str, kind: str = "phone", **of) -> None:
        """A value of a record."""
        seen = of.get("seen")
        at = datetime.fromisoformat(seen) if seen else self.records[record][3]
        status = of.get("status", "valid")
        parts = json.dumps({"type": of["line"]} if "line" in of else {})
        self.values.append((record, of.get("version", 0), kind, "", value, status, of.get("issues", ""), parts, at))

    def points(self, known=("given_root", "family_name", "birth_date", "postcode")):
        """The contact points, by value and profile."""
        with DuckDBEngine(threads=1) as engine:
            make(engine, "records", "record:i versions:n created_at:t updated_at:t", self.records)
            make(engine, "assignments", "record:i profile_id:s household_id:s", self.assignments)
            make(engine, "features", "record:i given_root:s family_name:s birth_date:s postcode:s", self.features)
            columns = "record:i version:n kind:s namespace:s value:s status:s issues:s parts:s observed_at:t"
            make(engine, "identifiers", columns, self.values)
            run(engine, contact_point_steps(KINDS, known))
            return {(row["value"], row["profile_id"]): row for row in rows(engine, "contact_points")}


@pytest.fixture
def held() -> Held:
    return Held()


def two_owners(held: Held, *, second: str = "2021-01-10", **of) -> None:
    """Ana had a phone and has another one now; Luis was seen with the first later."""
    ana = {"given": "ana", "family": "ruiz", "postcode": "28013"}
    held.value(held.record("p1", "2019-05-01", "2020-03-01", **ana), PHONE)
    held.value(held.record("p1", "2022-01-01", **ana), "+34600999999")
    luis = {"given": "luis", "family": "gil", "postcode": "08001"} | of
    held.value(held.record("p2", second, **luis), PHONE)


def test_one_owner_is_personal(held):
    held.value(held.record("p1", "2020-01-01", "2020-06-01", given="ana", born="1980-01-01"), PHONE)
    held.value(held.record("p1", "2021-01-01", given="anita"), PHONE)
    point = held.points()[PHONE, "p1"]
    assert (point["class"], point["records"], point["all_records"], point["profiles"]) == ("personal", 2, 2, 1)
    assert (point["given_names"], point["birth_dates"]) == (2, 1)
    assert (point["first_seen"], point["last_seen"]) == (datetime(2020, 1, 1), datetime(2021, 1, 1))
    assert (point["valid_from"], point["valid_to"]) == (datetime(2020, 1, 1), None)


def test_what_was_passed_on_is_recycled_and_valid_until_the_next_owner(held):
    two_owners(held)
    points = held.points()
    first, second = points[PHONE, "p1"], points[PHONE, "p2"]
    assert first["class"] == second["class"] == "recycled"
    assert (first["valid_to"], second["valid_from"], second["valid_to"]) == (*[datetime(2021, 1, 10)] * 2, None)
    assert "2 profiles" in first["reason"]


@pytest.mark.parametrize(
    "differs",
    [
        {"second": "2020-04-01"},  # too soon
        {"second": "2019-12-01"},  # at the same time
        {"given": "ana"},  # perhaps the same person
        {"family": "ruiz"},  # perhaps of her family
        {"postcode": "28013"},  # perhaps a flat mate
        {"given": None},  # nobody knows who
    ],
)
def test_what_may_have_another_reason_is_not_called_recycled(held, differs):
    two_owners(held, **differs)
    assert held.points()[PHONE, "p1"]["class"] == "shared"


def test_who_was_not_seen_with_another_number_may_still_have_it(held):
    for profile, day in (("p1", "2019-01-01"), ("p2", "2021-01-01")):
        held.value(held.record(profile, day, given=profile, family=profile), PHONE)
    assert held.points()[PHONE, "p1"]["class"] == "shared"


def test_dates_are_needed_to_tell_that_something_was_passed_on(held):
    two_owners(held, second=None)
    assert held.points()[PHONE, "p2"]["class"] == "shared"


def test_one_household_shares(held):
    for profile in ("p1", "p2"):
        held.value(held.record(profile, "2020-01-01", given=profile, household="h1"), PHONE)
    point = held.points()[PHONE, "p1"]
    assert (point["class"], point["household_id"], point["households"]) == ("household", "h1", 1)
    assert point["reason"] == "2 profiles of one household hold it"


@pytest.mark.parametrize(("kind", "expected"), [("phone", "role"), ("email", "role"), ("address", "shared")])
def test_many_names_on_one_line_are_a_switchboard_and_at_one_address_a_building(held, kind, expected):
    for number in range(5):
        held.value(held.record(f"p{number}", "2020-01-01", given=f"name {number}"), "x", kind)
    point = held.points()["x", "p3"]
    assert point["class"] == expected
    assert (point["reason"] == "5 profiles under 5 given names hold it, in 5 homes") == (expected == "role")


def test_an_address_of_a_role_is_one_whoever_holds_it(held):
    held.value(held.record("p1", "2020-01-01"), "info@acme.es", "email", issues="role")
    assert held.points()["info@acme.es", "p1"]["class"] == "role"


@pytest.mark.parametrize(
    ("issues", "says"), [("filler", "it is a filler"), ("shared_by_many", "(2 records)"), ("blocked", "the rules say")]
)
def test_a_placeholder_has_no_owner(held, issues, says):
    for profile in ("p1", "p2"):
        held.value(held.record(profile, "2020-01-01"), "x@x.com", "email", status="placeholder", issues=issues)
    points = held.points()
    assert list(points) == [("x@x.com", None)]
    point = points["x@x.com", None]
    assert (point["class"], point["records"], point["profiles"]) == ("placeholder", 2, 2)
    assert says in point["reason"]


def test_a_value_that_was_replaced_is_valid_until_then(held):
    record = held.record("p1", "2019-01-01", "2022-05-01", versions=2)
    held.value(record, PHONE, version=1, seen="2020-01-01")
    held.value(record, "+34600999999", version=0, seen="2022-05-01")
    points = held.points()
    former, current = points[PHONE, "p1"], points["+34600999999", "p1"]
    assert (former["valid_from"], former["valid_to"]) == (datetime(2020, 1, 1), datetime(2022, 5, 1))
    assert (current["valid_from"], current["valid_to"]) == (datetime(2022, 5, 1), None)


def test_what_reaches_nobody_is_no_contact_point(held):
    record = held.record("p1", "2020-01-01")
    held.value(record, "08001 Barcelona", "address", issues="no_street")
    held.value(record, "12", "phone", status="invalid")
    held.value(record, "12345678Z", "national_id")
    assert held.points() == {}


def test_names_and_dates_that_the_data_do_not_have_are_not_counted(held):
    held.value(held.record("p1", "2020-01-01"), PHONE)
    point = held.points(known=())[PHONE, "p1"]
    assert (point["given_names"], point["birth_dates"]) == (None, None)


def test_the_kind_of_line_is_that_of_a_record_that_knows_it(held):
    held.value(held.record("p1", "2020-01-01"), PHONE, line="mobile")
    held.value(held.record("p1", "2020-01-01"), PHONE)
    held.value(held.record("p1", "2020-01-01"), "ana@x.es", "email")
    assert [row["line"] for row in held.points().values()] == ["mobile", None]
