"""The figures of a manager as relations. Described in `retrato.profiles.metrics`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from retrato.engines.compile.purchases import in_parts, total
from retrato.engines.compile.template import among, column, tree
from retrato.profiles.context import COMPLAINT
from retrato.profiles.interaction import PARTS
from retrato.profiles.metrics import ASKS, DONE, LEAST_PURCHASES, MOST_PATHS, REPLIES, REPLY_DAYS, SILENCE, Z

if TYPE_CHECKING:
    from collections.abc import Collection

    from retrato.engines.compile.identities import Steps


def metric_steps(known: Collection[str]) -> Steps:
    """The steps that make `metric_<name>` for every name of `retrato.profiles.metrics.METRICS`, after `context_steps`.

    `known` are the columns of `profiles`.

    >>> [name for name, _ in metric_steps([]) if not name.startswith("_")][:2]
    ['metric_summary', 'metric_channels']
    """
    number = exp.Literal.number
    kind, parts = column("kind", "e"), number(PARTS)
    doubt = {
        name: tree("coalesce(1 - :c, 0)", c=column(of, "p")) if of in known else number(0)
        for name, of in (("q", "expected_recall"), ("e", "expected_precision"))
    }
    return (
        ("_metric_customers", tree(_CUSTOMERS, z=number(Z), **doubt)),
        ("_metric_risk", tree(_RISK, least=number(LEAST_PURCHASES), silence=number(SILENCE))),
        ("_metric_said", tree(_SAID, said=in_parts("e.satisfaction"))),
        ("metric_summary", tree(_SUMMARY, complaint=COMPLAINT, parts=parts)),
        (
            "_metric_responses",
            tree(_RESPONSES, days=number(REPLY_DAYS), asks=among(kind, ASKS), replies=among(kind, REPLIES)),
        ),
        ("_metric_tickets", tree(_TICKETS, complaint=COMPLAINT, done=among(column("state", "t"), DONE))),
        ("metric_channels", tree(_CHANNELS, parts=parts)),
        ("metric_overlap", tree(_OVERLAP, most=number(MOST_PATHS))),
        ("metric_paths", tree(_PATHS, most=number(MOST_PATHS))),
        ("metric_first_touch", tree(_FIRST_TOUCH)),
        ("metric_value", tree(_VALUE, spent=total("p.amount"))),
        ("metric_retention", tree(_RETENTION)),
        ("metric_rfm", tree(_RFM, total=total("spent"))),
    )


#: Shares are added as whole millionths, so that a sum does not depend on the order.
_CUSTOMERS = """
SELECT CAST(round(profiles - q + e) AS BIGINT) AS customers,
  CAST(greatest(1, floor(profiles - more_q + less_e - :z * sqrt(spread))) AS BIGINT) AS low,
  CAST(ceil(profiles - less_q + more_e + :z * sqrt(spread)) AS BIGINT) AS high
