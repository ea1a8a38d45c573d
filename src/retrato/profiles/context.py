"""Context: what whoever answers next must know of a customer, at a moment.

Everything is told from the portrait and from what had happened by then: where it stopped, who was last in touch on
which channel, what was bought, what days come up, how satisfied the customer said to be.
"""

from __future__ import annotations

from calendar import isleap
from collections import Counter
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any

from retrato.profiles.interaction import PARTS, parts
from retrato.profiles.preferences import Preferences, channel_uses, preferences
from retrato.profiles.purchases import Purchase, purchases
from retrato.profiles.threads import CONVERSATION, thread_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from retrato.profiles.interaction import Interaction
    from retrato.profiles.preferences import ChannelUse
    from retrato.profiles.profile import Profile
    from retrato.profiles.threads import Thread
    from retrato.profiles.timeline import Timeline

#: Threads of this kind are complaints: something is wrong for the customer.
COMPLAINT = "ticket"
#: The state of a contract that is in force.
SIGNED = "signed"
#: A change of the satisfaction by one part in so many of what was said before is none.
STEADY = 10
#: In these somebody of the company speaks with the customer.
SPOKEN = frozenset({"message", "email", "call", "contract", "ticket", "complaint", "appointment"})
#: What a customer asks to be called back with, and what is a call.
ASKS_FOR_CALL = frozenset({"callback_request", "voicemail", "call_missed"})
CALLS = frozenset({"call"})


