"""The tables of an identity store, and how an older store becomes one of today.

Record numbers are the store's own. Times are microseconds of the epoch (UTC). What is *said* is kept: records with
their earlier versions, and decisions. Everything else can be found again from these: matching keys, blocks, holders of
values, links, components and the profile of each record; only the ids that profiles have had are history.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import BigInteger, Column, Index, Integer, MetaData, Table, Text, UniqueConstraint, insert, select
from sqlalchemy.exc import DBAPIError

from retrato.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from sqlalchemy import Connection

METADATA = MetaData()

#: Facts about the store itself, each a text under a name.
SETTINGS = Table(
    "retrato_settings", METADATA, Column("name", Text, primary_key=True), Column("value", Text, nullable=False)
)

_NUMBER = BigInteger().with_variant(Integer, "sqlite")  # SQLite counts up an INTEGER alone

#: `keys` are the matching keys of a record, as JSON; `profile` is whose it is.
RECORDS = Table(
    "retrato_records",
    METADATA,
    Column("record", _NUMBER, primary_key=True),
    Column("source", Text, nullable=False),
    Column("record_key", Text, nullable=False),
    Column("keys", Text, nullable=False),
    Column("component", BigInteger, nullable=False),
    Column("profile", Text, nullable=False),
    UniqueConstraint("source", "record_key"),
    Index("retrato_records_key", "record_key"),
    Index("retrato_records_profile", "profile"),
)

#: What each version of a record says, as JSON, and since when the store knows it; version 0 is the current one.
SAYINGS = Table(
    "retrato_sayings",
    METADATA,
    Column("record", BigInteger, primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("created_at", BigInteger),
    Column("observed_at", BigInteger),
    Column("known_at", BigInteger, nullable=False),
    Column("said", Text, nullable=False),
)


def _pairs_of_numbers(name: str, first: str, second: str) -> Table:
    """A table that is nothing but its key."""
    columns = (Column(each, BigInteger, primary_key=True, autoincrement=False) for each in (first, second))
    return Table(name, METADATA, *columns, sqlite_with_rowid=False)


#: Who is in which block: `code` tells a blocking rule, a depth and the values.
BLOCKS = _pairs_of_numbers("retrato_blocks", "code", "record")
#: The blocks that hold more records than a block may, and are refined.
LARGE_BLOCKS = Table(
    "retrato_large_blocks", METADATA, Column("code", BigInteger, primary_key=True, autoincrement=False)
)
#: Who holds which value: `code` tells a feature and the value.
HOLDERS = _pairs_of_numbers("retrato_holders", "code", "record")
#: The words of names that records have, how they sound and begin, and how many records have them.
WORDS = Table(
    "retrato_words",
    METADATA,
    Column("kind", Text, primary_key=True),
    Column("word", Text, primary_key=True),
    Column("sound", Text, nullable=False),
    Column("start", Text, nullable=False),
    Column("records", BigInteger, nullable=False),
    Index("retrato_words_sound", "kind", "sound"),
    Index("retrato_words_start", "kind", "start"),
)
#: The pairs of records that evidence or decisions would join; each in both directions.
LINKS = _pairs_of_numbers("retrato_links", "record", "other")

#: Every id that a profile has ever had, and the id that it leads to now: itself, another, or NULL when it was deleted.
IDS = Table(
    "retrato_ids",
    METADATA,
    Column("id", Text, primary_key=True),
    Column("leads_to", Text),
    Index("retrato_ids_leads_to", "leads_to"),
)

#: The records that a profile had when its id began to lead to another.
FORMER = Table(
    "retrato_former",
    METADATA,
    Column("id", Text, primary_key=True),
    Column("record", BigInteger, primary_key=True, autoincrement=False),
    Index("retrato_former_record", "record"),
    sqlite_with_rowid=False,
)

#: Whose a record was until a moment.
OWNERS = Table(
    "retrato_owners",
    METADATA,
    Column("record", BigInteger, primary_key=True, autoincrement=False),
    Column("until", BigInteger, primary_key=True, autoincrement=False),
    Column("profile", Text, nullable=False),
    Index("retrato_owners_profile", "profile"),
    sqlite_with_rowid=False,
)

#: What has happened to profiles, in order.
CHANGES = Table(
    "retrato_changes",
    METADATA,
    Column("cursor", _NUMBER, primary_key=True),
    Column("at", BigInteger, nullable=False),
    Column("kind", Text, nullable=False),
    Column("profile_id", Text, nullable=False),
    Column("other_profile_id", Text),
    Column("records", Integer, nullable=False),
    Index("retrato_changes_profile", "profile_id"),
    sqlite_autoincrement=True,
)

#: What people have decided: of two records, or, as a pin, which value of an attribute speaks for whoever a record is
#: of. An undone decision stays, with who undid it and when.
DECISIONS = Table(
    "retrato_decisions",
    METADATA,
    Column("number", _NUMBER, primary_key=True),
    Column("decision", Text, nullable=False),
    Column("source_a", Text, nullable=False),
    Column("key_a", Text, nullable=False),
    Column("source_b", Text),
    Column("key_b", Text),
    Column("attribute", Text),
    Column("value", Text),
    Column("author", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("undone_by", Text),
    Column("undone_at", BigInteger),
    Index("retrato_decisions_a", "key_a"),
    Index("retrato_decisions_b", "key_b"),
    sqlite_autoincrement=True,
)

#: Keyed hashes of records that must not come back.
TOMBSTONES = Table(
    "retrato_tombstones",
    METADATA,
    Column("tombstone", Text, primary_key=True),
    Column("at", BigInteger, nullable=False),
)

#: What turns a store of each format into one of the next; a store of format 1 goes through all of them.
MIGRATIONS: Sequence[Callable[[Connection], None]] = ()
FORMAT = len(MIGRATIONS) + 1


def create(connection: Connection, settings: Mapping[str, str]) -> None:
    """Make the tables of a new store, with facts about it."""
    METADATA.create_all(connection)
    kept = {"format": str(FORMAT), **settings}
    connection.execute(insert(SETTINGS), [{"name": name, "value": value} for name, value in kept.items()])


def format_of(connection: Connection) -> int | None:
    """The format of the store, or None where there is none."""
    if not connection.dialect.has_table(connection, SETTINGS.name):
        return None
    try:
        found = connection.execute(select(SETTINGS.c.value).where(SETTINGS.c.name == "format")).scalar_one_or_none()
    except DBAPIError as error:
        raise StoreError(f"this database is no identity store ({type(error.orig).__name__})") from error
    if found is not None and not found.isdecimal():
        raise StoreError("this database is no identity store (its format is no number)")
    return None if found is None else int(found)


def migrate(connection: Connection, found: int) -> None:
    """Bring a store of an older format up to today's. Raises StoreError for one that a newer version has made."""
    if found > FORMAT:
        raise StoreError(
            f"the store has format {found}, this version of retrato knows up to {FORMAT}; use a newer version"
        )
    for step in MIGRATIONS[found - 1 :]:
        step(connection)
    connection.execute(SETTINGS.update().where(SETTINGS.c.name == "format").values(value=str(FORMAT)))
