"""Threads as relations. Described in `retrato.profiles.threads`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from retrato.engines.compile.template import Node, among, choice, column, tree
from retrato.profiles.threads import (
    CONVERSATION,
    OF_CUSTOMERS,
    OPEN,
    OPENING,
    STATE_OF_KIND,
    UNSETTLED,
    USUALLY_UNSETTLED,
)

if TYPE_CHECKING:
    from retrato.engines.compile.identities import Steps


def thread_steps() -> Steps:
    """The steps that make `threads`, after `row_steps`: a row for each thread of a profile, of a household, of an
    anonymous profile, or of nobody.

    `threads`: `profile_id, household_id, anonymous_id, thread, thread_kind, source, started_at, last_at, interactions,
    channels, state, is_open, amount, currency, last_kind, last_channel, last_direction`, and before them `owner`.

    >>> [name for name, _ in thread_steps()][-1]
    'threads'
    """
    return (
        ("_thread_owners", tree(_OWNERS)),
        ("_thread_events", tree(_EVENTS)),
        (
            "_threads",
            tree(
                _THREADS,
                said=choice(column("kind"), STATE_OF_KIND),
                opening=among(column("kind"), OPENING),
                open=OPEN,
            ),
        ),
        ("_thread_channels", tree(_CHANNELS)),
        ("threads", tree(_TOLD, is_open=_is_open())),
    )


def orphan_threads() -> Node:
    """The query for the threads of nobody who is known, after `thread_steps`: `thread_kind`, `threads`.

    Carts and conversations of anonymous devices are no orphans: whoever browses is not known yet.
    """
    return tree(_ORPHANS, of_customers=among(column("thread_kind"), OF_CUSTOMERS))


def _is_open() -> Node:
    state, kind = column("state", "t"), column("thread_kind", "t")
    by_kind = choice(
        kind, {name: among(state, states) for name, states in UNSETTLED.items()}, among(state, USUALLY_UNSETTLED)
    )
    return tree(
        "CASE WHEN t.state IS NULL THEN coalesce(:kind = :conversation AND t.last_direction = 'in', FALSE) "
        "ELSE :by_kind END",
        kind=kind,
        conversation=CONVERSATION,
        by_kind=by_kind,
    )


#: Events of threads, in order.
_EVENTS = """
SELECT a.owner, e.thread, e.thread_scope, e.time, e.kind, e.channel, e.direction, e.thread_kind, e.state, e.amount,
  e.currency,
  row_number() OVER (PARTITION BY a.owner, e.thread, e.thread_scope ORDER BY e.time NULLS LAST, e.event) AS place
FROM events AS e JOIN timeline_rows AS a ON a.event = e.event
WHERE e.thread_scope IS NOT NULL AND a.duplicate_of IS NULL
"""

#: The names of owners of events.
_OWNERS = """
SELECT person AS owner, profile_id, household_id, CAST(NULL AS VARCHAR) AS anonymous_id FROM persons
UNION ALL
SELECT DISTINCT owner, CAST(NULL AS VARCHAR), household_id, anonymous_id FROM timeline_subjects WHERE owner < 0
"""

#: The channels of threads that are on several.
_CHANNELS = """
SELECT owner, thread, thread_scope, list(channel ORDER BY place) AS channels
FROM (
  SELECT e.owner, e.thread, e.thread_scope, e.channel, min(e.place) AS place
  FROM _thread_events AS e
  JOIN (SELECT * FROM _threads WHERE one_channel <> another_channel) AS t
    ON t.owner IS NOT DISTINCT FROM e.owner AND t.thread = e.thread AND t.thread_scope = e.thread_scope
  WHERE e.channel IS NOT NULL GROUP BY e.owner, e.thread, e.thread_scope, e.channel
) AS c
GROUP BY owner, thread, thread_scope
"""

_THREADS = """
SELECT owner, thread, thread_scope, arg_min(thread_kind, place) FILTER (WHERE thread_kind IS NOT NULL) AS thread_kind,
  min(time) AS started_at, max(time) AS last_at, CAST(count(*) AS INTEGER) AS interactions,
  coalesce(arg_max(said, told) FILTER (WHERE said IS NOT NULL), CASE WHEN bool_or(opening) THEN :open END) AS state,
  arg_max(amount, place) FILTER (WHERE amount IS NOT NULL) AS amount,
  arg_max(coalesce(currency, ''), place) FILTER (WHERE amount IS NOT NULL) AS currency,
  arg_max(kind, place) AS last_kind, arg_max(coalesce(channel, ''), place) AS last_channel,
  arg_max(coalesce(direction, ''), place) AS last_direction, min(channel) AS one_channel,
  max(channel) AS another_channel
FROM (
  SELECT *, coalesce(state, :said) AS said, :opening AS opening,
    CASE WHEN time IS NULL THEN place - 1000000000000 ELSE place END AS told
  FROM _thread_events
) AS e
GROUP BY owner, thread, thread_scope
"""

_TOLD = """
SELECT t.owner, n.profile_id, n.household_id, n.anonymous_id, t.thread, t.thread_kind,
  nullif(t.thread_scope, '') AS source, t.started_at, t.last_at, t.interactions,
  coalesce(c.channels, CASE WHEN t.one_channel IS NULL THEN CAST([] AS VARCHAR[]) ELSE [t.one_channel] END) AS channels,
  t.state, :is_open AS is_open, t.amount, t.currency,
  t.last_kind, t.last_channel, t.last_direction
FROM (
  SELECT * REPLACE (nullif(currency, '') AS currency, nullif(last_channel, '') AS last_channel,
    nullif(last_direction, '') AS last_direction)
  FROM _threads
) AS t
LEFT JOIN _thread_owners AS n ON n.owner = t.owner
LEFT JOIN _thread_channels AS c
  ON c.owner IS NOT DISTINCT FROM t.owner AND c.thread = t.thread AND c.thread_scope = t.thread_scope
"""

_ORPHANS = """
SELECT coalesce(thread_kind, '') AS thread_kind, count(*) AS threads FROM threads
WHERE profile_id IS NULL AND household_id IS NULL AND (anonymous_id IS NULL OR :of_customers)
GROUP BY ALL ORDER BY threads DESC, thread_kind
"""
