"""Threads that prepare columns side by side, and processes that read their values."""

from __future__ import annotations

import gc
import os
import signal
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from itertools import islice
from multiprocessing import current_process
from threading import BoundedSemaphore, Event, Lock
from typing import TYPE_CHECKING, TypeVar

import pyarrow as pa
import pyarrow.compute as pc

from retrato.identifiers.memory import forget

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from concurrent.futures import Future

    from loky.process_executor import ProcessPoolExecutor

    from retrato.identifiers.base import IdentifierType

Result = TypeVar("Result")

#: A process needs about as long to start as these rows to be read.
LEAST_ROWS = 60_000
#: Rows that are read together: with more of them a process would take more memory, with fewer it would look up the same
#: words more often.
TOGETHER = 1_000_000
#: What a process takes in memory for so many different names.
_BYTES_OF_PROCESS = 600_000_000
#: So many columns are read beside the one that is used; their cells are all in memory.
AHEAD = 2


class Workers:
    """Threads, and processes that are started when the first large table comes.

    There are `count` of each (None: as many as there are cores), but no more processes than `memory` has room for;
    where that is less, the others are read in the threads.
    """

    def __init__(self, count: int | None, memory: int | None = None) -> None:
        self.count = count
        self._size = count or os.cpu_count() or 1
        if memory is not None:
            self._size = min(self._size, max(memory // _BYTES_OF_PROCESS, 1))
        self._free = BoundedSemaphore(self._size)
        self._threads = ThreadPoolExecutor(min(count or AHEAD, AHEAD), "retrato-read")
        self._processes: ProcessPoolExecutor | None = None
        self._starting = Lock()
        #: set when what is under way is wanted no longer
        self.stopping = Event()

    def ahead(self, jobs: Iterable[Callable[[], Result]]) -> Iterator[Result]:
        """The results of jobs in their order; the first ones are started now, the next while those are used.

        A job is asked for when its turn comes.
        """
        coming = iter(jobs)
        waiting = deque(self._threads.submit(job) for job in islice(coming, AHEAD))
        return self._each(coming, waiting)

    def _each(self, coming: Iterator[Callable[[], Result]], waiting: deque[Future[Result]]) -> Iterator[Result]:
        while waiting:
            waiting.extend(self._threads.submit(job) for job in islice(coming, 1))
            yield waiting.popleft().result()

    def read(self, kind: IdentifierType, table: pa.Table) -> pa.Table:
        """Read a table as `kind.parse_table` does, so many rows together as memory allows."""
        if table.num_rows <= TOGETHER:
            return self._read_together(kind, table)
        parts = []
        for start in range(0, table.num_rows, TOGETHER):
            part = self._read_together(kind, table.slice(start, TOGETHER))
            parts.append(part.set_column(0, "item", pc.add(part.column("item"), start)))
        return pa.concat_tables(parts)

    def _read_together(self, kind: IdentifierType, table: pa.Table) -> pa.Table:
        """Read a table in one of the processes, when it is large and one is free.

        It is not divided between them: what a type has found out about a word, it knows for the whole of it.
        """
        alone = self.count == 1 or current_process().daemon  # a worker of a task queue may have no children
        if table.num_rows < LEAST_ROWS or alone or not self._free.acquire(blocking=False):
            return kind.parse_table(table)
        from loky.process_executor import BrokenProcessPool

        try:
            return _unpacked(self._started().submit(_read, kind, _packed(table)).result())
        except (BrokenProcessPool, OSError):
            self.count = 1  # such as where no process may be started, or one was killed for its memory
            return kind.parse_table(table)
        finally:
            self._free.release()

    def _started(self) -> ProcessPoolExecutor:
        from loky import cpu_count
        from loky.process_executor import ProcessPoolExecutor

        with self._starting:
            if self._processes is None:
                self._processes = ProcessPoolExecutor(min(self._size, cpu_count()), initializer=_begin)
            return self._processes

    def close(self, *, at_once: bool) -> None:
        """End threads and processes, when they have done what they were given or (`at_once`) as soon as may be."""
        if at_once:
            self.stopping.set()
        if self._processes is not None and at_once:
            self._processes.shutdown(wait=True, kill_workers=True)
        self._threads.shutdown(wait=True, cancel_futures=at_once)
        if self._processes is not None:
            self._processes.shutdown(wait=True)


@contextmanager
def workers(count: int | None, memory: int | None = None) -> Iterator[Workers]:
    """Workers that end with the block, and what was found out about words with them. Answers do not depend on how many
    there are.

    >>> from retrato.identifiers.phone import Phone
    >>> with workers(2) as hands:
    ...     hands.read(Phone(), pa.table({"text": ["+34 600112233"]})).column("value").to_pylist()
    ...     list(hands.ahead([lambda: 1, lambda: 2]))
    ['+34600112233']
    [1, 2]
    """
    hands = Workers(count, memory)
    try:
        yield hands
    except BaseException:
        hands.close(at_once=True)
        raise
    hands.close(at_once=False)
    forget()


def _begin() -> None:
    """Leave an interrupt to the process that started this one: it ends the others.

    Garbage is collected between two tables: among the many values of one there is hardly any.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    gc.disable()


def _read(kind: IdentifierType, packed: pa.Buffer) -> pa.Buffer:
    found = _packed(kind.parse_table(_unpacked(packed)))
    gc.collect()
    return found


def _packed(table: pa.Table) -> pa.Buffer:
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    return sink.getvalue()


def _unpacked(packed: pa.Buffer) -> pa.Table:
    with pa.ipc.open_stream(packed) as reader:
        return reader.read_all()