FROM (
  SELECT count(*) AS profiles, sum(CAST(q * 1000000 AS BIGINT)) / 1000000.0 AS q,
    sum(CAST(e * 1000000 AS BIGINT)) / 1000000.0 AS e,
    sum(CAST(2 * q / (1 + q) * 1000000 AS BIGINT)) / 1000000.0 AS more_q,
    sum(CAST(q / (2 - q) * 1000000 AS BIGINT)) / 1000000.0 AS less_q,
    sum(CAST(2 * e / (1 + e) * 1000000 AS BIGINT)) / 1000000.0 AS more_e,
    sum(CAST(e / (2 - e) * 1000000 AS BIGINT)) / 1000000.0 AS less_e,
    sum(CAST((q * (1 - q) + e * (1 - e)) * 1000000 AS BIGINT)) / 1000000.0 AS spread
  FROM (SELECT CAST(:q AS DOUBLE) AS q, CAST(:e AS DOUBLE) AS e FROM profiles AS p) AS d
) AS s
"""

#: Those who have bought often enough to know how often, and have been silent for long.
_RISK = """
SELECT g.person
FROM (
  SELECT person, median(gap) AS gap, max(time) AS last_at, count(*) AS purchases
  FROM (
    SELECT person, time, date_diff('second', lag(time) OVER (PARTITION BY person ORDER BY time, event), time) AS gap
    FROM purchases WHERE time IS NOT NULL
  ) AS p
  GROUP BY person
) AS g CROSS JOIN (SELECT max(last_at) AS now FROM contexts) AS n
WHERE g.purchases >= :least AND g.gap > 0 AND date_diff('second', g.last_at, n.now) > :silence * g.gap
"""

_SUMMARY = """
WITH c AS (
  SELECT count(*) AS profiles, count(*) FILTER (WHERE interactions > 0) AS active,
    count(*) FILTER (WHERE purchases > 0) AS buyers, count(*) FILTER (WHERE purchases > 1) AS again,
    count(*) FILTER (WHERE open_tickets > 0) AS complaining, count(preferred_channel) AS preferring,
    sum(answered) AS answered, sum(contacts) AS contacts, count(*) FILTER (WHERE open_carts > 0) AS carts
  FROM contexts
), s AS (
  SELECT coalesce(sum(said), 0) AS said, coalesce(sum(answers), 0) AS answers FROM _metric_said
)
SELECT place, metric, CAST(value AS DOUBLE) AS value, CAST(low AS DOUBLE) AS low, CAST(high AS DOUBLE) AS high
FROM (
  SELECT 1 AS place, 'records' AS metric, count(*) AS value, NULL AS low, NULL AS high FROM records
  UNION ALL SELECT 2, 'profiles', profiles, NULL, NULL FROM c
  UNION ALL SELECT 3, 'customers', customers, low, high FROM _metric_customers
  UNION ALL SELECT 4, 'households', count(DISTINCT household_id), NULL, NULL FROM persons
  UNION ALL SELECT 5, 'active', active, NULL, NULL FROM c
  UNION ALL SELECT 6, 'buyers', buyers, NULL, NULL FROM c
  UNION ALL SELECT 7, 'repeat_purchase_share', again / nullif(buyers, 0), NULL, NULL FROM c
  UNION ALL SELECT 8, 'at_risk', count(*), NULL, NULL FROM _metric_risk
  UNION ALL SELECT 9, 'open_complaints', count(*), NULL, NULL FROM threads
    WHERE is_open AND thread_kind = :complaint AND profile_id IS NOT NULL
  UNION ALL SELECT 10, 'customers_complaining', complaining, NULL, NULL FROM c
  UNION ALL SELECT 11, 'open_carts', carts, NULL, NULL FROM c
  UNION ALL SELECT 12, 'answered_share', answered / nullif(contacts, 0), NULL, NULL FROM c
  UNION ALL SELECT 13, 'preferred_channel_known', preferring, NULL, NULL FROM c
  UNION ALL SELECT 14, 'satisfaction', said / (nullif(answers, 0) * :parts), NULL, NULL FROM s
  UNION ALL SELECT 15, 'satisfaction_answers', answers, NULL, NULL FROM s
) AS m
"""

#: Minutes from the first that was asked to the answer on the same channel.
_RESPONSES = """
SELECT channel, count(*) AS asked, count(*) FILTER (WHERE soon) AS replied,
  median(date_diff('minute', asked, replied)) FILTER (WHERE soon) AS minutes
