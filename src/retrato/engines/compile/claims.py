"""Claims as relations: what events name, and who is known by it.

What an event may be recognised by is described in `retrato.profiles.attachment`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from retrato.engines.compile.linking import may_link
from retrato.engines.compile.template import Node, among, choice, tree
from retrato.profiles.attachment import CROWD, DIRECTORY, weights
from retrato.profiles.contact_points import ContactClass

if TYPE_CHECKING:
    from retrato.engines.compile.identities import Steps


def claim_steps() -> Steps:
    """The steps that find who is known by what `events` name, after `person_steps`, by `identifiers`,
    `event_identifiers` and `contact_points`. All that they make is intermediate.

    - `_timeline_alike(event, alike)`: the first event that names the same;
    - `_timeline_subjects(event, source, time)`: those first events, which stand for all;
    - `_timeline_named(event, weight, kind, namespace, number)`: what they name, as numbers of
      `_timeline_values(kind, value, number)`;
    - `_timeline_known(number, kind, namespace, person, …)`: who is known by that;
    - `_timeline_directories(event_source, kind, source)`: the directory of a source of events, where it has one;
    - `_timeline_claims(event, weight, person, via, candidates)`: the two together;
    - `_timeline_first_claims(event, weight, person)`: those that hold.

    Where it matters when something was named, every event stands for itself.

    >>> [name for name, _ in claim_steps()][-1]
    '_timeline_first_claims'
    """
    numbers = evidence_numbers()
    return (
        ("_timeline_same", tree(_SAME)),
        ("_timeline_texts", tree(_TEXTS, weight=_weight_of_kind(), **_identifier(), **numbers)),
        ("_timeline_values", tree(_VALUES)),
        ("_timeline_terms", tree(_TERMS, recycled=ContactClass.RECYCLED.value)),
        ("_timeline_timed", tree(_TIMED)),
        ("_timeline_alike", tree(_ALIKE)),
        ("_timeline_subjects", tree(_SUBJECTS)),
        ("_timeline_named", tree(_NAMED)),
        ("_timeline_held", tree(_HELD, may_link=may_link("i"), **_identifier())),
        ("_timeline_known", tree(_KNOWN)),
        ("_timeline_directories", tree(_DIRECTORIES, share=DIRECTORY)),
        ("_timeline_claims", tree(_CLAIMS, **numbers)),
        ("_timeline_refuted", tree(_REFUTED, **numbers)),
        ("_timeline_first_claims", tree(_FIRST_CLAIMS, **numbers)),
    )


def evidence_numbers() -> dict[str, Node]:
    """The weight of each kind of evidence, and how many make a crowd, by name.

    >>> evidence_numbers()["birth_date"].sql()
    '1'
    """
    return {name: exp.Literal.number(number) for name, number in {**weights(), "crowd": CROWD}.items()}


def _weight_of_kind() -> Node:
    return choice(_kind(), {kind: exp.Literal.number(weight) for kind, weight in weights().items()})


def _kind() -> Node:
    """The kind of an identifier `i`."""
    return exp.column("kind", "i")


def _identifier() -> dict[str, Node]:
    """The text by which an identifier `i` is looked up, and whether it can tell anything of anybody."""
    return {"folded": tree(_FOLDED), "usable": tree(_USABLE, evidence=among(_kind(), weights()))}


_FOLDED = "CASE WHEN i.kind = 'name' THEN strip_accents(lower(i.value)) ELSE lower(i.value) END"
_USABLE = "i.value IS NOT NULL AND i.status NOT IN ('placeholder', 'missing') AND :evidence"

#: Events that name the same, by the first of them.
_SAME = """
SELECT e.event, g.alike
FROM events AS e JOIN (SELECT named_by, min(event) AS alike FROM events GROUP BY named_by) AS g
  ON g.named_by = e.named_by
"""

#: Those that name something which was not always the same person's.
_TIMED = """
SELECT DISTINCT t.event AS alike
FROM _timeline_texts AS t
JOIN _timeline_values AS v ON v.kind = t.kind AND v.value = t.value
JOIN _timeline_terms AS m ON m.number = v.number
"""

#: The event that stands for each: where it matters when it was, every one for itself.
_ALIKE = """
SELECT s.event, CASE WHEN t.alike IS NULL THEN s.alike ELSE s.event END AS alike
FROM _timeline_same AS s LEFT JOIN _timeline_timed AS t ON t.alike = s.alike
"""

_SUBJECTS = """
SELECT event, source, time FROM events WHERE event IN (SELECT event FROM _timeline_alike WHERE alike = event)
"""

#: What events name, with its weight and the kind to look it up in. An empty namespace matches any.
_TEXTS = """
WITH firsts AS (
  SELECT event, source, customer_key FROM events WHERE event IN (SELECT event FROM _timeline_same WHERE alike = event)
)
SELECT event, weight, kind, namespace, value
FROM (
  SELECT i.event, :weight AS weight, i.kind, coalesce(i.namespace, '') AS namespace, :folded AS value
  FROM event_identifiers AS i JOIN firsts AS e ON e.event = i.event
  WHERE :usable
  UNION ALL SELECT event, :own_key, 'own_key', source, customer_key FROM firsts WHERE customer_key IS NOT NULL
  UNION ALL SELECT event, :other_key, 'own_key', '', customer_key FROM firsts WHERE customer_key IS NOT NULL
  UNION ALL SELECT event, :account_id, 'account_id', '', lower(customer_key) FROM firsts WHERE customer_key IS NOT NULL
) AS n
"""

#: The values that events name, by number.
_VALUES = """
SELECT kind, value, row_number() OVER (ORDER BY kind, value) AS number
FROM (SELECT DISTINCT kind, value FROM _timeline_texts) AS d
"""

_NAMED = """
SELECT s.event, t.weight, t.kind, t.namespace, v.number
FROM _timeline_texts AS t
JOIN _timeline_values AS v ON v.kind = t.kind AND v.value = t.value
JOIN (
  SELECT s.event, a.alike FROM _timeline_subjects AS s JOIN _timeline_same AS a ON a.event = s.event
) AS s ON s.alike = t.event
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