@dataclass(frozen=True)
class Context:
    """What is known of a customer at a moment (`at`, UTC).

    >>> from retrato.profiles.interaction import Interaction
    >>> from retrato.profiles.profile import Profile
    >>> from retrato.profiles.timeline import Timeline
    >>> cart = Interaction(datetime(2024, 5, 1), "web", "cart", thread_kind="cart", thread="CART-31")
    >>> context = Context(Profile("p1", timeline=Timeline.of([cart])), datetime(2024, 5, 3))
    >>> [str(each) for each in context.open_threads]
    ['cart CART-31 open, web']
    """

    profile: Profile
    at: datetime

    @cached_property
    def timeline(self) -> Timeline:
        """What had happened by then, and what has no time."""
        told = self.profile.timeline
        return replace(told, interactions=tuple(each for each in told if each.time is None or each.time <= self.at))

    @cached_property
    def threads(self) -> tuple[Thread, ...]:
        """The threads as they stood then."""
        return self.timeline.threads

    @cached_property
    def open_threads(self) -> tuple[Thread, ...]:
        """Where the customer stopped: carts, orders, tickets, leads, contracts and conversations, the latest first.

        A conversation goes on elsewhere when somebody speaks with the customer later.
        """
        spoken = _last(each.time for each in self.timeline if each.kind in SPOKEN) or datetime.min
        waiting = (
            each
            for each in self.threads
            if each.is_open and not (each.thread_kind == CONVERSATION and (each.last_at or spoken) < spoken)
        )
        return tuple(sorted(waiting, key=lambda each: each.last_at or datetime.min, reverse=True))

    @property
    def complaints(self) -> tuple[Thread, ...]:
        """The open tickets."""
        return tuple(each for each in self.open_threads if each.thread_kind == COMPLAINT)

    @property
    def unanswered(self) -> tuple[Thread, ...]:
        """Conversations in which the customer had the last word."""
        return tuple(
            each for each in self.open_threads if each.thread_kind == CONVERSATION and each.last_direction == "in"
        )

    @cached_property
    def call_back(self) -> Interaction | None:
        """The first request for a call that no call has followed."""
        owed: Interaction | None = None
        for each in self.timeline:
            if each.kind in ASKS_FOR_CALL and each.direction == "in":
                owed = owed or each
            elif each.kind in CALLS:
                owed = None
        return owed

    @cached_property
    def promises(self) -> tuple[Interaction, ...]:
        """What was promised for a day, and belongs to nothing that is settled, the soonest first."""
        settled = {(each.thread, each.source) for each in self.threads if not each.is_open}
        told = [each for each in self.timeline if each.due_at is not None and thread_of(each) not in settled]
        last = {thread_of(each) or each.event: each for each in told}  # a later word takes the place of an earlier one
        return tuple(sorted(last.values(), key=lambda each: each.due_at or datetime.max))

    @cached_property
    def channels(self) -> Mapping[str, ChannelUse]:
        """What passed on each channel."""
        return {each.channel: each for each in channel_uses(self.timeline)}

    @property
    def last_contact(self) -> Mapping[str, Interaction]:
        """The last interaction on each channel."""
        return {each.channel: each for each in self.timeline if each.channel and each.kind != "record_created"}

    @property
    def last_by_area(self) -> Mapping[str, Interaction]:
        """The last interaction with each area of the company."""
        return {each.area: each for each in self.timeline if each.area}

    @cached_property
    def preferences(self) -> Preferences:
        """The channel and the hours that the customer answers."""
        return preferences(self.timeline, time_zone=self.timeline.rules.zone)

    @property
    def language(self) -> str | None:
        """The language that the records say."""
        return self.profile.get("language")

    @cached_property
    def purchases(self) -> tuple[Purchase, ...]:
        """What was bought."""
        return purchases(self.timeline)

    @property
    def spent(self) -> Mapping[str, float]:
        """The sum of the purchases in each currency."""
        told: dict[str, int] = {}
        for each in self.purchases:
            if each.amount is not None:
                told[each.currency or ""] = told.get(each.currency or "", 0) + parts(each.amount)
        return {currency: total / PARTS for currency, total in told.items()}

    @property
    def contracts(self) -> tuple[Thread, ...]:
        """The contracts in force."""
        return tuple(each for each in self.threads if each.state == SIGNED)

    @property
    def places(self) -> Mapping[str, int]:
        """How often the customer was in which place."""
        seen: dict[str, int] = {}
        for each in self.timeline:
            if each.place:
                seen[each.place] = seen.get(each.place, 0) + 1
        return seen

    @cached_property
    def satisfaction(self) -> tuple[Interaction, ...]:
        """What the customer said about it, in order."""
        return tuple(each for each in self.timeline if each.satisfaction is not None)

    @property
    def satisfaction_trend(self) -> str | None:
        """`up`, `down` or `steady`: the last answer beside the mean of those before; None with fewer than two."""
        said = [parts(each.satisfaction) for each in self.satisfaction if each.satisfaction is not None]
        if len(said) < 2:
            return None
        *before, last = said
        change = last * len(before) - sum(before)
        if abs(change) * STEADY <= abs(sum(before)):
            return "steady"
        return "up" if change > 0 else "down"

    def special_dates(self, within_days: int = 30) -> tuple[tuple[date, str], ...]:
        """The days to come, soonest first: birthdays and the days on which contracts were signed."""
        born = self.profile.get("birth_date")
        days = [(date.fromisoformat(born), "birthday")] if born and len(born) == len("2000-01-01") else []
        days += [
            (each.started_at.date(), f"contract {each.thread}")
            for each in self.contracts
            if each.started_at is not None
        ]
        return tuple(sorted(_coming(days, self.at.date(), within_days)))

    def row(self) -> dict[str, Any]:
        """What is known, as a row of the table `contexts`, where the columns are described."""
        uses, known, told = self.channels.values(), self.preferences, self.open_threads
        last = max(uses, key=lambda use: (use.last_at or datetime.min, use.channel), default=None)
        bought = Counter(each.currency for each in self.purchases)
        currency = min(bought, key=lambda each: (-bought[each], each is None, each or ""), default=None)
        said = self.satisfaction
        return {
            "profile_id": self.profile.id,
            "interactions": sum(use.touches for use in uses),
            "first_at": _first(use.first_at for use in uses),
            "last_at": _last(use.last_at for use in uses),
            "last_channel": last and last.channel,
            "last_in_at": _last(use.last_in_at for use in uses),
            "last_out_at": _last(use.last_out_at for use in uses),
            "open_threads": len(told),
            "open_carts": sum(each.thread_kind == "cart" for each in told),
            "open_tickets": len(self.complaints),
            "unanswered_since": _first(each.last_at for each in self.unanswered),
            "call_back_since": self.call_back and self.call_back.time,
            "contacts": known.contacts,
            "answered": known.answered,
            "preferred_channel": known.channel,
            "preferred_contacts": known.use and known.use.contacts,
            "preferred_answered": known.use and known.use.answered,
            "hours_from": known.hours and known.hours[0],
            "hours_until": known.hours and known.hours[1],
            "answers_in_hours": known.in_hours if known.hours else None,
            "language": self.language,
            "purchases": len(self.purchases),
            "last_purchase_at": _last(each.time for each in self.purchases),
            "spent": self.spent.get(currency or ""),
            "currency": currency,
            "contracts": len(self.contracts),
            "satisfaction": said[-1].satisfaction if said else None,
            "satisfaction_answers": len(said),
            "satisfaction_trend": self.satisfaction_trend,
        }

    def lines(self) -> Iterable[tuple[str, str]]:
        """What is known, to read: a label and a text each."""
        first = self.timeline.first_touch
        if first is not None:
            yield "first touch", str(first)
        for each in self.open_threads:
            yield "open", f"{each}, last {each.last_at:%Y-%m-%d}" if each.last_at else str(each)
        for promise in self.promises:
            yield "promised", f"{promise.due_at:%Y-%m-%d %H:%M} {promise.text or promise.thread or promise.kind}"
        if self.preferences.contacts:
            yield "prefers", str(self.preferences)
        if self.language:
            yield "language", self.language
        if self.purchases:
            spent = ", ".join(f"{amount:.2f} {currency}".strip() for currency, amount in self.spent.items())
            times = "once" if len(self.purchases) == 1 else f"{len(self.purchases)} times"
            yield "bought", ", ".join(part for part in (times, spent, f"last {self.purchases[-1]}") if part)
        for each in self.contracts:
            yield "contract", str(each)
        if self.satisfaction:
            trend = f", {self.satisfaction_trend}" if self.satisfaction_trend else ""
            yield "satisfaction", f"{self.satisfaction[-1].satisfaction:g}{trend} (of {len(self.satisfaction)})"

    def __str__(self) -> str:
        return "\n".join(f"{label:<18}{text}" for label, text in self.lines())


def _first(times: Iterable[datetime | None]) -> datetime | None:
    return min((each for each in times if each is not None), default=None)


def _last(times: Iterable[datetime | None]) -> datetime | None:
    return max((each for each in times if each is not None), default=None)


def _coming(days: Iterable[tuple[date, str]], today: date, within: int) -> Iterable[tuple[date, str]]:
    """The days of this year and the next on which something returns."""
    for day, what in days:
        for year in (today.year, today.year + 1):
            leap = day.month == 2 and day.day == 29 and not isleap(year)
            again = day.replace(year=year, day=28 if leap else day.day)
            if timedelta(0) <= again - today <= timedelta(days=within) and again > day:
                yield again, what
