"""Audiences: whom a campaign may reach, each person once and each contact point once, and why not the others.

A person is left out who has died, has said no (as far as the policy lets a denial reach), has a complaint open, may be
the same as somebody who has said no or has a complaint open, or has been contacted often enough of late. The others are
reached on the channel that they prefer among those on which somebody agreed, at the best contact point there: not one
that was given up, that belongs to a role or to nobody, or from which mail comes back. Where two people share it, the
one who agreed to it goes first; the other is reached elsewhere, or not.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from retrato.profiles.consent import Reach

if TYPE_CHECKING:
    from collections.abc import Iterator

#: The channels on which a campaign can go out.
CHANNELS = ("email", "whatsapp", "sms", "push", "phone", "post")
#: Channels that only mobile numbers have.
MOBILE = frozenset({"sms", "whatsapp"})
#: Kinds of events that say that an e-mail comes back, and those that say that somebody reads what is sent there.
BOUNCED = frozenset({"email_bounced"})
ALIVE = frozenset({"email_opened", "email_clicked", "email_delivered", "email", "subscribe", "login"})


class Exclusion(StrEnum):
    """Why somebody is not reached. The first that holds is told."""

    DECEASED = "deceased"
    OPTED_OUT = "opted_out"
    COMPLAINT = "complaint_open"
    POSSIBLE_MATCH = "possible_match"
    TOO_OFTEN = "contacted_too_often"
    SHARED = "contact_point_taken"
    REFUSED = "refused_there"
    UNREACHABLE = "unreachable"
    GIVEN_UP = "given_up"
    NOBODYS = "nobodys_own"
    NO_MOBILE = "no_mobile"
    NOT_AGREED = "not_agreed"
    NO_CONTACT_POINT = "no_contact_point"


#: What each says, to read.
SENTENCES = {
    Exclusion.DECEASED: "the records say that the person has died",
    Exclusion.OPTED_OUT: "the person has said no",
    Exclusion.COMPLAINT: "a complaint is open",
    Exclusion.POSSIBLE_MATCH: "may be the same as somebody who has said no or has a complaint open",
    Exclusion.TOO_OFTEN: "has been contacted as often as the policy allows",
    Exclusion.SHARED: "somebody else of the audience is reached at the only contact point",
    Exclusion.REFUSED: "the last word at the contact point is no",
    Exclusion.UNREACHABLE: "what is sent to the contact point comes back",
    Exclusion.GIVEN_UP: "the contact point was given up",
    Exclusion.NOBODYS: "the contact point is that of a role, or nobody's",
    Exclusion.NO_MOBILE: "the number is no mobile",
    Exclusion.NOT_AGREED: "nobody has agreed to it there",
    Exclusion.NO_CONTACT_POINT: "there is no contact point for the channel",
}


@dataclass(frozen=True, slots=True)
class AudiencePolicy:
    """What a company allows itself beyond what people allow it.

    `reach` is how far a denial reaches. `complaints`: nobody with an open complaint is contacted. From `possible` on,
    the probability of a match, opt-outs and complaints hold back whoever may be the same. `at_most` contacts within
    `days` are enough (None: there is no cap). In `quiet_hours` (local, from and until) nothing is sent. `channels` are
    tried in this order by those who have no preference. `deceased` is the attribute that says that somebody has died.

    >>> AudiencePolicy(at_most=4, days=7).reach.value
    'person'
    """

    reach: Reach = Reach.PERSON
    complaints: bool = True
    possible: float = 0.2
    at_most: int | None = None
    days: int = 7
    quiet_hours: tuple[int, int] = (21, 9)
    channels: tuple[str, ...] = CHANNELS
    deceased: str = "deceased"

    def problems(self) -> Iterator[tuple[str, str]]:
        """What is wrong with the policy: the place, and a sentence."""
        for channel in self.channels:
            if channel not in CHANNELS:
                yield "channel", f"no campaign goes out by {channel!r}; use some of {', '.join(CHANNELS)}"
        if not self.channels:
            yield "channel", "name one channel at least"
        if not 0 < self.possible <= 1:
            yield "possible", "a probability lies between 0 and 1"
        if self.at_most is not None and self.at_most < 0:
            yield "at_most", "a number of contacts is not below 0"
        if self.days < 1:
            yield "days", "one day at least"
        if not all(0 <= hour < 24 for hour in self.quiet_hours):
            yield "quiet_hours", "hours are from 0 to 23"
