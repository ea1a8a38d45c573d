"""Comparison levels to match weights, in fixed-point units, and to what the rules decide."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from retrato.engines.compile.comparisons import level_column
from retrato.engines.compile.template import Node, column, tree
from retrato.matching.comparisons import BANDS, CONTACT_CLASSES, Comparison, Split
from retrato.matching.model import BIT, FeatureWeights, FellegiSunter
from retrato.matching.rules import Decision, MatchRule

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

#: What is counted of a pattern: its pairs.
PAIRS = {"pairs": "count(*)"}


def patterns(
    compared: exp.Query, comparisons: Sequence[Comparison], *, rules: bool, counts: Mapping[str, str] = PAIRS
) -> Node:
    """The distinct combinations of levels (and of rules), with what is counted of each, in a fixed order.

    The query of pairs becomes a part of the answer.
    """
    names = ["rules"] if rules else []
    names += [level_column(each) for each in comparisons]
    columns = [column(name) for name in names]
    return (
        exp.select(*columns, *(exp.alias_(tree(count), name) for name, count in counts.items()))
        .from_(compared.subquery("c", copy=False), copy=False)
        .group_by(*(each.copy() for each in columns), copy=False)
        .order_by(*(each.copy() for each in columns), copy=False)
    )


def _lookup(name: str, values: Sequence[int]) -> Node:
    """The value of a level: the first for a missing one (-1), then by number."""
    array = exp.Array(
        expressions=[
            exp.Literal.number(value) if value >= 0 else exp.Neg(this=exp.Literal.number(-value))
            for value in (0, *values)
        ]
    )
    return tree("list_extract(:array, :level + 2)", array=array, level=column(name))


def _sum(model: FellegiSunter, comparisons: Sequence[Comparison], *, household: bool) -> Node:
    weights = {each.feature: each for each in model.features}

    def of(each: FeatureWeights, level: int) -> int:
        return each.household_weight(level) if household else each.same_weight(level)

    total: Node = tree(":p", p=model.prior_household_weight if household else model.prior_same_weight)
    for comparison in comparisons:
        feature = weights[comparison.feature]
        values = [of(feature, level) for level in range(len(feature.levels))]
        total = exp.Add(this=total, expression=_lookup(level_column(comparison), values))
    return tree("CAST(:total AS INTEGER)", total=total)


def _information(model: FellegiSunter, comparisons: Sequence[Comparison]) -> Node:
    """How much a pair tells, for or against: the bits of all its levels, in whole bits, at least 1."""
    weights = {each.feature: each for each in model.features}
    total: Node = exp.Literal.number(0)
    for comparison in comparisons:
        feature = weights[comparison.feature]
        values = [abs(feature.same_weight(level)) for level in range(len(feature.levels))]
        total = exp.Add(this=total, expression=_lookup(level_column(comparison), values))
    return tree("CAST(greatest((:total) // :bit, 1) AS SMALLINT)", total=total, bit=BIT)


def softplus(weight: Node) -> Node:
    """log2(1 + 2^weight) in units; see `retrato.matching.model.softplus`."""
    return tree(
        """
        CAST(CASE WHEN :w > 0 THEN round((:w / :bit + log2(1 + pow(2.0, -:w / :bit))) * :bit)
        ELSE round(log2(1 + pow(2.0, :w / :bit)) * :bit) END AS INTEGER)
        """,
        w=weight,
        bit=float(BIT),
    )


def _calibrated(model: FellegiSunter, weight: Node) -> Node:
    """A weight as labels calibrate it; see `retrato.matching.calibration.Calibration`."""
    if model.calibration is None:
        return weight
    slope = tree("CAST(:slope AS DOUBLE)", slope=exp.Literal.number(repr(model.calibration.slope)))
    return tree("CAST(floor((:w) * :s) AS INTEGER)", w=weight, s=slope)


def rule_applies(rule: MatchRule, comparisons: Sequence[Comparison]) -> Node:
    """Whether a rule fires, over the level columns."""
    known = {each.feature: each for each in comparisons}
    if not rule.when or any(each.feature not in known for each in rule.when):
        return exp.false()
    tests = []
    for each in rule.when:
        comparison = known[each.feature]
        levels = [exp.convert(level) for level in sorted(each.levels(comparison))]
        tests.append(exp.In(this=column(level_column(comparison)), expressions=levels))
    return exp.and_(*tests)


def _decided(rules: Sequence[MatchRule], comparisons: Sequence[Comparison]) -> Node:
    """The number of the first rule that fires (those that keep apart come first), or NULL."""
    case = exp.Case()
    order = sorted(range(len(rules)), key=lambda number: rules[number].decision is not Decision.DIFFERENT)
    for number in order:
        case.when(rule_applies(rules[number], comparisons), exp.Literal.number(number), copy=False)
    return tree("CAST(:case AS TINYINT)", case=case) if rules else tree("CAST(NULL AS TINYINT)")


def scores(
    compared: exp.Query, comparisons: Sequence[Comparison], *, model: FellegiSunter | None, rules: Sequence[MatchRule]
) -> exp.Query:
    """`a, b, weight, information, household, rule, home` of every pair.

    Without a model the weights are 0 and only rules decide.
    """
    zero = exp.Literal.number(0)
    same: Node = _sum(model, comparisons, household=False) if model else zero
    household: Node = _sum(model, comparisons, household=True) if model else zero
    summed = exp.select(
        "a",
        "b",
        exp.alias_(same, "same"),
        exp.alias_(household, "household"),
        exp.alias_(_information(model, comparisons) if model else exp.Literal.number(1), "information"),
        exp.alias_(_decided(rules, comparisons), "rule"),
        exp.alias_(home(comparisons), "home"),
    ).from_(compared.subquery("c"))
    weight = _calibrated(model, tree("same - :other", other=softplus(column("household")))) if model else zero
    return exp.select("a", "b", exp.alias_(weight, "weight"), "information", "household", "rule", "home").from_(
        summed.subquery("s")
    )


def home(comparisons: Sequence[Comparison]) -> Node:
    """Whether a pair shares a home: an address of few people, or a surname and a contact point that is not public."""
    known = {each.feature: each for each in comparisons}

    def equal(name: str, most: int) -> Node:
        return tree(":l BETWEEN 0 AND :n", l=column(level_column(known[name])), n=most)

    few, some = CONTACT_CLASSES.index("3-4 people"), CONTACT_CLASSES.index("5-12 people")
    contacts = [each.feature for each in comparisons if each.split is Split.CONTACT]
    tests = [equal("address", few)] if "address" in known else []
    if "family_name" in known and contacts:
        shared = exp.or_(*(equal(name, some) for name in contacts))
        tests.append(exp.and_(equal("family_name", BANDS - 1), exp.paren(shared)))
    return exp.or_(*tests) if tests else exp.false()


def evidence(model: FellegiSunter | None, comparisons: Sequence[Comparison]) -> Node:
    """What every comparison said, as text: `given_name: equal, held by ≤ 8 (+7.2); …`."""
    weights = {each.feature: each for each in model.features} if model else {}
    pieces = []
    for comparison in comparisons:
        texts: list[Node] = [exp.null()]
        for number, name in enumerate(comparison.level_names):
            feature = weights.get(comparison.feature)
            bits = f" ({feature.same_weight(number) / BIT:+.1f})" if feature else ""
            texts.append(exp.Literal.string(f"{comparison.feature}: {name}{bits}"))
        pieces.append(
            tree(
                "list_extract(:array, :level + 2)",
                array=exp.Array(expressions=texts),
                level=column(level_column(comparison)),
            )
        )
    return exp.Anonymous(this="concat_ws", expressions=[exp.Literal.string("; "), *(pieces or [exp.null()])])
