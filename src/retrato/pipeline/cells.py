"""Cells of a table to the distinct ones among them, each with a number."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

_SAMPLE = 10_000


def distinct_cells(table: pa.Table, parts: Sequence[str]) -> tuple[NDArray[np.int64], pa.Table]:
    """The number of each row's cell (N,), and the distinct cells in the order of their numbers, one column a part.

    Of a large column in which hardly a cell comes twice, each is taken for itself.

    >>> numbers, cells = distinct_cells(pa.table({"text": ["a", None, "a"]}), ["text"])
    >>> numbers.tolist(), cells.column("text").to_pylist()
    ([0, 1, 0], ['a', None])
    """
    if len(parts) == 1 and _mostly_distinct(table.column(parts[0])):
        return np.arange(table.num_rows), table.select(list(parts))
    codes = np.zeros(table.num_rows, np.int64)
    for part in parts:
        encoded: Any = pc.dictionary_encode(table.column(part).combine_chunks(), null_encoding="encode")
        own = encoded.indices.to_numpy().astype(np.int64)
        if len(parts) == 1:
            return own, pa.table({part: encoded.dictionary})
        codes = codes * len(encoded.dictionary) + own if codes.any() else own
        if codes.max(initial=0) > 1 << 31:  # room for the next part
            codes = np.unique(codes, return_inverse=True)[1]
    _, first, numbers = np.unique(codes, return_index=True, return_inverse=True)
    return numbers, table.select(list(parts)).take(pa.array(first))


def _mostly_distinct(column: pa.ChunkedArray) -> bool:
    """Whether looking for cells that are the same would cost more than it saves, to judge by the first ones."""
    first = column.slice(0, _SAMPLE)
    return len(column) > 10 * _SAMPLE and len(pc.unique(first)) > 0.95 * _SAMPLE
