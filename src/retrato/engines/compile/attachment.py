"""Attachment as relations: whose each event is, and how that is known.

How it is decided is described in `retrato.profiles.attachment`. Every kind of evidence weighs a power of two, so the
profile with the largest sum is the one that the strongest evidence points at, and among equals the next one, and so on.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from retrato.engines.compile.claims import claim_steps, evidence_numbers
from retrato.engines.compile.template import Node, among, table, told, tree
from retrato.profiles.attachment import AMBIGUOUS, EVIDENCE, HOUSEHOLD, NO_CONSENT, weights
from retrato.profiles.interaction_rules import TRACKING, Anonymous

if TYPE_CHECKING:
    from retrato.engines.compile.identities import Steps


def attachment_steps(anonymous: Anonymous = Anonymous.CONSENT) -> Steps:
    """The steps that attach `events` to profiles, after `person_steps`, by `identifiers`, `event_identifiers` and
    `contact_points`. `anonymous` says whose devices speak for them where nothing else does.

    Tables whose name begins with `_` are intermediate; the others are

    - `timeline_subjects(event, person, household_id, anonymous_id, owner, attached_by, candidates)`: whose what names
      the same is; `owner` is a number for whoever of the three it is;
    - `_timeline_attached(event, alike, person, owner, by_thread)`: whose each event is, `alike` its subject.

    >>> [name for name, _ in attachment_steps()][-1]
    '_timeline_attached'
    """
    weight, numbers = weights(), evidence_numbers()
    alone = min(weight[each.kind] for each in EVIDENCE if each.alone)
    strong = 2 * weight["device_id"]
    tracking = among(exp.column("namespace", "i"), TRACKING)
    return (
        *claim_steps(),
        ("_timeline_first", _scored("_timeline_first_claims", least=strong)),
        ("_timeline_devices", tree(_DEVICES)),
        ("_timeline_second_claims", tree(_SECOND_CLAIMS, **numbers)),
        ("_timeline_second", _scored("_timeline_second_claims", least=alone)),
        ("_timeline_choices", tree(_CHOICES, tracking=tracking)),
        ("_timeline_agreed", tree(_AGREED, tracking=tracking)),
        (
            "_timeline_told",
            tree(
                _TOLD,
                label=_first_label(exp.column("weight")),
                strong=strong,
                allowed=tree(_ALLOWED[anonymous]),
                no_consent=NO_CONSENT,
                household=HOUSEHOLD,
                ambiguous=AMBIGUOUS,
            ),
        ),
        ("_timeline_threads", tree(_THREADS)),
        ("_timeline_continued", tree(_CONTINUED)),
        ("_timeline_anonymous", tree(_ANONYMOUS, least=alone)),
        ("timeline_subjects", tree(_OWNERS)),
        ("_timeline_attached", tree(_ATTACHED)),
    )


def _first_label(score: Node) -> Node:
    """The label of the strongest evidence in a sum of weights."""
    case = exp.Case()
    for each in EVIDENCE:
        enough = exp.GTE(this=score.copy(), expression=exp.Literal.number(weights()[each.kind]))
        case = case.when(enough, exp.Literal.string(each.label))
    return case


def _all_labels() -> Node:
    """The labels of all evidence in the column `score`, strongest first."""
    held = ((tree("(score & :weight) > 0", weight=weights()[each.kind]), f" and {each.label}") for each in EVIDENCE)
    return tree("substr(:told, 6)", told=told(held))


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


#: The best profiles of each event: how many, which when it is one, and by what.
_SCORED = """
SELECT event, CASE WHEN count(*) = 1 AND max(score) >= :least THEN min(w.person) END AS person,
  count(*) AS candidates,
  CASE WHEN count(*) > 1 AND count(household_id) = count(*) AND min(household_id) = max(household_id)
    THEN min(household_id) END AS household_id,
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
) AS w LEFT JOIN persons AS p ON p.person = w.person
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
  SELECT e.event FROM _timeline_subjects AS e
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

#: What was last chosen about tracking on each device; a denial wins over a consent of the same moment.
_CHOICES = """
SELECT n.number, coalesce(max(e.time) FILTER (WHERE i.value = 'granted')
    > coalesce(max(e.time) FILTER (WHERE i.value = 'denied'), TIMESTAMP '0001-01-01'), FALSE) AS granted
FROM event_identifiers AS i
JOIN events AS e ON e.event = i.event
JOIN _timeline_alike AS t ON t.event = i.event
JOIN _timeline_named AS n ON n.event = t.alike AND n.kind = 'device_id'
WHERE i.kind = 'consent' AND i.status = 'valid' AND :tracking
GROUP BY n.number
"""

#: Whether people agree to being tracked, as all their records say.
_AGREED = """
SELECT p.person, bool_and(i.value = 'granted') AS granted
FROM identifiers AS i JOIN person_records AS p ON p.record = i.record
WHERE i.kind = 'consent' AND i.status = 'valid' AND i.version = 0 AND :tracking
GROUP BY p.person
"""

#: Whether an event may be given to `s.person` by its device alone.
_ALLOWED = {
    Anonymous.ALWAYS: "TRUE",
    Anonymous.NEVER: "FALSE",
    Anonymous.CONSENT: "coalesce(d.granted, g.granted, FALSE)",
}

