"""Audiences as relations: whom a campaign reaches, where, and why not the others.

Described in `retrato.profiles.audience`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from retrato.engines.compile.template import Node, among, column, query, tree
from retrato.profiles.audience import MOBILE, AudiencePolicy, Exclusion
from retrato.profiles.consent import CONTACT_OF_CHANNEL, Reach
from retrato.profiles.preferences import CONTACTS

if TYPE_CHECKING:
    from datetime import datetime

    from retrato.engines.compile.identities import Steps

#: Words of the attribute that say that somebody is alive.
_ALIVE = ("", "0", "alive", "f", "false", "falso", "n", "no", "vivo", "viva")
#: Exclusions of a contact point, those first that come closest to reaching somebody.
_OF_POINT = (
    Exclusion.REFUSED,
    Exclusion.UNREACHABLE,
    Exclusion.NOT_AGREED,
    Exclusion.GIVEN_UP,
    Exclusion.NOBODYS,
    Exclusion.NO_MOBILE,
)


def audience_steps(purpose: str, policy: AudiencePolicy, at: datetime) -> Steps:
    """The steps that find whom a campaign may reach, and where.

    They read `asked(profile_id)`, and of the tables of a result `profiles`, `contexts`, `channels`, `consents`,
    `contact_points`, `review`, `unreachable`, `timeline` and `values`. They make:

    - `held_back(profile_id, reason, other)`: who is not contacted at all;
    - `options(profile_id, channel, contact_kind, contact, turn, reason, own, source, key, time)`: every contact point
      on every channel, best first, and why not that one; for those who are not held back.

    >>> from datetime import datetime
    >>> steps = audience_steps("marketing", AudiencePolicy(), datetime(2025, 6, 27))
    >>> [name for name, _ in steps if name[0] != "_"]
    ['held_back', 'options']
    """
    reaches = {
        Reach.PERSON: tree("TRUE"),
        Reach.CHANNEL: tree("c.channel = ''"),
        Reach.CONTACT: tree("FALSE"),
    }
    refused = _reach_there(policy.reach, purpose)
    named = {each.name.lower(): each.value for each in Exclusion}
    offered = exp.values(
        [(name, CONTACT_OF_CHANNEL[name], place) for place, name in enumerate(policy.channels)], alias="o"
    )
    offered.args["alias"].set("columns", [exp.to_identifier(name) for name in ("channel", "kind", "place")])
    since = tree("CAST(:t AS TIMESTAMP) - INTERVAL (:days) DAY", t=_time(at), days=exp.Literal.number(policy.days))
    return (
        ("_opted_out", tree(_OPTED_OUT, purpose=purpose, reaches=reaches[policy.reach])),
        ("_complaining", tree(_COMPLAINING, complaints=exp.convert(policy.complaints))),
        ("_deceased", tree(_DECEASED, deceased=policy.deceased, alive=among(_VALUE, _ALIVE))),
        ("_possible", tree(_POSSIBLE, possible=exp.Literal.number(policy.possible))),
        ("_often", tree(_OFTEN, contacts=among(column("kind", "t"), CONTACTS), since=since, until=_time(at),
                        at_most=exp.Literal.number(-1 if policy.at_most is None else policy.at_most))),
        ("held_back", tree(_HELD_BACK, **named)),
        ("_held_points", tree(_POINTS)),
        ("_words", tree(_WORDS, purpose=purpose)),
        ("_offered", tree("SELECT * FROM :o", o=offered)),
        ("_options", tree(_OPTIONS, mobile=among(column("channel", "o"), MOBILE), **named, **refused)),
        ("options", tree(_RANKED)),
    )  # fmt: skip


_VALUE = tree("lower(v.value)")


def _time(at: datetime) -> Node:
    return exp.Literal.string(at.isoformat(" "))


def _reach_there(reach: Reach, purpose: str) -> dict[str, Node]:
    """Whether the person has denied a channel, where a denial reaches that far alone."""
    if reach is not Reach.CHANNEL:
        return {"denied_channel": tree("FALSE")}
    text = """
    EXISTS (SELECT 1 FROM consents AS c WHERE c.profile_id = p.profile_id AND c.own AND NOT c.withdrawn
      AND c.choice = 'denied' AND c.purpose IN ('', :purpose) AND c.channel = o.channel)
    """
    return {"denied_channel": tree(text, purpose=purpose)}


_OPTED_OUT = """
SELECT DISTINCT c.profile_id FROM consents AS c
WHERE c.own AND NOT c.withdrawn AND c.choice = 'denied' AND c.purpose IN ('', :purpose) AND (:reaches)
"""

_COMPLAINING = "SELECT profile_id FROM contexts WHERE :complaints AND open_tickets > 0"

_DECEASED = """
SELECT DISTINCT v.profile_id FROM main."values" AS v
WHERE v.attribute = :deceased AND v.value IS NOT NULL AND NOT :alive
"""

#: Whoever may be the same as somebody who is left alone.
_POSSIBLE = """
SELECT profile_id, min(other) AS other
FROM (
  SELECT profile_a AS profile_id, profile_b AS other FROM review WHERE probability >= :possible
  UNION ALL
  SELECT profile_b, profile_a FROM review WHERE probability >= :possible
) AS r
WHERE other IN (
  SELECT profile_id FROM _opted_out UNION SELECT profile_id FROM _complaining UNION SELECT profile_id FROM _deceased
)
GROUP BY profile_id
"""

_OFTEN = """
SELECT t.profile_id FROM timeline AS t
WHERE :at_most >= 0 AND t.profile_id IS NOT NULL AND t.direction = 'out' AND :contacts AND t.duplicate_of IS NULL
  AND t.time > :since AND t.time <= CAST(:until AS TIMESTAMP)
