"""Signals for the next best action: facts that somebody should act on, each with its evidence.

A *signal rule* is a function from a `Context` to a `Signal`, or None. Those of the package are in `SIGNALS`; whoever
has others gives them to `Profile.signals(rules=(*SIGNALS, mine))`.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, TypeAlias

from retrato.profiles.interaction import money
from retrato.profiles.preferences import HOURS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from retrato.profiles.context import Context

#: A cart is worth a word for so many days; a special day is told so many days before.
CART_DAYS, DAYS_BEFORE = 30, 7
#: A promise that was not kept is told for so many days.
PROMISE_DAYS = 30
#: How many of the last purchases show where somebody pays.
LAST_PURCHASES = 3


@dataclass(frozen=True, slots=True)
class Signal:
    """A fact that somebody should act on.

    `priority` 1 comes first. `evidence` is what shows it: threads, interactions, values. After `expires` (UTC; None:
    never by itself) it is a fact no longer.

    >>> print(Signal("birthday", "birthday in 5 days", 4))
    birthday in 5 days
    """

    name: str
    sentence: str
    priority: int
    evidence: tuple[Any, ...] = ()
    expires: datetime | None = None

    def __str__(self) -> str:
        return self.sentence


SignalRule: TypeAlias = "Callable[[Context], Signal | None]"


def complaint_open(context: Context) -> Signal | None:
    """A ticket is open."""
    if not context.complaints:
        return None
    first = min(context.complaints, key=lambda each: each.started_at or datetime.max)
    since = f" since {_day(first.started_at, context)}" if first.started_at else ""
    return Signal("complaint_open", f"complaint {first.thread} open{since}: no offers", 1, context.complaints)


def call_back_owed(context: Context) -> Signal | None:
    """The customer asked for a call, and nobody has called."""
    asked = context.call_back
    if asked is None or asked.time is None:
        return None
    return Signal("call_back_owed", f"call back owed since {_day(asked.time, context)}", 1, (asked,))


def promise_due(context: Context) -> Signal | None:
    """Something was promised for one of the next days, or for a day that has passed."""
    soon = context.at + timedelta(days=DAYS_BEFORE)
    due = [each for each in context.promises if each.due_at is not None and _is_current(each.due_at, context, soon)]
    if not due or due[0].due_at is None:
        return None
    first = due[0]
    late = due[0].due_at < context.at
    told = f"promised for {due[0].due_at:%Y-%m-%d}: {first.text or first.thread or first.kind}"
    return Signal("promise_due", f"{told}{', and the day has passed' if late else ''}", 1 if late else 2, tuple(due))


def message_unanswered(context: Context) -> Signal | None:
    """The customer had the last word."""
    if not context.unanswered:
        return None
    last = context.unanswered[0]
    since = f" since {_day(last.last_at, context)}" if last.last_at else ""
    return Signal("message_unanswered", f"message by {last.last_channel} unanswered{since}", 2, (last,))


def cart_open(context: Context) -> Signal | None:
    """A cart was left, not long ago."""
    carts = [each for each in context.open_threads if each.thread_kind == "cart" and each.last_at is not None]
    left = next((each for each in carts if context.at - (each.last_at or context.at) <= timedelta(CART_DAYS)), None)
    if left is None or left.last_at is None:
        return None
    days = (context.at - left.last_at).days
    told = f"cart {left.thread} open {days} day{'' if days == 1 else 's'}"
    price = money(left.amount, left.currency)
    told += f" ({price})" if price else ""
    paid = [each.channel for each in context.purchases[-LAST_PURCHASES:] if each.channel]
    channel, times = Counter(paid).most_common(1)[0] if paid else ("", 0)
    if times == LAST_PURCHASES:
        told += f", paid the last {times} by {channel}"
    return Signal("cart_open", told, 3, (left, *context.purchases[-times:]), left.last_at + timedelta(CART_DAYS))


def special_day(context: Context) -> Signal | None:
    """A birthday, or the day of a contract, comes up."""
    coming = context.special_dates(within_days=DAYS_BEFORE)
    if not coming:
        return None
    day, what = coming[0]
    days = (day - context.at.date()).days
    when = "today" if days == 0 else f"in {days} day{'' if days == 1 else 's'}"
    ends = datetime.combine(day, datetime.min.time()) + timedelta(days=1)
    return Signal("special_day", f"{what} {when}", 4, coming[:1], ends)


def answers_when(context: Context) -> Signal | None:
    """The channel that the customer answers, and the hours."""
    known = context.preferences
    if known.use is None:
        return None
    when = "" if known.hours is None else f" between {known.hours[0]}:00 and {(known.hours[0] + HOURS) % 24}:00"
    how = f"{known.use.answered} of {known.use.contacts}"
    return Signal("answers_when", f"answers {known.channel}{when} ({how})", 5, (known,))


def satisfaction_falling(context: Context) -> Signal | None:
    """The last answer was worse than those before."""
    if context.satisfaction_trend != "down":
        return None
    *_, before, last = context.satisfaction
    told = f"satisfaction fell to {last.satisfaction:g}"
    return Signal("satisfaction_falling", told, 2, (before, last))


SIGNALS: tuple[SignalRule, ...] = (
    complaint_open,
    call_back_owed,
    promise_due,
    message_unanswered,
    satisfaction_falling,
    cart_open,
    special_day,
    answers_when,
)


def signals(context: Context, rules: Iterable[SignalRule] = SIGNALS) -> tuple[Signal, ...]:
    """What the rules find, the most urgent first; what has expired is left out."""
    found = [each for rule in rules if (each := rule(context)) is not None]
    holds = (each for each in found if each.expires is None or each.expires > context.at)
    return tuple(sorted(holds, key=lambda each: (each.priority, each.name)))


def _is_current(due: datetime, context: Context, soon: datetime) -> bool:
    return context.at - timedelta(days=PROMISE_DAYS) <= due <= soon


def _day(time: datetime | None, context: Context) -> str:
    """A day to read: its name in the last week, else the date."""
    if time is None:
        return "an unknown day"
    return f"{time:%A}" if context.at - time < timedelta(days=7) else f"{time:%Y-%m-%d}"
