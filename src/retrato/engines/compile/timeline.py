"""Timelines as relations: every interaction, and the profile that it belongs to.

What an event may be recognised by, and in which order, is described in `retrato.profiles.attachment`. Every kind of
evidence weighs a power of two, so the profile with the largest sum is the one that the strongest evidence points at,
and among equals the next one, and so on.
"""

from __future__ import annotations

from functools import reduce
from typing import TYPE_CHECKING

from sqlglot import exp

from retrato.engines.compile.linking import may_link
from retrato.engines.compile.template import Node, table, tree
from retrato.profiles.attachment import CROWD, EVIDENCE, RECORD_CREATED, weights

if TYPE_CHECKING:
    from retrato.engines.compile.identities import Steps


def timeline_steps(*, events: bool = True) -> Steps:
    """The steps that make `timeline` from `records`, `assignments`, `identifiers`, and (with `events`) `events` and
    `event_identifiers`.

    `timeline`: `profile_id, event, time, channel, kind, direction, thread, state, amount, currency, satisfaction,
    place, agent, text, campaign, source, event_key, attached_by, candidates`, ordered by profile, time and event.

    `attached_by` is the label of the evidence; "e-mail and phone" when several profiles share the first; "ambiguous:
    e-mail" when `candidates` profiles remain; NULL with 0 candidates when nobody is known by anything that the event
    names. Rows with the same source and event key are one event. Every record with a creation time is an interaction
    of the kind `record_created` (`event` is NULL).

    >>> [name for name, _ in timeline_steps(events=False)]
    ['timeline']
    """
    if not events:
        return (("timeline", tree(_RECORDS_ONLY, created=RECORD_CREATED)),)
    weight = weights()
    numbers: dict[str, int] = {**weight, "crowd": CROWD}
    alone = min(weight[each.kind] for each in EVIDENCE if each.alone)
    return (
        ("_timeline_events", tree(_EVENTS)),
        ("_timeline_known", tree(_KNOWN, may_link=may_link("i"))),
        ("_timeline_named", tree(_NAMED, weight=_weight_of_kind(), **_nodes(numbers))),
        ("_timeline_claims", tree(_CLAIMS, **_nodes(numbers))),
        ("_timeline_refuted", tree(_REFUTED, **_nodes(numbers))),
        ("_timeline_first_claims", tree(_FIRST_CLAIMS, **_nodes(numbers))),
        ("_timeline_first", _scored("_timeline_first_claims", least=2 * weight["device_id"])),
        ("_timeline_devices", tree(_DEVICES)),
        ("_timeline_second_claims", tree(_SECOND_CLAIMS, **_nodes(numbers))),
        ("_timeline_second", _scored("_timeline_second_claims", least=alone)),
        ("_timeline_attached", tree(_ATTACHED, label=_first_label(exp.column("weight")))),
        ("timeline", tree(_TIMELINE, created=RECORD_CREATED)),
    )


def attachment_counts() -> Node:
    """The query for how the interactions of `timeline` were attached: `attached_by`, `attached`, `interactions`."""
    return tree(
        """SELECT attached_by, profile_id IS NOT NULL AS attached, count(*) AS interactions FROM timeline
        GROUP BY ALL ORDER BY interactions DESC, attached_by"""
    )


def _nodes(numbers: dict[str, int]) -> dict[str, Node]:
    return {name: exp.Literal.number(number) for name, number in numbers.items()}


def _weight_of_kind() -> Node:
    case = exp.Case(this=exp.column("kind"))
    for kind, weight in weights().items():
        case = case.when(exp.Literal.string(kind), exp.Literal.number(weight))
    return case


def _first_label(score: Node) -> Node:
    """The label of the strongest evidence in a sum of weights."""
    case = exp.Case()
    for each in EVIDENCE:
        enough = exp.GTE(this=score.copy(), expression=exp.Literal.number(weights()[each.kind]))
        case = case.when(enough, exp.Literal.string(each.label))
    return case


