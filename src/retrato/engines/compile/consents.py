"""Consent as relations: the choices that records and events make, and which are in force.

What that means is described in `retrato.profiles.consent`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from retrato.engines.compile.template import Node, among, choice, column, tree
from retrato.identifiers.address import NO_STREET
from retrato.profiles.audience import ALIVE, BOUNCED
from retrato.profiles.consent import (
    CONTACT_OF_CHANNEL,
    CROWD,
    NAMED_FOR_CHANNEL,
    SAID_BY_KIND,
    TRACKED,
    UNNAMED,
    WRITTEN_TO,
)
from retrato.profiles.interaction_rules import TRACKING

if TYPE_CHECKING:
    from collections.abc import Collection

    from retrato.engines.compile.identities import Steps


def consent_steps(known: Collection[str]) -> Steps:
    """The steps that make `consents` and `unreachable`, after `row_steps`.

    They read `identifiers`, `records`, `features`, whose columns are `known`, and `contact_points`.

    - `consents`: `profile_id, own, choice, contact_kind, contact, channel, purpose, time, source, key, column_name,
      event, who, withdrawn`, and before them `person`
    - `unreachable`: `contact_kind, contact, reason, since`

    >>> [name for name, _ in consent_steps(["given_root"])][-1]
    'unreachable'
    """
    namespace = column("namespace", "i")
    of_flag = {
        "channel": choice(namespace, {name: each[0] for name, each in NAMED_FOR_CHANNEL.items()}, tree("''")),
        "purpose": choice(
            namespace, {name: each[1] for name, each in NAMED_FOR_CHANNEL.items()}, tree("coalesce(i.namespace, '')")
        ),
    }
    contact = tree(
        _AT,
        tracking=among(column("purpose", "s"), TRACKING),
        tracked=TRACKED,
        of_channel=choice(column("channel", "s"), CONTACT_OF_CHANNEL),
        written_to=among(column("kind", "p"), WRITTEN_TO),
    )
    usable = tree(_USABLE, kinds=among(column("kind", "i"), {*WRITTEN_TO, TRACKED}))
    kind = column("kind", "e")
    return (
        ("_consent_crowds", tree(_CROWDS)),
        ("_consent_said", tree(_SAID, **of_flag)),
        (
            "_consent_records",
            tree(_OF_RECORDS, at=contact, usable=usable, no_street=f" {NO_STREET.code} ", **_given(known)),
        ),
        (
            "_consent_told",
            tree(
                _TOLD,
                by_kind=among(kind, SAID_BY_KIND),
                said=choice(kind, {name: each[0].value for name, each in SAID_BY_KIND.items()}),
                purpose_said=choice(kind, {name: each[1] for name, each in SAID_BY_KIND.items()}),
                reaches=among(column("channel", "e"), CONTACT_OF_CHANNEL),
                **of_flag,
            ),
        ),
        ("_consent_events", tree(_OF_EVENTS, at=contact, usable=usable)),
        ("_consent_choices", tree(_CHOICES, crowd=exp.Literal.number(CROWD), unnamed=UNNAMED)),
        ("_consent_ranked", tree(_RANKED, unnamed=UNNAMED)),
        ("_consents_in_force", tree(_IN_FORCE)),
        ("_consent_holders", tree(_HOLDERS)),
        ("consents", tree(_CONSENTS)),
        ("_bounced", tree(_BOUNCED, bounced=among(kind, BOUNCED))),
        ("unreachable", tree(_UNREACHABLE, alive=among(kind, ALIVE))),
    )


def _given(known: Collection[str]) -> dict[str, Node]:
    return {"given": column("given_root", "f") if "given_root" in known else tree("CAST(NULL AS VARCHAR)")}


#: Contact points that records with several given names hold, and how many.
_CROWDS = """
SELECT kind, value, max(given_names) AS given_names FROM contact_points GROUP BY kind, value HAVING max(given_names) > 1
"""

#: Whether a contact point `p` is one of those that a choice `s` is about.
_AT = "CASE WHEN :tracking THEN p.kind = :tracked WHEN s.channel = '' THEN :written_to ELSE p.kind = :of_channel END"

#: Whether an identifier `i` is a contact point.
_USABLE = ":kinds AND i.value IS NOT NULL AND i.status IN ('valid', 'possible')"

_SAID = """
SELECT i.record, i.version, i.value AS choice, :channel AS channel, :purpose AS purpose,
  coalesce(TRY_CAST((i.parts ->> 'time') AS TIMESTAMP), i.observed_at) AS time, i.column_name
FROM identifiers AS i WHERE i.kind = 'consent' AND i.status = 'valid'
"""

_OF_RECORDS = """
SELECT DISTINCT s.record, s.choice, s.channel, s.purpose, s.time, s.column_name, p.kind AS contact_kind,
  p.value AS contact, :given AS given
FROM _consent_said AS s
JOIN features AS f ON f.record = s.record
LEFT JOIN (
  SELECT i.record, i.version, i.kind, i.value FROM identifiers AS i
  WHERE :usable AND NOT contains(' ' || coalesce(i.issues, '') || ' ', :no_street)
) AS p ON p.record = s.record AND p.version = s.version AND :at
"""

#: What events say, the last of those that name the same.
_TOLD = """
SELECT alike, choice, channel, purpose, max(time) AS time,
  arg_max(event, struct_pack(t := coalesce(time, TIMESTAMP '0001-01-01'), e := event)) AS event
