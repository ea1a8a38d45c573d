"""Stage 1: sources to raw tables, and what their columns mean."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from retrato.engines.compile.template import tree
from retrato.errors import ConfigurationError, Problem
from retrato.identifiers.zones import is_zone
from retrato.io.mapping import map_sources
from retrato.io.readers import filled, is_path
from retrato.pipeline.labels import read_labels
from retrato.pipeline.workers import workers

if TYPE_CHECKING:
    from collections.abc import Iterator

    from retrato.io.readers import ReadSource
    from retrato.pipeline.run import Run
    from retrato.pipeline.workers import Workers


def read(run: Run) -> None:
    """Make `raw_<i>` of every source and `rejected`; recognise the columns."""
    _check(run)
    run.engine.create("rejected", tree(NO_REJECTED))
    with workers(run.engine.threads) as hands:
        run.mappings = map_sources(_reads(run, hands), run.engine, run.ruleset.types)
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


def _reads(run: Run, hands: Workers) -> Iterator[ReadSource]:
    """Every source in turn; while one is used, the next files are read."""
    tables = [(source, run.engine, f"raw_{number}") for number, source in enumerate(run.sources)]
    files = hands.ahead(partial(filled, *each, hands.stopping) for each in tables if is_path(each[0].data))
    for each in tables:
        raw = next(files) if is_path(each[0].data) else filled(*each)
        run.reads += (raw.finish(),)
        yield run.reads[-1]


def _check(run: Run) -> None:
    names = [source.name for source in run.sources]
    problems = [
        Problem(f"source {name}", "two sources have this name", "give every source a name of its own")
        for name in sorted({name for name in names if names.count(name) > 1})
    ]
    problems += (
        Problem(
            f"source {source.name}, time_zone", f'no zone "{source.time_zone}"', "write a name such as Europe/Madrid"
        )
        for source in run.sources
        if source.time_zone is not None and not is_zone(source.time_zone)
    )
    if not names:
        problems.append(Problem("sources", "there are none", "give at least one file or table"))
    if problems:
        raise ConfigurationError(problems)


NO_REJECTED = """
SELECT CAST(NULL AS VARCHAR) AS source, CAST(NULL AS VARCHAR) AS file, CAST(NULL AS BIGINT) AS line,
  CAST(NULL AS VARCHAR) AS reason, CAST(NULL AS VARCHAR) AS text LIMIT 0
"""
