"""One touch between a customer and the company."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import datetime
from math import floor
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

#: What a device or cookie is called among the identifiers of an interaction.
DEVICE = "device_id"


def money(amount: float | None, currency: str | None) -> str | None:
    """An amount to read; None where there is none.

    >>> money(89.0, "EUR"), money(None, "EUR")
    ('89.00 EUR', None)
    """
    return None if amount is None else f"{amount:.2f} {currency or ''}".strip()


#: Amounts are added as whole parts of this size, so that a sum does not depend on the order.
PARTS = 10_000


def parts(amount: float) -> int:
    """An amount in whole ten-thousandths.

    >>> sum(map(parts, [0.1, 0.2])) / PARTS
    0.3
    """
    return floor(amount * PARTS + 0.5)


@dataclass(frozen=True, slots=True)
class Used:
    """An identifier that came with an interaction.

    >>> print(Used("phone", "+34600111222"))
    phone +34600111222
    """

    kind: str
    value: str
    namespace: str = ""
    status: str = "valid"

    def __str__(self) -> str:
        kind = f"{self.kind}.{self.namespace}" if self.namespace else self.kind
        return f"{kind} {self.value}"


@dataclass(frozen=True, slots=True)
class Interaction:
    """One touch, on one channel: a row of the table `timeline`, where the columns are described.

    `time` is in UTC. `attached_by` says how it was recognised as this customer's, and `identifiers` what came with it.

    >>> print(Interaction(time=datetime(2024, 5, 2, 9, 30), channel="phone", kind="call", text="router is broken"))
    2024-05-02 09:30  phone  call  "router is broken"
    """

    time: datetime | None
    channel: str | None = None
    kind: str | None = None
    direction: str | None = None
    thread_kind: str | None = None
    thread: str | None = None
    state: str | None = None
    amount: float | None = None
    currency: str | None = None
    satisfaction: float | None = None
    due_at: datetime | None = None
    place: str | None = None
    agent: str | None = None
    area: str | None = None
    text: str | None = None
    campaign: str | None = None
    referrer: str | None = None
    source: str | None = None
    event_key: str | None = None
    customer_key: str | None = None
    attached_by: str | None = None
    event: int | None = None
    duplicate_of: int | None = None
    session: int | None = None
    identifiers: tuple[Used, ...] = ()

    @classmethod
    def from_row(cls, row: Mapping[str, Any], identifiers: tuple[Used, ...] = ()) -> Interaction:
        """An interaction from a row of the table `timeline`; other columns are left out."""
        given: dict[str, Any] = {each.name: row.get(each.name) for each in fields(cls)}
        return cls(**(given | {"identifiers": identifiers}))

    @property
    def place_in_time(self) -> tuple[Any, ...]:
        """What orders the interactions of a customer: the time (those without one come last), then their numbers."""
        untimed = self.time is None
        number = -1 if self.event is None else self.event
        return (untimed, self.time or datetime.min, number, self.source or "", self.event_key or "")

    @property
    def device(self) -> str | None:
        """The device or cookie that it came from; of several the first in order."""
        return min((each.value.lower() for each in self.identifiers if each.kind == DEVICE), default=None)

    def __str__(self) -> str:
        time = "(no time)       " if self.time is None else format(self.time, "%Y-%m-%d %H:%M")
        told = (
            self.channel,
            self.kind,
            self.direction,
            self.thread,
            self.state,
            money(self.amount, self.currency),
            None if self.satisfaction is None else f"satisfaction {self.satisfaction:g}",
            self.due_at and f"due {self.due_at:%Y-%m-%d %H:%M}",
            self.place and f"at {self.place}",
            self.agent and f"by {self.agent}",
            self.area and f"in {self.area}",
            self.campaign and f"campaign {self.campaign}",
            self.referrer and f"from {self.referrer}",
            self.text and f'"{self.text}"',
        )
        return "  ".join((time, *(part for part in told if part)))
