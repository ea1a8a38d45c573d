"""Stage 5: every candidate pair to its comparison vector, a level for each feature."""

from __future__ import annotations

from typing import TYPE_CHECKING

from retrato.engines.compile.template import query
from retrato.pipeline.patterns import compared

if TYPE_CHECKING:
    from retrato.pipeline.run import Run


def compare(run: Run) -> None:
    """Make `comparison_vectors(a, b, rules, level_<feature>, …)`: whatever asks for levels later reads them there."""
    pairs = query("SELECT a, b, rules FROM pairs")
    run.engine.create("comparison_vectors", compared(run, pairs, kept=("a", "b", "rules")))
