"""Candidate pairs and comparison vectors for the library recordlinkage, as it writes them: MultiIndex and DataFrame.

What is found here can be given to any of its classifiers, and a classifier to `retrato.resolve(model=...)`. Nothing of
recordlinkage is imported: pandas is enough.

J. de Bruin: Python Record Linkage Toolkit, 2019. https://recordlinkage.readthedocs.io
"""

from __future__ import annotations

from typing import TYPE_CHECKING, get_args

import numpy as np
import pandas as pd

from retrato.engines.compile.template import query, table
from retrato.engines.duckdb import DuckDBEngine
from retrato.errors import ConfigurationError, Problem
from retrato.matching.vectors import Columns, vector_names, vectors
from retrato.pipeline import run_stages
from retrato.pipeline.patterns import level_matrix
from retrato.pipeline.run import Run
from retrato.records import Source, by_name
from retrato.ruleset import Ruleset

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pyarrow as pa
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

__all__ = ["Columns", "candidate_pairs", "comparison_vectors", "ordered_pairs"]


def candidate_pairs(sources: Source | Iterable[Source], *, ruleset: Ruleset | None = None) -> pd.MultiIndex:
    """The pairs of records that the blocking rules bring together.

    A record is named by its key, and where several sources have records by `source/key`; the smaller name comes first
    (see `ordered_pairs`). Where two sources are linked (mode `link` or `one_to_one`), both levels are keys: those of
    the source whose name comes first, and those of the other. Raises what `resolve` raises.

    >>> people = pd.DataFrame({"id": ["7", "8"], "first name": ["Ana", "Ana"], "email": ["ana@ruiz.es"] * 2})
    >>> candidate_pairs(Source("crm", people, key="id")).tolist()
    [('7', '8')]
    """
    return _compared(sources, ruleset, "strength")[0]


def ordered_pairs(pairs: pd.MultiIndex) -> pd.MultiIndex:
    """Pairs with the smaller name of each first, as `candidate_pairs` has them.

    Pairs of recordlinkage stand the way round that their rows stood in a table.

    >>> ordered_pairs(pd.MultiIndex.from_tuples([("b", "a"), ("a", "c")])).tolist()
    [('a', 'b'), ('a', 'c')]
    """
    sides = (pairs.get_level_values(side).astype(str).to_numpy() for side in (0, 1))
    ordered = np.sort(np.stack(list(sides), axis=1), axis=1)
    return pd.MultiIndex.from_arrays([ordered[:, 0], ordered[:, 1]], names=pairs.names)


def comparison_vectors(
    sources: Source | Iterable[Source], *, ruleset: Ruleset | None = None, columns: Columns = "strength"
) -> pd.DataFrame:
    """The candidate pairs compared: a row a pair, indexed as `candidate_pairs`, numbers from 0 to 1.

    `columns` is how agreement is written. `strength`: one column a feature, 1 for exact agreement, 0 for none or where
    a side is missing, the levels between evenly spaced. `agreement`: the same as zeros and ones, one from a strength of
    one half. `levels`: a column of zeros and ones for every level, `feature: level`. Raises ConfigurationError for any
    other word, and what `resolve` raises.

    >>> people = pd.DataFrame({"id": ["7", "8"], "first name": ["Ana", "Anna"], "email": ["ana@ruiz.es"] * 2})
    >>> comparison_vectors(Source("crm", people, key="id"), columns="agreement")["email"].tolist()
    [1.0]
    """
    if columns not in get_args(Columns):
        known = ", ".join(get_args(Columns))
        raise ConfigurationError([Problem("columns", f"no way {columns!r} to write vectors", f"the ways are {known}")])
    pairs, found, names = _compared(sources, ruleset, columns)
    return pd.DataFrame(found, index=pairs, columns=list(names))


def _compared(
    sources: Source | Iterable[Source], ruleset: Ruleset | None, columns: Columns
) -> tuple[pd.MultiIndex, Floats, tuple[str, ...]]:
    """The candidate pairs in order, their vectors, and the names of the columns."""
    chosen = by_name(sources)
    with DuckDBEngine() as engine:
        run = Run(engine, chosen, ruleset or Ruleset())
        run_stages(run, until="compare")
        found = _levels(run)
        pairs = _named(run, found)
    order = pairs.argsort()
    made = vectors(level_matrix(found, run.comparisons), run.comparisons, columns)
    return pairs[order], made[order], vector_names(run.comparisons, columns)


def _levels(run: Run) -> pa.Table:
    """The candidate pairs with the names and the levels of each."""
    return run.engine.fetch(
        query(
            """
            SELECT x.source AS source_a, x.record_key AS key_a, y.source AS source_b, y.record_key AS key_b, c.*
            FROM :compared JOIN records x ON x.record = c.a JOIN records y ON y.record = c.b
            """,
            compared=table("comparison_vectors", "c"),
        )
    )


def _named(run: Run, compared: pa.Table) -> pd.MultiIndex:
    """The pairs by the names of their records."""
    found = compared.select(["source_a", "key_a", "source_b", "key_b"]).to_pandas()
    sources = (
        run.engine.fetch(query("SELECT DISTINCT source FROM records ORDER BY source")).column("source").to_pylist()
    )
    if run.across_sources and len(sources) == 2:
        turned = (found["source_a"] != sources[0]).to_numpy()
        keys = found["key_a"], found["key_b"]
        first, second = (keys[side].where(~turned, keys[1 - side]) for side in (0, 1))
        return pd.MultiIndex.from_arrays([first, second], names=sources)
    names = ["record_1", "record_2"]
    prefixes = [found[f"source_{side}"] + "/" if len(sources) > 1 else "" for side in "ab"]
    keyed = [prefix + found[f"key_{side}"] for prefix, side in zip(prefixes, "ab", strict=True)]
    return ordered_pairs(pd.MultiIndex.from_arrays(keyed, names=names))
