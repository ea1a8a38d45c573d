"""Empty places for identity stores: a file of SQLite, a schema of the PostgreSQL that RETRATO_TEST_POSTGRESQL names."""

from __future__ import annotations

import os
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from schemas import new_schema

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

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
