"""Put rows into an engine and read them back: what every test of a compiled stage needs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pyarrow as pa

from retrato.engines.compile.template import table, tree

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from retrato.engines.duckdb import DuckDBEngine

TYPES = {
    "i": pa.int64(),
    "n": pa.int32(),
    "s": pa.string(),
    "b": pa.bool_(),
    "t": pa.timestamp("us"),
    "d": pa.float64(),
}


def make(engine: DuckDBEngine, name: str, columns: str, rows: Iterable[Sequence[Any]]) -> None:
    """Make a table; `columns` is like "record:i source:s"."""
    fields = [part.split(":") for part in columns.split()]
    lists = list(zip(*rows, strict=True)) or [()] * len(fields)
    arrays = {field: pa.array(values, TYPES[kind]) for (field, kind), values in zip(fields, lists, strict=True)}
    engine.load(name, pa.table(arrays))


def run(engine: DuckDBEngine, steps: Iterable[tuple[str, Any]]) -> None:
    """Run the steps of a stage."""
    for name, query in steps:
        engine.create(name, query)


def rows(engine: DuckDBEngine, name: str) -> list[dict[str, Any]]:
    """All rows of a table, in any order."""
    found: list[dict[str, Any]] = engine.fetch(tree("SELECT * FROM :t", t=table(name))).to_pylist()
    return found
