"""Consent: what somebody allows, at which contact point, on which channel, for which purpose.

A record or an event that says yes or no makes a *choice* about its contact points. Within one contact point, channel
and purpose the latest choice is in force, and a denial before a consent of the same moment; a choice without a time
comes before all others. What so many have that it is nobody's is no contact point to agree
at. A denial that is undone at one of its contact points is *withdrawn*: it stays in force at the others, but not for
the person. Where several people have a contact point (records with several given names hold it), each has a word of
their own there: what one agrees to later makes the contact point free, but does not withdraw what another denied, and
nothing withdraws a denial there of somebody without a name.

Which choices are in force depends on contact points alone, not on who is taken for one person. What a person may be
asked for follows from them: somebody must have agreed at the contact point, nobody may have denied it there, and what
the person has denied anywhere and not withdrawn stands (see `Reach`). So a merge, which adds choices, never makes
anybody more contactable, and a split gives back what each had. What nobody has said is neither a yes nor a no, and not
allowed.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import groupby
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

#: The kind of contact point that each channel reaches somebody at.
CONTACT_OF_CHANNEL = {
    "email": "email",
    **dict.fromkeys(("phone", "sms", "whatsapp"), "phone"),
    "push": "device_id",
    "post": "address",
    **dict.fromkeys(("facebook", "instagram", "x", "tiktok", "linkedin", "telegram"), "handle"),
}
MARKETING = "marketing"
#: What a consent flag is for, by its namespace, where that is a channel: channel and purpose.
NAMED_FOR_CHANNEL = {
    **{channel: (channel, MARKETING) for channel in ("email", "sms", "whatsapp", "phone", "push")},
    "newsletter": ("email", "newsletter"),
}
#: Whose word it is where several have a contact point, and the record or event tells no name.
UNNAMED = "?"
#: What is held under more given names than this is nobody's contact point.
CROWD = 50
#: The kinds of contact points that a record's choice is about when it names no channel, and when it is about tracking.
WRITTEN_TO = frozenset({"email", "phone", "handle", "address"})
TRACKED = "device_id"


class Choice(StrEnum):
    """What was said."""

    GRANTED = "granted"
    DENIED = "denied"


#: What an event of a kind says about its channel, and for what; no purpose is all of them.
SAID_BY_KIND: Mapping[str, tuple[Choice, str]] = {
    "subscribe": (Choice.GRANTED, MARKETING),
    "unsubscribe": (Choice.DENIED, MARKETING),
    "email_complaint": (Choice.DENIED, ""),
}


class Reach(StrEnum):
    """How far a denial reaches."""

    PERSON = "person"  # the whole person, on every channel
    CHANNEL = "channel"  # the person on that channel
    CONTACT = "contact"  # that contact point


@dataclass(frozen=True, slots=True)
class Consent:
    """A choice about a contact point, and where it was made: a row of the table `consents`.

    Without a contact point it is about the person. `channel` "" stands for all channels, `purpose` "" for all purposes
    when something is denied, and for none in particular when it is granted. `who` tells apart those who have the
    contact point, `withdrawn` says of a denial that it was undone at another contact point that it was about. `own`
    says whether it is a word of the profile itself, or of somebody else at a contact point of it.

    >>> print(Consent(Choice.DENIED, "email", "ana@ruiz.es", "email", "marketing", source="crm", key="7"))
    denied marketing by email at ana@ruiz.es (crm 7)
    """

    choice: Choice
    contact_kind: str | None = None
    contact: str | None = None
    channel: str = ""
    purpose: str = ""
    time: datetime | None = None
    source: str = ""
    key: str = ""
    column_name: str | None = None
    event: int | None = None
    who: str = ""
    withdrawn: bool = False
    own: bool = True

    @classmethod
    def from_row(cls, row: Mapping[str, Any]) -> Consent:
        """A consent from a row of the table `consents`."""
        known = {name: row[name] for name in cls.__dataclass_fields__ if name in row}
        return cls(**known | {"choice": Choice(row["choice"])})

    @property
    def about(self) -> tuple[str, ...]:
        """Among the choices of which it is in force or not."""
        where = (self.contact_kind or "", self.contact or f"{self.source} {self.key}")
        return (*where, self.channel, self.purpose, self.who)

    @property
    def statement(self) -> tuple[object, ...]:
        """Where it was said: what it says of several contact points at once is one statement."""
        return (self.source, self.key, self.column_name, self.event, self.channel, self.purpose, self.time)

    def meets(self, channel: str, purpose: str) -> bool:
        """Whether it is about a channel and purpose; consent to nothing in particular is none to something."""
        wide = self.purpose == "" and self.choice is Choice.DENIED
        return self.channel in ("", channel) and (wide or self.purpose == purpose)

    def reaches(self, channel: str, purpose: str, reach: Reach) -> bool:
        """Whether it is a denial of the person, and forbids a channel and purpose beyond its own contact point."""
        anywhere = replace(self, channel="") if reach is Reach.PERSON else self
        denied = self.choice is Choice.DENIED and self.own and not self.withdrawn
        return denied and reach is not Reach.CONTACT and anywhere.meets(channel, purpose)

    def __str__(self) -> str:
        channel = f" by {self.channel}" if self.channel else ""
        where = f" at {self.contact}" if self.contact else ""
        day = f", {self.time:%Y-%m-%d}" if self.time else ""
        return f"{self.choice} {self.purpose or 'everything'}{channel}{where} ({self.source} {self.key}{day})"


@dataclass(frozen=True, slots=True)
class Permission:
    """Whether somebody may be contacted, why (not), and the choice that decides."""

    allowed: bool
    reason: str
    because: Consent | None = None

    def __bool__(self) -> bool:
        return self.allowed


def in_force(choices: Iterable[Consent]) -> Iterator[Consent]:
    """The choices that hold, of all that were made about some contact points, in a fixed order.

    >>> from datetime import datetime
    >>> yes = Consent(Choice.GRANTED, "email", "ana@ruiz.es", purpose="marketing", time=datetime(2024, 1, 1))
    >>> no = replace(yes, choice=Choice.DENIED, time=datetime(2025, 1, 1))
    >>> [each.choice.value for each in in_force([no, yes])]
    ['denied']
    """
    found, undone = [], set()
    for _, told in groupby(sorted(choices, key=_last_first), key=lambda each: each.about):
        last, *former = told
        found.append(last)
        if last.choice is Choice.GRANTED:
            undone |= {each.statement for each in former if each.choice is Choice.DENIED}
    for each in found:
        gone = each.choice is Choice.DENIED and each.statement in undone
        yield replace(each, withdrawn=True) if gone else each


def _last_first(choice: Consent) -> tuple[object, ...]:
    stays = choice.who == UNNAMED and choice.choice is Choice.DENIED
    ago = -choice.time.timestamp() if choice.time else float("inf")
    where = (choice.source, choice.key, choice.column_name or "", choice.event or 0)
    return (*choice.about, not stays, ago, choice.choice is Choice.GRANTED, *where)


@dataclass(frozen=True, slots=True)
class Consents(Collection[Consent]):
    """The choices in force of one person, and at its contact points.

    `a | b` are those of two people who turn out to be one.

    >>> yes = Consent(Choice.GRANTED, "phone", "+34600112233", purpose="marketing", source="crm", key="7")
    >>> ana = Consents.of([yes])
    >>> ana.permission("phone", "+34600112233", channel="whatsapp", purpose="marketing").reason
    'granted marketing at +34600112233 (crm 7)'
    >>> both = ana | Consents.of([Consent(Choice.DENIED, purpose="marketing", source="web", key="9")])
    >>> bool(both.permission("phone", "+34600112233", channel="whatsapp", purpose="marketing"))
    False
    """

    choices: tuple[Consent, ...] = ()

    @classmethod
    def of(cls, choices: Iterable[Consent]) -> Consents:
        """Those of these choices, all of them of one person or at its contact points, that are in force."""
        return cls(tuple(in_force(choices)))

    def __or__(self, other: Consents) -> Consents:
        own = {replace(each, own=True) for each in (*self, *other) if each.own}
        others = {each for each in (*self, *other) if replace(each, own=True) not in own}
        return Consents.of(own | others)

    def permission(
        self, contact_kind: str, contact: str, *, channel: str, purpose: str, reach: Reach = Reach.PERSON
    ) -> Permission:
        """Whether the person may be contacted there, on a channel and for a purpose."""
        here = [each for each in self if (each.contact_kind, each.contact) == (contact_kind, contact)]
        said = [each for each in in_force(replace(each, who="") for each in here) if each.meets(channel, purpose)]
        refused = [each for each in said if each.choice is Choice.DENIED]
        refused += (each for each in self if each.reaches(channel, purpose, reach))
        if refused:
            return Permission(False, str(refused[0]), refused[0])
        if not said:
            return Permission(False, f"nobody has agreed to {purpose} by {channel} at {contact}")
        return Permission(True, str(said[0]), said[0])

    def __len__(self) -> int:
        return len(self.choices)

    def __iter__(self) -> Iterator[Consent]:
        return iter(self.choices)

    def __contains__(self, choice: object) -> bool:
        return choice in self.choices

    def __str__(self) -> str:
        return "\n".join(map(str, self.choices))
