"""The embedded engine: DuckDB in this process, spilling to the run's own folder."""

from __future__ import annotations

import os
import re
import shutil
import tempfile
import threading
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self, TypeVar

from retrato.engines.compile.template import table as table_node
from retrato.engines.compile.template import tree
from retrato.errors import DiskError, EngineError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from types import TracebackType

    import duckdb
    import pyarrow as pa

    from retrato.engines.compile.template import Node


Result = TypeVar("Result")

#: Seconds between two requests to a query to stop.
_PATIENCE = 0.05
_INTERRUPTED = "Query interrupted"


#: What makes DuckDB give free memory back to the system soon, beside which other things need memory.
_GIVING_BACK: dict[str, str | bool | int | float | list[str]] = {
    "allocator_background_threads": True,
    "allocator_flush_threshold": "1MB",
    "allocator_bulk_deallocation_flush_threshold": "16MB",
}
#: Bytes by the unit of a size.
_UNITS = {
    letter + binary: step**power
    for binary, step in (("", 1000), ("I", 1024))
    for power, letter in enumerate(("", "K", "M", "G", "T"))
}
_SIZE = re.compile(r"(\d+(?:\.\d+)?)\s*([KMGT]?I?)B", re.IGNORECASE)


def size_in_bytes(text: str) -> int | None:
    """A size such as `4GB` or `512 MiB` in bytes, or None for what is none.

    >>> size_in_bytes("2GB"), size_in_bytes("1 KiB"), size_in_bytes("much")
    (2000000000, 1024, None)
    """
    found = _SIZE.fullmatch(text.strip())
    return None if found is None else int(float(found[1]) * _UNITS[found[2].upper()])


@contextmanager
def _plain_errors() -> Iterator[None]:
    """Turn DuckDB's errors into ours, without the values that they quote."""
    import duckdb

    try:
        yield
    except duckdb.OutOfMemoryException as error:
        raise EngineError("DuckDB ran out of memory, or of disk for what does not fit; raise memory_limit") from error
    except duckdb.IOException as error:
        raise _disk_error(error) from error
    except duckdb.Error as error:
        raise EngineError(f"DuckDB refused a relation ({type(error).__name__})") from error


def _disk_error(error: Exception) -> DiskError:
    reason = str(error).rpartition(": ")[2].strip()
    return DiskError(f"{reason}; free some space or name a folder on another disk")


@contextmanager
def _interrupts() -> Iterator[None]:
    """Let an interrupt be one: where DuckDB notices a signal itself it raises an error of its own in its place."""
    try:
        yield
    except RuntimeError as error:
        if str(error) == _INTERRUPTED:
            raise KeyboardInterrupt from error
        raise


