"""Stage 2: raw cells to identifiers. Each distinct cell is parsed once, whatever the number of its rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc
from sqlglot import exp

from retrato.engines.compile import normalise as sql
from retrato.engines.compile.template import Node, column, table, tree
from retrato.identifiers.attribute import Attribute
from retrato.identifiers.moment import Moment
from retrato.pipeline.slots import Slot, by_dictionary, slots_of
from retrato.records import SourceKind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from retrato.identifiers.base import Feature, IdentifierType
    from retrato.pipeline.run import Run

_ROLES = ("record_key", "source", "created_at", "updated_at")
#: Where a value stands among the values of its record: valid ones first, then by slot and by place in the cell.
_PLACE = """
CAST(CASE WHEN v.status = 'valid' THEN 0 WHEN v.status = 'possible' THEN 1 ELSE 2 END AS BIGINT) * 1000000
  + :slot * 1000 + v.ordinal
"""


def normalise(run: Run) -> None:
    """Make `records`, `identifiers` and one table of keys a kind (`keys_<kind>`)."""
    record_sources = [number for number, each in enumerate(run.mappings) if each.kind is SourceKind.RECORDS]
    _records(run, record_sources)
    slots = [slot for number in record_sources for slot in slots_of(number, run.sources[number], run.mappings[number])]
    run.engine.create("identifiers", tree(_NO_IDENTIFIERS))
    order = {id(slot): place for place, slot in enumerate(slots)}
    kinds: dict[str, tuple[Feature, ...]] = {}
    for number, ((kind, parts), group) in enumerate(by_dictionary(slots).items()):
        parsed = parse_distinct(run, number, kind, parts, group)
        for slot in group:
            _append(run, slot, parts, parsed, place=order[id(slot)], first=slot.attribute not in kinds)
            kinds.setdefault(slot.attribute, kind.features)
        run.engine.drop(*parsed)
    run.kinds = {name: kinds[name] for name in sorted(kinds) if kinds[name]}
    run.attributes = frozenset(slot.attribute for slot in slots if isinstance(slot.type, Attribute))
    run.counts["identifiers"] = run.engine.count("identifiers")
    run.engine.drop(*(run.reads[number].table for number in record_sources))


def _records(run: Run, numbers: Sequence[int]) -> None:
    engine = run.engine
    engine.create("raw_rows", tree(_NO_ROWS))
    for number in numbers:
        read, mapping, source = run.reads[number], run.mappings[number], run.sources[number]
        roles = {role: mapping.first(role) for role in _ROLES}
        roles["record_key"] = source.key or roles["record_key"]
        roles["source"] = source.source_column or roles["source"]
        engine.append("raw_rows", sql.raw_rows(number, read.table, source.name, columns=read.columns, roles=roles))
    texts = exp.union(
        exp.select(exp.alias_(exp.column("created_text"), "text")).from_("raw_rows"),
        exp.select(exp.alias_(exp.column("updated_text"), "text")).from_("raw_rows"),
        distinct=False,
    )
    parse_moments(run, texts)
    engine.create("rows", tree(sql.ROWS, plain=sql.PLAIN_TIME))
    engine.create("records", tree(sql.RECORDS))
    engine.create("row_records", tree(sql.ROW_RECORDS))
    run.counts["rows"] = engine.count("rows")
    run.counts["records"] = engine.count("records")
    generated = engine.fetch(
        tree("SELECT source, count(*) AS n FROM records WHERE key_generated GROUP BY source ORDER BY source")
    )
    for name, count in zip(*(generated.column(each).to_pylist() for each in ("source", "n")), strict=True):
        run.notes.append(f"source {name}: {count} records without a key got one from their content")
    engine.drop("raw_rows", "rows", "moments")


def parse_moments(run: Run, texts: exp.Query) -> None:
    """Make `moments(text, time)` for the texts that are no plain timestamps."""
    parse_texts(run, "parsed_moments", sql.unread_times(texts), Moment())
    run.engine.create("moments", tree("SELECT text, TRY_CAST(value AS TIMESTAMP) AS time FROM parsed_moments"))
    run.engine.drop("parsed_moments")


def parse_texts(run: Run, name: str, texts: Node, kind: IdentifierType) -> None:
    """Make the table `name(text, value)`: the first value that a type reads in each of the distinct texts.

    `texts` gives them as `item, text`, with items numbered from 0 in order.
    """
    distinct = run.engine.fetch(texts)
    parsed = kind.parse_table(distinct.select(["text"]))
    first = parsed.filter(pc.equal(parsed.column("ordinal"), 0))
    text = distinct.column("text").take(first.column("item"))
    run.engine.load(name, pa.table({"text": text, "value": first.column("value")}))


def parse_distinct(
    run: Run, number: int, kind: IdentifierType, parts: Sequence[str], slots: Sequence[Slot]
) -> tuple[str, str]:
    """Parse the distinct cells of slots that share a type: the tables of the cells and of their values."""
    cells, values = f"cells_{number}", f"parsed_{number}"
    queries = [sql.cells(run.reads[slot.source_no].table, slot.parts, parts) for slot in slots]
    own = sorted({part for slot in slots for part in slot.own})
    run.engine.create(cells, sql.distinct_cells(queries, parts, own))
    distinct = run.engine.fetch(tree("SELECT * FROM :t ORDER BY item", t=table(cells)))
    run.engine.load(values, kind.parse_table(distinct.select(list(parts))))
    return cells, values


_NO_ROWS = """
SELECT 0 AS source_no, CAST(0 AS BIGINT) AS row, '' AS source, '' AS record_key, '' AS content, '' AS created_text,
  '' AS updated_text LIMIT 0
"""
_NO_IDENTIFIERS = """
SELECT CAST(0 AS BIGINT) AS record, CAST(0 AS INTEGER) AS version, '' AS attribute, '' AS kind, '' AS namespace,
  CAST(0 AS INTEGER) AS ordinal, '' AS value, '' AS raw, '' AS status, '' AS issues, '' AS parts, '' AS column_name,
  CAST(NULL AS TIMESTAMP) AS observed_at LIMIT 0
"""


def _append(run: Run, slot: Slot, parts: Sequence[str], parsed: tuple[str, str], *, place: int, first: bool) -> None:
    cells, values = parsed

    def joined(columns: Sequence[tuple[str, Node]]) -> exp.Select:
        return sql.joined_values(
            sql.cells(run.reads[slot.source_no].table, slot.parts, parts),
            parts,
            dictionary=cells,
            parsed=values,
            rows=tree("(SELECT * FROM row_records WHERE source_no = :n)", n=slot.source_no),
            columns=columns,
        )

    of_value = {
        name: column(name, "v") for name in ("namespace", "ordinal", "value", "raw", "status", "issues", "parts")
    }
    columns = [
        ("record", column("record", "x")),
        ("version", column("version", "x")),
        ("attribute", tree("CAST(:a AS VARCHAR)", a=slot.attribute)),
        ("kind", tree("CAST(:k AS VARCHAR)", k=slot.type.kind)),
        *of_value.items(),
        ("column_name", tree("CAST(:c AS VARCHAR)", c=slot.columns)),
        ("observed_at", column("observed_at", "x")),
    ]
    run.engine.append("identifiers", joined(columns))
    keys = [
        ("record", column("record", "x")),
        ("place", tree(_PLACE, slot=place)),
        *((name, column(name, "v")) for name in slot.type.key_names()),
    ]
    usable = tree("x.version = 0 AND v.status NOT IN ('placeholder', 'missing')")
    (run.engine.create if first else run.engine.append)(f"keys_{slot.attribute}", joined(keys).where(usable))
