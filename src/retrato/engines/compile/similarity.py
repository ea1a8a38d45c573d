"""Similarity primitives as expressions over the columns `l_<key>` and `r_<key>` of a table of pairs.

A key is a text, or a list of texts where records can have several values. Costly measures (Jaro-Winkler, edit distance)
are computed once per pair in a layer below (`measures`), and only where the main keys differ.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from typing import Any

from sqlglot import exp

from retrato.engines.compile.template import Node, column, tree
from retrato.matching.similarity import (
    LONGEST,
    Both,
    CrossEqual,
    EditsAtMost,
    Equal,
    InitialOf,
    JaroWinklerAtLeast,
    PrefixEqual,
    Primitive,
    RatioAtLeast,
    StandsIn,
    TokensShared,
)

Test = Callable[[Node, Node], Node]

_MEASURES = {
    "jaro_winkler": ("jaro_winkler_similarity(:a, :b, :least)", "list_max", 0.0),
    "edits": ("damerau_levenshtein(:a, :b)", "list_min", 999),
}


def left(key: str) -> exp.Column:
    """The key of the first record of a pair."""
    return column(f"l_{key}")


def right(key: str) -> exp.Column:
    """The key of the second record of a pair."""
    return column(f"r_{key}")


def _first(node: Node) -> Node:
    return tree(":x[1]", x=node)


def _any(one: Node, other: Node, test: Test, *, one_list: bool, other_list: bool) -> Node:
    """Whether the test holds for any value of one side and any of the other; either side may be a list."""
    x, y = exp.column("x"), exp.column("y")
    if one_list and other_list:
        inner = tree("len(list_filter(:ys, lambda y: :test)) > 0", ys=other, test=test(x, y))
        many = tree("len(list_filter(:xs, lambda x: :test)) > 0", xs=one, test=inner)
        return tree(
            "CASE WHEN len(:xs) = 1 AND len(:ys) = 1 THEN :single ELSE :many END",
            xs=one,
            ys=other,
            single=test(_first(one), _first(other)),
            many=many,
        )
    if one_list:
        return tree("len(list_filter(:xs, lambda x: :test)) > 0", xs=one, test=test(x, other))
    if other_list:
        return tree("len(list_filter(:ys, lambda y: :test)) > 0", ys=other, test=test(one, y))
    return test(one, other)


@dataclass(frozen=True, slots=True)
class Measure:
    """A number about two keys that several tests read: the best over all values of both sides.

    Edit distances are only taken of texts of at least `length`, whose lengths differ by no more than the `most` edits
    that any test allows. A similarity below the `least` that any test asks for is 0.
    """

    name: str
    key: str
    length: int = 0
    most: int = 0
    least: float = 0.0


def measures(tests: Iterable[Primitive]) -> tuple[Measure, ...]:
    """The measures that the tests read, each once, in order."""
    found: dict[tuple[str, str], Measure] = {}
    for each in tests:
        if isinstance(each, JaroWinklerAtLeast):
            known = found.get(("jaro_winkler", each.key))
            least = each.similarity if known is None else min(known.least, each.similarity)
            found["jaro_winkler", each.key] = Measure("jaro_winkler", each.key, least=least)
        elif isinstance(each, EditsAtMost):
            known = found.get(("edits", each.key), Measure("edits", each.key, each.length, 0))
            found["edits", each.key] = Measure("edits", each.key, each.length, max(known.most, each.edits))
    return tuple(found.values())


def measure_column(measure: str, key: str) -> exp.Column:
    """The column of a measure in the layer above."""
    return column(f"{measure}_{key}")


def _lengths_allow(wanted: Measure, a: Node, b: Node) -> Node:
    """Whether the lengths of two texts let them be as few edits apart as any test asks."""
    return tree(
        "abs(len(:a) - len(:b)) <= :most AND least(len(:a), len(:b)) >= :n AND greatest(len(:a), len(:b)) <= :longest",
        a=a,
        b=b,
        n=wanted.length,
        longest=LONGEST,
        most=wanted.most,
    )


def measure(wanted: Measure, lists: Collection[str]) -> Node:
    """The expression of a measure."""
    text, best, worst = _MEASURES[wanted.name]

    def single(a: Node, b: Node) -> Node:
        value = tree(text, a=a, b=b, least=wanted.least)
        if not wanted.most:
            short = tree("greatest(len(:a), len(:b)) <= :longest", a=a, b=b, longest=LONGEST)
            return tree("CASE WHEN :short THEN :value ELSE :worst END", short=short, value=value, worst=worst)
        return tree(
            """
            CASE WHEN :lengths AND levenshtein(:a, :b) <= :twice THEN :value ELSE :worst END
            """,
            a=a,
            b=b,
            lengths=_lengths_allow(wanted, a, b),
            twice=2 * wanted.most,
            value=value,
            worst=worst,
        )

    one, other = left(wanted.key), right(wanted.key)
    if wanted.key not in lists:
        return tree("CASE WHEN :a <> :b THEN :value END", a=one, b=other, value=single(one, other))
    x, y = exp.column("x"), exp.column("y")
    values = tree("list_transform(:ys, lambda y: :value)", ys=other, value=single(x, y))
    inner = exp.func(best, values, dialect="duckdb")
    many = exp.func(best, tree("list_transform(:xs, lambda x: :value)", xs=one, value=inner), dialect="duckdb")
    return tree(
        "CASE WHEN len(:xs) = 1 AND len(:ys) = 1 THEN :single ELSE :many END",
        xs=one,
        ys=other,
        single=single(_first(one), _first(other)),
        many=many,
    )


def test(primitive: Primitive, lists: Collection[str]) -> Node:
    """The condition of a primitive over the columns of a pair and its measures; NULL may stand for no."""
    match primitive:
        case JaroWinklerAtLeast(key, similarity):
            return tree(":m >= :s", m=measure_column("jaro_winkler", key), s=similarity)
        case EditsAtMost(key, edits, _):
            return tree(":m <= :n", m=measure_column("edits", key), n=edits)
        case Both(key):
            return tree("(:l IS NOT NULL AND :r IS NOT NULL)", l=left(key), r=right(key))
        case CrossEqual(key, other):
            return tree(
                "(:one OR :two)",
                one=_across(left(key), right(other), key in lists, other in lists),
                two=_across(left(other), right(key), other in lists, key in lists),
            )
        case StandsIn(key, texts, length, start, initial):
            bar = "|" if start else ""
            one = _stands(left(key), right(texts), length, bar)
            two = _stands(right(key), left(texts), length, bar)
            if initial is not None:
                one, two = (
                    tree("(len(:i) = 1 AND :stands)", i=side(initial), stands=stands)
                    for side, stands in ((right, one), (left, two))
                )
            return tree("(:one OR :two)", one=one, two=two)
        case Equal(key) | TokensShared(key) | InitialOf(key) | PrefixEqual(key, _) | RatioAtLeast(key, _):
            many = key in lists
            return _any(left(key), right(key), _test(primitive), one_list=many, other_list=many)


def _stands(value: Node, accounts: Node, length: int | None, bar: str) -> Node:
    part = value if length is None else tree("left(:v, :n)", v=value, n=length)
    return tree("contains(:t, :bar || :part)", t=accounts, bar=bar, part=part)


def _across(one: Node, other: Node, one_list: bool, other_list: bool) -> Node:
    return _any(one, other, lambda a, b: tree(":a = :b", a=a, b=b), one_list=one_list, other_list=other_list)


def _test(primitive: Any) -> Test:
    text, nodes = _TESTS[type(primitive)]
    return lambda a, b: tree(text, a=a, b=b, **nodes(primitive))


_TESTS: dict[type, tuple[str, Callable[[Any], dict[str, Any]]]] = {
    Equal: (":a = :b", lambda _: {}),
    PrefixEqual: ("left(:a, :n) = left(:b, :n)", lambda p: {"n": p.length}),
    InitialOf: ("(least(len(:a), len(:b)) = 1 AND left(:a, 1) = left(:b, 1))", lambda _: {}),
    TokensShared: (  # one word is among the others or not, which needs no lists
        "CASE WHEN NOT contains(:a, ' ') THEN contains(' ' || :b || ' ', ' ' || :a || ' ') "
        "WHEN NOT contains(:b, ' ') THEN contains(' ' || :a || ' ', ' ' || :b || ' ') "
        "ELSE list_has_all(string_split(:a, ' '), string_split(:b, ' ')) "
        "OR list_has_all(string_split(:b, ' '), string_split(:a, ' ')) END",
        lambda _: {},
    ),
    RatioAtLeast: (
        "coalesce(TRY_CAST(:a AS DOUBLE) * TRY_CAST(:b AS DOUBLE) > 0 AND "
        "least(abs(TRY_CAST(:a AS DOUBLE)), abs(TRY_CAST(:b AS DOUBLE))) >= "
        ":ratio * greatest(abs(TRY_CAST(:a AS DOUBLE)), abs(TRY_CAST(:b AS DOUBLE))), FALSE)",
        lambda p: {"ratio": p.ratio},
    ),
}
