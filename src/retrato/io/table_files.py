"""Arrow tables as Parquet, CSV and Excel files; the same table always gives the same bytes.

CSV and Excel are for people: lists are joined with "; ", and in CSV a text that a spreadsheet would run as a formula
(it begins with `=`, `+`, `-`, `@`, a tab or a carriage return) gets an apostrophe before it, unless it is a number or a
telephone number. Parquet is for programs: nothing is changed. In Excel files texts are always written as texts, so
nothing needs guarding.
"""

from __future__ import annotations

import csv
import importlib
import re
from datetime import UTC, datetime
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq
import pyarrow.types as pt

from retrato.errors import OutputError
from retrato.io.readers.text import text_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

_ROWS_OF_A_SHEET = 1_048_575  # without the header
_LETTERS_OF_A_CELL = 32_767
_BATCH = 1 << 14
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_HARMLESS = re.compile(r"[+-]?[\d\s().,/-]*\d[\d\s().,/-]*(?:[eE][+-]?\d+)?%?")
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


def write_parquet(data: pa.Table, path: Path) -> None:
    """Write Parquet, zstd, with options that never change."""
    pq.write_table(
        data.replace_schema_metadata(None),
        path,
        compression="zstd",
        version="2.6",
        row_group_size=1 << 17,
        data_page_version="1.0",
        use_dictionary=True,
        write_statistics=True,
        store_schema=True,
    )


def write_csv(data: pa.Table, path: Path) -> None:
    """Write CSV: UTF-8, commas, RFC 4180 quotes, line feeds; nulls are empty."""
    texts = [pt.is_string(kind) or pt.is_large_string(kind) or pt.is_nested(kind) for kind in data.schema.types]
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(guarded(name) for name in data.column_names)
        for row in _rows(data):
            cells = (text_of(cell) or "" for cell in row)
            writer.writerow(guarded(cell) if text else cell for cell, text in zip(cells, texts, strict=True))


def guarded(text: str) -> str:
    """A text that no spreadsheet runs as a formula.

    >>> guarded("=1+1"), guarded("+34 600 112 233"), guarded("-12.5"), guarded("@ana")
    ("'=1+1", '+34 600 112 233', '-12.5', "'@ana")
    """
    return f"'{text}" if text.startswith(_FORMULA) and not _HARMLESS.fullmatch(text) else text


def write_xlsx(data: pa.Table, path: Path) -> None:
    """Write one Excel sheet.

    Raises `OutputError` without the extra `excel`, and for more rows or letters than Excel holds.
    """
    try:
        xlsxwriter = importlib.import_module("xlsxwriter")
    except ImportError as error:
        raise OutputError(
            "Excel files need XlsxWriter: pip install 'retrato[excel]', or write parquet or csv"
        ) from error
    if data.num_rows > _ROWS_OF_A_SHEET:
        raise OutputError(
            f"{path.stem} has {data.num_rows} rows and Excel holds {_ROWS_OF_A_SHEET}; write parquet or csv"
        )
    try:
        with xlsxwriter.Workbook(path, {"constant_memory": True, "tmpdir": str(path.parent)}) as book:
            book.set_properties({"created": datetime(2000, 1, 1, tzinfo=UTC)})  # the same table, the same bytes
            _fill_sheet(book.add_worksheet(path.stem[:31]), data)
    except xlsxwriter.exceptions.FileCreateError as error:
        raise OSError(*error.args[0].args) from error


def _fill_sheet(sheet: Any, data: pa.Table) -> None:
    for column, name in enumerate(data.column_names):
        sheet.write_string(0, column, name)
    for number, row in enumerate(_rows(data), 1):
        for column, cell in enumerate(row):
            _write_cell(sheet, number, column, cell)


def _write_cell(sheet: Any, row: int, column: int, cell: Any) -> None:
    if cell is None:
        return
    if isinstance(cell, bool):
        sheet.write_boolean(row, column, cell)
        return
    if isinstance(cell, (int, float)) and abs(cell) < 10**15:
        sheet.write_number(row, column, cell)
        return
    text = _UNWRITABLE.sub("", text_of(cell) or "")
    if len(text) > _LETTERS_OF_A_CELL:
        raise OutputError(f"row {row} has a cell of {len(text)} letters, more than Excel holds; write parquet or csv")
    sheet.write_string(row, column, text)


def _rows(data: pa.Table) -> Iterator[tuple[Any, ...]]:
    for batch in data.to_batches(max_chunksize=_BATCH):
        yield from zip(*(column.to_pylist() for column in batch.columns), strict=True)


#: What writes each format.
WRITERS: Mapping[str, Callable[[pa.Table, Path], None]] = MappingProxyType(
    {"parquet": write_parquet, "csv": write_csv, "xlsx": write_xlsx}
)
