"""CSV, TSV and other delimited text."""

from __future__ import annotations

import csv
import io
import itertools
import re
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from retrato.errors import SourceError
from retrato.io.readers.blocks import Block, analyse, parse, split
from retrato.io.readers.encoding import Utf8Stream, text_encoding
from retrato.io.readers.names import check_header
from retrato.io.readers.strict_rows import UNDECODABLE, Feed, Row, StrictRows, cells_of_any_size

if TYPE_CHECKING:
    from pathlib import Path

    from retrato.io.readers.raw_table import RawTable

SUFFIXES = (".csv", ".tsv", ".tab", ".txt")

_CANDIDATES = ",;\t|"
_DECLARED = re.compile(r'"?sep=(.)"?', re.IGNORECASE)  # the line that Excel writes above a header


def read_delimited(path: Path, raw: RawTable) -> None:
    """Read delimited text; rows that break its rules go to the rejects with their line and reason.

    Raises `SourceError` when the file is not text or its header cannot be read.
    """
    encoding = text_encoding(path, raw.source.encoding, raw.where)
    with path.open("rb") as file, cells_of_any_size():
        feed = Feed(Utf8Stream(file, encoding))
        feed.more()
        delimiter = _delimiter(feed, raw)
        header = _header(feed, delimiter, raw, encoding)
        raw.open(header)
        _read_rows(feed, delimiter, raw)
    raw.read_as = f"{encoding}, columns separated by {_spelled(delimiter)}"


def detect_delimiter(sample: str) -> str:
    r"""The character among comma, semicolon, tab and bar that gives most rows as many cells as the header.

    >>> detect_delimiter("id;name\\n1;Pérez, Ana\\n2;Gil, Luis\\n")
    ';'
    """

    def score(delimiter: str) -> tuple[float, int]:
        reader = csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter, skipinitialspace=True)
        widths = [len(row) for row in itertools.islice(reader, 200) if row]
        if not widths or widths[0] < 2:
            return 0.0, 0
        return round(sum(width == widths[0] for width in widths) / len(widths), 1), widths[0]

    best = max(_CANDIDATES, key=score)
    return best if score(best)[1] else ","


def _delimiter(feed: Feed, raw: RawTable) -> str:
    given = raw.source.delimiter
    head = feed.buffer[: 1 << 18].decode("utf-8", "ignore")
    first, _, rest = head.partition("\n")
    spelled = _DECLARED.fullmatch(first.strip())
    if spelled:
        feed.line += 1
        feed.buffer = feed.buffer.partition(b"\n")[2]
        head = rest
    if given is not None:
        if len(given) != 1 or not given.isascii() or given in '"\r\n':
            raise SourceError(f"{raw.where}: the delimiter must be one plain character, not {given!r}")
        return given
    if spelled:
        return spelled.group(1)
    complete = head[: head.rfind("\n") + 1] or head
    return detect_delimiter(complete)


def _header(feed: Feed, delimiter: str, raw: RawTable, encoding: str) -> list[str]:
    rows = StrictRows(feed, delimiter)
    row = rows.row()
    while row is not None and row.cells is not None and not any(cell.strip() for cell in row.cells):
        row = rows.row()
    if row is None:
        raise SourceError(f"{raw.where}: there is nothing in it; export it again")
    if row.cells is None:
        hint = "name the encoding" if row.reason == UNDECODABLE else "mend that line"
        raise SourceError(f"{raw.where}: the header line cannot be read as {encoding}: {row.reason}; {hint}")
    if any("\0" in cell for cell in row.cells):
        raise SourceError(f"{raw.where}: the header line has zero bytes when read as {encoding}; name the encoding")
    check_header(row.cells, raw.where)
    rows.give_back()
    return row.cells


def _read_rows(feed: Feed, delimiter: str, raw: RawTable) -> None:
    width = len(raw.columns)
    while feed.buffer or feed.more():
        block = analyse(feed.buffer, delimiter, width)
        if len(block.ends) and _take_block(feed, block, delimiter, raw):
            continue
        if block.broken or len(block.ends) or not feed.more():
            _take_rows(feed, delimiter, raw)


def _take_block(feed: Feed, block: Block, delimiter: str, raw: RawTable) -> bool:
    """Move the well-formed rows of the buffer into the raw table; False when some byte of them does not decode."""
    width = len(raw.columns)
    text, lines, odd, blank = split(feed.buffer, block, width)
    longest = int(np.diff(block.ends, prepend=0).max())
    cells = parse(text, delimiter, width, longest) if text else None
    if text and cells is None:
        return False
    if cells is not None:
        raw.add(pa.array(lines + feed.line), cells.columns)
    for each in odd:
        raw.reject(feed.line + each.lines_before, each.reason, each.text)
    raw.offered += blank
    feed.line += int(block.lines[-1])
    feed.buffer = feed.buffer[int(block.ends[-1]) :]
    return True


def _take_rows(feed: Feed, delimiter: str, raw: RawTable) -> None:
    """Read the buffer row by row, up to the first row that ends where the buffer does."""
    width = len(raw.columns)
    rows = StrictRows(feed, delimiter)
    good: list[Row] = []
    while (row := rows.row(width)) is not None:
        if row.cells is None:
            raw.reject(row.line, row.reason, row.text)
        elif len(row.cells) == width:
            good.append(row)
        else:
            raw.offered += 1
        if rows.drained:
            break
    if good:
        cells = zip(*(row.cells or () for row in good), strict=True)
        raw.add(pa.array([row.line for row in good]), [pa.array(column, pa.string()) for column in cells])


def _spelled(delimiter: str) -> str:
    return {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}.get(delimiter, repr(delimiter))
