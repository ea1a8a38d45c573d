"""Statements that are written once for every database: compiled when they are first run, and then run as text."""

from __future__ import annotations

import time
from itertools import islice
from typing import TYPE_CHECKING, Any, Self, TypeVar

from sqlalchemy import BigInteger, Boolean, Insert, Text, any_, bindparam, func, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql import ClauseElement, ColumnElement

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping
    from typing import Protocol

    from sqlalchemy import Column, Connection, Engine, Table

    from retrato.stores.cipher import Cipher

    class Compiling(Protocol):
        """What compiles statements for its database, and knows how that takes lists, and values."""

        cipher: Cipher

        def statement(self, made: ClauseElement) -> Statement:
            """A statement, compiled."""

        def as_list(self, values: Collection[Any]) -> Any:
            """A list as one parameter."""


T = TypeVar("T")


class Among(ColumnElement[bool]):
    """Whether a column is in the list that is given as the parameter `n`."""

    inherit_cache = False
    type = Boolean()

    def __init__(self, column: Column[Any]) -> None:
        self.column = column

    def self_group(self, against: Any = None) -> Self:
        """As it is: SQLAlchemy would ask SQLite whether it `= 1`, and no index answers that."""
        del against
        return self


@compiles(Among, "sqlite")
def _among_in_sqlite(element: Among, compiler: Any, **options: Any) -> str:
    each = func.json_each(bindparam("n", type_=Text())).table_valued("value")
    return str(compiler.process(element.column.in_(select(each.c.value)), **options))


@compiles(Among, "postgresql")
def _among_in_postgresql(element: Among, compiler: Any, **options: Any) -> str:
    kind = element.column.type if isinstance(element.column.type, Text) else BigInteger()
    return str(compiler.process(element.column == any_(bindparam("n", type_=ARRAY(kind))), **options))


class InsertOr(Insert):
    """New rows; `conflict` says what becomes of one whose key is there already."""

    inherit_cache = False

    def __init__(self, table: Table, conflict: str = "DO NOTHING") -> None:
        super().__init__(table)
        self.conflict = conflict


@compiles(InsertOr)
def _insert_or(element: InsertOr, compiler: Any, **options: Any) -> str:
    return f"{compiler.visit_insert(element, **options)} ON CONFLICT {element.conflict}"


class Statement:
    """A statement that is compiled once and then run as text."""

    __slots__ = ("_fixed", "_order", "text")

    def __init__(self, statement: Any, engine: Engine) -> None:
        compiled = statement.compile(dialect=engine.dialect)
        self.text, self._order = str(compiled), compiled.positiontup
        self._fixed = {name: value for name, value in compiled.params.items() if value is not None}

    def _values(self, values: Mapping[str, Any]) -> Any:
        all_of = {**self._fixed, **values} if self._fixed else values
        return dict(all_of) if self._order is None else tuple([all_of[name] for name in self._order])

    def run(self, cursor: Any, **values: Any) -> Any:
        """Run it once; the rows that it gives, if it is one that gives rows."""
        cursor.execute(self.text, self._values(values))
        return cursor.fetchall() if cursor.description else ()

    def run_all(self, cursor: Any, rows: Iterable[Mapping[str, Any]]) -> None:
        """Run it for each of the rows."""
        given = [self._values(row) for row in rows]
        if given:
            cursor.executemany(self.text, given)


class Part:
    """A part of what can be read and written within one transaction."""

    def __init__(self, store: Compiling, connection: Connection) -> None:
        self._store, self.connection, self._cipher = store, connection, store.cipher
        self._cursor = connection.connection.cursor()  # statements are compiled already

    def _run(self, made: ClauseElement, **values: Any) -> Any:
        return self._store.statement(made).run(self._cursor, **values)

    def _run_all(self, made: ClauseElement, rows: Iterable[Mapping[str, Any]]) -> None:
        self._store.statement(made).run_all(self._cursor, rows)

    def _among(self, made: ClauseElement, values: Collection[Any], **others: Any) -> Any:
        """The rows of a statement with `Among`; none where the list is empty."""
        return self._run(made, n=self._store.as_list(values), **others) if values else ()

    def _count(self, table: Table) -> int:
        return int(self.connection.execute(select(func.count()).select_from(table)).scalar_one())


def grouped(rows: Iterable[Any]) -> dict[int, list[int]]:
    """Pairs by their first number.

    >>> grouped([(1, 7), (1, 8), (2, 7)])
    {1: [7, 8], 2: [7]}
    """
    found: dict[int, list[int]] = {}
    for key, value in rows:
        found.setdefault(key, []).append(value)
    return found


def in_parts(rows: Iterable[T], size: int) -> Iterator[list[T]]:
    """Rows, some at a time.

    >>> list(in_parts("abc", 2))
    [['a', 'b'], ['c']]
    """
    iterator = iter(rows)
    while some := list(islice(iterator, size)):
        yield some


def now() -> int:
    """The time, in microseconds of the epoch."""
    return time.time_ns() // 1000
