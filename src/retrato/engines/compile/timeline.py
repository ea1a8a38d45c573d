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


def timeline_steps() -> Steps:
    """The steps that attach `events` to profiles, after `person_steps`, by `identifiers` and `event_identifiers`.

    They make `timeline_attached`, which `timeline` reads. Tables whose name begins with `_` are intermediate.

    >>> [name for name, _ in timeline_steps()][-1]
    'timeline_attached'
    """
    weight = weights()
    numbers: dict[str, int] = {**weight, "crowd": CROWD}
    alone = min(weight[each.kind] for each in EVIDENCE if each.alone)
    return (
        ("_timeline_events", tree(_EVENTS)),
        ("_timeline_texts", tree(_TEXTS, weight=_weight_of_kind(), **_nodes(numbers))),
        ("_timeline_values", tree(_VALUES)),
        ("_timeline_named", tree(_NAMED)),
        ("_timeline_known", tree(_KNOWN, may_link=may_link("i"))),
        ("_timeline_claims", tree(_CLAIMS, **_nodes(numbers))),
        ("_timeline_refuted", tree(_REFUTED, **_nodes(numbers))),
        ("_timeline_first_claims", tree(_FIRST_CLAIMS, **_nodes(numbers))),
        ("_timeline_first", _scored("_timeline_first_claims", least=2 * weight["device_id"])),
        ("_timeline_devices", tree(_DEVICES)),
        ("_timeline_second_claims", tree(_SECOND_CLAIMS, **_nodes(numbers))),
        ("_timeline_second", _scored("_timeline_second_claims", least=alone)),
        ("timeline_attached", tree(_ATTACHED, label=_first_label(exp.column("weight")))),
    )


def timeline(*, events: bool = True) -> Node:
    """The query for `timeline`, after `person_steps` and (with `events`) `timeline_steps`: every interaction.

    `timeline`: `profile_id, event, time, channel, kind, direction, thread, state, amount, currency, satisfaction,
    place, agent, text, campaign, source, event_key, attached_by, candidates`, and before them `person`, the number of
    the profile.

    `attached_by` is the label of the evidence; "e-mail and phone" when several profiles share the first; "ambiguous:
    e-mail" when `candidates` profiles remain; NULL with 0 candidates when nobody is known by anything that the event
    names. Rows with the same source and event key are one event. Every record with a creation time is an interaction
    of the kind `record_created` (`event` is NULL).

    No order of rows is promised.

    >>> timeline(events=False).named_selects[:3]
    ['person', 'profile_id', 'event']
    """
    return tree(_TIMELINE if events else _CREATED, created=RECORD_CREATED)


