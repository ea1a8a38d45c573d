"""Column names as the engine can hold them: none empty, no two alike."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from retrato.errors import SourceError

if TYPE_CHECKING:
    from collections.abc import Sequence

#: The column that every raw table has besides its own.
ROW = "_row"

_VALUE = re.compile(r"[^@\s]+@[^@\s]+\.\w+|\+?(?:\d[\s().-]*){9,15}")  # nine digits: a date has eight


def unique_names(header: Sequence[object]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The names of the columns and what had to be changed for them.

    Names are stripped; an empty one becomes `column_N` (N counts from 1); one that stood before, in whatever case, gets
    a number.

    >>> unique_names([" id", "phone", "Phone", ""])
    (('id', 'phone', 'Phone_2', 'column_4'), ('column 3 is called "Phone" like another one and is read as "Phone_2"',
      'column 4 has no name and is read as "column_4"'))
    """
    names: list[str] = []
    notes: list[str] = []
    asked = ["" if cell is None else str(cell).strip(" \t\r\n\u00a0\ufeff\u200b") for cell in header]
    taken = {ROW}
    for position, name in enumerate(asked, 1):
        given = _free(name or f"column_{position}", taken | {each.casefold() for each in asked[position:] if not name})
        taken.add(given.casefold())
        names.append(given)
        if not name:
            notes.append(f'column {position} has no name and is read as "{given}"')
        elif given != name:
            notes.append(f'column {position} is called "{name}" like another one and is read as "{given}"')
    return tuple(names), tuple(notes)


def _free(name: str, taken: set[str]) -> str:
    candidate, number = name, 1
    while candidate.casefold() in taken:
        number += 1
        candidate = f"{name}_{number}"
    return candidate


def check_header(header: Sequence[object], where: str) -> None:
    """Raise when the header line holds values (an e-mail address, a telephone number): the file has no header.

    >>> check_header(["id", "e-mail"], "source web")
    >>> check_header(["1", "ana@example.com"], "source web")
    Traceback (most recent call last):
    retrato.errors.SourceError: source web: the first line holds values, not column names; add a header line
    """
    if any(_VALUE.fullmatch(str(cell).strip()) for cell in header if cell is not None):
        raise SourceError(f"{where}: the first line holds values, not column names; add a header line")
