"""Numbers, days and times as text, a whole column at a time.

Columns of text are numpy arrays of Python strings (`Strings`): `+`, `np.where` and indexing work on them element by
element.
"""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from collections.abc import Iterable

Strings = npt.NDArray[np.object_]
Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]

DAY = 86_400
_FIRST_DAY = date(1900, 1, 1)
_OFFSET = (date(1970, 1, 1) - _FIRST_DAY).days
_SPAN = 55_000  # days from 1900: into 2050


def strings(values: Iterable[str | None]) -> Strings:
    """Turn texts into a column.

    >>> strings(["ana", None]).tolist()
    ['ana', None]
    """
    items = list(values)
    column = np.empty(len(items), dtype=object)
    column[:] = items
    return column


def blank(count: int, value: str | None = "") -> Strings:
    """A column that holds one value `count` times.

    >>> blank(2, "x").tolist()
    ['x', 'x']
    """
    return np.full(count, value, dtype=object)


@cache
def _table(width: int) -> Strings:
    return strings(f"{i:0{width}d}" for i in range(10**width))


def digits(numbers: npt.ArrayLike, width: int) -> Strings:
    """Write whole numbers with leading zeros.

    >>> digits([7, 1234567], 7).tolist()
    ['0000007', '1234567']
    """
    rest = np.asarray(numbers, dtype=np.int64)
    text: Any = None
    while width > 0:
        step = min(width, 3)
        part = _table(step)[rest % 10**step]
        text = part if text is None else part + text
        rest, width = rest // 10**step, width - step
    return np.asarray(text, dtype=object)


def grouped(numbers: npt.ArrayLike) -> Strings:
    """Write whole numbers without leading zeros.

    >>> grouped([7, 120]).tolist()
    ['7', '120']
    """
    return strings(map(str, np.asarray(numbers).tolist()))


@cache
def _hex_table() -> Strings:
    return strings(f"{i:04x}" for i in range(65_536))


def hexes(rng: np.random.Generator, count: int, groups: int = 4) -> Strings:
    """Random identifiers of `groups` times four hexadecimal digits.

    >>> [len(each) for each in hexes(np.random.default_rng(1), 2)]
    [16, 16]
    """
    parts = rng.integers(0, 65_536, (groups, count))
    text = _hex_table()[parts[0]]
    for part in parts[1:]:
        text = text + _hex_table()[part]
    return np.asarray(text, dtype=object)


@cache
def _day_table(pattern: str) -> Strings:
    return strings((_FIRST_DAY + timedelta(days=i)).strftime(pattern) for i in range(_SPAN))


@cache
def _minute_table() -> Strings:
    return strings(f"{i // 60:02d}:{i % 60:02d}" for i in range(1_440))


def day_text(days: npt.ArrayLike, pattern: str = "%Y-%m-%d") -> Strings:
    """Write days, counted from 1970-01-01, by a `strftime` pattern; 1900 to 2050.

    >>> day_text([0, 18262], "%d/%m/%Y").tolist()
    ['01/01/1970', '01/01/2020']
    """
    return _day_table(pattern)[np.asarray(days, dtype=np.int64) + _OFFSET]


def time_text(seconds: npt.ArrayLike, pattern: str = "%Y-%m-%d", gap: str = " ", *, exact: bool = True) -> Strings:
    """Write moments, in seconds from 1970-01-01, as day, gap and time of day (`exact`: with seconds).

    >>> time_text([90_061], gap="T").tolist()
    ['1970-01-02T01:01:01']
    """
    moment = np.asarray(seconds, dtype=np.int64)
    text = day_text(moment // DAY, pattern) + gap + _minute_table()[moment % DAY // 60]
    return np.asarray(text + ":" + digits(moment % 60, 2) if exact else text, dtype=object)


def seconds_of(text: str) -> int:
    """The seconds from 1970-01-01 of an ISO day or moment, taken as UTC.

    >>> seconds_of("1970-01-02T01:01:01")
    90061
    """
    return int(np.datetime64(text, "s").astype(np.int64))


def pick(
    rng: np.random.Generator, choices: Iterable[str | None], count: int, weights: npt.ArrayLike | None = None
) -> Strings:
    """Draw texts, with given weights or evenly.

    >>> pick(np.random.default_rng(1), ["a"], 2).tolist()
    ['a', 'a']
    """
    column = strings(choices)
    if weights is None:
        return column[rng.integers(0, len(column), count)]
    return column[weighted(rng, weights, count)]


def weighted(rng: np.random.Generator, weights: npt.ArrayLike, count: int) -> Ints:
    """Draw positions in proportion to weights.

    >>> weighted(np.random.default_rng(1), [0, 1], 3).tolist()
    [1, 1, 1]
    """
    edges = np.cumsum(np.asarray(weights, dtype=float))
    found = np.searchsorted(edges, rng.random(count) * edges[-1], side="right")
    return np.asarray(np.minimum(found, len(edges) - 1), dtype=np.int64)


def zipf(count: int, *, shift: float = 3.0, power: float = 0.9) -> Floats:
    """Weights of a Zipf-Mandelbrot law, `1 / (rank + shift) ** power` (Mandelbrot 1953).

    >>> zipf(2, shift=0, power=1).tolist()
    [1.0, 0.5]
    """
    return np.asarray(1.0 / (np.arange(1, count + 1) + shift) ** power)


def ordinals(values: Strings) -> Ints:
    """How many times each value stood before in the column.

    >>> ordinals(strings(["a", "b", "a"])).tolist()
    [0, 0, 1]
    """
    import pyarrow as pa

    codes = pa.array(values, pa.string()).dictionary_encode().indices.to_numpy(zero_copy_only=False).astype(np.int64)
    order = np.argsort(codes, kind="stable")
    ranked = codes[order]
    starts = np.r_[True, ranked[1:] != ranked[:-1]]
    first = np.maximum.accumulate(np.where(starts, np.arange(len(ranked)), 0))
    result = np.empty(len(codes), dtype=np.int64)
    result[order] = np.arange(len(ranked)) - first
    return result
