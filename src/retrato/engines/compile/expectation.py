"""What is expected of profiles: how precise and how complete they are, by the probabilities of pairs."""

from __future__ import annotations

from sqlglot import exp

from retrato.engines.compile.template import query
from retrato.matching.model import BIT, units

#: Less likely pairs than this, in units, are not expected to be missed.
_LEAST_EXPECTED = units(-10)
#: Probabilities are added as whole parts of this.
_WHOLE = 1 << 30

#: What is expected of every cluster, `found` and `missed` pairs of one person, beside its records and their pairs.
_EXPECTED = """
WITH apart AS (
  SELECT x.cluster AS one, y.cluster AS other,
    CAST(round(:whole / (1 + pow(2.0, -s.weight / :bit))) AS BIGINT) AS chance
  FROM scores s JOIN clusters x ON x.record = s.a JOIN clusters y ON y.record = s.b
  LEFT JOIN decided d ON d.a = s.a AND d.b = s.b
  WHERE s.weight > :least AND s.rule IS NULL AND d.decision IS NULL AND y.cluster - x.cluster <> 0
)
SELECT c.profile_id, c.records, c.records * (c.records - 1) / 2 AS pairs, e.pairs AS found,
  coalesce(m.missed, 0) / :whole AS missed
FROM (
  SELECT x.cluster, min(a.profile_id) AS profile_id, CAST(count(*) AS DOUBLE) AS records
  FROM clusters x JOIN assignments a ON a.record = x.record GROUP BY x.cluster
) c JOIN expected_pairs e ON e.cluster = c.cluster
LEFT JOIN (
  SELECT cluster, sum(chance) AS missed
  FROM (SELECT one AS cluster, chance FROM apart UNION ALL SELECT other, chance FROM apart) GROUP BY cluster
) m ON m.cluster = c.cluster
"""


def expected() -> exp.Query:
    """`profile_id, records, pairs, found, missed`: what the probabilities of links and of other pairs add up to."""
    return query(_EXPECTED, whole=float(_WHOLE), bit=float(BIT), least=exp.convert(_LEAST_EXPECTED))


#: Expected precision over the pairs of a profile, and which share of a person's records it is expected to hold: each of
#: its records misses so many others on average.
CERTAINTY = """
SELECT profile_id, round(CASE WHEN pairs = 0 THEN 1 ELSE found / pairs END, 6) AS expected_precision,
  round(records / (records + missed / records), 6) AS expected_recall
FROM expected
"""
#: The same over all pairs of a result.
EXPECTED_OF_ALL = """
SELECT round(CASE WHEN sum(pairs) = 0 THEN 1 ELSE sum(found) / sum(pairs) END, 4) AS expected_precision,
  round(CASE WHEN sum(found) + sum(missed) = 0 THEN 1 ELSE sum(found) / (sum(found) + sum(missed) / 2) END, 4)
    AS expected_recall
FROM (
  SELECT CAST(found AS DECIMAL(28, 6)) AS found, CAST(missed AS DECIMAL(28, 6)) AS missed,
    CAST(pairs AS DECIMAL(28, 6)) AS pairs
  FROM expected
)
"""
#: Where no model gives probabilities.
NO_CERTAINTY = """
SELECT profile_id, CAST(NULL AS DOUBLE) AS expected_precision, CAST(NULL AS DOUBLE) AS expected_recall
FROM assignments WHERE FALSE
"""
