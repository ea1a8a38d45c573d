"""Comparison levels of many pairs at once, by codes in the place of texts.

A key of all records is an array of numbers, the same number for the same text. Whether two records agree, whether one
side lacks the key, whether a name stands on the other side as another: all that the numbers tell. Only tests of how
similar two texts are need the texts, and every two texts are tested once, however many pairs have them.

Levels are those of `Comparison.level`. Pairs of which numbers cannot tell it (records with several values, names that
are looked for in accounts) are left over, to be compared by their texts.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from retrato.matching.comparisons import BANDS, MISSING
from retrato.matching.similar_texts import Texts
from retrato.matching.similarity import Both, CrossEqual, Equal, StandsIn, keys_of

if TYPE_CHECKING:
    from retrato.matching.comparisons import Comparison
    from retrato.matching.similarity import Primitive

Numbers: TypeAlias = NDArray[np.int32]
RecordNumbers: TypeAlias = NDArray[np.int64]
Flags: TypeAlias = NDArray[np.bool_]
Levels: TypeAlias = NDArray[np.int8]

#: The code of no value, of several, and of a text that another key does not have.
NONE = -1
SEVERAL = -2
_NOWHERE = -3


@dataclass(frozen=True, slots=True, weakref_slot=True)
class Coded:
    """One key of N records: `codes` (N) has the place of the text in `texts`, or NONE, or SEVERAL.

    Where the key is the main one of a feature, `bands` (N) has the band of the value; where it has namespaces, `spaces`
    (N) has a number for that of the value, and `codes` where there is no single value.
    """

    codes: Numbers
    texts: pa.StringArray
    bands: Levels | None = None
    spaces: Numbers | None = None

    def codes_among(self, texts: pa.StringArray) -> Numbers:
        """The codes that the values have among the texts of another key.

        >>> names = Coded(np.array([0, 1, NONE]), pa.array(["ana", "ruiz"]))
        >>> names.codes_among(pa.array(["ruiz", "garcia"])).tolist()
        [-3, 0, -1]
        """
        places = pc.index_in(self.texts, value_set=texts).fill_null(_NOWHERE).to_numpy(zero_copy_only=False)
        return self._by_record(places, SEVERAL, NONE)

    def of_one_letter(self) -> Flags:
        """Which records have a text of one letter."""
        return self._by_record(pc.equal(pc.utf8_length(self.texts), 1).to_numpy(zero_copy_only=False), False, False)

    def _by_record(self, of_texts: NDArray[Any], several: Any, none: Any) -> NDArray[Any]:
        """What is known of every text, of several and of none, for every record."""
        told = np.append(of_texts, np.array([several, none], of_texts.dtype))
        return told[self.codes]  # those two count from the end


class Records(Protocol):
    """Where the keys of all records come from."""

    def key(self, name: str) -> Coded:
        """A key of all records."""


class _Possible:
    """Where a comparison has something to compare."""

    def __init__(self, comparison: Comparison, records: Records) -> None:
        self._value = records.key(comparison.key)
        self._instead_of = tuple(_Possible(each, records) for each in comparison.instead_of)
        self._sides: tuple[Numbers, ...] = ()
        if comparison.looked_for is not None:
            feature, there, other = map(records.key, comparison.looked_for)
            self._sides = feature.codes, there.codes, other.codes_among(self._value.texts)

    def among(self, a: RecordNumbers, b: RecordNumbers) -> tuple[Flags, Flags]:
        """The pairs of which that can be, and those of them where the codes do not tell it."""
        if self._sides:
            return self._sought(a, b) | self._sought(b, a), np.zeros(len(a), np.bool_)
        codes, spaces = self._value.codes, self._value.spaces
        possible: Flags = (codes[a] != NONE) & (codes[b] != NONE)
        unsure: Flags = np.zeros(len(a), np.bool_)
        if spaces is not None:
            one, other = spaces[a], spaces[b]
            unsure |= (one == SEVERAL) | (other == SEVERAL)
            possible &= (one == other) | unsure
        for each in self._instead_of:
            rows = np.flatnonzero(possible)
            told, maybe = each.among(a[rows], b[rows])
            possible[rows] = ~told | maybe
            unsure[rows] |= maybe
        return possible, unsure & possible

    def _sought(self, a: RecordNumbers, b: RecordNumbers) -> Flags:
        """Where the value of the one side is looked for in the texts of the other."""
        lacking, there, other = (codes[b] for codes in self._sides)
        value = self._value.codes[a]
        sought: Flags = (value != NONE) & (lacking == NONE) & (there != NONE) & (other != value)
        return sought


class ByCodes:
    """One comparison of pairs of records by their codes."""

    def __init__(self, comparison: Comparison, records: Records) -> None:
        self._comparison = comparison
        self._value = records.key(comparison.key)
        self._texts = Texts(self._value.texts)
        self._possible = _Possible(comparison, records)
        levels = () if comparison.looked_for else comparison.levels  # of what is looked for all pairs are left over
        tests = {number: level.test for number, level in enumerate(levels, BANDS)}
        self._by_code = {n: each for n, each in tests.items() if isinstance(each, Equal | Both | CrossEqual)}
        self._in_accounts = {n: each for n, each in tests.items() if isinstance(each, StandsIn)}
        self._by_text = {n: each for n, each in tests.items() if n not in self._by_code | self._in_accounts}
        every = (*tests.values(), *comparison.silent)
        self._keys = {name: records.key(name) for name in sorted({key for each in every for key in keys_of(each)})}
        self._other = {
            each: self._keys[each.other].codes_among(self._keys[each.key].texts)
            for each in every
            if isinstance(each, CrossEqual)
        }
        self._initial = {
            name: self._keys[name].of_one_letter() for each in self._in_accounts.values() if (name := each.initial)
        }
        self._several = self._value.codes == SEVERAL
        for each in self._keys.values():
            self._several |= each.codes == SEVERAL

    def levels(self, a: RecordNumbers, b: RecordNumbers) -> tuple[Levels, Flags]:
        """The levels (P) of pairs of records, counted from 0, and which of the pairs (P) are left over."""
        result = np.full(len(a), MISSING, np.int8)
        possible, left_over = self._possible.among(a, b)
        if self._comparison.looked_for is not None:
            return result, possible
        rows = np.flatnonzero(possible & ~left_over)
        several = self._several[a[rows]] | self._several[b[rows]]
        left_over[rows[several]] = True
        rows = rows[~several]
        codes, bands = self._value.codes, self._value.bands
        equal = codes[a[rows]] == codes[b[rows]]
        same = rows[equal]
        result[same] = 0 if bands is None else bands[a[same]]
        rows = rows[~equal]
        a, b = a[rows], b[rows]
        level = self._below_equality(a, b)
        result[rows] = level
        for number, each in self._in_accounts.items():
            may_stand = self._may_stand(each, a, b) | self._may_stand(each, b, a)
            left_over[rows[may_stand & (level > number)]] = True
        return result, left_over

    def _below_equality(self, a: RecordNumbers, b: RecordNumbers) -> Levels:
        """The levels of pairs with one value each that differ, accounts left aside."""
        level = np.full(len(a), BANDS + len(self._comparison.levels), np.int8)
        for number, by_code in reversed(self._by_code.items()):
            level[self._holds(by_code, a, b)] = number
        for silent in self._comparison.silent:
            level[self._holds(silent, a, b)] = MISSING
        if self._by_text:
            rows = np.flatnonzero(level > min(self._by_text))
            level[rows] = np.minimum(level[rows], self._similar(a[rows], b[rows]))
        return level

    def _holds(self, test: Primitive, a: RecordNumbers, b: RecordNumbers) -> Flags:
        match test:
            case Equal(key):
                one, other = self._keys[key].codes[a], self._keys[key].codes[b]
                equal: Flags = (one == other) & (one != NONE)
                return equal
            case Both(key):
                codes = self._keys[key].codes
                both: Flags = (codes[a] != NONE) & (codes[b] != NONE)
                return both
            case CrossEqual(key, _):
                codes, others = self._keys[key].codes, self._other[test]
                one, other = codes[a], codes[b]
                crossed: Flags = ((one == others[b]) & (one != NONE)) | ((other == others[a]) & (other != NONE))
                return crossed
        raise TypeError(f"{type(test).__name__} is not told by codes")

    def _similar(self, a: RecordNumbers, b: RecordNumbers) -> Levels:
        """The levels of pairs by the tests that read the texts of the main key."""
        codes = self._value.codes
        return self._texts.first_that_holds(self._by_text, codes[a].astype(np.int64), codes[b].astype(np.int64))

    def _may_stand(self, test: StandsIn, a: RecordNumbers, b: RecordNumbers) -> Flags:
        """Where the key of the one side may stand in the texts of the other."""
        may: Flags = (self._keys[test.key].codes[a] != NONE) & (self._keys[test.texts].codes[b] != NONE)
        return may if test.initial is None else may & self._initial[test.initial][b]
