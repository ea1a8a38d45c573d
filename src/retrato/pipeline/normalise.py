"""Stage 2: raw cells to identifiers. Each distinct cell is read once, whatever the number of its rows."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pyarrow as pa
from sqlglot import exp

from retrato.engines.compile import normalise as sql
from retrato.engines.compile.template import column, query, table, tree
from retrato.identifiers.attribute import Attribute
from retrato.identifiers.base import IdentifierType
from retrato.pipeline.cells import distinct_cells
from retrato.pipeline.rows import records
from retrato.pipeline.slots import Slot, by_dictionary, slots_of
from retrato.pipeline.workers import reading_in_parallel
from retrato.records import SourceKind

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from retrato.identifiers.base import Feature, ReadRows
    from retrato.pipeline.run import Run

    #: the rows of a source by its number, as a query with a column `row`, and what else of it goes with each cell
    KnownRows = Callable[[int], tuple[exp.Query, Sequence[str]]]

_RECORD = ("record", "version", "observed_at")
#: Where a value stands among the values of its record: valid ones first, then by slot and by place in the cell.
_PLACE = """
CAST(CASE WHEN v.status = 'valid' THEN 0 WHEN v.status = 'possible' THEN 1 ELSE 2 END AS BIGINT) * 1000000
  + c.slot * 1000 + v.ordinal
"""


def normalise(run: Run) -> None:
    """Make `records`, `identifiers` (a view) and one table of keys a kind (`keys_<kind>`)."""
    numbers = [number for number, each in enumerate(run.mappings) if each.kind is SourceKind.RECORDS]
    with reading_in_parallel(run.engine.threads) as read:
        records(run, numbers, read)
        slots = run.slots = tuple(inferred(run, slot) for slot in source_slots(run, numbers))
        places = {id(slot): place for place, slot in enumerate(slots)}
        kinds: dict[str, tuple[Feature, ...]] = {}
        found: list[exp.Query] = []
        for group in by_dictionary(slots).values():
            name, first = group[0].attribute, group[0].attribute not in kinds
            kinds.setdefault(name, group[0].type.features)
            tables = read_cells(run, len(run.cells), {places[id(slot)]: slot for slot in group}, row_records, read)
            found.append(_identifiers(group[0], tables, {places[id(slot)]: slot.columns for slot in group}))
            run.cells.extend(tables)
            (run.engine.create if first else run.engine.append)(f"keys_{name}", _keys(group[0].type, tables))
    run.engine.define("identifiers", _all(found))
    run.kinds = {name: kinds[name] for name in sorted(kinds) if kinds[name]}
    run.attributes = frozenset(slot.attribute for slot in slots if isinstance(slot.type, Attribute))
    run.counts["identifiers"] = run.engine.count("identifiers")
    run.engine.drop(*(run.reads[number].table for number in numbers))


def row_records(source_no: int) -> tuple[exp.Query, Sequence[str]]:
    """The rows of a source that holds records, and what is known of each."""
    return query("SELECT * FROM row_records WHERE source_no = :n", n=source_no), _RECORD


def source_slots(run: Run, numbers: Sequence[int]) -> tuple[Slot, ...]:
    """The slots of the sources of these numbers, in order."""
    types = run.ruleset.types
    return tuple(
        slot for number in numbers for slot in slots_of(number, run.sources[number], run.mappings[number], types)
    )


def inferred(run: Run, slot: Slot) -> Slot:
    """The slot with its type as the whole of its columns shows it to be."""
    if type(slot.type).inferred is IdentifierType.inferred:
        return slot
    parts = [exp.alias_(column(source), part, quoted=True) for part, source in slot.own.items()]
    cells = run.engine.fetch(exp.select(*parts).from_(table(run.reads[slot.source_no].table)))
    kind, found = slot.type.inferred({part: cells.column(part) for part in slot.own})
    run.notes.extend(f"source {run.sources[slot.source_no].name}, column {slot.columns}: {each}" for each in found)
    return replace(slot, type=kind)


def read_cells(run: Run, number: int, slots: Mapping[int, Slot], rows: KnownRows, read: ReadRows) -> tuple[str, str]:
    """Read the cells of slots that share a type, by their places.

    Makes `cells_<number>` (slot, item, and what is known of the row) and `parsed_<number>` (the values of each item).
    """
    parts = sorted({part for slot in slots.values() for part in slot.parts})
    fetched = []
    for place, slot in slots.items():
        known, columns = rows(slot.source_no)
        raw = run.reads[slot.source_no].table
        cells = run.engine.fetch(sql.cells(raw, slot.parts, own=tuple(slot.own), rows=known, columns=columns))
        fetched.append(cells.append_column("slot", pa.repeat(pa.scalar(place, pa.int32()), cells.num_rows)))
    together = pa.concat_tables(fetched)
    numbers, distinct = distinct_cells(together, parts)
    slim = together.drop_columns(parts).append_column("item", pa.array(numbers))
    names = f"cells_{number}", f"parsed_{number}"
    run.engine.load(names[0], slim)
    kind = next(iter(slots.values())).type
    run.engine.load(names[1], kind.parse_table(distinct, read=read))
    return names


def _identifiers(slot: Slot, tables: tuple[str, str], columns: Mapping[int, str]) -> exp.Query:
    """The rows of `identifiers` that come from one pair of tables; `columns` are those of each slot."""
    case = exp.Case(this=column("slot", "c"))
    for place, name in columns.items():
        case = case.when(exp.Literal.number(place), exp.Literal.string(name))
    return sql.values_of(
        *tables,
        [
            ("record", column("record", "c")),
            ("version", column("version", "c")),
            ("attribute", tree("CAST(:a AS VARCHAR)", a=slot.attribute)),
            ("kind", tree("CAST(:k AS VARCHAR)", k=slot.type.kind)),
            *((name, column(name, "v")) for name in _OF_VALUE),
            ("column_name", case),
            ("observed_at", column("observed_at", "c")),
        ],
    )


_OF_VALUE = ("namespace", "ordinal", "value", "raw", "status", "issues", "parts")


def _keys(kind: IdentifierType, tables: tuple[str, str]) -> exp.Query:
    keys = ((name, column(name, "v")) for name in kind.key_names())
    usable = tree("c.version = 0 AND v.status NOT IN ('placeholder', 'missing')")
    return sql.values_of(*tables, [("record", column("record", "c")), ("place", tree(_PLACE)), *keys]).where(usable)


def _all(queries: Sequence[exp.Query]) -> exp.Query:
    union = query(_NO_IDENTIFIERS)
    for each in queries:
        union = exp.union(union, each, distinct=False)
    return union


_NO_IDENTIFIERS = """
SELECT CAST(0 AS BIGINT) AS record, CAST(0 AS INTEGER) AS version, '' AS attribute, '' AS kind, '' AS namespace,
  CAST(0 AS INTEGER) AS ordinal, '' AS value, '' AS raw, '' AS status, '' AS issues, '' AS parts, '' AS column_name,
  CAST(NULL AS TIMESTAMP) AS observed_at WHERE FALSE
"""
