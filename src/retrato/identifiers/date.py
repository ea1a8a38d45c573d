"""Birth dates."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from retrato.identifiers.base import Feature, Field, Identifier, IdentifierType, Issue, Scope, Status
from retrato.identifiers.dates import DateReading, read_date
from retrato.identifiers.day_order import DayOrdered
from retrato.identifiers.folding import fold
from retrato.identifiers.placeholders import is_absent, is_null
from retrato.identifiers.tables import headers

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pyarrow as pa


#: Dates that systems put where nothing is known.
FILLERS = frozenset(
    """0000-00-00 0000-00 0000 0001-01-01 1010-10-10 1111-11-11 1212-12-12 1234-12-12 1582-10-15 1601-01-01 1753-01-01
    1800-01-01 1899-12-30 1899-12-31 1900 1900-01 1900-01-01 1900-01-02 1901-01-01 1904-01-01 1970-01-01 2099-12-31
    2100-01-01 2100-12-31 2222-02-22 2999-12-31 3000-01-01 8888-08-08 9999-09-09 9999-12-31""".split()  # noqa: SIM905
)
#: The first day of a plausible birth date, and the first that is none again.
BORN = ("1850-01-01", "2101-01-01")

ISSUES = {
    "month_first": Issue("month_first", "the month stands before the day"),
    "day_first": Issue("day_first", "the day stands before the month"),
    "two_digit_year": Issue("two_digit_year", "the century is a guess"),
    "spreadsheet_number": Issue("spreadsheet_number", "the date was a spreadsheet's day number"),
    "impossible": Issue("impossible", "no calendar has such a day"),
    "not_a_date": Issue("not_a_date", "the text is no date"),
    "partial": Issue("partial", "the day is not known"),
    "implausible": Issue("implausible", "nobody alive was born then"),
}


def date_status(reading: DateReading) -> tuple[Status, tuple[Issue, ...]]:
    """The status and the issues of a date as read."""
    issues: tuple[Issue, ...] = (ISSUES[reading.issue],) if reading.issue else ()
    if not reading.real:
        return Status.INVALID, issues
    if reading.precision < 3:
        return Status.POSSIBLE, (*issues, ISSUES["partial"])
    return Status.VALID, issues


@dataclass(frozen=True)
class BirthDate(DayOrdered, IdentifierType):
    """A birth date as `yyyy-mm-dd`; only a year or a month gives `yyyy` or `yyyy-mm`, with status `possible`.

    An impossible date (a typing error) is `invalid` and keeps a key made of its digits: it can still be compared.
    The day stands before the month unless `day_first` says otherwise or, where that is not said, `region` writes the
    month first; `inferred` finds out what a whole column shows.

    >>> BirthDate().parse("9/4/1956").value, BirthDate(day_first=False).parse("9/4/1956").value
    ('1956-04-09', '1956-09-04')
    >>> BirthDate(region="US").parse("9/4/1956").value, BirthDate().parse("1956-13-32").status.value
    ('1956-09-04', 'invalid')
    """

    kind: ClassVar[str] = "birth_date"
    fields: ClassVar[Mapping[str, Field]] = {
        "birth_date": Field("text", headers("birth_date")),
    }
    features: ClassVar[tuple[Feature, ...]] = (Feature("birth_date", Scope.PERSON, "date", ("birth_date",)),)

    def parse_parts(self, parts: Mapping[str, str | None]) -> tuple[Identifier, ...]:
        """Read one cell: at most one identifier."""
        text = parts.get("text")
        if text is None or is_null(text):
            return ()
        reading = read_date(text, day_first=self.reads_day_first)
        if reading is None:
            absent = is_absent(fold(text)) or not text.strip(" 0")
            problems = () if absent else (ISSUES["not_a_date"],)
            return (
                Identifier(self.kind, text, None, Status.PLACEHOLDER if absent else Status.INVALID, issues=problems),
            )
        key = reading.key
        if key in FILLERS:
            return (Identifier(self.kind, text, key, Status.PLACEHOLDER),)
        status, issues = date_status(reading)
        if status is Status.VALID and not BORN[0] <= key < BORN[1]:
            status, issues = Status.POSSIBLE, (*issues, ISSUES["implausible"])
        return (Identifier(self.kind, text, key, status, keys={"birth_date": key}, issues=issues),)

    def accept(self, table: pa.Table) -> pa.Table:
        """Dates in digits that are plausible."""
        from retrato.identifiers.columns.dates import accept_birth_dates

        return accept_birth_dates(self, table)

    def mask(self, value: str) -> str:
        """Only the century stays.

        >>> BirthDate().mask("1956-04-09")
        '19**-**-**'
        """
        return value[:2] + "".join("-" if each == "-" else "*" for each in value[2:])

    def recognise(self, sample: Sequence[str]) -> Mapping[str, float]:
        """The share of dates with a day that are spread over the years of people's births."""
        if not sample:
            return {}
        years = [reading.key[:4] for text in sample if (reading := _full_date(text)) is not None]
        spread = len(set(years)) / max(len(years), 1)
        adult = sum(1 for year in years if "1500" <= year <= "2012") / len(sample)
        return {"birth_date": adult * (0.75 if spread > 0.1 or len(sample) < 20 else 0.3)}


def _full_date(text: str) -> DateReading | None:
    written = text.strip()
    if len(written) > 32 or (written.isdigit() and len(written) != 8):
        return None
    reading = read_date(written)
    return reading if reading is not None and reading.real and reading.precision == 3 else None
