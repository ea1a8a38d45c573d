"""The tables of a result to what an identity store keeps of each record."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from retrato.engines.compile.template import Node, column, query, table, tree

if TYPE_CHECKING:
    from collections.abc import Sequence

#: `record, version, observed_at, said`: the values of each version of each record as JSON, in microseconds of the
#: epoch; from `result_values` and `features`, whose numbers of records it takes.
SAID = """
SELECT f.record, v.version, epoch_us(max(v.observed_at)) AS observed_at,
  CAST(to_json(list(json_array(v.attribute, v.kind, v.namespace, v.value, v.raw, v.status, '',
    json(coalesce(nullif(v.parts, ''), '{}')), v.column_name)
    ORDER BY v.column_name, v.attribute, v.kind, v.namespace, v.rank, v.value, v.raw)) AS VARCHAR) AS said
FROM result_values v JOIN features f ON f.source_name = v.source AND f.record_key = v.record_key
GROUP BY f.record, v.version
"""

#: `record, created_at` of the records of which it is known.
CREATED = """
SELECT f.record, epoch_us(min(t.time)) AS created_at
FROM result_timeline t JOIN features f ON f.source_name = t.source AND f.record_key = t.event_key
WHERE t.kind = 'record_created' AND t.time IS NOT NULL GROUP BY f.record
"""

#: The pairs that evidence or decisions would join: `a, b`.
JOINING = "SELECT a, b FROM :edges WHERE weight > 0 ORDER BY a, b"


def stored_records(keys: Sequence[str]) -> exp.Query:
    """`record, source, record_key, created_at, observed_at, said, keys, profile` of every record, in order.

    From `features`, `result_assignments`, `said` and `created`; `keys` are JSON, without those that a record lacks.
    """
    pieces = [piece for name in keys for piece in (exp.Literal.string(name), column(name, "f"))]
    packed: Node = exp.Anonymous(this="json_object", expressions=pieces)
    return query(
        """
        SELECT f.record, f.source_name AS source, f.record_key, c.created_at, s.observed_at,
          coalesce(s.said, '[]') AS said, CAST(:keys AS VARCHAR) AS keys, a.profile_id AS profile
        FROM features f
        JOIN result_assignments a ON a.source = f.source_name AND a.record_key = f.record_key
        LEFT JOIN said s ON s.record = f.record AND s.version = 0
        LEFT JOIN created c ON c.record = f.record
        ORDER BY f.record
        """,
        keys=packed,
    )


def renamed(name: str) -> Node:
    """Every row of a table of a result."""
    return tree("SELECT * FROM :t", t=table(name))
