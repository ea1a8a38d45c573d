"""What an engine does: it keeps named tables and makes new ones from syntax trees.

Nothing here knows what the tables mean.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, Self

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path
    from types import TracebackType

    import pyarrow as pa

    from retrato.engines.compile.template import Node


class Engine(Protocol):
    """A relation in, a relation out. Tables live until the engine is closed.

    Stages, readers and questions use nothing but these methods; which engine it is decides whoever starts the run.
    """

    name: str
    #: The limits that were asked for; None for the engine's own.
    threads: int | None
    memory_limit: str | None

    @property
    def memory(self) -> int:
        """The bytes that tables may take in memory."""

    @property
    def scratch(self) -> Path:
        """A folder for files that are gone when the engine is closed, readable by its owner only."""

    def create(self, table: str, query: Node) -> None:
        """Make (or replace) a table from a query. One whose name begins with `_` need not outlast the engine."""

    def define(self, view: str, query: Node) -> None:
        """Name a query, which then can be read like a table; it runs anew each time."""

    def append(self, table: str, query: Node) -> None:
        """Add the rows of a query to a table that exists."""

    def load(self, table: str, data: pa.Table) -> None:
        """Make (or replace) a table from Arrow data."""

    def add(self, table: str, data: pa.Table) -> None:
        """Add the rows of Arrow data to a table that exists; columns are matched by place."""

    def fetch(self, query: Node) -> pa.Table:
        """The rows of a query. Their order is the query's ORDER BY, or none."""

    def write(self, query: Node, path: Path) -> None:
        """Write the rows of a query to a Parquet file, in the query's order; the same rows give the same bytes."""

    def tables(self) -> Sequence[str]:
        """The names of all tables and views, in order."""

    def count(self, table: str) -> int:
        """The number of rows of a table."""

    def columns(self, table: str) -> Sequence[str]:
        """The column names of a table, or nothing when there is no such table."""

    def drop(self, *tables: str) -> None:
        """Forget tables and views; unknown names are ignored."""

    def checkpoint(self) -> None:
        """Make safe what the tables hold, where they are kept in a file, and give back the place of dropped ones."""

    def close(self) -> None:
        """Let go of everything, temporary files included."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...
