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
from retrato.profiles.attachment import (
    AMBIGUOUS,
    CROWD,
    EVIDENCE,
    HOUSEHOLD,
    NO_CONSENT,
    RECORD_CREATED,
    TELLING_THREAD,
    weights,
)
from retrato.profiles.contact_points import ContactClass
from retrato.profiles.interactions import TRACKING, Anonymous

if TYPE_CHECKING:
    from retrato.engines.compile.identities import Steps


def timeline_steps(anonymous: Anonymous = Anonymous.CONSENT) -> Steps:
    """The steps that attach `events` to profiles, after `person_steps`, by `identifiers`, `event_identifiers` and
    `contact_points`. `anonymous` says whose devices speak for them where nothing else does.

    They make `timeline_attached` and `timeline_anonymous`, which `timeline` reads. Tables whose name begins with `_`
    are intermediate.

    >>> [name for name, _ in timeline_steps()][-2:]
    ['timeline_attached', 'timeline_anonymous']
    """
    weight = weights()
    numbers: dict[str, int] = {**weight, "crowd": CROWD}
    alone = min(weight[each.kind] for each in EVIDENCE if each.alone)
    return (
        ("_timeline_events", tree(_EVENTS, telling=TELLING_THREAD)),
        ("_timeline_texts", tree(_TEXTS, weight=_weight_of_kind(), **_nodes(numbers))),
        ("_timeline_values", tree(_VALUES)),
        ("_timeline_named", tree(_NAMED)),
        ("_timeline_terms", tree(_TERMS, recycled=ContactClass.RECYCLED.value)),
        ("_timeline_known", tree(_KNOWN, may_link=may_link("i"))),
        ("_timeline_claims", tree(_CLAIMS, **_nodes(numbers))),
        ("_timeline_refuted", tree(_REFUTED, **_nodes(numbers))),
        ("_timeline_first_claims", tree(_FIRST_CLAIMS, **_nodes(numbers))),
        ("_timeline_first", _scored("_timeline_first_claims", least=2 * weight["device_id"])),
        ("_timeline_devices", tree(_DEVICES)),
        ("_timeline_second_claims", tree(_SECOND_CLAIMS, **_nodes(numbers))),
        ("_timeline_second", _scored("_timeline_second_claims", least=alone)),
        ("_timeline_choices", tree(_CHOICES, tracking=_tracking())),
        ("_timeline_agreed", tree(_AGREED, tracking=_tracking())),
        (
            "_timeline_told",
            tree(
                _TOLD,
                label=_first_label(exp.column("weight")),
                strong=exp.Literal.number(2 * weight["device_id"]),
                allowed=tree(_ALLOWED[anonymous]),
                no_consent=NO_CONSENT,
                household=HOUSEHOLD,
                ambiguous=AMBIGUOUS,
            ),
        ),
        ("_timeline_threads", tree(_THREADS)),
        ("_timeline_continued", tree(_CONTINUED)),
        ("timeline_attached", tree(_ATTACHED)),
        ("timeline_anonymous", tree(_ANONYMOUS, least=exp.Literal.number(alone))),
    )


def timeline(*, events: bool = True) -> Node:
    """The query for `timeline`, after `person_steps` and (with `events`) `timeline_steps`: every interaction.

    `timeline`: `profile_id, household_id, anonymous_id, event, time, channel, kind, direction, thread_kind, thread,
    state, amount, currency, satisfaction, place, agent, area, text, campaign, referrer, source, event_key, attached_by,
    candidates, issues`, and before them `person`, the number of the profile.

    `attached_by` is the label of the evidence; "e-mail and phone" when several profiles share the first; "household:
    e-mail" when it was one of `candidates` people of `household_id`, "ambiguous: e-mail" when so many other profiles
    remain; "no consent: device" when only a device tells whose it is, and nobody agreed to that; NULL with 0 candidates
    when nobody is known by anything that the event names. What has neither a profile nor a household has an
    `anonymous_id` if it names anything. Rows with the same source and event key are one event. Every record with a
    creation time is an interaction of the kind `record_created` (`event` is NULL).

    No order of rows is promised.

    >>> timeline(events=False).named_selects[:3]
    ['person', 'profile_id', 'household_id']
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


def _tracking() -> Node:
    return exp.In(
        this=exp.column("namespace", "i"), expressions=[exp.Literal.string(each) for each in sorted(TRACKING)]
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
SELECT event, source, customer_key, time, thread, thread_scope
FROM (
  SELECT event, source, customer_key, time, event_key, thread,
    CASE WHEN thread_kind = 'session' THEN NULL WHEN regexp_matches(thread, :telling) THEN '' ELSE source END
      AS thread_scope,
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

#: When a value was whose, where it was not so at all times: it went from hand to hand, or was given up.
_TERMS = """
SELECT v.number, p.person, min(CASE WHEN c.class = :recycled AND c.turn > 1 THEN c.valid_from END) AS since,
  max(c.valid_to) AS until
