"""Purchases as relations. Described in `retrato.profiles.purchases`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from retrato.engines.compile.template import Node, among, column, tree
from retrato.profiles.interaction import PARTS
from retrato.profiles.purchases import BUYING, UNDONE

if TYPE_CHECKING:
    from retrato.engines.compile.identities import Steps


def purchase_steps() -> Steps:
    """The steps that make `purchases` of all profiles, after `row_steps` and `thread_steps`.

    `purchases`: `profile_id, time, amount, currency, thread, channel, place, event, source`, and before them `person`.

    >>> [name for name, _ in purchase_steps()][-1]
    'purchases'
    """
    buying, undone = among(column("kind", "e"), BUYING), among(column("state", "t"), UNDONE)
    return (
        ("_purchase_events", tree(_EVENTS, buying=buying)),
        ("purchases", tree(_PURCHASES, undone=undone)),
    )


def in_parts(amount: str) -> Node:
    """An amount (a column, of a table alias) in whole parts, as `retrato.profiles.interaction.parts`.

    >>> in_parts("p.amount").sql()
    'CAST(FLOOR(p.amount * 10000 + 0.5) AS BIGINT)'
    """
    return tree("CAST(floor(:c * :parts + 0.5) AS BIGINT)", c=exp.to_column(amount), parts=exp.Literal.number(PARTS))


def total(amount: str) -> Node:
    """The sum of such amounts, whatever their order."""
    return tree("sum(:c) / CAST(:parts AS DOUBLE)", c=in_parts(amount), parts=exp.Literal.number(PARTS))


#: Orders and payments, numbered within their thread.
_EVENTS = """
SELECT *, CASE WHEN thread_scope IS NULL THEN 1 ELSE row_number() OVER (
    PARTITION BY person, thread, thread_scope ORDER BY time NULLS LAST, event) END AS turn
FROM (
  SELECT e.person, e.event, e.time, CASE WHEN e.thread_scope IS NOT NULL THEN e.thread END AS thread, e.thread_scope,
    e.channel, e.place, e.source, e.amount, e.currency
  FROM told_events AS e
  WHERE :buying
) AS b
"""

_PURCHASES = """
SELECT p.person, n.profile_id, p.time, CASE WHEN p.thread IS NULL THEN p.amount ELSE t.amount END AS amount,
  CASE WHEN p.thread IS NULL THEN p.currency ELSE nullif(t.currency, '') END AS currency, p.thread, p.channel, p.place,
  p.event, p.source
FROM _purchase_events AS p
JOIN persons AS n ON n.person = p.person
LEFT JOIN threads AS t ON t.owner = p.person AND t.thread = p.thread AND coalesce(t.source, '') = p.thread_scope
WHERE p.turn = 1 AND NOT coalesce(:undone, FALSE)
"""