def _all_labels() -> Node:
    """The labels of all evidence in the column `score`, strongest first."""
    labels = [
        tree(
            "CASE WHEN (score & :weight) > 0 THEN :label ELSE '' END",
            weight=exp.Literal.number(weights()[each.kind]),
            label=f" and {each.label}",
        )
        for each in EVIDENCE
    ]
    joined = reduce(lambda left, right: exp.DPipe(this=left, expression=right, safe=True), labels)
    return tree("substr(:joined, 6)", joined=exp.paren(joined))


def _scored(claims: str, *, least: int) -> Node:
    top = exp.Case()
    for weight in sorted(weights().values(), reverse=True):
        top = top.when(tree("best >= :weight", weight=exp.Literal.number(weight)), exp.Literal.number(weight))
    return tree(
        _SCORED,
        claims=table(claims),
        least=exp.Literal.number(least),
        device=exp.Literal.number(weights()["device_id"]),
        top=top,
        one=_first_label(exp.column("score")),
        several=_all_labels(),
    )


#: Events, each once.
_EVENTS = """
SELECT event, source, customer_key
FROM (
  SELECT event, source, customer_key, event_key,
    row_number() OVER (PARTITION BY source, event_key ORDER BY event) AS turn
  FROM events
) AS e
WHERE turn = 1 OR event_key IS NULL
"""

#: What profiles are known by. A value that somebody has now says nothing about those who had it once.
_KNOWN = """
WITH known AS (
  SELECT 'own_key' AS kind, r.source AS namespace, r.record_key AS value, a.profile_id, 0 AS former
  FROM records AS r JOIN assignments AS a ON a.record = r.record
  UNION ALL
  SELECT i.kind, coalesce(i.namespace, ''),
    CASE WHEN i.kind = 'name' THEN strip_accents(lower(i.value)) ELSE lower(i.value) END,
    a.profile_id, CASE WHEN i.version > 0 THEN 1 ELSE 0 END
  FROM identifiers AS i JOIN assignments AS a ON a.record = i.record
  WHERE i.value IS NOT NULL AND i.status NOT IN ('placeholder', 'missing') AND :may_link
    AND i.kind IN ('national_id', 'account_id', 'email', 'phone', 'handle', 'device_id', 'name', 'birth_date')
), best AS (
  SELECT kind, value, min(former) AS former FROM known GROUP BY kind, value
)
SELECT DISTINCT k.kind, k.namespace, k.value, k.profile_id
FROM known AS k JOIN best AS b ON b.kind = k.kind AND b.value = k.value AND b.former = k.former
"""

#: What events name, with its weight and the kind to look it up in. An empty namespace matches any.
_NAMED = """
SELECT event, weight, kind, namespace, value
FROM (
  SELECT event, :weight AS weight, kind, namespace, value
  FROM (
    SELECT DISTINCT i.event, i.kind, coalesce(i.namespace, '') AS namespace,
      CASE WHEN i.kind = 'name' THEN strip_accents(lower(i.value)) ELSE lower(i.value) END AS value
    FROM event_identifiers AS i JOIN _timeline_events AS e ON e.event = i.event
    WHERE i.value IS NOT NULL AND i.status NOT IN ('placeholder', 'missing')
  ) AS d
  UNION ALL SELECT event, :own_key, 'own_key', source, customer_key FROM _timeline_events WHERE customer_key IS NOT NULL
  UNION ALL SELECT event, :other_key, 'own_key', '', customer_key FROM _timeline_events WHERE customer_key IS NOT NULL
  UNION ALL SELECT event, :account_id, 'account_id', '', lower(customer_key) FROM _timeline_events
    WHERE customer_key IS NOT NULL
) AS n
WHERE weight IS NOT NULL
"""

