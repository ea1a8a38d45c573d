"""Empty schemas of a PostgreSQL server, each the place of one store."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING
from uuid import uuid4

from sqlalchemy.engine import make_url

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def new_schema(server: str) -> Iterator[str]:
    """The URL of a schema that nobody else has, for the time of a `with`."""
    import psycopg

    schema = f"retrato_test_{uuid4().hex}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE SCHEMA {schema}")
        try:
            url = make_url(server).update_query_dict({"options": f"-csearch_path={schema}"})
            yield url.render_as_string(hide_password=False)
        finally:
            connection.execute("SET lock_timeout = '20s'")  # a store that is open still must not hang the tests
            connection.execute(f"DROP SCHEMA {schema} CASCADE")
