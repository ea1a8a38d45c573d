"""The database of an identity store: how it is opened, and the transactions in which it is read and written.

Whoever writes takes turns: a transaction that writes first takes the one lock of the store (in SQLite the file's, in
PostgreSQL that of a row), so that what is decided rests on what is there. Readers wait for nobody.
"""

from __future__ import annotations

import json
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from sqlalchemy import Engine, create_engine, event, select
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DBAPIError

from retrato.errors import StoreError
from retrato.stores.cipher import Cipher, cipher_for, key_of, mark_for
from retrato.stores.schema import FORMAT, METADATA, SETTINGS, create, format_of, migrate
from retrato.stores.statements import Statement
from retrato.stores.work import Work

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from sqlalchemy import URL, Connection
    from sqlalchemy.sql import ClauseElement

#: How long a writer waits for its turn, in seconds.
PATIENCE = 60
#: The drivers of the addresses that a store may have.
_DRIVERS = {
    "sqlite": "sqlite",
    "sqlite+pysqlite": "sqlite",
    "postgresql": "postgresql+psycopg",
    "postgresql+psycopg": "postgresql+psycopg",
}
#: How a transaction begins that sees one state of the store.
_READING = {"sqlite": "BEGIN", "postgresql": "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"}
#: How one begins that takes the store's one turn to write, and one that makes the tables, when there is no row to lock.
_WRITING = {
    "sqlite": "BEGIN IMMEDIATE",
    "postgresql": "SELECT value FROM retrato_settings WHERE name = 'format' FOR UPDATE",
}
_MAKING = {
    "sqlite": "BEGIN IMMEDIATE",
    "postgresql": "SELECT pg_advisory_xact_lock(hashtext('retrato_settings'))",
}
#: The setting by which an encrypted store knows its key.
_MARK = "encryption"
#: Pages of an SQLite file that are kept in memory, in KiB, and how many bytes of it are read where they lie.
_CACHE = 65_536
_MAPPED = 1 << 32


class SqlStore:
    """The tables of one identity store behind a URL of SQLAlchemy: `sqlite:///customers.db`, `postgresql+psycopg://…`.

    A database without a store gets an empty one, which is encrypted if there is a key, and stays as it is made. Raises
    StoreError when the database cannot be used, a newer version of retrato has made its store, or the key is not the
    one that it was made with.
    """

    def __init__(self, url: str, encryption_key: str | bytes | None = None) -> None:
        key = key_of(encryption_key)
        self.engine = _engine(url)
        self._is_sqlite = self.engine.dialect.name == "sqlite"
        self._statements: dict[ClauseElement, Statement] = {}
        driver: Any = self.engine.dialect.dbapi
        self._errors: tuple[type[Exception], ...] = (DBAPIError, driver.Error)
        try:
            self.cipher = self._prepare(key)
        except Exception as error:
            self.close()
            if isinstance(error, self._errors):
                raise StoreError(f"no store can be opened at {_place(self.engine.url)}: {_said(error)}") from error
            raise

    def _prepare(self, key: bytes | None) -> Cipher:
        """Make the tables where there are none, and bring older ones up to today's; how their values are written."""
        with self.engine.connect() as connection:
            # today's take no turn to write, which others may have, and a database that is read may not give
            if format_of(connection) != FORMAT:
                connection.exec_driver_sql(_MAKING[self.engine.dialect.name])
                found = format_of(connection)
                if found is None:
                    create(connection, {} if key is None else {_MARK: mark_for(key)})
                elif found != FORMAT:
                    migrate(connection, found)
                connection.commit()
            mark = connection.execute(select(SETTINGS.c.value).where(SETTINGS.c.name == _MARK)).scalar_one_or_none()
            return cipher_for(mark, key)

    def close(self) -> None:
        """Close all connections."""
        self.engine.dispose()

    @contextmanager
    def reading(self) -> Iterator[Work]:
        """A transaction that sees one state of the store."""
        with self._connected() as connection:
            connection.exec_driver_sql(_READING[self.engine.dialect.name])
            yield Work(self, connection)
            connection.rollback()

    @contextmanager
    def writing(self) -> Iterator[Work]:
        """A transaction that changes the store, all or nothing; it waits for its turn."""
        with self._connected() as connection:
            connection.exec_driver_sql(_WRITING[self.engine.dialect.name])
            yield Work(self, connection)
            connection.commit()

    @contextmanager
    def _connected(self, **options: Any) -> Iterator[Connection]:
        """A connection; what the database refuses on it is a StoreError."""
        try:
            with self.engine.connect().execution_options(**options) as connection:
                yield connection
        except self._errors as error:
            raise StoreError(f"the database refused: {_said(error)}") from error

    def scrub(self) -> None:
        """Leave nothing of erased rows in the files: in those that SQLite keeps beside the database, and in free pages.

        PostgreSQL takes its dead rows away; what its log and backups keep is up to whoever runs the server.
        """
        commands = ["VACUUM", "PRAGMA wal_checkpoint(TRUNCATE)"]
        options = {}
        if not self._is_sqlite:
            commands = [f"VACUUM {', '.join(sorted(METADATA.tables))}"]
            options = {"isolation_level": "AUTOCOMMIT"}
        with self._connected(**options) as connection:
            for command in commands:
                connection.exec_driver_sql(command)

    def statement(self, made: ClauseElement) -> Statement:
        """A statement, compiled when it is first run."""
        found = self._statements.get(made)
        if found is None:
            found = self._statements[made] = Statement(made, self.engine)
        return found

    def as_list(self, values: Collection[Any]) -> Any:
        """A list as one parameter: see `Among`."""
        return json.dumps(list(values)) if self._is_sqlite else list(values)


