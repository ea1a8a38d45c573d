"""Timelines as relations: every interaction, and whose it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from retrato.engines.compile.attachment import attachment_steps
from retrato.engines.compile.repeats import repeat_steps
from retrato.engines.compile.sessions import session_steps
from retrato.engines.compile.template import Node, tree
from retrato.profiles.attachment import BUSY, RECORD_CREATED, THREAD

if TYPE_CHECKING:
    from retrato.engines.compile.identities import Steps
    from retrato.profiles.interaction_rules import InteractionRules


def row_steps(rules: InteractionRules) -> Steps:
    """All steps up to the rows of `timeline`, after `person_steps`: attachment, repeats and visits.

    They make `timeline_rows(event, alike, person, owner, by_thread, duplicate_of, session)` and what `attachment_steps`
    says.

    >>> from retrato.profiles.interaction_rules import InteractionRules
    >>> [name for name, _ in row_steps(InteractionRules()) if not name.startswith("_")]
    ['timeline_subjects', 'timeline_rows']
    """
    return (
        *attachment_steps(rules.anonymous),
        *repeat_steps(),
        *session_steps(rules.session_minutes),
        ("timeline_rows", tree(_ROWS)),
    )


def told_events() -> Node:
    """The query for `told_events`, after `row_steps`: the events of profiles, each told once, with their `person`."""
    return tree(_TOLD_EVENTS)


def timeline() -> Node:
    """The query for `timeline`, after `row_steps`.

    `timeline`: `profile_id, household_id, anonymous_id, event, time, channel, kind, direction, thread_kind, thread,
    state, amount, currency, satisfaction, due_at, place, agent, area, text, campaign, referrer, source, event_key,
    customer_key, attached_by, candidates, duplicate_of, session, issues`, and before them the numbers `person`, of the
    profile, and `number`, by which rows of one time are ordered.

    `attached_by` is the label of the evidence; "e-mail and phone" when several profiles share the first; "household:
    e-mail" when it was one of `candidates` people of `household_id`, "ambiguous: e-mail" when so many other profiles
    remain; "no consent: device" when only a device tells whose it is, and nobody agreed to that; NULL with 0 candidates
    when nobody is known by anything that the event names. What has neither a profile nor a household has an
    `anonymous_id` if it names anything. `duplicate_of` is the number of the event that this one tells again, `session`
    that of the event that began the visit. Every record with a creation time is an interaction of the kind
    `record_created` (`event` is NULL).

    No order of rows is promised.

    >>> timeline().named_selects[:3]
    ['person', 'number', 'profile_id']
    """
    return tree(_TIMELINE, created=RECORD_CREATED, thread=THREAD)


def attachment_counts() -> Node:
    """The query for how the interactions of `timeline` were attached: `attached_by`, `attached`, `interactions`."""
    return tree(_COUNTS, thread=THREAD)


def busy() -> Node:
    """The query for what names the same too often to be one person, after `row_steps`.

    `profile_id, anonymous_id, interactions`, and the `source_no` and `row` of the first event.
    """
    return tree(_BUSY, busy=BUSY)


#: One narrow row an event, so that whoever wants the wide ones joins one large table alone.
_ROWS = """
SELECT a.event, a.alike, a.person, a.owner, a.by_thread, r.duplicate_of, v.session
FROM _timeline_attached AS a
LEFT JOIN _timeline_repeats AS r ON r.event = a.event
LEFT JOIN _timeline_sessions AS v ON v.event = a.event
"""

_TOLD_EVENTS = """
SELECT a.person, e.* FROM events AS e
JOIN timeline_rows AS a ON a.event = e.event AND a.person IS NOT NULL AND a.duplicate_of IS NULL
"""

_COUNTS = """
SELECT attached_by, attached, interactions
FROM (
  SELECT CASE WHEN t.by_thread THEN :thread ELSE s.attached_by END AS attached_by, t.attached,
    CAST(sum(t.events) AS BIGINT) AS interactions
  FROM (
    SELECT alike, by_thread, person IS NOT NULL AS attached, count(*) AS events FROM timeline_rows GROUP BY ALL
  ) AS t JOIN timeline_subjects AS s ON s.event = t.alike
  GROUP BY ALL
  UNION ALL
  SELECT 'record', TRUE, count(*) FROM records WHERE created_at IS NOT NULL HAVING count(*) > 0
) AS c
ORDER BY interactions DESC, attached_by
"""

_BUSY = """
SELECT n.profile_id, s.anonymous_id, b.interactions, e.source_no, e.row
FROM (
  SELECT owner, count(*) AS interactions, min(event) AS event
  FROM timeline_rows GROUP BY owner, CASE WHEN owner IS NULL THEN alike END HAVING count(*) > :busy
) AS b
JOIN timeline_rows AS t ON t.event = b.event JOIN timeline_subjects AS s ON s.event = t.alike
JOIN events AS e ON e.event = b.event
LEFT JOIN persons AS n ON n.person = b.owner
WHERE b.owner IS NOT NULL OR s.candidates > 0
ORDER BY b.interactions DESC, b.event
"""

#: The creation of records; their numbers come before those of events.
_CREATED = """
SELECT p.person, r.record - 4611686018427387904 AS number, p.profile_id, n.household_id,
  CAST(NULL AS VARCHAR) AS anonymous_id, CAST(NULL AS BIGINT) AS event, r.created_at AS time, r.source AS channel,
  :created AS kind, CAST(NULL AS VARCHAR) AS direction, CAST(NULL AS VARCHAR) AS thread_kind,
  CAST(NULL AS VARCHAR) AS thread, CAST(NULL AS VARCHAR) AS state, CAST(NULL AS DOUBLE) AS amount,
  CAST(NULL AS VARCHAR) AS currency, CAST(NULL AS DOUBLE) AS satisfaction, CAST(NULL AS TIMESTAMP) AS due_at,
  CAST(NULL AS VARCHAR) AS place,
  CAST(NULL AS VARCHAR) AS agent, CAST(NULL AS VARCHAR) AS area, CAST(NULL AS VARCHAR) AS text,
  CAST(NULL AS VARCHAR) AS campaign, CAST(NULL AS VARCHAR) AS referrer, r.source, r.record_key AS event_key,
  CAST(NULL AS VARCHAR) AS customer_key, 'record' AS attached_by, CAST(1 AS INTEGER) AS candidates,
  CAST(NULL AS BIGINT) AS duplicate_of, CAST(NULL AS BIGINT) AS session, '' AS issues
FROM records AS r JOIN person_records AS p ON p.record = r.record JOIN persons AS n ON n.person = p.person
WHERE r.created_at IS NOT NULL
"""

_TIMELINE = f"""
{_CREATED}
UNION ALL
SELECT t.person, e.event, n.profile_id, coalesce(n.household_id, CASE WHEN NOT t.by_thread THEN s.household_id END),
  CASE WHEN NOT t.by_thread THEN s.anonymous_id END, e.event, e.time, e.channel,
  e.kind, e.direction, e.thread_kind, e.thread, e.state, e.amount, e.currency, e.satisfaction, e.due_at,
  e.place, e.agent, e.area, e.text, e.campaign, e.referrer, e.source, e.event_key, e.customer_key,
  CASE WHEN t.by_thread THEN :thread ELSE s.attached_by END, CASE WHEN t.by_thread THEN 1 ELSE s.candidates END,
  t.duplicate_of, t.session, e.issues
FROM events AS e JOIN timeline_rows AS t ON t.event = e.event JOIN timeline_subjects AS s ON s.event = t.alike
LEFT JOIN persons AS n ON n.person = t.person
"""  # noqa: S608 - constants alone
