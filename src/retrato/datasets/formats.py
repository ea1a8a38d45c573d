"""Numbers, days and times as text, a whole column at a time.

Columns of text are numpy arrays of Python strings (`Strings`): `+`, `np.where` and indexing work on them element by
element.
"""

from __future__ import annotations

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
_FIRST_DAY = np.datetime64("1900-01-01", "D")
_OFFSET = -int(_FIRST_DAY.astype(np.int64))
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


def hexes(rng: np.random.Generator, count: int) -> Strings:
    """Random identifiers of sixteen hexadecimal digits.

    >>> [len(each) for each in hexes(np.random.default_rng(1), 2)]
    [16, 16]
    """
    text = rng.bytes(8 * count).hex()
    return strings(text[i : i + 16] for i in range(0, 16 * count, 16))


@cache
def _day_table(pattern: str) -> Strings:
    days = _FIRST_DAY + np.arange(_SPAN)
    months = days.astype("datetime64[M]")
    year, month = np.divmod(months.astype(np.int64) + 12 * 1970, 12)
    day = (days - months).astype(np.int64) + 1
    parts = {"Y": digits(year, 4), "y": digits(year % 100, 2), "m": digits(month + 1, 2), "d": digits(day, 2)}
    first, *rest = pattern.split("%")
    text: Any = blank(_SPAN, first)
    for part in rest:
        text = text + parts[part[0]] + part[1:]
    return np.asarray(text, dtype=object)


@cache
def _minute_table() -> Strings:
    return strings(f"{i // 60:02d}:{i % 60:02d}" for i in range(1_440))


def day_text(days: npt.ArrayLike, pattern: str = "%Y-%m-%d") -> Strings:
    """Write days, counted from 1970-01-01, by a `strftime` pattern of %d, %m, %Y and %y; 1900 to 2050.

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


def codes_of(values: Strings) -> Ints:
    """The same number for the same text, from 0 in the order in which texts first stand.

    >>> codes_of(strings(["a", "b", "a"])).tolist()
    [0, 1, 0]
    """
    import pyarrow as pa

    codes = pa.array(values, pa.string()).dictionary_encode().indices
    return np.asarray(codes.to_numpy(zero_copy_only=False).astype(np.int64))


def ordinals(values: Strings) -> Ints:
    """How many times each value stood before in the column.

    >>> ordinals(strings(["a", "b", "a"])).tolist()
    [0, 0, 1]
    """
    codes = codes_of(values)
    order = np.argsort(codes, kind="stable")
    ranked = codes[order]
    starts = np.r_[True, ranked[1:] != ranked[:-1]]
    first = np.maximum.accumulate(np.where(starts, np.arange(len(ranked)), 0))
    result = np.empty(len(codes), dtype=np.int64)
    result[order] = np.arange(len(ranked)) - first
    return result
