"""Contact points: who holds each phone, address and the like after clustering, and what that makes of it.

What the classes mean is described in `retrato.profiles.contact_points`. The times are those of records, not of
interactions: an interaction was often attached by the very value that is asked about.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from retrato.engines.compile.linking import FIRST_SEEN
from retrato.engines.compile.template import Node, among, choice, column, tree
from retrato.identifiers.address import NO_STREET
from retrato.identifiers.email import ROLE
from retrato.identifiers.value_sets import BLOCKED
from retrato.profiles.contact_points import FEW, LINES, REASONS, REST_DAYS, ContactClass

if TYPE_CHECKING:
    from collections.abc import Collection

    from retrato.engines.compile.identities import Steps


def contact_point_steps(kinds: Collection[str], known: Collection[str]) -> Steps:
    """The steps that make `contact_points` from `identifiers`, `records`, `assignments` and `features`.

    `kinds` are those of contact points, `known` the columns of `features`. Tables whose name begins with `_` are
    intermediate.

    >>> [name for name, _ in contact_point_steps(["email"], ["given_root"])][-1]
    'contact_points'
    """
    nothing = tree("CAST(NULL AS VARCHAR)")
    of_person = {
        name: column(key, "f") if key in known else nothing
        for name, key in (
            ("given", "given_root"),
            ("family", "family_name"),
            ("birth", "birth_date"),
            ("postcode", "postcode"),
        )
    }
    wanted = among(column("kind", "i"), kinds)
    counted = {
        name: column(name, "v") if key in known else tree("CAST(NULL AS BIGINT)")
        for name, key in (("given_names", "given_root"), ("birth_dates", "birth_date"))
    }
    rest = exp.Interval(this=exp.Literal.string(str(REST_DAYS)), unit=exp.var("DAY"))
    return (
        ("_contact_versions", tree(_VERSIONS)),
        ("_contact_found", tree(_POINTS_FOUND, wanted=wanted)),
        ("_contact_lines", tree(_LINES)),
        ("_contact_claims", tree(_CLAIMS, seen=tree(FIRST_SEEN), **_issues())),
        ("_contact_held", tree(_HELD, **of_person)),
        ("_contact_counts", tree(_COUNTS)),
        ("_contact_values", tree(_VALUES)),
        ("_contact_owners", tree(_OWNERS)),
        ("_contact_owner_names", tree(_OWNER_NAMES)),
        ("_contact_latest", tree(_LATEST)),
        ("_contact_turns", tree(_TURNS, rest=rest)),
        ("_contact_recycled", tree(_RECYCLED, few=FEW)),
        ("_contact_classes", tree(_CLASSES, few=FEW, line=among(column("kind", "v"), LINES), **_class_names())),
        ("contact_points", tree(_POINTS, reason=_reason(), recycled=ContactClass.RECYCLED.value, **counted)),
    )


def _issues() -> dict[str, Node]:
    """Whether a row of `identifiers i` has each of the issues that matter."""
    return {
        f"has_{code}": tree("coalesce(contains(' ' || i.issues || ' ', :code), FALSE)", code=f" {code} ")
        for code in (ROLE.code, BLOCKED.code, "shared_by_many", NO_STREET.code)
    }


def _class_names() -> dict[str, Node]:
    return {each.value: exp.Literal.string(each.value) for each in ContactClass}


def _reason() -> Node:
    """The sentence of the reason, with its numbers."""
    sentences = {}
    for name, sentence in REASONS.items():
        pieces: list[Node] = []
        for number, piece in enumerate(sentence.split("|")):  # every second piece is the name of a column
            text = tree("CAST(:c AS VARCHAR)", c=column(piece, "v")) if number % 2 else exp.Literal.string(piece)
            pieces.append(text)
        sentences[name] = exp.Anonymous(this="concat", expressions=pieces)
    return choice(column("why", "c"), sentences)


#: When each version of a record was replaced by the next: NULL for the current one.
_VERSIONS = """
SELECT record, version, lag(observed_at) OVER (PARTITION BY record ORDER BY version) AS replaced_at
FROM (
  SELECT DISTINCT i.record, i.version, i.observed_at
  FROM identifiers i JOIN records r ON r.record = i.record WHERE r.versions > 1
)
"""

#: Every value that is a contact point, by number.
_POINTS_FOUND = """
SELECT kind, namespace, value, row_number() OVER () AS point
FROM (
  SELECT DISTINCT i.kind, coalesce(i.namespace, '') AS namespace, i.value FROM identifiers i
  WHERE :wanted AND i.value IS NOT NULL AND i.status IN ('valid', 'possible', 'placeholder')
)
"""

#: What kind of line each phone number is: mobile, fixed_line, …
_LINES = """
SELECT i.value, min(i.parts ->> 'type') AS line
FROM identifiers i WHERE i.kind = 'phone' AND i.status = 'valid' GROUP BY i.value
"""

#: The records that hold each value, or did once.
_CLAIMS = """
SELECT p.point, i.record, min(:seen) AS first_seen, max(i.observed_at) AS last_seen,
  bool_or(i.version = 0) AS current, max(w.replaced_at) AS replaced_at,
  bool_or(i.status = 'placeholder') AS placeholder, bool_or(:has_role) AS role, bool_or(:has_blocked) AS blocked,
  bool_or(:has_shared_by_many) AS crowded
