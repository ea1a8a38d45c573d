"""Stable ids as relations: clusters and the former run's assignments in, ids, changes and redirects out.

The rules are described in `retrato.graph.identities`. Profiles and households go through the same steps; they differ in
what their units are and in the prefix of their ids.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from sqlglot import exp

from retrato.engines.compile.template import Node, column, table, tree
from retrato.graph.identities import DIGITS, HOUSEHOLD_PREFIX, PROFILE_PREFIX, SEPARATOR, ChangeKind

#: Tables to make, in order: name and query.
Steps: TypeAlias = tuple[tuple[str, Node], ...]


@dataclass(frozen=True, slots=True)
class _Layer:
    """What distinguishes the ids of profiles from those of households."""

    name: str
    prefix: str
    members: Node  # source, record_key, record, unit
    column: str  # of `previous`, with the former id

    def named(self, what: str, alias: str | None = None) -> exp.Table:
        return table(self.step(what), alias)

    def step(self, what: str) -> str:
        return f"_{self.name}_{what}"


_PROFILE_MEMBERS = tree(
    """SELECT r.source, r.record_key, r.record, c.cluster AS unit
    FROM clusters AS c JOIN records AS r ON r.record = c.record"""
)
_HOUSEHOLD_MEMBERS = tree(
    """SELECT r.source, r.record_key, r.record, h.household AS unit FROM clusters AS c
    JOIN records AS r ON r.record = c.record JOIN household_clusters AS h ON h.cluster = c.cluster"""
)
_NO_MEMBERS = tree(
    """SELECT CAST(NULL AS VARCHAR) AS source, CAST(NULL AS VARCHAR) AS record_key, CAST(NULL AS BIGINT) AS record,
    CAST(NULL AS BIGINT) AS unit WHERE FALSE"""
)
_NO_PREVIOUS = tree(
    """SELECT CAST(NULL AS VARCHAR) AS source, CAST(NULL AS VARCHAR) AS record_key, CAST(NULL AS VARCHAR) AS profile_id,
    CAST(NULL AS VARCHAR) AS household_id WHERE FALSE"""
)
_NO_REDIRECTS = tree("SELECT CAST(NULL AS VARCHAR) AS old_id, CAST(NULL AS VARCHAR) AS new_id WHERE FALSE")


def identity_steps(*, previous: bool = False, redirects: bool = False, households: bool = False) -> Steps:
    """The steps that give every record its profile id and household id.

    They read `records` and `clusters(record, cluster)`; with `households`, `household_clusters(cluster, household)`,
    which lists only clusters that share a household; with `previous`, the assignments of the former run
    (`source, record_key, profile_id, household_id`); with `redirects`, its `previous_redirects(old_id, new_id)`.

    They make:

    - `assignments(record, profile_id, household_id)`;
    - `changes(change, profile_id, other_profile_id, records)` and
      `household_changes(change, household_id, other_household_id, records)`, whose kinds are `ChangeKind`;
    - `redirects(old_id, new_id)`: every id that was ever given and stands no more, with the present id that it leads
      to, or NULL when it was deleted. Hand it on to the next run, so that no id is ever given twice.

    Tables whose name begins with `_` are intermediate.

    >>> [name for name, _ in identity_steps() if not name.startswith("_")]
    ['assignments', 'changes', 'household_changes', 'redirects']
    """
    profile = _Layer("profile", PROFILE_PREFIX, _PROFILE_MEMBERS, "profile_id")
    household = _Layer("household", HOUSEHOLD_PREFIX, _HOUSEHOLD_MEMBERS if households else _NO_MEMBERS, "household_id")
    return (
        ("_previous", tree("SELECT * FROM previous") if previous else _NO_PREVIOUS.copy()),
        ("_previous_redirects", tree("SELECT * FROM previous_redirects") if redirects else _NO_REDIRECTS.copy()),
        ("_given_ids", tree(_GIVEN_IDS)),
        *_layer_steps(profile),
        *_layer_steps(household),
        ("assignments", tree(_ASSIGNMENTS)),
        ("changes", _changes(profile)),
        ("household_changes", _changes(household)),
        ("redirects", tree(_REDIRECTS)),
    )


_GIVEN_IDS = """
SELECT profile_id AS id FROM _previous
UNION SELECT household_id FROM _previous WHERE household_id IS NOT NULL
UNION SELECT old_id FROM _previous_redirects
UNION SELECT new_id FROM _previous_redirects WHERE new_id IS NOT NULL
"""


def _layer_steps(layer: _Layer) -> Steps:
    """Flows of records from former ids to present units, then the id of each unit, then what became of former ids."""
    named = layer.named
    return (
        (layer.step("members"), layer.members),
        (layer.step("flows"), tree(_FLOWS, members=named("members", "m"), former=column(layer.column, "q"))),
        (layer.step("units"), tree(_UNITS, members=named("members"))),
        (layer.step("overlaps"), tree(_OVERLAPS, flows=named("flows"), units=named("units", "u"))),
        (layer.step("first"), tree(_CHOICES, overlaps=named("overlaps"))),
        (
            layer.step("open"),
            tree(_STILL_OPEN, overlaps=named("overlaps", "o"), first=named("first"), first_again=named("first")),
        ),
        (layer.step("second"), tree(_CHOICES, overlaps=named("open"))),
        (layer.step("kept"), tree(_KEPT, first=named("first"), second=named("second"))),
        (layer.step("fresh"), _fresh_ids(layer)),
        (layer.step("ids"), tree(_IDS, kept=named("kept"), fresh=named("fresh"))),
        (
            layer.step("retired"),
            tree(
                _RETIRED,
                flows=named("flows"),
                kept=named("kept"),
                overlaps=named("overlaps", "o"),
                ids=named("ids", "i"),
            ),
        ),
    )


_FLOWS = """
SELECT m.unit, :former AS former, count(*) AS records
FROM :members
FULL JOIN (SELECT * FROM _previous AS q WHERE :former IS NOT NULL) AS q
  ON m.source = q.source AND m.record_key = q.record_key
