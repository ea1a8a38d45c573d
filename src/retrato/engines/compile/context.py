"""What is known of every customer, as relations. Described in `retrato.profiles.context`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from retrato.engines.compile.preferences import preference_steps
from retrato.engines.compile.purchases import in_parts, purchase_steps, total
from retrato.engines.compile.template import Node, among, column, tree
from retrato.profiles.context import ASKS_FOR_CALL, CALLS, COMPLAINT, SIGNED, SPOKEN, STEADY
from retrato.profiles.threads import CONVERSATION

if TYPE_CHECKING:
    from retrato.engines.compile.identities import Steps


def context_steps(time_zone: str = "UTC") -> Steps:
    """The steps that make `channels`, `purchases` and `contexts` of all profiles, after `row_steps`, `thread_steps` and
    the table `values`.

    `contexts` has the columns of `retrato.profiles.context.Context.row`, and before them `person`.

    >>> [name for name, _ in context_steps() if not name.startswith("_")]
    ['channels', 'purchases', 'contexts']
    """
    kind = column("kind", "e")
    return (
        *preference_steps(time_zone),
        *purchase_steps(),
        ("_context_uses", tree(_USES)),
        ("_context_spoken", tree(_SPOKEN, spoken=among(kind, SPOKEN))),
        ("_context_threads", tree(_THREADS, complaint=COMPLAINT, conversation=CONVERSATION, signed=SIGNED)),
        ("_context_calls", tree(_CALLS, asks=among(kind, ASKS_FOR_CALL), calls=among(kind, CALLS))),
        ("_context_bought", tree(_BOUGHT, spent=total("amount"))),
        ("_context_said", tree(_SAID, said=in_parts("e.satisfaction"))),
        ("_context_languages", tree(_LANGUAGES)),
        ("contexts", tree(_CONTEXTS, trend=_trend())),
    )


def _trend() -> Node:
    """How the last answer compares with the mean of those before."""
    return tree(
        """
        CASE WHEN coalesce(s.answers, 0) < 2 THEN NULL
          WHEN abs(s.last * (s.answers - 1) - s.before) * :steady <= abs(s.before) THEN 'steady'
          WHEN s.last * (s.answers - 1) > s.before THEN 'up' ELSE 'down' END
        """,
        steady=exp.Literal.number(STEADY),
    )


_USES = """
SELECT person, CAST(sum(touches) AS INTEGER) AS interactions, min(first_at) AS first_at, max(last_at) AS last_at,
  max(last_in_at) AS last_in_at, max(last_out_at) AS last_out_at,
  max(struct_pack(t := last_at, c := channel)).c AS last_channel
FROM channels GROUP BY person
"""

#: When somebody last spoke with the customer.
_SPOKEN = """
SELECT e.person, max(e.time) AS spoken
FROM told_events AS e
WHERE :spoken GROUP BY e.person
"""

_THREADS = """
SELECT person, CAST(count(*) FILTER (WHERE waiting) AS INTEGER) AS open_threads,
  CAST(count(*) FILTER (WHERE waiting AND thread_kind = 'cart') AS INTEGER) AS open_carts,
  CAST(count(*) FILTER (WHERE waiting AND thread_kind = :complaint) AS INTEGER) AS open_tickets,
  min(last_at) FILTER (WHERE waiting AND thread_kind = :conversation AND last_direction = 'in') AS unanswered_since,
  CAST(count(*) FILTER (WHERE state = :signed) AS INTEGER) AS contracts
FROM (
  SELECT t.owner AS person, t.thread_kind, t.state, t.last_at, t.last_direction,
    t.is_open AND NOT coalesce(t.thread_kind = :conversation AND t.last_at < s.spoken, FALSE) AS waiting
  FROM threads AS t LEFT JOIN _context_spoken AS s ON s.person = t.owner
  WHERE t.owner >= 0
) AS w
GROUP BY person
"""

#: Since when somebody waits for a call.
_CALLS = """
SELECT person, min(time) FILTER (WHERE asks AND (called IS NULL OR told > called)) AS call_back_since
FROM (
  SELECT *, max(CASE WHEN calls THEN told END) OVER (PARTITION BY person) AS called
  FROM (
    SELECT e.person, e.time, struct_pack(t := coalesce(e.time, TIMESTAMP '9999-12-31'), e := e.event) AS told,
      :calls AS calls, :asks AND e.direction = 'in' AS asks
    FROM told_events AS e
    WHERE :calls OR :asks
  ) AS c
) AS w
GROUP BY person
"""

#: Purchases in the currency that most of them are in.
_BOUGHT = """
SELECT person, CAST(sum(purchases) AS INTEGER) AS purchases, max(last_at) AS last_purchase_at,
  max(currency) FILTER (WHERE place = 1) AS currency, max(spent) FILTER (WHERE place = 1) AS spent
FROM (
  SELECT *, row_number() OVER (PARTITION BY person ORDER BY purchases DESC, currency NULLS LAST) AS place
  FROM (
    SELECT person, currency, count(*) AS purchases, max(time) AS last_at,
      :spent AS spent
    FROM purchases GROUP BY person, currency
  ) AS c
) AS p
GROUP BY person
"""

_SAID = """
SELECT person, CAST(count(*) AS INTEGER) AS answers, max(satisfaction) FILTER (WHERE back = 1) AS satisfaction,
  CAST(max(said) FILTER (WHERE back = 1) AS HUGEINT) AS last, coalesce(sum(said) FILTER (WHERE back > 1), 0) AS before
FROM (
  SELECT e.person, e.satisfaction, :said AS said,
    row_number() OVER (PARTITION BY e.person ORDER BY e.time IS NULL DESC, e.time DESC, e.event DESC) AS back
  FROM told_events AS e
  WHERE e.satisfaction IS NOT NULL
) AS s
GROUP BY person
"""

_LANGUAGES = """
SELECT person, min(value) AS language FROM main."values" WHERE attribute = 'language' AND golden GROUP BY person
"""

_CONTEXTS = """
SELECT n.person, n.profile_id, coalesce(u.interactions, 0) AS interactions, u.first_at, u.last_at, u.last_channel,
  u.last_in_at, u.last_out_at, coalesce(t.open_threads, 0) AS open_threads, coalesce(t.open_carts, 0) AS open_carts,
  coalesce(t.open_tickets, 0) AS open_tickets, t.unanswered_since, c.call_back_since,
  coalesce(p.contacts, 0) AS contacts, coalesce(p.answered, 0) AS answered, p.channel AS preferred_channel,
  p.preferred_contacts, p.preferred_answered, CAST(p.hours_from AS INTEGER) AS hours_from,
  CAST(p.hours_until AS INTEGER) AS hours_until, p.answers_in_hours, l.language,
  coalesce(b.purchases, 0) AS purchases, b.last_purchase_at, b.spent, b.currency,
  coalesce(t.contracts, 0) AS contracts, s.satisfaction, coalesce(s.answers, 0) AS satisfaction_answers,
  :trend AS satisfaction_trend
FROM persons AS n
LEFT JOIN _context_uses AS u ON u.person = n.person
LEFT JOIN _context_threads AS t ON t.person = n.person
LEFT JOIN _context_calls AS c ON c.person = n.person
LEFT JOIN _preferences AS p ON p.person = n.person
LEFT JOIN _context_bought AS b ON b.person = n.person
LEFT JOIN _context_said AS s ON s.person = n.person
LEFT JOIN _context_languages AS l ON l.person = n.person
"""
