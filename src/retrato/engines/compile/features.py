"""Parsed values to the table that matching reads: `features`, a row a record.

For every feature: its keys (a text each, or a sorted list where records can have several values), and for the main key
what agreement on the value is worth: a rarity band from how many records hold it, or a contact class from who shares
it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from retrato.engines.compile.template import Node, column, query, table, tree
from retrato.matching.comparisons import BANDS, CONTACT_EDGES, MANY_RECORDS, RARITY_EDGES
from retrato.matching.contact_classes import BANDS_RARER, LETTERS_AN_EDIT, MOST_EDITS, MOST_NAMES, ROOTS

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from retrato.identifiers.base import Feature


#: How many people those who share a value seem to be: `value, people`. `named` are their names, or their birth dates,
#: and `variant` tells whether one of them seems to be another one miswritten; where many share a value, that does not
#: matter.
_PEOPLE = """
WITH named AS (:named), sized AS (SELECT value, count(*) AS names FROM named GROUP BY value)
SELECT s.value, s.names - count(o.name) AS people
FROM sized s LEFT JOIN (
  SELECT DISTINCT o.value, o.name FROM sized z
  JOIN named o ON o.value = z.value JOIN named x ON x.value = z.value AND x.name <> o.name
  WHERE z.names BETWEEN 2 AND :most AND :variant
) o ON o.value = s.value
GROUP BY s.value, s.names
"""
_GIVEN_NAMES = """
SELECT DISTINCT h.value, k.given_root AS name, coalesce(b.band, 0) AS band FROM h JOIN keys k ON k.record = h.record
LEFT JOIN name_bands b ON b.value = k.given_root WHERE k.given_root IS NOT NULL
"""
#: A given name that is much rarer than another, and close to it or run together with the next.
_MISTYPED = """
(x.band >= o.band + :rarer OR o.band = 0 AND x.band > 0) AND (
  levenshtein(o.name, x.name) <= least(:edits, length(x.name) / :letters)
  OR starts_with(o.name, x.name) OR starts_with(x.name, o.name))
"""
_BIRTH_DATES = """
SELECT DISTINCT h.value, k.birth_date AS name FROM h JOIN keys k ON k.record = h.record WHERE k.birth_date IS NOT NULL
"""
#: A date that differs from a later one in two digits, or in the order of day and month.
_MISDATED = """
o.name < x.name AND (levenshtein(o.name, x.name) <= :edits
  OR left(o.name, 4) = left(x.name, 4) AND substr(o.name, 6, 2) = substr(x.name, 9, 2)
    AND substr(o.name, 9, 2) = substr(x.name, 6, 2))
