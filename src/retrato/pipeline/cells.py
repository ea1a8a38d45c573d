"""Cells of columns that share a type, each distinct one read once, whatever the number of its rows."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from retrato.engines.compile import normalise as sql
from retrato.identifiers.base import Status
from retrato.identifiers.value_sets import BLOCKED, NEVER_LINKS, set_apart

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from numpy.typing import NDArray
    from sqlglot import exp

    from retrato.pipeline.run import Run
    from retrato.pipeline.slots import Slot
    from retrato.pipeline.workers import Workers

    #: the rows of a source by its number, as a query with a column `row`, and what else of it goes with each cell
    KnownRows = Callable[[int], tuple[exp.Query, Sequence[str]]]


class ReadCells(NamedTuple):
    """Slots of one type, by their places, and the tables of their cells and of the values in each distinct cell."""

    slots: Mapping[int, Slot]
    #: slot, item, and what is known of the row
    cells: str
    #: the values of each item
    parsed: str
    #: how many values stand in all the cells
    values: int


def read_cells(
    run: Run, groups: Sequence[Mapping[int, Slot]], rows: KnownRows, workers: Workers, *, first: int = 0
) -> Iterator[ReadCells]:
    """Read the cells of groups of slots that share a type: while the tables of one are made, the next are read.

    Makes `cells_<number>` and `parsed_<number>` for each group, the first of which has the number `first`. The reading
    starts at once, but `rows` is asked when a group comes.
    """
    read = workers.ahead(partial(_read, slots, _texts(run, slots), workers) for slots in groups)
    return _loaded(run, groups, rows, read, first)


def _loaded(
    run: Run,
    groups: Sequence[Mapping[int, Slot]],
    rows: KnownRows,
    read: Iterator[tuple[pa.Table, pa.Table]],
    first: int,
) -> Iterator[ReadCells]:
    for number, (slots, (cells, parsed)) in enumerate(zip(groups, read, strict=True), start=first):
        names = f"cells_{number}", f"parsed_{number}"
        run.engine.load("row_cells", cells)
        for nth, (place, slot) in enumerate(slots.items()):
            known, columns = rows(slot.source_no)
            (run.engine.append if nth else run.engine.create)(names[0], sql.cells("row_cells", place, known, columns))
        run.engine.load(names[1], _set_apart(run, slots, parsed))
        each = np.bincount(parsed.column("item").to_numpy(), minlength=cells.num_rows)
        yield ReadCells(slots, *names, int(each[cells.column("item").to_numpy()].sum()))
    run.engine.drop("row_cells")


def _set_apart(run: Run, slots: Mapping[int, Slot], parsed: pa.Table) -> pa.Table:
    """The values without the keys of those that the rules block, or never let link anybody."""
    slot = next(iter(slots.values()))
    for sets, issue, status in (
        (run.ruleset.blocked, BLOCKED, Status.PLACEHOLDER),
        (run.ruleset.never_links, NEVER_LINKS, None),
    ):
        parsed, number = set_apart(slot.type, parsed, sets, issue, status)
        if number:
            sources = ", ".join(sorted({run.sources[each.source_no].name for each in slots.values()}))
            run.notes.append(f"source {sources}, {slot.attribute}: {issue.sentence} ({number} different texts)")
    return parsed


def _texts(run: Run, slots: Mapping[int, Slot]) -> pa.Table:
    """The filled cells of slots, each with its row and the place of its slot."""
    fetched = []
    for place, slot in slots.items():
        texts = run.engine.fetch(sql.texts(run.reads[slot.source_no].table, slot.parts, own=tuple(slot.own)))
        fetched.append(texts.append_column("slot", pa.repeat(pa.scalar(place, pa.int32()), texts.num_rows)))
    return pa.concat_tables(fetched)


def _read(slots: Mapping[int, Slot], cells: pa.Table, workers: Workers) -> tuple[pa.Table, pa.Table]:
    """The cells with their numbers in the place of their texts, and what is read in the distinct ones."""
    parts = sorted({part for slot in slots.values() for part in slot.parts})
    numbers, distinct = distinct_cells(cells, parts)
    kind = next(iter(slots.values())).type
    return (
        cells.drop_columns(parts).append_column("item", pa.array(numbers)),
        workers.read(kind, distinct),
    )


def distinct_cells(table: pa.Table, parts: Sequence[str]) -> tuple[NDArray[np.int64], pa.Table]:
    """The number of each row's cell (N,), and the distinct cells in the order of their numbers, one column a part.

    >>> numbers, cells = distinct_cells(pa.table({"text": ["a", None, "a"]}), ["text"])
    >>> numbers.tolist(), cells.column("text").to_pylist()
    ([0, 1, 0], ['a', None])
    """
    numbers = np.zeros(table.num_rows, np.int64)
    for part in parts:
        encoded: Any = pc.dictionary_encode(table.column(part).combine_chunks(), null_encoding="encode")
        own = encoded.indices.to_numpy().astype(np.int64)
        if len(parts) == 1:
            return own, pa.table({part: encoded.dictionary})
        both: Any = pa.array(numbers * len(encoded.dictionary) + own).dictionary_encode()
        numbers = both.indices.to_numpy().astype(np.int64)
    rows = np.arange(table.num_rows)[::-1]
    first = np.zeros(numbers.max(initial=-1) + 1, np.int64)
    first[numbers[::-1]] = rows
    return numbers, table.select(list(parts)).take(pa.array(first))
