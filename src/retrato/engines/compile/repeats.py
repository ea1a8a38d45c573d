"""Repeats as relations: which events tell again what another has told. Described in `retrato.profiles.repeats`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from retrato.engines.compile.template import among, column, tree
from retrato.profiles.repeats import CONTENTS, DAYS_APART, SAID

if TYPE_CHECKING:
    from retrato.engines.compile.identities import Steps


def repeat_steps() -> Steps:
    """The steps that make `_timeline_repeats(event, duplicate_of)`, after `attachment_steps`.

    >>> [name for name, _ in repeat_steps()]
    ['_timeline_rows', '_timeline_shared', '_timeline_repeats']
    """
    contents = exp.Tuple(expressions=[column(name, "e") for name in CONTENTS])
    return (
        ("_timeline_rows", tree(_ROWS, contents=contents)),
        ("_timeline_shared", tree(_SHARED, said=among(column("kind", "e"), SAID))),
        ("_timeline_repeats", tree(_REPEATS, days=exp.Literal.number(DAYS_APART))),
    )


#: Events that stand twice in one source.
_ROWS = """
SELECT event, first
FROM (
  SELECT e.event, min(e.event) OVER (PARTITION BY a.owner, :contents) AS first
  FROM events AS e JOIN _timeline_attached AS a ON a.event = e.event
  WHERE (e.source, e.event_key) IN (SELECT source, event_key FROM events WHERE again)
) AS r
WHERE first < event
"""

#: Timed events of threads that several sources know, with the price where all that are alike have one.
_SHARED = """
SELECT *, CASE WHEN count(amount) OVER alike = count(*) OVER alike THEN amount END AS price
FROM (
  SELECT e.event, a.owner, e.source, e.time, e.thread, e.kind, e.direction, e.amount, e.currency,
    CASE WHEN :said THEN coalesce(lower(trim(e.text)), '') ELSE '' END AS said
  FROM events AS e
  JOIN (
    SELECT thread FROM events WHERE thread_scope = '' GROUP BY thread HAVING min(source) < max(source)
  ) AS s ON s.thread = e.thread
  JOIN _timeline_attached AS a ON a.event = e.event
  WHERE e.time IS NOT NULL AND a.owner IS NOT NULL AND e.thread_scope = ''
    AND e.event NOT IN (SELECT event FROM _timeline_rows)
) AS t
WINDOW alike AS (PARTITION BY owner, thread, kind, direction, said)
"""

#: The first of those that are alike is the first in every source that has it, the second the second, and so on.
_REPEATS = """
SELECT event, first AS duplicate_of FROM _timeline_rows
UNION ALL
SELECT event, first
FROM (
  SELECT event, time, amount, currency, first_value(event) OVER same AS first, first_value(time) OVER same AS began,
    first_value(amount) OVER same AS first_amount, first_value(currency) OVER same AS first_currency
  FROM (
    SELECT *, row_number() OVER (
        PARTITION BY owner, thread, kind, direction, said, price, source ORDER BY time, event) AS turn
    FROM _timeline_shared
  ) AS t
  WINDOW same AS (PARTITION BY owner, thread, kind, direction, said, price, turn ORDER BY time, event)
) AS r
WHERE event <> first AND time <= began + INTERVAL (:days) DAY
  AND coalesce(amount = first_amount, TRUE) AND coalesce(currency = first_currency, TRUE)
"""
