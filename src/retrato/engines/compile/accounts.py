"""Keys of names, e-mail addresses and handles to what user names tell of names (see `matching/accounts.py`)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from retrato.engines.compile.template import Node, column, query, tree
from retrato.matching.accounts import FEWEST_IN_FORM, FEWEST_LETTERS

if TYPE_CHECKING:
    from collections.abc import Collection

    from sqlglot import exp

_LETTERS = """
WITH k AS (
  SELECT *, list_transform(
    list_concat(coalesce(:locals, CAST([] AS VARCHAR[])), coalesce(:handles, CAST([] AS VARCHAR[]))),
    lambda x: regexp_replace(regexp_replace(x, '^[^:]*:', ''), '[^a-z0-9]', '', 'g')
  ) AS written FROM :keys
)
SELECT k.*, list_sort(list_distinct(list_filter(
    list_transform(written, lambda x: regexp_replace(x, '[0-9]', '', 'g')), lambda x: len(x) >= :fewest
  ))) AS names,
  nullif(regexp_replace(split_part(:given, ' ', 1), '[^a-z]', '', 'g'), '') AS first,
  nullif(regexp_replace(:given, '[^a-z]', '', 'g'), '') AS given_all,
  nullif(regexp_replace(:family, '[^a-z]', '', 'g'), '') AS family,
  coalesce(regexp_replace(:second, '[^a-z]', '', 'g'), '') AS second
FROM k
"""
#: A name as people make user names of it; a second surname, or its first letters, may follow.
_FORMS = """
[first || family, given_all || family, left(first, 1) || family, family || first, family || left(first, 1),
 first || family || second, left(first, 1) || family || left(second, 3), :root || family]
"""
_KEYS = """
SELECT * EXCLUDE (written, names, first, given_all, family, second, forms),
  CASE WHEN len(names) > 0 THEN names END AS account_names,
  nullif(
    list_sort(list_distinct(list_filter(written, lambda x: regexp_full_match(x, '.*[a-z]{4}.*[0-9]{2}.*')))),
    CAST([] AS VARCHAR[])
  ) AS numbered_names,
  nullif(
    list_filter(
      names, lambda x: list_contains(forms, x) OR coalesce(len(family) >= :part AND contains(x, family), FALSE)
    ), CAST([] AS VARCHAR[])
  ) AS own_user_names,
  CASE WHEN len(names) > 0 THEN '|' || array_to_string(names, '|') || '|' END AS accounts,
  CASE WHEN len(first) >= 3 THEN first END AS given_letters,
  CASE WHEN len(family) >= 3 THEN family END AS family_letters,
  nullif(
    list_sort(list_distinct(list_filter(list_concat(names, forms), lambda x: len(x) >= :fewest))),
    CAST([] AS VARCHAR[])
  ) AS account_forms,
  CASE WHEN len(first) >= 3 AND len(family) >= 3
    THEN least(left(first, 3), left(family, 3)) || ' ' || greatest(left(first, 3), left(family, 3)) END AS name_starts
FROM (SELECT *, :forms AS forms FROM :letters) AS f
"""


def with_accounts(keys: exp.Query, known: Collection[str]) -> exp.Query:
    """The rows of `keys`, whose columns are `known`, with the derived keys beside them.

    `name_starts` is for blocking: how given name and surname begin, in whichever order they stand.
    """

    def key(name: str) -> Node:
        return column(name, "k") if name in known else tree("CAST(NULL AS VARCHAR)")

    def many(name: str) -> Node:
        return column(name, "k") if name in known else tree("CAST(NULL AS VARCHAR[])")

    letters = query(
        _LETTERS,
        keys=keys.subquery("k", copy=False),
        locals=many("email_local"),
        handles=many("handle"),
        given=key("given_name"),
        family=key("family_name"),
        second=key("second_family_name"),
        fewest=FEWEST_LETTERS,
    )
    root = column("given_root") if "given_root" in known else tree("CAST(NULL AS VARCHAR)")
    return query(
        _KEYS, letters=letters.subquery("l"), forms=tree(_FORMS, root=root), fewest=FEWEST_IN_FORM, part=FEWEST_LETTERS
    )