#: One row a subject: whose it is by what it names, and how that is known.
_TOLD = """
WITH crowds AS (
  SELECT event, max(weight) AS weight, arg_max(candidates, weight) AS candidates
  FROM _timeline_claims WHERE person IS NULL GROUP BY event
), on_devices AS (
  SELECT n.event, bool_and(c.granted) AS granted
  FROM _timeline_named AS n JOIN _timeline_choices AS c ON c.number = n.number AND n.kind = 'device_id'
  GROUP BY n.event
)
SELECT event, coalesce(first_person, CASE WHEN may THEN second_person END) AS person,
  CASE WHEN first_person IS NULL AND second_person IS NULL THEN household_id END AS household_id,
  CASE
    WHEN first_person IS NOT NULL THEN first_label
    WHEN second_person IS NOT NULL AND may THEN second_label
    WHEN second_person IS NOT NULL THEN :no_consent || ': ' || second_label
    WHEN household_id IS NOT NULL THEN :household || ': ' || second_label
    WHEN second_label IS NOT NULL THEN :ambiguous || ': ' || second_label
    ELSE :ambiguous || ': ' || crowd_label
  END AS attached_by,
  CASE
    WHEN first_person IS NOT NULL OR second_person IS NOT NULL THEN 1
    WHEN second_label IS NOT NULL THEN candidates
    ELSE coalesce(crowd, 0)
  END AS candidates
FROM (
  SELECT e.event, f.person AS first_person, f.label AS first_label, s.person AS second_person, s.label AS second_label,
    s.household_id, s.candidates, c.candidates AS crowd, :label AS crowd_label, s.score >= :strong OR :allowed AS may
  FROM _timeline_subjects AS e
  LEFT JOIN (SELECT * FROM _timeline_first WHERE person IS NOT NULL) AS f ON f.event = e.event
  LEFT JOIN _timeline_second AS s ON s.event = e.event
  LEFT JOIN crowds AS c ON c.event = e.event
  LEFT JOIN on_devices AS d ON d.event = e.event
  LEFT JOIN _timeline_agreed AS g ON g.person = s.person
) AS t
"""

#: Threads (a cart, a ticket, a conversation) in which one person alone is known.
_THREADS = """
SELECT e.thread_scope, e.thread, min(t.person) AS person
FROM events AS e JOIN _timeline_alike AS a ON a.event = e.event JOIN _timeline_told AS t ON t.event = a.alike
WHERE e.thread_scope IS NOT NULL AND t.person IS NOT NULL
GROUP BY e.thread_scope, e.thread HAVING min(t.person) = max(t.person)
"""

#: The other events of such a thread, unless what they name points at others.
_CONTINUED = """
SELECT o.event, o.person
FROM (
  SELECT e.event, a.alike, h.person
  FROM events AS e
  JOIN _timeline_threads AS h ON h.thread_scope = e.thread_scope AND h.thread = e.thread
  JOIN _timeline_alike AS a ON a.event = e.event
  JOIN _timeline_told AS t ON t.event = a.alike
  WHERE t.person IS NULL
) AS o LEFT JOIN _timeline_second_claims AS c ON c.event = o.alike
GROUP BY o.event, o.person HAVING count(c.event) = 0 OR bool_or(c.person = o.person)
"""

#: Subjects of nobody known that name something: whoever that is, under a number of the strongest thing that is named.
_ANONYMOUS = """
SELECT event, 'anonymous-' || left(md5(substr(named, 6)), 16) AS anonymous_id
FROM (
  SELECT n.event,
    max(concat_ws(chr(31), lpad(CAST(n.weight AS VARCHAR), 4, '0'), v.kind, n.namespace, v.value)) AS named
  FROM _timeline_named AS n
  JOIN _timeline_told AS t ON t.event = n.event
  JOIN _timeline_values AS v ON v.number = n.number
  WHERE t.person IS NULL AND t.household_id IS NULL AND n.weight >= :least
  GROUP BY n.event
) AS s
"""

#: One row a subject: households and anonymous profiles have numbers below zero.
_OWNERS = """
SELECT t.event, t.person, t.household_id, o.anonymous_id, coalesce(t.person, o.owner) AS owner, t.attached_by,
  CAST(t.candidates AS INTEGER) AS candidates
FROM _timeline_told AS t LEFT JOIN (
  SELECT event, anonymous_id, -dense_rank() OVER (ORDER BY household_id, anonymous_id) AS owner
  FROM (
    SELECT s.event, s.household_id, a.anonymous_id
    FROM _timeline_told AS s LEFT JOIN _timeline_anonymous AS a ON a.event = s.event
    WHERE s.person IS NULL AND (s.household_id IS NOT NULL OR a.anonymous_id IS NOT NULL)
  ) AS n
) AS o ON o.event = t.event
"""

#: One row an event: whose it is, and by which subject, or by its thread.
_ATTACHED = """
SELECT a.event, a.alike, coalesce(c.person, o.person) AS person, coalesce(c.person, o.owner) AS owner,
  c.person IS NOT NULL AS by_thread
FROM _timeline_alike AS a JOIN timeline_subjects AS o ON o.event = a.alike
LEFT JOIN _timeline_continued AS c ON c.event = a.event
"""
