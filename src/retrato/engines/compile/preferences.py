"""Channels, answers and preferences as relations. Described in `retrato.profiles.preferences`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from retrato.engines.compile.template import Node, among, column, tree
from retrato.profiles.preferences import (
    ANSWER_DAYS,
    ANSWERS,
    CONTACTS,
    HOURS,
    LEAST_ANSWERS,
    LEAST_FOR_HOURS,
    MOST,
    NO_USE,
    TAKEN,
    Z2,
)

if TYPE_CHECKING:
    from retrato.engines.compile.identities import Steps


def preference_steps(time_zone: str = "UTC") -> Steps:
    """The steps that make `channels` and `_preferences(person, …)` of all profiles, after `row_steps`.

    `channels`: `profile_id, channel, touches, contacts, answered, first_at, last_at, last_in_at, last_out_at`, and
    before them `person`.

    >>> [name for name, _ in preference_steps() if not name.startswith("_")]
    ['channels']
    """
    number = exp.Literal.number
    kind = column("kind", "e")
    return (
        (
            "_uses",
            tree(_USES, contacts=among(kind, CONTACTS), answers=among(kind, ANSWERS), no_use=among(kind, NO_USE)),
        ),
        ("_answers", tree(_ANSWERS, taken=TAKEN, days=number(ANSWER_DAYS))),
        ("channels", tree(_CHANNELS)),
        ("_preferred", tree(_PREFERRED, score=_score(), least=number(LEAST_ANSWERS))),
        ("_hours", tree(_HOURS, zone=time_zone, hours=number(HOURS))),
        (
            "_preferences",
            tree(_PREFERENCES, hours=number(HOURS), least=number(LEAST_FOR_HOURS), most=number(MOST)),
        ),
    )


def _score() -> Node:
    """The lower end of Wilson's interval for `answered` of `contacts`."""
    return tree(
        "(answered + :z2 / 2 - sqrt(:z2) * sqrt(answered * (contacts - answered) / CAST(contacts AS DOUBLE) + :z2 / 4))"
        " / (contacts + :z2)",
        z2=tree("CAST(:z2 AS DOUBLE)", z2=exp.Literal.number(Z2)),
    )


_USES = """
SELECT e.person, e.event, e.time, e.channel, e.kind, e.direction,
  coalesce(e.direction = 'out' AND :contacts, FALSE) AS contact,
  coalesce(e.direction = 'in' AND :answers, FALSE) AS answer
FROM told_events AS e
WHERE e.time IS NOT NULL AND e.channel IS NOT NULL AND NOT coalesce(:no_use, FALSE)
"""

#: The time of each answer.
_ANSWERS = """
SELECT person, channel, CASE WHEN kind = :taken THEN time ELSE next_time END AS time
FROM (
  SELECT *, lead(answer) OVER in_time AS next_answers, lead(time) OVER in_time AS next_time
  FROM _uses WHERE contact OR answer
  WINDOW in_time AS (PARTITION BY person, channel ORDER BY time, event)
) AS u
WHERE contact AND (kind = :taken OR (next_answers AND next_time <= time + INTERVAL (:days) DAY))
"""

_CHANNELS = """
SELECT u.person, n.profile_id, u.channel, u.touches, u.contacts, CAST(coalesce(a.answered, 0) AS INTEGER) AS answered,
  u.first_at, u.last_at, u.last_in_at, u.last_out_at
FROM (
  SELECT person, channel, CAST(count(*) AS INTEGER) AS touches,
    CAST(count(*) FILTER (WHERE contact) AS INTEGER) AS contacts, min(time) AS first_at, max(time) AS last_at,
    max(time) FILTER (WHERE direction = 'in') AS last_in_at, max(time) FILTER (WHERE direction = 'out') AS last_out_at
  FROM _uses GROUP BY person, channel
) AS u
JOIN persons AS n ON n.person = u.person
LEFT JOIN (SELECT person, channel, count(*) AS answered FROM _answers GROUP BY person, channel) AS a
  ON a.person = u.person AND a.channel = u.channel
"""

_PREFERRED = """
SELECT person, channel, contacts, answered FROM channels WHERE answered >= :least
QUALIFY row_number() OVER (PARTITION BY person ORDER BY :score DESC, answered DESC, channel) = 1
"""

#: The first of the hours in a row that hold the most answers.
_HOURS = """
SELECT person, start, CAST(held AS INTEGER) AS held
FROM (
  SELECT person, (hour - shift + 24) % 24 AS start, sum(answers) AS held
  FROM (
    SELECT person, hour(timezone(:zone, timezone('UTC', time))) AS hour, count(*) AS answers FROM _answers GROUP BY ALL
  ) AS h CROSS JOIN generate_series(0, :hours - 1) AS s(shift)
  GROUP BY ALL
) AS w
QUALIFY row_number() OVER (PARTITION BY person ORDER BY held DESC, start) = 1
"""

_PREFERENCES = """
SELECT c.person, c.contacts, c.answered, p.channel, p.contacts AS preferred_contacts,
  p.answered AS preferred_answered, c.answered >= :least AND h.held >= :most * c.answered AS sure,
  CASE WHEN sure THEN h.start END AS hours_from, CASE WHEN sure THEN (h.start + :hours) % 24 END AS hours_until,
  CASE WHEN sure THEN h.held END AS answers_in_hours
FROM (
  SELECT person, CAST(sum(contacts) AS INTEGER) AS contacts, CAST(sum(answered) AS INTEGER) AS answered
  FROM channels GROUP BY person
) AS c
LEFT JOIN _preferred AS p ON p.person = c.person
LEFT JOIN _hours AS h ON h.person = c.person
"""
