"""Plain attributes: any other column, as a category, a text, a number or a date."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from retrato.identifiers.base import Feature, Field, Identifier, IdentifierType, Issue, Scope, Status
from retrato.identifiers.date import FILLERS, date_status
from retrato.identifiers.dates import read_date
from retrato.identifiers.day_order import DayOrdered
from retrato.identifiers.folding import fold
from retrato.identifiers.placeholders import is_absent, is_null

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pyarrow as pa


_CURRENCY = re.compile(r"[€$£¥%\s\u00a0\u202f']|\b(?:eur|usd|gbp|mxn|euros?)\b", re.IGNORECASE)
_GROUPED_COMMA = re.compile(r"[+-]?\d{1,3}(?:,\d{3})+(?:\.\d+)?", re.ASCII)
_GROUPED_DOT = re.compile(r"[+-]?\d{1,3}(?:\.\d{3})+(?:,\d+)?", re.ASCII)
_PLAIN = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d{1,2})?", re.ASCII | re.IGNORECASE)
_NOT_A_NUMBER = Issue("not_a_number", "the text is no number")
_NOT_A_DATE = Issue("not_a_date", "the text is no date")


@dataclass(frozen=True)
class Attribute(IdentifierType):
    """The base of plain attributes.

    The namespace is the attribute's name: `category.occupation` is `Category("occupation")`.

    Each has one feature, named as the attribute, that belongs to no one person alone.

    >>> Category("occupation").features[0].keys, Category("occupation").parse("Médico").keys
    (('occupation',), {'occupation': 'medico'})
    """

    namespace: str = ""

    def __post_init__(self) -> None:
        feature = Feature(self.name, Scope.SHARED, self.kind, (self.name,))
        object.__setattr__(self, "features", (feature,))

    @property
    def name(self) -> str:
        """What the profile calls the attribute: the namespace, or the kind when there is none."""
        return self.namespace or self.kind

    def parse_parts(self, parts: Mapping[str, str | None]) -> tuple[Identifier, ...]:
        """Read one cell: at most one identifier."""
        text = parts.get("text")
        if text is None or is_null(text):
            return ()
        if is_absent(fold(text)):
            return (Identifier(self.kind, text, None, Status.PLACEHOLDER, self.namespace),)
        return (self._read(text),)

    def _read(self, text: str) -> Identifier:
        value = " ".join(text.split())
        key = fold(value)
        keys = {self.name: key} if key else {}
        return Identifier(self.kind, text, value, Status.VALID, self.namespace, keys=keys)

    def accept(self, table: pa.Table) -> pa.Table | None:
        """A column of few different texts, or the clean texts of one of many."""
        from retrato.identifiers.columns.attributes import accept_words

        return accept_words(self, table)

    def recognise(self, sample: Sequence[str]) -> Mapping[str, float]:  # noqa: ARG002
        """Never: a plain attribute is named by the user."""
        return {}


@dataclass(frozen=True)
class Category(Attribute):
    """One of few values, compared as a whole.

    >>> Category("segment").parse(" Gold ").value
    'Gold'
    """

    kind: ClassVar[str] = "category"
    checked: ClassVar[bool] = False
    fields: ClassVar[Mapping[str, Field]] = {"category": Field("text", ())}
    features: ClassVar[tuple[Feature, ...]] = ()


@dataclass(frozen=True)
class Text(Attribute):
    """Free text, compared by how alike it is.

    >>> Text("birth_place").parse("Stockton-on-Tees").keys["birth_place"]
    'stockton on tees'
    """

    kind: ClassVar[str] = "text"
    checked: ClassVar[bool] = False
    fields: ClassVar[Mapping[str, Field]] = {"text": Field("text", ())}
    features: ClassVar[tuple[Feature, ...]] = ()


@dataclass(frozen=True)
class Number(Attribute):
    """A number; decimal commas, grouping, currency and percent signs are read.

    >>> Number("income").parse("1.234,50 €").value, Number("income").parse("$1,234").value
    ('1234.5', '1234')
    """

    kind: ClassVar[str] = "number"
    fields: ClassVar[Mapping[str, Field]] = {"number": Field("text", ())}
    features: ClassVar[tuple[Feature, ...]] = ()

    def accept(self, table: pa.Table) -> pa.Table:
        """Plain numbers, with the sign of a currency or without."""
        from retrato.identifiers.columns.attributes import accept_numbers

        return accept_numbers(self, table)

    def _read(self, text: str) -> Identifier:
        value = read_number(text)
        if value is None:
            return Identifier(self.kind, text, None, Status.INVALID, self.namespace, issues=(_NOT_A_NUMBER,))
        return Identifier(self.kind, text, value, Status.VALID, self.namespace, keys={self.name: value})


@dataclass(frozen=True)
class Date(DayOrdered, Attribute):
    """A date that is no birth date, as `yyyy-mm-dd`, with the order of day and month of a `BirthDate`.

    >>> Date("wedding").parse("3 de mayo de 2010").value
    '2010-05-03'
    """

    kind: ClassVar[str] = "date"
    fields: ClassVar[Mapping[str, Field]] = {"date": Field("text", ())}
    features: ClassVar[tuple[Feature, ...]] = ()

    def __post_init__(self) -> None:
        DayOrdered.__post_init__(self)
        Attribute.__post_init__(self)

    @property
    def called(self) -> str:
        """The attribute's name."""
        return self.name

    def accept(self, table: pa.Table) -> pa.Table:
        """Dates in digits that are no fillers."""
        from retrato.identifiers.columns.dates import accept_dates

        return accept_dates(self, table)

    def _read(self, text: str) -> Identifier:
        reading = read_date(text, day_first=self.reads_day_first)
        if reading is None:
            return Identifier(self.kind, text, None, Status.INVALID, self.namespace, issues=(_NOT_A_DATE,))
        if reading.key in FILLERS:
            return Identifier(self.kind, text, reading.key, Status.PLACEHOLDER, self.namespace)
        status, issues = date_status(reading)
        return Identifier(
            self.kind, text, reading.key, status, self.namespace, keys={self.name: reading.key}, issues=issues
        )


def read_number(text: str) -> str | None:
    """The number in a text as plain decimal digits, or None.

    >>> read_number("12,5"), read_number("1,234.50"), read_number("1e3"), read_number("twelve")
    ('12.5', '1234.5', '1000', None)
    """
    if len(text) > 60:
        return None
    bare = _CURRENCY.sub("", text.strip())
    if _GROUPED_COMMA.fullmatch(bare):
        bare = bare.replace(",", "")
    elif _GROUPED_DOT.fullmatch(bare) and ("," in bare or bare.count(".") > 1):
        bare = bare.replace(".", "").replace(",", ".")
    elif bare.count(",") == 1 and "." not in bare:
        bare = bare.replace(",", ".")
    if _PLAIN.fullmatch(bare) is None:
        return None
    return _plain_decimal(bare)


def _plain_decimal(bare: str) -> str:
    from decimal import Decimal

    written = f"{Decimal(bare):f}"
    if "." in written:
        written = written.rstrip("0").rstrip(".")
    sign = "-" if written.startswith("-") else ""
    whole, dot, fraction = written.lstrip("+-").partition(".")
    whole = whole.lstrip("0") or "0"
    return f"{sign if whole != '0' or fraction else ''}{whole}{dot}{fraction}"
