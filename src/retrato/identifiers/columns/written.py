"""A column of texts seen as bytes: which byte stands where, for all rows at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    Bytes: TypeAlias = NDArray[np.uint8]
    Rows: TypeAlias = NDArray[np.int64]
    Places: TypeAlias = NDArray[np.int64] | int


class Written:
    """The texts of an Arrow array as UTF-8 bytes. A null has no bytes; behind the end of a text every byte is 0."""

    def __init__(self, texts: pa.StringArray) -> None:
        count = len(texts)
        _, offsets, data = texts.buffers()
        whole = np.frombuffer(offsets, np.int32)[texts.offset : texts.offset + count]
        self._starts = whole.astype(np.int64)
        self._data = np.frombuffer(data, np.uint8) if data is not None and data.size else np.zeros(1, np.uint8)
        self.lengths: Rows = pc.fill_null(pc.binary_length(texts), 0).to_numpy(zero_copy_only=False).astype(np.int64)

    def at(self, rows: Rows, place: Places) -> Bytes:
        """The byte at a place (one for all rows, or one each) of the texts of some rows.

        >>> texts = Written(pa.array(["ab", None, "c"]))
        >>> texts.at(np.array([0, 1, 2]), 1).tolist(), texts.at(np.array([0, 2]), np.array([1, 0])).tolist()
        ([98, 0, 0], [98, 99])
        """
        found = self._data.take(self._starts.take(rows) + place, mode="clip")
        found[self.lengths.take(rows) <= place] = 0
        return found

    def digits(self, rows: Rows, place: Places, count: int) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
        """The number that `count` digits from a place on make, and whether they all are digits.

        >>> numbers, are = Written(pa.array(["x17", "x1"])).digits(np.array([0, 1]), 1, 2)
        >>> numbers[0].item(), are.tolist()
        (17, [True, False])
        """
        number = np.zeros(len(rows), np.int64)
        are = np.ones(len(rows), bool)
        for step in range(count):
            digit = self.at(rows, place + step) - np.uint8(48)
            are &= digit < 10
            number = number * 10 + digit
        return number, are

    def among(self, rows: Rows, place: Places, marks: str) -> NDArray[np.bool_]:
        """Whether the byte at a place is one of some ASCII marks."""
        return (_TABLES[marks] if marks in _TABLES else _table(marks)).take(self.at(rows, place))


_TABLES: dict[str, NDArray[np.bool_]] = {}


def _table(marks: str) -> NDArray[np.bool_]:
    table = np.zeros(256, bool)
    table[[ord(mark) for mark in marks]] = True
    return _TABLES.setdefault(marks, table)


def chunks(texts: pa.ChunkedArray) -> Iterator[tuple[int, Written]]:
    """The pieces of a column of texts, each with the number of its first row."""
    first = 0
    for chunk in texts.chunks:
        if len(chunk):
            yield first, Written(chunk.cast(pa.string()))
        first += len(chunk)
