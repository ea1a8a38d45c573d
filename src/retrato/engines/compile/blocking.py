"""Blocking rules to pairs of records, without any block growing quadratically.

`block_keys(key, record, source)` holds the records of one rule at one depth; blocks of more than the limit go on to the
next depth with one more key. `pairs_by_rule(a, b, rule)` collects what every rule produces; `pairs(a, b, rules)` has
each pair once, with the set of rules that produce it as bits.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from retrato.engines.compile.template import Node, column, query, table, tree

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from retrato.matching.blocking import BlockingKey


def block_keys(keys: Sequence[BlockingKey], lists: Collection[str], *, within: str | None = None) -> exp.Select:
    """`key, record, source` of every record that has all keys; only records of the table `within` when given.

    A record with several values of a key is in several blocks.
    """
    result = exp.select("record", "source").from_(table("features"))
    for number, key in enumerate(keys):
        result = result.select(exp.alias_(column(key.name), f"k{number}")).where(
            tree(":c IS NOT NULL", c=column(key.name))
        )
    if within is not None:
        result = result.where(tree("record IN (SELECT record FROM :t)", t=table(within)))
    for number, key in enumerate(keys):
        if key.name in lists:
            result = exp.select(
                tree("* REPLACE (unnest(:k) AS :n)", k=exp.column(f"k{number}"), n=exp.to_identifier(f"k{number}"))
            ).from_(result.subquery())
    for number, key in enumerate(keys):
        if key.length is not None:
            result = (
                exp.select(
                    tree(
                        "* REPLACE (left(:k, :l) AS :n)",
                        k=exp.column(f"k{number}"),
                        l=key.length,
                        n=exp.to_identifier(f"k{number}"),
                    )
                )
                .from_(result.subquery())
                .where(tree("len(:k) >= :n", k=exp.column(f"k{number}"), n=key.length))
            )
    code: Node = tree("CAST(0 AS UBIGINT)")
    if keys:
        code = exp.Anonymous(this="hash", expressions=[exp.column(f"k{number}") for number in range(len(keys))])
    return exp.select(exp.alias_(code, "key"), "record", "source").distinct().from_(result.subquery("s"))


def large_blocks(limit: int) -> Node:
    """The keys of the blocks of `block_keys` that hold more than `limit` records."""
    return tree("SELECT key FROM block_keys GROUP BY key HAVING count(*) > :n", n=limit)


LARGE_RECORDS = "SELECT DISTINCT record FROM block_keys WHERE key IN (SELECT key FROM large_blocks)"


def rule_pairs(rule: int, *, across_sources: bool) -> Node:
    """The pairs of one rule at one depth, from `block_keys` less `large_blocks`."""
    return tree(
        """
        WITH small AS (SELECT * FROM block_keys WHERE key NOT IN (SELECT key FROM large_blocks))
        SELECT DISTINCT CAST(x.record AS INTEGER) AS a, CAST(y.record AS INTEGER) AS b, CAST(:rule AS UTINYINT) AS rule
        FROM small x JOIN small y ON x.key = y.key AND x.record < y.record WHERE x.source <> y.source OR :anywhere
        """,
        rule=rule,
        anywhere=not across_sources,
    )


def all_pairs() -> Node:
    """Each pair once, with its rules as bits."""
    return tree(
        """
        SELECT a, b, CAST(bit_or(CAST(1 AS UBIGINT) << rule) AS UBIGINT) AS rules
        FROM pairs_by_rule GROUP BY a, b
        """
    )


def sampled_pairs(pairs: str, share: float) -> exp.Query:
    """A sample of the rows of a table of pairs that depends on `a` and `b` alone; `share` of 1 or more takes all."""
    if share >= 1:
        return query("SELECT * FROM :pairs", pairs=table(pairs))
    return query(
        "SELECT * FROM :pairs WHERE (CAST(a AS BIGINT) * 2654435761 + CAST(b AS BIGINT) * 40503) % 1000003 < :n",
        pairs=table(pairs),
        n=int(share * 1000003),
    )