GROUP BY ALL
"""

_UNITS = "SELECT unit, min(record) AS first_record FROM :members GROUP BY unit"

#: What a unit and a former id share; `size` is how many records the former id had.
_OVERLAPS = """
SELECT f.unit, f.former, f.records, f.size, u.first_record
FROM (SELECT unit, former, records, sum(records) OVER (PARTITION BY former) AS size FROM :flows
  WHERE former IS NOT NULL) AS f
JOIN :units ON f.unit = u.unit
"""

#: Each unit's best former id, and of the units that want one id the one with the largest share.
_CHOICES = """
SELECT unit, former
FROM (
  SELECT unit, former, row_number() OVER (PARTITION BY former ORDER BY records DESC, first_record) AS turn
  FROM (
    SELECT *, row_number() OVER (PARTITION BY unit ORDER BY records DESC, size DESC, former) AS choice FROM :overlaps
  ) AS wanted
  WHERE choice = 1
) AS chosen
WHERE turn = 1
"""

_STILL_OPEN = """
SELECT o.* FROM :overlaps
WHERE NOT EXISTS (SELECT 1 FROM :first AS a WHERE a.unit = o.unit)
  AND NOT EXISTS (SELECT 1 FROM :first_again AS b WHERE b.former = o.former)
"""

_KEPT = "SELECT unit, former FROM :first UNION ALL SELECT unit, former FROM :second"

_IDS = "SELECT unit, former AS id, FALSE AS fresh FROM :kept UNION ALL SELECT unit, id, TRUE AS fresh FROM :fresh"

#: Hash again, with a counter, as long as the id was ever given.
_FRESH = """
WITH RECURSIVE tried(unit, origin, attempt, id) AS (
  SELECT n.unit, n.origin, 0, :prefix || substr(md5(n.origin), 1, :digits)
  FROM (
    SELECT u.unit, r.source || :separator || r.record_key AS origin
    FROM :units JOIN records AS r ON r.record = u.first_record
    WHERE NOT EXISTS (SELECT 1 FROM :kept AS k WHERE k.unit = u.unit)
  ) AS n
  UNION ALL
  SELECT t.unit, t.origin, t.attempt + 1,
    :prefix || substr(md5(t.origin || :separator || CAST(t.attempt + 1 AS VARCHAR)), 1, :digits)
  FROM tried AS t JOIN _given_ids AS g ON g.id = t.id
)
SELECT unit, arg_max(id, attempt) AS id FROM tried GROUP BY unit
"""


def _fresh_ids(layer: _Layer) -> Node:
    separator = exp.Chr(expressions=[exp.Literal.number(ord(SEPARATOR))])
    return tree(
        _FRESH,
        prefix=layer.prefix,
        digits=DIGITS,
        separator=separator,
        units=layer.named("units", "u"),
        kept=layer.named("kept"),
    )


#: Former ids that no unit took; `heir` is the present id with most of their records, NULL when none is left.
_RETIRED = """
SELECT f.former AS id, h.heir
FROM (
  SELECT DISTINCT former FROM :flows
  WHERE former IS NOT NULL AND former NOT IN (SELECT former FROM :kept)
) AS f
LEFT JOIN (
  SELECT o.former, i.id AS heir,
    row_number() OVER (PARTITION BY o.former ORDER BY o.records DESC, i.fresh, o.first_record) AS turn
  FROM :overlaps JOIN :ids ON i.unit = o.unit
) AS h ON h.former = f.former AND h.turn = 1
"""

#: One row for every flow of records between different ids, and one for every redirect.
_CHANGES = """
SELECT change, id AS :id_column, CASE WHEN other <> id THEN other END AS :other_column,
  CAST(sum(records) AS BIGINT) AS records
