"""Scored pairs to edges for clustering, and clustered pairs to the tables `links` and `review`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from retrato.engines.compile.template import Node, column, query, tree
from retrato.graph.clustering import MOST_WEIGHT
from retrato.identifiers.value_sets import NEVER_LINKS
from retrato.matching.model import BIT, DECIDED
from retrato.matching.rules import Decision, MatchRule

if TYPE_CHECKING:
    from collections.abc import Sequence

    from retrato.graph.limits import Limit

#: When a row of `identifiers i` of `records r` was first seen: a record with one version may have held it all the time.
FIRST_SEEN = (
    "CASE WHEN r.versions = 1 THEN least(coalesce(r.created_at, i.observed_at), i.observed_at) ELSE i.observed_at END"
)

#: Reviewed decisions as pairs of record numbers; the last word on a pair is the one that keeps apart.
DECIDED_PAIRS = """
SELECT least(x.record, y.record) AS a, greatest(x.record, y.record) AS b, min(d.decision) AS decision
FROM decisions d
JOIN records x ON x.source = d.source_a AND x.record_key = d.key_a
JOIN records y ON y.source = d.source_b AND y.record_key = d.key_b
WHERE x.record <> y.record AND d.decision IN ('same', 'different')
GROUP BY ALL
"""


def edges(rules: Sequence[MatchRule], threshold: int) -> exp.Query:
    """`a, b, weight, information` for clustering.

    Weights above `threshold` are positive; decisions and rules are beyond any sum.
    """
    case = exp.Case()
    for decision, weight in ((Decision.SAME, DECIDED), (Decision.DIFFERENT, -DECIDED)):
        case = case.when(tree("d.decision = :d", d=decision.value), exp.convert(weight))
    for number, rule in enumerate(rules):
        weight = DECIDED if rule.decision is Decision.SAME else -DECIDED
        case = case.when(tree("s.rule = :n", n=number), exp.convert(weight))
    plain = tree("least(s.weight - :t, :most)", t=exp.convert(threshold), most=MOST_WEIGHT)
    return query(
        """
        SELECT coalesce(s.a, d.a) AS a, coalesce(s.b, d.b) AS b, CAST(:weight AS BIGINT) AS weight,
          CAST(coalesce(s.information, 1) AS INTEGER) AS information
        FROM scores s FULL JOIN decided d ON d.a = s.a AND d.b = s.b
        """,
        weight=case.else_(plain),
    )


def may_link(alias: str) -> Node:
    """Whether a value of `identifiers`, under this alias, may bring anybody together."""
    codes = column("issues", alias)
    return tree("NOT list_contains(string_split(coalesce(:codes, ''), ' '), :code)", codes=codes, code=NEVER_LINKS.code)


def limited_values(limit: Limit, *, plain: bool) -> exp.Query:
    """`record, namespace, value, opens, last` of the values that a limit counts; `plain` for a plain attribute.

    `opens` and `last` are microseconds of the epoch: `last` the last time that the record is known to hold the value,
    `opens` the window of the limit before the first time. Both are NULL where no time is known, or none matters.
    """
    kind, _, name = limit.kind.partition(".")
    wanted = tree("i.kind = :k", k=kind)
    if name:
        wanted = exp.and_(wanted, tree("i.attribute = :n" if plain else "i.namespace = :n", n=name))
    if limit.within_months is None:
        wanted = exp.and_(wanted, tree("i.version = 0"))
        first = last = tree("CAST(NULL AS TIMESTAMP)")
    else:
        months = exp.Interval(this=exp.Literal.string(str(limit.within_months)), unit=exp.var("MONTH"))
        first, last = tree("min(:seen) - :months", seen=tree(FIRST_SEEN), months=months), tree("max(i.observed_at)")
    return query(
        """
        SELECT i.record, coalesce(i.namespace, '') AS namespace, i.value,
          epoch_us(:first) AS opens, epoch_us(:last) AS last
        FROM identifiers i JOIN records r ON r.record = i.record
        WHERE :wanted AND i.value IS NOT NULL AND i.status IN ('valid', 'possible') AND :may_link
        GROUP BY i.record, coalesce(i.namespace, ''), i.value
        """,
        first=first,
        last=last,
        wanted=wanted,
        may_link=may_link("i"),
    )


def household_edges(threshold: int) -> exp.Query:
    """`a, b, weight, information`: the pairs of clusters that share a home, and how surely they are one household."""
    return query(
        """
        SELECT least(x.cluster, y.cluster) AS a, greatest(x.cluster, y.cluster) AS b,
          CAST(max(s.household) AS BIGINT) AS weight, CAST(1 AS INTEGER) AS information
        FROM scores s JOIN clusters x ON x.record = s.a JOIN clusters y ON y.record = s.b
        WHERE s.home AND s.household > :t AND x.cluster <> y.cluster
        GROUP BY ALL
        """,
        t=exp.convert(threshold),
    )


def linked_pairs(threshold: int) -> exp.Query:
    """The pairs inside a profile that hold it together: `a, b, weight, rule, decision, held_apart_by` (NULL)."""
    return query(
        """
        SELECT s.a, s.b, s.weight, s.rule, d.decision, CAST(NULL AS VARCHAR) AS held_apart_by
        FROM scores s JOIN clusters x ON x.record = s.a JOIN clusters y ON y.record = s.b AND y.cluster = x.cluster
        LEFT JOIN decided d ON d.a = s.a AND d.b = s.b
        WHERE s.weight > :t OR s.rule IS NOT NULL OR d.decision IS NOT NULL
        """,
        t=exp.convert(threshold),
    )


def doubtful_pairs(review_from: int) -> exp.Query:
    """For every two profiles that may be one, their strongest pair: `a, b, weight, rule, decision, held_apart_by`.

    These are the profiles whose strongest pair is likely enough though nobody has decided about it, and those of the
    table `held_apart(a, b, reason)`, which the evidence would join and a limit keeps apart.
    """
    # the clusters are told apart by a difference: with an inequality an engine may first join every two clusters
    return query(
        """
        SELECT s.a, s.b, s.weight, s.rule, d.decision, h.reason AS held_apart_by
        FROM (
          SELECT a, b, weight, rule FROM scores
          UNION ALL SELECT a, b, NULL, NULL FROM decided d
          WHERE NOT EXISTS (SELECT 1 FROM scores o WHERE o.a = d.a AND o.b = d.b)
        ) s JOIN clusters x ON x.record = s.a JOIN clusters y ON y.record = s.b
        LEFT JOIN decided d ON d.a = s.a AND d.b = s.b
        LEFT JOIN held_apart h ON h.a = least(x.cluster, y.cluster) AND h.b = greatest(x.cluster, y.cluster)
        WHERE y.cluster - x.cluster <> 0
          AND (h.reason IS NOT NULL OR s.weight > :t AND s.rule IS NULL AND d.decision IS NULL)
        QUALIFY row_number() OVER (
          PARTITION BY least(x.cluster, y.cluster), greatest(x.cluster, y.cluster)
          ORDER BY d.decision DESC NULLS LAST, s.weight DESC NULLS LAST, s.a, s.b) = 1
        """,
        t=exp.convert(review_from),
    )


def described(compared: exp.Query, evidence: Node, rules: Sequence[MatchRule]) -> exp.Query:
    """Pairs with what a person wants to read: keys, profiles, weight in bits, probability, who decided, evidence."""
    case = exp.Case().when(tree("decision IS NOT NULL"), tree("'decision: ' || decision"))
    for number, rule in enumerate(rules):
        case = case.when(tree("rule = :n", n=number), exp.Literal.string(f"rule: {rule.name}"))
    return query(
        """
        SELECT x.source AS source_a, x.record_key AS key_a, y.source AS source_b, y.record_key AS key_b,
          i.profile_id AS profile_a, j.profile_id AS profile_b,
          round(p.weight / :bit, 3) AS weight_bits, round(1 / (1 + pow(2.0, -p.weight / :bit)), 6) AS probability,
          :by AS decided_by, :evidence AS evidence, p.held_apart_by
        FROM :pairs
        JOIN records x ON x.record = p.a JOIN records y ON y.record = p.b
        JOIN assignments i ON i.record = p.a JOIN assignments j ON j.record = p.b
        ORDER BY p.a, p.b
        """,
        bit=float(BIT),
        by=case.else_(exp.Literal.string("model")),
        evidence=evidence,
        pairs=compared.subquery("p"),
    )
