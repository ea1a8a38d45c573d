"""Survivorship as relations: every value that a profile's records hold, ranked, with its provenance.

The rules are described in `retrato.profiles.survivorship`. A *candidate* is a distinct usable value of a profile for
one attribute, kind and namespace. Each strategy is a number, smaller is better; the rule of an attribute puts these
numbers in order.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from retrato.engines.compile.template import Node, among, choice, query, table, tree
from retrato.profiles.survivorship import (
    ANY_ATTRIBUTE,
    CONTENT,
    CURRENT_VERSION,
    DOUBT,
    ESSENTIAL_PARTS,
    IN_WORDS,
    NOT_RANKED,
    ONLY_VALUE,
    PINNED,
    SEVERAL_AT_ONCE,
    VOTES,
    Strategy,
    SurvivorshipRule,
    effective_rules,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from retrato.engines.compile.identities import Steps

#: Strategy to number, smaller is better.
_MEASURES: Mapping[Strategy, str] = {
    Strategy.VERIFIED_FIRST: "unverified",
    Strategy.COMPLETE_FIRST: "incomplete",
    Strategy.MOST_RECENT: "coalesce(-epoch_us(observed_at), 9223372036854775807)",
    Strategy.MOST_FREQUENT: "-agreement",
    Strategy.SOURCE_PRIORITY: "priority",
    Strategy.LONGEST: "-octet_length(encode(value))",
}
#: The keys that candidates are ordered by, as many as a rule can have strategies.
_KEYS = tuple(f"key_{position}" for position in range(len(Strategy)))


def person_steps() -> Steps:
    """The steps that number profiles, in order: `persons(person, profile_id, household_id)` and `person_records(record,
    person, profile_id, source, record_key)`; from `assignments` and `records`.

    >>> [name for name, _ in person_steps()]
    ['persons', 'person_records']
    """
    return (("persons", tree(_PERSONS)), ("person_records", tree(_PERSON_RECORDS)))


def value_steps(rules: Sequence[SurvivorshipRule] = ()) -> Steps:
    """The steps that rank the values of `identifiers`, after `person_steps`, by the given rules and the defaults.

    They read `pins(source, record_key, attribute, value, pin)`, where the larger number counts more, and make
    `value_slots` and `value_marks`, which `values` reads. Tables whose name begins with `_` are
    intermediate; `_value_ranks` serves `retrato.engines.compile.portraits`.

    >>> [name for name, _ in value_steps() if not name.startswith("_")]
    ['value_slots', 'value_marks']
    """
    chosen = effective_rules(rules)
    return (
        ("value_slots", tree(_SLOTS)),
        ("_value_claims", tree(_CLAIMS, priority=_priority(chosen), incomplete=_incomplete())),
        ("_value_candidates", tree(_CANDIDATES, **_literals(VOTES))),
        ("_value_counts", tree(_COUNTS)),
        ("_value_rivals", tree(_RIVALS, in_words=among(exp.column("kind"), IN_WORDS))),
        ("_value_agreement", tree(_AGREEMENT)),
        ("_value_contests", tree(_CONTESTS, **_keys(chosen))),
        (
            "_value_ranked",
            tree(
                _RANKED,
                rule=_deciding(chosen),
                only_value=ONLY_VALUE,
                doubt=DOUBT,
                several=among(exp.column("kind"), SEVERAL_AT_ONCE),
            ),
        ),
        ("_value_golden", tree(_GOLDEN)),
        ("_value_ranks", tree(_RANKS)),
        ("value_marks", tree(_MARKS, not_ranked=NOT_RANKED)),
    )


def values(identifiers: str) -> exp.Query:
    """The query for `values`, after `value_steps`: every value of every record, ranked, with its provenance.

    `values` has one row for every row of the table `identifiers`, or of a part of it: `profile_id, attribute, kind,
    namespace, rank, golden, value, raw, parts, status, source, record_key, version, column_name, observed_at, support,
    confidence, rule`, and before them the numbers that put them in order: `person, slot, record, column_rank`.

    - `rank` numbers the distinct values of a profile, attribute, kind and namespace; NULL for placeholders and the
      like.
    - `golden` marks one row of the first: the one that the value, and all its parts, are taken from.
    - `support` is the number of distinct records of the profile that hold the very value, in their current version (in
      a superseded one when no current version does).
    - `confidence` is the share of the votes that the value has, 0 to 1, when half a record's vote is set aside for
      "none of these": a record that says a valid value has 10/10 of a vote, a possible one 6/10, an invalid one 2/10,
      and half of that for a superseded version. Where a person can have several at once, other values do not count
      against it.
    - `rule` is the strategy that put the golden value before the next one, or another value behind the one before.

    No order of rows is promised.

    >>> values("identifiers").named_selects[:4]
    ['person', 'slot', 'record', 'column_rank']
    """
    return query(_VALUES, identifiers=table(identifiers, "i"))


def _number(value: int) -> Node:
    return exp.Literal.number(value)


def _literals(values: Mapping[str, int]) -> dict[str, Node]:
    return {name: _number(value) for name, value in values.items()}


def _priority(rules: Mapping[str, SurvivorshipRule]) -> Node:
    """The place of a row's source in the rule of its attribute."""
    by_attribute = {
        name: choice(
            exp.column("source"),
            _literals({source: place for place, source in enumerate(rule.sources)}),
            _number(len(rule.sources)),
        )
        for name, rule in rules.items()
    }
    default = by_attribute.pop(ANY_ATTRIBUTE)
    return choice(exp.column("attribute"), by_attribute, default)


