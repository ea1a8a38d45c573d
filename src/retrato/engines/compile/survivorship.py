"""Survivorship as relations: every value that a profile's records hold, ranked, with its provenance.

The rules are described in `retrato.profiles.survivorship`. A *candidate* is a distinct usable value of a profile for one attribute, kind and
namespace. Each strategy is a number, smaller is better; the rule of an attribute puts these numbers in order.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlglot import exp

from retrato.engines.compile.identities import Steps
from retrato.engines.compile.template import tree
from retrato.profiles.survivorship import (
    ANY_ATTRIBUTE,
    CONTENT,
    CURRENT_VERSION,
    DOUBT,
    ESSENTIAL_PARTS,
    NOT_RANKED,
    ONLY_VALUE,
    SEVERAL_AT_ONCE,
    VOTES,
    Strategy,
    SurvivorshipRule,
    effective_rules,
)

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


def value_steps(rules: Sequence[SurvivorshipRule] = ()) -> Steps:
    """The steps that make `values` from `identifiers`, `records` and `assignments`, by the given rules and the defaults.

    `values` has one row for every row of `identifiers`: `profile_id, attribute, kind, namespace, rank, golden, value, raw, parts,
    status, source, record_key, version, column_name, observed_at, support, confidence, rule`.

    - `rank` numbers the distinct values of a profile, attribute, kind and namespace; NULL for placeholders and the like.
    - `golden` marks one row of the first: the one that the value, and all its parts, are taken from.
    - `support` is the number of distinct records of the profile that hold the very value, in their current version (in a superseded
      one when no current version does).
    - `confidence` is the share of the votes that the value has, 0 to 1, when half a record's vote is set aside for "none of
      these": a record that says a valid value has 10/10 of a vote, a possible one 6/10, an invalid one 2/10, and half of that for a
      superseded version. Where a person can have several at once, other values do not count against it.
    - `rule` is the strategy that put the golden value before the next one, or another value behind the one before.

    No order of rows is promised. Tables whose name begins with `_` are intermediate; `_value_candidates` and `_value_ranks`
    serve `retrato.engines.compile.portraits`.

    >>> [name for name, _ in value_steps() if not name.startswith("_")]
    ['values']
    """
    chosen = effective_rules(rules)
    return (
        ("_value_claims", tree(_CLAIMS, priority=_priority(chosen), incomplete=_incomplete())),
        ("_value_candidates", tree(_CANDIDATES, **_literals(VOTES))),
        ("_name_agreement", tree(_NAME_AGREEMENT)),
        ("_value_contests", tree(_CONTESTS, **_keys(chosen))),
        ("_value_ranks", tree(_RANKS, rule=_deciding(chosen), only_value=ONLY_VALUE, doubt=DOUBT, **_several())),
        ("values", tree(_VALUES, not_ranked=NOT_RANKED)),
    )


def _case(subject: str, choices: Mapping[str, exp.Expression], default: exp.Expression) -> exp.Expression:
    """CASE subject WHEN name THEN node … ELSE default END."""
    if not choices:
        return default
    case = exp.Case(this=exp.column(subject))
    for name, node in choices.items():
        case = case.when(exp.Literal.string(name), node)
    return case.else_(default)


def _number(value: int) -> exp.Expression:
    return exp.Literal.number(value)


def _literals(values: Mapping[str, int]) -> dict[str, exp.Expression]:
    return {name: _number(value) for name, value in values.items()}


def _priority(rules: Mapping[str, SurvivorshipRule]) -> exp.Expression:
    """The place of a row's source in the rule of its attribute."""
    by_attribute = {
        name: _case(
            "source", _literals({source: place for place, source in enumerate(rule.sources)}), _number(len(rule.sources))
        )
        for name, rule in rules.items()
    }
    default = by_attribute.pop(ANY_ATTRIBUTE)
    return _case("attribute", by_attribute, default)


def _incomplete() -> exp.Expression:
    """1 for a value that lacks an essential part, else 0."""
    lacking = {}
    for kind, groups in ESSENTIAL_PARTS.items():
        missing = [
            exp.and_(*(tree("coalesce(parts ->> :path, '') = ''", path=f"$.{part}") for part in group)) for group in groups
        ]
        lacking[kind] = exp.Case().when(exp.or_(*missing), _number(1)).else_(_number(0))
    return _case("kind", lacking, _number(0))


