"""A small world in which people give and deny consent, and who may be contacted in it: worked out record by record."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from hypothesis import strategies as st

from retrato.profiles.consent import UNNAMED, Choice, Consent, Consents, in_force

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

START = datetime(2024, 1, 1)
CONTACTS = (("email", "home@x.es"), ("email", "ana@x.es"), ("phone", "+34600112233"))
CHANNELS = ("email", "sms", "whatsapp")
#: What a consent column is for, with the channel and purpose that this means.
NAMESPACES = {
    "": ("", ""),
    "marketing": ("", "marketing"),
    "sms": ("sms", "marketing"),
    "newsletter": ("email", "newsletter"),
}
_REACHED_BY = {"": {"email", "phone"}, "sms": {"phone"}, "email": {"email"}}


@dataclass(frozen=True)
class Record:
    """A record with its contact points, and what it says of a consent, if anything."""

    contacts: tuple[tuple[str, str], ...]
    given: str | None
    namespace: str
    choice: str | None
    time: datetime | None


records = st.builds(
    Record,
    contacts=st.lists(st.sampled_from(CONTACTS), unique=True, max_size=3).map(tuple),
    given=st.sampled_from([None, "ana", "luis"]),
    namespace=st.sampled_from([*NAMESPACES, "marketing", "marketing"]),
    choice=st.sampled_from(["granted", "denied", None]),
    time=st.sampled_from([None, *(START + timedelta(days=days) for days in range(3))]),
)
worlds = st.lists(records, min_size=1, max_size=6)


def consents_of(world: Sequence[Record], members: Iterable[int]) -> Consents:
    """The consents of somebody who has these records of a world."""
    mine = set(members)
    held = {contact for number in mine for contact in world[number].contacts}
    told = in_force(choice for number, record in enumerate(world) for choice in _choices(world, number, record))
    known = []
    for each in told:
        own = int(each.key) in mine
        if own or (each.contact_kind, each.contact) in held:
            known.append(replace(each, own=own))
    return Consents(tuple(known))


def names(world: Sequence[Record], contact: tuple[str, str]) -> set[str]:
    """The given names under which a contact point is held."""
    return {record.given for record in world if contact in record.contacts and record.given}


def _choices(world: Sequence[Record], number: int, record: Record) -> Iterator[Consent]:
    if record.choice is None:
        return
    channel, purpose = NAMESPACES[record.namespace]
    said = Consent(
        Choice(record.choice), channel=channel, purpose=purpose, time=record.time, source="crm", key=str(number),
        column_name="consent",
    )  # fmt: skip
    met = [contact for contact in record.contacts if contact[0] in _REACHED_BY[channel]]
    for contact in met:
        who = (record.given or UNNAMED) if len(names(world, contact)) > 1 else ""
        yield replace(said, contact_kind=contact[0], contact=contact[1], who=who)
    if not met:
        yield said


def allowed(consents: Consents, contact: tuple[str, str], **how: object) -> set[tuple[str, str]]:
    """The channels and purposes that somebody may be contacted for at a contact point."""
    return {
        (channel, purpose)
        for channel in CHANNELS
        for purpose in ("marketing", "newsletter")
        if consents.permission(*contact, channel=channel, purpose=purpose, **how)
    }