def _incomplete() -> Node:
    """1 for a value that lacks an essential part, else 0."""
    lacking = {}
    for kind, groups in ESSENTIAL_PARTS.items():
        missing = [
            exp.and_(*(tree("coalesce(parts ->> :path, '') = ''", path=f"$.{part}") for part in group))
            for group in groups
        ]
        lacking[kind] = exp.Case().when(exp.or_(*missing), _number(1)).else_(_number(0))
    return choice(exp.column("kind"), lacking, _number(0))


def _keys(rules: Mapping[str, SurvivorshipRule]) -> dict[str, Node]:
    """For each key, the number that the rule of the attribute puts there."""
    nodes = {}
    for position, key in enumerate(_KEYS):
        at = {
            name: tree(_MEASURES[rule.strategy[position]]) if position < len(rule.strategy) else _number(0)
            for name, rule in rules.items()
        }
        default = at.pop(ANY_ATTRIBUTE)
        nodes[key] = choice(exp.column("attribute"), at, default)
    return nodes


def _deciding(rules: Mapping[str, SurvivorshipRule]) -> Node:
    """The name of the first thing in which a candidate and its neighbour differ."""
    case = exp.Case().when(tree("pin <> other_pin"), exp.Literal.string(PINNED))
    case = case.when(tree("superseded <> other_superseded"), exp.Literal.string(CURRENT_VERSION))
    for position, key in enumerate(_KEYS):
        at = {
            name: exp.Literal.string(rule.strategy[position].value)
            for name, rule in rules.items()
            if position < len(rule.strategy)
        }
        default = at.pop(ANY_ATTRIBUTE, exp.Literal.string(CONTENT))
        differs = exp.NEQ(this=exp.column(key), expression=exp.column(f"other_{key}"))
        case = case.when(differs, choice(exp.column("attribute"), at, default))
    return case.else_(exp.Literal.string(CONTENT))


_PERSONS = """
SELECT row_number() OVER (ORDER BY profile_id) AS person, profile_id, household_id
FROM (SELECT profile_id, min(household_id) AS household_id FROM assignments GROUP BY profile_id) AS d
"""

_PERSON_RECORDS = """
SELECT a.record, p.person, p.profile_id, r.source, r.record_key
FROM assignments AS a JOIN persons AS p ON p.profile_id = a.profile_id JOIN records AS r ON r.record = a.record
"""

#: The things that values compete for inside a profile, numbered in order, by mapped column and namespace. `column_rank`
#: is the place of a column's name among all names.
_SLOTS = """
SELECT column_no, column_name, attribute, kind, namespace,
  CAST(dense_rank() OVER (ORDER BY attribute, kind, namespace) AS INTEGER) AS slot,
  CAST(dense_rank() OVER (ORDER BY column_name) AS INTEGER) AS column_rank
FROM (
  SELECT DISTINCT column_no, attribute, kind, coalesce(namespace, '') AS namespace, column_name FROM identifiers
) AS s
"""

