"""Time zones that are written behind a time: names of the IANA database and the usual abbreviations."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from retrato.identifiers.memory import remembered

#: Hours from UTC of the zone that is farthest from it (Kiribati).
FARTHEST = 14

#: Hours from UTC. Of abbreviations with several meanings the European and American one holds.
_HOURS = {
    "UTC": 0, "GMT": 0, "Z": 0, "WET": 0, "WEST": 1, "BST": 1, "IST": 1, "CET": 1, "CEST": 2, "MEZ": 1, "MESZ": 2,
    "EET": 2, "EEST": 3, "MSK": 3, "EST": -5, "EDT": -4, "CST": -6, "CDT": -5, "MST": -7, "MDT": -6, "PST": -8,
    "PDT": -7, "AKST": -9, "AKDT": -8, "HST": -10, "AST": -4, "ADT": -3, "ART": -3, "BRT": -3, "UYT": -3, "PYT": -4,
    "BOT": -4, "CLT": -4, "CLST": -3, "VET": -4, "COT": -5, "PET": -5, "ECT": -5,
}  # fmt: skip

#: What stands behind the clock: a name in brackets or not, or letters that are no half of the day and no hours.
_BEHIND = re.compile(
    r"(?P<clock>\d:\d{2}(?::\d{2}(?:[.,]\d{1,9})?)?(?:\s?[AaPp]\.?[Mm]\.?)?)(?P<offset>[+-]\d{2}:?\d{2}|Z)?\s*"
    r"[\[(]?(?P<zone>[A-Za-z]+/[A-Za-z_/]+(?:[+-]\d{1,2})?|(?!(?:AM|PM|HRS?|H)\b)[A-Z]{2,5})[\])]?$"
)


def parted_zone(text: str) -> tuple[str, str]:
    """A written time without the zone behind it, and that zone: `""` where there is none, or an offset says it.

    >>> parted_zone("2025-05-02 10:00 Europe/Madrid"), parted_zone("02/05/2025 10:00 AM")
    (('2025-05-02 10:00', 'Europe/Madrid'), ('02/05/2025 10:00 AM', ''))
    """
    found = _BEHIND.search(text)
    if found is None:
        return text, ""
    if found["offset"]:
        return text[: found.end("offset")], ""
    return text[: found.end("clock")], found["zone"]


def in_zone(when: datetime, zone: str) -> datetime | None:
    """The time in UTC of a clock in a zone; None where the zone is not known. What a clock shows twice is the first.

    >>> in_zone(datetime(2025, 5, 2, 10), "CEST").isoformat(), in_zone(datetime(2025, 5, 2, 10), "Mars/Phobos")
    ('2025-05-02T08:00:00', None)
    """
    hours = _HOURS.get(zone)
    if hours is not None:
        return when - timedelta(hours=hours)
    known = _named(zone)
    return None if known is None else when.replace(tzinfo=known).astimezone(UTC).replace(tzinfo=None)


def is_zone(zone: str) -> bool:
    """Whether a zone is known.

    >>> is_zone("Europe/Madrid"), is_zone("Europe/Atlantis")
    (True, False)
    """
    return zone in _HOURS or _named(zone) is not None


def in_use(away: timedelta) -> bool:
    """Whether zones are so far away from UTC."""
    return abs(away) < timedelta(hours=FARTHEST + 1)


@remembered(1 << 8)
def _named(zone: str) -> ZoneInfo | None:
    try:
        return ZoneInfo(zone)
    except (LookupError, ValueError, OSError):
        return None