def _keys(rules: Mapping[str, SurvivorshipRule]) -> dict[str, exp.Expression]:
    """For each key, the number that the rule of the attribute puts there."""
    nodes = {}
    for position, key in enumerate(_KEYS):
        at = {
            name: tree(_MEASURES[rule.strategy[position]]) if position < len(rule.strategy) else _number(0)
            for name, rule in rules.items()
        }
        default = at.pop(ANY_ATTRIBUTE)
        nodes[key] = _case("attribute", at, default)
    return nodes


def _deciding(rules: Mapping[str, SurvivorshipRule]) -> exp.Expression:
    """The name of the first thing in which a candidate and its neighbour differ."""
    case = exp.Case().when(tree("superseded <> other_superseded"), exp.Literal.string(CURRENT_VERSION))
    for position, key in enumerate(_KEYS):
        at = {
            name: exp.Literal.string(rule.strategy[position].value)
            for name, rule in rules.items()
            if position < len(rule.strategy)
        }
        default = at.pop(ANY_ATTRIBUTE, exp.Literal.string(CONTENT))
        differs = exp.NEQ(this=exp.column(key), expression=exp.column(f"other_{key}"))
        case = case.when(differs, _case("attribute", at, default))
    return case.else_(exp.Literal.string(CONTENT))


def _several() -> dict[str, exp.Expression]:
    names = [exp.Literal.string(name) for name in sorted(SEVERAL_AT_ONCE)]
    return {"several": exp.In(this=exp.column("kind"), expressions=names)}


#: Every value of every record, with what single rows know of the strategies.
_CLAIMS = """
SELECT *, :priority AS priority, :incomplete AS incomplete
FROM (
  SELECT
    a.profile_id, i.record, i.version, i.attribute, i.kind, coalesce(i.namespace, '') AS namespace, i.ordinal,
    i.value, i.raw, i.parts, i.status, r.source, r.record_key, i.column_name, i.observed_at,
    CASE i.status WHEN 'valid' THEN 0 WHEN 'possible' THEN 1 ELSE 2 END AS unverified,
    CASE WHEN i.version > 0 THEN 1 ELSE 0 END AS superseded,
    i.value IS NOT NULL AND i.status NOT IN ('placeholder', 'missing') AS usable
  FROM identifiers AS i
  JOIN assignments AS a ON a.record = i.record
  JOIN records AS r ON r.record = i.record
) AS c
"""

#: Candidates, and how many there are for the same attribute with how many votes (in twentieths).
_CANDIDATES = """
WITH held AS (
  SELECT profile_id, attribute, kind, namespace, value, record, min(superseded) AS superseded, min(unverified) AS unverified,
    max(observed_at) AS observed_at, min(priority) AS priority, min(incomplete) AS incomplete
  FROM _value_claims WHERE usable GROUP BY ALL
), distinct_values AS (
  SELECT profile_id, attribute, kind, namespace, value, min(superseded) AS superseded, min(unverified) AS unverified,
    max(observed_at) AS observed_at, min(priority) AS priority, min(incomplete) AS incomplete,
    CAST(CASE WHEN min(superseded) = 0 THEN sum(1 - superseded) ELSE count(*) END AS INTEGER) AS support
  FROM held GROUP BY ALL
)
SELECT *, count(*) OVER (PARTITION BY profile_id, attribute, kind, namespace) AS candidates,
  CAST(sum(votes) OVER (PARTITION BY profile_id, attribute, kind, namespace) AS BIGINT) AS all_votes
FROM (
  SELECT *, CAST(support AS BIGINT) * (2 - superseded)
    * (CASE unverified WHEN 0 THEN :valid WHEN 1 THEN :possible ELSE :invalid END) AS votes
  FROM distinct_values
) AS d
"""

#: Letters that differ by accent or case alone; what Western European names need.
_FOLDED = """translate(lower(value), 'áàâäãåéèêëíìîïóòôöõúùûüñçýÿ', 'aaaaaaeeeeiiiiooooouuuuncyy')"""

