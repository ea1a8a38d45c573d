"""Timelines as relations: every interaction, and whose it is."""

from __future__ import annotations

from retrato.engines.compile.template import Node, tree
from retrato.profiles.attachment import RECORD_CREATED


def timeline() -> Node:
    """The query for `timeline`, after `person_steps`, `attachment_steps`, `repeat_steps` and `session_steps`.

    `timeline`: `profile_id, household_id, anonymous_id, event, time, channel, kind, direction, thread_kind, thread,
    state, amount, currency, satisfaction, place, agent, area, text, campaign, referrer, source, event_key,
    customer_key, attached_by, candidates, duplicate_of, session, issues`, and before them `person`, the number of the
    profile.

    `attached_by` is the label of the evidence; "e-mail and phone" when several profiles share the first; "household:
    e-mail" when it was one of `candidates` people of `household_id`, "ambiguous: e-mail" when so many other profiles
    remain; "no consent: device" when only a device tells whose it is, and nobody agreed to that; NULL with 0 candidates
    when nobody is known by anything that the event names. What has neither a profile nor a household has an
    `anonymous_id` if it names anything. `duplicate_of` is the number of the event that this one tells again, `session`
    that of the event that began the visit. Every record with a creation time is an interaction of the kind
    `record_created` (`event` is NULL).

    No order of rows is promised.

    >>> timeline().named_selects[:3]
    ['person', 'profile_id', 'household_id']
    """
    return tree(_TIMELINE, created=RECORD_CREATED)


def attachment_counts() -> Node:
    """The query for how the interactions of `timeline` were attached: `attached_by`, `attached`, `interactions`."""
    return tree(
        """SELECT attached_by, person IS NOT NULL AS attached, count(*) AS interactions FROM timeline
        GROUP BY ALL ORDER BY interactions DESC, attached_by"""
    )


_CREATED = """
SELECT p.person, p.profile_id, n.household_id, CAST(NULL AS VARCHAR) AS anonymous_id, CAST(NULL AS BIGINT) AS event,
  r.created_at AS time, r.source AS channel, :created AS kind, CAST(NULL AS VARCHAR) AS direction,
  CAST(NULL AS VARCHAR) AS thread_kind, CAST(NULL AS VARCHAR) AS thread, CAST(NULL AS VARCHAR) AS state,
  CAST(NULL AS DOUBLE) AS amount, CAST(NULL AS VARCHAR) AS currency, CAST(NULL AS DOUBLE) AS satisfaction,
  CAST(NULL AS VARCHAR) AS place, CAST(NULL AS VARCHAR) AS agent, CAST(NULL AS VARCHAR) AS area,
  CAST(NULL AS VARCHAR) AS text, CAST(NULL AS VARCHAR) AS campaign, CAST(NULL AS VARCHAR) AS referrer, r.source,
  r.record_key AS event_key, CAST(NULL AS VARCHAR) AS customer_key, 'record' AS attached_by,
  CAST(1 AS INTEGER) AS candidates, CAST(NULL AS BIGINT) AS duplicate_of, CAST(NULL AS BIGINT) AS session, '' AS issues
FROM records AS r JOIN person_records AS p ON p.record = r.record JOIN persons AS n ON n.person = p.person
WHERE r.created_at IS NOT NULL
"""

_TIMELINE = f"""
{_CREATED}
UNION ALL
SELECT t.person, n.profile_id, coalesce(n.household_id, t.household_id), t.anonymous_id, e.event, e.time, e.channel,
  e.kind, e.direction, e.thread_kind, e.thread, e.state, e.amount, e.currency, e.satisfaction, e.place, e.agent, e.area,
  e.text, e.campaign, e.referrer, e.source, e.event_key, e.customer_key, t.attached_by, t.candidates, r.duplicate_of,
  s.session, e.issues
FROM events AS e JOIN timeline_attached AS t ON t.event = e.event LEFT JOIN persons AS n ON n.person = t.person
LEFT JOIN timeline_repeats AS r ON r.event = e.event LEFT JOIN timeline_sessions AS s ON s.event = e.event
"""  # noqa: S608 - constants alone
