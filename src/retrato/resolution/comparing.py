"""A few records compared as the batch compares them: the same relations over a table of a few rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from retrato.engines.compile.comparisons import compared_pairs, level_column
from retrato.engines.compile.scoring import scores
from retrato.engines.compile.template import query, tree
from retrato.engines.duckdb import DuckDBEngine
from retrato.matching.comparisons import Comparison, comparisons_for

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from retrato.resolution.resolution import Resolution


@dataclass(frozen=True, slots=True)
class Compared:
    """One pair as the batch sees it: record numbers, levels by feature, weight in units, and the rule that fired."""

    a: int
    b: int
    levels: Mapping[str, int]
    weight: int
    rule: int | None


def comparisons_of(resolution: Resolution) -> tuple[Comparison, ...]:
    """The comparisons of a result."""
    return comparisons_for(resolution.features)


def compare(resolution: Resolution, features: pa.Table, pairs: Sequence[tuple[int, int]]) -> list[Compared]:
    """Compare pairs of rows of a table like `features`, by their `record` numbers."""
    if not pairs:
        return []
    comparisons = comparisons_of(resolution)
    lists = {key for feature in resolution.features if feature.multivalued for key in feature.keys}
    numbers = pa.table({"a": [a for a, _ in pairs], "b": [b for _, b in pairs]})
    with DuckDBEngine(threads=1) as engine:
        engine.load("features", features)
        engine.load("pairs", numbers)
        compared = compared_pairs(
            query("SELECT * FROM pairs"), comparisons, lists=lists, known=set(features.column_names), kept=("a", "b")
        )
        engine.create("compared", compared)
        levels = engine.fetch(tree("SELECT * FROM compared")).to_pylist()
        scored = engine.fetch(
            scores(query("SELECT * FROM compared"), comparisons, model=resolution.model, rules=resolution.match_rules)
        ).to_pylist()
    by_pair: dict[tuple[int, int], dict[str, Any]] = {(row["a"], row["b"]): row for row in scored}
    return [
        Compared(
            row["a"],
            row["b"],
            {each.feature: row[level_column(each)] for each in comparisons},
            by_pair[row["a"], row["b"]]["weight"],
            by_pair[row["a"], row["b"]]["rule"],
        )
        for row in levels
    ]