#: A name agrees with every shorter form of it: "Pedro García" speaks for "Pedro García López" as well.
_NAME_AGREEMENT = f"""
WITH names AS (
  SELECT *, string_split({_FOLDED}, ' ') AS words FROM _value_candidates WHERE kind = 'name' AND candidates > 1
)
SELECT n.profile_id, n.attribute, n.namespace, n.value, CAST(sum(m.support) AS BIGINT) AS agreement
FROM names AS n
JOIN names AS m ON m.profile_id = n.profile_id AND m.attribute = n.attribute AND m.namespace = n.namespace
  AND m.superseded = n.superseded AND list_has_all(n.words, m.words)
GROUP BY n.profile_id, n.attribute, n.namespace, n.value
"""

#: Candidates that have rivals, with the keys to order them by.
_CONTESTS = f"""
SELECT profile_id, attribute, kind, namespace, value, unverified, superseded, support, votes, all_votes,
  :key_0 AS key_0, :key_1 AS key_1, :key_2 AS key_2, :key_3 AS key_3, :key_4 AS key_4, :key_5 AS key_5
FROM (
  SELECT c.*, coalesce(n.agreement, c.same) AS agreement
  FROM (
    SELECT *, CAST(sum(support) OVER (
        PARTITION BY profile_id, attribute, kind, namespace, superseded, {_FOLDED}
      ) AS BIGINT) AS same
    FROM _value_candidates WHERE candidates > 1
  ) AS c
  LEFT JOIN _name_agreement AS n ON c.kind = 'name' AND n.profile_id = c.profile_id AND n.attribute = c.attribute
    AND n.namespace = c.namespace AND n.value = c.value
) AS d
"""

_RANKS = """
WITH ordered AS (
  SELECT *, row_number() OVER best AS rank,
    coalesce(lag(superseded) OVER best, lead(superseded) OVER best) AS other_superseded,
    coalesce(lag(key_0) OVER best, lead(key_0) OVER best) AS other_key_0,
    coalesce(lag(key_1) OVER best, lead(key_1) OVER best) AS other_key_1,
    coalesce(lag(key_2) OVER best, lead(key_2) OVER best) AS other_key_2,
    coalesce(lag(key_3) OVER best, lead(key_3) OVER best) AS other_key_3,
    coalesce(lag(key_4) OVER best, lead(key_4) OVER best) AS other_key_4,
    coalesce(lag(key_5) OVER best, lead(key_5) OVER best) AS other_key_5
  FROM _value_contests
  WINDOW best AS (
    PARTITION BY profile_id, attribute, kind, namespace
    ORDER BY superseded, key_0, key_1, key_2, key_3, key_4, key_5, value
  )
), ranked AS (
  SELECT profile_id, attribute, kind, namespace, value, unverified, support, votes, all_votes, rank, :rule AS rule FROM ordered
  UNION ALL
  SELECT profile_id, attribute, kind, namespace, value, unverified, support, votes, all_votes, 1, :only_value
  FROM _value_candidates WHERE candidates = 1
)
SELECT profile_id, attribute, kind, namespace, value, unverified, support, CAST(rank AS INTEGER) AS rank, rule,
  votes / (CASE WHEN :several THEN votes ELSE all_votes END + 2.0 * :doubt) AS confidence
FROM ranked
"""

#: The golden row of a value is a current one, from the source with priority, the newest.
_VALUES = """
SELECT profile_id, attribute, kind, namespace, rank, coalesce(rank = 1 AND turn = 1, FALSE) AS golden, value, raw, parts, status,
  source, record_key, version, column_name, observed_at, support, confidence, rule
FROM (
  SELECT c.*, k.rank, k.support, k.confidence, coalesce(k.rule, :not_ranked) AS rule,
    row_number() OVER (
      PARTITION BY c.profile_id, c.attribute, c.kind, c.namespace, k.rank
      ORDER BY c.superseded, c.unverified, c.incomplete, c.priority, c.observed_at DESC NULLS LAST, c.source, c.record_key,
        c.version, c.column_name, c.ordinal, c.raw
    ) AS turn
  FROM _value_claims AS c
  LEFT JOIN _value_ranks AS k ON c.usable AND k.profile_id = c.profile_id AND k.attribute = c.attribute AND k.kind = c.kind
    AND k.namespace = c.namespace AND k.value = c.value
) AS v
"""