"""
#: By the key that tells people apart.
_PEOPLE_BY = {ROOTS: (_GIVEN_NAMES, _MISTYPED), "birth_date": (_BIRTH_DATES, _MISDATED)}


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
            result.select(exp.alias_(tree(text, k=column(name)), name, quoted=True), copy=False)
    return result


def joined_keys(tables: Sequence[str], features: Sequence[Sequence[Feature]]) -> exp.Select:
    """All keys of all kinds, a row a record; `source` is a number."""
    result = exp.select(
        "r.record", exp.alias_(tree("CAST(dense_rank() OVER (ORDER BY r.source) AS INTEGER)"), "source")
    ).from_(table("records", "r"))
    for number, (name, each) in enumerate(zip(tables, features, strict=True)):
        alias = f"k{number}"
        for key in dict.fromkeys(key for feature in each for key in feature.keys):
            result.select(column(key, alias), copy=False)
        result.join(table(name, alias), on=f"{alias}.record = r.record", join_type="left", copy=False)
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


def name_bands() -> Node:
    """`band, value` of the roots of given names, by how many records bear them: see `RARITY_EDGES`."""
    case = exp.Case()
    for band, edge in enumerate(RARITY_EDGES):
        case = case.when(tree("count(*) <= :e", e=edge), exp.Literal.number(band))
    return tree(
        """
        SELECT CAST(:band AS TINYINT) AS band, :root AS value FROM keys WHERE :root IS NOT NULL GROUP BY :root
        """,
        root=column(ROOTS),
        band=case.else_(exp.Literal.number(len(RARITY_EDGES))),
    )


def _people(named: str, variant: str) -> exp.Select:
    seems = tree(variant, rarer=BANDS_RARER, edits=MOST_EDITS, letters=LETTERS_AN_EDIT)
    counted = query(_PEOPLE, named=query(named), variant=exp.paren(seems), most=MOST_NAMES)
    return exp.select("*").from_(counted.subquery("p"))


def contact_class(feature: Feature, known: Collection[str]) -> Node:
    """The same columns by how many people seem to share the value: see `CONTACT_CLASSES`.

    `known` are the columns of `keys`. Where there are neither given names nor birth dates, by how many records.
    """
    counted = [_people(named, variant) for key, (named, variant) in _PEOPLE_BY.items() if key in known]
    if not counted:
        return rarity(feature)
    case = exp.Case().when(tree("coalesce(people, 1) = 1 AND n <= :m", m=exp.convert(MANY_RECORDS)), exp.convert(0))
    case = case.when(tree("coalesce(people, 1) = 1"), exp.convert(1))
    for number, edge in enumerate(CONTACT_EDGES, 2):
        case = case.when(tree("people <= :e", e=exp.convert(edge)), exp.convert(number))
    every = exp.union(*counted, distinct=False) if len(counted) > 1 else counted[0]
    return tree(
        """
        WITH h AS (SELECT value, record, source FROM :holders)
        SELECT CAST(:feature AS VARCHAR) AS feature, v.value, CAST(:band AS TINYINT) AS band,
          v.n AS holders, v.within AS pairs_within
        FROM (
          SELECT value, CAST(sum(n) AS BIGINT) AS n, CAST(sum(n * (n - 1) / 2) AS DOUBLE) AS within
          FROM (SELECT value, source, count(*) AS n FROM h GROUP BY value, source) GROUP BY value
        ) v LEFT JOIN (SELECT value, max(people) AS people FROM :every GROUP BY value) p ON p.value = v.value
        """,
        feature=feature.name,
        holders=_holders(feature).subquery("f"),
        band=case.else_(exp.convert(len(CONTACT_EDGES) + 2)),
        every=every.subquery("e"),
    )


def features_table(features: Sequence[Feature]) -> exp.Select:
    """`keys` with the bands of `value_bands(feature, value, band)` put beside them."""
    result = exp.select("k.*").from_(table("keys", "k"))
    for number, feature in enumerate(features):
        key = feature.keys[0]
        if feature.multivalued:
            source, alias = _codes(feature).subquery(f"c{number}"), f"c{number}"
            result.select(column(f"{key}_codes", alias), column(f"{key}_spaces", alias), copy=False)
            result.join(source, on=f"{alias}.record = k.record", join_type="left", copy=False)
        else:
            alias = f"b{number}"
            band = tree("(SELECT value, band FROM value_bands WHERE feature = :f)", f=feature.name)
            result.select(exp.alias_(column("band", alias), f"{key}_band", quoted=True), copy=False)
            result.join(
                exp.alias_(band, alias, table=True),
                on=tree(":v = :k", v=column("value", alias), k=column(key, "k")),
                join_type="left",
                copy=False,
            )
    return result


def _codes(feature: Feature) -> exp.Select:
    key = feature.keys[0]
    space: Node = exp.Literal.string("")
    if feature.namespaced:
        space = tree("CASE WHEN contains(value, ':') THEN split_part(value, ':', 1) ELSE '' END")
    values = query(
        """
        SELECT u.record, u.value, CAST(hash(u.value) - hash(u.value) % :bands + b.band AS UBIGINT) AS code
        FROM (SELECT record, unnest(:k) AS value FROM keys) u
        JOIN value_bands b ON b.feature = :f AND b.value = u.value
        """,
        bands=BANDS,
        k=column(key),
        f=feature.name,
    )
    return (
        exp.select(
            "record",
            exp.alias_(tree("list_sort(list(code))"), f"{key}_codes", quoted=True),
            exp.alias_(tree("list_sort(list(DISTINCT :s))", s=space), f"{key}_spaces", quoted=True),
        )
        .from_(values.subquery("v"))
        .group_by("record")
    )


def frozen_bands(rarity_features: Sequence[str]) -> Node:
    """The rarity bands worth keeping in a model: `feature, code, band` of values that at least three records hold."""
    return tree(
        """
        SELECT feature, left(md5(value), 16) AS code, band
        FROM (SELECT feature, value, band FROM value_bands WHERE list_contains(:features, feature)
          UNION ALL SELECT CAST(:roots AS VARCHAR), value, band FROM name_bands)
        WHERE band > 0 ORDER BY feature, code
        """,
        roots=ROOTS,
        features=exp.Array(expressions=[exp.Literal.string(name) for name in rarity_features]),
    )


def name_bands_of_model() -> Node:
    """`band, value` of the roots of given names, as the table `model_bands(feature, code, band)` has them."""
    return tree(
        """
        SELECT m.band, n.value FROM (SELECT DISTINCT :root AS value FROM keys WHERE :root IS NOT NULL) n
        JOIN model_bands m ON m.feature = :roots AND m.code = left(md5(n.value), 16)
        """,
        root=column(ROOTS),
        roots=ROOTS,
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
