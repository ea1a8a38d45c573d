"""Stage 4: which pairs to compare."""

from __future__ import annotations

from typing import TYPE_CHECKING

from retrato.engines.compile import blocking as sql
from retrato.engines.compile.template import tree
from retrato.errors import ConfigurationError, Problem
from retrato.matching.blocking import ALL, MOST_FOR_ALL, BlockingKey, BlockingRule
from retrato.pipeline.features import known_columns

if TYPE_CHECKING:
    from retrato.pipeline.run import Run

#: The set of rules of a pair has 64 bits; a rule takes one, and one for its refinements.
MOST_RULES = 32


def block(run: Run) -> None:
    """Make `pairs(a, b, rules)`; report the blocks that stayed too large."""
    rules = run.ruleset.blocking or _default_rules(run)
    _check(run, rules)
    engine = run.engine
    engine.create("pairs_by_rule", tree(_NO_PAIRS))
    masks: list[frozenset[str]] = []
    report = []
    for rule in rules:
        produced, left_out = _pairs_of(run, rule, masks)
        report.append({"rule": str(rule), "refined_with": list(rule.refine), "pairs": produced, **left_out})
        if left_out["records_left_out"]:
            run.notes.append(
                f"blocking rule {rule}: {left_out['blocks_left_out']} blocks of more than {run.ruleset.max_block} "
                "records were left out after every refinement"
            )
    engine.create("pairs", sql.all_pairs())
    engine.drop("pairs_by_rule", "block_keys", "large_blocks", "large_records")
    # nothing is learned from pairs that no key brings together: hardly one of them is a match
    run.effective_rules = tuple(masks[:-1] if rules[-1] == ALL else masks)
    run.counts["blocking"] = report
    run.counts["pairs"] = engine.count("pairs")


def _default_rules(run: Run) -> tuple[BlockingRule, ...]:
    rules = run.ruleset.default_blocking(run.features, run.attributes)
    return (*rules, ALL) if run.counts["records"] <= MOST_FOR_ALL else rules


def _pairs_of(run: Run, rule: BlockingRule, masks: list[frozenset[str]]) -> tuple[list[int], dict[str, int]]:
    """The pairs that a rule produces at each depth, and what was left out at the end.

    A rule and its refinements count as two in training: the refined pairs are conditioned on all keys of the
    refinements.
    """
    engine = run.engine
    produced: list[int] = []
    left_out = {"blocks_left_out": 0, "records_left_out": 0}
    for depth in range(len(rule.refine) + 1):
        within = "large_records" if depth else None
        engine.create("block_keys", sql.block_keys(rule.parsed(depth), run.lists, within=within))
        most = run.ruleset.max_block if rule.keys else MOST_FOR_ALL
        engine.create("large_blocks", sql.large_blocks(most))
        if depth < 2:
            masks.append(rule.masks(run.features, len(rule.refine) if depth else 0))
        before = engine.count("pairs_by_rule")
        engine.append("pairs_by_rule", sql.rule_pairs(len(masks) - 1, across_sources=run.across_sources))
        produced.append(engine.count("pairs_by_rule") - before)
        blocks = engine.count("large_blocks")
        if not blocks:
            break
        engine.create("large_records", tree(sql.LARGE_RECORDS))
        if depth == len(rule.refine):
            left_out = {"blocks_left_out": blocks, "records_left_out": engine.count("large_records")}
    return produced, left_out


def _check(run: Run, rules: tuple[BlockingRule, ...]) -> None:
    known = known_columns(run)
    problems = [
        Problem(
            f"blocking rule {rule}", f"the data have no key {name}", f"the keys are {', '.join(sorted(_keys(run)))}"
        )
        for rule in rules
        for text in (*rule.keys, *rule.refine)
        if (name := BlockingKey.parse(text).name) not in known
    ]
    if len(rules) > MOST_RULES:
        problems.append(Problem("blocking", f"{len(rules)} rules are more than {MOST_RULES}", "use fewer rules"))
    if problems:
        raise ConfigurationError(problems)


def _keys(run: Run) -> set[str]:
    return {key for feature in run.features for key in feature.keys}


_NO_PAIRS = "SELECT CAST(0 AS INTEGER) AS a, CAST(0 AS INTEGER) AS b, CAST(0 AS UTINYINT) AS rule LIMIT 0"