GROUP BY t.profile_id HAVING count(*) >= :at_most
"""

_HELD_BACK = """
SELECT a.profile_id, r.reason, r.other
FROM asked AS a
JOIN (
  SELECT profile_id, reason, other,
    row_number() OVER (PARTITION BY profile_id ORDER BY turn) AS place
  FROM (
    SELECT profile_id, :deceased AS reason, CAST(NULL AS VARCHAR) AS other, 1 AS turn FROM _deceased
    UNION ALL SELECT profile_id, :opted_out, NULL, 2 FROM _opted_out
    UNION ALL SELECT profile_id, :complaint, NULL, 3 FROM _complaining
    UNION ALL SELECT profile_id, :possible_match, other, 4 FROM _possible
    UNION ALL SELECT profile_id, :too_often, NULL, 5 FROM _often
  ) AS b
) AS r ON r.profile_id = a.profile_id AND r.place = 1
"""

#: The contact points of those who may be contacted, best first.
_POINTS = """
SELECT u.profile_id, u.kind, u.value, u.place, c.class, c.line, c.valid_to
FROM (
  SELECT profile_id, 'email' AS kind, unnest(emails) AS value, generate_subscripts(emails, 1) AS place FROM profiles
  UNION ALL
  SELECT profile_id, 'phone', unnest(phones), generate_subscripts(phones, 1) FROM profiles
  UNION ALL
  SELECT profile_id, 'device_id', regexp_replace(unnest(device_ids), '^[^:]*:', ''),
    generate_subscripts(device_ids, 1) FROM profiles
  UNION ALL
  SELECT profile_id, 'address', address, 1 FROM profiles WHERE address IS NOT NULL
) AS u
JOIN asked AS a ON a.profile_id = u.profile_id
JOIN (
  SELECT profile_id, kind, value, min(class) AS class, min(line) AS line, max(valid_to) AS valid_to
  FROM contact_points GROUP BY ALL
) AS c ON c.profile_id = u.profile_id AND c.kind = u.kind AND c.value = u.value
WHERE NOT EXISTS (SELECT 1 FROM held_back AS h WHERE h.profile_id = u.profile_id)
"""

#: The last word at each contact point about each channel and purpose.
_WORDS = """
SELECT contact_kind, contact, channel, purpose, choice, source, key, time
FROM consents
WHERE contact IS NOT NULL AND (purpose = :purpose OR (purpose = '' AND choice = 'denied'))
QUALIFY row_number() OVER (
  PARTITION BY contact_kind, contact, channel, purpose ORDER BY time DESC NULLS LAST, choice, source, key
) = 1
"""

_OPTIONS = """
SELECT p.profile_id, o.channel, p.kind AS contact_kind, p.value AS contact, p.place, o.place AS channel_place,
  CASE
    WHEN p.valid_to IS NOT NULL THEN :given_up
    WHEN p.class IN ('placeholder', 'role') THEN :nobodys
    WHEN :mobile AND p.line = 'fixed_line' THEN :no_mobile
    WHEN b.contact IS NOT NULL THEN :unreachable
    WHEN n.contact IS NOT NULL OR :denied_channel THEN :refused
    WHEN y.contact IS NULL THEN :not_agreed
  END AS reason,
  EXISTS (
    SELECT 1 FROM consents AS c WHERE c.profile_id = p.profile_id AND c.own AND c.choice = 'granted'
      AND c.contact_kind = y.contact_kind AND c.contact = y.contact AND c.purpose = y.purpose
      AND c.channel = y.channel
  ) AS own, y.source, y.key, y.time
