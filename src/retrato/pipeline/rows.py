"""Rows of a source to records and their versions, with their times."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc
from sqlglot import exp

from retrato.engines.compile import normalise as sql
from retrato.engines.compile.template import all_of, query, tree
from retrato.identifiers.moment import Moment
from retrato.identifiers.registry import configured
from retrato.pipeline.readings import shown

if TYPE_CHECKING:
    from collections.abc import Sequence

    from retrato.engines.compile.template import Node
    from retrato.identifiers.base import IdentifierType, ReadRows
    from retrato.pipeline.run import Run

_ROLES = ("record_key", "source", "created_at", "updated_at")


def records(run: Run, numbers: Sequence[int], read: ReadRows) -> None:
    """Make `records` and `row_records(source_no, row, record, version, observed_at)` of these sources."""
    engine = run.engine
    raw_rows = [query(_NO_ROWS)]
    for number in numbers:
        raw, mapping, source = run.reads[number], run.mappings[number], run.sources[number]
        roles = {role: mapping.first(role) for role in _ROLES}
        roles["record_key"] = source.key or roles["record_key"]
        roles["source"] = source.source_column or roles["source"]
        raw_rows.append(sql.raw_rows(number, raw.table, source.name, columns=raw.columns, roles=roles))
    engine.define("raw_rows", all_of(*raw_rows))
    texts = all_of(
        *(
            exp.select("source_no", exp.alias_(exp.column(name), "text")).from_("raw_rows")
            for name in ("created_text", "updated_text")
        )
    )
    moments(run, numbers, texts, read)
    engine.create("rows", sql.keyed_rows())
    engine.drop("raw_rows", "moments")
    engine.create("records", tree(sql.RECORDS))
    engine.create("shared_rows", tree(sql.SHARED_ROWS))
    engine.create("contents", tree(_NO_CONTENTS))
    for number in numbers:
        engine.append("contents", sql.version_contents(number, run.reads[number].table, run.reads[number].columns))
    engine.create("row_records", tree(sql.ROW_RECORDS))
    run.counts["rows"] = engine.count("rows")
    run.counts["records"] = engine.count("records")
    generated = engine.fetch(
        tree("SELECT source, count(*) AS n FROM records WHERE key_generated GROUP BY source ORDER BY source")
    )
    for name, count in zip(*(generated.column(each).to_pylist() for each in ("source", "n")), strict=True):
        run.notes.append(f"source {name}: {count} records without a key got one from their content")
    engine.drop("rows", "shared_rows", "contents")


def moments(run: Run, numbers: Sequence[int], texts: exp.Query, read: ReadRows) -> None:
    """Make `moments(source_no, text, time, issues)` for the texts of a query of `source_no, text` that are not plain.

    Whether days or months come first is inferred for each source.
    """
    run.engine.create("moments", tree(_NO_MOMENTS))
    for number in numbers:
        source = run.sources[number]
        distinct = run.engine.fetch(sql.unread_times(texts, number, zoned=source.time_zone is not None))
        (kind,) = configured((Moment(time_zone=source.time_zone),), region=source.region)
        plain = kind
        kind, found = plain.inferred({"text": distinct.column("text")})
        run.clocks[source.name] = shown(kind, plain)
        run.notes.extend(f"source {source.name}, times: {each}" for each in found)
        run.engine.load("parsed_moments", _first_values(kind, distinct, read))
        run.engine.append("moments", tree(_MOMENTS, n=number))
    run.engine.drop("parsed_moments")


def first_values(run: Run, name: str, texts: Node, kind: IdentifierType, read: ReadRows) -> None:
    """Make the table `name(text, value, status, issues)`: what a type reads first in each distinct text of a query."""
    run.engine.load(name, _first_values(kind, run.engine.fetch(texts), read))


def _first_values(kind: IdentifierType, distinct: pa.Table, read: ReadRows) -> pa.Table:
    parsed = read(kind, distinct.select(["text"]))
    first = parsed.filter(pc.equal(parsed.column("ordinal"), 0))
    texts = distinct.column("text").take(first.column("item"))
    return pa.table({"text": texts, **{name: first.column(name) for name in ("value", "status", "issues")}})


_NO_ROWS = """
SELECT CAST(0 AS INTEGER) AS source_no, CAST(0 AS BIGINT) AS row, '' AS source, '' AS record_key, '' AS content,
  '' AS created_text, '' AS updated_text WHERE FALSE
"""
_NO_CONTENTS = "SELECT CAST(0 AS INTEGER) AS source_no, CAST(0 AS BIGINT) AS row, '' AS content WHERE FALSE"
_MOMENTS = "SELECT CAST(:n AS INTEGER), text, TRY_CAST(value AS TIMESTAMP), issues FROM parsed_moments"
_NO_MOMENTS = """
SELECT CAST(0 AS INTEGER) AS source_no, CAST('' AS VARCHAR) AS text, CAST(NULL AS TIMESTAMP) AS time, '' AS issues
LIMIT 0
"""
