"""Dates as people, forms and spreadsheets write them, to `yyyy-mm-dd`: for birth dates, date attributes and moments."""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date, timedelta
from typing import NamedTuple

from retrato.identifiers.folding import fold

_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "january jan enero ene janeiro", "february feb febrero febr fevereiro fev", "march mar marzo marco",
            "april apr abril abr",
            "may mayo maio mai", "june jun junio junho", "july jul julio julho",
            "august aug agosto ago",
            "september sep sept septiembre setiembre set setembro", "october oct octubre outubro out",
            "november nov noviembre novembro", "december dec diciembre dic dezembro dez",
        ),
        start=1,
    )
    for name in names.split()
}  # fmt: skip
_ROMAN = {name: number for number, name in enumerate("i ii iii iv v vi vii viii ix x xi xii".split(), start=1)}  # noqa: SIM905
_ROMAN_MONTH = re.compile(rf"(\d{{1,2}}) ({'|'.join(_ROMAN)}) (\d{{4}}|\d{{2}})")
_CLOCK = re.compile(r"\b\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?", re.ASCII)
_ISO = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[T ].*)?", re.ASCII | re.DOTALL)
_DAY_MONTH = re.compile(r"(\d{1,2})\s*[-/. ]\s*(\d{1,2})\s*[-/. ]\s*(\d{4}|\d{2})(?:[T ,].*)?", re.ASCII | re.DOTALL)
_MONTH_YEAR = re.compile(r"(\d{1,2})[-/.](\d{4})", re.ASCII)
_YEAR_MONTH = re.compile(r"(\d{4})[-/.](\d{1,2})", re.ASCII)
_NUMBER = re.compile(r"(\d+)(?:\.\d*)?", re.ASCII)
#: Day 0 of the spreadsheet calendar (its 1900 has a 29 February, so day 60 and later count from here).
SHEET_EPOCH = date(1899, 12, 30)
SHEET_LAST = 73415  # the end of the year 2100
#: Two-digit years up to this one are of the 2000s. Fixed, so that a result does not depend on the day of the run.
PIVOT = 25
FIRST_YEAR, LAST_YEAR = 1000, 2100
#: Eight digits are a date only from this year on (others are some number).
PLAUSIBLE_FROM = 1500


class DateReading(NamedTuple):
    """A date as read: the key (`yyyy-mm-dd`, `yyyy-mm` or `yyyy`), and whether the calendar has it.

    `precision` is 3 for a day, 2 for a month, 1 for a year. `issue` is empty, `month_first` (an American order in a
    day-first column), `day_first` (the reverse), `two_digit_year`, `spreadsheet_number` or `impossible`.
    """

    key: str
    real: bool
    precision: int
    issue: str = ""


def read_date(text: str, *, day_first: bool = True) -> DateReading | None:
    """Read a date, or None when the text is none. A day that no calendar has keeps its digits, with `real=False`.

    >>> read_date("09/04/1956").key, read_date("3 de mayo de 1980").key, read_date("19561332")
    ('1956-04-09', '1980-05-03', DateReading(key='1956-13-32', real=False, precision=3, issue='impossible'))
    """
    if len(text) == 10 and text[4] == "-" == text[7] and text >= "1000":
        try:
            date.fromisoformat(text)
        except ValueError:
            pass
        else:
            return DateReading(text, text < "2101", 3)
    iso = _ISO.fullmatch(text)
    if iso is not None:
        return _day(int(iso[1]), int(iso[2]), int(iso[3]))
    written = text.strip()
    if written.isdigit() and written.isascii():
        return _digits(written, day_first)
    if written != text and _ISO.fullmatch(written):
        return read_date(written, day_first=day_first)
    parted = _DAY_MONTH.fullmatch(written)
    if parted is not None:
        return _day_month(int(parted[1]), int(parted[2]), parted[3], day_first)
    for pattern, month, year in ((_MONTH_YEAR, 1, 2), (_YEAR_MONTH, 2, 1)):
        found = pattern.fullmatch(written)
        if found is not None:
            return _month(int(found[year]), int(found[month]))
    number = _NUMBER.fullmatch(written)
    if number is not None:
        return _digits(number[1], day_first)
    return _worded(fold(_CLOCK.sub(" ", written))) if len(written) <= 60 else None


