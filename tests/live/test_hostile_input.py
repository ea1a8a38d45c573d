"""Whatever comes in is kept, or refused with a clear error; the rest of the record, and of the store, stays."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from itertools import count

import pytest

from retrato import ConfigurationError, StoreError, UnknownRecordError
from retrato.live import IdentityStore
from retrato.records import Record
from small_world import small_world

LONG = 10_000_000
KEYS = (f"hostile-{number}" for number in count())


@pytest.fixture(scope="module")
def world():
    return small_world()


@pytest.fixture
def store(world, store_url):
    with IdentityStore.open(store_url) as store:
        store.govern(world.governing(50))
        store.ingest_many(world.records[:20])
        yield store


@pytest.fixture(scope="module")
def sqlite(world, tmp_path_factory):
    """One store for values that no database gets to see."""
    with IdentityStore.open(f"sqlite:///{tmp_path_factory.mktemp('hostile')}/store.db") as store:
        store.govern(world.governing(50))
        store.ingest_many(world.records[:20])
        yield store


def raw_texts(store, fields):
    """What a new record says in a store by kind, or nothing when it was refused; all that was there is there still."""
    before, key = store.assignments.to_pylist(), next(KEYS)
    try:
        profile = store.ingest(Record("another", key, fields)).profile_id
    except (ConfigurationError, StoreError):
        assert store.assignments.to_pylist() == before
        return {}
    after = store.assignments.to_pylist()
    assert [row for row in after if row["record_key"] != key] == before
    assert len(after) == len(before) + 1
    return {each.kind: each.raw for each in store.profile(profile).values if each.record_key == key}


def test_what_cannot_be_kept_is_refused_and_everything_else_is_kept(world, store_url):
    with IdentityStore.open(store_url) as store:
        store.load(world.resolved(world.records))
        before = store.assignments
        long = "9" * 9_000
        for source, key in (("crm", ""), ("crm", "a\0b"), ("crm", "\ud800"), ("crm", 7), ("", "1"), ("crm", long)):
            with pytest.raises(ConfigurationError, match=r"the (key|source)"):
                store.ingest_many([Record("crm", "fine", {"name": "Ana Ruiz"}), Record(source, key, {"name": "Ana"})])
            with pytest.raises(UnknownRecordError):
                store.delete(source, key)
            with pytest.raises(UnknownRecordError):
                store.profile(key)
        assert store.assignments == before
        hostile = {
            "name": "Ana \ud800 Ruiz",
            "phone": "600\0112233",
            "email": "'; DROP TABLE x; --",
            "city": long * 100,
        }
        profile = store.profile(store.ingest(Record("crm", "../../etc/passwd", hostile)).profile_id)
        assert {value.raw for value in profile.values} >= {"'; DROP TABLE x; --"}
        assert store.verify() == []


@pytest.mark.parametrize(
    ("field", "kind", "text"),
    [
        ("name", "name", "x" * LONG),
        ("name", "name", "Ana Ruiz " * (LONG // 9)),
        ("city", "address", "x" * LONG),
        ("address", "address", "x" * LONG),
        ("email", "email", "x" * LONG + "@gmail.com"),
        ("email", "email", "ana@gmail.com;" * (LONG // 14)),
        ("phone", "phone", "6" * LONG),
        ("national_id", "national_id", "1" * LONG),
        ("birth_date", "birth_date", "1" * LONG),
        ("text.note", "text", "'; DROP TABLE x; --" * (LONG // 19)),
    ],
    ids=lambda value: value if len(value) < 20 else value[:5],
)
def test_ten_megabytes_in_a_field_are_kept(store, field, kind, text):
    other = {"phone": "+34600112233"} if field != "phone" else {"email": "ana@ruiz.es"}
    found = raw_texts(store, {field: text, **other})
    assert {name: each.strip() for name, each in found.items()} == {kind: text.strip(), **other}
    profile = store.find(**other)[0].profile_id
    assert store.profile(profile).contact_points
    assert store.verify() == []


def test_long_texts_that_are_alike_are_not_measured(sqlite):
    """Ten megabytes each: measuring how like they are would take days."""
    said = [{"city": "x" + "abcdef" * (LONG // 6) + end, "phone": "+34600445566", "name": "Eva Gil"} for end in "ab"]
    assert all("address" in raw_texts(sqlite, each) for each in said)


def test_a_field_with_many_streets_is_read(sqlite):
    assert raw_texts(sqlite, {"address": "Calle Mayor 3, " * (LONG // 150)})


@pytest.mark.parametrize("field", ["name", "email", "phone", "birth_date", "city", "text.note", "updated_at"])
@pytest.mark.parametrize("value", [b"\xff\xfe", b"Mu\xf1oz", b"Ana\x00", b"\xed\xa0\x80", bytearray(b"\x80"), b""])
def test_bytes_that_are_no_text_are_kept_as_something_to_read(sqlite, field, value):
    for text in raw_texts(sqlite, {field: value, "ip_address": "10.0.0.1"}).values():
        assert "\ufffd" not in text
        assert text.encode("utf-8")


def test_bytes_are_read_as_utf_8_and_otherwise_told_by_their_digits(sqlite):
    found = raw_texts(sqlite, {"text.note": "Muñoz".encode(), "email": b"Mu\xf1oz"})
    assert found == {"text": "Muñoz", "email": "4d75f16f7a"}


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (["Ana", 7, None], "Ana; 7"),
        ({"a": [1, {"b": None}]}, '{"a": [1, {"b": null}]}'),
        (float("nan"), None),
        (Decimal("NaN"), None),
        (Decimal("sNaN"), None),
        ({"a": 1, 2: 3}, '{"2": 3, "a": 1}'),
        ({(1, 2): 3}, '{"1; 2": 3}'),
        (float("inf"), "inf"),
        (True, "true"),
        (Decimal("600112233.00"), "600112233"),
        (1e308, "1e+308"),
        (1j, "1j"),
        (int, "<class 'int'>"),
        (memoryview(b"Ana"), "Ana"),
        (date(2020, 1, 2), "2020-01-02"),
        (timedelta(1), "1 day, 0:00:00"),
    ],
    ids=lambda each: type(each).__name__,
)
def test_what_is_no_text_is_kept_as_one(sqlite, value, text):
    assert raw_texts(sqlite, {"text.note": value}).get("text") == text


def nested(depth):
    value = []
    for _ in range(depth):
        value = [value]
    return value


def in_itself():
    value = []
    value.append(value)
    return value


class Unwritable:
    """What says no text of itself."""

    def __str__(self):
        raise RuntimeError("no text")


UNWRITABLE = {
    "raises": Unwritable(),
    "in itself": in_itself(),
    "too deep": nested(100_000),
    "too many digits": 10**5_000,
}


@pytest.mark.parametrize("field", ["name", "phone", "birth_date", "text.note", "updated_at"])
@pytest.mark.parametrize(
    "value",
    [object(), {"Ana"}, (each for each in "ab"), 10**400, Decimal("1e400")],
    ids=lambda each: type(each).__name__,
)
def test_any_value_in_any_field_is_kept_or_refused(sqlite, field, value):
    assert raw_texts(sqlite, {field: value, "ip_address": "10.0.0.1"})


@pytest.mark.parametrize(
    "value", [datetime.min, datetime.max, date.min, "9999-12-31T23:59:59-05:00", -1, 1e30], ids=str
)
def test_any_time_is_kept_or_refused(sqlite, value):
    for field in ("created_at", "updated_at", "birth_date"):
        assert raw_texts(sqlite, {field: value, "ip_address": "10.0.0.1"})


@pytest.mark.parametrize("hours", [5, -5])
def test_a_time_past_the_calendar_is_kept_or_refused(world, tmp_path, hours):
    moment = (datetime.min if hours > 0 else datetime.max).replace(tzinfo=timezone(timedelta(hours=hours)))
    with IdentityStore.open(f"sqlite:///{tmp_path}/store.db") as store:
        store.govern(world.governing(50))
        assert raw_texts(store, {"updated_at": moment, "ip_address": "10.0.0.1"}) in ({}, {"ip_address": "10.0.0.1"})


@pytest.mark.parametrize("value", UNWRITABLE.values(), ids=UNWRITABLE)
def test_what_cannot_be_written_is_refused_with_a_clear_error(sqlite, value):
    with pytest.raises(ConfigurationError, match=f"field text.note: a {type(value).__name__} that cannot be written"):
        sqlite.ingest(Record("another", next(KEYS), {"text.note": value, "ip_address": "10.0.0.1"}))


def test_the_store_is_whole_after_all_of_it(sqlite):
    raw_texts(sqlite, {"name": "Ana Ruiz Gil", "phone": ["+34600112233", b"\xff"], "email": {"a": {1}}})
    assert sqlite.verify() == []
