"""Stage 9: clusters to identities: ids that stay, the links that hold them, and what a person should look at."""

from __future__ import annotations

from typing import TYPE_CHECKING

from retrato.engines.compile import expectation, linking
from retrato.engines.compile.identities import identity_steps
from retrato.engines.compile.scoring import evidence
from retrato.engines.compile.template import tree
from retrato.matching.model import weight_at
from retrato.pipeline.patterns import with_levels

if TYPE_CHECKING:
    from sqlglot import exp

    from retrato.pipeline.run import Run


def identify(run: Run) -> None:
    """Make `assignments`, `certainty`, `changes`, `household_changes`, `redirects`, `links` and `review`."""
    previous = run.previous or {}
    for name, data in previous.items():
        run.engine.load(name, data)
    steps = identity_steps(previous="previous" in previous, redirects="previous_redirects" in previous, households=True)
    for name, step in steps:
        run.engine.create(name, step)
    run.engine.drop(*(name for name, _ in steps if name.startswith("_")))
    _expect(run)
    threshold = weight_at(run.ruleset.threshold)
    _describe(run, "links", linking.linked_pairs(threshold))
    _describe(run, "review", linking.doubtful_pairs(weight_at(run.ruleset.review_from)))
    run.counts["links"] = run.engine.count("links")
    run.counts["review"] = run.engine.count("review")


def _expect(run: Run) -> None:
    """How precise and how complete the profiles are expected to be; unknown where no model gives probabilities."""
    if run.model is None:
        run.engine.create("certainty", tree(expectation.NO_CERTAINTY))
        return
    run.engine.create("expected", expectation.expected())
    run.engine.create("certainty", tree(expectation.CERTAINTY))
    run.counts.update(run.engine.fetch(tree(expectation.EXPECTED_OF_ALL)).to_pylist()[0])
    run.engine.drop("expected")


def _describe(run: Run, name: str, pairs: exp.Query) -> None:
    found = with_levels(run, pairs, kept=("a", "b", "weight", "rule", "decision", "held_apart_by"))
    run.engine.create(name, linking.described(found, evidence(run.model, run.comparisons), run.match_rules))