FROM identifiers i
JOIN _contact_found p ON p.kind = i.kind AND p.namespace = coalesce(i.namespace, '') AND p.value = i.value
JOIN records r ON r.record = i.record
LEFT JOIN _contact_versions w ON i.version > 0 AND w.record = i.record AND w.version = i.version
WHERE i.status IN ('valid', 'possible', 'placeholder') AND NOT :has_no_street
GROUP BY p.point, i.record
"""

#: With what is known of those records.
_HELD = """
SELECT c.*, a.profile_id, a.household_id, :given AS given, :family AS family, :birth AS birth, :postcode AS postcode
FROM _contact_claims c JOIN assignments a ON a.record = c.record JOIN features f ON f.record = c.record
"""

#: What differs among the records of a value is only counted where there are several.
_COUNTS = """
SELECT point, count(DISTINCT profile_id) AS profiles, count(DISTINCT household_id) AS households,
  count(DISTINCT coalesce(household_id, profile_id)) AS homes, count(DISTINCT given) AS given_names,
  count(DISTINCT family) AS family_names, count(DISTINCT postcode) AS postcodes, count(DISTINCT birth) AS birth_dates
FROM _contact_held
WHERE point IN (SELECT point FROM _contact_claims GROUP BY point HAVING count(*) > 1) GROUP BY point
"""

_VALUES = """
SELECT p.*, h.records, h.placeholder, h.role, h.blocked, h.crowded, coalesce(n.profiles, 1) AS profiles,
  coalesce(n.households, h.households) AS households, coalesce(n.homes, 1) AS homes,
  coalesce(n.given_names, h.given_names) AS given_names, coalesce(n.family_names, h.family_names) AS family_names,
  CASE WHEN p.kind = 'address' THEN 0 ELSE coalesce(n.postcodes, h.postcodes) END AS postcodes,
  coalesce(n.birth_dates, h.birth_dates) AS birth_dates
FROM (
  SELECT point, count(*) AS records, bool_or(placeholder) AS placeholder, bool_or(role) AS role,
    bool_or(blocked) AS blocked, bool_or(crowded) AS crowded, count(household_id) AS households,
    count(given) AS given_names, count(family) AS family_names, count(postcode) AS postcodes,
    count(birth) AS birth_dates
  FROM _contact_held GROUP BY point
) h JOIN _contact_found p ON p.point = h.point LEFT JOIN _contact_counts n ON n.point = h.point
"""

#: What each profile has of each value; nobody owns a placeholder.
_OWNERS = """
SELECT v.point, CASE WHEN v.placeholder THEN NULL ELSE c.profile_id END AS profile_id,
  CASE WHEN v.placeholder THEN NULL ELSE min(c.household_id) END AS household_id,
  count(*) AS records, min(c.first_seen) AS first_seen, max(c.last_seen) AS last_seen,
  bool_or(c.current) AS current, max(c.replaced_at) AS replaced_at
FROM _contact_held c JOIN _contact_values v ON v.point = c.point
GROUP BY v.point, v.placeholder, CASE WHEN v.placeholder THEN NULL ELSE c.profile_id END
"""

#: Under how many names and postcodes each of several profiles holds a value.
_OWNER_NAMES = """
SELECT c.point, c.profile_id, count(DISTINCT c.given) AS given_names, count(DISTINCT c.family) AS family_names,
  CASE WHEN v.kind = 'address' THEN 0 ELSE count(DISTINCT c.postcode) END AS postcodes
