"""Where the stores of a benchmark are: new files of SQLite, or new schemas of a PostgreSQL server."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING
from uuid import uuid4

from schemas import new_schema

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@contextmanager
def new_place(server: str | None, folder: Path) -> Iterator[str]:
    """The URL of a new place for a store: on the server, or in the folder where no server is named."""
    if server is None:
        yield f"sqlite:///{folder}/{uuid4().hex}.db"
        return
    with new_schema(server) as url:
        yield url


def waits_for_the_disk(server: str | None) -> bool:
    """Whether the database answers only when what it was given would outlast a power cut."""
    if server is None:
        return True
    import psycopg

    with psycopg.connect(server) as connection:
        return connection.execute("SHOW fsync").fetchone() == ("on",)
