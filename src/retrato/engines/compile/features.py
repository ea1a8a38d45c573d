"""Parsed values to the table that matching reads: `features`, a row a record.

For every feature: its keys (a text each, or a sorted list where records can have several values), and for the main key
what agreement on the value is worth: a rarity band from how many records hold it, or a contact class from who shares
it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from retrato.engines.compile.template import Node, column, query, table, tree
from retrato.matching.comparisons import RARITY_EDGES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from retrato.identifiers.base import Feature


def record_keys(keys: str, features: Sequence[Feature]) -> exp.Select:
    """One row a record from the table `keys(record, place, <key>...)`: the first value of a key, or a list of all."""
    result = exp.select("record").from_(table(keys)).group_by("record")
    for feature in features:
        for name in feature.keys:
            text = (
                "list_sort(list(DISTINCT :k) FILTER (WHERE :k IS NOT NULL))"
                if feature.multivalued
                else "arg_min(:k, place)"
            )
            result = result.select(exp.alias_(tree(text, k=column(name)), name, quoted=True))
    return result


def joined_keys(tables: Sequence[str], features: Sequence[Sequence[Feature]]) -> exp.Select:
    """All keys of all kinds, a row a record; `source` is a number."""
    result = exp.select(
        "r.record", exp.alias_(tree("CAST(dense_rank() OVER (ORDER BY r.source) AS INTEGER)"), "source")
    ).from_(table("records", "r"))
    for number, (name, each) in enumerate(zip(tables, features, strict=True)):
        alias = f"k{number}"
        for key in dict.fromkeys(key for feature in each for key in feature.keys):
            result = result.select(column(key, alias))
        result = result.join(table(name, alias), on=f"{alias}.record = r.record", join_type="left")
    return result


def _holders(feature: Feature) -> exp.Select:
    """`value, record, source` of everybody who holds a value of the main key."""
    key = column(feature.keys[0])
    value: Node = tree("unnest(:k)", k=key) if feature.multivalued else key
    return (
        exp.select(exp.alias_(value, "value"), "record", "source")
        .from_(table("keys"))
        .where(tree(":k IS NOT NULL", k=key.copy()))
    )


def rarity(feature: Feature) -> Node:
    """`feature, value, band, holders, pairs_within` by how many records hold the value: see `RARITY_EDGES`.

    `pairs_within` counts the pairs of holders that are of one source.
    """
    case = exp.Case()
    for band, edge in enumerate(RARITY_EDGES):
        case = case.when(tree("sum(n) <= :e", e=edge), exp.Literal.number(band))
    return tree(
        """
        SELECT CAST(:feature AS VARCHAR) AS feature, value, CAST(:band AS TINYINT) AS band,
          CAST(sum(n) AS BIGINT) AS holders, CAST(sum(n * (n - 1) / 2) AS DOUBLE) AS pairs_within
        FROM (SELECT value, source, count(*) AS n FROM :holders GROUP BY value, source) GROUP BY value
        """,
        feature=feature.name,
        band=case.else_(exp.Literal.number(len(RARITY_EDGES))),
        holders=_holders(feature).subquery("h"),
    )


def contact_class(feature: Feature, names: bool) -> Node:
    """The same columns by who shares the value: see `CONTACT_CLASSES`.

    Where the data have no given names, by how many records.
    """
    if not names:
        return rarity(feature)
    return tree(
        """
        SELECT CAST(:feature AS VARCHAR) AS feature, value,
          CAST(CASE WHEN names <= 1 AND n <= 8 THEN 0 WHEN names <= 1 THEN 1 WHEN names = 2 THEN 2
               WHEN names <= 4 THEN 3 WHEN names <= 12 THEN 4 ELSE 5 END AS TINYINT) AS band,
          n AS holders, within AS pairs_within
        FROM (
          SELECT value, CAST(sum(n) AS BIGINT) AS n, CAST(sum(n * (n - 1) / 2) AS DOUBLE) AS within, max(names) AS names
          FROM (SELECT h.value, h.source, count(*) AS n FROM :holders GROUP BY h.value, h.source)
          JOIN (
            SELECT h.value AS shared, count(DISTINCT k.given_root) AS names
            FROM :holders JOIN keys k ON k.record = h.record GROUP BY h.value
          ) ON shared = value
          GROUP BY value
        )
        """,
        feature=feature.name,
        holders=_holders(feature).subquery("h"),
    )


def features_table(features: Sequence[Feature]) -> exp.Select:
    """`keys` with the bands of `value_bands(feature, value, band)` put beside them."""
    result = exp.select("k.*").from_(table("keys", "k"))
    for number, feature in enumerate(features):
        key = feature.keys[0]
        if feature.multivalued:
            source, alias = _codes(feature).subquery(f"c{number}"), f"c{number}"
            result = result.select(column(f"{key}_codes", alias), column(f"{key}_spaces", alias))
            result = result.join(source, on=f"{alias}.record = k.record", join_type="left")
        else:
            alias = f"b{number}"
            band = tree("(SELECT value, band FROM value_bands WHERE feature = :f)", f=feature.name)
            result = result.select(exp.alias_(tree(":b", b=column("band", alias)), f"{key}_band", quoted=True))
            result = result.join(
                exp.alias_(band, alias, table=True),
                on=tree(":v = :k", v=column("value", alias), k=column(key, "k")),
                join_type="left",
            )
    return result


def _codes(feature: Feature) -> exp.Select:
    key = feature.keys[0]
    space: Node = exp.Literal.string("")
    if feature.namespaced:
        space = tree("CASE WHEN contains(value, ':') THEN split_part(value, ':', 1) ELSE '' END")
    values = query(
        """
        SELECT u.record, u.value, hash(u.value) - hash(u.value) % 8 + b.band AS code
        FROM (SELECT record, unnest(:k) AS value FROM keys) u
        JOIN value_bands b ON b.feature = :f AND b.value = u.value
        """,
        k=column(key),
        f=feature.name,
    )
    return (
        exp.select(
            "record",
            exp.alias_(tree("list(code)"), f"{key}_codes", quoted=True),
            exp.alias_(tree("list(DISTINCT :s)", s=space), f"{key}_spaces", quoted=True),
        )
        .from_(values.subquery("v"))
        .group_by("record")
    )


def frozen_bands(rarity_features: Sequence[str]) -> Node:
    """The rarity bands worth keeping in a model: `feature, code, band` of values that at least three records hold."""
    return tree(
        """
        SELECT feature, left(md5(value), 16) AS code, band FROM value_bands
        WHERE band > 0 AND list_contains(:features, feature) ORDER BY feature, code
        """,
        features=exp.Array(expressions=[exp.Literal.string(name) for name in rarity_features]),
    )


def bands_of_model(rarity_features: Sequence[str]) -> Node:
    """`value_bands` with the rarity bands of the table `model_bands(feature, code, band)`, not the counted ones."""
    return tree(
        """
        SELECT v.feature, v.value,
          CASE WHEN list_contains(:features, v.feature) THEN coalesce(m.band, 0) ELSE v.band END AS band,
          v.holders, v.pairs_within
        FROM counted_bands v LEFT JOIN model_bands m ON m.feature = v.feature AND m.code = left(md5(v.value), 16)
        """,
        features=exp.Array(expressions=[exp.Literal.string(name) for name in rarity_features]),
    )


def agreeing_pairs(*, across_sources: bool) -> Node:
    """`feature, band, pairs`: the pairs of records that agree on a value, by band."""
    return tree(
        """
        SELECT feature, band, sum(holders * (holders - 1) / 2 - CASE WHEN :across THEN pairs_within ELSE 0 END) AS pairs
        FROM value_bands GROUP BY feature, band ORDER BY feature, band
        """,
        across=across_sources,
    )


def comparable_records(feature: Feature) -> Node:
    """`space, source, records`: the records that have the feature, by namespace and source."""
    key = feature.keys[0]
    space: Node = exp.Literal.string("")
    if feature.multivalued:
        space = tree("unnest(:s)", s=column(f"{key}_spaces"))
    return tree(
        """
        SELECT space, source, count(*) AS records
        FROM (SELECT :space AS space, source FROM features WHERE :k IS NOT NULL) GROUP BY space, source
        """,
        space=space,
        k=column(key),
    )
