"""What an interaction is, and what a user can decide about it: words, and what anonymous activity may join."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from retrato.identifiers.term import Word
from retrato.identifiers.zones import is_zone

if TYPE_CHECKING:
    from collections.abc import Iterator


class Anonymous(StrEnum):
    """Whose anonymous activity (a cookie, a device) may become that of the person who is later recognised on it."""

    CONSENT = "consent"  # of those who are recorded to agree to tracking
    ALWAYS = "always"  # of all: the user answers for it
    NEVER = "never"  # of nobody


#: The kinds that a journey leads to.
CONVERSIONS = ("contract", "order", "payment")


@dataclass(frozen=True, slots=True)
class InteractionRules:
    """What can be decided about interactions.

    `kinds` and `channels` are words beside those of the package. `anonymous` says which anonymous activity joins the
    person who is recognised later. `conversions` are the kinds that a journey leads to. A visit ends when nothing
    happened on its device for so many `session_minutes`. Events after `as_of` (UTC; None: the moment of the run) are in
    the future, and reported. `time_zone` (an IANA name) is where the customers' clocks are: hours of answers are told
    in it. None: the zone that all sources name, if they name one, else UTC.

    >>> InteractionRules(anonymous=Anonymous.ALWAYS).anonymous.value
    'always'
    """

    kinds: tuple[Word, ...] = ()
    channels: tuple[Word, ...] = ()
    anonymous: Anonymous = Anonymous.CONSENT
    conversions: tuple[str, ...] = CONVERSIONS
    session_minutes: int = 30
    as_of: datetime | None = None
    time_zone: str | None = None

    @property
    def zone(self) -> str:
        """The time zone in which hours are told."""
        return self.time_zone or "UTC"

    def problems(self) -> Iterator[tuple[str, str]]:
        """What is wrong with the rules: the place, and a sentence."""
        for place in ("kinds", "channels"):
            for number, word in enumerate(getattr(self, place)):
                if not word.name.replace("_", "a").isalnum() or word.name != word.name.lower():
                    yield f"{place} {number}", f'a name is lower-case letters, digits and "_"; {word.name!r} is not'
                if any(not text.strip() for text in word.texts):
                    yield f"{place} {number}", "a text is empty"
        if self.session_minutes < 1:
            yield "session_minutes", "a visit goes on for a minute at least"
        if self.as_of is not None and self.as_of.tzinfo is not None:
            yield "as_of", "a time without a zone was expected: it is UTC"
        if self.zone != "UTC" and not ("/" in self.zone and is_zone(self.zone)):
            yield "time_zone", f"no zone {self.time_zone!r} in the IANA database; write such as Europe/Madrid"


#: What a consent is for that lets a device be followed.
TRACKING = frozenset({"tracking", "cookies", "analytics"})


class EventIssue(StrEnum):
    """What can be wrong with an event. It is kept all the same."""

    NO_TIME = "no_time"
    UNREADABLE_TIME = "unreadable_time"
    UNKNOWN_ZONE = "unknown_zone"
    FUTURE_TIME = "future_time"
    UNKNOWN_KIND = "unknown_kind"
    UNKNOWN_CHANNEL = "unknown_channel"
    UNREADABLE_AMOUNT = "unreadable_amount"
    NEGATIVE_AMOUNT = "negative_amount"
    UNKNOWN_CURRENCY = "unknown_currency"
    UNREADABLE_SATISFACTION = "unreadable_satisfaction"


#: What each issue means, and what becomes of the event.
SENTENCES = {
    EventIssue.NO_TIME: "there is no time; the event is at the end of its timeline",
    EventIssue.UNREADABLE_TIME: "the time cannot be read; the event is at the end of its timeline",
    EventIssue.UNKNOWN_ZONE: "the zone of the time is not known; the event is at the end of its timeline",
    EventIssue.FUTURE_TIME: "the time is in the future; it is kept",
    EventIssue.UNKNOWN_KIND: "the kind is no word of the vocabulary; it is kept as it is written",
    EventIssue.UNKNOWN_CHANNEL: "the channel is no word of the vocabulary; it is kept as it is written",
    EventIssue.UNREADABLE_AMOUNT: "the amount is no number; it is left out",
    EventIssue.NEGATIVE_AMOUNT: "the amount is below zero; it is kept",
    EventIssue.UNKNOWN_CURRENCY: "the currency is no code of three letters; it is kept as it is written",
    EventIssue.UNREADABLE_SATISFACTION: "the satisfaction is no number; it is left out",
}

#: Kinds that the company sends, where the data do not say who turned to whom. Others come from the customer.
OUTGOING = frozenset(
    {
        "email_sent",
        "email_delivered",
        "email_bounced",
        "push",
        "sms",
        "delivery",
        "campaign",
        "refund",
        "contract_ended",
    }
)
#: Kinds that nobody sends to anybody.
WITHOUT_DIRECTION = frozenset({"note", "event", "record_created", "appointment"})
#: The channel of kinds that have but one, where the data do not say it.
CHANNEL_OF_KIND = {
    **dict.fromkeys(
        ("email", "email_sent", "email_delivered", "email_opened", "email_clicked", "email_bounced", "email_complaint"),
        "email",
    ),
    **dict.fromkeys(("call", "call_missed", "voicemail"), "phone"),
    **dict.fromkeys(("sms", "sms_received"), "sms"),
    **dict.fromkeys(("push", "push_opened"), "push"),
    "store_visit": "shop",
}
#: What the thread of an event is, by its kind, where the column does not say it.
THREAD_OF_KIND = {
    "cart": "cart",
    **dict.fromkeys(("order", "payment", "refund", "delivery"), "order"),
    **dict.fromkeys(("ticket", "complaint", "survey", "note"), "ticket"),
    **dict.fromkeys(("message", "email", "call", "sms_received"), "conversation"),
    **dict.fromkeys(("contract", "contract_ended"), "contract"),
    **dict.fromkeys(("lead", "form", "appointment", "callback_request"), "lead"),
    **dict.fromkeys(("visit", "view", "search", "click", "login", "signup"), "session"),
}
