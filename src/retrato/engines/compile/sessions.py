"""Visits as relations. Described in `retrato.profiles.sessions`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from retrato.engines.compile.template import tree
from retrato.profiles.interaction import DEVICE
from retrato.profiles.threads import VISIT

if TYPE_CHECKING:
    from retrato.engines.compile.identities import Steps


def session_steps(minutes: int) -> Steps:
    """The steps that make `_timeline_sessions(event, session)`, after `attachment_steps`.

    >>> [name for name, _ in session_steps(30)]
    ['_timeline_on_device', '_timeline_sessions']
    """
    return (
        ("_timeline_on_device", tree(_ON_DEVICE, device=DEVICE, visit=VISIT)),
        ("_timeline_sessions", tree(_SESSIONS, minutes=exp.Literal.number(minutes))),
    )


#: What was done on each device, or in a visit that its source has numbered.
_ON_DEVICE = """
SELECT e.event, a.owner, e.time, CASE WHEN e.thread_kind = :visit THEN e.source END AS source,
  CASE WHEN e.thread_kind = :visit THEN e.thread END AS visit,
  CASE WHEN e.thread_kind IS DISTINCT FROM :visit THEN d.device END AS device
FROM events AS e
JOIN _timeline_attached AS a ON a.event = e.event
LEFT JOIN (SELECT event, min(number) AS device FROM _timeline_named WHERE kind = :device GROUP BY event) AS d
  ON d.event = a.alike
WHERE e.time IS NOT NULL AND a.owner IS NOT NULL AND e.direction IS DISTINCT FROM 'out'
  AND (e.thread_kind = :visit OR d.device IS NOT NULL)
"""

_SESSIONS = """
SELECT event, last_value(begins IGNORE NULLS) OVER here AS session
FROM (
  SELECT *, CASE
      WHEN lag(event) OVER here IS NULL THEN event
      WHEN visit IS NULL AND time > lag(time) OVER here + INTERVAL (:minutes) MINUTE THEN event
    END AS begins
  FROM _timeline_on_device
  WINDOW here AS (PARTITION BY owner, source, visit, device ORDER BY time, event)
) AS s
WINDOW here AS (PARTITION BY owner, source, visit, device ORDER BY time, event)
"""
