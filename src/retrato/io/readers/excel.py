"""Excel and OpenDocument workbooks: one sheet is one source."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING, Any

from retrato.errors import SourceError
from retrato.io.readers.names import check_header
from retrato.io.readers.tables import add_rows

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from python_calamine import CalamineSheet, CalamineWorkbook

    from retrato.io.readers.raw_table import RawTable

SUFFIXES = (".xlsx", ".xlsm", ".xlsb", ".xls", ".ods")
_ROWS = 1 << 15


def read_excel(path: Path, raw: RawTable) -> None:
    """Read a sheet: the one that the source names (or numbers from 0), else the first that has anything in it.

    The header is the first row of which at least half is filled; rows above it are titles. Raises `SourceError` for a
    damaged workbook, an unknown sheet and an empty one.
    """
    import python_calamine

    try:
        with python_calamine.CalamineWorkbook.from_path(str(path)) as book:
            sheet = _sheet(book, raw)
            rows = sheet.to_python(skip_empty_area=False)
    except (python_calamine.CalamineError, python_calamine.ZipError, python_calamine.XmlError) as error:
        raise SourceError(f"{raw.where}: this is no workbook that can be read ({type(error).__name__})") from error
    _add_sheet(rows, raw)


def _sheet(book: CalamineWorkbook, raw: RawTable) -> CalamineSheet:
    names = book.sheet_names
    asked = raw.source.sheet
    if asked is None:
        filled = [name for name in names if book.get_sheet_by_name(name).height]
        if len(filled) > 1:
            others = ", ".join(f'"{name}"' for name in filled[1:])
            raw.notes.append(f'sheet "{filled[0]}" was read; these were not: {others}')
        return book.get_sheet_by_name((filled or names)[0])
    if isinstance(asked, int) and 0 <= asked < len(names):
        return book.get_sheet_by_index(asked)
    if asked in names:
        return book.get_sheet_by_name(str(asked))
    close = difflib.get_close_matches(str(asked), names, n=1)
    hint = f'did you mean "{close[0]}"?' if close else "it has " + ", ".join(f'"{name}"' for name in names)
    raise SourceError(f'{raw.where}: there is no sheet "{asked}"; {hint}')


def _add_sheet(rows: list[list[Any]], raw: RawTable) -> None:
    width = max((_filled_width(row) for row in rows), default=0)
    if not width:
        raise SourceError(f"{raw.where}: the sheet is empty; name another one")
    top = next((number for number, row in enumerate(rows) if 2 * _filled(row) >= width), 0)
    if any(_filled(row) for row in rows[:top]):
        raw.notes.append(f"the header was found in row {top + 1}; the rows above it are titles and were not read")
    header = rows[top][:width]
    check_header(header, raw.where)
    raw.open(header)
    for start in range(top + 1, len(rows), _ROWS):
        piece = rows[start : start + _ROWS]
        add_rows([(start + position + 1, row[:width]) for position, row in enumerate(piece)], raw)


def _filled(row: Sequence[Any]) -> int:
    return sum(cell != "" for cell in row)


def _filled_width(row: Sequence[Any]) -> int:
    return max((position for position, cell in enumerate(row, 1) if cell != ""), default=0)