FROM (
  SELECT
    CASE
      WHEN f.former IS NULL AND i.fresh AND NOT o.descends THEN :created
      WHEN f.former IS NULL THEN :joined
      WHEN f.unit IS NULL AND r.id IS NOT NULL AND r.heir IS NULL THEN :deleted
      WHEN f.unit IS NULL THEN :left
      WHEN r.heir = i.id THEN :merged
      WHEN i.fresh THEN :split
      ELSE :moved
    END AS change,
    coalesce(i.id, f.former) AS id, f.former AS other, f.records
  FROM :flows
  LEFT JOIN :ids ON i.unit = f.unit
  LEFT JOIN (
    SELECT unit, bool_or(former IS NOT NULL) AS descends FROM :all_flows WHERE unit IS NOT NULL GROUP BY unit
  ) AS o ON o.unit = f.unit
  LEFT JOIN :retired ON r.id = f.former
  WHERE f.former IS DISTINCT FROM i.id
  UNION ALL
  SELECT :redirected, r.id, r.heir, f.records
  FROM :retired JOIN :ids ON i.id = r.heir JOIN :flows ON f.unit = i.unit AND f.former = r.id
) AS c
GROUP BY ALL
ORDER BY :id_column, change, :other_column
"""


def _changes(layer: _Layer) -> Node:
    return tree(
        _CHANGES,
        id_column=exp.to_identifier(layer.column),
        other_column=exp.to_identifier(f"other_{layer.column}"),
        flows=layer.named("flows", "f"),
        all_flows=layer.named("flows"),
        ids=layer.named("ids", "i"),
        retired=layer.named("retired", "r"),
        **{kind.value: kind.value for kind in ChangeKind},
    )


_ASSIGNMENTS = """
SELECT r.record, i.id AS profile_id, h.id AS household_id
FROM records AS r
JOIN clusters AS c ON c.record = r.record
JOIN _profile_ids AS i ON i.unit = c.cluster
LEFT JOIN (
  SELECT m.record, j.id FROM _household_members AS m JOIN _household_ids AS j ON j.unit = m.unit
) AS h ON h.record = r.record
ORDER BY r.record
"""

_REDIRECTS = """
WITH retired AS (SELECT id, heir FROM _profile_retired UNION ALL SELECT id, heir FROM _household_retired)
SELECT p.old_id, CASE WHEN r.id IS NULL THEN p.new_id ELSE r.heir END AS new_id
FROM _previous_redirects AS p LEFT JOIN retired AS r ON r.id = p.new_id
UNION ALL
SELECT id, heir FROM retired
ORDER BY old_id
"""