FROM (
  SELECT channel, min(time) FILTER (WHERE NOT reply) AS asked, max(time) FILTER (WHERE reply) AS replied,
    coalesce(replied <= asked + INTERVAL (:days) DAY, FALSE) AS soon
  FROM (
    SELECT *, count(*) FILTER (WHERE reply) OVER (
        PARTITION BY person, channel ORDER BY time, event ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS turn
    FROM (
      SELECT e.person, e.channel, e.time, e.event, e.direction = 'out' AS reply FROM told_events AS e
      WHERE e.time IS NOT NULL AND e.channel IS NOT NULL
        AND ((e.direction = 'in' AND :asks) OR (e.direction = 'out' AND :replies))
    ) AS m
  ) AS g
  GROUP BY person, channel, turn
) AS r
WHERE asked IS NOT NULL GROUP BY channel
"""

_TICKETS = """
SELECT t.channels[1] AS channel, count(*) AS tickets, count(*) FILTER (WHERE :done) AS resolved,
  median(date_diff('minute', t.started_at, t.last_at)) FILTER (WHERE :done) AS minutes
FROM threads AS t WHERE t.thread_kind = :complaint AND t.profile_id IS NOT NULL GROUP BY ALL
"""

_SAID = """
SELECT e.channel, count(*) AS answers, sum(:said) AS said
FROM events AS e JOIN timeline_rows AS a ON a.event = e.event AND a.duplicate_of IS NULL
WHERE e.satisfaction IS NOT NULL GROUP BY e.channel
"""

_CHANNELS = """
SELECT c.channel, c.customers, c.touches, c.contacts, c.answered,
  CAST(c.answered AS DOUBLE) / nullif(c.contacts, 0) AS answered_share, coalesce(r.asked, 0) AS asked,
  coalesce(r.replied, 0) AS replied, r.minutes AS response_minutes, coalesce(t.tickets, 0) AS tickets,
  coalesce(t.resolved, 0) AS resolved, t.minutes / 60 AS resolution_hours,
  CAST(s.said / (s.answers * :parts) AS DOUBLE) AS satisfaction, coalesce(s.answers, 0) AS satisfaction_answers
FROM (
  SELECT channel, count(*) AS customers, CAST(sum(touches) AS BIGINT) AS touches,
    CAST(sum(contacts) AS BIGINT) AS contacts, CAST(sum(answered) AS BIGINT) AS answered
  FROM channels GROUP BY channel
) AS c
LEFT JOIN _metric_responses AS r ON r.channel = c.channel
LEFT JOIN _metric_tickets AS t ON t.channel = c.channel
LEFT JOIN _metric_said AS s ON s.channel = c.channel
"""

_OVERLAP = """
SELECT channels, count(*) AS customers
FROM (SELECT person, list(channel ORDER BY channel) AS channels FROM channels GROUP BY person) AS c
GROUP BY channels
QUALIFY row_number() OVER (ORDER BY count(*) DESC, channels) <= :most
"""

_PATHS = """
SELECT path, conversion, count(*) AS journeys, count(DISTINCT person) AS customers, median(touches) AS touches,
  median(date_diff('day', started_at, ended_at)) AS days
FROM journeys WHERE conversion IS NOT NULL
GROUP BY path, conversion
QUALIFY row_number() OVER (ORDER BY count(*) DESC, path, conversion) <= :most
"""

_FIRST_TOUCH = """
SELECT j.first_channel AS channel, j.first_campaign AS campaign, j.first_referrer AS referrer, count(*) AS customers,
  count(*) FILTER (WHERE c.purchases > 0) AS buyers
FROM journeys AS j JOIN contexts AS c ON c.person = j.person
WHERE j.journey = 1 GROUP BY ALL
"""

_VALUE = """
SELECT j.first_channel AS channel, p.currency, count(DISTINCT p.person) AS customers, count(*) AS purchases,
  :spent AS spent, :spent / count(DISTINCT p.person) AS spent_per_customer
FROM purchases AS p LEFT JOIN (SELECT person, first_channel FROM journeys WHERE journey = 1) AS j ON j.person = p.person
WHERE p.amount IS NOT NULL GROUP BY ALL
"""

_RETENTION = """
WITH bought AS (
  SELECT DISTINCT person, CAST(date_trunc('month', time) AS DATE) AS month FROM purchases WHERE time IS NOT NULL
), cohorts AS (
  SELECT person, min(month) AS cohort FROM bought GROUP BY person
)
SELECT c.cohort, CAST(date_diff('month', c.cohort, b.month) AS INTEGER) AS months, count(*) AS active, s.customers
FROM bought AS b JOIN cohorts AS c ON c.person = b.person
JOIN (SELECT cohort, count(*) AS customers FROM cohorts GROUP BY cohort) AS s ON s.cohort = c.cohort
GROUP BY c.cohort, months, s.customers
"""

_RFM = """
SELECT recency, frequency, monetary, currency, count(*) AS customers,
  :total AS spent
FROM (
  SELECT currency, spent,
    CAST(ceil(5 * cume_dist() OVER (PARTITION BY currency ORDER BY last_purchase_at)) AS INTEGER) AS recency,
    CAST(ceil(5 * cume_dist() OVER (PARTITION BY currency ORDER BY purchases)) AS INTEGER) AS frequency,
    CAST(ceil(5 * cume_dist() OVER (PARTITION BY currency ORDER BY spent)) AS INTEGER) AS monetary
  FROM contexts WHERE spent IS NOT NULL AND last_purchase_at IS NOT NULL
) AS r
GROUP BY recency, frequency, monetary, currency
"""