def _engine(url: str) -> Engine:
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):  # what they say quotes the address, and so a password
        raise StoreError('this is no address of a store; write "sqlite:///customers.db" or "postgresql://…"') from None
    if parsed.drivername not in _DRIVERS:
        raise StoreError(f"a store is kept in sqlite or postgresql, not in {parsed.drivername}")
    if "@" in (parsed.host or ""):
        raise StoreError('the address of the store has two "@"; write %40 for the one in the password')
    parsed = parsed.set(drivername=_DRIVERS[parsed.drivername])
    if parsed.drivername == "sqlite":
        engine = create_engine(parsed, connect_args={"timeout": PATIENCE}, hide_parameters=True)
        event.listen(engine, "connect", _prepare_sqlite)
        return engine
    try:
        engine = create_engine(parsed, isolation_level="READ COMMITTED", hide_parameters=True)
    except ImportError as error:
        raise StoreError("PostgreSQL needs a driver: pip install 'retrato[postgresql]'") from error
    event.listen(engine, "connect", _prepare_postgresql)
    return engine


def _prepare_sqlite(connection: Any, _: Any) -> None:
    connection.isolation_level = None  # transactions begin where this module says
    for pragma in (
        "journal_mode = WAL",
        "synchronous = FULL",
        f"cache_size = -{_CACHE}",
        f"mmap_size = {_MAPPED}",
        "secure_delete = ON",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _prepare_postgresql(connection: Any, _: Any) -> None:
    connection.execute(f"SET lock_timeout = '{PATIENCE}s'")
    connection.commit()


def _place(url: URL) -> str:
    """Where a database is, without what a password may be in."""
    return str(url.database) if url.get_backend_name() == "sqlite" else url.set(query={}).render_as_string()


def _said(error: Exception) -> str:
    """What a database says, without the values of the statement: they stand in later lines, or it is about them."""
    cause = error.orig if isinstance(error, DBAPIError) and error.orig is not None else error
    about_values = any(each.__name__ == "DataError" for each in type(cause).__mro__)
    return type(cause).__name__ if about_values else next(iter(str(cause).splitlines()), type(cause).__name__)
