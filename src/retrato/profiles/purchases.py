"""What somebody bought: orders and payments, each once, with what the thread that they are part of says in the end."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from retrato.profiles.interaction import money
from retrato.profiles.threads import thread_of, threads

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from retrato.profiles.interaction import Interaction

#: The kinds that are a purchase.
BUYING = frozenset({"order", "payment"})
#: States of a thread that end without one.
UNDONE = frozenset({"cancelled", "refunded"})


@dataclass(frozen=True, slots=True)
class Purchase:
    """One purchase: a row of the table `purchases`, where the columns are described.

    >>> print(Purchase(None, 89.0, "EUR", "CART-31", channel="app"))
    89.00 EUR, app, CART-31
    """

    time: datetime | None
    amount: float | None = None
    currency: str | None = None
    thread: str | None = None
    channel: str | None = None
    place: str | None = None
    event: int | None = None
    source: str | None = None

    def __str__(self) -> str:
        day = self.time and f"{self.time:%Y-%m-%d}"
        told = (day, money(self.amount, self.currency), self.channel, self.place, self.thread)
        return ", ".join(part for part in told if part)


def purchases(interactions: Iterable[Interaction]) -> tuple[Purchase, ...]:
    """The purchases of one customer, in order.

    Orders and payments of one thread are one purchase, at the time of the first, for the amount that was told last; one
    that was cancelled or refunded is none.

    >>> from datetime import datetime
    >>> from retrato.profiles.interaction import Interaction
    >>> def touch(day, kind, amount=None, **more):
    ...     return Interaction(datetime(2024, 5, day), "web", kind, thread="CART-31", amount=amount, **more)
    >>> print(*purchases([touch(1, "cart"), touch(2, "order", 90.0), touch(3, "payment", 89.0)]))
    2024-05-02, 89.00, web, CART-31
    """
    told = sorted((each for each in interactions if each.duplicate_of is None), key=lambda each: each.place_in_time)
    ends = {(each.thread, each.source): each for each in threads(told)}
    buying: dict[object, list[Interaction]] = defaultdict(list)
    for each in told:
        if each.kind in BUYING:
            buying[thread_of(each) or (each.event, each.event_key)].append(each)
    found = []
    for key, (first, *_) in buying.items():
        end = ends.get(key) if thread_of(first) else None  # type: ignore[call-overload]
        if end is None:
            price = first.amount, first.currency
        elif end.state in UNDONE:
            continue
        else:
            price = end.amount, end.currency
        thread = None if end is None else end.thread
        found.append(Purchase(first.time, *price, thread, first.channel, first.place, first.event, first.source))
    return tuple(found)