def _day(year: int, month: int, day: int, issue: str = "") -> DateReading:
    """A day; a month or a year where a system has written 0 for what it does not know."""
    plausible = FIRST_YEAR <= year <= LAST_YEAR
    if day == 0 and plausible and 0 <= month <= 12:
        return DateReading(f"{year:04d}-{month:02d}" if month else f"{year:04d}", True, 2 if month else 1, issue)
    real = plausible and 1 <= month <= 12 and 1 <= day <= (28 if day <= 28 else monthrange(year, month)[1])
    return DateReading(f"{year:04d}-{month:02d}-{day:02d}", real, 3, issue if real else "impossible")


def _month(year: int, month: int) -> DateReading | None:
    if not FIRST_YEAR <= year <= LAST_YEAR:
        return None
    if month == 0:
        return DateReading(f"{year:04d}", True, 1)
    return DateReading(f"{year:04d}-{month:02d}", 1 <= month <= 12, 2, "" if 1 <= month <= 12 else "impossible")


def _day_month(first: int, second: int, year_text: str, day_first: bool) -> DateReading:
    year, issue = int(year_text), ""
    if len(year_text) == 2 and (first or second):
        year, issue = year + (2000 if year <= PIVOT else 1900), "two_digit_year"
    day, month = (first, second) if day_first else (second, first)
    if month > 12 >= day:
        day, month = month, day
        issue = "month_first" if day_first else "day_first"
    return _day(year, month, day, issue)


def _digits(digits: str, day_first: bool) -> DateReading | None:
    if len(digits) == 8:
        forward = _day(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
        plausible = PLAUSIBLE_FROM <= int(digits[:4]) <= LAST_YEAR
        if forward.real and plausible:
            return forward
        backward = _day_month(int(digits[:2]), int(digits[2:4]), digits[4:], day_first)
        if backward.real and PLAUSIBLE_FROM <= int(digits[4:]) <= LAST_YEAR:
            return backward
        return forward
    if len(digits) == 14 and PLAUSIBLE_FROM <= int(digits[:4]) <= LAST_YEAR:
        return _digits(digits[:8], day_first)
    if len(digits) == 4 and FIRST_YEAR <= int(digits) <= LAST_YEAR:
        return DateReading(digits, True, 1)
    if 4 <= len(digits) <= 5 and LAST_YEAR < int(digits) <= SHEET_LAST:
        day = SHEET_EPOCH + timedelta(days=int(digits))
        return DateReading(day.isoformat(), True, 3, "spreadsheet_number")
    return None


def _worded(folded: str) -> DateReading | None:
    """A date with the month as a word: `3 de mayo de 1980`, `May 3rd, 1980`, `03-may-80`, `3-V-1980`, `mayo 1980`."""
    roman = _ROMAN_MONTH.fullmatch(folded)
    if roman is not None:
        return _day_month(int(roman[1]), _ROMAN[roman[2]], roman[3], True)
    tokens = re.findall(r"[a-z]+|\d+", folded)
    months = [token for token in tokens if token in _MONTHS]
    if len(months) > 1 and tokens[0] == "mar":  # Tuesday
        del months[0]
    numbers = [token for token in tokens if token.isdigit()]
    if not months or not 1 <= len(numbers) <= 6:
        return None
    return _worded_day(_MONTHS[months[0]], numbers)


def _worded_day(month: int, numbers: list[str]) -> DateReading | None:
    if len(numbers) == 1:
        return _month(int(numbers[0]), month) if len(numbers[0]) == 4 else None
    first, second = numbers[:2]
    if len(first) == 4 and len(second) <= 2:
        return _day(int(first), month, int(second))
    if len(first) <= 2 and len(second) in (2, 4):
        return _day_month(int(first), month, second, True)
    return None
