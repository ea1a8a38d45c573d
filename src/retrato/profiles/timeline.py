"""The interactions of one customer, in the order in which they happened."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any, overload


@dataclass(frozen=True, slots=True)
class Interaction:
    """One touch, on one channel. `time` is in UTC. `attached_by` says how it was recognised as this customer's.

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
    place: str | None = None
    agent: str | None = None
    area: str | None = None
    text: str | None = None
    campaign: str | None = None
    referrer: str | None = None
    source: str | None = None
    event_key: str | None = None
    attached_by: str | None = None

    @classmethod
    def from_row(cls, row: Mapping[str, Any]) -> Interaction:
        """An interaction from a row of the table `timeline`; other columns are left out."""
        return cls(**{each.name: row.get(each.name) for each in fields(cls)})

    def __str__(self) -> str:
        time = "(no time)       " if self.time is None else format(self.time, "%Y-%m-%d %H:%M")
        money = None if self.amount is None else f"{self.amount:.2f} {self.currency or ''}".strip()
        told = (
            self.channel,
            self.kind,
            self.direction,
            self.thread,
            self.state,
            money,
            None if self.satisfaction is None else f"satisfaction {self.satisfaction:g}",
            self.place and f"at {self.place}",
            self.agent and f"by {self.agent}",
            self.area and f"in {self.area}",
            self.campaign and f"campaign {self.campaign}",
            self.referrer and f"from {self.referrer}",
            self.text and f'"{self.text}"',
        )
        return "  ".join((time, *(part for part in told if part)))


@dataclass(frozen=True, slots=True)
class Timeline(Sequence[Interaction]):
    """Interactions in time order; those without a time come last.

    >>> call = Interaction(datetime(2024, 5, 2), "phone", "call")
    >>> form = Interaction(datetime(2024, 5, 1), "web", "form")
    >>> timeline = Timeline.of([call, form])
    >>> [each.channel for each in timeline], len(timeline.filter(channel="phone"))
    (['web', 'phone'], 1)
    """

    interactions: tuple[Interaction, ...] = ()

    @classmethod
    def of(cls, interactions: Iterable[Interaction]) -> Timeline:
        """A timeline of interactions in any order; those at the same time stay as they come."""
        return cls(tuple(sorted(interactions, key=lambda each: (each.time is None, each.time or datetime.min))))

    @overload
    def __getitem__(self, place: int) -> Interaction: ...
    @overload
    def __getitem__(self, place: slice) -> Timeline: ...
    def __getitem__(self, place: int | slice) -> Interaction | Timeline:
        found = self.interactions[place]
        return Timeline(found) if isinstance(found, tuple) else found

    def __len__(self) -> int:
        return len(self.interactions)

    def __iter__(self) -> Iterator[Interaction]:
        return iter(self.interactions)

    def filter(
        self,
        *,
        channel: str | None = None,
        kind: str | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
    ) -> Timeline:
        """The interactions of a channel or kind, from `since` on and before `until` (UTC, naive)."""
        return Timeline(
            tuple(
                each
                for each in self.interactions
                if channel in (None, each.channel)
                and kind in (None, each.kind)
                and (since is None or (each.time is not None and each.time >= since))
                and (until is None or (each.time is not None and each.time < until))
            )
        )

    def __str__(self) -> str:
        return "\n".join(str(each) for each in self.interactions)
