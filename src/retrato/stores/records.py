"""Records, what they say, and whose they are; and facts about the store itself."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, delete, func, insert, select, update

from retrato.stores.rows import StoredRecord, StoredSaying
from retrato.stores.schema import FORMER, OWNERS, RECORDS, SAYINGS, SETTINGS
from retrato.stores.statements import Among, Part

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from retrato.matching.similarity import KeyValue

#: The columns whose values the store's cipher writes: a record key can be looked up.
_KEY, _KEYS, _SAID = map(str, (RECORDS.c.record_key, RECORDS.c["keys"], SAYINGS.c.said))

_THIS = RECORDS.c.record == bindparam("n")
_ALL = select(RECORDS)
_SETTING = select(SETTINGS.c.value).where(SETTINGS.c.name == bindparam("key"))
_BY_KEY = _ALL.where(RECORDS.c.source == bindparam("s"), RECORDS.c.record_key == bindparam("k"))
_WITH_KEY = _ALL.where(RECORDS.c.record_key == bindparam("k")).order_by(RECORDS.c.source)
_BY_NUMBER = _ALL.where(Among(RECORDS.c.record))
_OF_PROFILE = _ALL.where(RECORDS.c.profile == bindparam("p"))
_NEXT = select(func.coalesce(func.max(RECORDS.c.record), -1) + 1)
_ADD = insert(RECORDS)
_SET_KEYS = update(RECORDS).where(_THIS).values(keys=bindparam("k"))
_ASSIGN = update(RECORDS).where(_THIS).values(component=bindparam("c"), profile=bindparam("p"))
_REMOVE = delete(RECORDS).where(_THIS)
_SAYINGS = select(SAYINGS).where(Among(SAYINGS.c.record))
_SAY = insert(SAYINGS)
_UNSAY = delete(SAYINGS).where(SAYINGS.c.record == bindparam("n"))
_NO_OWNERS = delete(OWNERS).where(OWNERS.c.record == bindparam("n"))
_NO_FORMER = delete(FORMER).where(FORMER.c.record == bindparam("n"))


class Records(Part):
    """Records and sayings."""

    def setting(self, name: str) -> str | None:
        """A fact about the store."""
        found = self._run(_SETTING, key=name)
        return str(found[0][0]) if found else None

    def keep(self, name: str, value: str) -> None:
        """Keep a fact about the store."""
        self.connection.execute(delete(SETTINGS).where(SETTINGS.c.name == name))
        self.connection.execute(insert(SETTINGS), {"name": name, "value": value})

    def record(self, source: str, record_key: str) -> StoredRecord | None:
        """A record by its source and key."""
        kept = self._cipher.encrypt_findable(_KEY, record_key)
        return next(iter(self._read_records(self._run(_BY_KEY, s=source, k=kept))), None)

    def with_key(self, record_key: str) -> list[StoredRecord]:
        """The records of all sources that have a key, by source."""
        return self._read_records(self._run(_WITH_KEY, k=self._cipher.encrypt_findable(_KEY, record_key)))

    def records(self, numbers: Collection[int]) -> list[StoredRecord]:
        """Records by their numbers, in no order."""
        return self._read_records(self._among(_BY_NUMBER, numbers))

    def records_of(self, profile: str) -> list[StoredRecord]:
        """The records of a profile, by source and key."""
        return sorted(self._read_records(self._run(_OF_PROFILE, p=profile)), key=lambda each: each[1:3])

    def all_records(self) -> Iterator[StoredRecord]:
        """Every record, in the order of the numbers."""
        asked = _ALL.order_by(RECORDS.c.record)
        options = {"yield_per": 1000}  # of this statement alone
        with self.connection.execute(asked, execution_options=options) as found:
            for rows in found.partitions():
                yield from self._read_records(rows)

    def count(self) -> int:
        """How many records there are."""
        return self._count(RECORDS)

    def profiles(self) -> set[str]:
        """The ids of all profiles that have records."""
        return {row[0] for row in self.connection.execute(select(RECORDS.c.profile).distinct())}

    def next_record(self) -> int:
        """A number that no record has."""
        return int(self._run(_NEXT)[0][0])

    def add_records(self, records: Iterable[StoredRecord]) -> None:
        """Keep records."""
        rows = (
            {**each._asdict(), "record_key": self._written_key(each), "keys": self._written_keys(each)}
            for each in records
        )
        self._run_all(_ADD, rows)

    def set_keys(self, record: StoredRecord) -> None:
        """Keep the matching keys that a record has now."""
        self._run(_SET_KEYS, n=record.record, k=self._written_keys(record))

    def assign(self, owners: Iterable[tuple[int, int, str]]) -> None:
        """Give records their components and profiles: `(record, component, profile)`."""
        self._run_all(_ASSIGN, ({"n": n, "c": c, "p": p} for n, c, p in owners))

    def remove(self, record: int) -> None:
        """Forget a record and all that it says."""
        for made in (_UNSAY, _NO_FORMER, _NO_OWNERS, _REMOVE):
            self._run(made, n=record)

    def sayings(self, numbers: Collection[int]) -> list[StoredSaying]:
        """What records say, by record and version."""
        decrypt, found = self._cipher.decrypt, (StoredSaying(*row) for row in self._among(_SAYINGS, numbers))
        return sorted(each._replace(said=decrypt(_SAID, each.said, each.record, each.version)) for each in found)

    def say(self, sayings: Iterable[StoredSaying]) -> None:
        """Keep what records say."""
        encrypt = self._cipher.encrypt
        rows = ({**each._asdict(), "said": encrypt(_SAID, each.said, each.record, each.version)} for each in sayings)
        self._run_all(_SAY, rows)

    def say_again(self, record: int, sayings: Iterable[StoredSaying]) -> None:
        """Keep what a record says in the place of all that it said."""
        self._run(_UNSAY, n=record)
        self.say(sayings)

    def _written_key(self, record: StoredRecord) -> str:
        """The key of a record as it is written down."""
        return self._cipher.encrypt_findable(_KEY, record.record_key)

    def _written_keys(self, record: StoredRecord) -> str:
        """The matching keys of a record as they are written down, bound to its number, source and key."""
        return self._cipher.encrypt(_KEYS, _text(record.keys), *record[:3])

    def _read_records(self, rows: Iterable[Any]) -> list[StoredRecord]:
        """Records of what is written down."""
        read, cipher = [], self._cipher
        for number, source, record_key, keys, *own in rows:
            key = cipher.decrypt_findable(_KEY, record_key)
            known = matching_keys(cipher.decrypt(_KEYS, keys, number, source, key))
            read.append(StoredRecord(number, source, key, known, *own))
        return read


def matching_keys(text: str) -> dict[str, KeyValue]:
    """Matching keys from JSON.

    >>> matching_keys('{"phone": ["34600112233"], "given_name": "ana"}')
    {'phone': ('34600112233',), 'given_name': 'ana'}
    """
    return {name: tuple(each) if isinstance(each, list) else each for name, each in json.loads(text).items()}


def _text(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"))
