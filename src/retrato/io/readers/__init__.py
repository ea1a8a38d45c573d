"""Readers: every kind of source becomes one engine table of text.

A format is one module with a function that fills a `RawTable`, and one line here.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, TypeGuard

from retrato.errors import SourceError
from retrato.io.readers import delimited, excel, json_lines, tables
from retrato.io.readers.files import local_file
from retrato.io.readers.query import read_query
from retrato.io.readers.raw_table import RawTable, ReadSource
from retrato.records import Query

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from threading import Event

    from retrato.engines.base import Engine
    from retrato.records import Source

__all__ = ["FORMATS", "ReadSource", "filled", "is_path", "read"]

#: The endings of file names and what reads them.
FORMATS: tuple[tuple[tuple[str, ...], Callable[[Path, RawTable], None]], ...] = (
    (delimited.SUFFIXES, delimited.read_delimited),
    (tables.SUFFIXES, tables.read_parquet),
    (excel.SUFFIXES, excel.read_excel),
    (json_lines.SUFFIXES, json_lines.read_json),
)


def read(source: Source, engine: Engine, table: str) -> ReadSource:
    """Read a source into the engine table `table`: every column VARCHAR, and `_row` BIGINT.

    `_row` is the line of the file (of the sheet, or the place in a table) that the record starts on. Cells are stripped
    and blank ones NULL. Rows that cannot be read go to the engine table `rejected`. Raises `SourceError` when nothing
    can be read, with what to do about it.

    >>> import pandas as pd
    >>> from retrato.engines.duckdb import DuckDBEngine
    >>> from retrato.records import Source
    >>> with DuckDBEngine(threads=1) as engine:
    ...     found = read(Source("crm", pd.DataFrame({"id": [1, 2], "phone": [600112233.0, None]})), engine, "raw_0")
    ...     found.rows, engine.connection.sql("SELECT * FROM raw_0 ORDER BY _row").fetchall()
    (2, [(1, '1', '600112233'), (2, '2', None)])
    """
    return filled(source, engine, table).finish()


def is_path(data: object) -> TypeGuard[str | os.PathLike[str]]:
    """Whether the data of a source are a file, so that any thread may read it."""
    return isinstance(data, (str, os.PathLike))


def filled(source: Source, engine: Engine, table: str, stopping: Event | None = None) -> RawTable:
    """All that `read` does but the end (`RawTable.finish`), which needs the engine for longer.

    Where `stopping` gets set meanwhile, reading ends with `CancelledError`.
    """
    data = source.data
    if is_path(data):
        path = local_file(data, source.name)
        raw = RawTable(source, engine, table, str(path), stopping=stopping)
        reader = _reader(path, raw.where)
        try:
            reader(path, raw)
        except OSError as error:
            if isinstance(error, SourceError):
                raise
            raise SourceError(
                f"{raw.where}: the file cannot be read: {error.strerror or type(error).__name__}"
            ) from error
    elif isinstance(data, Query):
        raw = RawTable(source, engine, table, "query")
        read_query(data, raw)
    else:
        raw = RawTable(source, engine, table, tables.label(data))
        tables.read_frame(data, raw)
    return raw


def _reader(path: Path, where: str) -> Callable[[Path, RawTable], None]:
    ending = path.suffix.lower()
    for suffixes, reader in FORMATS:
        if ending in suffixes:
            return reader
    known = ", ".join(suffix for suffixes, _ in FORMATS for suffix in suffixes)
    raise SourceError(f'{where}: files that end in "{ending}" are not read; known endings are {known}')
