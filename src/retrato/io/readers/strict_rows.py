"""Rows of delimited text, read strictly and one at a time: what is wrong costs its own line and no other.

Quotes follow RFC 4180. Where a row breaks the rules, its first line is rejected and reading goes on with the line after
it, so that a stray quote does not swallow the rest of a file.
"""

from __future__ import annotations

import csv
import io
import re
import threading
from collections import deque
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from retrato.io.readers.encoding import CHUNK, Utf8Stream

if TYPE_CHECKING:
    from collections.abc import Iterator

#: A ragged row over more lines than this comes from a stray quote.
RUNAWAY = 1000

UNDECODABLE = "bytes that do not decode"
_BROKEN = re.compile("[\udc80-\udcff]")


class _Limit:
    """The limit of the csv module on cells, a global of the process: how many have lifted it, and what it was."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._lifted = 0
        self._before = 0

    def lift(self) -> None:
        with self._lock:
            if not self._lifted:
                self._before = csv.field_size_limit(2**31 - 1)
            self._lifted += 1

    def put_back(self) -> None:
        with self._lock:
            self._lifted -= 1
            if not self._lifted:
                csv.field_size_limit(self._before)


_LIMIT = _Limit()


@contextmanager
def cells_of_any_size() -> Iterator[None]:
    """Lift the limit of the csv module, and put it back when nobody needs it lifted any more."""
    _LIMIT.lift()
    try:
        yield
    finally:
        _LIMIT.put_back()


@dataclass(slots=True)
class Feed:
    """The bytes that are not yet rows; they start at a row, which is on line `line` of the file."""

    stream: Utf8Stream
    buffer: bytes = b""
    line: int = 1
    ended: bool = False

    def more(self) -> bool:
        """Read as much again as there is, at least one chunk. False at the end of the file."""
        if self.ended:
            return False
        data = self.stream.read(max(CHUNK, len(self.buffer)))
        if not data:
            self.ended = True
            if self.buffer and not self.buffer.endswith((b"\n", b"\r")):
                self.buffer += b"\n"
            return False
        self.buffer += data
        return True

    def take_lines(self) -> list[str]:
        """All lines that are complete, with their ends; nothing when the file is at its end."""
        while (end := self._complete()) == 0 and self.more():
            pass
        end = end or self._complete()
        text = self.buffer[:end].decode("utf-8", "surrogateescape")
        self.buffer = self.buffer[end:]
        return list(io.StringIO(text, newline=""))

    def _complete(self) -> int:
        return len(self.buffer) if self.ended else self.buffer.rfind(b"\n") + 1


@dataclass(frozen=True, slots=True)
class Row:
    """One row: the line it starts on, its cells (None when it cannot be read, and why) and its text."""

    line: int
    cells: list[str] | None
    reason: str
    text: str


class StrictRows:
    """Reads rows from a feed. The csv module iterates over it for lines, and takes more while a quote is open."""

    def __init__(self, feed: Feed, delimiter: str) -> None:
        self._feed = feed
        self._pending: deque[str] = deque()
        self._current: list[str] = []
        self._reader = csv.reader(self, delimiter=delimiter, strict=True, skipinitialspace=True)

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> str:
        if not self._pending:
            self._pending.extend(self._feed.take_lines())
            if not self._pending:
                raise StopIteration
        line = self._pending.popleft()
        self._current.append(line)
        return line

    @property
    def drained(self) -> bool:
        """Whether no line was taken from the feed beyond the last row."""
        return not self._pending

    def row(self, width: int | None = None) -> Row | None:
        """The next row (of `width` columns, if given), or None at the end."""
        self._current = []
        try:
            cells = next(self._reader)
        except StopIteration:
            return None
        except csv.Error as error:
            unclosed = "unexpected end" in str(error)
            return self._first_line("a quote that is never closed" if unclosed else "text after a closing quote")
        text = "".join(self._current)
        if width is not None and len(cells) != width and text.strip():
            if len(self._current) > RUNAWAY:
                return self._first_line("a stray quote")
            return self._whole(None, ragged(len(cells), width))
        if _BROKEN.search(text):
            return self._whole(None, UNDECODABLE)
        return self._whole(cells, "")

    def _whole(self, cells: list[str] | None, reason: str) -> Row:
        row = Row(self._feed.line, cells, reason, readable("".join(self._current)))
        self._feed.line += len(self._current)
        return row

    def _first_line(self, reason: str) -> Row:
        """Give up the first line only; the others are read again."""
        first, *rest = self._current
        self._pending.extendleft(reversed(rest))
        row = Row(self._feed.line, None, reason, readable(first))
        self._feed.line += 1
        return row

    def give_back(self) -> None:
        """Put the lines that were not used back into the feed."""
        self._feed.buffer = "".join(self._pending).encode("utf-8", "surrogateescape") + self._feed.buffer
        self._pending.clear()


def ragged(found: int, width: int) -> str:
    """The reason for a row that has another number of cells than the header.

    >>> ragged(3, 4)
    'too few columns: 3 instead of 4'
    """
    return f"too {'few' if found < width else 'many'} columns: {found} instead of {width}"


def readable(text: str) -> str:
    """Text in which undecodable bytes show as U+FFFD."""
    return _BROKEN.sub("\ufffd", text)
