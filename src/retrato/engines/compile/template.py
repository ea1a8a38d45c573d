"""SQL as syntax trees: a constant text is parsed once, and names and values are put in as nodes, never as text."""

from __future__ import annotations

from functools import lru_cache, reduce
from typing import TYPE_CHECKING, Any, TypeAlias

import sqlglot
from sqlglot import exp

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

#: A node of a syntax tree, whatever it stands for. (For type checkers only: sqlglot 28 has no class of this name.)
Node: TypeAlias = "exp.Expr"


@lru_cache(maxsize=512)
def _parsed(text: str) -> Node:
    parsed = sqlglot.parse_one(text, read="duckdb")
    for node in parsed.walk():
        node._meta = None  # where it stands in the text, which every copy would copy
    return parsed


def tree(text: str, **nodes: Any) -> Node:
    """The syntax tree of a constant text (DuckDB dialect) whose `:name` placeholders are replaced.

    A string, number or bool becomes a literal; an expression goes in as it is.

    >>> tree("SELECT * FROM :t WHERE c = :v", t=exp.to_table("people"), v="O'Hara").sql("duckdb")
    "SELECT * FROM people WHERE c = 'O''Hara'"
    """
    return exp.replace_placeholders(_parsed(text), **nodes)  # which copies


def query(text: str, **nodes: Any) -> exp.Query:
    """As `tree`, for a text that is a whole query: it can be extended, or read from as a subquery.

    Raises TypeError for any other text.

    >>> query("SELECT a FROM t WHERE a > :n", n=1).where("b = 2").sql("duckdb")
    'SELECT a FROM t WHERE a > 1 AND b = 2'
    """
    found = tree(text, **nodes)
    if not isinstance(found, exp.Query):
        raise TypeError(f"not a query: {text}")
    return found


def all_of(first: exp.Query, *others: exp.Query) -> exp.Query:
    """The rows of all queries, one after the other; the queries become parts of the answer.

    >>> all_of(query("SELECT 1 AS x"), query("SELECT 2")).sql("duckdb")
    'SELECT 1 AS x UNION ALL SELECT 2'
    """
    return reduce(lambda left, right: exp.union(left, right, distinct=False, copy=False), others, first)


def among(subject: Node, texts: Iterable[str]) -> exp.In:
    """Whether a text is one of several.

    >>> print(among(column("kind"), {"phone", "email"}).sql("duckdb"))
    "kind" IN ('email', 'phone')
    """
    return exp.In(this=subject, expressions=[exp.Literal.string(text) for text in sorted(texts)])


def choice(subject: Node, choices: Mapping[str, Node | str], default: Node | None = None) -> Node:
    """What belongs to the text that a subject is, or the default (NULL where there is none).

    >>> print(choice(column("kind"), {"call": "phone"}).sql("duckdb"))
    CASE "kind" WHEN 'call' THEN 'phone' END
    """
    if not choices:
        return default or exp.null()
    case = exp.Case(this=subject)
    for name, node in choices.items():
        case = case.when(exp.Literal.string(name), exp.Literal.string(node) if isinstance(node, str) else node)
    return case if default is None else case.else_(default)


def told(flags: Iterable[tuple[Node, str]]) -> Node:
    """The texts of those conditions that hold, one after the other.

    >>> told([(tree("a > 1"), " big"), (tree("b"), " blue")]).sql("duckdb")
    "(CASE WHEN a > 1 THEN ' big' ELSE '' END || CASE WHEN b THEN ' blue' ELSE '' END)"
    """
    pieces = [tree("CASE WHEN :holds THEN :said ELSE '' END", holds=holds, said=text) for holds, text in flags]
    return exp.paren(reduce(lambda left, right: exp.DPipe(this=left, expression=right, safe=True), pieces))


def table(name: str, alias: str | None = None) -> exp.Table:
    """A table by its name, quoted."""
    return exp.table_(name, quoted=True, alias=alias)


def column(name: str, of: str | None = None) -> exp.Column:
    """A column by its name, quoted, of a table alias."""
    return exp.column(exp.to_identifier(name, quoted=True), table=of)