#: Every value, with what single rows know of the strategies; `value` is NULL where it cannot be ranked.
_CLAIMS = """
SELECT person, slot, record, version, column_no, column_rank, ordinal, value, observed_at, unverified, superseded,
  pin, :priority AS priority, :incomplete AS incomplete
FROM (
  SELECT p.person, s.slot, i.record, i.version, i.column_no, s.column_rank, i.ordinal, i.attribute, i.kind, i.parts,
    CASE WHEN i.status NOT IN ('placeholder', 'missing') THEN i.value END AS value, p.source, i.observed_at,
    CASE i.status WHEN 'valid' THEN 0 WHEN 'possible' THEN 1 ELSE 2 END AS unverified,
    CASE WHEN i.version > 0 THEN 1 ELSE 0 END AS superseded, coalesce(n.pin, 0) AS pin
  FROM identifiers AS i
  JOIN person_records AS p ON p.record = i.record
  JOIN value_slots AS s ON s.column_no = i.column_no AND s.namespace = coalesce(i.namespace, '')
  LEFT JOIN pins AS n ON n.source = p.source AND n.record_key = p.record_key AND n.value = i.value AND n.attribute =
    CASE WHEN s.namespace IN ('', s.attribute) THEN s.attribute ELSE concat(s.attribute, '.', s.namespace) END
) AS c
"""

#: Candidates and their votes in twentieths.
_CANDIDATES = """
WITH held AS (
  SELECT person, slot, value, record, min(superseded) AS superseded, min(unverified) AS unverified,
    max(observed_at) AS observed_at, min(priority) AS priority, min(incomplete) AS incomplete, max(pin) AS pin
  FROM _value_claims WHERE value IS NOT NULL GROUP BY person, slot, value, record
), candidates AS (
  SELECT person, slot, value, min(superseded) AS superseded, min(unverified) AS unverified,
    max(observed_at) AS observed_at, min(priority) AS priority, min(incomplete) AS incomplete, max(pin) AS pin,
    CAST(CASE WHEN min(superseded) = 0 THEN sum(1 - superseded) ELSE count(*) END AS INTEGER) AS support
  FROM held GROUP BY person, slot, value
)
SELECT *, CAST(support AS BIGINT) * (2 - superseded)
  * (CASE unverified WHEN 0 THEN :valid WHEN 1 THEN :possible ELSE :invalid END) AS votes
FROM candidates
"""

_COUNTS = """
SELECT person, slot, count(*) AS candidates, CAST(sum(votes) AS BIGINT) AS all_votes
FROM _value_candidates GROUP BY person, slot
"""

#: Candidates that have rivals. Values in words are compared without accents and case.
_RIVALS = """
SELECT c.*, s.attribute, s.kind, n.all_votes, CASE WHEN :in_words THEN strip_accents(lower(c.value))
  ELSE c.value END AS folded
FROM _value_candidates AS c
JOIN _value_counts AS n ON n.person = c.person AND n.slot = c.slot AND n.candidates > 1
JOIN (SELECT DISTINCT slot, attribute, kind FROM value_slots) AS s ON s.slot = c.slot
"""

#: How many records agree with each: for a name also those with a shorter form of it.
_AGREEMENT = """
WITH names AS (
  SELECT person, slot, superseded, value, support, string_split(folded, ' ') AS words FROM _value_rivals
    WHERE kind = 'name'
)
SELECT n.person, n.slot, n.value, CAST(sum(m.support) AS BIGINT) AS agreement
FROM names AS n
JOIN names AS m ON m.person = n.person AND m.slot = n.slot AND m.superseded = n.superseded AND list_has_all(n.words,
  m.words)
GROUP BY n.person, n.slot, n.value
UNION ALL
SELECT person, slot, value, CAST(sum(support) OVER (PARTITION BY person, slot, superseded,
  folded) AS BIGINT) AS agreement
FROM _value_rivals WHERE kind <> 'name'
"""

