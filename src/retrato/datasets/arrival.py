"""Staged arrival: tables cut into parts by the moment of every row."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

if TYPE_CHECKING:
    from collections.abc import Mapping

    from retrato.datasets.formats import Ints


def seconds_column(table: pa.Table, name: str) -> Ints:
    """A column of moments in seconds from 1970."""
    return np.asarray(table[name].cast(pa.int64()).to_numpy())


def arrived(
    tables: Mapping[str, pa.Table], truth: pa.Table, part: Ints, count: int
) -> list[tuple[dict[str, pa.Table], pa.Table]]:
    """The rows of each part, from 0 to `count` - 1: every table, and the truth, which has their rows one after another.

    >>> tables, truth = {"crm": pa.table({"key": ["a", "b"]})}, pa.table({"key": ["a", "b"]})
    >>> [part["crm"]["key"].to_pylist() for part, _ in arrived(tables, truth, np.array([1, 0]), 2)]
    [['b'], ['a']]
    """
    parts = []
    for i in range(count):
        here, start = part == i, 0
        taken = {}
        for name, table in tables.items():
            taken[name] = table.filter(pa.array(here[start : start + len(table)]))
            start += len(table)
        parts.append((taken, truth.filter(pa.array(here))))
    return parts
