"""Journeys: how a customer came to a conversion, from the first touch on, and where one channel handed over to another.

A *touch* is an interaction with a time in which the customer takes part, or an advertisement that reaches them. What
repeats another event, notes of the company, the creation of records, and what is only sent to a customer are none. A
*conversion* is the first touch of a thread that is of one of `InteractionRules.conversions`; without a
thread each such touch is one. The touches up to and with the first conversion are the first journey of a customer,
those after it up to the second are the second, and so on; the last may lead nowhere yet. What only completes a
conversion (the payment of an order) is part of no journey.

A *hand-over* is where a customer goes on elsewhere: two touches, one after the other, on different channels or in
different areas, that are part of one thread or at most a week apart. Campaigns and what is reported of mailings hand
nothing over.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby, pairwise
from typing import TYPE_CHECKING, Any

from retrato.profiles.attachment import RECORD_CREATED
from retrato.profiles.interaction_rules import CONVERSIONS, OUTGOING
from retrato.profiles.threads import thread_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from retrato.profiles.interaction import Interaction

#: Kinds that are no touch between the customer and the company.
NO_TOUCH = frozenset({"note", RECORD_CREATED})
#: Kinds that are none either when they go out.
SENT = (OUTGOING - {"campaign"}) | {"message", "email", "call_missed", "voicemail"}
#: Touches that hand nothing over.
BROADCAST = frozenset({"campaign", "email_opened", "email_clicked", "email_complaint", "push_opened"})
#: Touches that lie further apart, and are of no thread, have nothing to do with each other.
HAND_OVER_DAYS = 7
#: A path tells so many steps at most.
STEPS = 50


@dataclass(frozen=True, slots=True)
class Journey:
    """The way to a conversion, or as far as it goes: a row of the table `journeys`, where the columns are described.

    >>> print(Journey(2, touches=3, path=("web", "shop"), conversion="order", first_campaign="spring"))
    2: web > shop, 3 touches, from campaign spring, to order
    """

    journey: int
    started_at: datetime | None = None
    ended_at: datetime | None = None
    touches: int = 0
    path: tuple[str, ...] = ()
    first_channel: str | None = None
    first_kind: str | None = None
    first_campaign: str | None = None
    first_referrer: str | None = None
    last_channel: str | None = None
    last_campaign: str | None = None
    conversion: str | None = None
    conversion_event: int | None = None
    thread: str | None = None
    amount: float | None = None
    currency: str | None = None

    def __str__(self) -> str:
        came = self.first_campaign and f"from campaign {self.first_campaign}"
        came = came or (self.first_referrer and f"from {self.first_referrer}")
        count = f"{self.touches} touch{'' if self.touches == 1 else 'es'}"
        told = (" > ".join(self.path), count, came, self.conversion and f"to {self.conversion}")
        return f"{self.journey}: " + ", ".join(part for part in told if part)


@dataclass(frozen=True, slots=True)
class HandOver:
    """Where a customer went on elsewhere: a row of the table `hand_overs`, where the columns are described.

    >>> print(HandOver(datetime(2024, 5, 2, 9), from_channel="phone", channel="whatsapp"))
    2024-05-02 09:00  phone > whatsapp
    """

    time: datetime | None
    event: int | None = None
    from_event: int | None = None
    from_channel: str | None = None
    channel: str | None = None
    from_area: str | None = None
    area: str | None = None
    thread: str | None = None

    def __str__(self) -> str:
        time = "" if self.time is None else f"{self.time:%Y-%m-%d %H:%M}  "
        areas = "" if self.area == self.from_area else f"  ({self.from_area or '?'} > {self.area or '?'})"
        channels = self.channel if self.channel == self.from_channel else f"{self.from_channel} > {self.channel}"
        return f"{time}{channels}{areas}"


def touches(interactions: Iterable[Interaction]) -> list[Interaction]:
    """The touches among the interactions of one customer, in order."""
    ordered = sorted(interactions, key=lambda each: each.place_in_time)
    return [each for each in ordered if each.time is not None and each.duplicate_of is None and _is_touch(each)]


def _is_touch(each: Interaction) -> bool:
    return each.kind not in NO_TOUCH and (each.kind not in SENT or each.direction == "in")


def journeys(interactions: Iterable[Interaction], *, conversions: Iterable[str] = CONVERSIONS) -> tuple[Journey, ...]:
    r"""The journeys of one customer.

    >>> from retrato.profiles.interaction import Interaction
    >>> def touch(day, channel, kind, **more):
    ...     return Interaction(datetime(2024, 5, day), channel, kind, **more)
    >>> way = touch(1, "web", "visit", campaign="spring"), touch(2, "phone", "call"), touch(3, "shop", "order")
    >>> print(*journeys([*way, touch(4, "web", "visit")]), sep="\n")
    1: web > phone > shop, 3 touches, from campaign spring, to order
    2: web, 1 touch
    """
    done: set[tuple[str, str | None]] = set()
    way: list[Interaction] = []
    found: list[Journey] = []
    kinds = frozenset(conversions)
    for each in touches(interactions):
        converts = each.kind in kinds
        if converts and _converted(each, done):
            continue
        way.append(each)
        if converts:
            found.append(_journey(len(found) + 1, way, each))
            way = []
    return (*found, _journey(len(found) + 1, way, None)) if way else tuple(found)


def _converted(each: Interaction, done: set[tuple[str, str | None]]) -> bool:
    """Whether the thread of an interaction has had its conversion; now it has."""
    thread = thread_of(each)
    if thread is None:
        return False
    if thread in done:
        return True
    done.add(thread)
    return False


def _journey(number: int, way: Sequence[Interaction], end: Interaction | None) -> Journey:
    campaigns = [each.campaign for each in way if each.campaign is not None]
    path = [channel for channel, _ in groupby(each.channel for each in way if each.channel is not None)]
    thread = end and thread_of(end)
    converted: tuple[Any, ...] = (
        () if end is None else (end.kind, end.event, thread and thread[0], end.amount, end.currency)
    )
    return Journey(
        number,
        way[0].time,
        way[-1].time,
        len(way),
        tuple(path[:STEPS]),
        way[0].channel,
        way[0].kind,
        next(iter(campaigns), None),
        next((each.referrer for each in way if each.referrer is not None), None),
        way[-1].channel,
        next(reversed(campaigns), None),
        *converted,
    )


def hand_overs(interactions: Iterable[Interaction]) -> tuple[HandOver, ...]:
    """The hand-overs of one customer, in order.

    >>> from retrato.profiles.interaction import Interaction
    >>> call = Interaction(datetime(2024, 5, 1), "phone", "call", area="sales")
    >>> print(*hand_overs([call, Interaction(datetime(2024, 5, 2), "whatsapp", "message", "in", area="sales")]))
    2024-05-02 00:00  phone > whatsapp
    """
    taken_part = [each for each in touches(interactions) if each.kind not in BROADCAST]
    return tuple(_hand_overs(taken_part))


def _soon(before: datetime | None, time: datetime | None) -> bool:
    return before is not None and time is not None and time - before <= timedelta(days=HAND_OVER_DAYS)


def _hand_overs(ordered: Sequence[Interaction]) -> Iterator[HandOver]:
    for before, each in pairwise(ordered):
        areas = before.area, each.area
        elsewhere = before.channel != each.channel or (None not in areas and before.area != each.area)
        thread = thread_of(each)
        together = thread is not None and thread == thread_of(before)
        if elsewhere and (together or _soon(before.time, each.time)):
            yield HandOver(
                each.time, each.event, before.event, before.channel, each.channel, before.area, each.area,
                thread[0] if thread is not None and together else None,
            )  # fmt: skip
