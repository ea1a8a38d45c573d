"""Raw event tables to `events`, numbered by content."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from retrato.engines.compile.normalise import row_content, text_or_null, time_of
from retrato.engines.compile.template import Node, table, tree
from retrato.records import EVENT_FIELDS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


def raw_events(number: int, raw: str, name: str, *, columns: Sequence[str], fields: Mapping[str, str | None]) -> Node:
    """The event fields of one raw table as text, with where they stand and a hash of their content."""
    query = exp.select(
        exp.alias_(tree("CAST(:n AS INTEGER)", n=number), "source_no"),
        exp.alias_(exp.column("_row"), "row"),
        exp.alias_(tree("coalesce(:source, :name)", source=text_or_null(fields.get("source")), name=name), "source"),
        exp.alias_(row_content(columns), "content"),
    ).from_(table(raw))
    for field in EVENT_FIELDS:
        query = query.select(exp.alias_(text_or_null(fields.get(field)), field, quoted=True))
    return query


#: Events with typed columns; the key of an event without one is a hash of its content and an ordinal among identical
#: rows.
_EVENTS = """
WITH keyed AS (
  SELECT r.*, coalesce(r.event_id, '~' || left(r.content, 16) || '-' || CAST(row_number() OVER (
      PARTITION BY r.source, r.event_id IS NULL, r.content ORDER BY r.source_no, r.row) AS VARCHAR)) AS event_key,
    :time AS time
  FROM raw_events r LEFT JOIN moments m ON m.source_no = r.source_no AND m.text = r.event_time
)
SELECT row_number() OVER (ORDER BY source, event_key, time, content, source_no, row) - 1 AS event,
  source, event_key, time, lower(coalesce(event_kind, 'event')) AS kind, lower(coalesce(channel, source)) AS channel,
  lower(direction) AS direction, thread, lower(state) AS state, TRY_CAST(a.value AS DOUBLE) AS amount,
  upper(currency) AS currency, satisfaction, place, agent, k.text, campaign, customer_key, row, source_no
FROM keyed k LEFT JOIN amounts a ON a.text = k.amount
"""


def events() -> Node:
    """`events` from `raw_events`, `moments(source_no, text, time)` and `amounts(text, value)`."""
    return tree(_EVENTS, time=time_of("event_time", "m"))


NO_EVENT_IDENTIFIERS = """
SELECT CAST(0 AS BIGINT) AS event, '' AS kind, '' AS namespace, '' AS value, '' AS status LIMIT 0
"""
