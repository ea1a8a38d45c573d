"""Stage 5: every candidate pair to its comparison vector, a level for each feature."""

from __future__ import annotations

from itertools import combinations_with_replacement, pairwise
from typing import TYPE_CHECKING

from retrato.engines.compile.template import query
from retrato.pipeline.patterns import compared

if TYPE_CHECKING:
    from collections.abc import Sequence

    from retrato.pipeline.run import Run

#: Bytes that a record takes in memory while pairs are compared, on both sides together; measured with 60 columns.
_BYTES_OF_RECORD = 2700
_KEPT = ("a", "b", "rules")


def compare(run: Run) -> None:
    """Make `comparison_vectors(a, b, rules, level_<feature>, …)`: whatever asks for levels later reads them there.

    Records that do not fit into memory together are taken part by part, and the pairs of every two parts by themselves.
    """
    parts = _parts(run.counts["records"], run.engine.memory)
    if len(parts) == 1:
        run.engine.create("comparison_vectors", compared(run, query("SELECT a, b, rules FROM pairs"), kept=_KEPT))
        return
    for number, within in enumerate(combinations_with_replacement(parts, 2)):
        left, right = within
        pairs = query(
            "SELECT a, b, rules FROM pairs WHERE a BETWEEN :a AND :b AND b BETWEEN :c AND :d",
            a=left.start,
            b=left.stop - 1,
            c=right.start,
            d=right.stop - 1,
        )
        run.engine.create("pairs_of_parts", pairs)  # so that the engine knows how many there are
        found = compared(run, query("SELECT * FROM pairs_of_parts"), kept=_KEPT, within=within)
        (run.engine.append if number else run.engine.create)("comparison_vectors", found)
    run.engine.drop("pairs_of_parts")


def _parts(records: int, memory: int) -> Sequence[range]:
    """The numbers of all records in parts of about the same size, as few as memory allows.

    >>> _parts(1_000_000, 2_000_000_000)
    [range(0, 500000), range(500000, 1000000)]
    """
    count = max(-(-records * _BYTES_OF_RECORD // memory), 1)
    edges = [records * part // count for part in range(count + 1)]
    return [range(first, last) for first, last in pairwise(edges)]
