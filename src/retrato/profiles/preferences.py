"""The channel and the hours that somebody really answers, learned from answers and not from what is sent to them.

A *contact* is something that the company sends where it can be answered: a message, an e-mail, a push, an SMS, a call.
It is *answered* when the next thing on that channel is the customer's, within three days: a message, a reply, a click,
a call; an outgoing call that was taken is answered at once. An e-mail that was opened is not, for programs open them.

The preferred channel is the one whose share of answered contacts is surely the largest: by the lower end of Wilson's
95 % interval (E. B. Wilson, *Probable inference, the law of succession, and statistical inference*, Journal of the
American Statistical Association 22, 1927), so that one answer of one counts less than nine of ten. With fewer than two
answers it is not known. The preferred hours are the four in a row with the most answers, if they hold most of them.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from math import sqrt
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from retrato.profiles.interaction import Interaction

#: What can be answered, when it goes out.
CONTACTS = frozenset({"message", "email", "email_sent", "push", "sms", "call", "call_missed", "voicemail"})
#: An outgoing contact of this kind was answered by taking part.
TAKEN = "call"
#: What answers, when it comes in.
ANSWERS = frozenset({"message", "email", "email_clicked", "push_opened", "sms_received", "sms", "call", "voicemail"})
#: What comes later than this answers something else.
ANSWER_DAYS = 3
#: Fewer answers show no channel; fewer show no hours, which are so many in a row and hold this share of the answers.
LEAST_ANSWERS, LEAST_FOR_HOURS, HOURS, MOST = 2, 5, 4, 0.6
#: The quantile of the normal distribution for 95 %, squared.
Z2 = 3.8416


@dataclass(frozen=True, slots=True)
class ChannelUse:
    """What passed on one channel: a row of the table `channels`, where the columns are described.

    >>> print(ChannelUse("whatsapp", touches=6, contacts=4, answered=3))
    whatsapp: 3 of 4 answered
    """

    channel: str
    touches: int = 0
    contacts: int = 0
    answered: int = 0
    first_at: datetime | None = None
    last_at: datetime | None = None
    last_in_at: datetime | None = None
    last_out_at: datetime | None = None

    @property
    def score(self) -> float:
        """The lower end of Wilson's 95 % interval for the share of answered contacts, 0 to 1."""
        n, a = self.contacts, self.answered
        return (a + Z2 / 2 - sqrt(Z2) * sqrt(a * (n - a) / n + Z2 / 4)) / (n + Z2) if n else 0.0

    def __str__(self) -> str:
        return f"{self.channel}: {self.answered} of {self.contacts} answered"


@dataclass(frozen=True, slots=True)
class Preferences:
    """What somebody answers on, and when; `use` of the preferred channel and `hours` are None where it is not known.

    `hours` are local: (18, 22) is from 18:00 until 22:00. `contacts` and `answered` count all channels, `in_hours` says
    how many of the answers lie in those hours.

    >>> print(Preferences(ChannelUse("whatsapp", 9, 7, 6), (18, 22), 5, 8, 6))
    whatsapp (6 of 7 answered), 18:00 to 22:00 (5 of 6 answers)
    >>> print(Preferences())
    not known (0 of 0 answered)
    """

    use: ChannelUse | None = None
    hours: tuple[int, int] | None = None
    in_hours: int = 0
    contacts: int = 0
    answered: int = 0

    @property
    def channel(self) -> str | None:
        """The preferred channel; None where it is not known."""
        return None if self.use is None else self.use.channel

    def __str__(self) -> str:
        known = self.use or self
        told = f"{self.channel or 'not known'} ({known.answered} of {known.contacts} answered)"
        if self.hours is None:
            return told
        return f"{told}, {self.hours[0]}:00 to {self.hours[1]}:00 ({self.in_hours} of {self.answered} answers)"


