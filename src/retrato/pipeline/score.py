"""Stage 7: every candidate pair to a match weight, or to the rule that decides it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from retrato.engines.compile import scoring as sql
from retrato.engines.compile.template import query

if TYPE_CHECKING:
    from retrato.pipeline.run import Run


def score(run: Run) -> None:
    """Make `scores(a, b, weight, household, rule, home)`; weights in units of 1/1024 bit."""
    compared = query("SELECT * FROM comparison_vectors")
    run.engine.create("scores", sql.scores(compared, run.comparisons, model=run.model, rules=run.match_rules))