@dataclass(slots=True)
class DuckDBEngine:
    """DuckDB, embedded.

    `threads` defaults to the cores of the machine. `memory_limit` (such as `"4GB"`) is for a whole run and defaults to
    a third of the machine's memory, but 4 GB at least; the tables get two fifths of it, for a run keeps other things
    beside them. What does not fit spills to a private temporary folder, in `folder` when given, that is removed on
    close. With `database` the tables are kept in that file, where they outlast the engine; but those whose name begins
    with `_`, which are intermediate, stay in memory or spill.

    >>> with DuckDBEngine(threads=1) as engine:
    ...     engine.create("t", tree("SELECT 1 AS x"))
    ...     engine.count("t")
    1
    """

    threads: int | None = None
    memory_limit: str | None = None
    folder: Path | None = None
    database: Path | None = None
    name: str = field(default="duckdb", init=False)
    _connection: duckdb.DuckDBPyConnection | None = field(default=None, init=False, repr=False)
    _spill: Path | None = field(default=None, init=False, repr=False)
    _worker: ThreadPoolExecutor | None = field(default=None, init=False, repr=False)
    _views: set[str] = field(default_factory=set, init=False, repr=False)
    #: threads take turns
    _lock: threading.RLock = field(default_factory=threading.RLock, init=False, repr=False)

    @property
    def memory(self) -> int:
        """The bytes that tables may take in memory. Raises EngineError for a limit that is no size."""
        machine = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
        whole = max(machine // 3, 4 * 10**9) if self.memory_limit is None else size_in_bytes(self.memory_limit)
        if whole is None:
            raise EngineError(f"{self.memory_limit!r} is no size of memory; write such as 4GB")
        return whole * 2 // 5  # more than the tables stands in memory beside them

    @property
    def is_open(self) -> bool:
        """Whether the engine has been used since it was made or closed."""
        return self._connection is not None

    @property
    def scratch(self) -> Path:
        """A folder for files that are gone when the engine is closed."""
        if self._spill is None:
            self._spill = Path(tempfile.mkdtemp(prefix="retrato-", dir=self.folder))
        return self._spill

    @property
    def connection(self) -> duckdb.DuckDBPyConnection:
        """The open connection (opened on first use)."""
        if self._connection is None:
            self._connection = self._open()
        return self._connection

    def _open(self) -> duckdb.DuckDBPyConnection:
        import duckdb

        limit = f"{self.memory // 10**6}MB"
        settings: dict[str, str | bool | int | float | list[str]] = {
            "temp_directory": str(self.scratch),
            "memory_limit": limit,
            "preserve_insertion_order": False,
            **_GIVING_BACK,
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
        }
        if self.threads is not None:
            settings["threads"] = self.threads
        if self.database is not None:
            settings["force_compression"] = "uncompressed"  # these tables are read a few times and dropped
        try:
            with _interrupts():
                connection = duckdb.connect(self.database or ":memory:", config=settings)
                connection.execute("SET enable_progress_bar = false")
                views = connection.execute("SELECT view_name FROM duckdb_views() WHERE NOT internal").fetchall()
                self._views = {str(name) for (name,) in views}
        except duckdb.Error as error:
            self._clear_scratch()
            if isinstance(error, duckdb.IOException):
                raise _disk_error(error) from error
            raise EngineError(f"DuckDB cannot be opened with these settings: {error}") from error
        return connection

    def _run(self, work: Callable[[duckdb.DuckDBPyConnection], Result]) -> Result:
        """Do the work beside the main thread, which so stays free to take a signal and end the query.

        DuckDB itself looks for signals only now and then, and while it makes Arrow tables never.
        """
        connection = self.connection
        with self._lock, _plain_errors():
            if threading.current_thread() is not threading.main_thread():
                return work(connection)
            if self._worker is None:
                self._worker = ThreadPoolExecutor(1, "retrato-duckdb")
            running = self._worker.submit(work, connection)
            try:
                return running.result()
            except KeyboardInterrupt:
                while not wait([running], _PATIENCE).done:
                    connection.interrupt()
                raise

    def _execute(self, sql: str) -> None:
        self._run(lambda connection: connection.execute(sql))

    def create(self, table: str, query: Node) -> None:
        """Make (or replace) a table from a query."""
        sort = "TEMP TABLE" if table.startswith("_") else "TABLE"
        self._execute(f"CREATE OR REPLACE {sort} {table_node(table).sql('duckdb')} AS {query.sql('duckdb')}")

    def define(self, view: str, query: Node) -> None:
        """Name a query, which then can be read like a table; it runs anew each time."""
        self._execute(f"CREATE OR REPLACE VIEW {table_node(view).sql('duckdb')} AS {query.sql('duckdb')}")
        self._views.add(view)

    def append(self, table: str, query: Node) -> None:
        """Add the rows of a query to a table that exists."""
        self._execute(f"INSERT INTO {table_node(table).sql('duckdb')} {query.sql('duckdb')}")

    def load(self, table: str, data: pa.Table) -> None:
        """Make (or replace) a table from Arrow data."""
        with self._registered(data):
            self.create(table, tree("SELECT * FROM _arrow"))

    def add(self, table: str, data: pa.Table) -> None:
        """Add the rows of Arrow data to a table that exists; columns are matched by place."""
        with self._registered(data):
            self.append(table, tree("SELECT * FROM _arrow"))

    @contextmanager
    def _registered(self, data: pa.Table) -> Iterator[None]:
        with self._lock, _interrupts():
            self.connection.register("_arrow", data)
            try:
                yield
            finally:
                self.connection.unregister("_arrow")

    def fetch(self, query: Node) -> pa.Table:
        """The rows of a query."""
        sql = query.sql("duckdb")
        result: pa.Table = self._run(lambda connection: connection.sql(sql).to_arrow_table())
        return result

    def _rows(self, query: Node) -> list[tuple[Any, ...]]:
        """The few rows of a query, sooner than as a table."""
        sql = query.sql("duckdb")
        return self._run(lambda connection: connection.execute(sql).fetchall())

    def write(self, query: Node, path: Path) -> None:
        """Write the rows of a query to a Parquet file (zstd), in the query's order, readable by its owner only."""
        os.close(os.open(path, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600))
        file = tree(":path", path=str(path)).sql("duckdb")
        options = "FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 122880, USE_TMP_FILE false"
        self._execute(f"COPY ({query.sql('duckdb')}) TO {file} ({options})")

    def tables(self) -> Sequence[str]:
        """The names of all tables and views, in order."""
        found = self._rows(tree("SELECT table_name FROM information_schema.tables ORDER BY table_name"))
        return [str(name) for (name,) in found]

    def count(self, table: str) -> int:
        """The number of rows of a table."""
        return int(self._rows(tree("SELECT count(*) FROM :t", t=table_node(table)))[0][0])

    def columns(self, table: str) -> Sequence[str]:
        """The column names of a table in order, or nothing when there is no such table."""
        found = self._rows(
            tree("SELECT column_name FROM duckdb_columns() WHERE table_name = :t ORDER BY column_index", t=table)
        )
        return [str(name) for (name,) in found]

    def drop(self, *tables: str) -> None:
        """Forget tables and views; unknown names are ignored."""
        for table in tables:
            sort = "VIEW" if table in self._views else "TABLE"
            self._execute(f"DROP {sort} IF EXISTS {table_node(table).sql('duckdb')}")
            self._views.discard(table)

    def checkpoint(self) -> None:
        """Write what the database file lacks, and make the place of dropped tables free in it."""
        if self.database is not None:
            self._execute("CHECKPOINT")

    def close(self) -> None:
        """Close the connection and remove the spill folder. The engine opens anew when it is used again."""
        if self._worker is not None:
            self._worker.shutdown()
            self._worker = None
        if self._connection is not None:
            self._connection.close()
            self._connection = None
            self._views.clear()
        self._clear_scratch()

    def _clear_scratch(self) -> None:
        if self._spill is not None:
            shutil.rmtree(self._spill, ignore_errors=True)
            self._spill = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
