"""One event that several systems tell: which of them repeat another.

The shop reports an order, and so does the mailing tool. Events of one customer and thread, of the same kind and
direction, from different sources, are one event when they lie at most a day apart and their amounts do not contradict
each other. Of several such in one source, the first there is the first elsewhere, the second the second, and so on;
where all of them have amounts, this is counted by amount. Messages are only the same when they say the same.

The thread must mean the same in both systems (see `retrato.profiles.attachment.TELLING_THREAD`): order 17 of the shop
is not order 17 of the warehouse. An event that stands twice in one source, with the same key and the same contents, is
one as well.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from retrato.profiles.threads import thread_of

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Mapping

    from retrato.profiles.interaction import Interaction

#: What lies further apart is something else.
DAYS_APART = 1

#: Kinds of which two in one thread are only the same when their texts are.
SAID = frozenset({"message", "email", "sms", "sms_received", "note", "complaint", "survey", "ticket", "call"})

#: What is the same in an event that stands twice in one source.
CONTENTS = (
    "source", "event_key", "time", "kind", "channel", "direction", "thread", "state", "amount", "currency",
    "satisfaction", "text",
)  # fmt: skip


def repeated(interactions: Iterable[Interaction]) -> Mapping[int, int]:
    """The events of one customer that repeat another, each with the number of that.

    >>> from datetime import datetime
    >>> from retrato.profiles.interaction import Interaction
    >>> def order(event, source, day):
    ...     return Interaction(datetime(2024, 5, day), kind="order", thread="A-100", source=source, event=event)
    >>> repeated([order(1, "shop", 2), order(2, "mail", 2), order(3, "desk", 9)])
    {2: 1}
    """
    ordered = sorted(interactions, key=lambda each: each.place_in_time)
    told = {each.event: each for each in ordered if each.event is not None}
    rows: dict[Hashable, int] = {}
    alike: dict[Hashable, list[int]] = defaultdict(list)
    found: dict[int, int] = {}
    for event, each in told.items():
        row = rows.setdefault(tuple(getattr(each, name) for name in CONTENTS), event)
        if row != event:
            found[event] = row
        elif each.time is not None and (thread := thread_of(each)) is not None and thread[1] is None:
            said = (each.text or "").strip().lower() if each.kind in SAID else ""
            alike[thread, each.kind, each.direction, said].append(event)
    for group in alike.values():
        priced = all(told[event].amount is not None for event in group)
        turns: dict[Hashable, int] = defaultdict(int)
        same: dict[Hashable, list[int]] = defaultdict(list)
        for event in group:
            price, source = told[event].amount if priced else None, told[event].source
            turns[price, source] += 1
            same[price, turns[price, source]].append(event)
        for first, *others in same.values():
            found.update({other: first for other in others if _agree(told[first], told[other])})
    return found


def _agree(first: Interaction, other: Interaction) -> bool:
    near = first.time is not None and other.time is not None and other.time - first.time <= timedelta(days=DAYS_APART)
    return near and _fit(first.amount, other.amount) and _fit(first.currency, other.currency)


def _fit(one: Any, other: Any) -> bool:
    return one is None or other is None or one == other