FROM (
  SELECT *, row_number() OVER (PARTITION BY kind, namespace, value ORDER BY valid_from, profile_id) AS turn
  FROM contact_points
  WHERE valid_to IS NOT NULL OR class = :recycled
) AS c
JOIN _timeline_values AS v ON v.kind = c.kind AND v.value = lower(c.value)
JOIN persons AS p ON p.profile_id = c.profile_id
GROUP BY v.number, p.person
"""

#: Profiles that are known by such a value, or were once, and when it was theirs. Where nobody knows when it was whose,
#: it says nothing about those who had it once as long as somebody has it now.
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
), met AS (
  SELECT v.number, k.kind, k.namespace, k.person, min(k.former) AS former
  FROM known AS k JOIN _timeline_values AS v ON v.kind = k.kind AND v.value = k.value
  GROUP BY v.number, k.kind, k.namespace, k.person
)
SELECT m.number, m.kind, m.namespace, m.person, m.former, t.since, t.until,
  bool_or(t.person IS NOT NULL) OVER same_value AS timed
FROM met AS m LEFT JOIN _timeline_terms AS t ON t.number = m.number AND t.person = m.person
QUALIFY timed OR m.former = min(m.former) OVER same_value
WINDOW same_value AS (PARTITION BY m.number)
"""

#: Who is known by what an event names; `person` is NULL where it is a crowd. `via` is the source of a customer key. Of
#: those who had a value one after the other, it is who had it then; where nobody did, whoever has it now.
_CLAIMS = """
WITH holders AS (
  SELECT number, count(DISTINCT person) AS holders, bool_or(timed) AS timed
  FROM _timeline_known WHERE kind NOT IN ('name', 'birth_date') GROUP BY number
), claims AS (
  SELECT n.event, n.weight, n.number, k.person, CASE WHEN n.weight = :other_key THEN k.namespace ELSE '' END AS via,
    CASE WHEN k.person IS NULL THEN h.holders ELSE 1 END AS candidates, h.timed, k.since, k.until, k.former
  FROM _timeline_named AS n
  JOIN holders AS h ON h.number = n.number
  LEFT JOIN _timeline_known AS k ON h.holders <= :crowd AND k.number = n.number
    AND (k.namespace = n.namespace OR n.namespace = '' OR k.namespace = '')
  WHERE (k.person IS NOT NULL OR h.holders > :crowd)
    AND (n.weight <> :device_id OR h.holders <= :crowd)
)
SELECT DISTINCT event, weight, person, via, candidates FROM claims WHERE NOT timed OR person IS NULL
UNION ALL
SELECT DISTINCT event, weight, person, via, candidates
FROM (
  SELECT c.*, CASE
      WHEN e.time IS NULL THEN c.former
      WHEN (c.since IS NULL OR e.time >= c.since) AND (c.until IS NULL OR e.time < c.until)
        AND (c.former = 0 OR c.until IS NOT NULL) THEN 0
      ELSE 1 + c.former
    END AS away, away = min(away) OVER (PARTITION BY c.event, c.weight, c.number) AS nearest
  FROM claims AS c JOIN _timeline_events AS e ON e.event = c.event
  WHERE c.timed AND c.person IS NOT NULL
)
WHERE nearest
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

#: What was last chosen about tracking on each device; a denial wins over a consent of the same moment.
_CHOICES = """
SELECT n.number, coalesce(max(e.time) FILTER (WHERE i.value = 'granted')
    > coalesce(max(e.time) FILTER (WHERE i.value = 'denied'), TIMESTAMP '0001-01-01'), FALSE) AS granted
FROM event_identifiers AS i
JOIN _timeline_events AS e ON e.event = i.event
JOIN _timeline_named AS n ON n.event = i.event AND n.kind = 'device_id'
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

