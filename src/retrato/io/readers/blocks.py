"""The fast path for delimited text: which part of a block is well formed, found for the whole block at once.

A block is accepted up to the first quote that breaks RFC 4180; what is accepted reads as in `strict_rows`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.csv as pcsv

from retrato.io.readers.strict_rows import RUNAWAY, ragged, readable

_QUOTE, _LF, _CR = 34, 10, 13


@dataclass(frozen=True, slots=True)
class Block:
    """The rows at the start of a buffer that are well formed.

    `ends` are the offsets behind each row, `cells` the number of cells of each, `lines` how many lines end up to the
    end of each. `broken` tells that the row after them breaks the rules.
    """

    ends: npt.NDArray[np.int64]
    cells: npt.NDArray[np.int64]
    lines: npt.NDArray[np.int64]
    broken: bool


@dataclass(frozen=True, slots=True)
class Ragged:
    """A row with another number of cells than the header: the lines before it in the block, why, and its text."""

    lines_before: int
    reason: str
    text: str


def analyse(buffer: bytes, delimiter: str, width: int) -> Block:
    """Find the rows of a buffer that starts at a row."""
    data = np.frombuffer(buffer, np.uint8)
    comma = ord(delimiter)
    at = np.flatnonzero((data == _QUOTE) | (data == _LF) | (data == _CR) | (data == comma))
    code = data[at]
    quote = code == _QUOTE
    inside = (np.cumsum(quote) & 1).astype(np.bool_)
    marks = np.flatnonzero(quote | (code == _CR))
    places, quotes = at[marks], quote[marks]
    before = np.where(places > 0, data[np.maximum(places - 1, 0)], _LF)
    after = np.where(places + 1 < len(data), data[np.minimum(places + 1, len(data) - 1)], _LF)
    opens = (before == comma) | (before == _LF) | (before == _QUOTE)
    closes = (after == comma) | (after == _LF) | (after == _CR) | (after == _QUOTE)
    wrong = np.where(quotes, np.where(inside[marks], ~opens, ~closes), after != _LF)
    broken = bool(wrong.any())
    limit = int(places[np.argmax(wrong)]) if broken else len(data)

    row_end = (code == _LF) & ~inside & (at < limit)
    ends = at[row_end] + 1
    parts = row_end | ((code == comma) & ~inside)
    cells = np.diff(np.flatnonzero(row_end[parts]), prepend=-1)
    lines = np.flatnonzero(row_end[code == _LF]) + 1
    runaway = (cells != width) & (np.diff(lines, prepend=0) > RUNAWAY)
    if runaway.any():
        keep = int(np.argmax(runaway))
        return Block(ends[:keep], cells[:keep], lines[:keep], broken=True)
    return Block(ends, cells, lines, broken)


def split(buffer: bytes, block: Block, width: int) -> tuple[bytes, npt.NDArray[np.int64], list[Ragged], int]:
    """The good rows of a block, their lines (from 0 within it), the ragged rows, and the number of blank lines."""
    starts = np.concatenate([[0], block.ends[:-1]])
    lines_before = np.concatenate([[0], block.lines[:-1]])
    odd = np.flatnonzero(block.cells != width)
    if not len(odd):
        return buffer[: int(block.ends[-1])], lines_before, [], 0
    found: list[Ragged] = []
    blank, position, pieces = 0, 0, []
    for row in odd.tolist():
        start, end = int(starts[row]), int(block.ends[row])
        pieces.append(buffer[position:start])
        position = end
        text = readable(buffer[start:end].decode("utf-8", "surrogateescape"))
        if text.strip():
            found.append(Ragged(int(lines_before[row]), ragged(int(block.cells[row]), width), text))
        else:
            blank += 1
    pieces.append(buffer[position : int(block.ends[-1])])
    return b"".join(pieces), np.delete(lines_before, odd), found, blank


def parse(text: bytes, delimiter: str, width: int, longest: int) -> pa.Table | None:
    """The cells of well-formed rows as text, or None when some byte does not decode."""
    names = [str(number) for number in range(width)]
    try:
        return pcsv.read_csv(
            pa.BufferReader(text),
            pcsv.ReadOptions(column_names=names, block_size=max(1 << 20, 2 * longest)),
            pcsv.ParseOptions(delimiter=delimiter, newlines_in_values=True, ignore_empty_lines=False),
            pcsv.ConvertOptions(
                column_types=dict.fromkeys(names, pa.string()), null_values=[""], strings_can_be_null=True
            ),
        )
    except pa.ArrowInvalid:
        return None
