"""Stage 17: the figures of a manager."""

from __future__ import annotations

from typing import TYPE_CHECKING

from retrato.engines.compile.metrics import metric_steps
from retrato.engines.compile.template import tree

if TYPE_CHECKING:
    from retrato.pipeline.run import Run


def metrics(run: Run) -> None:
    """Make the tables `metric_<name>`; tell the number of customers."""
    steps = metric_steps(run.engine.columns("profiles"))
    for name, query in steps:
        run.engine.create(name, query)
    run.counts["customers"] = run.engine.fetch(tree("SELECT * FROM _metric_customers")).to_pylist()[0]
    run.engine.drop(*(name for name, _ in steps if name.startswith("_")))
