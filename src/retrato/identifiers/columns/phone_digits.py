"""Columns of plainly written phone numbers as columns of digits, byte by byte."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Bools: TypeAlias = NDArray[np.bool_]
    Ints: TypeAlias = NDArray[np.int64]
    Bytes: TypeAlias = NDArray[np.uint8]

#: Kinds of bytes, and the bits from which each is counted in one running sum: no plain text has 256 bytes of a kind.
_KINDS = {"digit": 0, "plus": 8, "bracket": 16, "dot": 24, "blank": 32, "other": 40}
_MARKS = {"digit": "0123456789", "plus": "+", "bracket": "(", "dot": ".", "blank": " -)"}
_WEIGHTS = np.full(256, 1 << _KINDS["other"], np.int64)
for _name, _marks in _MARKS.items():
    _WEIGHTS[[ord(mark) for mark in _marks]] = 1 << _KINDS[_name]
_IS_DIGIT = _WEIGHTS == 1
_ZERO, _PLUS, _DOT, _BLANK, _BRACKET = b"0+. ("

#: Fewer digits, more digits and longer texts are left to the value parser.
FEWEST = 6
_MOST = 17
_LONGEST = 40
#: A text of so many digits may be two numbers with a blank between them.
_ENOUGH_FOR_TWO = 14
#: So many digits at the end with one step between them (0, 1 or -1) may be a filler.
_TELLING = 5
#: Steps between two digits, as differences of bytes: the same, counting up (from 9 to 0 too), counting down, others.
_STEP = np.zeros(256, np.uint8)
_STEP[[0]], _STEP[[1, 256 - 9]], _STEP[[255, 9]] = 1, 2, 3


class Digits:
    """The digits of a column of texts.

    `plain` are the texts of 7 to 17 digits with at most a leading plus, and blanks, dots, hyphens and brackets between
    the digits: those that are one number each and need no rewriting. Texts are not plain if their last digits repeat
    or count, as those of a filler would. The other arrays only tell of plain texts: `plus`, `zero_in_brackets`, `zeros`
    (00 and a digit that is no 0 at the start), `first` (the first digit), `sizes`, and `decimal`: a spreadsheet's `.0`
    stands behind plain digits, which is no part of a number.

    >>> digits = Digits(pa.array(["+34 600-11 22 33", "600112233.0", "600 ext 1", None]))
    >>> digits.plain.tolist(), digits.numbers(np.array([0, 1])).to_pylist()
    ([True, True, False, False], ['34600112233', '600112233'])
    """

    def __init__(self, texts: pa.StringArray) -> None:
        starts, ends, data = _bytes_of(texts)
        sums = np.zeros(len(data) + 1, np.int64)
        np.cumsum(_WEIGHTS[data], out=sums[1:])
        counts = sums[ends] - sums[starts]
        number = {name: counts >> bit & 0xFF for name, bit in _KINDS.items()}
        kept = number["digit"].copy()
        for row in np.flatnonzero(ends - starts > 0xFF):
            kept[row] = np.count_nonzero(_IS_DIGIT[data[starts[row] : ends[row]]])
        pluses, dots = number["plus"], number["dot"]
        marks = number["bracket"] + dots + number["blank"]
        decimal = (dots == 1) & (marks == 1) & (data[ends - 2] == _DOT) & (data[ends - 1] == _ZERO)
        doubtful = (dots == 1) & ~decimal & np.isin(data[ends - 1], (_ZERO, _BLANK))
        led = (data[starts] == _PLUS) | ((data[starts] == _BRACKET) & (data[starts + 1] == _PLUS))
        self.plus = (pluses == 1) & led
        self.zero_in_brackets = np.zeros(len(texts), bool)
        self.decimal = decimal
        self.sizes = number["digit"] - decimal
        self.plain = (ends - starts <= _LONGEST) & (number["other"] == 0) & ((pluses == 0) | self.plus) & ~doubtful
        self.plain &= (self.sizes >= FEWEST) & (self.sizes <= _MOST)
        if texts.null_count:
            self.plain &= texts.is_valid().to_numpy(zero_copy_only=False)
        long = np.flatnonzero(self.plain & (self.sizes >= _ENOUGH_FOR_TWO) & (marks > 0))
        self.plain[long] = ~_matching(texts, long, " 00")
        bracketed = np.flatnonzero(self.plain & (number["bracket"] > 0))
        self.zero_in_brackets[bracketed] = _matching(texts, bracketed, r"\( *0 *\)")
        self._data = np.append(data[_IS_DIGIT[data]], np.full(2, _ZERO, np.uint8))
        self._starts = np.cumsum(kept) - kept
        self.plain &= ~self._may_be_filler()
        first, second, third = (self._at(self._starts + place) for place in range(3))
        self.first = first - _ZERO
        self.zeros = ~self.plus & (first == _ZERO) & (second == _ZERO) & (third != _ZERO)

    def amend(self, rows: Ints, other: Digits) -> None:
        """Put other texts in the place of some rows."""
        for mine, others in (
            (self.plain, other.plain),
            (self.plus, other.plus),
            (self.zeros, other.zeros),
            (self.decimal, other.decimal),
            (self.zero_in_brackets, other.zero_in_brackets),
        ):
            mine[rows] = others
        for numbers, others_numbers in ((self.sizes, other.sizes), (self.first, other.first)):
            numbers[rows] = others_numbers
        self._starts[rows] = other._starts + len(self._data)
        self._data = np.append(self._data, other._data)

    def _at(self, places: Ints) -> Bytes:
        """Digits as bytes; anything for the places of texts that are not plain."""
        return self._data.take(places, mode="clip")

    def _may_be_filler(self) -> Bools:
        ends = self._starts + self.sizes
        last = [self._at(ends - place) for place in range(_TELLING, 0, -1)]
        steps = [after - before for before, after in pairwise(last)]
        even = np.logical_and.reduce([_STEP[each] == _STEP[steps[0]] for each in steps[1:]])
        suspect: Bools = even & (_STEP[steps[0]] > 0)
        return suspect

    def three(self, rows: Ints, skipped: Ints | int = 0) -> Ints:
        """The three digits after so many others, as one number, of some plain texts."""
        places = self._starts[rows] + skipped
        digits = [self._at(places + place).astype(np.int64) - _ZERO for place in range(3)]
        return digits[0] * 100 + digits[1] * 10 + digits[2]

    def numbers(self, rows: Ints, skipped: Ints | int = 0) -> pa.StringArray:
        """The digits of some plain texts, without so many at the start of each."""
        starts = self._starts[rows] + skipped
        sizes = self.sizes[rows] - skipped
        offsets = np.zeros(len(rows) + 1, np.int32)
        np.cumsum(sizes, out=offsets[1:])
        where = np.repeat(starts - offsets[:-1], sizes) + np.arange(offsets[-1])
        return pa.StringArray.from_buffers(len(rows), pa.py_buffer(offsets), pa.py_buffer(self._data[where]))


def _matching(texts: pa.StringArray, rows: Ints, pattern: str) -> Bools:
    found: Bools = pc.match_substring_regex(texts.take(pa.array(rows)), pattern).to_numpy(zero_copy_only=False)
    return found


def _bytes_of(texts: pa.StringArray) -> tuple[Ints, Ints, Bytes]:
    """Where each text starts and ends, and the bytes of all with two to spare."""
    _, offsets, data = texts.buffers()
    places = np.frombuffer(offsets, np.int32)[texts.offset : texts.offset + len(texts) + 1].astype(np.int64)
    whole = np.frombuffer(data, np.uint8) if data is not None else np.zeros(0, np.uint8)
    low, high = places[0], places[-1]
    return places[:-1] - low, places[1:] - low, np.append(whole[low:high], np.zeros(2, np.uint8))
