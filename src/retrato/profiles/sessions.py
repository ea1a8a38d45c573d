"""Visits: what somebody did on one device without a long pause.

A visit that its own system has numbered is what that number says. Elsewhere whatever a customer does on one device or
cookie is one visit until nothing has happened for some time (`InteractionRules.session_minutes`, as web analytics
count). What is sent to a device is no part of a visit.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import timedelta
from typing import TYPE_CHECKING

from retrato.profiles.threads import VISIT

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Mapping
    from datetime import datetime

    from retrato.profiles.interaction import Interaction


def sessions(interactions: Iterable[Interaction], *, minutes: int = 30) -> Mapping[int, int]:
    """The events of one customer that are part of a visit, each with the number of the event that began it.

    >>> from datetime import datetime
    >>> from retrato.profiles.interaction import Interaction, Used
    >>> laptop = (Used("device_id", "7f3a"),)
    >>> def seen(event, *clock):
    ...     return Interaction(datetime(2024, 5, 2, *clock), event=event, identifiers=laptop)
    >>> sessions([seen(1, 9, 0), seen(2, 9, 20), seen(3, 12, 0)])
    {1: 1, 2: 1, 3: 3}
    """
    on_device: dict[Hashable, list[tuple[datetime, int]]] = defaultdict(list)
    for each in sorted(interactions, key=lambda each: each.place_in_time):
        if each.time is not None and each.event is not None and each.direction != "out":
            if each.thread_kind == VISIT and each.thread is not None:
                on_device[each.source, each.thread].append((each.time, each.event))
            elif each.device is not None:
                on_device[each.device].append((each.time, each.event))
    found = {}
    for key, visits in on_device.items():
        numbered = isinstance(key, tuple)
        before, began = visits[0]
        for time, event in visits:
            if not numbered and time - before > timedelta(minutes=minutes):
                began = event
            before = time
            found[event] = began
    return found
