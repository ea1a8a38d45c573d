"""One cell of a column of given names or of surnames."""

from __future__ import annotations

from typing import NamedTuple

from retrato.identifiers.folding import fold
from retrato.identifiers.memory import remembered
from retrato.identifiers.name_text import LONE_HONORIFICS, cleaned, dressing, is_absent_name
from retrato.identifiers.name_words import Unit, units

#: A longer text is no name.
LONGEST = 300


class Column(NamedTuple):
    """A name column as read: whether it names somebody, honorific and suffix, the rest as text and as units."""

    named: bool
    dress: tuple[str, str]
    text: str
    units: tuple[Unit, ...]
    is_honorific: bool = False


@remembered(1 << 16)
def given_column(text: str) -> Column:
    """A column of given names."""
    column = _column(text)
    honorific, suffix, rest = dressing(column)
    found = tuple(units(rest.replace(",", " ")))
    return Column(bool(column), (honorific, suffix), rest, found, fold(rest) in LONE_HONORIFICS)


@remembered(1 << 16)
def family_column(text: str) -> Column:
    """A column of surnames, or of first surnames."""
    column = _column(text)
    _, suffix, rest = dressing(column, leading=False)
    return Column(bool(column), ("", suffix), rest, tuple(units(rest.replace(",", " "))))


@remembered(1 << 16)
def second_column(text: str) -> Column:
    """A column of second surnames."""
    column = _column(text)
    _, suffix, rest = dressing(column, leading=False)
    return Column(bool(column), ("", suffix), rest, tuple(units(rest)))


def _column(text: str) -> str:
    """A name column without what is no name; empty for an absence word."""
    return "" if not text or (len(text) < 40 and is_absent_name(text)) else cleaned(text)