def attachment_counts() -> Node:
    """The query for how the interactions of `timeline` were attached: `attached_by`, `attached`, `interactions`."""
    return tree(
        """SELECT attached_by, person IS NOT NULL AS attached, count(*) AS interactions FROM timeline
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

#: What events name, with its weight and the kind to look it up in. An empty namespace matches any.
_TEXTS = """
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

#: The values that events name, by number.
_VALUES = """
SELECT kind, value, row_number() OVER () AS number
FROM (SELECT DISTINCT kind, value FROM _timeline_texts) AS d
"""

_NAMED = """
SELECT t.event, t.weight, t.kind, t.namespace, v.number
FROM _timeline_texts AS t JOIN _timeline_values AS v ON v.kind = t.kind AND v.value = t.value
"""

#: Profiles that are known by such a value. One that somebody has now says nothing about those who had it once.
_KNOWN = """
WITH known AS (
  SELECT 'own_key' AS kind, source AS namespace, record_key AS value, person, 0 AS former FROM person_records
  UNION ALL
  SELECT i.kind, coalesce(i.namespace, ''),
    CASE WHEN i.kind = 'name' THEN strip_accents(lower(i.value)) ELSE lower(i.value) END,
    p.person, CASE WHEN i.version > 0 THEN 1 ELSE 0 END
  FROM identifiers AS i JOIN person_records AS p ON p.record = i.record
  WHERE i.value IS NOT NULL AND i.status NOT IN ('placeholder', 'missing') AND :may_link
    AND i.kind IN ('national_id', 'account_id', 'email', 'phone', 'handle', 'device_id', 'name', 'birth_date')
), met AS MATERIALIZED (
  SELECT v.number, k.kind, k.namespace, k.person, k.former
  FROM known AS k JOIN _timeline_values AS v ON v.kind = k.kind AND v.value = k.value
), best AS (
  SELECT number, min(former) AS former FROM met GROUP BY number
)
SELECT DISTINCT m.number, m.kind, m.namespace, m.person
FROM met AS m JOIN best AS b ON b.number = m.number AND b.former = m.former
"""

#: Who is known by what an event names; `person` is NULL where it is a crowd. `via` is the source of a customer key.
_CLAIMS = """
WITH holders AS (
  SELECT number, count(DISTINCT person) AS holders
  FROM _timeline_known WHERE kind NOT IN ('name', 'birth_date') GROUP BY number
)
SELECT DISTINCT n.event, n.weight, k.person, CASE WHEN n.weight = :other_key THEN k.namespace ELSE '' END AS via,
  CASE WHEN k.person IS NULL THEN h.holders ELSE 1 END AS candidates
FROM _timeline_named AS n
JOIN holders AS h ON h.number = n.number
LEFT JOIN _timeline_known AS k ON h.holders <= :crowd AND k.number = n.number
  AND (k.namespace = n.namespace OR n.namespace = '' OR k.namespace = '')
WHERE (k.person IS NOT NULL OR h.holders > :crowd)
  AND (n.weight <> :device_id OR h.holders <= :crowd)
"""

#: Sources whose record keys are not what the customer keys of an event source mean: better known values contradict them
#: mostly.
_REFUTED = """
WITH singles AS (
  SELECT event, weight, min(person) AS person FROM _timeline_claims
  WHERE weight IN (:national_id, :email, :phone) GROUP BY event, weight
  HAVING count(*) = 1 AND min(person) IS NOT NULL
)
SELECT e.source, c.via
FROM _timeline_claims AS c
JOIN _timeline_events AS e ON e.event = c.event
JOIN singles AS s ON s.event = c.event
WHERE c.weight = :other_key AND c.person IS NOT NULL AND c.via <> e.source
GROUP BY e.source, c.via
HAVING 2 * sum(CASE WHEN s.person = c.person THEN 1 ELSE 0 END) < count(*)
"""

#: Claims that hold, with the names and birth dates that agree with them.
_FIRST_CLAIMS = """
WITH claims AS (
  SELECT DISTINCT c.event, c.weight, c.person
  FROM _timeline_claims AS c JOIN _timeline_events AS e ON e.event = c.event
  WHERE c.person IS NOT NULL
    AND NOT EXISTS (
      SELECT 1 FROM _timeline_refuted AS r WHERE c.weight = :other_key AND r.source = e.source AND r.via = c.via
    )
)
SELECT event, weight, person FROM claims
UNION ALL
SELECT DISTINCT n.event, n.weight, n.person
FROM (
  SELECT DISTINCT c.event, c.person, d.weight, d.number
  FROM claims AS c JOIN _timeline_named AS d ON d.event = c.event AND d.weight < :device_id
) AS n
JOIN _timeline_known AS k ON k.number = n.number AND k.person = n.person
"""

#: The best profiles of each event: how many, which when it is one, and by what.
_SCORED = """
SELECT event, CASE WHEN count(*) = 1 AND max(score) >= :least THEN min(person) END AS person,
  count(*) AS candidates,
  max(score) AS score, min(CASE WHEN sharing > 1 AND count_best = 1 THEN :several ELSE :one END) AS label
FROM (
  SELECT *, count(*) OVER (PARTITION BY event) AS sharing,
    sum(CASE WHEN score = best THEN 1 ELSE 0 END) OVER (PARTITION BY event) AS count_best
  FROM (
    SELECT *, :top AS top
    FROM (
      SELECT event, person, score, max(score) OVER (PARTITION BY event) AS best
      FROM (
        SELECT event, person, CAST(sum(weight) AS BIGINT) AS score
        FROM :claims GROUP BY event, person HAVING sum(weight) >= :device
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
SELECT namespace, number, person FROM _timeline_known WHERE kind = 'device_id'
UNION
SELECT n.namespace, n.number, f.person
FROM _timeline_named AS n JOIN _timeline_first AS f ON f.event = n.event
WHERE n.kind = 'device_id' AND f.person IS NOT NULL
"""

_SECOND_CLAIMS = """
WITH open_events AS (
  SELECT e.event FROM _timeline_events AS e
  LEFT JOIN _timeline_first AS f ON f.event = e.event
  WHERE f.person IS NULL
), holders AS (
  SELECT number, count(DISTINCT person) AS holders FROM _timeline_devices GROUP BY number
)
SELECT event, weight, person FROM _timeline_first_claims
WHERE weight <> :device_id AND event IN (SELECT event FROM open_events)
UNION ALL
SELECT DISTINCT n.event, n.weight, d.person
FROM _timeline_named AS n
JOIN open_events AS o ON o.event = n.event
JOIN holders AS h ON h.number = n.number AND h.holders <= :crowd
JOIN _timeline_devices AS d ON d.number = n.number
  AND (d.namespace = n.namespace OR n.namespace = '' OR d.namespace = '')
WHERE n.kind = 'device_id'
"""

#: One row an event that somebody is known by.
_ATTACHED = """
WITH crowds AS (
  SELECT event, max(weight) AS weight, arg_max(candidates, weight) AS candidates
  FROM _timeline_claims WHERE person IS NULL GROUP BY event
)
SELECT e.event, coalesce(f.person, s.person) AS person,
  CASE
    WHEN f.person IS NOT NULL THEN f.label
    WHEN s.person IS NOT NULL THEN s.label
    WHEN s.event IS NOT NULL THEN 'ambiguous: ' || s.label
    ELSE 'ambiguous: ' || :label
  END AS attached_by,
  CASE
    WHEN coalesce(f.person, s.person) IS NOT NULL THEN 1
    WHEN s.event IS NOT NULL THEN s.candidates
    ELSE coalesce(c.candidates, 0)
  END AS candidates
FROM _timeline_events AS e
LEFT JOIN (SELECT * FROM _timeline_first WHERE person IS NOT NULL) AS f ON f.event = e.event
LEFT JOIN _timeline_second AS s ON s.event = e.event
LEFT JOIN crowds AS c ON c.event = e.event
"""

_CREATED = """
SELECT p.person, p.profile_id, CAST(NULL AS BIGINT) AS event, r.created_at AS time, r.source AS channel,
  :created AS kind, CAST(NULL AS VARCHAR) AS direction, CAST(NULL AS VARCHAR) AS thread, CAST(NULL AS VARCHAR) AS state,
  CAST(NULL AS DOUBLE) AS amount, CAST(NULL AS VARCHAR) AS currency, CAST(NULL AS VARCHAR) AS satisfaction,
  CAST(NULL AS VARCHAR) AS place, CAST(NULL AS VARCHAR) AS agent, CAST(NULL AS VARCHAR) AS text,
  CAST(NULL AS VARCHAR) AS campaign, r.source, r.record_key AS event_key, 'record' AS attached_by,
  CAST(1 AS INTEGER) AS candidates
FROM records AS r JOIN person_records AS p ON p.record = r.record
WHERE r.created_at IS NOT NULL
"""

_TIMELINE = f"""
{_CREATED}
UNION ALL
SELECT t.person, n.profile_id, e.event, e.time, coalesce(e.channel, e.source), e.kind, e.direction, e.thread, e.state,
  e.amount, e.currency, e.satisfaction, e.place, e.agent, e.text, e.campaign, e.source, e.event_key, t.attached_by,
  CAST(t.candidates AS INTEGER)
FROM events AS e JOIN timeline_attached AS t ON t.event = e.event LEFT JOIN persons AS n ON n.person = t.person
"""  # noqa: S608 - constants alone
