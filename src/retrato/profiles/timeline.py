"""The interactions of one customer, in the order in which they happened."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, overload

from retrato.profiles.interaction import Interaction
from retrato.profiles.interaction_rules import InteractionRules
from retrato.profiles.journeys import HandOver, Journey, hand_overs, journeys, touches
from retrato.profiles.repeats import repeated
from retrato.profiles.sessions import sessions
from retrato.profiles.threads import Thread, threads

if TYPE_CHECKING:
    from datetime import datetime


@dataclass(frozen=True, slots=True)
class Timeline(Sequence[Interaction]):
    """Interactions in time order, each told once; those without a time come last.

    `repeats` are the interactions that only tell again what another system has told: `duplicate_of` is the number of
    that event.

    >>> from datetime import datetime
    >>> call = Interaction(datetime(2024, 5, 2), "phone", "call")
    >>> form = Interaction(datetime(2024, 5, 1), "web", "form")
    >>> timeline = Timeline.of([call, form])
    >>> [each.channel for each in timeline], len(timeline.filter(channel="phone"))
    (['web', 'phone'], 1)
    """

    interactions: tuple[Interaction, ...] = ()
    repeats: tuple[Interaction, ...] = ()
    rules: InteractionRules = field(default_factory=InteractionRules)

    @classmethod
    def of(cls, interactions: Iterable[Interaction], rules: InteractionRules | None = None) -> Timeline:
        """The timeline of one customer's interactions, in any order.

        Which of them repeat another, and which visits they are part of, is found anew: the timeline of two customers
        who turn out to be one is that of the interactions of both.
        """
        rules = rules or InteractionRules()
        given = tuple(interactions)
        same, visits = repeated(given), sessions(given, minutes=rules.session_minutes)
        found = (
            each
            if each.event is None
            else replace(each, duplicate_of=same.get(each.event), session=visits.get(each.event))
            for each in given
        )
        return cls.as_found(found, rules)

    @classmethod
    def as_found(cls, interactions: Iterable[Interaction], rules: InteractionRules | None = None) -> Timeline:
        """The timeline of interactions that are known to repeat others or not: all rows of a profile in `timeline`."""
        ordered = sorted(interactions, key=lambda each: each.place_in_time)
        told = tuple(each for each in ordered if each.duplicate_of is None)
        repeats = tuple(each for each in ordered if each.duplicate_of is not None)
        return cls(told, repeats, rules or InteractionRules())

    @overload
    def __getitem__(self, place: int) -> Interaction: ...
    @overload
    def __getitem__(self, place: slice) -> Timeline: ...
    def __getitem__(self, place: int | slice) -> Interaction | Timeline:
        found = self.interactions[place]
        return replace(self, interactions=found) if isinstance(found, tuple) else found

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
        return replace(
            self,
            interactions=tuple(
                each
                for each in self.interactions
                if channel in (None, each.channel)
                and kind in (None, each.kind)
                and (since is None or (each.time is not None and each.time >= since))
                and (until is None or (each.time is not None and each.time < until))
            ),
        )

    @property
    def threads(self) -> tuple[Thread, ...]:
        """Its carts, orders, tickets, conversations and the like, in the order in which they began."""
        return threads(self.interactions)

    @property
    def sessions(self) -> tuple[Timeline, ...]:
        """Its visits: what was done on one device without a long pause, in the order in which they began."""
        visits: dict[int, list[Interaction]] = {}
        for each in self.interactions:
            if each.session is not None:
                visits.setdefault(each.session, []).append(each)
        return tuple(replace(self, interactions=tuple(visit), repeats=()) for visit in visits.values())

    @property
    def journeys(self) -> tuple[Journey, ...]:
        """The ways to its conversions, and the one that leads nowhere yet."""
        return journeys(self.interactions, conversions=self.rules.conversions)

    @property
    def hand_overs(self) -> tuple[HandOver, ...]:
        """Where the customer went on elsewhere."""
        return hand_overs(self.interactions)

    @property
    def first_touch(self) -> Interaction | None:
        """How the customer came: the first interaction that is a touch."""
        return next(iter(touches(self.interactions)), None)

    def __str__(self) -> str:
        return "\n".join(str(each) for each in self.interactions)
