"""Empty places for identity stores: a file of SQLite, a schema of the PostgreSQL that RETRATO_TEST_POSTGRESQL names."""

from __future__ import annotations

import os
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import MetaData, create_engine, select

from schemas import new_schema

if TYPE_CHECKING:
    from collections.abc import Iterator

BACKENDS = ("sqlite", "postgresql")


def server() -> str:
    """The URL of the server; the test is skipped where there is none."""
    url = os.environ.get("RETRATO_TEST_POSTGRESQL")
    if not url:
        pytest.skip("no PostgreSQL to test with: run `.ci/postgresql make test`, or set RETRATO_TEST_POSTGRESQL")
    return url


@contextmanager
def empty_place(backend: str, folder: Path) -> Iterator[str]:
    """The URL of a place that no other test has, for the time of a `with`; it skips where there is no server."""
    if backend == "sqlite":
        yield f"sqlite:///{folder / 'store.db'}"
        return
    with new_schema(server()) as url:
        yield url


def bytes_of(url: str) -> bytes:
    """All that the database holds: files of SQLite; rows of PostgreSQL but for numbers, where any digits may stand."""
    if url.startswith("sqlite"):
        path = Path(url.removeprefix("sqlite:///"))
        return b"".join(file.read_bytes() for file in sorted(path.parent.glob(f"{path.name}*")))
    engine = create_engine(url.replace("postgresql://", "postgresql+psycopg://"))
    tables = MetaData()
    tables.reflect(engine)
    with engine.connect() as connection:
        rows = [row for table in tables.sorted_tables for row in connection.execute(select(table))]
    engine.dispose()
    return repr([cell for row in rows for cell in row if not isinstance(cell, int)]).encode()
