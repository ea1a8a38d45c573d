"""Events as they come: their words read, what is wrong with them told, and none of them lost."""

from __future__ import annotations

from datetime import datetime

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retrato import ConfigurationError, Resolution, Ruleset, Source, resolve
from retrato.records import SourceKind

CRM = pd.DataFrame({"id": ["1"], "name": ["Ana Ruiz"], "phone": ["600112233"], "email": ["ana@ruiz.es"]})
COLUMNS = (
    "event_id",
    "event_time",
    "event_type",
    "channel",
    "direction",
    "phone",
    "status",
    "amount",
    "currency",
    "csat",
)
AS_OF = {"interactions": {"as_of": datetime(2025, 6, 30)}}


def timeline(*rows: tuple[str | None, ...], rules: object = AS_OF, **columns: list[str]) -> Resolution:
    """One customer, and what she did: rows of COLUMNS after the event id."""
    table = pd.DataFrame([(f"e{number}", *row) for number, row in enumerate(rows)], columns=COLUMNS)
    sources = [Source("crm", CRM, key="id", region="ES"), Source("log", table.assign(**columns), region="ES")]
    return resolve(sources, ruleset=Ruleset.from_dict(rules))


def events(resolution: Resolution) -> dict[str, dict[str, object]]:
    return {row["event_key"]: row for row in resolution.timeline.to_pylist() if row["event"] is not None}


def row(**given: str | None) -> tuple[str | None, ...]:
    usual = {"event_time": "2025-05-02 10:00:00", "event_type": "call", "phone": "600112233"}
    return tuple({**usual, **given}.get(name) for name in COLUMNS[1:])


def test_two_words_for_one_thing_are_one_term():
    found = events(
        timeline(
            row(event_type="Llamada entrante", direction="Entrante", status="Cerrada"),
            row(event_type="add_to_cart", channel="Sitio web", status="OPEN", amount="1.234,50", currency="€"),
            row(event_type="email_sent", channel="Correo electrónico", csat="4,5"),
        )
    )
    said = {key: tuple(each[name] for name in ("kind", "channel", "direction", "state")) for key, each in found.items()}
    assert said == {
        "e0": ("call", "phone", "in", "closed"),
        "e1": ("cart", "web", "in", "open"),
        "e2": ("email_sent", "email", "out", None),
    }
    assert (found["e1"]["amount"], found["e1"]["currency"], found["e2"]["satisfaction"]) == (1234.5, "EUR", 4.5)
    assert {each["issues"] for each in found.values()} == {""}


def test_a_column_that_says_whether_we_sent_it_tells_the_direction():
    """As chat exports do, in columns such as `from_me`."""
    said = {1: "true", 2: "false", 3: "1", 4: "0"}
    found = events(
        timeline(*(row(event_time=f"2025-05-0{day} 10:00:00", direction=text) for day, text in said.items()))
    )
    assert [each["direction"] for each in found.values()] == ["out", "in", "out", "in"]


def test_whoever_runs_it_adds_words_of_their_own():
    words = {"kinds": [{"name": "webinar", "texts": ["Seminario web"]}], "channels": [{"name": "kiosk"}]}
    rules = {"interactions": {**AS_OF["interactions"], **words}}
    (found,) = events(timeline(row(event_type="SEMINARIO WEB", channel="Kiosk"), rules=rules)).values()
    assert (found["kind"], found["channel"], found["issues"]) == ("webinar", "kiosk", "")


BAD = {
    "no_time": {"event_time": None},
    "unreadable_time": {"event_time": "soon"},
    "unknown_zone": {"event_time": "2025-05-02 10:00:00 Europe/Atlantis"},
    "future_time": {"event_time": "2031-01-01 10:00:00"},
    "unknown_kind": {"event_type": "router swapped"},
    "unknown_channel": {"channel": "carrier pigeon"},
    "unreadable_amount": {"amount": "free"},
    "negative_amount": {"amount": "-12.50", "currency": "EUR"},
    "unknown_currency": {"amount": "3", "currency": "Doubloons"},
    "unreadable_satisfaction": {"csat": "very"},
}


