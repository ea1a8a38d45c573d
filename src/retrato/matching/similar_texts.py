"""Similarity primitives over many pairs of texts at once: what each means is said in `matching/similarity.py`.

Texts are numbered, and a pair is two numbers. What can be told of each text by itself (its length, how it begins, which
letters it holds) is told once, and decides most pairs. The others are measured, every two texts once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cached_property
from string import ascii_lowercase, digits
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray
from rapidfuzz.distance import DamerauLevenshtein, JaroWinkler
from rapidfuzz.process import cpdist

from retrato.matching.similarity import (
    LONGEST,
    EditsAtMost,
    InitialOf,
    JaroWinklerAtLeast,
    PrefixEqual,
    RatioAtLeast,
    TokensShared,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from retrato.matching.similarity import Primitive

Places: TypeAlias = NDArray[np.int64]
Flags: TypeAlias = NDArray[np.bool_]

#: A number above all levels.
NO_TEST = 127
#: The symbols that are looked for in texts; others may stand there too.
_SYMBOLS = (ascii_lowercase + digits).encode()
#: Texts whose letters are looked at, and pairs that are measured, together.
_CHUNK = 1 << 16
#: What sums of fractions may be off by.
_ROUNDING = 1e-6


class Texts:
    """N texts, none of which is empty."""

    def __init__(self, texts: pa.StringArray) -> None:
        self._texts = texts
        self._starts: dict[int, NDArray[np.int32]] = {}

    def first_that_holds(self, tests: Mapping[int, Primitive], left: Places, right: Places) -> NDArray[np.int8]:
        """For every pair of texts (P) that differ the lowest number whose test holds, NO_TEST where none does.

        Raises KeyError for a test that is not about two values of one key.

        >>> texts = Texts(pa.array(["maria", "marta", "m"]))
        >>> tests = {8: InitialOf("name"), 9: EditsAtMost("name", 1)}
        >>> texts.first_that_holds(tests, np.array([0, 0, 1]), np.array([1, 2, 2])).tolist()
        [9, 8, 8]
        """
        level = np.full(len(left), NO_TEST, np.int8)
        for kind in sorted({type(each) for each in tests.values()}, key=list(_HOLDING).index):
            own: dict[int, Any] = {number: each for number, each in tests.items() if type(each) is kind}
            rows = np.flatnonzero(level > min(own))
            for number, holds in _HOLDING[kind](self, own, left[rows], right[rows]):
                held = rows[holds]
                level[held] = np.minimum(level[held], number)
        return level

    @cached_property
    def lengths(self) -> NDArray[np.int32]:
        """The characters of each text."""
        lengths: NDArray[np.int32] = pc.utf8_length(self._texts).to_numpy()
        return lengths

    def starts(self, length: int) -> NDArray[np.int32]:
        """A number for how each text begins."""
        if length not in self._starts:
            starts = pc.utf8_slice_codeunits(self._texts, 0, length).dictionary_encode()
            self._starts[length] = starts.indices.to_numpy()
        return self._starts[length]

    @cached_property
    def strings(self) -> NDArray[np.object_]:
        """The texts themselves."""
        return np.array(self._texts.to_pylist(), dtype=object)

    @cached_property
    def values(self) -> NDArray[np.float64]:
        """The numbers that the texts are; NaN for those that are none."""
        return np.array([_number(text) for text in self.strings], np.float64)

    @cached_property
    def symbols(self) -> NDArray[np.uint64]:
        """Which letters and digits each text holds, as bits."""
        return self._bits[0]

    @cached_property
    def symbols_and_twins(self) -> NDArray[np.uint64]:
        """Which letters and digits each text holds, and which digits twice. An edit changes two bits at most."""
        return self._bits[0] | self._bits[1]

    @cached_property
    def _bits(self) -> tuple[NDArray[np.uint64], NDArray[np.uint64]]:
        chunks = [_bits(self._texts.slice(start, _CHUNK)) for start in range(0, len(self._texts), _CHUNK)]
        once, twice = zip(*chunks, strict=True) if chunks else ((), ())
        none = np.zeros(0, np.uint64)
        return np.concatenate([none, *once]), np.concatenate([none, *twice])

    def measured(
        self, left: Places, right: Places, scorer: Callable[..., Any], cutoff: float, kind: type[np.generic]
    ) -> NDArray[Any]:
        """What a scorer of rapidfuzz says of every pair."""
        count = max(len(self._texts), 1)
        pairs = pa.array(left * count + right).dictionary_encode()
        distinct = pairs.dictionary.to_numpy()
        found = np.empty(len(distinct), kind)
        for start in range(0, len(distinct), _CHUNK):
            some = slice(start, start + _CHUNK)
            one, other = (self.strings[each].tolist() for each in np.divmod(distinct[some], count))
            found[some] = cpdist(one, other, scorer=scorer, score_cutoff=cutoff, dtype=kind)
        measures: NDArray[Any] = found[pairs.indices.to_numpy()]
        return measures


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return np.nan


def _bits(texts: pa.StringArray) -> tuple[NDArray[np.uint64], NDArray[np.uint64]]:
    """Which symbols each text holds, and which digits twice (in the bits above those)."""
    _, starts, data = texts.buffers()
    edges = np.frombuffer(starts, np.int32)[texts.offset : texts.offset + len(texts) + 1]
    letters = np.frombuffer(data, np.uint8)[edges[0] : edges[-1]]
    first = edges[:-1] - edges[0]
    bit_of = np.zeros(256, np.uint64)
    bit_of[list(_SYMBOLS)] = np.left_shift(np.uint64(1), np.arange(len(_SYMBOLS), dtype=np.uint64))
    once = np.bitwise_or.reduceat(bit_of[letters], first)
    twice = np.zeros(len(texts), np.uint64)
    for place, digit in enumerate(digits.encode(), len(_SYMBOLS)):
        often = np.add.reduceat((letters == digit).astype(np.int32), first) > 1
        twice |= often.astype(np.uint64) << np.uint64(place)
    return once, twice


Holding: TypeAlias = Iterator[tuple[int, Flags]]


def _initials(texts: Texts, tests: Mapping[int, InitialOf], left: Places, right: Places) -> Holding:
    lengths, starts = texts.lengths, texts.starts(1)
    for number in tests:
        yield number, (np.minimum(lengths[left], lengths[right]) == 1) & (starts[left] == starts[right])


def _prefixes(texts: Texts, tests: Mapping[int, PrefixEqual], left: Places, right: Places) -> Holding:
    for number, each in tests.items():
        starts = texts.starts(each.length)
        yield number, starts[left] == starts[right]


def _ratios(texts: Texts, tests: Mapping[int, RatioAtLeast], left: Places, right: Places) -> Holding:
    one, other = texts.values[left], texts.values[right]
    low, high = np.minimum(abs(one), abs(other)), np.maximum(abs(one), abs(other))
    with np.errstate(invalid="ignore"):  # infinity times 0
        same_sign = one * other > 0
    for number, each in tests.items():
        yield number, same_sign & (low >= each.ratio * high)


def _words(texts: Texts, tests: Mapping[int, TokensShared], left: Places, right: Places) -> Holding:
    one, other = texts.symbols[left], texts.symbols[right]
    rows = np.flatnonzero(((one & ~other) == 0) | ((other & ~one) == 0))  # words that are all there, with their letters
    pairs = zip(texts.strings[left[rows]], texts.strings[right[rows]], strict=True)
    holds = np.zeros(len(left), np.bool_)
    holds[rows] = [" " in a + b and _shared(set(a.split(" ")), set(b.split(" "))) for a, b in pairs]
    for number in tests:
        yield number, holds


def _shared(one: set[str], other: set[str]) -> bool:
    return one <= other or other <= one


def _edits(texts: Texts, tests: Mapping[int, EditsAtMost], left: Places, right: Places) -> Holding:
    most = max(each.edits for each in tests.values())
    lengths, bits = texts.lengths, texts.symbols_and_twins
    close = np.bitwise_count(bits[left] ^ bits[right]) <= 2 * most
    close &= np.maximum(lengths[left], lengths[right]) <= LONGEST
    rows = np.flatnonzero(close & (abs(lengths[left] - lengths[right]) <= most))
    distances = np.full(len(left), most + 1, np.int32)
    distances[rows] = texts.measured(left[rows], right[rows], DamerauLevenshtein.distance, most, np.int32)
    shorter = np.minimum(lengths[left], lengths[right])
    for number, each in tests.items():
        yield number, (distances <= each.edits) & (shorter >= each.length)


def _jaro_winkler(texts: Texts, tests: Mapping[int, JaroWinklerAtLeast], left: Places, right: Places) -> Holding:
    """Of each text at least those letters match none that the other lacks; a common start adds four tenths at most."""
    least = min(each.similarity for each in tests.values())
    one, other = texts.symbols_and_twins[left], texts.symbols_and_twins[right]
    length, width = texts.lengths[left], texts.lengths[right]
    matching = np.minimum(length - np.bitwise_count(one & ~other), width - np.bitwise_count(other & ~one))
    jaro = (matching / length + matching / width + 1) / 3
    rows = np.flatnonzero((jaro + 0.4 * (1 - jaro) >= least - _ROUNDING) & (np.maximum(length, width) <= LONGEST))
    similarities = np.zeros(len(left))
    similarities[rows] = texts.measured(left[rows], right[rows], JaroWinkler.similarity, least - _ROUNDING, np.float64)
    for number, each in tests.items():
        yield number, similarities >= each.similarity


#: How the tests of each kind are made: what costs least first.
_HOLDING: dict[type, Callable[..., Holding]] = {
    InitialOf: _initials,
    PrefixEqual: _prefixes,
    RatioAtLeast: _ratios,
    TokensShared: _words,
    EditsAtMost: _edits,
    JaroWinklerAtLeast: _jaro_winkler,
}
