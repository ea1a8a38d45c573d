"""Pairs of a run compared by the codes of their keys, which the engine gives one comparison after the other."""

from __future__ import annotations

from functools import partial
from threading import Lock
from typing import TYPE_CHECKING, Any
from weakref import WeakValueDictionary

import numpy as np
import pyarrow as pa

from retrato.engines.compile.comparisons import compared_pairs, level_column, single_values
from retrato.engines.compile.template import query
from retrato.matching.coded import NONE, SEVERAL, ByCodes, Coded
from retrato.pipeline.features import known_columns
from retrato.pipeline.workers import workers

if TYPE_CHECKING:
    from collections.abc import Sequence

    from retrato.matching.coded import Flags, Levels, Numbers, RecordNumbers
    from retrato.matching.comparisons import Comparison
    from retrato.pipeline.run import Run

#: Bytes that a pair takes in memory while a comparison looks at it. Of pairs together every two texts are tested once.
_BYTES_OF_PAIR = 1200


def with_levels_by_codes(run: Run, pairs: pa.Table) -> pa.Table:
    """A table of pairs of record numbers `a` and `b` with a level column for each comparison of the run."""
    found = [np.empty(pairs.num_rows, np.int8) for _ in run.comparisons]
    a, b = (pairs.column(side).to_numpy() for side in ("a", "b"))
    find_levels(run, a, b, found)
    for comparison, levels in zip(run.comparisons, found, strict=True):
        pairs = pairs.append_column(level_column(comparison), pa.array(levels))
    return pairs


def find_levels(run: Run, a: Any, b: Any, found: Sequence[Any]) -> None:
    """Write the levels of pairs of records (P) into one column (P) for each comparison of the run.

    Columns are arrays, or whatever can be read and written by slices like them.
    """
    records = _Records(run)
    with workers(run.engine.threads) as hands:
        given = zip(run.comparisons, found, strict=True)
        for _ in hands.ahead(partial(records.find, each, a, b, levels) for each, levels in given):
            pass


class _Records:
    """The keys of the records of a run. Threads share it, and ask the engine one at a time."""

    def __init__(self, run: Run) -> None:
        self._engine, self._lists, self._count = run.engine, run.lists, run.counts["records"]
        self._known = known_columns(run)
        self._namespaced = {feature.keys[0] for feature in run.features if feature.namespaced}
        self._keys: WeakValueDictionary[str, Coded] = WeakValueDictionary()
        self._asking = Lock()
        self._together = max(run.engine.memory // _BYTES_OF_PAIR, 1)

    def find(self, comparison: Comparison, a: Any, b: Any, found: Any) -> None:
        """Write the levels of pairs into a column."""
        by_codes = ByCodes(comparison, self)
        for start in range(0, len(a), self._together):
            one, other = (each[start : start + self._together].astype(np.int64) for each in (a, b))
            levels, left_over = by_codes.levels(one, other)
            rows = np.flatnonzero(left_over)
            if len(rows):
                levels[rows] = self._by_texts(comparison, one[rows], other[rows])
            found[start : start + self._together] = levels

    def _by_texts(self, comparison: Comparison, a: RecordNumbers, b: RecordNumbers) -> Levels:
        pairs = pa.table({"item": np.arange(len(a), dtype=np.int32), "a": a, "b": b})
        compared = compared_pairs(
            query("SELECT * FROM left_over"), (comparison,), lists=self._lists, known=self._known, kept=("item",)
        )
        with self._asking:
            self._engine.load("left_over", pairs)
            found = self._engine.fetch(compared)
            self._engine.drop("left_over")
        levels = np.empty(len(a), np.int8)
        levels[found.column(0).to_numpy()] = found.column(1).to_numpy()
        return levels

    def key(self, name: str) -> Coded:
        """A key of all records; it is kept as long as a comparison needs it."""
        with self._asking:
            found = self._keys.get(name)
            if found is None:
                found = self._keys[name] = self._fetched(name)
            return found

    def _fetched(self, name: str) -> Coded:
        codes = np.full(self._count, NONE, np.int32)
        if name not in self._known:
            return Coded(codes, pa.array([], pa.string()))
        found = self._engine.fetch(single_values(name, self._lists, self._known))
        records, several = found.column("record").to_numpy(), found.column("several").to_numpy()
        codes[records], texts = _codes(found.column("text"), several)
        bands = spaces = None
        if "band" in found.column_names:
            bands = np.zeros(self._count, np.int8)
            bands[records] = found.column("band").fill_null(0).to_numpy()
        if name in self._namespaced:
            spaces = np.full(self._count, NONE, np.int32)
            spaces[records], _ = _codes(found.column("space"), several)
        return Coded(codes, texts, bands, spaces)


def _codes(texts: pa.ChunkedArray, several: Flags) -> tuple[Numbers, pa.StringArray]:
    """The codes of the texts of records, and the texts by code."""
    found = texts.combine_chunks().dictionary_encode()
    return np.where(several, SEVERAL, found.indices.fill_null(NONE).to_numpy()).astype(np.int32), found.dictionary
