"""Exports on disk, each as its channel would write it: encodings, delimiters, JSON lines."""

from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv

if TYPE_CHECKING:
    from pathlib import Path

#: Exports that are not plain UTF-8 CSV with commas: file suffix, encoding, delimiter.
FILES = {
    "crm": (".csv", "cp1252", ";"),
    "crm_activities": (".csv", "cp1252", ";"),
    "web_form": (".jsonl", "utf-8", ""),
    "whatsapp": (".jsonl", "utf-8", ""),
    "shop_cards": (".csv", "utf-8-sig", ";"),
    "shop_till": (".csv", "utf-8-sig", ";"),
}
_JSON = json.JSONEncoder(ensure_ascii=False).encode


def write_export(folder: Path, name: str, table: pa.Table) -> Path:
    """Write one export and return its path."""
    suffix, encoding, delimiter = FILES.get(name, (".csv", "utf-8", ","))
    path = folder / f"{name}{suffix}"
    if suffix == ".jsonl":
        with path.open("w", encoding=encoding, newline="\n") as file:
            for batch in table.to_batches(max_chunksize=10_000):
                file.writelines(_JSON(row) + "\n" for row in batch.to_pylist())
    else:
        write_csv(table, path, encoding, delimiter)
    return path


def write_csv(table: pa.Table, path: Path, encoding: str = "utf-8", delimiter: str = ",") -> None:
    """Write a table as delimited text, cells quoted where they need it; moments are UTC and end in Z."""
    options = pa.csv.WriteOptions(delimiter=delimiter, quoting_style="needed", quoting_header="needed")
    buffer = io.BytesIO()
    written = pa.table({name: _as_text(table[name]) for name in table.column_names})
    pa.csv.write_csv(written, buffer, options)
    text = buffer.getvalue()
    path.write_bytes(text if encoding == "utf-8" else text.decode("utf-8").encode(encoding))


def _as_text(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Moments as text; Arrow writes those with a time zone twenty times slower."""
    if not pa.types.is_timestamp(column.type):
        return column
    return pc.binary_join_element_wise(column.cast(pa.timestamp("s")).cast(pa.string()), "Z", "")
