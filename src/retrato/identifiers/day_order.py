"""Which comes first, the day or the month: by the region, and by what a whole column of dates shows."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar, NamedTuple, Self

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pyarrow as pa

#: Countries that write the month first (Unicode CLDR 46, short date format of their main language): the United States,
#: its territories, the states that use its mail, and the Philippines.
MONTH_FIRST = frozenset("AS FM GU MH MP PH PR PW UM US VI".split())  # noqa: SIM905


@dataclass(frozen=True)
class DayOrdered:
    """What types of dates have in common: the day stands first, unless `day_first` or the `region` says otherwise.

    `region` (ISO 3166-1 alpha-2) tells what is usual; once `day_first` is known it no longer matters.

    >>> from retrato.identifiers.date import BirthDate
    >>> BirthDate().reads_day_first, BirthDate(region="US").reads_day_first, BirthDate(True, "US").region
    (True, False, None)
    """

    day_first: bool | None = None
    region: str | None = None

    kind: ClassVar[str]

    def __post_init__(self) -> None:
        if self.day_first is not None:
            object.__setattr__(self, "region", None)

    @property
    def reads_day_first(self) -> bool:
        """Whether `09/04/1956` is read as the ninth of April."""
        return (self.region or "").upper() not in MONTH_FIRST if self.day_first is None else self.day_first

    @property
    def called(self) -> str:
        """What sentences call the dates."""
        return self.kind

    def inferred(self, columns: Mapping[str, pa.ChunkedArray]) -> tuple[Self, tuple[str, ...]]:
        """The type with the order that the column `text` shows, and what it shows; as it is when `day_first` is given.

        >>> import pyarrow as pa
        >>> from retrato.identifiers.date import BirthDate
        >>> kind, said = BirthDate().inferred({"text": pa.chunked_array([["04/13/1956", "04/09/1956"]])})
        >>> kind.parse("04/09/1956").value, said
        ('1956-04-09', ('birth_date: 1 of 2 dates fit only month/day order; the others are read so',))
        """
        column = columns.get("text")
        if self.day_first is not None or column is None:
            return self, ()
        counts, usual = counted(column), self.reads_day_first
        return replace(self, day_first=counts.decide(usual)), counts.sentences(self.called, usual)


class OrderCounts(NamedTuple):
    """How many dates of a column fit only day before month, only month before day, and either."""

    day_first: int
    month_first: int
    either: int

    def decide(self, usual: bool) -> bool:
        """Whether the day stands first: as most of the dates that fit one order do, and as usual where they are equal.

        >>> OrderCounts(312, 0, 688).decide(False), OrderCounts(1, 5, 9).decide(True), OrderCounts(0, 0, 9).decide(True)
        (True, False, True)
        """
        return usual if self.day_first == self.month_first else self.day_first > self.month_first

    def sentences(self, name: str, usual: bool) -> tuple[str, ...]:
        """What is to be said about it: nothing when no date is written so that the order matters.

        >>> OrderCounts(312, 0, 688).sentences("birth_date", True)
        ('birth_date: 312 of 1,000 dates fit only day/month order; the others are read so',)
        """
        total = sum(self)
        if not total:
            return ()
        chosen, other = ("day/month", "month/day") if self.decide(usual) else ("month/day", "day/month")
        most, least = max(self.day_first, self.month_first), min(self.day_first, self.month_first)
        rest = "; the others are read so" if self.either else ""
        if not most:
            said = f"{total:,} dates are ambiguous between day/month and month/day order; they are read as {chosen}"
        elif not least:
            said = f"{most:,} of {total:,} dates fit only {chosen} order{rest}"
        else:
            said = f"{most:,} of {total:,} dates fit only {chosen} order and {least:,} only {other} order"
            said += f"; those that fit both are read as {chosen}" if self.either else ""
        return (f"{name}: {said}",)


def counted(column: pa.ChunkedArray) -> OrderCounts:
    """Count the orders that the dates of a column fit (`03/05/1980` either, `13/05/1980` one); fillers tell nothing.

    >>> import pyarrow as pa
    >>> counted(pa.chunked_array([["13/05/1980", "03/05/1980", "05/05/1980", "1980-05-03"]]))
    OrderCounts(day_first=1, month_first=0, either=1)
    """
    import numpy as np

    from retrato.identifiers.columns.days import found_dates

    counts = np.zeros(3, np.int64)
    for found in found_dates(column):
        if "a" not in found.numbers:
            continue
        first, second = found.numbers["a"], found.numbers["b"]
        days = (first >= 1) & (first <= 31) & (second >= 1) & (second <= 31)
        counts += [
            int((days & (first > 12) & (second <= 12)).sum()),
            int((days & (second > 12) & (first <= 12)).sum()),
            int((days & (first <= 12) & (second <= 12) & (first != second)).sum()),
        ]
    return OrderCounts(*counts.tolist())