def test_bad_events_are_told_and_kept():
    usual = {"currency": "EUR", "channel": "phone"}
    good = [row(event_time=f"2025-05-{n:02d} 10:00:00", amount=str(n), csat=str(n), **usual) for n in range(1, 21)]
    result = timeline(*(row(**each) for each in BAD.values()), *good)
    found = events(result)
    assert len(found) == len(BAD) + len(good)
    assert [found[f"e{number}"]["issues"] for number in range(len(BAD))] == list(BAD)
    counted = {each["issue"]: each["events"] for each in result.report["counts"]["event_issues"]}
    assert counted == dict.fromkeys(BAD, 1)
    (told,) = [note for note in result.report["notes"] if "below zero" in note]
    assert told == "source log, 1 event (row 8): the amount is below zero; it is kept"
    assert not any(secret in note for note in result.report["notes"] for secret in ("pigeon", "Doubloons", "Atlantis"))
    assert found["e7"]["amount"] == -12.5
    assert found["e4"]["kind"] == "router_swapped"


def test_threads_of_nobody_are_told():
    known, unknown, unnamed = {}, {"phone": "699000000"}, {"phone": None}
    rows = [row(**each, event_type="order") for each in (known, unknown, unnamed)]
    result = timeline(*rows, order_id=["A-1", "A-2", "A-3"])
    assert result.report["counts"]["orphan_threads"] == [{"thread_kind": "order", "threads": 2}]
    (told,) = [note for note in result.report["notes"] if "nobody who is known" in note]
    assert told.startswith("threads of nobody who is known: 2 order;")
    browsing = timeline(row(event_type="cart", phone="699000000"), cart_id=["K-9"])
    assert browsing.report["counts"]["orphan_threads"] == []


def test_very_many_events_on_one_number_are_told():
    """And it is quick, for events that name the same are attached once."""
    many = 20_000
    result = timeline(
        *(row(event_time=f"2025-05-02 10:{n // 60 % 60:02}:{n % 60:02}") for n in range(many)), row(phone="699000000")
    )
    assert result.report["counts"]["busy"] == 1
    (told,) = [note for note in result.report["notes"] if "hardly one person" in note]
    (profile,) = set(result.assignments["profile_id"])
    assert told.startswith(f"{many:,} interactions are of one (profile_id {profile}; the first is row 1 of source log)")
    assert "600112233" not in told


@pytest.mark.parametrize(
    ("rules", "told"),
    [
        ({"kinds": [{"name": "My Kind"}]}, "interactions.kinds 0: a name is lower-case letters"),
        ({"channels": [{"name": "kiosk", "texts": [" "]}]}, "interactions.channels 0: a text is empty"),
        ({"anonymous": "perhaps"}, "interactions.anonymous: Input should be 'consent', 'always' or 'never'"),
        ({"as_of": "2025-01-01T10:00:00+02:00"}, "interactions.as_of: a time without a zone"),
    ],
)
def test_rules_that_make_no_sense_are_told(rules, told):
    with pytest.raises(ConfigurationError) as error:
        Ruleset.from_dict({"interactions": rules})
    assert [str(each).startswith(told) for each in error.value.problems] == [True], error.value.problems


LINES = (
    "e1,2025-05-02 10:00:00,call,600112233,A-1",
    "e1,2025-05-02 10:00:00,call,600112233,A-1",  # twice
    "e1,2025-05-03 10:00:00,call,600112233,A-1",  # the same key, another time
    "e2,no time,visit,,",
    "e3,2025-05-02 10:00:00,order,699000000,17",  # nobody known
    ",2025-05-02 10:00:00,order,600112233,A-2",  # no key
    ",2025-05-02 10:00:00,order,600112233,A-2",
    "e4,2025-05-02 10:00:00,order,600112233,A-2,one,cell,too,many",
    'e5,"never closed,order,600112233,A-3',
)


@settings(max_examples=6, deadline=None)
@given(st.lists(st.sampled_from(LINES), min_size=3, max_size=12))
def test_every_row_of_events_is_on_one_timeline_or_rejected(tmp_path_factory, lines):
    folder = tmp_path_factory.mktemp("log")
    header = "event_id,event_time,event_type,phone,order_id"
    (folder / "log.csv").write_text("\n".join([header, LINES[0], *lines, ""]), "utf-8")
    sources = [
        Source("crm", CRM, key="id", region="ES"),
        Source("log", folder / "log.csv", region="ES", kind=SourceKind.EVENTS),
    ]
    found = resolve(sources)
    on_timelines = [row["event"] for row in found.timeline.to_pylist() if row["event"] is not None]
    assert len(on_timelines) == len(set(on_timelines)) == found.report["counts"]["events"]
    counted = next(each for each in found.report["counts"]["sources"] if each["source"] == "log")
    assert counted["rows"] == len(on_timelines)
    kept = [*on_timelines, *(line for row in found.rejected.to_pylist() for line in row["text"].splitlines())]
    assert len(kept) == 1 + len(lines)
