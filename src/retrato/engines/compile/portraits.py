"""One row a profile: the golden values side by side, with the contact points in order."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from retrato.engines.compile.template import Node, among, query, tree
from retrato.profiles.columns import ADDRESS_PARTS, LISTS, NAME_PARTS, SINGLE, attribute_columns

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from retrato.engines.compile.identities import Steps

_EXPECTED = ("expected_precision", "expected_recall")
#: Kinds that have columns of their own; what is of another kind is a plain attribute.
_SHOWN_KINDS = (*SINGLE, *LISTS.values())
#: Kinds whose parts have columns, and the part of each.
_PARTS = {"name": NAME_PARTS, "address": ADDRESS_PARTS}


def plain_attributes() -> Node:
    """The query for the attributes of `values` that have no fixed column: `attribute`, in order."""
    return tree(
        "SELECT DISTINCT attribute FROM value_slots WHERE NOT :shown ORDER BY attribute",
        shown=among(exp.column("kind"), _SHOWN_KINDS),
    )


def profile_steps(attributes: Iterable[str] = ()) -> Steps:
    """The steps that make `profiles`, one row a profile, after `value_steps` (whose intermediate tables they read)
    and `attachment_steps`.

    What is expected of each profile comes from the table `certainty`. `attributes` are the plain attributes to show
    (`plain_attributes`), each in the column that `attribute_columns` gives it. `first_seen` and `last_seen` are of
    records and interactions together.

    The lists hold the valid and possible values, golden ones first, with `namespace:` before those that have one; they
    are empty rather than NULL. `confidence` is the mean over the golden values. A kind with several namespaces shows
    its first (none comes before any other).

    >>> [name for name, _ in profile_steps(["tier"]) if not name.startswith("_")]
    ['profiles']
    """
    columns = attribute_columns(attributes)
    return (
        ("_profile_records", tree(_RECORDS)),
        ("_profile_seen", tree(_SEEN)),
        ("_profile_golden", _golden(columns)),
        ("_profile_parts", _parts()),
        ("_profile_lists", _lists()),
        ("profiles", _profiles(columns)),
    )


def _quoted(name: str) -> exp.Identifier:
    return exp.to_identifier(name, quoted=True)


def _as(node: Node, name: str) -> exp.Alias:
    return exp.Alias(this=node, alias=_quoted(name))


def _golden(columns: dict[str, str]) -> Node:
    """A row a profile: its golden values, by column."""
    picked = [_as(tree("arg_min(value, slot) FILTER (WHERE kind = :kind)", kind=kind), kind) for kind in SINGLE]
    picked += [
        _as(
            tree(
                "arg_min(value, slot) FILTER (WHERE attribute = :name AND NOT :shown)",
                name=name,
                shown=among(exp.column("kind"), _SHOWN_KINDS),
            ),
            f"attribute {column}",
        )
        for name, column in columns.items()
    ]
    return query(_GOLDEN).select(*picked)


def _parts() -> Node:
    """A row a profile: the parts of its golden name and address, as lists."""
    picked = [
        _as(
            tree("arg_min(parts, slot) FILTER (WHERE kind = :kind) ->> :paths", kind=kind, paths=_paths(parts)),
            f"{kind}_parts",
        )
        for kind, parts in _PARTS.items()
    ]
    return query(_GOLDEN_PARTS, kinds=among(exp.column("kind"), _PARTS)).select(*picked)


def _paths(parts: Mapping[str, str]) -> Node:
    return exp.Array(expressions=[exp.Literal.string(f"$.{key}") for key in parts.values()])


def _lists() -> Node:
    """A row a profile: its contact points and numbers, by kind."""
    lists = [
        _as(tree("list(shown ORDER BY rank, slot) FILTER (WHERE kind = :kind)", kind=kind), column)
        for column, kind in LISTS.items()
    ]
    return query(_RANKED, listed=among(exp.column("kind"), LISTS.values())).select(*lists)


def _profiles(columns: dict[str, str]) -> Node:
    nodes: list[Node] = [exp.column("name", "g"), *_part_columns("name"), exp.column("birth_date", "g")]
    nodes.append(exp.column("sex", "g"))
    nodes += [
        _as(tree("coalesce(:list, CAST([] AS VARCHAR[]))", list=exp.column(column, "l")), column) for column in LISTS
    ]
    nodes += [exp.column("address", "g"), *_part_columns("address")]
    nodes += [_as(exp.column(_quoted(f"attribute {column}"), "g"), column) for column in columns.values()]
    nodes.append(exp.column("confidence", "g"))
    nodes += [exp.column(name, "c") for name in _EXPECTED]
    return query(_PROFILES).select(*nodes)


def _part_columns(kind: str) -> list[Node]:
    parts = exp.column(f"{kind}_parts", "p")
    return [
        _as(tree("nullif(list_extract(:parts, :n), '')", parts=parts, n=place), column)
        for place, column in enumerate(_PARTS[kind], 1)
    ]


_RECORDS = """
SELECT p.person, min(a.household_id) AS household_id, CAST(count(*) AS INTEGER) AS records,
  list(DISTINCT r.source ORDER BY r.source) AS sources,
  min(least(coalesce(r.created_at, r.updated_at), coalesce(r.updated_at, r.created_at))) AS first_seen,
  max(greatest(coalesce(r.created_at, r.updated_at), coalesce(r.updated_at, r.created_at))) AS last_seen