#: One row an event: whose it is by what it names, and how that is known.
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
  FROM _timeline_events AS e
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
FROM _timeline_events AS e JOIN _timeline_told AS t ON t.event = e.event
WHERE e.thread_scope IS NOT NULL AND t.person IS NOT NULL
GROUP BY e.thread_scope, e.thread HAVING min(t.person) = max(t.person)
"""

#: The other events of such a thread, unless what they name points at others.
_CONTINUED = """
SELECT o.event, o.person
FROM (
  SELECT t.event, h.person
  FROM _timeline_told AS t JOIN _timeline_events AS e ON e.event = t.event
  JOIN _timeline_threads AS h ON h.thread_scope = e.thread_scope AND h.thread = e.thread
  WHERE t.person IS NULL
) AS o LEFT JOIN _timeline_second_claims AS c ON c.event = o.event
GROUP BY o.event, o.person HAVING count(c.event) = 0 OR bool_or(c.person = o.person)
"""

#: One row an event: whose it is, and how that is known.
_ATTACHED = """
SELECT t.event, coalesce(t.person, c.person) AS person,
  CASE WHEN c.person IS NULL THEN t.household_id END AS household_id,
  CASE WHEN c.person IS NOT NULL THEN 'thread' ELSE t.attached_by END AS attached_by,
  CASE WHEN c.person IS NOT NULL THEN 1 ELSE t.candidates END AS candidates
FROM _timeline_told AS t LEFT JOIN _timeline_continued AS c ON c.event = t.event
"""

#: Events of nobody known that name something: whoever that is, under a number of the strongest thing that is named.
_ANONYMOUS = """
SELECT event, 'anonymous-' || left(md5(substr(named, 6)), 16) AS anonymous_id
FROM (
  SELECT n.event,
    max(concat_ws(chr(31), lpad(CAST(n.weight AS VARCHAR), 4, '0'), v.kind, n.namespace, v.value)) AS named
  FROM _timeline_named AS n
  JOIN timeline_attached AS t ON t.event = n.event
  JOIN _timeline_values AS v ON v.number = n.number
  WHERE t.person IS NULL AND t.household_id IS NULL AND n.weight >= :least
  GROUP BY n.event
) AS s
"""

_CREATED = """
SELECT p.person, p.profile_id, n.household_id, CAST(NULL AS VARCHAR) AS anonymous_id, CAST(NULL AS BIGINT) AS event,
  r.created_at AS time, r.source AS channel,
  :created AS kind, CAST(NULL AS VARCHAR) AS direction, CAST(NULL AS VARCHAR) AS thread_kind,
  CAST(NULL AS VARCHAR) AS thread, CAST(NULL AS VARCHAR) AS state,
  CAST(NULL AS DOUBLE) AS amount, CAST(NULL AS VARCHAR) AS currency, CAST(NULL AS DOUBLE) AS satisfaction,
  CAST(NULL AS VARCHAR) AS place, CAST(NULL AS VARCHAR) AS agent, CAST(NULL AS VARCHAR) AS area,
  CAST(NULL AS VARCHAR) AS text, CAST(NULL AS VARCHAR) AS campaign, CAST(NULL AS VARCHAR) AS referrer, r.source,
  r.record_key AS event_key, 'record' AS attached_by, CAST(1 AS INTEGER) AS candidates, '' AS issues
FROM records AS r JOIN person_records AS p ON p.record = r.record JOIN persons AS n ON n.person = p.person
WHERE r.created_at IS NOT NULL
"""

_TIMELINE = f"""
{_CREATED}
UNION ALL
SELECT t.person, n.profile_id, coalesce(n.household_id, t.household_id), a.anonymous_id, e.event, e.time, e.channel,
  e.kind, e.direction, e.thread_kind, e.thread, e.state, e.amount, e.currency, e.satisfaction, e.place, e.agent, e.area,
  e.text, e.campaign, e.referrer, e.source, e.event_key, t.attached_by, CAST(t.candidates AS INTEGER), e.issues
FROM events AS e JOIN timeline_attached AS t ON t.event = e.event LEFT JOIN persons AS n ON n.person = t.person
LEFT JOIN timeline_anonymous AS a ON a.event = e.event
"""  # noqa: S608 - constants alone
