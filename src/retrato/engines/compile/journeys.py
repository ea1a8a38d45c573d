"""Journeys and hand-overs as relations. Described in `retrato.profiles.journeys`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from retrato.engines.compile.template import among, column, tree
from retrato.profiles.journeys import BROADCAST, HAND_OVER_DAYS, NO_TOUCH, SENT, STEPS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from retrato.engines.compile.identities import Steps


def journey_steps(conversions: Iterable[str]) -> Steps:
    """The steps that make `journeys` and `hand_overs` of all profiles, after `row_steps`.

    - `journeys`: `profile_id, journey, started_at, ended_at, touches, path, first_channel, first_kind, first_campaign,
      first_referrer, last_channel, last_campaign, conversion, conversion_event, thread, amount, currency`
    - `hand_overs`: `profile_id, time, event, from_event, from_channel, channel, from_area, area, thread`

    Both have `person` before that.

    >>> [name for name, _ in journey_steps(["order"]) if not name.startswith("_")]
    ['journeys', 'hand_overs']
    """
    kind = column("kind", "e")
    return (
        ("_touches", tree(_TOUCHES, untouched=among(kind, NO_TOUCH), sent=among(kind, SENT))),
        ("_conversions", tree(_CONVERSIONS, converting=among(column("kind"), conversions))),
        ("_journey_touches", tree(_NUMBERED)),
        ("journeys", tree(_JOURNEYS, steps=exp.Literal.number(STEPS))),
        (
            "hand_overs",
            tree(_HAND_OVERS, broadcast=among(column("kind"), BROADCAST), days=exp.Literal.number(HAND_OVER_DAYS)),
        ),
    )


_TOUCHES = """
SELECT e.person, e.event, e.time, e.kind, e.channel, e.area, e.campaign, e.referrer,
  CASE WHEN e.thread_scope IS NOT NULL THEN e.thread END AS thread, e.thread_scope, e.amount, e.currency
FROM told_events AS e
WHERE e.time IS NOT NULL AND NOT :untouched
  AND (NOT :sent OR coalesce(e.direction = 'in', FALSE))
"""

#: The touches that something was reached with, the first of its thread, and those that only complete it.
_CONVERSIONS = """
SELECT event, kind, thread, amount, currency, thread IS NULL OR turn = 1 AS converts
FROM (
  SELECT event, kind, thread, amount, currency,
    row_number() OVER (PARTITION BY person, thread, thread_scope ORDER BY time, event) AS turn
  FROM _touches WHERE :converting
) AS c
"""

#: Every touch with the number of its journey, its place, and whether it is the first on its channel, the first of all,
#: or the last.
_NUMBERED = """
SELECT *, is_first OR channel IS DISTINCT FROM before AS is_step
FROM (
  SELECT t.person, t.event, t.time, t.kind, t.channel, t.campaign, t.referrer, c.event IS NOT NULL AS converts,
    row_number() OVER in_time AS place, lag(t.channel) OVER in_time AS before,
    1 + count(c.event) OVER in_time - CASE WHEN c.event IS NULL THEN 0 ELSE 1 END AS journey,
    lag(t.event) OVER in_time IS NULL OR lag(c.event) OVER in_time IS NOT NULL AS is_first,
    lead(t.event) OVER in_time IS NULL OR c.event IS NOT NULL AS is_last
  FROM _touches AS t LEFT JOIN _conversions AS c ON c.event = t.event
  WHERE coalesce(c.converts, TRUE)
  WINDOW in_time AS (PARTITION BY t.person ORDER BY t.time, t.event)
) AS n
"""

_JOURNEYS = """
SELECT j.person, n.profile_id, CAST(j.journey AS INTEGER) AS journey, j.started_at, j.ended_at, j.touches,
  list_slice(j.path, 1, :steps) AS path, j.first_channel, j.first_kind, j.first_campaign,
  j.first_referrer, j.last_channel, j.last_campaign, t.kind AS conversion, t.event AS conversion_event, t.thread,
  t.amount, t.currency
FROM (
  SELECT person, journey, min(time) AS started_at, max(time) AS ended_at, CAST(count(*) AS INTEGER) AS touches,
    list(channel ORDER BY place) FILTER (WHERE is_step) AS path, min(channel) FILTER (WHERE is_first) AS first_channel,
    min(kind) FILTER (WHERE is_first) AS first_kind,
    arg_min(campaign, place) FILTER (WHERE campaign IS NOT NULL) AS first_campaign,
    arg_min(referrer, place) FILTER (WHERE referrer IS NOT NULL) AS first_referrer,
    min(channel) FILTER (WHERE is_last) AS last_channel,
    arg_max(campaign, place) FILTER (WHERE campaign IS NOT NULL) AS last_campaign,
    max(CASE WHEN converts THEN event END) AS conversion
  FROM _journey_touches GROUP BY person, journey
) AS j
JOIN persons AS n ON n.person = j.person
LEFT JOIN _conversions AS t ON t.event = j.conversion
"""

_HAND_OVERS = """
SELECT h.person, n.profile_id, h.time, h.event, h.from_event, h.from_channel, h.channel, h.from_area, h.area,
  CASE WHEN h.together THEN h.thread END AS thread
FROM (
  SELECT *, coalesce(thread = from_thread AND thread_scope = from_scope, FALSE) AS together
  FROM (
    SELECT *, lag(event) OVER in_time AS from_event, lag(time) OVER in_time AS from_time,
      lag(channel) OVER in_time AS from_channel, lag(area) OVER in_time AS from_area,
      lag(thread) OVER in_time AS from_thread, lag(thread_scope) OVER in_time AS from_scope
    FROM _touches WHERE NOT :broadcast
    WINDOW in_time AS (PARTITION BY person ORDER BY time, event)
  ) AS t
  WHERE from_event IS NOT NULL
) AS h
JOIN persons AS n ON n.person = h.person
WHERE (h.channel IS DISTINCT FROM h.from_channel OR h.area <> h.from_area)
  AND (h.together OR h.time <= h.from_time + INTERVAL (:days) DAY)
"""
