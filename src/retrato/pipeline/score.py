"""Stage 6: every candidate pair to a match weight, or to the rule that decides it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from retrato.engines.compile import scoring as sql
from retrato.engines.compile.comparisons import compared_pairs
from retrato.engines.compile.template import query
from retrato.pipeline.features import known_columns

if TYPE_CHECKING:
    from retrato.pipeline.run import Run


def score(run: Run) -> None:
    """Make `scores(a, b, weight, household, rule, home)`; weights in units of 1/1024 bit."""
    compared = compared_pairs(
        query("SELECT * FROM pairs"), run.comparisons, lists=run.lists, known=known_columns(run), kept=("a", "b")
    )
    run.engine.create("scores", sql.scores(compared, run.comparisons, model=run.model, rules=run.match_rules))
