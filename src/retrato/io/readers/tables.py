"""Parquet files and tables in memory: pandas, polars, Arrow, DuckDB relations."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq

from retrato.errors import SourceError
from retrato.io.readers.text import text_array, text_columns, text_of, texts_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from retrato.io.readers.raw_table import RawTable

SUFFIXES = (".parquet", ".pq")
_ROWS = 1 << 17


def read_parquet(path: Path, raw: RawTable) -> None:
    """Read a Parquet file. Raises `SourceError` when it is damaged."""
    try:
        with pq.ParquetFile(path) as file:
            batches = (pa.Table.from_batches([batch]) for batch in file.iter_batches(batch_size=_ROWS))
            _add_all(batches, file.schema_arrow, raw)
    except (pa.ArrowException, OSError) as error:
        raise SourceError(f"{raw.where}: this is no complete Parquet file; export it again") from error


def read_frame(data: Any, raw: RawTable) -> None:
    """Read a table in memory. Raises `SourceError` for an object that is none."""
    if _is_pandas(data):
        _add_pandas(data, raw)
        return
    if type(data).__name__ == "LazyFrame":
        data = data.collect()
    if isinstance(data, (pa.Table, pa.RecordBatch)):
        table = data if isinstance(data, pa.Table) else pa.Table.from_batches([data])
        pieces = (table.slice(start, _ROWS) for start in range(0, table.num_rows, _ROWS))
        _add_all(pieces, table.schema, raw)
    elif hasattr(data, "__arrow_c_stream__"):
        _add_stream(data, raw)
    else:
        raise SourceError(
            f"source {raw.source.name}: {type(data).__name__} is no source; give a path, a pandas, polars or Arrow "
            "table, a DuckDB relation or a Query"
        )


def label(data: Any) -> str:
    """What data in memory is called in messages."""
    if _is_pandas(data):
        return "pandas table"
    home = type(data).__module__.lstrip("_").split(".")[0]
    return {"polars": "polars table", "pyarrow": "Arrow table", "duckdb": "DuckDB relation"}.get(home, "table")


def _is_pandas(data: Any) -> bool:
    return type(data).__name__ == "DataFrame" and hasattr(data, "iloc")


def _add_stream(data: Any, raw: RawTable) -> None:
    try:
        stream = pa.RecordBatchReader.from_stream(data)
        _add_all((pa.Table.from_batches([batch]) for batch in stream), stream.schema, raw)
    except (pa.ArrowException, OSError, RuntimeError) as error:
        raise SourceError(f"{raw.where}: its rows cannot be fetched ({type(error).__name__})") from error


def _add_all(tables: Iterable[pa.Table], schema: pa.Schema, raw: RawTable) -> None:
    names, _ = text_columns(schema.empty_table())
    raw.open(names)
    first = 1
    for table in tables:
        _, columns = text_columns(table)
        raw.add(_numbers(first, table.num_rows), columns)
        first += table.num_rows


def _add_pandas(frame: Any, raw: RawTable) -> None:
    named = [name for name in frame.index.names if name is not None]
    if named:
        frame = frame.reset_index()
        raw.notes.append(f"the index is read as a column: {', '.join(map(str, named))}")
    names = [".".join(map(str, name)) if isinstance(name, tuple) else str(name) for name in frame.columns]
    raw.open(names)
    for start in range(0, len(frame), _ROWS):
        piece = frame.iloc[start : start + _ROWS]
        columns = [_named_text(piece.iloc[:, position], raw, name, start) for position, name in enumerate(names)]
        raw.add(_numbers(start + 1, len(piece)), columns)


def _named_text(series: Any, raw: RawTable, name: str, before: int) -> pa.ChunkedArray:
    """A column as text; an error says where the value is that has none."""
    try:
        return _pandas_text(series)
    except ValueError:
        for row, value in enumerate(series.tolist(), before + 1):
            try:
                text_of(value)
            except ValueError as error:
                raise SourceError(f"{raw.where}, row {row}, column {name}: {error}") from error
        raise


def _pandas_text(series: Any) -> pa.ChunkedArray:
    """Arrow where it knows the type of the whole column, else value by value."""
    if series.dtype != object:
        try:
            cells = pa.chunked_array([pa.Array.from_pandas(series)])
        except (pa.ArrowException, TypeError):
            cells = None
        if cells is not None and not isinstance(cells.type, pa.BaseExtensionType):
            return text_array(cells)
    return pa.chunked_array([texts_of(series.tolist())])


def _numbers(first: int, count: int) -> pa.Array:
    return pa.array(range(first, first + count), pa.int64())


def add_rows(rows: Sequence[tuple[int, Sequence[Any]]], raw: RawTable) -> None:
    """Add numbered rows of Python values."""
    if not rows:
        return
    columns = zip(*(values for _, values in rows), strict=True)
    raw.add(
        pa.array([number for number, _ in rows], pa.int64()),
        [texts_of(column) for column in columns],
    )