_CONTESTS = """
SELECT person, slot, attribute, kind, value, unverified, superseded, support, votes, all_votes, pin,
  :key_0 AS key_0, :key_1 AS key_1, :key_2 AS key_2, :key_3 AS key_3, :key_4 AS key_4, :key_5 AS key_5
FROM (
  SELECT r.*, a.agreement
  FROM _value_rivals AS r JOIN _value_agreement AS a ON a.person = r.person AND a.slot = r.slot AND a.value = r.value
) AS d
"""

_RANKED = """
WITH ordered AS (
  SELECT *, row_number() OVER best AS rank,
    coalesce(lag(pin) OVER best, lead(pin) OVER best) AS other_pin,
    coalesce(lag(superseded) OVER best, lead(superseded) OVER best) AS other_superseded,
    coalesce(lag(key_0) OVER best, lead(key_0) OVER best) AS other_key_0,
    coalesce(lag(key_1) OVER best, lead(key_1) OVER best) AS other_key_1,
    coalesce(lag(key_2) OVER best, lead(key_2) OVER best) AS other_key_2,
    coalesce(lag(key_3) OVER best, lead(key_3) OVER best) AS other_key_3,
    coalesce(lag(key_4) OVER best, lead(key_4) OVER best) AS other_key_4,
    coalesce(lag(key_5) OVER best, lead(key_5) OVER best) AS other_key_5
  FROM _value_contests
  WINDOW best AS (
    PARTITION BY person, slot ORDER BY pin DESC, superseded, key_0, key_1, key_2, key_3, key_4, key_5, value
  )
)
SELECT person, slot, value, unverified, support, CAST(rank AS INTEGER) AS rank, :rule AS rule,
  votes / (CASE WHEN :several THEN votes ELSE all_votes END + 2.0 * :doubt) AS confidence
FROM ordered
UNION ALL
SELECT c.person, c.slot, c.value, c.unverified, c.support, 1, :only_value, c.votes / (c.votes + 2.0 * :doubt)
FROM _value_candidates AS c
JOIN _value_counts AS n ON n.person = c.person AND n.slot = c.slot AND n.candidates = 1
"""

#: The row that a golden value is taken from: a current one, from the source with priority, the newest.
_GOLDEN = """
SELECT c.person, c.slot, c.record, c.version, c.column_no, c.ordinal
FROM _value_claims AS c
JOIN _value_ranked AS k ON k.person = c.person AND k.slot = c.slot AND k.value = c.value AND k.rank = 1
QUALIFY row_number() OVER (
  PARTITION BY c.person, c.slot
  ORDER BY c.superseded, c.unverified, c.incomplete, c.priority, c.observed_at DESC NULLS LAST, c.record, c.version,
    c.column_rank, c.ordinal
) = 1
"""

_RANKS = """
SELECT k.*, g.record, g.version, g.column_no, g.ordinal
FROM _value_ranked AS k LEFT JOIN _value_golden AS g ON k.rank = 1 AND g.person = k.person AND g.slot = k.slot
"""

#: What is known of every row of `identifiers`, by what tells it from the others, and the numbers that put it in order.
_MARKS = """
SELECT c.record, c.version, c.column_no, c.ordinal, c.person, c.slot, c.column_rank, k.rank,
  coalesce(k.record = c.record AND k.version = c.version AND k.column_no = c.column_no AND k.ordinal = c.ordinal, FALSE)
    AS golden,
  k.support, k.confidence, coalesce(k.rule, :not_ranked) AS rule
FROM _value_claims AS c
LEFT JOIN _value_ranks AS k ON k.person = c.person AND k.slot = c.slot AND k.value = c.value
"""

_VALUES = """
SELECT m.person, m.slot, m.record, m.column_rank,
  p.profile_id, s.attribute, s.kind, s.namespace, m.rank, m.golden, i.value, i.raw, i.parts, i.status, p.source,
  p.record_key, i.version, s.column_name, i.observed_at, m.support, m.confidence, m.rule
FROM :identifiers
JOIN value_marks AS m ON m.record = i.record AND m.version = i.version AND m.column_no = i.column_no
  AND m.ordinal = i.ordinal
JOIN person_records AS p ON p.record = i.record
JOIN value_slots AS s ON s.column_no = i.column_no AND s.slot = m.slot
"""
