"""The tables of a result to what an identity store keeps of each record."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from retrato.engines.compile.template import Node, column, query

if TYPE_CHECKING:
    from collections.abc import Sequence

#: `record, created_at` (microseconds of the epoch, like all times here) of the records of which it is known.
CREATED = """
SELECT f.record, epoch_us(min(t.time)) AS created_at
FROM result_timeline t JOIN features f ON f.source_name = t.source AND f.record_key = t.event_key
WHERE t.kind = 'record_created' AND t.time IS NOT NULL GROUP BY f.record
"""

#: `record, version, created_at, observed_at, said`: the values of each version of each record as JSON; from `created`
#: and `result_values`. A record that says nothing has an empty list.
SAID = """
SELECT f.record, coalesce(v.version, 0) AS version, any_value(c.created_at) AS created_at,
  epoch_us(max(v.observed_at)) AS observed_at,
  CAST(to_json(coalesce(list(json_array(v.attribute, v.kind, v.namespace, v.value, v.raw, v.status, '',
    json(coalesce(nullif(v.parts, ''), '{}')), v.column_name)
    ORDER BY v.column_name, v.attribute, v.kind, v.namespace, v.rank, v.value, v.raw
  ) FILTER (WHERE v.source IS NOT NULL), [])) AS VARCHAR) AS said
FROM features f
LEFT JOIN result_values v ON v.source = f.source_name AND v.record_key = f.record_key
LEFT JOIN created c ON c.record = f.record
GROUP BY f.record, coalesce(v.version, 0)
"""

#: The pairs that evidence or decisions would join: `a, b`.
JOINING = "SELECT a, b FROM :edges WHERE weight > 0 ORDER BY a, b"


def stored_records(keys: Sequence[str]) -> exp.Query:
    """`record, source, record_key, keys, profile` of every record, from `features` and `result_assignments`.

    `keys` are JSON, NULL where a record lacks one.
    """
    pieces = [piece for name in keys for piece in (exp.Literal.string(name), column(name, "f"))]
    packed: Node = exp.Anonymous(this="json_object", expressions=pieces)
    return query(
        """
        SELECT f.record, f.source_name AS source, f.record_key, CAST(:keys AS VARCHAR) AS keys, a.profile_id AS profile
        FROM features f JOIN result_assignments a ON a.source = f.source_name AND a.record_key = f.record_key
        """,
        keys=packed,
    )
