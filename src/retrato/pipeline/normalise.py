"""Stage 2: raw cells to identifiers. Each distinct cell is read once, whatever the number of its rows."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from sqlglot import exp

from retrato.engines.compile import normalise as sql
from retrato.engines.compile.template import all_of, column, query, table, tree
from retrato.identifiers.attribute import Attribute
from retrato.identifiers.base import IdentifierType
from retrato.pipeline.cells import read_cells
from retrato.pipeline.rows import records
from retrato.pipeline.slots import Slot, by_dictionary, slots_of
from retrato.pipeline.workers import workers
from retrato.records import SourceKind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from retrato.identifiers.base import Feature
    from retrato.pipeline.cells import ReadCells
    from retrato.pipeline.run import Run
    from retrato.pipeline.workers import Workers

_RECORD = ("record", "version", "observed_at")
#: Where a value stands among the values of its record: valid ones first, then by slot and by place in the cell.
_PLACE = """
CAST(CASE WHEN v.status = 'valid' THEN 0 WHEN v.status = 'possible' THEN 1 ELSE 2 END AS BIGINT) * 1000000
  + c.slot * 1000 + v.ordinal
"""


def normalise(run: Run) -> None:
    """Make `records`, and as views `identifiers`, its parts `identifiers_<i>`, and the keys of a kind `keys_<kind>`."""
    numbers = [number for number, each in enumerate(run.mappings) if each.kind is SourceKind.RECORDS]
    run.counts["identifiers"] = 0
    with workers(run.engine.threads, run.engine.memory) as hands:
        slots = run.slots = tuple(inferred(run, source_slots(run, numbers), hands))
        coming = read_cells(run, by_dictionary(slots), row_records, hands)
        records(run, numbers, hands.read)
        kinds: dict[str, tuple[Feature, ...]] = {}
        keys: dict[str, list[exp.Query]] = {}
        for read in coming:
            any_slot = next(iter(read.slots.values()))
            kind, name = any_slot.type, any_slot.attribute
            run.identifiers.append(f"identifiers_{len(run.identifiers)}")
            run.engine.define(run.identifiers[-1], _identifiers(kind, name, read))
            run.cells += (read.cells, read.parsed)
            keys.setdefault(name, []).append(_keys(kind, read))
            kinds[name] = kind.features
            run.counts["identifiers"] += read.values
    parts = (query("SELECT * FROM :part", part=table(part)) for part in run.identifiers)
    run.engine.define("identifiers", all_of(query(_NO_IDENTIFIERS), *parts))
    run.kinds = {name: kinds[name] for name in sorted(kinds) if kinds[name]}
    for name in run.kinds:
        run.engine.define(f"keys_{name}", all_of(*keys[name]))
    run.attributes = frozenset(slot.attribute for slot in slots if isinstance(slot.type, Attribute))


def row_records(source_no: int) -> tuple[exp.Query, Sequence[str]]:
    """The rows of a source that holds records, and what is known of each."""
    return query("SELECT * FROM row_records WHERE source_no = :n", n=source_no), _RECORD


def source_slots(run: Run, numbers: Sequence[int]) -> tuple[Slot, ...]:
    """The slots of the sources of these numbers, in order."""
    types = run.ruleset.types
    return tuple(
        slot for number in numbers for slot in slots_of(number, run.sources[number], run.mappings[number], types)
    )


def inferred(run: Run, slots: Sequence[Slot], hands: Workers) -> Iterator[Slot]:
    """Each slot with its type as the whole of its columns shows it to be."""
    for slot, (kind, found) in zip(slots, hands.ahead(_inference(run, slot) for slot in slots), strict=True):
        run.notes += (f"source {run.sources[slot.source_no].name}, column {slot.columns}: {each}" for each in found)
        yield replace(slot, type=kind)


def _inference(run: Run, slot: Slot) -> Callable[[], tuple[IdentifierType, tuple[str, ...]]]:
    if type(slot.type).inferred is IdentifierType.inferred:
        return lambda: (slot.type, ())
    parts = [exp.alias_(column(source), part, quoted=True) for part, source in slot.own.items()]
    cells = run.engine.fetch(exp.select(*parts).from_(table(run.reads[slot.source_no].table)))
    return partial(slot.type.inferred, {part: cells.column(part) for part in slot.own})


def _identifiers(kind: IdentifierType, attribute: str, read: ReadCells) -> exp.Query:
    """The rows of `identifiers` that come from the tables of slots that share a type."""
    columns = exp.Case(this=column("slot", "c"))
    for place, slot in read.slots.items():
        columns = columns.when(exp.Literal.number(place), exp.Literal.string(slot.columns))
    return sql.values_of(
        read.cells,
        read.parsed,
        [
            ("record", column("record", "c")),
            ("version", column("version", "c")),
            ("attribute", tree("CAST(:a AS VARCHAR)", a=attribute)),
            ("kind", tree("CAST(:k AS VARCHAR)", k=kind.kind)),
            *((name, column(name, "v")) for name in _OF_VALUE),
            ("column_no", column("slot", "c")),
            ("column_name", columns),
            ("observed_at", column("observed_at", "c")),
        ],
    )


_OF_VALUE = ("namespace", "ordinal", "value", "raw", "status", "issues", "parts")


def _keys(kind: IdentifierType, read: ReadCells) -> exp.Query:
    keys = ((name, column(name, "v")) for name in kind.key_names())
    usable = tree("c.version = 0 AND v.status NOT IN ('placeholder', 'missing')")
    record = ("record", column("record", "c"))
    return sql.values_of(read.cells, read.parsed, [record, ("place", tree(_PLACE)), *keys]).where(usable)


_NO_IDENTIFIERS = """
SELECT CAST(0 AS BIGINT) AS record, CAST(0 AS INTEGER) AS version, '' AS attribute, '' AS kind, '' AS namespace,
  CAST(0 AS INTEGER) AS ordinal, '' AS value, '' AS raw, '' AS status, '' AS issues, '' AS parts,
  CAST(0 AS INTEGER) AS column_no, '' AS column_name, CAST(NULL AS TIMESTAMP) AS observed_at WHERE FALSE
"""
