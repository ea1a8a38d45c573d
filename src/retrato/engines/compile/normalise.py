"""Raw tables to records, versions of records, and distinct cells."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from retrato.engines.compile.template import Node, column, table, tree

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

#: Timestamps that need no parser.
PLAIN_TIME = r"\d{4}-\d{2}-\d{2}([ T]\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?)?"


def text_or_null(name: str | None) -> Node:
    """A column as text, or NULL when there is none."""
    return column(name) if name is not None else tree("CAST(NULL AS VARCHAR)")


def row_content(columns: Sequence[str]) -> Node:
    """A hash of all cells of a row, as hexadecimal text."""
    pieces = [tree("coalesce(:c, '')", c=column(each)) for each in columns]
    return exp.Anonymous(this="md5", expressions=[exp.func("concat_ws", exp.Literal.string("\x1f"), *pieces)])


def raw_rows(number: int, raw: str, name: str, *, columns: Sequence[str], roles: Mapping[str, str | None]) -> Node:
    """One line a row of a raw table: where it stands, its source and key, its times as text, and a hash of its content.

    `roles` names the columns for `record_key`, `source`, `created_at`, `updated_at`.
    """
    return tree(
        """
        SELECT CAST(:number AS INTEGER) AS source_no, _row AS row, coalesce(:source, :name) AS source,
          :key AS record_key, :content AS content, :created AS created_text, :updated AS updated_text
        FROM :raw
        """,
        number=number,
        name=name,
        source=text_or_null(roles.get("source")),
        key=text_or_null(roles.get("record_key")),
        created=text_or_null(roles.get("created_at")),
        updated=text_or_null(roles.get("updated_at")),
        content=row_content(columns),
        raw=table(raw),
    )


def unread_times(texts: exp.Query) -> Node:
    """The distinct texts of a query's column `text` that need a parser, numbered from 0."""
    return tree(
        """
        SELECT row_number() OVER (ORDER BY text) - 1 AS item, text
        FROM (SELECT DISTINCT text FROM :texts WHERE text IS NOT NULL AND NOT regexp_full_match(text, :plain))
        """,
        texts=texts.subquery("s"),
        plain=PLAIN_TIME,
    )


#: Rows with their times, their key (where there is none, a hash of the content and an ordinal among identical rows) and
#: their place among the versions of the record: 0 is the newest.
ROWS = """
WITH timed AS (
  SELECT r.source_no, r.row, r.source, r.record_key, r.content,
    coalesce(
      CASE WHEN regexp_full_match(r.created_text, :plain) THEN TRY_CAST(r.created_text AS TIMESTAMP) END, c.time
    ) AS created_at,
    coalesce(
      CASE WHEN regexp_full_match(r.updated_text, :plain) THEN TRY_CAST(r.updated_text AS TIMESTAMP) END, u.time
    ) AS updated_at
  FROM raw_rows r
  LEFT JOIN moments c ON c.text = r.created_text
  LEFT JOIN moments u ON u.text = r.updated_text
), keyed AS (
  SELECT * REPLACE (coalesce(record_key, '~' || left(content, 16) || '-' || CAST(row_number() OVER (
        PARTITION BY source, record_key IS NULL, content ORDER BY source_no, row) AS VARCHAR)) AS record_key),
    record_key IS NULL AS key_generated
  FROM timed
)
SELECT *, coalesce(updated_at, created_at) AS observed_at, CAST(row_number() OVER (
    PARTITION BY source, record_key
    ORDER BY coalesce(updated_at, created_at) DESC NULLS LAST, content DESC, source_no, row
  ) - 1 AS INTEGER) AS version
FROM keyed
"""

RECORDS = """
SELECT row_number() OVER (ORDER BY source, record_key) - 1 AS record, source, record_key,
  bool_or(key_generated) AS key_generated, min(created_at) AS created_at, max(updated_at) AS updated_at,
  CAST(count(*) AS INTEGER) AS versions
FROM rows GROUP BY source, record_key
"""

ROW_RECORDS = """
SELECT x.source_no, x.row, r.record, x.version, x.observed_at
FROM rows x JOIN records r ON r.source = x.source AND r.record_key = x.record_key
"""


def cells(raw: str, parts: Mapping[str, str], names: Sequence[str]) -> exp.Select:
    """The parts of one slot of a raw table, a row a row; rows whose own parts are all empty are left out."""
    query = exp.select("_row AS row").from_(table(raw))
    for name in names:
        query = query.select(exp.alias_(text_or_null(parts.get(name)), name, quoted=True))
    return query


def distinct_cells(queries: Sequence[exp.Query], names: Sequence[str], own: Sequence[str]) -> exp.Select:
    """The distinct combinations of parts over several slots, numbered from 0, that have one of the `own` parts."""
    there = exp.or_(*(tree(":c IS NOT NULL", c=column(name)) for name in own))
    columns = [column(name) for name in names]
    union: exp.Query = queries[0]
    for query in queries[1:]:
        union = exp.union(union, query, distinct=False)
    distinct = exp.select(*columns).distinct().from_(union.subquery("u")).where(there)
    order = [exp.Ordered(this=each.copy(), nulls_first=False) for each in columns]
    number = exp.Window(this=exp.func("row_number"), order=exp.Order(expressions=order))
    return exp.select(exp.alias_(exp.paren(number) - 1, "item"), *columns).from_(distinct.subquery("d"))


def joined_values(
    query: exp.Query,
    names: Sequence[str],
    *,
    dictionary: str,
    parsed: str,
    rows: Node,
    columns: Sequence[tuple[str, Node]],
) -> exp.Select:
    """The parsed values of one slot, a row a value, with the `columns` chosen.

    They can read `s`, the slot's cell, `x`, its row of `rows`, and `v`, the value.
    """
    result = exp.select(*(exp.alias_(node, name, quoted=True) for name, node in columns)).from_(query.subquery("s"))
    same = exp.and_(*(tree("s.:n IS NOT DISTINCT FROM d.:n", n=exp.to_identifier(name, quoted=True)) for name in names))
    result = result.join(exp.alias_(rows, "x", table=True), on="x.row = s.row")
    result = result.join(table(dictionary, "d"), on=same)
    return result.join(table(parsed, "v"), on="v.item = d.item")
