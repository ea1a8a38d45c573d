"""One row a profile: the golden values side by side, with the contact points in order."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from retrato.engines.compile.template import Node, query, table, tree
from retrato.profiles.columns import ADDRESS_PARTS, LISTS, NAME_PARTS, SINGLE, attribute_columns

if TYPE_CHECKING:
    from collections.abc import Iterable

    from retrato.engines.compile.identities import Steps

_EXPECTED = ("expected_precision", "expected_recall")
#: Kinds that have columns of their own; what is of another kind is a plain attribute.
_SHOWN_KINDS = (*SINGLE, *LISTS.values())


def plain_attributes() -> Node:
    """The query for the attributes of `values` that have no fixed column: `attribute`, in order."""
    return tree(
        "SELECT DISTINCT attribute FROM :t WHERE NOT :shown ORDER BY attribute",
        t=table("values"),
        shown=_kind_in(_SHOWN_KINDS),
    )


def profile_steps(attributes: Iterable[str] = ()) -> Steps:
    """The steps that make `profiles`, one row a profile, after `value_steps` (whose intermediate tables they read)
    and `timeline_steps`.

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
        ("_profile_lists", _lists()),
        ("profiles", _profiles(columns)),
    )


def _kind_in(kinds: Iterable[str]) -> Node:
    return exp.In(this=exp.column("kind"), expressions=[exp.Literal.string(kind) for kind in kinds])


def _quoted(name: str) -> exp.Identifier:
    return exp.to_identifier(name, quoted=True)


def _as(node: Node, name: str) -> exp.Alias:
    return exp.Alias(this=node, alias=_quoted(name))


def _golden(columns: dict[str, str]) -> Node:
    """A row a profile: its golden values, by column."""
    picked = [_as(tree("arg_min(value, namespace) FILTER (WHERE kind = :kind)", kind=kind), kind) for kind in SINGLE]
    picked += [
        _as(tree("arg_min(parts, namespace) FILTER (WHERE kind = :kind)", kind=kind), f"{kind}_parts")
        for kind in ("name", "address")
    ]
    picked += [
        _as(
            tree(
                "arg_min(value, namespace) FILTER (WHERE attribute = :name AND NOT :shown)",
                name=name,
                shown=_kind_in(_SHOWN_KINDS),
            ),
            f"attribute {column}",
        )
        for name, column in columns.items()
    ]
    golden = query(
        """SELECT profile_id,
          round(sum(CAST(round(confidence * 1000000) AS BIGINT)) / (count(*) * 1000000.0), 6) AS confidence
        FROM :t WHERE golden GROUP BY profile_id""",
        t=table("values"),
    )
    return golden.select(*picked)


def _lists() -> Node:
    """A row a profile: its contact points and numbers, by kind."""
    lists = [
        _as(tree("list(shown ORDER BY rank, namespace, shown) FILTER (WHERE kind = :kind)", kind=kind), column)
        for column, kind in LISTS.items()
    ]
    return query(_RANKED, listed=_kind_in(LISTS.values())).select(*lists)


def _profiles(columns: dict[str, str]) -> Node:
    part = "nullif(:json ->> :path, '')"
    nodes: list[Node] = [exp.column("name", "g")]
    nodes += [_part(part, "name_parts", key, column) for column, key in NAME_PARTS.items()]
    nodes += [exp.column("birth_date", "g"), exp.column("sex", "g")]
    nodes += [
        _as(tree("coalesce(:list, CAST([] AS VARCHAR[]))", list=exp.column(column, "l")), column) for column in LISTS
    ]
    nodes.append(exp.column("address", "g"))
    nodes += [_part(part, "address_parts", key, column) for column, key in ADDRESS_PARTS.items()]
    nodes += [_as(exp.column(_quoted(f"attribute {column}"), "g"), column) for column in columns.values()]
    nodes.append(exp.column("confidence", "g"))
    nodes += [exp.column(name, "c") for name in _EXPECTED]
    return query(_PROFILES).select(*nodes)


def _part(text: str, json: str, key: str, column: str) -> Node:
    return _as(tree(text, json=exp.column(json, "g"), path=f"$.{key}"), column)


_RECORDS = """
SELECT a.profile_id, min(a.household_id) AS household_id, CAST(count(*) AS INTEGER) AS records,
  list(DISTINCT r.source ORDER BY r.source) AS sources,
  min(least(coalesce(r.created_at, r.updated_at), coalesce(r.updated_at, r.created_at))) AS first_seen,
  max(greatest(coalesce(r.created_at, r.updated_at), coalesce(r.updated_at, r.created_at))) AS last_seen
FROM assignments AS a JOIN records AS r ON r.record = a.record
GROUP BY a.profile_id
"""

_SEEN = """
SELECT profile_id, min(first_seen) AS first_seen, max(last_seen) AS last_seen
FROM (
  SELECT profile_id, first_seen, last_seen FROM _profile_records
  UNION ALL SELECT profile_id, time, time FROM timeline WHERE profile_id IS NOT NULL
) AS s
GROUP BY profile_id
"""

_RANKED = """
SELECT profile_id
FROM (
  SELECT p.profile_id, s.kind, s.namespace, k.rank,
    CASE WHEN s.namespace = '' THEN k.value ELSE s.namespace || ':' || k.value END AS shown
  FROM _value_ranks AS k
  JOIN _value_slots AS s ON s.slot = k.slot
  JOIN _value_persons AS p ON p.record = k.person
  WHERE k.unverified < 2 AND :listed
) AS shown_values
GROUP BY profile_id
"""

_PROFILES = """
SELECT r.profile_id, r.household_id, r.records, r.sources, t.first_seen, t.last_seen
FROM _profile_records AS r
JOIN _profile_seen AS t ON t.profile_id = r.profile_id
LEFT JOIN _profile_golden AS g ON g.profile_id = r.profile_id
LEFT JOIN _profile_lists AS l ON l.profile_id = r.profile_id
LEFT JOIN certainty AS c ON c.profile_id = r.profile_id
ORDER BY r.profile_id
"""
