"""Days in whole columns: the common ways to write a date in digits, read at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, TypeAlias

import numpy as np

from retrato.identifiers.columns.written import Written, chunks
from retrato.identifiers.dates import FIRST_YEAR, LAST_YEAR, PIVOT, PLAUSIBLE_FROM, SHEET_EPOCH, SHEET_LAST

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pyarrow as pa
    from numpy.typing import NDArray

    Numbers: TypeAlias = NDArray[np.int64]

#: How days are written: `y`, `m`, `d` digits of year, month and day, `a` and `b` of day and month in either order,
#: `n` of a spreadsheet's day number, `-` a separator. What may follow stands in `_AFTER`.
LAYOUTS = (
    "yyyy-mm-dd", "aa-bb-yyyy", "yyyymmdd", "a-b-yyyy", "a-bb-yyyy", "aa-b-yyyy", "aa-bb-yy", "a-b-yy", "a-bb-yy",
    "aa-b-yy", "yyyy-m-d", "yyyy-m-dd", "yyyy-mm-d", "nnnnn",
)  # fmt: skip
_SEPARATORS = {"y": "-/.", "a": "-/. "}
#: Marks behind which more may follow (a time), by the first letter of the layout and whether it has separators.
_AFTER = {"y": "T ", "a": "T ,"}
_SHEET_START = np.datetime64(SHEET_EPOCH, "D")

#: What may be worth knowing about a day, as a number: the codes of `DateReading.issue`.
ISSUES = ("", "month_first", "day_first", "two_digit_year", "spreadsheet_number")


class Found(NamedTuple):
    """The rows of one piece of a column that are written in one layout: their numbers, and where the date ends."""

    texts: Written
    first: int
    layout: str
    rows: NDArray[np.int64]
    numbers: dict[str, Numbers]

    @property
    def end(self) -> int:
        """The place behind the date."""
        return len(self.layout)

    def only(self, chosen: NDArray[np.bool_]) -> Found:
        """Some of the rows."""
        return self._replace(
            rows=self.rows[chosen], numbers={name: each[chosen] for name, each in self.numbers.items()}
        )


def found_dates(column: pa.ChunkedArray) -> Iterator[Found]:
    """The texts of a column that begin with a date in digits, layout by layout; no row comes twice."""
    for first, texts in chunks(column):
        left = np.flatnonzero(texts.lengths >= min(map(len, LAYOUTS)))
        for layout in LAYOUTS:
            if not len(left):
                break
            found, written = _in_layout(texts, first, layout, left)
            if written.any():
                left = left[~written]
                yield found


def _in_layout(texts: Written, first: int, layout: str, left: NDArray[np.int64]) -> tuple[Found, NDArray[np.bool_]]:
    """Those of the rows `left` that are written in a layout, and which they are."""
    after = _AFTER[layout[0]] if "-" in layout else ""
    is_end = texts.lengths[left] == len(layout)
    candidates = np.flatnonzero(is_end | texts.among(left, len(layout), after) if after else is_end)
    for place, mark in enumerate(layout):
        if mark == "-":
            candidates = candidates[texts.among(left[candidates], place, _SEPARATORS[layout[0]])]
    numbers: dict[str, Numbers] = {}
    good = np.ones(len(candidates), bool)
    for letter in dict.fromkeys(layout.replace("-", "")):
        numbers[letter], are = texts.digits(left[candidates], layout.index(letter), layout.count(letter))
        good &= are
    written = np.zeros(len(left), bool)
    written[candidates[good]] = True
    return Found(texts, first, layout, left[candidates], numbers).only(good), written


class Days(NamedTuple):
    """Days of the calendar: the rows that have them, the day, and what is worth knowing (a number of `ISSUES`)."""

    found: Found
    day: NDArray[np.datetime64]
    issue: NDArray[np.int8]

    @property
    def item(self) -> NDArray[np.int64]:
        """The rows, as the whole column numbers them."""
        return self.found.rows + self.found.first


def read_days(column: pa.ChunkedArray, *, day_first: bool) -> Iterator[Days]:
    """The days of a column that are written in digits and that the calendar has; the text may go on behind them.

    They are those that `read_date` gives, where that finds a real day.

    >>> import pyarrow as pa
    >>> days = next(read_days(pa.chunked_array([["03/05/1980", "5/3/1980", "30/02/1980"]]), day_first=True))
    >>> days.item.tolist(), days.day.astype(str).tolist()
    ([0], ['1980-05-03'])
    """
    for found in found_dates(column):
        if "n" in found.numbers:
            serial = found.numbers["n"]
            chosen = (serial > LAST_YEAR) & (serial <= SHEET_LAST)
            day = _SHEET_START + serial[chosen].astype("timedelta64[D]")
            yield Days(found.only(chosen), day, np.full(len(day), ISSUES.index("spreadsheet_number"), np.int8))
            continue
        year, month, number, issue = _in_order(found, day_first)
        real, day = calendar_days(year, month, number)
        if found.layout == "yyyymmdd":
            real &= year >= PLAUSIBLE_FROM
        yield Days(found.only(real), day[real], issue[real])


def _in_order(found: Found, day_first: bool) -> tuple[Numbers, Numbers, Numbers, NDArray[np.int8]]:
    year, issue = found.numbers["y"], np.zeros(len(found.rows), np.int8)
    if "a" not in found.numbers:
        return year, found.numbers["m"], found.numbers["d"], issue
    if found.layout.count("y") == 2:
        year = year + np.where(year <= PIVOT, 2000, 1900)
        issue[:] = ISSUES.index("two_digit_year")
    first, second = found.numbers["a"], found.numbers["b"]
    day, month = (first, second) if day_first else (second, first)
    other = (month > 12) & (day <= 12)
    issue[other] = ISSUES.index("month_first" if day_first else "day_first")
    return year, np.where(other, day, month), np.where(other, month, day), issue


def calendar_days(year: Numbers, month: Numbers, day: Numbers) -> tuple[NDArray[np.bool_], NDArray[np.datetime64]]:
    """Which days the calendar has (years 1000 to 2100), and the days (of the others any)."""
    months = ((year - 1970) * 12 + np.clip(month, 1, 12) - 1).astype("datetime64[M]")
    starts = months.astype("datetime64[D]")
    lengths = ((months + 1).astype("datetime64[D]") - starts).astype(np.int64)
    real = (month >= 1) & (month <= 12) & (day >= 1) & (day <= lengths)
    real &= (year >= FIRST_YEAR) & (year <= LAST_YEAR)
    return real, starts + (day - 1).astype("timedelta64[D]")
