"""What the rules and the sources say that no person can have: limits, and sources that hold everybody once."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pyarrow.compute as pc

from retrato.engines.compile.linking import limited_values
from retrato.engines.compile.template import query
from retrato.graph.constraints import AtMost, Constraint, OneEach
from retrato.identifiers.attribute import Attribute
from retrato.identifiers.registry import TYPES
from retrato.ruleset import Mode

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pyarrow as pa

    from retrato.graph.limits import Limit
    from retrato.pipeline.run import Run

_PLAIN = frozenset(each.kind for each in TYPES if isinstance(each, Attribute))


class Reasoned(NamedTuple):
    """A constraint, and what is told of the clusters that it keeps apart."""

    constraint: Constraint
    reason: str


def constraints_of(run: Run) -> list[Reasoned]:
    """The constraints of a run: sources that have everybody once, then the limits in order, a namespace each."""
    found = list(_once_a_source(run))
    for limit in run.ruleset.limits:
        found += _limited(run, limit)
    return found


def _once_a_source(run: Run) -> Iterator[Reasoned]:
    unique = sorted({source.name for source in run.sources if source.unique})
    every = run.ruleset.mode is Mode.ONE_TO_ONE
    if not unique and not every:
        return
    sources = run.engine.fetch(query("SELECT source FROM records ORDER BY record")).column("source").combine_chunks()
    encoded = sources.dictionary_encode()
    names = encoded.dictionary.to_pylist()
    group = np.array([place if every or name in unique else -1 for place, name in enumerate(names)], np.int64)
    reason = "each source holds a person once" if every else f"source {', '.join(unique)} holds a person once"
    yield Reasoned(OneEach(group[encoded.indices.to_numpy()]), reason)


def _limited(run: Run, limit: Limit) -> Iterator[Reasoned]:
    """One constraint for each namespace that has values."""
    table = run.engine.fetch(limited_values(limit, plain=limit.kind.partition(".")[0] in _PLAIN))
    if limit.within_months is not None:
        dated = table.filter(pc.is_valid(table.column("last")))
        if dated.num_rows < table.num_rows:
            undated = table.num_rows - dated.num_rows
            run.notes.append(f"limit {limit}: {undated} values of records without a date do not count")
        table = dated
    for namespace in sorted(pc.unique(table.column("namespace")).to_pylist()):
        rows = table.filter(pc.equal(table.column("namespace"), namespace))
        constraint = _at_most(limit, rows)
        alone = _alone(constraint, run.counts["records"])
        if alone:
            run.notes.append(f"limit {limit}: {alone} records break it by themselves and stay alone")
        of = f" of {namespace}" if namespace and namespace != limit.kind.partition(".")[2] else ""
        yield Reasoned(constraint, f"limit: {limit}{of}")


def _at_most(limit: Limit, rows: pa.Table) -> AtMost:
    values = rows.column("value").combine_chunks().dictionary_encode().indices.to_numpy().astype(np.int64)
    if limit.within_months is None:
        opens, last = np.zeros(len(values), np.int64), np.ones(len(values), np.int64)
    else:
        opens, last = (rows.column(name).to_numpy() for name in ("opens", "last"))
    return AtMost(limit.at_most, rows.column("record").to_numpy(), values, opens, last)


def _alone(constraint: AtMost, records: int) -> int:
    """How many records break a limit by themselves."""
    each = np.arange(records)
    return int(np.count_nonzero(constraint.held(each).broken()))
