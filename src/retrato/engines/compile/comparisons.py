"""Pairs of records to comparison levels.

`features` has a row a record: every matching key (a text, or a list where records have several values), and for the
main key of each feature its band: `<key>_band` for a text, for a list `<key>_codes`, whose numbers carry the band in
their lowest three bits and a hash of the value above, and `<key>_spaces`, the namespaces of the values.

Where a key is no list, though the feature can have several values, `<key>_band` and `<key>_space` are read in the place
of codes and namespaces (`single_values`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from sqlglot import exp

from retrato.engines.compile.similarity import left, measure, measure_column, measures, right, test
from retrato.engines.compile.template import Node, column, query, table, tree
from retrato.matching.comparisons import BANDS, MISSING, Comparison
from retrato.matching.similarity import keys_of

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from retrato.engines.compile.similarity import Measure
    from retrato.matching.comparisons import LookedFor


#: The numbers of the records on the left and on the right side of pairs.
Within: TypeAlias = tuple[range, range]


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
        case = case.when(test(each.test, lists), exp.Literal.number(number))
    if comparison.silent:
        says_nothing = exp.or_(*(test(each, lists) for each in comparison.silent))
        silent = exp.Case().when(says_nothing, exp.convert(MISSING))
        case.set("ifs", [*silent.args["ifs"], *case.args["ifs"]])
    if comparison.levels:
        fuzzy: Node = case.else_(exp.Literal.number(BANDS + len(comparison.levels)))
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
    within: Within | None = None,
) -> exp.Select:
    """The `kept` columns of `pairs` (which has the record numbers `a` and `b`) and one level column a comparison.

    `known` are the columns of `features`; a test on a key that the data do not have never holds. With `within` the
    records of all pairs are known to lie there, and no others are looked at.
    """
    joined = joined_pairs(pairs, "features", columns_read(comparisons, lists), known, within)
    found = {measure_name(each): measure(each, lists) for each in measures_of(comparisons)}
    return leveled(with_measures(joined, found), comparisons, lists, kept)


def columns_read(comparisons: Sequence[Comparison], lists: Collection[str]) -> list[str]:
    """The columns that the comparisons read, each once."""
    return list(dict.fromkeys(name for each in comparisons for name in _read_columns(each, lists)))


def joined_pairs(
    pairs: exp.Query, features: str, columns: Sequence[str], known: Collection[str], within: Within | None
) -> exp.Select:
    """Pairs with the columns of both sides (`l_…`, `r_…`) from a table of features, NULL where it has none such."""
    joined = exp.select("p.*").from_(pairs.subquery("p"), copy=False)
    for side in ("l", "r"):
        for name in columns:
            value = column(name, side) if name in known else tree("CAST(NULL AS VARCHAR)")
            joined.select(exp.alias_(value, f"{side}_{name}", quoted=True), copy=False)
    for side, key, numbers in zip(("l", "r"), ("a", "b"), within or (None, None), strict=True):
        joined.join(_records(features, side, numbers), on=f"{side}.record = p.{key}", copy=False)
    return joined


def _records(features: str, side: str, numbers: range | None) -> Node:
    """A table of features under an alias, or those of its rows whose records are among the numbers."""
    if numbers is None:
        return table(features, side)
    some = query(
        "SELECT * FROM :t WHERE record BETWEEN :first AND :last",
        t=table(features),
        first=numbers.start,
        last=numbers.stop - 1,
    )
    return some.subquery(side)


def measures_of(comparisons: Sequence[Comparison]) -> tuple[Measure, ...]:
    """The measures that the levels read."""
    return measures(level.test for each in comparisons for level in each.levels)


def measure_name(measure: Measure) -> str:
    """The name of the column of a measure."""
    return measure_column(measure.name, measure.key).name


def with_measures(joined: exp.Query, found: Mapping[str, Node]) -> exp.Select:
    """The rows with measures beside them, by name: each is taken once a pair, whatever reads it above."""
    result = exp.select("*").from_(joined.subquery("j", copy=False), copy=False)
    for name, each in found.items():
        result.select(exp.alias_(each, name, quoted=True), copy=False)
    return result


def leveled(
    measured: exp.Query, comparisons: Sequence[Comparison], lists: Collection[str], kept: Sequence[str]
) -> exp.Select:
    """The `kept` columns and the levels of joined pairs with their measures."""
    result = exp.select(*(column(name) for name in kept)).from_(measured.subquery("m", copy=False), copy=False)
    for each in comparisons:
        result.select(exp.alias_(_level(each, lists), level_column(each), quoted=True), copy=False)
    return result
