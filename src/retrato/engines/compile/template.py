"""SQL as syntax trees: a constant text is parsed once, and names and values are put in as nodes, never as text."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import sqlglot
from sqlglot import exp


@lru_cache(maxsize=512)
def _parsed(text: str) -> exp.Expression:
    return sqlglot.parse_one(text, read="duckdb")


def tree(text: str, **nodes: Any) -> exp.Expression:
    """The syntax tree of a constant query (DuckDB dialect) whose `:name` placeholders are replaced.

    A string, number or bool becomes a literal; an expression goes in as it is.

    >>> tree("SELECT * FROM :t WHERE c = :v", t=exp.to_table("people"), v="O'Hara").sql("duckdb")
    "SELECT * FROM people WHERE c = 'O''Hara'"
    """
    return exp.replace_placeholders(_parsed(text).copy(), **nodes)


def table(name: str, alias: str | None = None) -> exp.Table:
    """A table by its name, quoted."""
    node = exp.Table(this=exp.to_identifier(name, quoted=True))
    return exp.alias_(node, alias, table=True) if alias else node


def column(name: str, of: str | None = None) -> exp.Column:
    """A column by its name, quoted, of a table alias."""
    return exp.column(exp.to_identifier(name, quoted=True), table=of)
