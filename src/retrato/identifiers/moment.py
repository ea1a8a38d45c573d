"""Points in time: when an event happened, when a record was made or changed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, ClassVar

from retrato.identifiers.base import Feature, Field, Identifier, IdentifierType, Issue, Status
from retrato.identifiers.dates import read_date
from retrato.identifiers.day_order import DayOrdered
from retrato.identifiers.folding import fold
from retrato.identifiers.placeholders import is_absent, is_null
from retrato.identifiers.tables import headers
from retrato.identifiers.zones import in_use, in_zone, parted_zone

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pyarrow as pa


_CLOCK = re.compile(
    r"(?P<hour>\d{1,2})(?::|h\s?)(?P<minute>\d{2})(?::(?P<second>\d{2})(?:[.,](?P<fraction>\d{1,9}))?)?\s*(?:h|hrs?|horas)?\.?\s*"
    r"(?P<half>[ap]\.?\s?m\.?)?\s*(?P<utc>UTC|GMT|Z)?(?P<zone>[+-]\d{2}:?\d{2}|[+-]\d{2})?\s*(?:\([^)]*\))?",
    re.IGNORECASE | re.ASCII,
)
_EPOCH = re.compile(r"(\d{9,10}|\d{12,13}|\d{15,16})(\.\d+)?", re.ASCII)
_SERIAL = re.compile(r"(\d{5})\.(\d+)", re.ASCII)
_COMPACT = re.compile(r"(\d{8})[T ]?(\d{2})(\d{2})(\d{2})?(Z?)", re.ASCII)
_WEEKDAY = re.compile(r"^[^\W\d_]{2,9}\.?,\s*")
_EDGES = " \t\r\n[]\u200e\u200f\u202f"
_START = datetime(1970, 1, 1)
_SHEET_START = datetime(1899, 12, 30)
_NOT_A_MOMENT = Issue("not_a_moment", "the text is no date or time")
UNKNOWN_ZONE = Issue("unknown_zone", "the time is in a zone that is not known")


@dataclass(frozen=True)
class Moment(DayOrdered, IdentifierType):
    """A point in time as `YYYY-MM-DD HH:MM:SS.ffffff` in UTC.

    A time without a zone is that of clocks in the `time_zone`, or UTC, and a date is its midnight in UTC. A zone is an
    offset, a name of the IANA database, or one of the usual abbreviations; a time in any other is none.

    >>> Moment().parse("2024-03-05T10:22:00+01:00").value
    '2024-03-05 09:22:00.000000'
    >>> Moment().parse("05/03/2024 10:22").value
    '2024-03-05 10:22:00.000000'
    >>> Moment(time_zone="Europe/Madrid").parse("05/03/2024 10:22").value
    '2024-03-05 09:22:00.000000'
    """

    time_zone: str | None = None

    kind: ClassVar[str] = "moment"
    fields: ClassVar[Mapping[str, Field]] = {
        "event_time": Field("text", headers("event_time")),
        "created_at": Field("text", headers("created_at")),
        "updated_at": Field("text", headers("updated_at")),
    }
    features: ClassVar[tuple[Feature, ...]] = ()

    def parse_parts(self, parts: Mapping[str, str | None]) -> tuple[Identifier, ...]:
        """Read one cell: at most one identifier."""
        text = parts.get("text")
        if text is None or is_null(text):
            return ()
        when = read_moment(text, day_first=self.reads_day_first, time_zone=self.time_zone)
        if when is not None:
            return (Identifier(self.kind, text, when.isoformat(" ", "microseconds"), Status.VALID),)
        if is_absent(fold(text)) or text.startswith("0000-00-00"):
            return (Identifier(self.kind, text, None, Status.PLACEHOLDER),)
        bare, zone = parted_zone(text.strip(_EDGES))
        zoned = zone and read_moment(bare, day_first=self.reads_day_first) is not None
        issue = UNKNOWN_ZONE if zoned else _NOT_A_MOMENT
        return (Identifier(self.kind, text, None, Status.INVALID, issues=(issue,)),)

    def accept(self, table: pa.Table) -> pa.Table:
        """Days in digits, with a clock or without, and the seconds or milliseconds of an epoch."""
        from retrato.identifiers.columns.dates import accept_moments

        return accept_moments(self, table)

    def recognise(self, sample: Sequence[str]) -> Mapping[str, float]:
        """The share of values that are times of our days (2000 on) with a clock; dates alone say less."""
        if not sample:
            return {}
        score = 0.0
        for text in sample:
            when = (
                None
                if len(text) < 8 or (_EPOCH.fullmatch(text) and len(text) < 10)
                else read_moment(text, day_first=True)
            )
            if when is not None and 2000 <= when.year <= 2100:
                score += 0.9 if ":" in text else 0.4
        return {"event_time": score / len(sample)}


def read_moment(text: str, *, day_first: bool = True, time_zone: str | None = None) -> datetime | None:
    """Read a point in time, in UTC and without a zone of its own; None when the text is none.

    `time_zone` is where the clock of a time is that says no zone.

    >>> read_moment("1709634120").isoformat(), read_moment("5 Mar 2024 10:22 PM").isoformat()
    ('2024-03-05T10:22:00', '2024-03-05T22:22:00')
    """
    written = text.strip(_EDGES)
    if len(written) > 80:
        return None
    try:
        when, is_local = _read(written, day_first)
        if when is None or not is_local or time_zone is None:
            return when
        return in_zone(when, time_zone)
    except (ValueError, OverflowError):
        return None


def _read(written: str, day_first: bool) -> tuple[datetime | None, bool]:
    """The time that a text says, and whether it has a clock without a zone."""
    try:
        if len(written) >= 10 and written[4] == "-":
            when = datetime.fromisoformat(written)
            return _utc(when), when.tzinfo is None and len(written) > 10
    except (ValueError, OverflowError):
        pass
    bare, zone = parted_zone(written)
    found, is_local = _number(bare)
    if found is None:
        found, is_local = _parted(_WEEKDAY.sub("", bare), day_first)
    return (in_zone(found, zone), False) if found and zone else (found, is_local)


def _utc(when: datetime) -> datetime | None:
    if when.tzinfo is None:
        return when
    away = when.utcoffset() or timedelta()
    return when.astimezone(UTC).replace(tzinfo=None) if in_use(away) else None


def _number(text: str) -> tuple[datetime | None, bool]:
    if not text[:1].isdigit():
        return None, False
    compact = _COMPACT.fullmatch(text)
    if compact is not None and "1900" <= text[:4] <= "2100":
        day = read_date(compact[1])
        if day is not None and day.real:
            when = datetime.fromisoformat(f"{day.key}T{compact[2]}:{compact[3]}:{compact[4] or '00'}")
            return when, not compact[5]
    epoch = _EPOCH.fullmatch(text)
    if epoch is not None:
        unit = 10 ** (6 if len(epoch[1]) <= 10 else 3 if len(epoch[1]) <= 13 else 0)
        micros = int(epoch[1]) * unit + (round(float(epoch[2]) * unit) if epoch[2] else 0)
        return _START + timedelta(microseconds=micros), False
    serial = _SERIAL.fullmatch(text)
    if serial is not None:
        return _SHEET_START + timedelta(seconds=round(float(text) * 86400)), True
    return None, False


def _parted(text: str, day_first: bool) -> tuple[datetime | None, bool]:
    clock = next((found for found in _CLOCK.finditer(text) if found.start() > 5 or found.end() < len(text)), None)
    day_text = text if clock is None else f"{text[: clock.start()]} {text[clock.end() :]}"
    day = read_date(day_text.strip(" ,T-\t"), day_first=day_first)
    if day is None or not day.real or day.precision < 3:
        return None, False
    midnight = datetime.fromisoformat(day.key)
    if clock is None:
        return midnight, False
    return _utc_shift(midnight, clock), not (clock["utc"] or clock["zone"])


def _utc_shift(midnight: datetime, clock: re.Match[str]) -> datetime | None:
    hour, minute, second = int(clock["hour"]), int(clock["minute"]), int(clock["second"] or 0)
    half = (clock["half"] or "").lower()[:1]
    if half and 1 <= hour <= 12:
        hour = hour % 12 + (12 if half == "p" else 0)
    if hour > 24 or minute > 59 or second > 60 or (hour == 24 and (minute or second)):
        return None
    micros = int((clock["fraction"] or "0")[:6].ljust(6, "0")) if clock["fraction"] else 0
    when = midnight + timedelta(hours=hour, minutes=minute, seconds=second, microseconds=micros)
    zone = (clock["zone"] or "").replace(":", "")
    if zone[:1] in {"+", "-"}:
        away = timedelta(hours=int(zone[1:3]), minutes=int(zone[3:5] or 0))
        if not in_use(away):
            return None
        when = when - away if zone[0] == "+" else when + away
    return when
