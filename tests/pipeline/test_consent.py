"""What records and events say of consent, and that merges and splits leave it as it was."""

from __future__ import annotations

import pandas as pd
import pyarrow as pa

from retrato import Source, resolve

PEOPLE = pd.DataFrame(
    {
        "id": ["1", "2", "3", "4"],
        "name": ["Ana Ruiz Vega", "Luis Gil Mora", "Eva Sanz Polo", "Raúl Soto Rey"],
        "email": ["ana@ruiz.es", "casa@gil.es", "casa@gil.es", "raul@soto.es"],
        "phone": ["600112233", "600112244", "600112255", "600112266"],
        "acepta_publicidad": ["S", "S", "S", None],
        "updated_at": ["2024-01-01", "2024-01-01", "2024-01-01", "2024-01-01"],
    }
)
LOG = pd.DataFrame(
    {
        "event_id": ["e1", "e2", "e3", "e4", "e5"],
        "event_time": [
            "2025-05-01 10:00",
            "2025-05-01 10:00",
            "2025-05-02 10:00",
            "2025-05-01 10:00",
            "2025-05-04 10:00",
        ],
        "event_type": ["unsubscribe", "unsubscribe", "subscribe", "spam report", "subscribe"],
        "channel": ["email"] * 5,
        "email": ["ana@ruiz.es", "casa@gil.es", "raul@soto.es", "raul@soto.es", "eva@sanz.es"],
    }
)


def found(*, log=LOG, decisions=None):
    sources = [Source("crm", PEOPLE, key="id", region="ES"), Source("log", log)]
    return resolve(sources, decisions=decisions)


def told(result, key):
    """Whether each contact point of a record may be written to for marketing, by e-mail or by SMS, and why."""
    rows = result.assignments.to_pylist()
    (profile,) = {row["profile_id"] for row in rows if row["record_key"] == key}
    consents = result.profile(profile).consents
    row = PEOPLE.set_index("id").loc[key]
    email = consents.permission("email", row["email"], channel="email", purpose="marketing")
    sms = consents.permission("phone", f"+34{row['phone']}", channel="sms", purpose="marketing")
    return email.reason, sms.reason


def test_whoever_unsubscribes_is_left_alone_everywhere():
    assert told(found(), "1") == ("denied marketing by email at ana@ruiz.es (log e1, 2025-05-01)",) * 2


def test_at_an_address_of_two_it_is_not_known_who_unsubscribed():
    email, sms = told(found(), "2")
    assert email == "denied marketing by email at casa@gil.es (log e2, 2025-05-01)"
    assert sms == "granted marketing at +34600112244 (crm 2, 2024-01-01)"


def test_whoever_calls_it_spam_gets_nothing_whatever_they_subscribed_to():
    email, _ = told(found(), "4")
    assert email == "denied everything by email at raul@soto.es (log e4, 2025-05-01)"


def test_without_events_records_speak():
    email, sms = told(found(log=LOG.iloc[4:]), "1")
    assert (email, sms) == (
        "granted marketing at ana@ruiz.es (crm 1, 2024-01-01)",
        "granted marketing at +34600112233 (crm 1, 2024-01-01)",
    )
    assert told(found(log=LOG.iloc[4:]), "4")[0] == "nobody has agreed to marketing by email at raul@soto.es"


def decided(decision):
    names = ("source_a", "key_a", "source_b", "key_b", "decision")
    return pa.table({name: [value] for name, value in zip(names, ("crm", "1", "crm", "2", decision), strict=True)})


def test_a_merge_denies_both_and_a_split_gives_back_what_each_had():
    before, merged = found(), found(decisions=decided("same"))
    assert told(merged, "2")[1] == "denied marketing by email at ana@ruiz.es (log e1, 2025-05-01)"
    split = found(decisions=decided("different"))
    for name in ("consents", "values", "timeline", "contexts", "unreachable"):
        assert split.table(name).equals(before.table(name)), name
