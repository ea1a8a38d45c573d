"""A SQL query over an open connection, DB-API or SQLAlchemy."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from retrato.errors import SourceError
from retrato.io.readers.tables import add_rows

if TYPE_CHECKING:
    from retrato.io.readers.raw_table import RawTable
    from retrato.records import Query

_ROWS = 1 << 15
#: DB-API errors whose message speaks of the statement, not of values.
_ABOUT_THE_STATEMENT = {
    "OperationalError",
    "ProgrammingError",
    "CatalogException",
    "BinderException",
    "ParserException",
}


def read_query(query: Query, raw: RawTable) -> None:
    """Run the query and read its rows. Raises `SourceError` when the database refuses it."""
    try:
        if _is_sqlalchemy(query.connection):
            _read_sqlalchemy(query, raw)
        else:
            _read_dbapi(query, raw)
    except SourceError:
        raise
    except Exception as error:  # every driver has an error tree of its own
        name = type(error).__name__
        cause = getattr(error, "orig", None) or error
        detail = f"{name}: {str(cause).splitlines()[0]}" if name in _ABOUT_THE_STATEMENT and str(cause) else name
        raise SourceError(f"{raw.where}: the database refused the query ({detail})") from error


def _is_sqlalchemy(connection: Any) -> bool:
    return "sqlalchemy" in sys.modules and type(connection).__module__.startswith("sqlalchemy.")


def _read_sqlalchemy(query: Query, raw: RawTable) -> None:
    import sqlalchemy

    connection = query.connection
    if isinstance(connection, sqlalchemy.Engine):
        with connection.connect() as opened:
            _fetch_all(_execute(opened, query), raw)
        return
    _fetch_all(_execute(connection, query), raw)


def _execute(connection: Any, query: Query) -> Any:
    import sqlalchemy

    if isinstance(query.parameters, Mapping):
        return connection.execute(sqlalchemy.text(query.sql), dict(query.parameters))
    if query.parameters:
        return connection.exec_driver_sql(query.sql, tuple(query.parameters))
    return connection.execute(sqlalchemy.text(query.sql))


def _read_dbapi(query: Query, raw: RawTable) -> None:
    if not hasattr(query.connection, "cursor"):
        raise SourceError(f"{raw.where}: {type(query.connection).__name__} is no DB-API or SQLAlchemy connection")
    cursor = query.connection.cursor()
    try:
        if query.parameters:
            cursor.execute(query.sql, query.parameters)
        else:
            cursor.execute(query.sql)
        _add_fetched(cursor, [each[0] for each in cursor.description or ()], raw)
    finally:
        cursor.close()


def _fetch_all(result: Any, raw: RawTable) -> None:
    _add_fetched(result, list(result.keys()) if result.returns_rows else [], raw)


def _add_fetched(cursor: Any, names: Sequence[str], raw: RawTable) -> None:
    if not names:
        raise SourceError(f"{raw.where}: the statement returns no rows; give a SELECT")
    raw.open(names)
    first = 1
    while rows := cursor.fetchmany(_ROWS):
        add_rows([(first + position, tuple(row)) for position, row in enumerate(rows)], raw)
        first += len(rows)