#: In which source the records of a profile hold such a value, or did once.
_HELD = """
SELECT v.number, k.kind, k.namespace, k.source, k.person, min(k.former) AS former
FROM (
  SELECT 'own_key' AS kind, source AS namespace, record_key AS value, source, person, 0 AS former FROM person_records
  UNION ALL
  SELECT i.kind, coalesce(i.namespace, ''), :folded, p.source, p.person, CASE WHEN i.version > 0 THEN 1 ELSE 0 END
  FROM identifiers AS i JOIN person_records AS p ON p.record = i.record
  WHERE :usable AND :may_link
) AS k JOIN _timeline_values AS v ON v.kind = k.kind AND v.value = k.value
GROUP BY v.number, k.kind, k.namespace, k.source, k.person
"""

#: The source that is the directory of a source of events: whatever these name and anybody is known by, stands there.
_DIRECTORIES = """
WITH named AS (
  SELECT DISTINCT s.source AS event_source, n.kind, n.number
  FROM _timeline_named AS n JOIN _timeline_subjects AS s ON s.event = n.event
  WHERE n.kind IN ('email', 'phone', 'handle')
), met AS (
  SELECT DISTINCT n.event_source, n.kind, n.number, h.source
  FROM named AS n JOIN _timeline_held AS h ON h.number = n.number AND h.former = 0
), counted AS (
  SELECT event_source, kind, source, count(*) AS numbers FROM met GROUP BY event_source, kind, source
)
SELECT c.event_source, c.kind, min(c.source) AS source
FROM counted AS c
JOIN (SELECT event_source, kind, count(DISTINCT number) AS numbers FROM met GROUP BY event_source, kind) AS a
  ON a.event_source = c.event_source AND a.kind = c.kind
WHERE c.numbers >= :share * a.numbers
GROUP BY c.event_source, c.kind HAVING count(*) = 1
"""

#: Profiles that are known by such a value, or were once, and when it was theirs. Where nobody knows when it was whose,
#: it says nothing about those who had it once as long as somebody has it now.
_KNOWN = """
WITH met AS (
  SELECT number, kind, namespace, person, min(former) AS former
  FROM _timeline_held GROUP BY number, kind, namespace, person
)
SELECT m.number, m.kind, m.namespace, m.person, m.former, t.since, t.until,
  bool_or(t.person IS NOT NULL) OVER same_value AS timed
FROM met AS m LEFT JOIN _timeline_terms AS t ON t.number = m.number AND t.person = m.person
QUALIFY timed OR m.former = min(m.former) OVER same_value
WINDOW same_value AS (PARTITION BY m.number)
"""

#: Who is known by what an event names; `person` is NULL where it is a crowd. `via` is the source of a customer key. Of
#: those who had a value one after the other, it is who had it then; where nobody did, whoever has it now. Of several
#: who have it, it is those whom the directory of the source has under it.
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
SELECT DISTINCT event, weight, person, via, candidates
FROM (
  SELECT c.*, d.person IS NOT NULL AS listed, listed = max(listed) OVER (
      PARTITION BY c.event, c.weight, c.number) AS nearest
  FROM claims AS c
  JOIN _timeline_subjects AS e ON e.event = c.event
  LEFT JOIN (
    SELECT DISTINCT o.event_source, h.number, h.person
    FROM _timeline_directories AS o
    JOIN _timeline_held AS h ON h.kind = o.kind AND h.source = o.source AND h.former = 0
  ) AS d ON d.event_source = e.source AND d.number = c.number AND d.person = c.person
  WHERE NOT c.timed OR c.person IS NULL
)
WHERE nearest
UNION ALL
SELECT DISTINCT event, weight, person, via, candidates
FROM (
  SELECT c.*, CASE
      WHEN e.time IS NULL THEN c.former
      WHEN (c.since IS NULL OR e.time >= c.since) AND (c.until IS NULL OR e.time < c.until)
        AND (c.former = 0 OR c.until IS NOT NULL) THEN 0
      ELSE 1 + c.former
    END AS away, away = min(away) OVER (PARTITION BY c.event, c.weight, c.number) AS nearest
  FROM claims AS c JOIN _timeline_subjects AS e ON e.event = c.event
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
JOIN _timeline_subjects AS e ON e.event = c.event
JOIN singles AS s ON s.event = c.event
WHERE c.weight = :other_key AND c.person IS NOT NULL AND c.via <> e.source
GROUP BY e.source, c.via
HAVING 2 * sum(CASE WHEN s.person = c.person THEN 1 ELSE 0 END) < count(*)
"""

#: Claims that hold, with the names and birth dates that agree with them.
_FIRST_CLAIMS = """
WITH claims AS (
  SELECT DISTINCT c.event, c.weight, c.person
  FROM _timeline_claims AS c JOIN _timeline_subjects AS e ON e.event = c.event
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