#: Who is known by what an event names; `profile_id` is NULL where it is a crowd. `via` is the source of a customer key.
_CLAIMS = """
WITH holders AS (
  SELECT kind, value, count(DISTINCT profile_id) AS holders
  FROM _timeline_known WHERE kind NOT IN ('name', 'birth_date')
  GROUP BY kind, value
)
SELECT DISTINCT n.event, n.weight, k.profile_id, CASE WHEN n.weight = :other_key THEN k.namespace ELSE '' END AS via,
  CASE WHEN k.profile_id IS NULL THEN h.holders ELSE 1 END AS candidates
FROM _timeline_named AS n
JOIN holders AS h ON h.kind = n.kind AND h.value = n.value
LEFT JOIN _timeline_known AS k ON h.holders <= :crowd AND k.kind = n.kind AND k.value = n.value
  AND (k.namespace = n.namespace OR n.namespace = '' OR k.namespace = '')
WHERE (k.profile_id IS NOT NULL OR h.holders > :crowd)
  AND (n.weight <> :device_id OR h.holders <= :crowd)
"""

#: Sources whose record keys are not what the customer keys of an event source mean: better known values contradict them
#: mostly.
_REFUTED = """
WITH singles AS (
  SELECT event, weight, min(profile_id) AS profile_id FROM _timeline_claims
  WHERE weight IN (:national_id, :email, :phone) GROUP BY event, weight
  HAVING count(*) = 1 AND min(profile_id) IS NOT NULL
)
SELECT e.source, c.via
FROM _timeline_claims AS c
JOIN _timeline_events AS e ON e.event = c.event
JOIN singles AS s ON s.event = c.event
WHERE c.weight = :other_key AND c.profile_id IS NOT NULL AND c.via <> e.source
GROUP BY e.source, c.via
HAVING 2 * sum(CASE WHEN s.profile_id = c.profile_id THEN 1 ELSE 0 END) < count(*)
"""

#: Claims that hold, with the names and birth dates that agree with them.
_FIRST_CLAIMS = """
WITH claims AS (
  SELECT DISTINCT c.event, c.weight, c.profile_id
  FROM _timeline_claims AS c JOIN _timeline_events AS e ON e.event = c.event
  WHERE c.profile_id IS NOT NULL
    AND NOT EXISTS (
      SELECT 1 FROM _timeline_refuted AS r WHERE c.weight = :other_key AND r.source = e.source AND r.via = c.via
    )
)
SELECT event, weight, profile_id FROM claims
UNION ALL
SELECT DISTINCT n.event, n.weight, n.profile_id
FROM (
  SELECT DISTINCT c.event, c.profile_id, d.weight, d.kind, d.value
  FROM claims AS c JOIN _timeline_named AS d ON d.event = c.event AND d.weight < :device_id
) AS n
JOIN _timeline_known AS k ON k.kind = n.kind AND k.value = n.value AND k.profile_id = n.profile_id
"""

#: The best profiles of each event: how many, which when it is one, and by what.
_SCORED = """
SELECT event, CASE WHEN count(*) = 1 AND max(score) >= :least THEN min(profile_id) END AS profile_id,
  count(*) AS candidates,
  max(score) AS score, min(CASE WHEN sharing > 1 AND count_best = 1 THEN :several ELSE :one END) AS label
FROM (
  SELECT *, count(*) OVER (PARTITION BY event) AS sharing,
    sum(CASE WHEN score = best THEN 1 ELSE 0 END) OVER (PARTITION BY event) AS count_best
  FROM (
    SELECT *, :top AS top
    FROM (
      SELECT event, profile_id, score, max(score) OVER (PARTITION BY event) AS best
      FROM (
        SELECT event, profile_id, CAST(sum(weight) AS BIGINT) AS score
        FROM :claims GROUP BY event, profile_id HAVING sum(weight) >= :device
      ) AS s
    ) AS b
  ) AS t
  WHERE score >= top
) AS w
WHERE score = best
GROUP BY event
"""

#: Devices and the profiles that were recognised on them or gave them in a record.
_DEVICES = """
SELECT namespace, value, profile_id FROM _timeline_known WHERE kind = 'device_id'
UNION
SELECT n.namespace, n.value, f.profile_id
FROM _timeline_named AS n JOIN _timeline_first AS f ON f.event = n.event
WHERE n.kind = 'device_id' AND f.profile_id IS NOT NULL
"""

