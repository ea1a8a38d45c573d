"""Stage 14: what everybody allows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from retrato.engines.compile.consents import consent_steps
from retrato.engines.compile.template import tree
from retrato.pipeline.features import known_columns

if TYPE_CHECKING:
    from retrato.pipeline.run import Run


def consent(run: Run) -> None:
    """Make `consents` and `unreachable`; count the choices in force."""
    steps = consent_steps(known_columns(run))
    for name, query in steps:
        run.engine.create(name, query)
    run.counts["consents"] = run.engine.fetch(tree(_COUNTS)).to_pylist()
    run.counts["unreachable"] = run.engine.count("unreachable")
    run.engine.drop(*(name for name, _ in steps if name.startswith("_")))


_COUNTS = """
SELECT purpose, channel, choice, count(*) AS choices FROM _consents_in_force GROUP BY ALL ORDER BY ALL
"""
