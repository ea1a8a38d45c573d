"""Pairs of records to comparison levels.

`features` has a row a record: every matching key (a text, or a list where records have several values), and for the
main key of each feature its band: `<key>_band` for a text, for a list `<key>_codes`, whose numbers carry the band in
their lowest three bits and a hash of the value above, and `<key>_spaces`, the namespaces of the values.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from retrato.engines.compile.similarity import left, measure, measure_column, measures, right, test
from retrato.engines.compile.template import Node, column, table, tree
from retrato.matching.comparisons import BANDS, MISSING, Comparison
from retrato.matching.similarity import keys_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from retrato.matching.comparisons import LookedFor
    from retrato.matching.similarity import Primitive


def level_column(comparison: Comparison) -> str:
    """The name of the level column of a comparison."""
    return f"level_{comparison.feature}"


def _read_columns(comparison: Comparison, lists: Collection[str]) -> tuple[str, ...]:
    tests = (*(level.test for level in comparison.levels), *comparison.silent)
    keys = [comparison.key, *(key for each in tests for key in keys_of(each)), *(comparison.looked_for or ())]
    extra, space = ("codes", "spaces") if comparison.key in lists else ("band", "space")
    spaces = (space,) if comparison.namespaced else ()
    others = (name for other in comparison.instead_of for name in _read_columns(other, lists))
    return (*keys, *(f"{comparison.key}_{name}" for name in (extra, *spaces)), *others)


def _exact_band(comparison: Comparison, lists: Collection[str]) -> Node:
    key = comparison.key
    if comparison.looked_for is not None:
        return tree(
            """
            CASE WHEN :rn IS NULL AND :ro IS DISTINCT FROM :l AND contains(:rt, :l) THEN :lb
              WHEN :ln IS NULL AND :lo IS DISTINCT FROM :r AND contains(:lt, :r) THEN :rb END
            """,
            **_looked_for(key, comparison.looked_for),
            lb=left(f"{key}_band"),
            rb=right(f"{key}_band"),
        )
    if key not in lists:
        return tree("CASE WHEN :l = :r THEN :band END", l=left(key), r=right(key), band=left(f"{key}_band"))
    return tree(
        """
        CASE WHEN len(:l) = 1 AND len(:r) = 1 THEN CASE WHEN :l[1] = :r[1] THEN :l[1] % :bands END
        ELSE list_min(list_transform(list_intersect(:l, :r), lambda c: c % :bands)) END
        """,
        bands=BANDS,
        l=left(f"{key}_codes"),
        r=right(f"{key}_codes"),
    )


def _missing(comparison: Comparison, lists: Collection[str]) -> Node:
    key = comparison.key
    if comparison.looked_for is not None:
        return tree(
            """
            NOT ((:l IS NOT NULL AND :rn IS NULL AND :rt IS NOT NULL AND :ro IS DISTINCT FROM :l)
              OR (:r IS NOT NULL AND :ln IS NULL AND :lt IS NOT NULL AND :lo IS DISTINCT FROM :r))
            """,
            **_looked_for(key, comparison.looked_for),
        )
    missing = tree("(:l IS NULL OR :r IS NULL)", l=left(key), r=right(key))
    for other in comparison.instead_of:
        missing = exp.or_(missing, exp.not_(exp.paren(_missing(other, lists))))
    if not comparison.namespaced:
        return exp.paren(missing)
    if key in lists:
        apart = tree("NOT list_has_any(:l, :r)", l=left(f"{key}_spaces"), r=right(f"{key}_spaces"))
    else:
        apart = tree(":l <> :r", l=left(f"{key}_space"), r=right(f"{key}_space"))
    return tree("(:missing OR :apart)", missing=missing, apart=apart)


def _looked_for(key: str, looked_for: LookedFor) -> dict[str, Node]:
    """The value of each side, its texts, what a side must lack to be looked at, and what the value must not be."""
    lacking, accounts, other = looked_for
    return {
        **{"l": left(key), "r": right(key), "lt": left(accounts), "rt": right(accounts)},
        **{"ln": left(lacking), "rn": right(lacking), "lo": left(other), "ro": right(other)},
    }


def _level(comparison: Comparison, lists: Collection[str]) -> Node:
    case = exp.Case()
    for number, each in enumerate(comparison.levels, BANDS):
        case.when(test(each.test, lists), exp.Literal.number(number), copy=False)
    if comparison.silent:
        says_nothing = exp.or_(*(test(each, lists) for each in comparison.silent))
        silent = exp.Case().when(says_nothing, exp.convert(MISSING), copy=False)
        case.set("ifs", [*silent.args["ifs"], *case.args["ifs"]])
    if comparison.levels:
        fuzzy: Node = case.else_(exp.Literal.number(BANDS + len(comparison.levels)), copy=False)
    else:
        fuzzy = exp.Literal.number(BANDS)
    return tree(
        "CAST(CASE WHEN :missing THEN :none ELSE coalesce(:exact, :fuzzy) END AS TINYINT)",
        missing=_missing(comparison, lists),
        none=MISSING,
        exact=_exact_band(comparison, lists),
        fuzzy=fuzzy,
    )


def compared_pairs(
    pairs: exp.Query,
    comparisons: Sequence[Comparison],
    *,
    lists: Collection[str],
    known: Collection[str],
    kept: Sequence[str],
) -> exp.Select:
    """The `kept` columns of `pairs` (which has the record numbers `a` and `b`) and one level column a comparison.

    `known` are the columns of `features`; a test on a key that the data do not have never holds.
    """
    tests = [level.test for each in comparisons for level in each.levels]
    measured = _with_measures(_joined_pairs(pairs, comparisons, lists, known), tests, lists)
    result = exp.select(*(column(name) for name in kept)).from_(measured.subquery("m", copy=False), copy=False)
    for each in comparisons:
        result.select(exp.alias_(_level(each, lists), level_column(each), quoted=True), copy=False)
    return result


def single_values(key: str, lists: Collection[str], known: Collection[str]) -> exp.Select:
    """`record, text, several` of a column of `features`: the value where there is one, and whether there are several.

    With the `band` of the value, where the key is the main one of a feature, and for a list with its `space`.
    """
    value, many = column(key), key in lists
    text = tree("CASE WHEN len(:c) = 1 THEN :c[1] END", c=value) if many else value
    several = tree("coalesce(len(:c) > 1, FALSE)", c=value) if many else exp.false()
    result = exp.select("record", exp.alias_(text, "text"), exp.alias_(several, "several")).from_(table("features"))
    if f"{key}_codes" in known:
        band = tree("CAST(:c[1] % :bands AS TINYINT)", c=column(f"{key}_codes"), bands=BANDS)
        space = tree(":c[1]", c=column(f"{key}_spaces"))
        return result.select(exp.alias_(band, "band"), exp.alias_(space, "space"))
    if f"{key}_band" in known:
        return result.select(exp.alias_(column(f"{key}_band"), "band"))
    return result


def _joined_pairs(
    pairs: exp.Query, comparisons: Sequence[Comparison], lists: Collection[str], known: Collection[str]
) -> exp.Select:
    """Pairs with the columns of both sides (`l_…`, `r_…`) that the comparisons read, NULL where there are none such."""
    columns = list(dict.fromkeys(name for each in comparisons for name in _read_columns(each, lists)))
    joined = exp.select("p.*").from_(pairs.subquery("p"), copy=False)
    for side in ("l", "r"):
        for name in columns:
            value = column(name, side) if name in known else tree("CAST(NULL AS VARCHAR)")
            joined.select(exp.alias_(value, f"{side}_{name}", quoted=True), copy=False)
    for side, key in (("l", "a"), ("r", "b")):
        joined.join(table("features", side), on=f"{side}.record = p.{key}", copy=False)
    return joined


def _with_measures(joined: exp.Query, tests: Iterable[Primitive], lists: Collection[str]) -> exp.Select:
    """The rows with what the tests measure beside them: each measure is taken once, whatever reads it above."""
    result = exp.select("*").from_(joined.subquery("j", copy=False), copy=False)
    for each in measures(tests):
        name = measure_column(each.name, each.key).name
        result.select(exp.alias_(measure(each, lists), name, quoted=True), copy=False)
    return result
