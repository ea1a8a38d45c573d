"""Pairs of records to comparison levels without lists, for those who have no second value of anything: most.

Lists are slow. `single_values` has a row for each record whose every list in `features` has one value at most, with
that value in its place. For keys whose edits are counted, `<key>_bits` are the letters of the value, which tell of most
pairs that they are too far apart. Levels are the same as by `compared_pairs`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from retrato.engines.compile.comparisons import (
    columns_read,
    compared_pairs,
    joined_pairs,
    leveled,
    measure_name,
    measures_of,
    with_measures,
)
from retrato.engines.compile.similarity import (
    edits_with_swaps,
    letters,
    letters_column,
    measure,
    measure_column,
    plain_edits,
)
from retrato.engines.compile.template import Node, column, query, table, tree
from retrato.matching.comparisons import BANDS

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from retrato.engines.compile.comparisons import Within
    from retrato.engines.compile.similarity import Measure
    from retrato.matching.comparisons import Comparison


def single_values(comparisons: Sequence[Comparison], lists: Collection[str], known: Collection[str]) -> exp.Select:
    """The query for `single_values`; `known` are the columns of `features`, `lists` the keys that are lists."""
    values = _values(comparisons, lists, known)
    bits = {letters_column(each.key): letters(values[each.key]) for each in _edited(comparisons, known)}
    several = [name for name in columns_read(comparisons, lists) if name in lists and name in known]
    return (
        exp.select("record", *(exp.alias_(value, name, quoted=True) for name, value in (values | bits).items()))
        .from_(table("features"))
        .where(*(tree("coalesce(len(:c), 1) = 1", c=column(name)) for name in several))
    )


def compared_with_singles(
    pairs: exp.Query,
    comparisons: Sequence[Comparison],
    *,
    lists: Collection[str],
    known: Collection[str],
    kept: Sequence[str],
    within: Within | None = None,
) -> exp.Select:
    """What `compared_pairs` gives, sooner, where there is the table `single_values`."""
    others = query(
        """
        SELECT * FROM :pairs WHERE a NOT IN (SELECT record FROM single_values)
          OR b NOT IN (SELECT record FROM single_values)
        """,
        pairs=pairs.subquery("p"),
    )
    singles = leveled(_measured(pairs, comparisons, lists, known, within), comparisons, (), kept)
    rest = compared_pairs(others, comparisons, lists=lists, known=known, kept=kept, within=within)
    both = exp.union(singles, rest, distinct=False, copy=False)
    return exp.select("*").from_(both.subquery("both", copy=False), copy=False)


def _values(comparisons: Sequence[Comparison], lists: Collection[str], known: Collection[str]) -> dict[str, Node]:
    """The columns that are read of `single_values`, each with its expression over `features`; not yet the letters."""

    def only(name: str) -> Node:
        return tree(":c[1]", c=column(name))

    found = {
        name: only(name) if name in lists else column(name) for name in columns_read(comparisons, ()) if name in known
    }
    for each in comparisons:
        if each.key in lists and each.key in known:
            code = only(f"{each.key}_codes")
            found[f"{each.key}_band"] = tree("CAST(:c % :bands AS TINYINT)", c=code, bands=BANDS)
            if each.namespaced:
                found[f"{each.key}_space"] = only(f"{each.key}_spaces")
    return found


def _edited(comparisons: Sequence[Comparison], known: Collection[str]) -> list[Measure]:
    return [each for each in measures_of(comparisons) if each.name == "edits" and each.key in known]


def _measured(
    pairs: exp.Query,
    comparisons: Sequence[Comparison],
    lists: Collection[str],
    known: Collection[str],
    within: Within | None,
) -> exp.Select:
    counted = _edited(comparisons, known)
    others = [each for each in measures_of(comparisons) if each not in counted]
    bits = [letters_column(each.key) for each in counted]
    there = {*_values(comparisons, lists, known), *bits}
    joined = joined_pairs(pairs, "single_values", [*columns_read(comparisons, ()), *bits], there, within)
    found: Mapping[str, Node] = {
        **{measure_column("plain_edits", each.key).name: plain_edits(each) for each in counted},
        **{measure_name(each): measure(each, ()) for each in others},
    }
    return with_measures(with_measures(joined, found), {measure_name(each): edits_with_swaps(each) for each in counted})