FROM (
  SELECT t.alike, i.value AS choice, :channel AS channel, :purpose AS purpose, e.time, e.event
  FROM event_identifiers AS i JOIN events AS e ON e.event = i.event JOIN timeline_rows AS t ON t.event = i.event
  WHERE i.kind = 'consent' AND i.status = 'valid'
  UNION ALL
  SELECT t.alike, :said, CASE WHEN :reaches THEN e.channel ELSE '' END, :purpose_said, e.time, e.event
  FROM events AS e JOIN timeline_rows AS t ON t.event = e.event WHERE :by_kind
) AS s
GROUP BY alike, choice, channel, purpose
"""

_OF_EVENTS = """
SELECT DISTINCT s.event, s.choice, s.channel, s.purpose, s.time, p.kind AS contact_kind, p.value AS contact
FROM _consent_told AS s
LEFT JOIN (
  SELECT i.event, i.kind, i.value FROM event_identifiers AS i
  WHERE :usable
) AS p ON p.event = s.alike AND :at
"""

_CHOICES = """
SELECT c.choice, CASE WHEN crowded THEN NULL ELSE contact_kind END AS contact_kind,
  CASE WHEN crowded THEN NULL ELSE contact END AS contact, channel, purpose, time, source, key, column_name, event,
  record, person, shared, CASE WHEN shared AND NOT crowded THEN coalesce(given, :unnamed) ELSE '' END AS who
FROM (
  SELECT a.*, m.value IS NOT NULL AS shared, coalesce(m.given_names > :crowd, FALSE) AS crowded
  FROM (
    SELECT c.choice, c.contact_kind, c.contact, c.channel, c.purpose, c.time, r.source, r.record_key AS key,
      c.column_name, CAST(NULL AS BIGINT) AS event, c.record, CAST(NULL AS BIGINT) AS person, c.given
    FROM _consent_records AS c JOIN person_records AS r ON r.record = c.record
    UNION ALL
    SELECT c.choice, c.contact_kind, c.contact, c.channel, c.purpose, c.time, e.source, e.event_key, NULL, c.event,
      NULL, t.person, NULL
    FROM _consent_events AS c JOIN events AS e ON e.event = c.event JOIN timeline_rows AS t ON t.event = c.event
  ) AS a
  LEFT JOIN _consent_crowds AS m ON m.kind = a.contact_kind AND m.value = a.contact
) AS c
"""

#: Every choice, and the one that is in force in its place.
_RANKED = """
SELECT *, row_number() OVER latest AS turn, first_value(choice) OVER latest AS in_force
FROM _consent_choices
WINDOW latest AS (
  PARTITION BY contact_kind, contact, CASE WHEN contact IS NULL THEN source END,
    CASE WHEN contact IS NULL THEN key END, channel, purpose, who
  ORDER BY who = :unnamed AND choice = 'denied' DESC, time DESC NULLS LAST, choice, source, key,
    column_name NULLS FIRST, event NULLS FIRST
)
"""

_IN_FORCE = """
WITH withdrawn AS (
  SELECT DISTINCT source, key, column_name, event, channel, purpose, time FROM _consent_ranked
  WHERE choice = 'denied' AND in_force = 'granted'
)
SELECT r.*, row_number() OVER () AS number, w.source IS NOT NULL AND r.choice = 'denied' AS withdrawn
FROM _consent_ranked AS r
LEFT JOIN withdrawn AS w
  ON w.source = r.source AND w.key = r.key AND w.channel = r.channel AND w.purpose = r.purpose
    AND w.column_name IS NOT DISTINCT FROM r.column_name AND w.event IS NOT DISTINCT FROM r.event
    AND w.time IS NOT DISTINCT FROM r.time
WHERE r.turn = 1
"""

_HOLDERS = """
SELECT DISTINCT c.kind, c.value, p.person
FROM contact_points AS c JOIN persons AS p ON p.profile_id = c.profile_id
WHERE (c.kind, c.value) IN (SELECT contact_kind, contact FROM _consents_in_force)
"""

#: Every choice with those who made it, and those who have its contact point. What an event says without a name is a
#: word of whoever has the contact point alone.
_CONSENTS = """
SELECT o.person, n.profile_id, o.own, f.choice, f.contact_kind, f.contact, f.channel, f.purpose, f.time, f.source,
  f.key, f.column_name, f.event, f.who, f.withdrawn
FROM (
  SELECT number, person, bool_or(own) AS own
  FROM (
    SELECT f.number, p.person, TRUE AS own
    FROM _consents_in_force AS f JOIN person_records AS p ON p.record = f.record
    UNION ALL
    SELECT number, person, TRUE FROM _consents_in_force WHERE person IS NOT NULL
    UNION ALL
    SELECT f.number, h.person, f.event IS NOT NULL AND NOT f.shared
    FROM _consents_in_force AS f JOIN _consent_holders AS h ON h.kind = f.contact_kind AND h.value = f.contact
  ) AS w
  GROUP BY number, person
) AS o
JOIN _consents_in_force AS f ON f.number = o.number
JOIN persons AS n ON n.person = o.person
"""

_BOUNCED = """
SELECT i.value AS contact, max(e.time) AS since
FROM events AS e JOIN event_identifiers AS i ON i.event = e.event AND i.kind = 'email'
WHERE :bounced AND e.time IS NOT NULL AND i.value IS NOT NULL GROUP BY i.value
"""

#: E-mails from which the last thing that came was an error.
_UNREACHABLE = """
SELECT 'email' AS contact_kind, b.contact, 'bounced' AS reason, b.since
FROM _bounced AS b
LEFT JOIN (
  SELECT i.value AS contact, max(e.time) AS alive
  FROM event_identifiers AS i JOIN events AS e ON e.event = i.event
  WHERE i.kind = 'email' AND e.direction = 'in' AND :alive AND i.value IN (SELECT contact FROM _bounced)
  GROUP BY i.value
) AS a ON a.contact = b.contact
WHERE a.alive IS NULL OR a.alive < b.since
"""
