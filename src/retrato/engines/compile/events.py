"""Raw event tables to `events`, numbered by content."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from retrato.engines.compile.normalise import row_content, text_or_null, time_of
from retrato.engines.compile.template import Node, table, tree
from retrato.records import EVENT_FIELDS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


def raw_events(
    number: int, raw: str, name: str, *, columns: Sequence[str], fields: Mapping[str, str | None]
) -> exp.Query:
    """The event fields of one raw table as text, with where they stand and a hash of their content."""
    found = exp.select(
        exp.alias_(tree("CAST(:n AS INTEGER)", n=number), "source_no"),
        exp.alias_(exp.column("_row"), "row"),
        exp.alias_(tree("coalesce(:source, :name)", source=text_or_null(fields.get("source")), name=name), "source"),
        exp.alias_(row_content(columns), "content"),
    ).from_(table(raw))
    for field in EVENT_FIELDS:
        found = found.select(exp.alias_(text_or_null(fields.get(field)), field, quoted=True))
    return found


#: The number of every event; the key of one without a key is a hash of its content and an ordinal among identical rows.
_KEYS = """
WITH timed AS (
  SELECT r.source_no, r.row, r.source, r.event_id, r.content, :time AS time
  FROM raw_events r LEFT JOIN moments m ON m.source_no = r.source_no AND m.text = r.event_time
), keyed AS (
  SELECT source_no, row, source, event_id AS event_key, content, time FROM timed WHERE event_id IS NOT NULL
  UNION ALL
  SELECT source_no, row, source, '~' || left(content, 16) || '-' || CAST(row_number() OVER (
      PARTITION BY source, content ORDER BY source_no, row) AS VARCHAR), content, time
  FROM timed WHERE event_id IS NULL
)
SELECT source_no, row, event_key, time,
  row_number() OVER (ORDER BY source, event_key, time, content, source_no, row) - 1 AS event
FROM keyed
"""


def event_keys() -> Node:
    """`_event_keys` from `raw_events` and `moments(source_no, text, time)`."""
    return tree(_KEYS, time=time_of("event_time", "m"))


#: Events with typed columns, from `raw_events`, `_event_keys` and `amounts(text, value)`.
EVENTS = """
SELECT k.event, r.source, k.event_key, k.time, lower(coalesce(r.event_kind, 'event')) AS kind,
  lower(coalesce(r.channel, r.source)) AS channel, lower(r.direction) AS direction, r.thread, lower(r.state) AS state,
  TRY_CAST(a.value AS DOUBLE) AS amount, upper(r.currency) AS currency, r.satisfaction, r.place, r.agent, r.text,
  r.campaign, r.customer_key, r.row, r.source_no
FROM raw_events r
JOIN _event_keys k ON k.source_no = r.source_no AND k.row = r.row
LEFT JOIN amounts a ON a.text = r.amount
"""

NO_EVENT_IDENTIFIERS = """
SELECT CAST(0 AS BIGINT) AS event, '' AS kind, '' AS namespace, '' AS value, '' AS status LIMIT 0
"""