def channel_uses(interactions: Iterable[Interaction]) -> tuple[ChannelUse, ...]:
    """What passed on each channel, in the order of their names. Times that are not known count nothing."""
    on: dict[str, list[Interaction]] = defaultdict(list)
    for each in _in_order(interactions):
        if each.channel is not None and each.kind not in NO_USE:
            on[each.channel].append(each)
    return tuple(_use(channel, on[channel]) for channel in sorted(on))


def preferences(interactions: Iterable[Interaction], *, time_zone: str = "UTC") -> Preferences:
    """What the customer of these interactions answers on, and when, by the clocks of `time_zone` (an IANA name).

    >>> from retrato.profiles.interaction import Interaction
    >>> def at(hour, kind, direction, channel="whatsapp"):
    ...     return Interaction(datetime(2024, 5, hour // 24 + 1, hour % 24), channel, kind, direction)
    >>> told = [at(hour + after, "message", way) for hour in (18, 42, 66) for after, way in ((0, "out"), (1, "in"))]
    >>> print(preferences([*told, *(at(hour, "email_sent", "out", "email") for hour in (9, 33))]))
    whatsapp (3 of 3 answered)
    """
    held = tuple(_in_order(interactions))
    uses = channel_uses(held)
    hours = Counter(_local(time, time_zone).hour for time in _answer_times(held))
    answered = sum(use.answered for use in uses)
    contacts = sum(use.contacts for use in uses)
    known = [use for use in uses if use.answered >= LEAST_ANSWERS]
    best = min(known, key=lambda use: (-use.score, -use.answered, use.channel), default=None)
    start, most = _busiest(hours)
    sure = answered >= LEAST_FOR_HOURS and most >= MOST * answered
    return Preferences(
        best,
        (start, (start + HOURS) % 24) if sure else None,
        most if sure else 0,
        contacts,
        answered,
    )


#: Kinds that are no use of a channel.
NO_USE = frozenset({"note", "record_created"})


def _in_order(interactions: Iterable[Interaction]) -> list[Interaction]:
    told = (each for each in interactions if each.time is not None and each.duplicate_of is None)
    return sorted(told, key=lambda each: each.place_in_time)


def is_contact(each: Interaction) -> bool:
    """Whether it is something sent that can be answered."""
    return each.direction == "out" and each.kind in CONTACTS


def is_answer(each: Interaction) -> bool:
    """Whether it may answer something."""
    return each.direction == "in" and each.kind in ANSWERS


def _use(channel: str, told: Sequence[Interaction]) -> ChannelUse:
    times = [each.time for each in told if each.time is not None]
    came = [each.time for each in told if each.direction == "in" and each.time is not None]
    went = [each.time for each in told if each.direction == "out" and each.time is not None]
    return ChannelUse(
        channel,
        len(told),
        sum(map(is_contact, told)),
        len(_answer_times(told)),
        times[0],
        times[-1],
        max(came, default=None),
        max(went, default=None),
    )


def _answer_times(ordered: Iterable[Interaction]) -> list[datetime]:
    """When each contact that was answered was: the time of the answer."""
    on: dict[str, list[Interaction]] = defaultdict(list)
    for each in ordered:
        if each.channel is not None and (is_contact(each) or is_answer(each)):
            on[each.channel].append(each)
    found: list[datetime] = []
    for told in on.values():
        found += (each.time for each in told if is_contact(each) and each.kind == TAKEN and each.time is not None)
        for before, after in pairwise(told):
            asked = is_contact(before) and before.kind != TAKEN and is_answer(after)
            if asked and before.time and after.time and after.time - before.time <= timedelta(days=ANSWER_DAYS):
                found.append(after.time)
    return found


def _local(time: datetime, time_zone: str) -> datetime:
    return time.replace(tzinfo=UTC).astimezone(ZoneInfo(time_zone))


def _busiest(hours: Counter[int]) -> tuple[int, int]:
    """The first of the hours in a row that hold the most, and how many."""
    held = [sum(hours[(start + after) % 24] for after in range(HOURS)) for start in range(24)]
    most = max(held)
    return held.index(most), most
