"""Pairs of a run compared, and counted by their level patterns, which is what models are fitted on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from retrato.engines.compile import scoring as sql
from retrato.engines.compile.comparisons import compared_pairs, level_column
from retrato.engines.compile.single_values import compared_with_singles
from retrato.matching.training import Patterns
from retrato.pipeline.features import known_columns

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pyarrow as pa
    from numpy.typing import NDArray
    from sqlglot import exp

    from retrato.matching.comparisons import Comparison
    from retrato.pipeline.run import Run


def level_matrix(table: pa.Table, comparisons: Sequence[Comparison]) -> NDArray[np.int8]:
    """The level columns of a table, side by side (P, F)."""
    columns = [table.column(level_column(each)).to_numpy() for each in comparisons]
    return np.stack(columns, axis=1).astype(np.int8) if columns else np.zeros((table.num_rows, 0), np.int8)


def compared(run: Run, pairs: exp.Query, *, kept: Sequence[str] = ("a", "b")) -> exp.Select:
    """The `kept` columns of a query of pairs, and their levels."""
    compare = compared_with_singles if run.singles else compared_pairs
    return compare(pairs, run.comparisons, lists=run.lists, known=known_columns(run), kept=kept)


def patterns(run: Run, pairs: exp.Query, *, rules: bool) -> Patterns:
    """The patterns of a query of pairs (`a`, `b`, and `rules` if they are asked for), in a fixed order."""
    kept = ("a", "b", "rules") if rules else ("a", "b")
    found = run.engine.fetch(sql.patterns(compared(run, pairs, kept=kept), run.comparisons, rules=rules))
    levels = level_matrix(found, run.comparisons)
    bits = found.column("rules").to_numpy().astype(np.uint64) if rules else np.zeros(len(levels), np.uint64)
    return Patterns(levels, found.column("pairs").to_numpy().astype(float), bits)
