"""Processes that read the values which no fast path accepts."""

from __future__ import annotations

import signal
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pyarrow as pa

if TYPE_CHECKING:
    from collections.abc import Iterator

    from loky.process_executor import ProcessPoolExecutor

    from retrato.identifiers.base import IdentifierType, ReadRows

#: A process needs about as long to start as these rows to be read.
LEAST_ROWS = 60_000
#: Rows a message: few enough that the processes end at about the same time.
_CHUNK = 10_000


class _Pool:
    """The processes, started when the first large table comes."""

    def __init__(self, processes: int) -> None:
        self.processes = processes
        self._executor: ProcessPoolExecutor | None = None

    def read(self, kind: IdentifierType, table: pa.Table) -> pa.Table:
        """Read a table as `kind.parse_rows` does: in the processes when it is large, here when it is not."""
        from loky.process_executor import BrokenProcessPool

        if self.processes < 2 or table.num_rows < LEAST_ROWS:
            return kind.parse_rows(table)
        starts = range(0, table.num_rows, _CHUNK)
        try:
            sent = [self._started().submit(_read, kind, _packed(table.slice(start, _CHUNK))) for start in starts]
            found = [_unpacked(each.result()) for each in sent]
        except (BrokenProcessPool, OSError):
            self.processes = 1  # such as where no process may be started, or one was killed for its memory
            return kind.parse_rows(table)
        return pa.concat_tables(
            each.set_column(0, "item", pa.array(each.column("item").to_numpy() + start, pa.int64()))
            for start, each in zip(starts, found, strict=True)
        )

    def _started(self) -> ProcessPoolExecutor:
        from loky.process_executor import ProcessPoolExecutor

        if self._executor is None:
            self._executor = ProcessPoolExecutor(self.processes, initializer=_ignore_interrupts)
        return self._executor

    def close(self, *, at_once: bool) -> None:
        if self._executor is not None:
            self._executor.shutdown(wait=True, kill_workers=at_once)


@contextmanager
def reading_in_parallel(processes: int | None) -> Iterator[ReadRows]:
    """A reader for `IdentifierType.parse_table` that uses so many processes (None: as many as there are cores).

    Its answers do not depend on how many there are. The processes end with the block.

    >>> from retrato.identifiers.phone import Phone
    >>> with reading_in_parallel(2) as read:
    ...     read(Phone(), pa.table({"text": ["+34 600112233"]})).column("value").to_pylist()
    ['+34600112233']
    """
    from loky import cpu_count

    pool = _Pool(cpu_count() if processes is None else processes)
    try:
        yield pool.read
    except BaseException:
        pool.close(at_once=True)
        raise
    pool.close(at_once=False)


def _ignore_interrupts() -> None:
    """Leave an interrupt to the process that started this one: it ends the others."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _read(kind: IdentifierType, packed: bytes) -> bytes:
    return _packed(kind.parse_rows(_unpacked(packed)))


def _packed(table: pa.Table) -> bytes:
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    packed: bytes = sink.getvalue().to_pybytes()
    return packed


def _unpacked(packed: bytes) -> pa.Table:
    with pa.ipc.open_stream(packed) as reader:
        return reader.read_all()
