"""Columns of few different texts: each is read once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

if TYPE_CHECKING:
    from retrato.identifiers.base import IdentifierType

#: A column has few different texts when each comes so many times on average; the first rows are asked first.
_TIMES = 4
_FIRST_ROWS = 4096


def accept_repeated(kind: IdentifierType, table: pa.Table) -> pa.Table | None:
    """All rows of a lone text column whose text is one identifier, when there are few different texts; else None.

    >>> from retrato.identifiers.sex import Sex
    >>> accept_repeated(Sex(), pa.table({"text": ["Mujer", None] * 10})).column("value").to_pylist()[:2]
    ['f', 'f']
    """
    column = table.column("text")
    if table.num_columns > 1 or not _repeats(column):
        return None
    encoded = column.combine_chunks().dictionary_encode()
    texts = pa.table({"text": encoded.dictionary})
    parsed = kind.parse_rows(texts)
    item = parsed.column("item").to_numpy()
    single = np.flatnonzero(np.bincount(item, minlength=texts.num_rows)[item] == 1)
    place = np.full(texts.num_rows + 1, -1, np.int64)  # the last is that of nulls
    place[item[single]] = single
    wanted = place[pc.fill_null(encoded.indices, texts.num_rows).to_numpy(zero_copy_only=False)]
    items = np.flatnonzero(wanted >= 0)
    read = parsed.drop_columns(["item", "ordinal"]).take(pa.array(wanted[items]))
    return read.append_column("item", pa.array(items))


def _repeats(column: pa.ChunkedArray) -> bool:
    """Whether a text comes several times on average: in the first rows, and in all."""
    parts = (column.slice(0, _FIRST_ROWS), column)
    return all(pc.count_distinct(part).as_py() * _TIMES <= len(part) for part in parts)
