"""The tables of a result, each as a query over the tables that the stages have made. All are in a fixed order."""

from __future__ import annotations

ASSIGNMENTS = """
SELECT r.source, r.record_key, a.profile_id, a.household_id
FROM assignments a JOIN records r USING (record) ORDER BY r.source, r.record_key
"""

CROSSWALK = """
SELECT r.source, r.record_key, a.profile_id, count(*) OVER (PARTITION BY a.profile_id) AS records_in_profile
FROM assignments a JOIN records r USING (record) WHERE NOT r.key_generated
ORDER BY r.source, r.record_key
"""

HOUSEHOLDS = """
SELECT p.household_id, p.profile_id, p.name, p.address, p.records
FROM profiles p WHERE p.household_id IS NOT NULL ORDER BY p.household_id, p.profile_id
"""

FEATURES = """
SELECT r.source AS source_name, r.record_key, f.*
FROM features f JOIN records r ON r.record = f.record
ORDER BY f.record
"""

LINKS = """
SELECT profile_a AS profile_id, * EXCLUDE (profile_a, profile_b, held_apart_by) FROM links
ORDER BY profile_id, source_a, key_a, source_b, key_b
"""

REVIEW = """
SELECT source_a, key_a, source_b, key_b, profile_a, profile_b, weight_bits, probability, evidence,
  held_apart_by, CAST(NULL AS VARCHAR) AS decision
FROM review ORDER BY weight_bits DESC, source_a, key_a, source_b, key_b
"""

DECISIONS = """
SELECT source_a, key_a, source_b, key_b, decision, attribute, value FROM (
  SELECT x.source AS source_a, x.record_key AS key_a, y.source AS source_b, y.record_key AS key_b, d.decision,
    CAST(NULL AS VARCHAR) AS attribute, CAST(NULL AS VARCHAR) AS value, 0 AS pin, d.a, d.b
  FROM decided d JOIN records x ON x.record = d.a JOIN records y ON y.record = d.b
  UNION ALL SELECT source, record_key, NULL, NULL, 'pin', attribute, value, pin, NULL, NULL FROM pins
) AS d ORDER BY pin, a, b
"""

EVENT_IDENTIFIERS = """
SELECT event, kind, namespace, value, status FROM event_identifiers WHERE value IS NOT NULL
ORDER BY event, kind, namespace, value, status
"""

#: Name of a table of the result to its query.
TABLES = {
    "assignments": ASSIGNMENTS,
    "profiles": "SELECT * FROM profiles ORDER BY profile_id",
    "crosswalk": CROSSWALK,
    # with its schema, for older sqlglot takes a bare "values" for the keyword
    "values": """
        SELECT * EXCLUDE (person, slot, record, column_rank) FROM main."values"
        ORDER BY person, slot, rank NULLS LAST, record, version, column_rank, value, raw
    """,
    "links": LINKS,
    "timeline": """
        SELECT * EXCLUDE (person, number) FROM _timeline ORDER BY person NULLS LAST, time NULLS LAST, number
    """,
    "event_identifiers": EVENT_IDENTIFIERS,
    "threads": """
        SELECT * EXCLUDE (owner) FROM threads
        ORDER BY owner < 0, abs(owner), started_at NULLS LAST, thread, source NULLS FIRST
    """,
    "journeys": "SELECT * EXCLUDE (person) FROM journeys ORDER BY person, journey",
    "hand_overs": "SELECT * EXCLUDE (person) FROM hand_overs ORDER BY person, time, event",
    "channels": "SELECT * EXCLUDE (person) FROM channels ORDER BY person, channel",
    "purchases": "SELECT * EXCLUDE (person) FROM purchases ORDER BY person, time NULLS LAST, event",
    "contexts": "SELECT * EXCLUDE (person) FROM contexts ORDER BY person",
    "metric_summary": "SELECT * EXCLUDE (place) FROM metric_summary ORDER BY place",
    "metric_channels": "SELECT * FROM metric_channels ORDER BY customers DESC, channel",
    "metric_overlap": "SELECT * FROM metric_overlap ORDER BY customers DESC, channels",
    "metric_paths": "SELECT * FROM metric_paths ORDER BY journeys DESC, path, conversion",
    "metric_first_touch": """
        SELECT * FROM metric_first_touch
        ORDER BY customers DESC, channel NULLS LAST, campaign NULLS LAST, referrer NULLS LAST
    """,
    "metric_value": "SELECT * FROM metric_value ORDER BY customers DESC, channel NULLS LAST, currency NULLS LAST",
    "metric_retention": "SELECT * FROM metric_retention ORDER BY cohort, months",
    "metric_rfm": "SELECT * FROM metric_rfm ORDER BY recency DESC, frequency DESC, monetary DESC, currency NULLS LAST",
    "consents": """
        SELECT * EXCLUDE (person) FROM consents
        ORDER BY person, contact_kind NULLS FIRST, contact, channel, purpose, who, own DESC, time, source, key, event
    """,
    "unreachable": "SELECT * FROM unreachable ORDER BY contact_kind, contact",
    "households": HOUSEHOLDS,
    "review": REVIEW,
    "contact_points": """
        SELECT * FROM contact_points ORDER BY kind, namespace, value, first_seen NULLS LAST, last_seen, profile_id
    """,
    "decisions": DECISIONS,
    "changes": "SELECT * FROM changes ORDER BY profile_id, change, other_profile_id NULLS FIRST",
    "household_changes": """
        SELECT * FROM household_changes ORDER BY household_id, change, other_household_id NULLS FIRST
    """,
    "redirects": "SELECT * FROM redirects ORDER BY old_id",
    "rejected": "SELECT * FROM rejected ORDER BY source, file, line, reason, text",
    "quality": "SELECT * FROM quality ORDER BY source, field, column_name",
    "features": FEATURES,
}

#: Views that are made tables before they are put in order, for joining and sorting at once takes too much memory.
MADE_FIRST = {"timeline": "_timeline"}

#: Tables of the engine that queries of later ones read as well.
READ_AGAIN = frozenset({"assignments", "profiles"})
