"""`IdentityStore`: who is who, kept, asked and changed while it is used."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Self

import pyarrow as pa

from retrato.errors import ConfigurationError, Problem, StoreError, UnknownRecordError
from retrato.live.exporting import export
from retrato.live.finding import find
from retrato.live.forgetting import Receipt, Tombstones, forget
from retrato.live.governing import Governing
from retrato.live.history import as_it_was, held, held_then
from retrato.live.loading import load
from retrato.live.saying import Reader, microseconds, unfit
from retrato.live.updating import NOBODY, Updating
from retrato.live.verifying import verify
from retrato.live.versions import said_of, saying_of, says_the_same, values_of, with_version
from retrato.matching.blocking import MOST_FOR_ALL
from retrato.matching.rules import Decision
from retrato.profiles.golden import ranked_values
from retrato.profiles.profile import Profile
from retrato.profiles.survivorship import PIN, effective_rules
from retrato.resolution.finding import Found
from retrato.stores.database import SqlStore
from retrato.stores.rows import StoredRecord

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime
    from types import TracebackType

    from retrato.graph.identities import Change
    from retrato.live.history import Held
    from retrato.live.saying import Row
    from retrato.live.updating import Update
    from retrato.matching.similarity import KeyValue
    from retrato.records import Record
    from retrato.resolution.resolution import Resolution
    from retrato.stores.rows import StoredChange, StoredDecision
    from retrato.stores.work import Work

_GOVERNING = "governing"


@dataclass(frozen=True, slots=True)
class Ingested:
    """What came of a record: the id of its profile, and everything that changed.

    Whoever was forgotten has no profile.
    """

    profile_id: str | None
    changes: tuple[Change, ...]


class IdentityStore:
    """People and their ids in a database: a record comes in, and its profile comes back.

    `IdentityStore.open("sqlite:///customers.db")` opens the store in a file, and makes it where there is none;
    `postgresql://…` one on a server. A new store takes its rules, its model and its first records from a result of the
    batch, by `load`. It then gives the same people as the batch does from the same records, whatever the order in which
    they came; ids stay with the people they were given to.

    It can be used by several processes at once. Close it, or use it in a `with` statement.
    """

    def __init__(self, store: SqlStore, secret: str | bytes | None = None) -> None:
        self._store = store
        try:
            self._tombstones = Tombstones(secret)
            with store.reading() as work:
                text = work.setting(_GOVERNING)
            self._by(None if text is None else Governing.from_text(text))
        except BaseException:
            store.close()
            raise

    def _by(self, governing: Governing | None) -> None:
        self._governing = governing
        self._updating = None if governing is None else Updating(governing, self._store.cipher.code)
        self._reader = None if governing is None else Reader(governing)

    @classmethod
    def open(cls, url: str, *, secret: str | bytes | None = None, encryption_key: str | bytes | None = None) -> Self:
        """The store behind a URL; a new one where there is none. Raises StoreError.

        The `secret` is needed for forgetting people, and from then on for whatever is taken in. With an
        `encryption_key` a new store encrypts what records say, and can then be opened with that key alone. Keep both
        outside the database.
        """
        return cls(SqlStore(url, encryption_key), secret)

    def close(self) -> None:
        """Let go of the database."""
        self._store.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    # what comes in

    def load(self, resolution: Resolution) -> int:
        """Take a result of the batch: rules, model, records and ids; how many records there are now.

        Raises StoreError when the store holds records already.
        """
        governing = Governing.of(resolution)
        updating = Updating(governing, self._store.cipher.code)
        with self._store.writing() as work:
            if work.count():
                raise StoreError("the store holds records already; put new ones in by ingest_many")
            work.keep(_GOVERNING, governing.to_text())
            load(work, resolution, updating)
            self._bury_again(work, updating)
            records = work.count()
            if not resolution.ruleset.blocking:
                self._decide_all(work, updating)
        self._by(governing)
        return records

    def govern(self, governing: Governing) -> None:
        """Give an empty store its rules. Raises StoreError when it holds records."""
        with self._store.writing() as work:
            if work.count():
                raise StoreError("the store holds records, which other rules have put together")
            work.keep(_GOVERNING, governing.to_text())
        self._by(governing)

    @property
    def rules(self) -> Governing:
        """What the store is governed by. Raises StoreError where there are no rules yet."""
        return self._governed()

    def _bury_again(self, work: Work, updating: Updating) -> None:
        """Take out the records of people who were forgotten."""
        if not work.any_tombstones():
            return
        update = updating.begin(work)
        for record in list(work.all_records()):
            stones = {self._tombstones.of_record(record.source, record.record_key)}
            stones |= {self._tombstones.of_saying(each.said) for each in work.sayings([record.record])}
            if work.buried(stones):
                update.remove(record)
        update.settle()

    def _decide_all(self, work: Work, updating: Updating) -> None:
        """Small batches compare all records with one another, which a store does not: its own rules decide."""
        if work.count() <= MOST_FOR_ALL:
            update = updating.begin(work)
            update.touch(each.record for each in work.all_records())
            update.settle()

    def ingest(self, record: Record) -> Ingested:
        """Take one record: who it is of, and what changed.

        A record of the same source and key is a new version of the one before. Raises ConfigurationError for fields
        that mean nothing, StoreError.
        """
        return self.ingest_many([record])[0]

    def ingest_many(self, records: Iterable[Record]) -> list[Ingested]:
        """Take several records at once, all or none; what came of each."""
        updating, reader = self._ready()
        rows = [(each, reader.read(each)) for each in records]
        with self._store.writing() as work:
            update = updating.begin(work)
            forgotten = self._forgotten(work, rows)
            numbers = [
                None if place in forgotten else self._put(work, update, *each) for place, each in enumerate(rows)
            ]
            changes = update.settle()
        owners = [None if number is None else update.profile_of(number) for number in numbers]
        return [
            Ingested(each, tuple(change for change in changes if each is not None and change.concerns(each)))
            for each in owners
        ]

    def _forgotten(self, work: Work, rows: Sequence[tuple[Record, Row]]) -> set[int]:
        """The places of the rows that are of people who were forgotten."""
        if not work.any_tombstones():
            return set()
        stones = [
            (self._tombstones.of_record(each.source, each.key), self._tombstones.of_saying(said_of(row)))
            for each, row in rows
        ]
        buried = work.buried({stone for pair in stones for stone in pair})
        return {place for place, pair in enumerate(stones) if buried.intersection(pair)}

    def _put(self, work: Work, update: Update, record: Record, row: Row) -> int:
        """A new record, or a version of one: that which was observed last is the current one. Its number."""
        former = update.record(record.source, record.key)
        number = update.next_number() if former is None else former.record
        saying = saying_of(number, row)
        if former is None:
            work.say([saying])
            update.put(StoredRecord(number, record.source, record.key, row.keys, number, NOBODY), None)
            return number
        earlier = work.sayings([number])
        versions = with_version(earlier, saying)
        if versions is not None:
            work.say_again(number, versions)
            if versions[0].said is saying.said:
                update.put(former._replace(keys=row.keys), former)
                if not says_the_same(saying, earlier[0]):
                    update.says_anew((record.source, record.key))
        return number

    def delete(self, source: str, key: str) -> tuple[Change, ...]:
        """Take a record away, with its versions; what changed. Raises UnknownRecordError."""
        updating, _ = self._ready()
        with self._store.writing() as work:
            update = updating.begin(work)
            update.remove(self._known(work, (source, key)))
            return tuple(update.settle())

    def forget(self, profile_id: str) -> Receipt:
        """Erase a person: records, versions, values, decisions about them, and what was found out of all that.

        The ids of the profile lead nowhere from now on. Records of the person do not come back with the next import,
        until `readmit`; `ingest` answers them with no profile. Raises UnknownRecordError, and StoreError without a
        secret (see `open`).
        """
        updating, _ = self._ready()
        with self._store.writing() as work:
            receipt = forget(work, updating, self._current(work, profile_id), self._tombstones)
        self._store.scrub()
        return receipt

    def readmit(self, record: Record) -> None:
        """A record of somebody who was forgotten may come in again, as they now wish."""
        _, reader = self._ready()
        row = reader.read(record)
        stones = self._tombstones.of_record(record.source, record.key), self._tombstones.of_saying(said_of(row))
        with self._store.writing() as work:
            work.unbury(stones)

    # what people decide

    def same(self, a: tuple[str, str], b: tuple[str, str], *, author: str, reason: str = "") -> int:
        """Decide that two records, each `(source, key)`, are one person; the number of the decision."""
        return self._decide(Decision.SAME, a, b, author, reason)

    def different(self, a: tuple[str, str], b: tuple[str, str], *, author: str, reason: str = "") -> int:
        """Decide that two records are two people; the number of the decision."""
        return self._decide(Decision.DIFFERENT, a, b, author, reason)

    def _decide(self, decision: Decision, a: tuple[str, str], b: tuple[str, str], author: str, reason: str) -> int:
        updating, _ = self._ready()
        with self._store.writing() as work:
            one, other = self._known(work, a), self._known(work, b)
            number = work.decide(decision.value, a, b, author, reason)
            update = updating.begin(work)
            update.touch((one.record, other.record))
            update.settle()
            return number

    def split(self, profile_id: str, records: Iterable[tuple[str, str]], *, author: str, reason: str = "") -> list[int]:
        """Decide that some records of a profile are one person, and the rest of it somebody else; the numbers of the
        decisions, which `undo` takes back together.

        Raises UnknownRecordError, and ConfigurationError where the records are not some but not all of the profile.
        """
        updating, _ = self._ready()
        with self._store.writing() as work:
            current = self._current(work, profile_id)
            chosen = [self._known(work, each) for each in dict.fromkeys(records)]
            rest = [each for each in work.records_of(current) if each not in chosen]
            if not chosen or not rest or any(each.profile != current for each in chosen):
                raise ConfigurationError([Problem("split", "name some records of the profile, but not all of them")])
            first = chosen[0]
            pairs = [(Decision.SAME, each) for each in chosen[1:]] + [(Decision.DIFFERENT, each) for each in rest]
            update = updating.begin(work)
            update.touch(each.record for each in (*chosen, *rest))
            numbers = [work.decide(word.value, first[1:3], other[1:3], author, reason) for word, other in pairs]
            update.settle()
            return numbers

    def pin(self, profile_id: str, attribute: str, value: str, *, author: str, reason: str = "") -> int:
        """Fix the value of an attribute that speaks for a person, one of those in `profile(…).values`; the number of
        the decision.

        It belongs to a record that holds the value, and stays with whoever that record is of. Of several pins of an
        attribute the last one holds. Raises UnknownRecordError, and ConfigurationError where no record says so: take in
        a record that does, such as one of a source of corrections.
        """
        updating, _ = self._ready()
        with self._store.writing() as work:
            here = held(work, self._current(work, profile_id))
            told = [
                each
                for each in self._portrait(here).ranked(attribute)
                if value in (each.value, each.raw) and each.value is not None
            ]
            if not told:
                hint = "take in a record that says so first; profile(…).values are the values that there are"
                problem = Problem(f"pin of {attribute}", "no record of the profile holds this value", hint)
                raise ConfigurationError([problem])
            best = min(told, key=lambda each: (each.version, not each.golden))
            number = work.pin((best.source, best.record_key), best.name, str(best.value), author, reason)
            update = updating.begin(work)
            update.says_anew((best.source, best.record_key))
            update.settle()
            return number

    def undo(self, *decisions: int, author: str) -> tuple[Change, ...]:
        """Take decisions back, all or none; what changed. They stay on record. Raises UnknownRecordError."""
        updating, _ = self._ready()
        with self._store.writing() as work:
            update = updating.begin(work)
            for number in decisions:
                found = work.decision(number)
                if found is None or found.undone_at is not None:
                    raise UnknownRecordError(f"no decision {number} is in force")
                work.undo(found, author)
                if found.decision == PIN:
                    update.says_anew(*found.records)
                else:
                    there = (update.record(*record) for record in found.records)
                    update.touch(each.record for each in there if each is not None)
            return tuple(update.settle())

    @property
    def decisions(self) -> pa.Table:
        """The decisions in force, as `resolve(decisions=…)` takes them."""
        rows = [each._asdict() for each in self.decided() if each.undone_at is None]
        names = ("source_a", "key_a", "source_b", "key_b", "decision", "attribute", "value", "author", "reason")
        return pa.table({name: pa.array([row[name] for row in rows], pa.string()) for name in names})

    def decided(self) -> list[StoredDecision]:
        """All decisions with their numbers, in the order in which they were made, also those that were undone."""
        with self._store.reading() as work:
            return work.decisions()

    # what it knows

    def profile(self, profile_id: str, *, as_of: datetime | None = None, known_at: datetime | None = None) -> Profile:
        """The portrait of a profile; an id that it once had leads to it. Raises UnknownRecordError.

        `as_of` asks for what was true at a moment, as far as sources tell today; `known_at` for what the store knew at
        a moment: who the id stood for then, with which records, values and pins. Both together: what it then knew of an
        earlier time. Times without a zone are in UTC. Records that were taken away since are not shown.
        """
        with self._store.reading() as work:
            if known_at is None:
                here = held(work, self._current(work, profile_id))
            else:
                found = None if unfit(profile_id) else held_then(work, profile_id, microseconds(known_at))
                if found is None:
                    raise UnknownRecordError(f"no profile {profile_id} was known then")
                here = found
        if as_of is not None:
            here = here._replace(sayings=as_it_was(here.sayings, microseconds(as_of)))
        return self._portrait(here)

    def _portrait(self, here: Held) -> Profile:
        rules = effective_rules(self._governed().ruleset.survivorship)
        return Profile(here.profile_id, values=ranked_values(values_of(here.records, here.sayings), rules, here.pins))

    def export(self, profile_id: str) -> dict[str, Any]:
        """All that the store holds of a person, as values that JSON knows, for whoever asks what is kept of them:
        records with every version, what was read in them, matching keys, decisions, changes and former ids.

        Raises UnknownRecordError.
        """
        with self._store.reading() as work:
            return export(work, self._portrait(held(work, self._current(work, profile_id))))

    def find(self, text: str | None = None, /, *, limit: int = 10, **fields: str) -> list[Found]:
        """The profiles that fit what is known, likeliest first, each with its reasons: `find(phone="600 11 22 33")`.

        Fields are those of the mapping vocabulary (`name`, `phone`, `email`, `birth_date`, `national_id`, `city`, …)
        and `record_key`, and are taken together. A text alone, `find("600 11 22 33")`, is tried as everything that it
        can be read as. Names are found in other spellings too. An id, of today or of earlier, leads to its profile.

        Raises ConfigurationError for an unknown field, and unless there is either a text or fields.
        """
        updating, _ = self._ready()
        with self._store.reading() as work:
            current = None if text is None or unfit(text) else work.leads_to([text]).get(text)
            if current is not None:
                record = work.records_of(current)[0]
                found = [Found(current, None, None, ("its id",), None, record.source, record.record_key)]
            else:
                found = find(work, updating, text, fields, limit)
            names = self._names(work, [each.profile_id for each in found])
        return [replace(each, name=names[each.profile_id]) for each in found]

    def _names(self, work: Work, profiles: Iterable[str]) -> dict[str, str | None]:
        """The golden name of each profile."""
        rules = effective_rules(self._governed().ruleset.survivorship)
        found: dict[str, str | None] = {}
        for profile in profiles:
            here = held(work, profile)
            names = [each for each in values_of(here.records, here.sayings) if each.kind == "name"]
            found[profile] = next((each.value for each in ranked_values(names, rules, here.pins) if each.golden), None)
        return found

    def profile_of(self, source: str, key: str) -> str:
        """The id of the profile that a record is in. Raises UnknownRecordError."""
        with self._store.reading() as work:
            return self._known(work, (source, key)).profile

    def current_id(self, profile_id: str) -> str:
        """The id that an id of today or of earlier stands for now. Raises UnknownRecordError."""
        with self._store.reading() as work:
            return self._current(work, profile_id)

    def _current(self, work: Work, profile_id: str) -> str:
        found = {} if unfit(profile_id) else work.leads_to([profile_id])
        current = found.get(profile_id)
        if current is None:
            gone = " (it was deleted)" if profile_id in found else ""
            raise UnknownRecordError(f"no profile {profile_id}{gone}")
        return current

    def changes(self, since: int = 0, *, limit: int = 1000) -> list[StoredChange]:
        """What happened after a cursor, in order; the cursor of the last is where to go on."""
        with self._store.reading() as work:
            return work.changes(since, limit)

    @property
    def assignments(self) -> pa.Table:
        """`source, record_key, profile_id, household_id` of every record, in order: as the batch gives them.

        A store knows no households.
        """
        with self._store.reading() as work:
            rows = sorted((each.source, each.record_key, each.profile) for each in work.all_records())
        columns = [*(list(zip(*rows, strict=True)) or [(), (), ()]), [None] * len(rows)]
        names = ("source", "record_key", "profile_id", "household_id")
        return pa.table({name: pa.array(each, pa.string()) for name, each in zip(names, columns, strict=True)})

    def verify(self) -> list[str]:
        """What is wrong with the store, in sentences; nothing where all is well. It looks at every record."""
        updating, _ = self._ready()
        with self._store.reading() as work:
            return list(verify(work, updating))

    def matching_keys(self) -> dict[tuple[str, str], Mapping[str, KeyValue]]:
        """The matching keys of every record, by source and key."""
        with self._store.reading() as work:
            return {(each.source, each.record_key): each.keys for each in work.all_records()}

    @property
    def redirects(self) -> pa.Table:
        """`old_id, new_id`: the ids that stand no more, and the profile that each leads to, or NULL."""
        with self._store.reading() as work:
            rows = sorted((old, new) for old, new in work.all_ids().items() if old != new)
        old, new = zip(*rows, strict=True) if rows else ((), ())
        return pa.table({"old_id": pa.array(old, pa.string()), "new_id": pa.array(new, pa.string())})

    def _governed(self) -> Governing:
        if self._governing is None:
            raise StoreError("the store has no rules yet: load a result of the batch first")
        return self._governing

    def _ready(self) -> tuple[Updating, Reader]:
        self._governed()
        if self._updating is None or self._reader is None:
            raise StoreError("the store has no rules yet: load a result of the batch first")
        return self._updating, self._reader

    def _known(self, work: Work, record: tuple[str, str]) -> StoredRecord:
        found = work.record(*record) if not any(map(unfit, record)) else None
        if found is None:
            raise UnknownRecordError(f"source {record[0]!r} has no such record")
        return found


__all__ = ["IdentityStore", "Ingested"]