_SECOND_CLAIMS = """
WITH open_events AS (
  SELECT e.event FROM _timeline_events AS e
  LEFT JOIN _timeline_first AS f ON f.event = e.event
  WHERE f.profile_id IS NULL
), holders AS (
  SELECT value, count(DISTINCT profile_id) AS holders FROM _timeline_devices GROUP BY value
)
SELECT event, weight, profile_id FROM _timeline_first_claims
WHERE weight <> :device_id AND event IN (SELECT event FROM open_events)
UNION ALL
SELECT DISTINCT n.event, n.weight, d.profile_id
FROM _timeline_named AS n
JOIN open_events AS o ON o.event = n.event
JOIN holders AS h ON h.value = n.value AND h.holders <= :crowd
JOIN _timeline_devices AS d ON d.value = n.value AND (d.namespace = n.namespace OR n.namespace = '' OR d.namespace = '')
WHERE n.kind = 'device_id'
"""

#: One row an event that somebody is known by.
_ATTACHED = """
WITH crowds AS (
  SELECT event, max(weight) AS weight, arg_max(candidates, weight) AS candidates
  FROM _timeline_claims WHERE profile_id IS NULL GROUP BY event
)
SELECT e.event, coalesce(f.profile_id, s.profile_id) AS profile_id,
  CASE
    WHEN f.profile_id IS NOT NULL THEN f.label
    WHEN s.profile_id IS NOT NULL THEN s.label
    WHEN s.event IS NOT NULL THEN 'ambiguous: ' || s.label
    ELSE 'ambiguous: ' || :label
  END AS attached_by,
  CASE
    WHEN coalesce(f.profile_id, s.profile_id) IS NOT NULL THEN 1
    WHEN s.event IS NOT NULL THEN s.candidates
    ELSE coalesce(c.candidates, 0)
  END AS candidates
FROM _timeline_events AS e
LEFT JOIN (SELECT * FROM _timeline_first WHERE profile_id IS NOT NULL) AS f ON f.event = e.event
LEFT JOIN _timeline_second AS s ON s.event = e.event
LEFT JOIN crowds AS c ON c.event = e.event
"""

_CREATED = """
SELECT a.profile_id, CAST(NULL AS BIGINT) AS event, r.created_at AS time, r.source AS channel, :created AS kind,
  CAST(NULL AS VARCHAR) AS direction, CAST(NULL AS VARCHAR) AS thread, CAST(NULL AS VARCHAR) AS state,
  CAST(NULL AS DOUBLE) AS amount, CAST(NULL AS VARCHAR) AS currency, CAST(NULL AS VARCHAR) AS satisfaction,
  CAST(NULL AS VARCHAR) AS place, CAST(NULL AS VARCHAR) AS agent, CAST(NULL AS VARCHAR) AS text,
  CAST(NULL AS VARCHAR) AS campaign, r.source, r.record_key AS event_key, 'record' AS attached_by,
  CAST(1 AS INTEGER) AS candidates
FROM records AS r JOIN assignments AS a ON a.record = r.record
WHERE r.created_at IS NOT NULL
"""
_ORDER = "ORDER BY profile_id NULLS LAST, time NULLS LAST, event NULLS FIRST, source, event_key"

_RECORDS_ONLY = f"{_CREATED} {_ORDER}"
_TIMELINE = f"""
{_CREATED}
UNION ALL
SELECT t.profile_id, e.event, e.time, coalesce(e.channel, e.source), e.kind, e.direction, e.thread, e.state, e.amount,
  e.currency, e.satisfaction, e.place, e.agent, e.text, e.campaign, e.source, e.event_key, t.attached_by,
  CAST(t.candidates AS INTEGER)
FROM events AS e JOIN _timeline_attached AS t ON t.event = e.event
{_ORDER}
"""  # noqa: S608 - constants alone
