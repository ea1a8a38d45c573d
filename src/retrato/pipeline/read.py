"""Stage 1: sources to raw tables, and what their columns mean."""

from __future__ import annotations

from typing import TYPE_CHECKING

from retrato.engines.compile.template import tree
from retrato.errors import ConfigurationError, Problem
from retrato.io.mapping import map_sources
from retrato.io.readers import read as read_source
from retrato.pipeline.labels import read_labels

if TYPE_CHECKING:
    from retrato.pipeline.run import Run


def read(run: Run) -> None:
    """Make `raw_<i>` of every source and `rejected`; recognise the columns."""
    _check_names(run)
    run.engine.create("rejected", tree(NO_REJECTED))
    run.reads = tuple(read_source(source, run.engine, f"raw_{number}") for number, source in enumerate(run.sources))
    run.mappings = map_sources(run.reads, run.engine, run.ruleset.types)
    for each in run.reads:
        run.notes.extend(f"source {each.source.name}: {note}" for note in each.notes)
    run.counts["sources"] = [
        {
            "source": each.source.name,
            "kind": mapping.kind.value,
            "rows": each.rows,
            "rejected": each.rejected,
            "read_as": each.read_as,
        }
        for each, mapping in zip(run.reads, run.mappings, strict=True)
    ]
    read_labels(run)
    run.counts["rejected"] = run.engine.count("rejected")


def _check_names(run: Run) -> None:
    names = [source.name for source in run.sources]
    problems = [
        Problem(f"source {name}", "two sources have this name", "give every source a name of its own")
        for name in sorted({name for name in names if names.count(name) > 1})
    ]
    if not names:
        problems.append(Problem("sources", "there are none", "give at least one file or table"))
    if problems:
        raise ConfigurationError(problems)


NO_REJECTED = """
SELECT CAST(NULL AS VARCHAR) AS source, CAST(NULL AS VARCHAR) AS file, CAST(NULL AS BIGINT) AS line,
  CAST(NULL AS VARCHAR) AS reason, CAST(NULL AS VARCHAR) AS text LIMIT 0
"""
