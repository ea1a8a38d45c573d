"""A few records compared as the batch compares them: the same relations over a table of a few rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyarrow as pa

from retrato.engines.compile.comparisons import compared_pairs, level_column
from retrato.engines.compile.scoring import scores
from retrato.engines.compile.template import query, tree
from retrato.matching.comparisons import Comparison, comparisons_for

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from retrato.engines.base import Engine
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


def compare(
    engine: Engine, resolution: Resolution, pairs: Sequence[tuple[int, int]], comparisons: Sequence[Comparison]
) -> list[Compared]:
    """Compare pairs of rows of the engine table `features`, by their `record` numbers; in the order of the numbers.

    Features that `comparisons` leave out count as missing; rules that ask for one of them do not fire.
    """
    if not pairs:
        return []
    lists = {key for feature in resolution.features if feature.multivalued for key in feature.keys}
    engine.load("pairs", pa.table({"a": [a for a, _ in pairs], "b": [b for _, b in pairs]}))
    compared = compared_pairs(
        query("SELECT * FROM pairs"), comparisons, lists=lists, known=set(engine.columns("features")), kept=("a", "b")
    )
    engine.create("compared", compared)
    scored = scores(query("SELECT * FROM compared"), comparisons, model=resolution.model, rules=resolution.match_rules)
    rows = engine.fetch(
        tree(
            "SELECT c.*, s.weight, s.rule FROM compared c JOIN :s ON s.a = c.a AND s.b = c.b ORDER BY c.a, c.b",
            s=scored.subquery("s"),
        )
    ).to_pylist()
    return [
        Compared(
            row["a"],
            row["b"],
            {each.feature: row[level_column(each)] for each in comparisons},
            row["weight"],
            row["rule"],
        )
        for row in rows
    ]
