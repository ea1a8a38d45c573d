"""The raw table of a source while it is read: rows as text, and the rows that could not be read."""

from __future__ import annotations

from concurrent.futures import CancelledError
from dataclasses import dataclass, field
from functools import reduce
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc
from sqlglot import exp

from retrato.engines.compile.template import Node, column, tree
from retrato.engines.compile.template import table as table_node
from retrato.io.readers.names import ROW, unique_names

if TYPE_CHECKING:
    from collections.abc import Sequence
    from threading import Event

    from retrato.engines.base import Engine
    from retrato.records import Source

REJECTED = "rejected"
_FLUSH = 256 << 20  # bytes kept before they go to the engine, which likes few large pieces
_LONG = 7  # five digits and ".0"

_REJECTED_SCHEMA = pa.schema(
    [
        ("source", pa.string()),
        ("file", pa.string()),
        ("line", pa.int64()),
        ("reason", pa.string()),
        ("text", pa.string()),
    ]
)


@dataclass(frozen=True, slots=True)
class ReadSource:
    """A source that stands in the engine: its table, columns, and what was noticed while it was read.

    `columns` are the names of `table` without `_row`, in the order of the source. `rows` counts the rows read,
    `rejected` those that stand in the engine table `rejected`. `file` is the path as it was given, or a word for data
    in memory. `read_as` says how the text of a file was told apart: encoding and separator.
    """

    source: Source
    table: str
    columns: tuple[str, ...]
    rows: int
    rejected: int
    notes: tuple[str, ...]
    file: str
    read_as: str = ""


@dataclass(slots=True)
class RawTable:
    """Takes the rows of one source: every cell text, stripped, blank ones NULL."""

    source: Source
    engine: Engine
    table: str
    file: str
    columns: tuple[str, ...] = ()
    read_as: str = ""
    notes: list[str] = field(default_factory=list)
    offered: int = 0  # rows and lines seen that are no rejects, blank ones included
    stopping: Event | None = None
    _rejects: list[tuple[int | None, str, str]] = field(default_factory=list)
    _waiting: list[pa.Table] = field(default_factory=list)
    _bytes: int = 0

    @property
    def where(self) -> str:
        """How errors name this source."""
        return f"source {self.source.name} ({self.file})"

    def open(self, header: Sequence[object]) -> None:
        """Make the empty table, with names that the engine can hold."""
        self.columns, notes = unique_names(header)
        self.notes.extend(notes)
        schema = pa.schema([(ROW, pa.int64()), *((name, pa.string()) for name in self.columns)])
        self.engine.load(self.table, schema.empty_table())

    def add(self, rows: pa.Array | pa.ChunkedArray, columns: Sequence[pa.Array | pa.ChunkedArray]) -> None:
        """Add rows: their numbers (int64) and one text column each. Rows without any value are left out.

        Raises CancelledError when the rows are wanted no longer.
        """
        if self.stopping is not None and self.stopping.is_set():
            raise CancelledError
        data = pa.table([rows, *map(_stripped, columns)], names=[ROW, *self.columns])
        self.offered += data.num_rows
        self._waiting.append(data)
        self._bytes += data.nbytes
        if self._bytes >= _FLUSH:
            self._flush()

    def _flush(self) -> None:
        data = pa.concat_tables(self._waiting, promote_options="permissive") if self._waiting else None
        self._waiting, self._bytes = [], 0
        if not data:
            return
        filled = _filled(data.columns[1:])
        self.engine.add(self.table, data if pc.all(filled).as_py() else data.filter(filled))

    def reject(self, line: int | None, reason: str, text: str) -> None:
        """Keep a row that cannot be read: its line, why, and its text."""
        self._rejects.append((line, reason, text.rstrip("\r\n")))

    def finish(self) -> ReadSource:
        """Write the rejects, undo what spreadsheets do to whole numbers, and say what was read."""
        self._flush()
        rows = self.engine.count(self.table)
        blank = self.offered - rows
        if blank:
            self.notes.append(f"{blank} blank rows were left out")
        if not rows:
            self.notes.append("there are no rows below the header" if not self._rejects else "no row could be read")
        self._unfloat()
        self._write_rejects()
        return ReadSource(
            self.source,
            self.table,
            self.columns,
            rows,
            len(self._rejects),
            tuple(self.notes),
            self.file,
            self.read_as,
        )

    def _write_rejects(self) -> None:
        if not self.engine.columns(REJECTED):
            self.engine.load(REJECTED, _REJECTED_SCHEMA.empty_table())
        if not self._rejects:
            return
        lines, reasons, texts = zip(*self._rejects, strict=True)
        count = len(lines)
        data = pa.table(
            [[self.source.name] * count, [self.file] * count, lines, reasons, texts], schema=_REJECTED_SCHEMA
        )
        self.engine.add(REJECTED, data)

    def _unfloat(self) -> None:
        """Columns whose every value ends in `.0` held whole numbers: 600112233.0 was 600112233."""
        some = tree("SELECT * FROM :t LIMIT 2048", t=table_node(self.table))
        possible = [name for name, whole in self._whole(self.columns, exp.Subquery(this=some)) if whole is not False]
        checked = self._whole(possible, table_node(self.table), longest=_LONG)
        found = [name for name, whole in checked if whole]
        if not found:
            return
        cells = [
            exp.alias_(
                tree("left(:c, length(:c) - 2)", c=column(name)) if name in found else column(name), name, quoted=True
            )
            for name in (ROW, *self.columns)
        ]
        self.engine.create(self.table, exp.select(*cells).from_(table_node(self.table)))
        self.notes.extend(f'column "{name}" holds whole numbers written with ".0", now without' for name in found)

    def _whole(self, names: Sequence[str], rows: Node, *, longest: int = 0) -> list[tuple[str, bool | None]]:
        """Each column, and whether all its values are whole numbers that end in `.0` (None when it has none).

        The longest must have so many characters: the codes that this happens to are long, a version 1.0 is not.
        """
        if not names:
            return []
        whole = r"-?\d+\.0"
        check = "bool_and(regexp_full_match(:c, :whole)) AND max(length(:c)) >= :longest"
        checks = [tree(check, c=column(name), whole=whole, longest=longest) for name in names]
        answer = self.engine.fetch(exp.select(*checks).from_(rows))
        return [(name, yes[0].as_py()) for name, yes in zip(names, answer.columns, strict=True)]


def _filled(columns: Sequence[pa.ChunkedArray]) -> pa.ChunkedArray:
    """Which rows have a value in any column."""
    return reduce(pc.or_, map(pc.is_valid, columns))


def _stripped(cells: pa.Array | pa.ChunkedArray) -> pa.Array | pa.ChunkedArray:
    text = pc.utf8_trim_whitespace(cells)
    empty = pc.equal(pc.binary_length(text), 0)
    return pc.if_else(empty, pa.scalar(None, text.type), text) if pc.any(empty).as_py() else text
