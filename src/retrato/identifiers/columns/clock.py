"""Points in time in whole columns: a day and a clock, or the seconds of an epoch."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from retrato.identifiers.columns.written import chunks
from retrato.identifiers.zones import FARTHEST, in_zone

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pyarrow as pa
    from numpy.typing import NDArray

    from retrato.identifiers.columns.days import Days
    from retrato.identifiers.columns.written import Written

    Numbers: TypeAlias = NDArray[np.int64]
    Flags: TypeAlias = NDArray[np.bool_]
    Moments: TypeAlias = tuple[NDArray[np.int64], NDArray[np.datetime64], NDArray[np.bool_]]

#: Digits of a fraction of a second that are read, and those that count (microseconds).
_FRACTION, _COUNTED = 9, 6
#: Digits of an epoch, and what one unit is in microseconds: seconds, milliseconds.
_EPOCHS = {10: 1_000_000, 13: 1_000}


def times(days: Days) -> Moments:
    """The rows of days that end there or go on with a clock, when that is (`T10:22:33.5Z`, `, 10:22`), and whether it
    is a clock without a zone.

    Microseconds in UTC. The rows are numbered as in the whole column.
    """
    texts, rows, end = days.found.texts, days.found.rows, days.found.end
    bare = np.flatnonzero(texts.lengths[rows] == end)
    parted = texts.among(rows, end, ",") & texts.among(rows, end + 1, " ")
    clocked = np.flatnonzero(parted | texts.among(rows, end, "T "))
    micros, good, is_local = _clock(texts, rows[clocked], end + 1 + parted[clocked])
    chosen = np.concatenate([bare, clocked[good]])
    after = np.concatenate([np.zeros(len(bare), np.int64), micros[good]])
    when = days.day[chosen].astype("datetime64[us]") + after.astype("timedelta64[us]")
    return days.item[chosen], when, np.concatenate([np.zeros(len(bare), bool), is_local[good]])


def epochs(column: pa.ChunkedArray) -> Iterator[Moments]:
    """The rows that are seconds (10 digits) or milliseconds (13 digits) since 1970 began, and when that is (UTC)."""
    for first, texts in chunks(column):
        for length, unit in _EPOCHS.items():
            rows = np.flatnonzero(texts.lengths == length)
            number, are = texts.digits(rows, 0, length)
            when = (number[are] * unit).astype("datetime64[us]")
            yield rows[are] + first, when, np.zeros(len(when), bool)


def in_utc(when: NDArray[np.datetime64], zone: str) -> tuple[NDArray[np.datetime64], Flags]:
    """The times in UTC of clocks in a zone, and whether that is sure: on the days when clocks are put on or back, not.

    >>> clocks = np.array(["2025-05-02T10:00", "2025-10-26T02:30"], "datetime64[us]")
    >>> when, sure = in_utc(clocks, "Europe/Madrid")
    >>> when.astype(str).tolist()[0], sure.tolist()
    ('2025-05-02T08:00:00.000000', [True, False])
    """
    days, place = np.unique(when.astype("datetime64[D]"), return_inverse=True)
    begins, ends = (_midnights(days + after, zone) for after in (0, 1))
    whole = ends - begins == np.timedelta64(1, "D")
    return when + (begins - days)[place], whole[place]


def _midnights(days: NDArray[np.datetime64], zone: str) -> NDArray[np.datetime64]:
    midnights = days.astype("datetime64[us]").tolist()
    return np.array([in_zone(midnight, zone) for midnight in midnights], "datetime64[us]")


def _clock(texts: Written, rows: NDArray[np.int64], place: Numbers) -> tuple[Numbers, Flags, Flags]:
    """The microseconds from midnight (UTC) to what the rest of the text says, whether that is a clock, and without a
    zone.
    """
    short = texts.among(rows, place + 1, ":")
    one, one_digit = texts.digits(rows, place, 1)
    two, two_digits = texts.digits(rows, place, 2)
    hour = np.where(short, one, two)
    place = place + np.where(short, 1, 2)
    minute, minute_digits = texts.digits(rows, place + 1, 2)
    good = np.where(short, one_digit, two_digits) & minute_digits & texts.among(rows, place, ":")
    micros, place, seconds_good = _seconds(texts, rows, place + 3)
    away, end, zone_good = _zone(texts, rows, place)
    good &= (hour < 24) & (minute < 60) & seconds_good & zone_good & (texts.lengths[rows] == end)
    return (hour * 60 + minute - away) * 60_000_000 + micros, good, end == place


def _seconds(texts: Written, rows: NDArray[np.int64], place: Numbers) -> tuple[Numbers, Numbers, Flags]:
    """`:33` or `:33.5`, or nothing: microseconds, the place behind, and whether it is so."""
    there = np.flatnonzero(texts.among(rows, place, ":"))
    micros, good, place = np.zeros(len(rows), np.int64), np.ones(len(rows), bool), place.copy()
    second, digits = texts.digits(rows[there], place[there] + 1, 2)
    micros[there], good[there] = second * 1_000_000, digits & (second < 60)
    place[there] += 3
    part = there[texts.among(rows[there], place[there], ".,")]
    if len(part):
        fraction, count = _fraction(texts, rows[part], place[part] + 1)
        micros[part] += fraction
        good[part] &= count > 0
        place[part] += 1 + count
    return micros, place, good


def _fraction(texts: Written, rows: NDArray[np.int64], place: Numbers) -> tuple[Numbers, Numbers]:
    """The microseconds that the digits from a place on stand for, and how many digits there are."""
    micros, count = np.zeros(len(rows), np.int64), np.zeros(len(rows), np.int64)
    going = np.ones(len(rows), bool)
    for step in range(_FRACTION):
        digit, is_digit = texts.digits(rows, place + step, 1)
        going &= is_digit
        count += going
        if step < _COUNTED:
            micros += np.where(going, digit, 0) * 10 ** (_COUNTED - 1 - step)
        if not going.any():
            break
    return micros, count


def _zone(texts: Written, rows: NDArray[np.int64], place: Numbers) -> tuple[Numbers, Numbers, Flags]:
    """`Z`, `+01:00`, `-0600` or nothing: minutes ahead of UTC, the place behind, and whether it is so."""
    away, good, place = np.zeros(len(rows), np.int64), np.ones(len(rows), bool), place.copy()
    place[texts.among(rows, place, "Z")] += 1
    there = np.flatnonzero(texts.among(rows, place, "+-") & ~texts.among(rows, place - 1, "Z"))
    if len(there):
        own, sign = rows[there], np.where(texts.among(rows[there], place[there], "-"), -1, 1)
        hours, hour_digits = texts.digits(own, place[there] + 1, 2)
        colon = texts.among(own, place[there] + 3, ":").astype(np.int64)
        minutes, minute_digits = texts.digits(own, place[there] + 3 + colon, 2)
        away[there] = sign * (hours * 60 + minutes)
        good[there] = hour_digits & minute_digits & (hours <= FARTHEST) & (minutes < 60)
        place[there] += 5 + colon
    return away, place, good
