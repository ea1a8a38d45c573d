"""Pairs of a run compared, and counted by their level patterns, which is what models are fitted on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from sqlglot import exp

from retrato.engines.compile import scoring as sql
from retrato.engines.compile.comparisons import compared_pairs, level_column
from retrato.engines.compile.template import column, query
from retrato.matching.training import Patterns
from retrato.pipeline.features import known_columns

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pyarrow as pa
    from numpy.typing import NDArray

    from retrato.matching.comparisons import Comparison
    from retrato.pipeline.run import Run


def level_matrix(table: pa.Table, comparisons: Sequence[Comparison]) -> NDArray[np.int8]:
    """The level columns of a table, side by side (P, F)."""
    columns = [table.column(level_column(each)).to_numpy() for each in comparisons]
    return np.stack(columns, axis=1).astype(np.int8) if columns else np.zeros((table.num_rows, 0), np.int8)


def with_levels(run: Run, pairs: exp.Query, *, kept: Sequence[str]) -> exp.Select:
    """The `kept` columns of a query of pairs, and their levels as `comparison_vectors` has them.

    Pairs that are no candidates, which only a reviewer can have named, are compared now.
    """
    levels = [column(level_column(each)) for each in run.comparisons]
    known: exp.Query = (
        exp.select(*(column(name, "p") for name in kept), *levels)
        .from_(pairs.subquery("p"))
        .join("comparison_vectors AS v", on="v.a = p.a AND v.b = p.b")
    )
    if run.counts.get("decisions"):
        others = query(
            "SELECT * FROM :pairs WHERE NOT EXISTS (SELECT 1 FROM comparison_vectors v WHERE v.a = p.a AND v.b = p.b)",
            pairs=pairs.subquery("p"),
        )
        taken = compared_pairs(others, run.comparisons, lists=run.lists, known=known_columns(run), kept=kept)
        known = exp.union(known, taken, distinct=False)
    return exp.select("*").from_(known.subquery("k"))


def patterns(run: Run, compared: exp.Query, *, rules: bool) -> Patterns:
    """The patterns of compared pairs (by their `rules` too, if those are asked for), in a fixed order."""
    found = run.engine.fetch(sql.patterns(compared, run.comparisons, rules=rules))
    levels = level_matrix(found, run.comparisons)
    bits = found.column("rules").to_numpy().astype(np.uint64) if rules else np.zeros(len(levels), np.uint64)
    return Patterns(levels, found.column("pairs").to_numpy().astype(float), bits)
