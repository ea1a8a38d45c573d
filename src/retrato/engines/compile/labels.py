"""Labels as relations: pairs and known people that somebody gave, to labelled pairs of record numbers."""

from __future__ import annotations

from retrato.engines.compile.template import Node, tree

#: `label_rows(a, b, same)` from `labels(source_a, key_a, source_b, key_b, label)`; NULL where a record is not known.
PAIR_ROWS = """
SELECT CAST(least(x.record, y.record) AS INTEGER) AS a, CAST(greatest(x.record, y.record) AS INTEGER) AS b,
  l.label = 'same' AS same, x.record IS NOT NULL AND y.record IS NOT NULL AS known
FROM labels l
LEFT JOIN records x ON x.source = l.source_a AND x.record_key = l.key_a
LEFT JOIN records y ON y.source = l.source_b AND y.record_key = l.key_b
"""

#: What is wrong with `label_rows`; a pair with both labels counts once.
PAIR_PROBLEMS = """
SELECT count(*) FILTER (NOT known) AS unknown, count(*) FILTER (known AND a = b) AS own,
  (SELECT count(*) FROM
    (SELECT a, b FROM label_rows WHERE known AND a <> b GROUP BY a, b HAVING min(same) <> max(same)))
  AS contradictory
FROM label_rows
"""

#: `labelled(a, b, same)`: each pair once, without those that have both labels.
LABELLED_BY_PAIRS = """
SELECT a, b, min(same) AS same FROM label_rows WHERE known AND a <> b GROUP BY a, b HAVING min(same) = max(same)
"""

#: `known_rows(record, person)` from `labels(source, record_key, person)`.
PEOPLE_ROWS = """
SELECT r.record, l.person FROM labels l
LEFT JOIN records r ON r.source = l.source AND r.record_key = l.record_key
"""

#: What is wrong with `known_rows`; a record with several people counts once.
PEOPLE_PROBLEMS = """
SELECT count(*) FILTER (record IS NULL) AS unknown, CAST(0 AS BIGINT) AS own,
  (SELECT count(*) FROM (
    SELECT record FROM known_rows WHERE record IS NOT NULL GROUP BY record HAVING min(person) <> max(person)))
  AS contradictory
FROM known_rows
"""


def labelled_by_people(*, across_sources: bool) -> Node:
    """`labelled(a, b, same)` from `known_rows`: all pairs of one person, and the candidate pairs of two."""
    return tree(
        """
        WITH known AS (
          SELECT record, min(person) AS person FROM known_rows WHERE record IS NOT NULL
          GROUP BY record HAVING min(person) = max(person))
        SELECT CAST(x.record AS INTEGER) AS a, CAST(y.record AS INTEGER) AS b, TRUE AS same
        FROM known x JOIN known y ON x.person = y.person AND x.record < y.record
        JOIN records l ON l.record = x.record JOIN records r ON r.record = y.record
        WHERE l.source <> r.source OR :anywhere
        UNION ALL
        SELECT p.a, p.b, FALSE FROM comparison_vectors p JOIN known x ON x.record = p.a JOIN known y ON y.record = p.b
        WHERE x.person <> y.person
        """,
        anywhere=not across_sources,
    )


#: How many labels there are, and how many are of candidate pairs.
COUNTS = """
SELECT count(*) FILTER (l.same) AS same, count(*) FILTER (NOT l.same) AS different,
  count(*) FILTER (l.same AND p.a IS NULL) AS same_never_compared,
  count(*) FILTER (NOT l.same AND p.a IS NULL) AS different_never_compared
FROM labelled l LEFT JOIN comparison_vectors p ON p.a = l.a AND p.b = l.b
"""


#: The candidate pairs that have labels, and what is counted of their patterns.
LABELLED_PAIRS = "SELECT v.*, l.same FROM comparison_vectors v JOIN labelled l ON l.a = v.a AND l.b = v.b"
LABELS = {"same": "count(*) FILTER (same)", "different": "count(*) FILTER (NOT same)"}
