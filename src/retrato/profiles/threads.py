"""Threads: a cart, an order, a ticket, a conversation, whatever the channels on which it went on.

The state of a thread is the last that is said of it. Where no event says one, some kinds of events do (an order is
placed, a payment pays, a ticket opens one). What is to be done yet depends on what the thread is: a cart that is paid
is done with, a contract that is signed is in force, a conversation is open while the customer had the last word.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from retrato.profiles.attachment import TELLING_THREAD
from retrato.profiles.interaction import money

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from retrato.profiles.interaction import Interaction

#: A visit that its source has numbered; it is no thread.
VISIT = "session"

#: The state that an event of a kind stands for where it does not say one.
STATE_OF_KIND: Mapping[str, str] = {
    "order": "placed",
    "payment": "paid",
    "refund": "refunded",
    "delivery": "delivered",
    "contract": "signed",
    "contract_ended": "ended",
}
#: Kinds that begin something: their thread is open where nothing else says how it stands.
OPENING = frozenset({"cart", "ticket", "complaint", "lead", "form", "callback_request"})
OPEN = "open"
#: The states in which something is to be done yet, by what the thread is, and for all others.
UNSETTLED: Mapping[str, frozenset[str]] = {
    "cart": frozenset({OPEN, "pending", "abandoned"}),
    "order": frozenset({OPEN, "pending", "placed"}),
}
USUALLY_UNSETTLED = frozenset({OPEN, "pending"})
#: Threads that only a customer has: when nobody is known by their events, whoever they belong to is missing.
OF_CUSTOMERS = frozenset({"order", "ticket", "contract", "lead"})
#: A thread of this kind without a state is open while the customer had the last word.
CONVERSATION = "conversation"


@dataclass(frozen=True, slots=True)
class Thread:
    """What belongs together: a row of the table `threads`, where the columns are described.

    >>> from datetime import datetime
    >>> print(Thread("CART-31", "cart", datetime(2024, 5, 1), datetime(2024, 5, 2), channels=("web", "app")))
    cart CART-31, web > app
    """

    thread: str
    thread_kind: str | None = None
    started_at: datetime | None = None
    last_at: datetime | None = None
    interactions: int = 0
    channels: tuple[str, ...] = ()
    state: str | None = None
    is_open: bool = False
    amount: float | None = None
    currency: str | None = None
    last_kind: str | None = None
    last_channel: str | None = None
    last_direction: str | None = None
    source: str | None = None

    def __str__(self) -> str:
        named = " ".join(part for part in (self.thread_kind, self.thread, self.state) if part)
        told = (named, " > ".join(self.channels), money(self.amount, self.currency))
        return ", ".join(part for part in told if part)


def threads(interactions: Iterable[Interaction]) -> tuple[Thread, ...]:
    """The threads of one customer, in the order in which they began. What repeats another event does not count.

    >>> from datetime import datetime
    >>> from retrato.profiles.interaction import Interaction
    >>> def touch(day, channel, kind):
    ...     return Interaction(datetime(2024, 5, day), channel, kind, thread_kind="cart", thread="CART-31")
    >>> print(*threads([touch(1, "web", "cart"), touch(2, "app", "order"), touch(2, "app", "payment")]))
    cart CART-31 paid, web > app
    """
    groups: dict[tuple[str, str | None], list[Interaction]] = defaultdict(list)
    for each in sorted(interactions, key=lambda each: each.place_in_time):
        thread = thread_of(each)
        if each.duplicate_of is None and thread is not None:
            groups[thread].append(each)
    return tuple(_thread(thread, source, group) for (thread, source), group in groups.items())


def thread_of(each: Interaction) -> tuple[str, str | None] | None:
    """The thread of an interaction, with the source whose own number it is (None where it means the same everywhere).

    A visit is no thread.
    """
    if each.thread is None or each.thread_kind == VISIT:
        return None
    return each.thread, None if re.search(TELLING_THREAD, each.thread) else each.source


def _thread(thread: str, source: str | None, group: list[Interaction]) -> Thread:
    last = group[-1]
    timed = [each.time for each in group if each.time is not None]
    kind = next((each.thread_kind for each in group if each.thread_kind is not None), None)
    state = _state(group)
    priced = [each for each in group if each.amount is not None]
    return Thread(
        thread,
        kind,
        min(timed, default=None),
        max(timed, default=None),
        len(group),
        tuple(dict.fromkeys(each.channel for each in group if each.channel is not None)),
        state,
        _is_open(kind, state, last.direction),
        *((priced[-1].amount, priced[-1].currency) if priced else (None, None)),
        last.kind,
        last.channel,
        last.direction,
        source,
    )


def _state(group: list[Interaction]) -> str | None:
    """The last state that is said; what has no time says least."""
    untimed_first: Any = sorted(group, key=lambda each: each.time is not None)
    said = [each.state or STATE_OF_KIND.get(each.kind or "") for each in untimed_first]
    found = next((state for state in reversed(said) if state), None)
    return found or (OPEN if any(each.kind in OPENING for each in group) else None)


def _is_open(kind: str | None, state: str | None, last_direction: str | None) -> bool:
    if kind == CONVERSATION and state is None:
        return last_direction == "in"
    return state in UNSETTLED.get(kind or "", USUALLY_UNSETTLED)
