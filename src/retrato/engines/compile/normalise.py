"""Raw tables to records, versions of records, and distinct cells."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from retrato.engines.compile.template import Node, column, query, table, tree

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

#: Timestamps that need no parser.
PLAIN_TIME = r"\d{4}-\d{2}-\d{2}([ T]\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?)?"


def text_or_null(name: str | None) -> Node:
    """A column as text, or NULL when there is none."""
    return column(name) if name is not None else tree("CAST(NULL AS VARCHAR)")


def row_content(columns: Sequence[str], of: str | None = None) -> Node:
    """A hash of all cells of a row, as hexadecimal text."""
    pieces = [tree("coalesce(:c, '')", c=column(each, of)) for each in columns]
    return exp.Anonymous(this="md5", expressions=[exp.func("concat_ws", exp.Literal.string("\x1f"), *pieces)])


def raw_rows(number: int, raw: str, name: str, *, columns: Sequence[str], roles: Mapping[str, str | None]) -> exp.Query:
    """One line a row of a raw table: where it stands, its source and key, its times as text, and where it has no key, a
    hash of its content.

    `roles` names the columns for `record_key`, `source`, `created_at`, `updated_at`.
    """
    return query(
        """
        SELECT CAST(:number AS INTEGER) AS source_no, _row AS row, coalesce(:source, :name) AS source,
          :key AS record_key, CASE WHEN :key IS NULL THEN :content END AS content,
          :created AS created_text, :updated AS updated_text
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


def version_contents(number: int, raw: str, columns: Sequence[str]) -> exp.Query:
    """`source_no, row, content` of the rows of a raw table that share their record with others."""
    return query(
        """
        SELECT x.source_no, x.row, :content AS content
        FROM :raw JOIN shared_rows x ON x.row = r._row WHERE x.source_no = :number
        """,
        number=number,
        content=row_content(columns, "r"),
        raw=table(raw, "r"),
    )


def unread_times(texts: exp.Query, number: int, *, zoned: bool = False) -> Node:
    """The distinct texts of one source that need a parser, from a query of `source_no, text`; with `zoned` all do."""
    return tree(
        """
        SELECT DISTINCT text FROM :texts
        WHERE source_no = :number AND text IS NOT NULL AND (:zoned OR NOT regexp_full_match(text, :plain))
        """,
        texts=texts.subquery("s"),
        number=number,
        zoned=zoned,
        plain=PLAIN_TIME,
    )


def time_of(text: str, moments: str) -> Node:
    """A text as a time: as `moments`, joined under that name, has read it, else at once where it is plain."""
    return tree(
        "coalesce(:m.time, CASE WHEN regexp_full_match(r.:t, :plain) THEN TRY_CAST(r.:t AS TIMESTAMP) END)",
        t=exp.to_identifier(text),
        m=exp.to_identifier(moments),
        plain=PLAIN_TIME,
    )


_TIMED = """
SELECT r.source_no, r.row, r.source, r.record_key, r.content, FALSE AS key_generated,
  :created AS created_at, :updated AS updated_at
FROM raw_rows r
LEFT JOIN moments c ON c.source_no = r.source_no AND c.text = r.created_text
LEFT JOIN moments u ON u.source_no = r.source_no AND u.text = r.updated_text
"""
#: Where there is no key, a hash of the content and an ordinal among identical rows.
_KEYED = """
WITH timed AS (SELECT * FROM :timed)
SELECT * FROM timed WHERE record_key IS NOT NULL
UNION ALL
SELECT * REPLACE ('~' || left(content, 16) || '-' || CAST(row_number() OVER (
    PARTITION BY source, content ORDER BY source_no, row) AS VARCHAR) AS record_key, TRUE AS key_generated)
FROM timed WHERE record_key IS NULL
"""


def keyed_rows() -> Node:
    """`rows` from `raw_rows` and `moments(source_no, text, time)`."""
    timed = query(_TIMED, created=time_of("created_text", "c"), updated=time_of("updated_text", "u"))
    return tree(_KEYED, timed=timed.subquery("t"))


RECORDS = """
SELECT row_number() OVER (ORDER BY source, record_key) - 1 AS record, source, record_key,
  bool_or(key_generated) AS key_generated, min(created_at) AS created_at, max(updated_at) AS updated_at,
  CAST(count(*) AS INTEGER) AS versions
FROM rows GROUP BY source, record_key
"""

#: The rows that are not alone in their records.
SHARED_ROWS = """
SELECT x.source_no, x.row, r.record, coalesce(x.updated_at, x.created_at) AS observed_at
FROM rows x JOIN records r ON r.source = x.source AND r.record_key = x.record_key
WHERE r.versions > 1
"""

#: The record of every row, and the row's place among the versions of its record: 0 is the newest.
ROW_RECORDS = """
SELECT x.source_no, x.row, r.record, CAST(0 AS INTEGER) AS version,
  coalesce(x.updated_at, x.created_at) AS observed_at
FROM rows x JOIN records r ON r.source = x.source AND r.record_key = x.record_key
WHERE r.versions = 1
UNION ALL
SELECT x.source_no, x.row, x.record, CAST(row_number() OVER (
    PARTITION BY x.record ORDER BY x.observed_at DESC NULLS LAST, c.content DESC, x.source_no, x.row
  ) - 1 AS INTEGER) AS version, x.observed_at
FROM shared_rows x JOIN contents c ON c.source_no = x.source_no AND c.row = x.row
"""


def texts(raw: str, parts: Mapping[str, str], *, own: Sequence[str]) -> exp.Select:
    """`row` and the parts of one slot of a raw table, where one of its own is there."""
    found = exp.select(exp.alias_(column("_row"), "row", quoted=True)).from_(table(raw))
    for name, source in parts.items():
        found = found.select(exp.alias_(column(source), name, quoted=True))
    return found.where(exp.or_(*(tree(":c IS NOT NULL", c=column(parts[name])) for name in own)))


def cells(row_cells: str, place: int, rows: exp.Query, columns: Sequence[str]) -> exp.Select:
    """The cells of one slot of a table of `row, slot, item`, with the `columns` of their rows in `rows`."""
    known = [column(name, "x") for name in columns]
    found = exp.select(column("slot", "c"), column("item", "c"), *known).from_(table(row_cells, "c"))
    return found.join(rows.subquery("x"), on="x.row = c.row").where(tree("c.slot = :place", place=place))


def values_of(cells: str, parsed: str, columns: Sequence[tuple[str, Node]]) -> exp.Select:
    """The parsed values of cells, a row a value; `columns` can read `c`, the cell, and `v`, the value."""
    chosen = (exp.alias_(node, name, quoted=True) for name, node in columns)
    return exp.select(*chosen).from_(table(cells, "c")).join(table(parsed, "v"), on="v.item = c.item")
