"""Birth dates, date attributes and moments in whole columns."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import numpy as np
import pyarrow as pa

from retrato.identifiers.columns.clock import epochs, in_utc, times
from retrato.identifiers.columns.days import ISSUES, read_days
from retrato.identifiers.date import BORN, FILLERS
from retrato.identifiers.dates import FIRST_YEAR

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from retrato.identifiers.attribute import Date
    from retrato.identifiers.columns.clock import Moments
    from retrato.identifiers.columns.days import Days
    from retrato.identifiers.date import BirthDate
    from retrato.identifiers.moment import Moment

    Columns: TypeAlias = tuple[NDArray[np.int64], NDArray[np.datetime64], NDArray[np.int8]]

#: The fillers that are days, so that a fast path can meet them.
FILLER_DAYS = np.array(sorted(each for each in FILLERS if len(each) == 10 and each >= str(FIRST_YEAR)), "datetime64[D]")
_ISSUES = pa.array(ISSUES)


def accept_birth_dates(kind: BirthDate, table: pa.Table) -> pa.Table:
    """The birth dates that are written in digits, and are no fillers and of an age in which people are born."""
    first, end = (np.datetime64(each, "D") for each in BORN)
    found = [
        _chosen(days, (days.day >= first) & (days.day < end) & ~np.isin(days.day, FILLER_DAYS))
        for days in read_days(table.column("text"), day_first=kind.reads_day_first)
    ]
    return _dates(found, "birth_date")


def accept_dates(kind: Date, table: pa.Table) -> pa.Table:
    """The dates that are written in digits and are no fillers."""
    found = [
        _chosen(days, ~np.isin(days.day, FILLER_DAYS))
        for days in read_days(table.column("text"), day_first=kind.reads_day_first)
    ]
    return _dates(found, kind.name, namespace=kind.namespace)


def accept_moments(kind: Moment, table: pa.Table) -> pa.Table:
    """The points in time that are a day in digits, alone or with a clock, or the seconds of an epoch."""
    item, when, is_local = moments(table.column("text"), day_first=kind.reads_day_first)
    if kind.time_zone is not None:
        known = np.ones(len(item), bool)
        when[is_local], known[is_local] = in_utc(when[is_local], kind.time_zone)
        item, when = item[known], when[known]
    return pa.table({"item": item, "value": pa.array(when, pa.timestamp("us")).cast(pa.string())})


def moments(column: pa.ChunkedArray, *, day_first: bool) -> Moments:
    """The rows of a column that are plain points in time, when they are (UTC), and which have a clock without a zone.

    >>> item, when, is_local = moments(pa.chunked_array([["soon", "05/03/2024 10:22"]]), day_first=True)
    >>> item.tolist(), when.astype(str).tolist(), is_local.tolist()
    ([1], ['2024-03-05T10:22:00.000000'], [True])
    """
    found = [times(days) for days in read_days(column, day_first=day_first)]
    found.extend(epochs(column))
    if not found:
        return np.zeros(0, np.int64), np.zeros(0, "datetime64[us]"), np.zeros(0, bool)
    item, when, is_local = (np.concatenate(each) for each in zip(*found, strict=True))
    return item, when, is_local


def _chosen(days: Days, chosen: NDArray[np.bool_]) -> Columns:
    return days.item[chosen], days.day[chosen], days.issue[chosen]


def _dates(found: Sequence[Columns], key: str, *, namespace: str = "") -> pa.Table:
    if not found:
        return pa.table({"item": pa.array([], pa.int64()), "value": pa.array([], pa.string())})
    items, days, issues = (np.concatenate(each) for each in zip(*found, strict=True))
    value = pa.array(days, pa.date32()).cast(pa.string())
    columns = {"item": pa.array(items), "value": value, key: value}
    if namespace:
        columns["namespace"] = pa.repeat(pa.scalar(namespace), len(items))
    if issues.any():
        columns["issues"] = _ISSUES.take(pa.array(issues))
    return pa.table(columns)
