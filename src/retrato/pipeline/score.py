"""Stage 6: every candidate pair to a match weight, or to the rule that decides it."""

from __future__ import annotations

from retrato.engines.compile import scoring as sql
from retrato.engines.compile.comparisons import compared_pairs
from retrato.engines.compile.template import tree
from retrato.pipeline.features import known_columns
from retrato.pipeline.run import Run


def score(run: Run) -> None:
    """Make `scores(a, b, weight, household, rule)`; weights in units of 1/1024 bit."""
    compared = compared_pairs(
        tree("SELECT * FROM pairs"), run.comparisons, lists=run.lists, known=known_columns(run), kept=("a", "b")
    )
    run.engine.create("scores", sql.scores(compared, run.comparisons, model=run.model, rules=run.match_rules))
