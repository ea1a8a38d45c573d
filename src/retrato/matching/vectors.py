"""Comparison vectors: the levels of pairs as numbers, as other libraries for record linkage take them.

Three ways, each a number of columns for every feature; whatever is missing on either side is 0 in all of them, as is
usual there.

- `strength`: one column, named like the feature. 1 for exact agreement, 0 for none, and the levels between evenly
  spaced in their order: with two of them, 2/3 and 1/3.
- `agreement`: one column, named like the feature, of zeros and ones: whether the strength is one half or more.
- `levels`: one column of zeros and ones for every level, named `feature: level`. Here rare and common values, private
  and shared contact points are told apart, and missing from different.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np

from retrato.matching.comparisons import BANDS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from retrato.matching.comparisons import Comparison

    Floats = NDArray[np.float64]

Columns = Literal["strength", "agreement", "levels"]


def vector_names(comparisons: Sequence[Comparison], columns: Columns) -> tuple[str, ...]:
    """The names of the columns, in order."""
    if columns == "levels":
        return tuple(f"{each.feature}: {level}" for each in comparisons for level in each.level_names)
    return tuple(each.feature for each in comparisons)


def vectors(levels: NDArray[np.int8], comparisons: Sequence[Comparison], columns: Columns) -> Floats:
    """The vectors (P, C) of pairs with these levels (P, F), -1 for missing.

    >>> from retrato.identifiers.sex import Sex
    >>> from retrato.matching.comparisons import comparisons_for
    >>> sex = comparisons_for(Sex().features)  # eight bands of exact agreement, one level between, different
    >>> vectors(np.array([[0], [8], [9], [-1]], np.int8), sex, "strength").ravel().tolist()
    [1.0, 0.5, 0.0, 0.0]
    """
    made = [_worth(each, columns)[levels[:, place] + 1] for place, each in enumerate(comparisons)]
    return np.concatenate(made, axis=1) if made else np.zeros((len(levels), 0))


def _worth(comparison: Comparison, columns: Columns) -> Floats:
    """The columns of one feature for each of its levels (L + 1, C), the first row for missing."""
    size = len(comparison.level_names)
    if columns == "levels":
        return np.vstack([np.zeros(size), np.eye(size)])
    between = size - BANDS
    strength = np.concatenate([[0.0], np.ones(BANDS), np.arange(between - 1, -1, -1) / between])
    return (strength if columns == "strength" else (strength >= 0.5).astype(float))[:, None]
