"""Stage 16: what whoever answers next must know of every customer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from retrato.engines.compile.context import context_steps
from retrato.engines.compile.template import tree

if TYPE_CHECKING:
    from retrato.pipeline.run import Run


def context(run: Run) -> None:
    """Make `channels`, `purchases` and `contexts`; count those whose preferred channel is known."""
    steps = context_steps(run.ruleset.interactions.zone)
    for name, query in steps:
        run.engine.create(name, query)
    run.engine.drop(*(name for name, _ in steps if name.startswith("_")))
    run.counts["purchases"] = run.engine.count("purchases")
    run.counts |= run.engine.fetch(tree(_COUNTS)).to_pylist()[0]


_COUNTS = """
SELECT count(preferred_channel) AS preferred_channels, count(*) FILTER (WHERE open_tickets > 0) AS open_complaints,
  count(*) FILTER (WHERE open_carts > 0) AS open_carts
FROM contexts
"""