FROM _contact_held c JOIN _contact_values v ON v.point = c.point AND v.profiles > 1
GROUP BY c.point, c.profile_id, v.kind
"""

#: When a profile was last seen with any value of a kind.
_LATEST = """
SELECT v.kind, o.profile_id, max(o.last_seen) AS last_anything
FROM _contact_owners o JOIN _contact_values v ON v.point = o.point
WHERE o.profile_id IN (SELECT profile_id FROM _contact_owner_names) GROUP BY v.kind, o.profile_id
"""

#: The owners of values that several profiles hold, in order of time. Whoever was seen with another value of the kind
#: later, or has replaced this one, has left it.
_TURNS = """
SELECT point, profile_id, given_names, family_names, postcodes, first_seen, last_seen,
  (NOT current AND replaced_at IS NOT NULL) OR last_anything > last_seen AS has_left,
  first_seen >= max(last_seen) OVER (turns ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) + :rest AS rested,
  lead(first_seen) OVER turns AS next_seen, row_number() OVER turns AS turn
FROM (
  SELECT o.*, n.given_names, n.family_names, n.postcodes, k.last_anything
  FROM _contact_owners o
  JOIN _contact_owner_names n ON n.point = o.point AND n.profile_id = o.profile_id
  JOIN _contact_values v ON v.point = o.point
  JOIN _contact_latest k ON k.kind = v.kind AND k.profile_id = o.profile_id
)
WINDOW turns AS (PARTITION BY point ORDER BY first_seen NULLS LAST, last_seen, profile_id)
"""

#: Values that went from hand to hand: dated, each owner but the last gone, a rest in between, and no name or postcode
#: in common.
_RECYCLED = """
SELECT t.point
FROM _contact_turns t JOIN _contact_values v ON v.point = t.point
WHERE v.profiles <= :few AND v.homes = v.profiles
GROUP BY t.point, v.given_names, v.family_names, v.postcodes
HAVING bool_and(t.first_seen IS NOT NULL AND (t.turn = 1 OR coalesce(t.rested, FALSE)))
  AND bool_and(t.next_seen IS NULL OR coalesce(t.has_left, FALSE)) AND sum(t.postcodes) = v.postcodes
  AND bool_and(t.given_names > 0) AND sum(t.given_names) = v.given_names AND sum(t.family_names) = v.family_names
"""

#: The class of every value, and which sentence tells why: two of them are of the class of another.
_CLASSES = """
SELECT point, why,
  CASE WHEN why IN ('blocked', 'crowded') THEN :placeholder WHEN why = 'switchboard' THEN :role ELSE why END AS class
FROM (
  SELECT v.point,
    CASE WHEN v.placeholder AND v.blocked THEN 'blocked' WHEN v.placeholder AND v.crowded THEN 'crowded'
      WHEN v.placeholder THEN :placeholder WHEN v.role THEN :role WHEN v.profiles = 1 THEN :personal
      WHEN v.homes = 1 THEN :household WHEN r.point IS NOT NULL THEN :recycled
      WHEN v.profiles > :few AND v.given_names > :few AND :line THEN 'switchboard' ELSE :shared END AS why
  FROM _contact_values v LEFT JOIN _contact_recycled r ON r.point = v.point
)
"""

_POINTS = """
SELECT v.kind, v.namespace, v.value, c.class, o.profile_id, o.household_id, o.records, o.first_seen, o.last_seen,
  o.first_seen AS valid_from,
  CASE WHEN c.class = :recycled AND t.next_seen IS NOT NULL THEN t.next_seen WHEN NOT o.current THEN o.replaced_at END
    AS valid_to,
  v.records AS all_records, v.profiles, v.households,
  :given_names AS given_names, :birth_dates AS birth_dates,
  l.line, :reason AS reason
FROM _contact_owners o
JOIN _contact_values v ON v.point = o.point
JOIN _contact_classes c ON c.point = o.point
LEFT JOIN _contact_lines l ON l.value = v.value AND v.kind = 'phone'
LEFT JOIN _contact_turns t ON t.point = o.point AND t.profile_id = o.profile_id
"""