FROM person_records AS p JOIN assignments AS a ON a.record = p.record JOIN records AS r ON r.record = p.record
GROUP BY p.person
"""

_SEEN = """
SELECT person, min(first_seen) AS first_seen, max(last_seen) AS last_seen
FROM (
  SELECT person, first_seen, last_seen FROM _profile_records
  UNION ALL
  SELECT r.person, e.time, e.time FROM timeline_rows AS r JOIN events AS e ON e.event = r.event
  WHERE r.person IS NOT NULL AND e.time IS NOT NULL
) AS s
GROUP BY person
"""

_GOLDEN = """
SELECT person,
  round(sum(CAST(round(confidence * 1000000) AS BIGINT)) / (count(*) * 1000000.0), 6) AS confidence
FROM (
  SELECT k.person, k.slot, k.value, k.confidence, s.attribute, s.kind
  FROM _value_ranks AS k JOIN (SELECT DISTINCT slot, attribute, kind FROM value_slots) AS s ON s.slot = k.slot
  WHERE k.rank = 1
) AS g
GROUP BY person
"""

_GOLDEN_PARTS = """
SELECT person
FROM (
  SELECT k.person, k.slot, i.kind, i.parts
  FROM identifiers AS i JOIN _value_ranks AS k ON k.record = i.record AND k.version = i.version
    AND k.column_no = i.column_no AND k.ordinal = i.ordinal
  WHERE :kinds
) AS g
GROUP BY person
"""

_RANKED = """
SELECT person
FROM (
  SELECT k.person, s.kind, k.rank, k.slot,
    CASE WHEN s.namespace = '' THEN k.value ELSE s.namespace || ':' || k.value END AS shown
  FROM _value_ranks AS k
  JOIN (SELECT DISTINCT slot, kind, namespace FROM value_slots) AS s ON s.slot = k.slot
  WHERE k.unverified < 2 AND :listed
) AS shown_values
GROUP BY person
"""

_PROFILES = """
SELECT n.profile_id, r.household_id, r.records, r.sources, t.first_seen, t.last_seen
FROM persons AS n
JOIN _profile_records AS r ON r.person = n.person
JOIN _profile_seen AS t ON t.person = n.person
LEFT JOIN _profile_golden AS g ON g.person = n.person
LEFT JOIN _profile_parts AS p ON p.person = n.person
LEFT JOIN _profile_lists AS l ON l.person = n.person
LEFT JOIN certainty AS c ON c.profile_id = n.profile_id
"""
