"""What retrato makes of sources before anything is resolved."""

from __future__ import annotations

from typing import TYPE_CHECKING

from retrato.engines.duckdb import DuckDBEngine
from retrato.io.inspection import Inspection
from retrato.io.inspection import inspect as inspect_sources
from retrato.pipeline.read import read
from retrato.pipeline.run import Run
from retrato.records import Source
from retrato.ruleset import Ruleset

if TYPE_CHECKING:
    from collections.abc import Iterable


def inspect(sources: Source | Iterable[Source], *, show_values: bool = False) -> Inspection:
    """Read sources and tell, for every column, what it is taken for and how good its values are; values are masked.

    Raises ConfigurationError and SourceError as `resolve` does.
    """
    chosen = (sources,) if isinstance(sources, Source) else tuple(sources)
    with DuckDBEngine() as engine:
        run = Run(engine, chosen, Ruleset())
        read(run)
        return inspect_sources(run.reads, run.mappings, engine, show_values=show_values)