FROM _held_points AS p
JOIN _offered AS o ON o.kind = p.kind
LEFT JOIN unreachable AS b ON b.contact_kind = p.kind AND b.contact = p.value
LEFT JOIN (
  SELECT DISTINCT w.contact_kind, w.contact, o.channel FROM _words AS w
  JOIN _offered AS o ON o.kind = w.contact_kind AND w.channel IN ('', o.channel)
  WHERE w.choice = 'denied'
) AS n ON n.contact_kind = p.kind AND n.contact = p.value AND n.channel = o.channel
LEFT JOIN (
  SELECT w.contact_kind, w.contact, w.channel, w.purpose, w.source, w.key, w.time, o.channel AS on_channel
  FROM _words AS w JOIN _offered AS o ON o.kind = w.contact_kind AND w.channel IN ('', o.channel)
  WHERE w.choice = 'granted'
  QUALIFY row_number() OVER (
    PARTITION BY w.contact_kind, w.contact, o.channel ORDER BY w.time DESC NULLS LAST, w.channel DESC, w.source, w.key
  ) = 1
) AS y ON y.contact_kind = p.kind AND y.contact = p.value AND y.on_channel = o.channel
"""

_RANKED = """
SELECT o.profile_id, o.channel, o.contact_kind, o.contact, o.reason, o.own, o.source, o.key, o.time,
  row_number() OVER (
    PARTITION BY o.profile_id ORDER BY o.reason IS NOT NULL, x.preferred_channel = o.channel DESC NULLS LAST,
      coalesce(u.answered, 0) DESC, o.channel_place, o.place, o.contact
  ) AS turn
FROM _options AS o
LEFT JOIN contexts AS x ON x.profile_id = o.profile_id
LEFT JOIN channels AS u ON u.profile_id = o.profile_id AND u.channel = o.channel
"""

#: One round: everybody's best contact point that is not taken; of several people who want it, one has it.
ROUND = """
SELECT profile_id, channel, contact_kind, contact, own, source, key, time
FROM (
  SELECT o.*, row_number() OVER (PARTITION BY o.profile_id ORDER BY o.turn) AS wish
  FROM options AS o
  WHERE o.reason IS NULL AND NOT EXISTS (SELECT 1 FROM members AS m WHERE m.profile_id = o.profile_id)
    AND NOT EXISTS (SELECT 1 FROM members AS m WHERE m.contact_kind = o.contact_kind AND m.contact = o.contact)
) AS w
WHERE wish = 1
QUALIFY row_number() OVER (PARTITION BY contact_kind, contact ORDER BY own DESC, profile_id) = 1
"""

#: Those who are not reached, with the reason: of the person, or that of the contact point that comes closest.
_LEFT_OUT = """
SELECT a.profile_id, coalesce(h.reason, b.reason, :no_contact_point) AS reason, coalesce(h.other, b.other) AS other
FROM asked AS a
LEFT JOIN held_back AS h ON h.profile_id = a.profile_id
LEFT JOIN (
  SELECT o.profile_id, CASE WHEN bool_or(o.reason IS NULL) THEN :shared ELSE :worst END AS reason,
    min(m.profile_id) FILTER (WHERE o.reason IS NULL) AS other
  FROM options AS o LEFT JOIN members AS m ON m.contact_kind = o.contact_kind AND m.contact = o.contact
  GROUP BY o.profile_id
) AS b ON b.profile_id = a.profile_id
WHERE NOT EXISTS (SELECT 1 FROM members AS m WHERE m.profile_id = a.profile_id)
"""


def left_out() -> exp.Query:
    """The query for those who are not reached, after the rounds: `profile_id, reason, other`."""
    worst = exp.Case()
    for each in _OF_POINT:
        worst = worst.when(tree("bool_or(o.reason = :reason)", reason=each.value), exp.Literal.string(each.value))
    return query(
        _LEFT_OUT, no_contact_point=Exclusion.NO_CONTACT_POINT.value, shared=Exclusion.SHARED.value, worst=worst
    )


def send_from(at: datetime, quiet: tuple[int, int], zone: str) -> exp.Query:
    """The first moment (UTC) from `at` on that lies outside the quiet hours of a zone."""
    return query(
        _SEND_FROM,
        at=_time(at),
        zone=zone,
        first=exp.Literal.number(quiet[0]),
        last=exp.Literal.number(quiet[1]),
    )


_SEND_FROM = """
SELECT CASE WHEN quiet THEN timezone('UTC', timezone(:zone, ends)) ELSE at END AS send_from
FROM (
  SELECT at, quiet, date_trunc('day', here) + INTERVAL (:last) HOUR
    + CASE WHEN hour(here) >= :last THEN INTERVAL 1 DAY ELSE INTERVAL 0 DAY END AS ends
  FROM (
    SELECT at, here, CASE WHEN :first <= :last THEN hour(here) >= :first AND hour(here) < :last
        ELSE hour(here) >= :first OR hour(here) < :last END AS quiet
    FROM (SELECT CAST(:at AS TIMESTAMP) AS at, timezone(:zone, timezone('UTC', CAST(:at AS TIMESTAMP))) AS here) AS n
  ) AS q
) AS s
"""
