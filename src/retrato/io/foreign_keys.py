"""Event tables that name their customers by the key of another source."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from retrato.engines.compile.template import column, table, tree
from retrato.io.columns import Columns
from retrato.io.headers import squeezed
from retrato.records import ColumnMapping, SourceKind, SourceMapping

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from retrato.engines.base import Engine
    from retrato.io.readers import ReadSource


def with_foreign_keys(
    mappings: Sequence[SourceMapping], reads: Sequence[ReadSource], engine: Engine
) -> tuple[SourceMapping, ...]:
    """Take columns of event tables that are called like the key of a record source, and hold its keys, as customer key.

    A mapping that the user gives is not changed.
    """
    keys = list(_keys(mappings, reads))
    result = []
    for mapping, read in zip(mappings, reads, strict=True):
        changed = mapping
        if mapping.kind is SourceKind.EVENTS and mapping.first("customer_key") is None:
            changed = _with_key(mapping, Columns(engine, read.table, read.columns), keys)
        result.append(changed)
    return tuple(result)


def _keys(mappings: Sequence[SourceMapping], reads: Sequence[ReadSource]) -> Iterator[tuple[str, str, str]]:
    """Source, table and column of every record key."""
    for mapping, read in zip(mappings, reads, strict=True):
        name = mapping.first("record_key")
        if mapping.kind is SourceKind.RECORDS and name is not None:
            yield mapping.source, read.table, name


def _with_key(mapping: SourceMapping, columns: Columns, keys: Sequence[tuple[str, str, str]]) -> SourceMapping:
    for position, each in enumerate(mapping.columns):
        if each.field is not None or each.confidence == 1.0:
            continue
        for source, home, key in keys:
            if squeezed(key) == squeezed(each.column) and _overlap(columns, each.column, home, key) >= 0.5:
                found = ColumnMapping(each.column, "customer_key", 0.9, f"holds keys of source {source}")
                return replace(mapping, columns=(*mapping.columns[:position], found, *mapping.columns[position + 1 :]))
    return mapping


def _overlap(columns: Columns, name: str, home: str, key: str) -> float:
    """The share of a sample of values that are keys there."""
    sample = list(columns.sample(name))
    if not sample:
        return 0.0
    query = tree(
        "SELECT count(DISTINCT :c) FROM :t WHERE :among", c=column(key), t=table(home), among=column(key).isin(*sample)
    )
    return int(columns.engine.fetch(query).column(0)[0].as_py()) / len(sample)
