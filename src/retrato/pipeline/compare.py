"""Stage 5: every candidate pair to its comparison vector, a level for each feature."""

from __future__ import annotations

from typing import TYPE_CHECKING

from retrato.engines.compile.template import query
from retrato.pipeline.coded import with_levels_by_codes

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pyarrow as pa

    from retrato.pipeline.run import Run

#: Bytes that a pair takes in memory while it is compared: its numbers and levels, and twice as much for the texts.
_BYTES_OF_PAIR = 120


def compare(run: Run) -> None:
    """Make `comparison_vectors(a, b, rules, level_<feature>, …)`: whatever asks for levels later reads them there.

    Pairs that do not fit into memory together are taken part by part.
    """
    make = run.engine.load
    for pairs in _parts(run):
        make("comparison_vectors", with_levels_by_codes(run, pairs))
        make = run.engine.add


def _parts(run: Run) -> Iterator[pa.Table]:
    """All pairs, in as few parts of about the same size as memory allows."""
    count = max(-(-run.counts["pairs"] * _BYTES_OF_PAIR // run.engine.memory), 1)
    for part in range(count):
        yield run.engine.fetch(query("SELECT a, b, rules FROM pairs WHERE a % :count = :part", count=count, part=part))
