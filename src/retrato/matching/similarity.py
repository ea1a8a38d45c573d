"""The closed list of similarity primitives.

Each is a frozen description of one test on the matching keys of two records, with its plain Python meaning (`holds`).
Engines compile the same descriptions (`engines/compile/similarity.py`); a shared suite proves that both say the same.
Keys are folded ASCII, so that byte-wise and character-wise similarities are one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from rapidfuzz.distance import DamerauLevenshtein, JaroWinkler

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

#: The most characters of a text that may be like another: measuring takes the square of them.
LONGEST = 1_000
#: The value of a key of one record: nothing, one text, or several.
KeyValue = str | tuple[str, ...] | None


def texts(value: KeyValue) -> tuple[str, ...]:
    """The texts of a key value: none, one or several.

    >>> texts(None), texts("ana"), texts(("a", "b"))
    ((), ('ana',), ('a', 'b'))
    """
    if value is None:
        return ()
    return (value,) if isinstance(value, str) else value


class Keys:
    """The matching keys of one record, by name.

    >>> Keys({"given_name": "ana"})["family_name"] is None
    True
    """

    __slots__ = ("known",)

    def __init__(self, known: dict[str, KeyValue]) -> None:
        self.known = known

    def __getitem__(self, name: str) -> KeyValue:
        return self.known.get(name)


def meet(mine: KeyValue, yours: KeyValue) -> bool:
    """Whether two key values have a text in common.

    >>> meet("a", ("a", "b")), meet(None, None)
    (True, False)
    """
    if mine is None or yours is None:
        return False
    if isinstance(mine, str) and isinstance(yours, str):
        return mine == yours
    return not set(texts(mine)).isdisjoint(texts(yours))


def _pairs(left: KeyValue, right: KeyValue) -> Iterator[tuple[str, str]]:
    return ((a, b) for a in texts(left) for b in texts(right))


def _any(left: KeyValue, right: KeyValue, test: Callable[[str, str], bool]) -> bool:
    if left is None or right is None:
        return False
    if isinstance(left, str) and isinstance(right, str):  # mostly
        return test(left, right)
    return any(test(a, b) for a, b in _pairs(left, right))


@dataclass(frozen=True, slots=True)
class Equal:
    """The two keys are the same text."""

    key: str

    def holds(self, left: Keys, right: Keys) -> bool:
        """Whether any value of one side is also on the other."""
        return _any(left[self.key], right[self.key], str.__eq__)


@dataclass(frozen=True, slots=True)
class Both:
    """Both sides have the key, whatever its values."""

    key: str

    def holds(self, left: Keys, right: Keys) -> bool:
        """Whether there is a value on both sides."""
        return bool(texts(left[self.key]) and texts(right[self.key]))


@dataclass(frozen=True, slots=True)
class JaroWinklerAtLeast:
    """Jaro-Winkler similarity (Winkler 1990, prefix weight 0.1) of at least `similarity`.

    Texts of more than `LONGEST` characters never pass.

    >>> JaroWinklerAtLeast("k", 0.92).holds(Keys({"k": "martha"}), Keys({"k": "marhta"}))
    True
    """

    key: str
    similarity: float

    def holds(self, left: Keys, right: Keys) -> bool:
        """Whether any two values are that similar."""
        return _any(
            left[self.key],
            right[self.key],
            lambda a, b: max(len(a), len(b)) <= LONGEST and JaroWinkler.similarity(a, b) >= self.similarity,
        )


@dataclass(frozen=True, slots=True)
class EditsAtMost:
    """At most `edits` insertions, deletions, substitutions or swaps of neighbours (Damerau 1964).

    Texts of fewer than `length` characters, or more than `LONGEST`, never pass. All levels of a comparison that read
    the same key share one `length`.
    """

    key: str
    edits: int
    length: int = 0

    def holds(self, left: Keys, right: Keys) -> bool:
        """Whether any two values are that close."""
        return _any(
            left[self.key],
            right[self.key],
            lambda a, b: (
                min(len(a), len(b)) >= self.length
                and max(len(a), len(b)) <= LONGEST
                and DamerauLevenshtein.distance(a, b) <= self.edits
            ),
        )


@dataclass(frozen=True, slots=True)
class TokensShared:
    """All words of one text are among the words of the other.

    >>> TokensShared("k").holds(Keys({"k": "maria jose"}), Keys({"k": "jose"}))
    True
    """

    key: str

    def holds(self, left: Keys, right: Keys) -> bool:
        """Whether any two values share their words so."""

        def test(a: str, b: str) -> bool:
            one, other = set(a.split(" ")), set(b.split(" "))
            return one <= other or other <= one

        return _any(left[self.key], right[self.key], test)


@dataclass(frozen=True, slots=True)
class InitialOf:
    """One side knows only the initial of the other: a text of one letter against one that begins with it."""

    key: str

    def holds(self, left: Keys, right: Keys) -> bool:
        """Whether the shorter of two texts is one letter and begins the other."""
        return _any(left[self.key], right[self.key], lambda a, b: min(len(a), len(b)) == 1 and a[:1] == b[:1])


@dataclass(frozen=True, slots=True)
class CrossEqual:
    """The key of one side is another key of the other side (names in swapped order, a second surname used alone)."""

    key: str
    other: str

    def holds(self, left: Keys, right: Keys) -> bool:
        """Whether either side's key equals the other side's other key."""
        return _any(left[self.key], right[self.other], str.__eq__) or _any(
            left[self.other], right[self.key], str.__eq__
        )


@dataclass(frozen=True, slots=True)
class PrefixEqual:
    """The first `length` characters are the same (the year of a date, the district of a postcode)."""

    key: str
    length: int

    def holds(self, left: Keys, right: Keys) -> bool:
        """Whether any two values begin alike."""
        return _any(left[self.key], right[self.key], lambda a, b: a[: self.length] == b[: self.length])


@dataclass(frozen=True, slots=True)
class RatioAtLeast:
    """Two numbers of the same sign whose smaller is at least `ratio` of the larger."""

    key: str
    ratio: float

    def holds(self, left: Keys, right: Keys) -> bool:
        """Whether any two numbers are that close; texts that are no numbers never are."""

        def test(a: str, b: str) -> bool:
            try:
                one, other = float(a), float(b)
            except ValueError:
                return False
            if one * other <= 0:
                return False
            low, high = sorted((abs(one), abs(other)))
            return low >= self.ratio * high

        return _any(left[self.key], right[self.key], test)


@dataclass(frozen=True, slots=True)
class StandsIn:
    """The key of one side, or its first `length` letters, stands in the texts of the other; `start`: begins one.

    The texts are one, with a bar before and after each. With `initial` they count only where the other side has no more
    than one letter of that key.

    >>> StandsIn("name", "accounts").holds(Keys({"name": "garcia"}), Keys({"accounts": "|pgarcia|"}))
    True
    """

    key: str
    texts: str
    length: int | None = None
    start: bool = False
    initial: str | None = None

    def holds(self, left: Keys, right: Keys) -> bool:
        """Whether either side's key stands in the other side's texts."""
        return self._stands(left[self.key], right) or self._stands(right[self.key], left)

    def _stands(self, value: KeyValue, other: Keys) -> bool:
        if self.initial is not None and not any(len(each) == 1 for each in texts(other[self.initial])):
            return False
        return _any(value, other[self.texts], lambda a, b: ("|" if self.start else "") + a[: self.length] in b)


def keys_of(test: Primitive) -> tuple[str, ...]:
    """The keys that a test reads.

    >>> keys_of(CrossEqual("given_name", "family_name"))
    ('given_name', 'family_name')
    """
    if isinstance(test, CrossEqual):
        return test.key, test.other
    if isinstance(test, StandsIn):
        return test.key, test.texts, test.initial or test.key
    return (test.key,)


Primitive = (
    StandsIn
    | Both
    | Equal
    | JaroWinklerAtLeast
    | EditsAtMost
    | TokensShared
    | InitialOf
    | CrossEqual
    | PrefixEqual
    | RatioAtLeast
)
