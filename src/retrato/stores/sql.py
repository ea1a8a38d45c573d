"""An identity store in a SQL database: what it holds, read and written in transactions.

Whoever writes takes turns: a transaction that writes first takes the one lock of the store (in SQLite the file's, in
PostgreSQL that of a row), so that what is decided rests on what is there. Readers wait for nobody.
"""

from __future__ import annotations

import json
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from sqlalchemy import (
    BigInteger,
    Engine,
    Text,
    and_,
    any_,
    bindparam,
    create_engine,
    delete,
    event,
    func,
    insert,
    or_,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DBAPIError

from retrato.errors import StoreError
from retrato.stores.schema import (
    BLOCKS,
    CHANGES,
    DECISIONS,
    FORMAT,
    FORMER,
    HOLDERS,
    IDS,
    LARGE_BLOCKS,
    LINKS,
    METADATA,
    RECORDS,
    SAYINGS,
    SETTINGS,
    TOMBSTONES,
    WORDS,
    create,
    format_of,
    migrate,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from sqlalchemy import URL, Column, Connection, Table
    from sqlalchemy.sql.elements import ColumnElement

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
#: Pages of an SQLite file that are kept in memory, in KiB, and how many bytes of it are read where they lie.
_CACHE = 65_536
_MAPPED = 1 << 32


class StoredRecord(NamedTuple):
    """A record as the store holds it: what others see of it."""

    record: int
    source: str
    record_key: str
    keys: dict[str, Any]
    component: int
    profile: str


class StoredSaying(NamedTuple):
    """What a record says, as JSON, and when; times are microseconds of the epoch. Version 0 is the current one."""

    record: int
    version: int
    created_at: int | None
    observed_at: int | None
    said: str


class StoredDecision(NamedTuple):
    """What somebody has decided of two records."""

    number: int
    decision: str
    source_a: str
    key_a: str
    source_b: str
    key_b: str
    author: str
    reason: str
    at: int
    undone_by: str | None
    undone_at: int | None


class StoredChange(NamedTuple):
    """A row of the change feed."""

    cursor: int
    at: int
    kind: str
    profile_id: str
    other_profile_id: str | None
    records: int


class _Statement:
    """A statement that is compiled once and then run as text."""

    __slots__ = ("_fixed", "_order", "_text")

    def __init__(self, statement: Any, engine: Engine) -> None:
        compiled = statement.compile(dialect=engine.dialect)
        self._text, self._order = str(compiled), compiled.positiontup
        self._fixed = {name: value for name, value in compiled.params.items() if value is not None}

    def _values(self, values: Mapping[str, Any]) -> Any:
        all_of = {**self._fixed, **values} if self._fixed else values
        return dict(all_of) if self._order is None else tuple([all_of[name] for name in self._order])

    def run(self, cursor: Any, **values: Any) -> Any:
        cursor.execute(self._text, self._values(values))
        return cursor.fetchall() if cursor.description else ()

    def run_all(self, cursor: Any, rows: Iterable[Mapping[str, Any]]) -> None:
        given = [self._values(row) for row in rows]
        if given:
            cursor.executemany(self._text, given)


class SqlStore:
    """The tables of one identity store behind a URL of SQLAlchemy: `sqlite:///customers.db`, `postgresql+psycopg://…`.

    A database without a store gets an empty one. Raises StoreError when the database cannot be used, or a newer version
    of retrato has made its store.
    """

    def __init__(self, url: str) -> None:
        self.engine = _engine(url)
        self._is_sqlite = self.engine.dialect.name == "sqlite"
        self._lists = _sqlite_list if self._is_sqlite else _postgresql_list
        self._statements: dict[str, _Statement] = {}
        driver: Any = self.engine.dialect.dbapi
        self._errors: tuple[type[Exception], ...] = (DBAPIError, driver.Error)
        try:
            self._prepare()
        except Exception as error:
            self.close()
            if isinstance(error, self._errors):
                raise StoreError(f"no store can be opened at {_place(self.engine.url)}: {_said(error)}") from error
            raise

    def _prepare(self) -> None:
        """Make the tables where there are none, and bring older ones up to today's."""
        with self.engine.connect() as connection:
            if format_of(connection) == FORMAT:
                return  # without a turn to write, which others may have, and a database that is read may not give
            connection.exec_driver_sql(_MAKING[self.engine.dialect.name])
            found = format_of(connection)
            if found is None:
                create(connection)
            elif found != FORMAT:
                migrate(connection, found)
            connection.commit()

    def close(self) -> None:
        """Close all connections."""
        self.engine.dispose()

    @contextmanager
    def reading(self) -> Iterator[Work]:
        """A transaction that sees one state of the store."""
        try:
            with self.engine.connect() as connection:
                connection.exec_driver_sql(_READING[self.engine.dialect.name])
                yield Work(self, connection)
                connection.rollback()
        except self._errors as error:
            raise _refused(error) from error

    def scrub(self) -> None:
        """Leave nothing of erased rows in the files: in those that SQLite keeps beside the database, and in free pages.

        PostgreSQL takes its dead rows away; what its log and backups keep is up to whoever runs the server.
        """
        commands = ["VACUUM", "PRAGMA wal_checkpoint(TRUNCATE)"]
        options = {}
        if not self._is_sqlite:
            commands = [f"VACUUM {', '.join(sorted(METADATA.tables))}"]
            options = {"isolation_level": "AUTOCOMMIT"}
        try:
            with self.engine.connect().execution_options(**options) as connection:
                for command in commands:
                    connection.exec_driver_sql(command)
        except self._errors as error:
            raise _refused(error) from error

    @contextmanager
    def writing(self) -> Iterator[Work]:
        """A transaction that changes the store, all or nothing; it waits for its turn."""
        try:
            with self.engine.connect() as connection:
                connection.exec_driver_sql(_WRITING[self.engine.dialect.name])
                yield Work(self, connection)
                connection.commit()
        except self._errors as error:
            raise _refused(error) from error

    def statement(self, name: str, make: Any) -> _Statement:
        """A statement by its name, compiled when it is first asked for."""
        found = self._statements.get(name)
        if found is None:
            found = self._statements[name] = _Statement(make(), self.engine)
        return found

    def among(self, column: Column[Any], name: str) -> ColumnElement[bool]:
        """Whether a column is in a list that is given as one parameter."""
        return self._lists(column, name)

    def as_list(self, values: Collection[Any]) -> Any:
        """A list as one parameter."""
        return json.dumps(list(values)) if self._is_sqlite else list(values)

    def counting(self) -> Any:
        """An insert into the words that adds to the records of those that are there already."""
        from sqlalchemy.dialects import postgresql, sqlite

        made = (sqlite if self._is_sqlite else postgresql).insert(WORDS)
        more = {"records": WORDS.c.records + made.excluded.records}
        return made.on_conflict_do_update(index_elements=[WORDS.c.kind, WORDS.c.word], set_=more)

    def inserting(self, table: Table) -> Any:
        """An insert that leaves rows alone which are there already."""
        if self._is_sqlite:
            return insert(table).prefix_with("OR IGNORE")
        from sqlalchemy.dialects import postgresql

        return postgresql.insert(table).on_conflict_do_nothing()


class Work:
    """What can be read and written within one transaction."""

    def __init__(self, store: SqlStore, connection: Connection) -> None:
        self._store, self.connection = store, connection
        self._cursor = connection.connection.cursor()  # statements are compiled already

    # settings

    def setting(self, name: str) -> str | None:
        """A fact about the store."""
        asked = select(SETTINGS.c.value).where(SETTINGS.c.name == bindparam("key"))
        found = self._run("setting", lambda: asked, key=name)
        return str(found[0][0]) if found else None

    def keep(self, name: str, value: str) -> None:
        """Keep a fact about the store."""
        self.connection.execute(delete(SETTINGS).where(SETTINGS.c.name == name))
        self.connection.execute(insert(SETTINGS), {"name": name, "value": value})

    # records

    def record(self, source: str, record_key: str) -> StoredRecord | None:
        """A record by its source and key."""
        columns = RECORDS.c
        asked = select(RECORDS).where(columns.source == bindparam("s"), columns.record_key == bindparam("k"))
        return next(iter(_records(self._run("record", lambda: asked, s=source, k=record_key))), None)

    def records(self, numbers: Collection[int]) -> list[StoredRecord]:
        """Records by their numbers, in no order."""
        make = lambda: select(RECORDS).where(self._store.among(RECORDS.c.record, "n"))  # noqa: E731
        return _records(self._run("records", make, n=self._store.as_list(numbers))) if numbers else []

    def records_of(self, profile: str) -> list[StoredRecord]:
        """The records of a profile, by source and key."""
        make = lambda: select(RECORDS).where(RECORDS.c.profile == bindparam("p"))  # noqa: E731
        return sorted(_records(self._run("records_of", make, p=profile)), key=lambda each: each[1:3])

    def all_records(self) -> Iterator[StoredRecord]:
        """Every record, in the order of the numbers."""
        asked = select(RECORDS).order_by(RECORDS.c.record)
        found = self.connection.execute(asked, execution_options={"yield_per": 1000})  # of this statement alone
        for rows in found.partitions():
            yield from _records(rows)

    def count(self) -> int:
        """How many records there are."""
        return self._count(RECORDS)

    def profiles(self) -> set[str]:
        """The ids of all profiles that have records."""
        return {row[0] for row in self.connection.execute(select(RECORDS.c.profile).distinct())}

    def next_record(self) -> int:
        """A number that no record has."""
        make = lambda: select(func.coalesce(func.max(RECORDS.c.record), -1) + 1)  # noqa: E731
        return int(self._run("next_record", make)[0][0])

    def add_records(self, records: Iterable[StoredRecord]) -> None:
        """Keep records."""
        rows = ({**each._asdict(), "keys": _text(each.keys)} for each in records)
        self._run_all("add_records", lambda: insert(RECORDS), rows)

    def set_keys(self, record: StoredRecord) -> None:
        """Keep the matching keys that a record has now."""
        make = lambda: update(RECORDS).where(RECORDS.c.record == bindparam("n")).values(keys=bindparam("k"))  # noqa: E731
        self._run("set_keys", make, n=record.record, k=_text(record.keys))

    def assign(self, owners: Iterable[tuple[int, int, str]]) -> None:
        """Give records their components and profiles: `(record, component, profile)`."""
        values: Any = {"component": bindparam("c"), "profile": bindparam("p")}
        make = lambda: update(RECORDS).where(RECORDS.c.record == bindparam("n")).values(values)  # noqa: E731
        self._run_all("assign", make, ({"n": n, "c": c, "p": p} for n, c, p in owners))

    def remove(self, record: int) -> None:
        """Forget a record and all that it says."""
        self._run("remove_sayings", lambda: delete(SAYINGS).where(SAYINGS.c.record == bindparam("n")), n=record)
        self._run("remove_former", lambda: delete(FORMER).where(FORMER.c.record == bindparam("n")), n=record)
        self._run("remove", lambda: delete(RECORDS).where(RECORDS.c.record == bindparam("n")), n=record)

    def sayings(self, numbers: Collection[int]) -> list[StoredSaying]:
        """What records say, by record and version."""
        make = lambda: select(SAYINGS).where(self._store.among(SAYINGS.c.record, "n"))  # noqa: E731
        found = self._run("sayings", make, n=self._store.as_list(numbers)) if numbers else ()
        return sorted(StoredSaying(*row) for row in found)

    def say(self, sayings: Iterable[StoredSaying]) -> None:
        """Keep what records say."""
        self._run_all("say", lambda: insert(SAYINGS), (each._asdict() for each in sayings))

    def say_again(self, record: int, sayings: Iterable[StoredSaying]) -> None:
        """Keep what a record says in the place of all that it said."""
        self._run("remove_sayings", lambda: delete(SAYINGS).where(SAYINGS.c.record == bindparam("n")), n=record)
        self.say(sayings)

    # blocks and holders

    def large(self, codes: Collection[int]) -> set[int]:
        """Those of the blocks that are too large."""
        make = lambda: select(LARGE_BLOCKS.c.code).where(self._store.among(LARGE_BLOCKS.c.code, "n"))  # noqa: E731
        return {row[0] for row in self._run("large", make, n=self._store.as_list(codes))} if codes else set()

    def set_large(self, codes: Iterable[int], *, large: bool) -> None:
        """Blocks are too large from now on, or no more."""
        rows = [{"code": code} for code in codes]
        if large:
            self._run_all("set_large", lambda: self._store.inserting(LARGE_BLOCKS), rows)
        else:
            drop = lambda: delete(LARGE_BLOCKS).where(LARGE_BLOCKS.c.code == bindparam("code"))  # noqa: E731
            self._run_all("unset_large", drop, rows)

    def large_blocks(self, most: int) -> set[int]:
        """The blocks that hold more records than this and are not known to be large."""
        many = select(BLOCKS.c.code).group_by(BLOCKS.c.code).having(func.count() > most)
        asked = many.where(BLOCKS.c.code.not_in(select(LARGE_BLOCKS.c.code)))
        return {row[0] for row in self.connection.execute(asked)}

    def small_large_blocks(self, most: int) -> set[int]:
        """The blocks that are called large and do not hold more records than this."""
        many = select(BLOCKS.c.code).group_by(BLOCKS.c.code).having(func.count() > most)
        return {
            row[0]
            for row in self.connection.execute(select(LARGE_BLOCKS.c.code).where(LARGE_BLOCKS.c.code.not_in(many)))
        }

    def entries_of(self, numbers: Collection[int]) -> set[tuple[int, int]]:
        """The blocks that records are in: `(code, record)`."""
        return self._entries_of(BLOCKS, numbers)

    def held_by(self, numbers: Collection[int]) -> set[tuple[int, int]]:
        """The values that records hold."""
        return self._entries_of(HOLDERS, numbers)

    def _entries_of(self, table: Table, numbers: Collection[int]) -> set[tuple[int, int]]:
        make = lambda: select(table).where(self._store.among(table.c.record, "n"))  # noqa: E731
        return {tuple(row) for row in self._run(f"entries of {table.name}", make, n=self._store.as_list(numbers))}

    def count_entries(self) -> int:
        """How many records are in blocks, each counted once a block."""
        return self._count(BLOCKS)

    def count_held(self) -> int:
        """How many values are held, each counted once a record."""
        return self._count(HOLDERS)

    def _count(self, table: Table) -> int:
        return int(self.connection.execute(select(func.count()).select_from(table)).scalar_one())

    def members(self, codes: Collection[int]) -> dict[int, list[int]]:
        """The records in blocks."""
        return self._members(BLOCKS, codes)

    def holders(self, codes: Collection[int]) -> dict[int, list[int]]:
        """The records that hold values."""
        return self._members(HOLDERS, codes)

    def _members(self, table: Table, codes: Collection[int]) -> dict[int, list[int]]:
        make = lambda: select(table.c.code, table.c.record).where(self._store.among(table.c.code, "n"))  # noqa: E731
        return _grouped(self._run(f"members of {table.name}", make, n=self._store.as_list(codes))) if codes else {}

    def enter(self, entries: Iterable[tuple[int, int]]) -> None:
        """Put records into blocks: `(code, record)`."""
        self._enter(BLOCKS, entries)

    def leave(self, entries: Iterable[tuple[int, int]]) -> None:
        """Take records out of blocks."""
        self._leave(BLOCKS, entries)

    def hold(self, entries: Iterable[tuple[int, int]]) -> None:
        """Records hold values: `(code, record)`."""
        self._enter(HOLDERS, entries)

    def first_holders(self, codes: Collection[int], most: int) -> dict[int, list[int]]:
        """The records that hold values, so many at most."""
        if not codes:
            return {}
        columns = HOLDERS.c
        asked = (
            select(columns.code, columns.record).where(self._store.among(columns.code, "n")).limit(bindparam("most"))
        )
        return _grouped(self._run("first_holders", lambda: asked, n=self._store.as_list(codes), most=most))

    def words(self, kind: str, sound: str, start: str) -> list[str]:
        """The words of a kind that sound so, or begin so."""
        columns = WORDS.c
        begins = and_(columns.word >= bindparam("low"), columns.word < bindparam("high"))
        asked = select(columns.word).where(columns.kind == bindparam("k"), or_(columns.sound == bindparam("s"), begins))
        values = {"k": kind, "s": sound, "low": start, "high": start + "\U0010ffff"}
        return [row[0] for row in self._run("words", lambda: asked, **values)]

    def count_words(self, words: Iterable[tuple[str, str, str]], by: int) -> None:
        """So many more records have these words, each of a kind and with a sound; or fewer."""
        rows = [{"kind": kind, "word": word, "sound": sound, "records": by} for kind, word, sound in words]
        self._run_all("count_words", self._store.counting, rows)
        if by < 0:
            columns = WORDS.c
            gone = columns.kind == bindparam("k"), columns.word == bindparam("w"), columns.records <= 0
            given = ({"k": row["kind"], "w": row["word"]} for row in rows)
            self._run_all("drop_words", lambda: delete(WORDS).where(*gone), given)

    def with_key(self, record_key: str) -> list[StoredRecord]:
        """The records of all sources that have a key, by source."""
        make = lambda: select(RECORDS).where(RECORDS.c.record_key == bindparam("k")).order_by(RECORDS.c.source)  # noqa: E731
        return _records(self._run("with_key", make, k=record_key))

    def let_go(self, entries: Iterable[tuple[int, int]]) -> None:
        """Records hold values no more."""
        self._leave(HOLDERS, entries)

    def _enter(self, table: Table, entries: Iterable[tuple[int, int]]) -> None:
        rows = ({"code": code, "record": record} for code, record in entries)
        self._run_all(f"enter {table.name}", lambda: self._store.inserting(table), rows)

    def _leave(self, table: Table, entries: Iterable[tuple[int, int]]) -> None:
        columns = table.c
        make = lambda: delete(table).where(columns.code == bindparam("c"), columns.record == bindparam("n"))  # noqa: E731
        self._run_all(f"leave {table.name}", make, ({"c": code, "n": record} for code, record in entries))

    # links

    def links(self, numbers: Collection[int]) -> dict[int, list[int]]:
        """For each of the records, those that it is linked with."""
        make = lambda: select(LINKS.c.record, LINKS.c.other).where(self._store.among(LINKS.c.record, "n"))  # noqa: E731
        return _grouped(self._run("links", make, n=self._store.as_list(numbers))) if numbers else {}

    def link(self, pairs: Iterable[tuple[int, int]]) -> None:
        """Link pairs of records."""
        self.link_one_way((x, y) for a, b in pairs for x, y in ((a, b), (b, a)))

    def link_one_way(self, pairs: Iterable[tuple[int, int]]) -> None:
        """Link pairs of records, which the caller links the other way round as well."""
        rows = ({"record": x, "other": y} for x, y in pairs)
        self._run_all("link", lambda: self._store.inserting(LINKS), rows)

    def unlink(self, pairs: Iterable[tuple[int, int]]) -> None:
        """Pairs of records are linked no more."""
        columns = LINKS.c
        make = lambda: delete(LINKS).where(columns.record == bindparam("x"), columns.other == bindparam("y"))  # noqa: E731
        self._run_all("unlink", make, ({"x": x, "y": y} for a, b in pairs for x, y in ((a, b), (b, a))))

    # ids and changes

    def leads_to(self, ids: Collection[str]) -> dict[str, str | None]:
        """Where ids that were ever given lead to now."""
        make = lambda: select(IDS.c.id, IDS.c.leads_to).where(self._store.among(IDS.c.id, "n"))  # noqa: E731
        found = self._run("leads_to", make, n=self._store.as_list(ids)) if ids else ()
        return {row[0]: row[1] for row in found}

    def all_ids(self) -> dict[str, str | None]:
        """Every id that was ever given."""
        return {row[0]: row[1] for row in self.connection.execute(select(IDS))}

    def give(self, ids: Iterable[tuple[str, str | None]]) -> None:
        """Keep new ids and where they lead."""
        self._run_all("give", lambda: insert(IDS), ({"id": each, "leads_to": to} for each, to in ids))

    def redirect(self, id: str, to: str | None) -> None:  # noqa: A002 - the word for it
        """An id, and all that led to it, leads elsewhere now, or nowhere."""
        make = lambda: update(IDS).where(IDS.c.leads_to == bindparam("old")).values(leads_to=bindparam("new"))  # noqa: E731
        self._run("redirect", make, old=id, new=to)

    def wake(self, ids: Mapping[str, str]) -> None:
        """Ids lead to other profiles now; those that lead to themselves are in use again."""
        make = lambda: update(IDS).where(IDS.c.id == bindparam("old")).values(leads_to=bindparam("new"))  # noqa: E731
        self._run_all("wake", make, ({"old": old, "new": new} for old, new in ids.items()))
        used = ({"i": old} for old, new in ids.items() if old == new)
        self._run_all("used again", lambda: delete(FORMER).where(FORMER.c.id == bindparam("i")), used)

    def remember(self, records: Iterable[tuple[str, int]]) -> None:
        """The records that profiles had whose ids lead elsewhere from now on: `(id, record)`."""
        rows = ({"id": id_, "record": record} for id_, record in records)
        self._run_all("remember", lambda: self._store.inserting(FORMER), rows)

    def remembered(self, profiles: Collection[str]) -> list[tuple[str, int]]:
        """The records that profiles had whose ids lead to one of these: `(id, record)`."""
        known = select(FORMER.c.id, FORMER.c.record).join(IDS, IDS.c.id == FORMER.c.id)
        make = lambda: known.where(self._store.among(IDS.c.leads_to, "n"))  # noqa: E731
        return [(row[0], row[1]) for row in self._run("remembered", make, n=self._store.as_list(profiles))]

    def tell(self, changes: Iterable[tuple[str, str, str | None, int]]) -> None:
        """Put changes into the feed: `(kind, profile_id, other_profile_id, records)`."""
        at = now()
        rows = (
            {"at": at, "kind": kind, "profile_id": each, "other_profile_id": other, "records": records}
            for kind, each, other, records in changes
        )
        make = lambda: insert(CHANGES).values({name: bindparam(name) for name in StoredChange._fields[1:]})  # noqa: E731
        self._run_all("tell", make, rows)

    def changes(self, since: int, limit: int) -> list[StoredChange]:
        """The feed after a cursor."""
        asked = select(CHANGES).where(CHANGES.c.cursor > since).order_by(CHANGES.c.cursor).limit(limit)
        return [StoredChange(*row) for row in self.connection.execute(asked)]

    # decisions

    def decide(self, decision: str, a: tuple[str, str], b: tuple[str, str], author: str, reason: str) -> int:
        """Keep a decision; its number."""
        values = {"decision": decision, "source_a": a[0], "key_a": a[1], "source_b": b[0], "key_b": b[1]}
        found = self.connection.execute(insert(DECISIONS).values(**values, author=author, reason=reason, at=now()))
        return int(cast("Sequence[int]", found.inserted_primary_key)[0])

    def erase_decisions(self, records: Collection[tuple[str, str]]) -> int:
        """Forget all decisions that name one of these records; how many there were."""
        columns, named = DECISIONS.c, set(records)
        found = [
            each.number
            for each in self.decisions()
            if {(each.source_a, each.key_a), (each.source_b, each.key_b)} & named
        ]
        rows = [{"n": number} for number in found]
        self._run_all("erase_decisions", lambda: delete(DECISIONS).where(columns.number == bindparam("n")), rows)
        return len(found)

    # tombstones

    def bury(self, tombstones: Iterable[str]) -> None:
        """Keep tombstones."""
        rows = [{"tombstone": each, "at": now()} for each in sorted(tombstones)]
        self._run_all("bury", lambda: self._store.inserting(TOMBSTONES), rows)

    def buried(self, tombstones: Collection[str]) -> set[str]:
        """Those of the tombstones that are there."""
        column = TOMBSTONES.c.tombstone
        make = lambda: select(column).where(self._store.among(column, "n"))  # noqa: E731
        return {row[0] for row in self._run("buried", make, n=self._store.as_list(tombstones))} if tombstones else set()

    def unbury(self, tombstones: Iterable[str]) -> None:
        """Take tombstones away."""
        make = lambda: delete(TOMBSTONES).where(TOMBSTONES.c.tombstone == bindparam("t"))  # noqa: E731
        self._run_all("unbury", make, ({"t": each} for each in tombstones))

    def any_tombstones(self) -> bool:
        """Whether anybody was forgotten."""
        return bool(self._run("any_tombstones", lambda: select(TOMBSTONES.c.at).limit(1)))

    def decision(self, number: int) -> StoredDecision | None:
        """A decision by its number."""
        found = self.connection.execute(select(DECISIONS).where(DECISIONS.c.number == number)).first()
        return None if found is None else StoredDecision(*found)

    def undo(self, number: int, author: str) -> None:
        """A decision holds no more."""
        made = update(DECISIONS).where(DECISIONS.c.number == number).values(undone_by=author, undone_at=now())
        self.connection.execute(made)

    def decisions(self) -> list[StoredDecision]:
        """All decisions, in the order in which they were made."""
        return [StoredDecision(*row) for row in self.connection.execute(select(DECISIONS).order_by(DECISIONS.c.number))]

    def any_decisions(self) -> bool:
        """Whether any decision is in force."""
        make = lambda: select(DECISIONS.c.number).where(DECISIONS.c.undone_at.is_(None)).limit(1)  # noqa: E731
        return bool(self._run("any_decisions", make))

    def decisions_about(self, records: Collection[tuple[str, str]]) -> list[StoredDecision]:
        """The decisions in force that name one of these records."""
        if not records:
            return []
        columns = DECISIONS.c
        keys = sorted({key for _, key in records})
        named = or_(self._store.among(columns.key_a, "n"), self._store.among(columns.key_b, "n"))
        make = lambda: select(DECISIONS).where(columns.undone_at.is_(None), named)  # noqa: E731
        known = set(records)
        found = (StoredDecision(*row) for row in self._run("decisions_about", make, n=self._store.as_list(keys)))
        return [each for each in found if {(each.source_a, each.key_a), (each.source_b, each.key_b)} & known]

    def _run(self, name: str, make: Any, **values: Any) -> Any:
        return self._store.statement(name, make).run(self._cursor, **values)

    def _run_all(self, name: str, make: Any, rows: Iterable[Mapping[str, Any]]) -> None:
        self._store.statement(name, make).run_all(self._cursor, rows)


def now() -> int:
    """The time, in microseconds of the epoch."""
    return time.time_ns() // 1000


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


def _refused(error: Exception) -> StoreError:
    return StoreError(f"the database refused: {_said(error)}")


def _said(error: Exception) -> str:
    """What a database says, without the values of the statement: they stand in later lines, or it is about them."""
    cause = error.orig if isinstance(error, DBAPIError) and error.orig is not None else error
    about_values = any(each.__name__ == "DataError" for each in type(cause).__mro__)
    return type(cause).__name__ if about_values else next(iter(str(cause).splitlines()), type(cause).__name__)


def _sqlite_list(column: Column[Any], name: str) -> ColumnElement[bool]:
    each = func.json_each(bindparam(name, type_=Text())).table_valued("value")
    return column.in_(select(each.c.value))


def _postgresql_list(column: Column[Any], name: str) -> ColumnElement[bool]:
    return column == any_(bindparam(name, type_=ARRAY(column.type if isinstance(column.type, Text) else BigInteger())))


def _records(rows: Iterable[Any]) -> list[StoredRecord]:
    return [StoredRecord(n, source, key, json.loads(keys), *own) for n, source, key, keys, *own in rows]


def _grouped(rows: Iterable[Any]) -> dict[int, list[int]]:
    found: dict[int, list[int]] = {}
    for key, value in rows:
        found.setdefault(key, []).append(value)
    return found


def _text(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"))
