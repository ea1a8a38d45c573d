"""What people have decided, and who was forgotten."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from sqlalchemy import bindparam, delete, insert, or_, select, update

from retrato.profiles.survivorship import PIN
from retrato.stores.rows import StoredDecision
from retrato.stores.schema import DECISIONS, TOMBSTONES
from retrato.stores.statements import Among, InsertOr, Part, now

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

#: The columns whose values the store's cipher writes: keys can be looked up, as either of the two.
_KEY = f"{DECISIONS.name}.key"
_VALUE, _AUTHOR, _REASON = map(str, (DECISIONS.c.value, DECISIONS.c.author, DECISIONS.c.reason))
_UNDONE_BY = str(DECISIONS.c.undone_by)

_IN_FORCE = DECISIONS.c.undone_at.is_(None)
_ANY = select(DECISIONS.c.number).where(_IN_FORCE).limit(1)
_ABOUT = select(DECISIONS).where(or_(Among(DECISIONS.c.key_a), Among(DECISIONS.c.key_b)))
_ERASE = delete(DECISIONS).where(DECISIONS.c.number == bindparam("n"))
_BURY = InsertOr(TOMBSTONES)
_BURIED = select(TOMBSTONES.c.tombstone).where(Among(TOMBSTONES.c.tombstone))
_UNBURY = delete(TOMBSTONES).where(TOMBSTONES.c.tombstone == bindparam("t"))
_ANY_TOMBSTONE = select(TOMBSTONES.c.at).limit(1)


class Decisions(Part):
    """Decisions and tombstones."""

    def decide(self, decision: str, a: tuple[str, str], b: tuple[str, str], author: str, reason: str) -> int:
        """Keep a decision; its number."""
        return self._decide(StoredDecision(0, decision, *a, *b, None, None, author, reason, now(), None, None))

    def pin(self, record: tuple[str, str], attribute: str, value: str, author: str, reason: str) -> int:
        """Keep what somebody has pinned; the number of the decision."""
        about = (*record, None, None, attribute, value)
        return self._decide(StoredDecision(0, PIN, *about, author, reason, now(), None, None))

    def _decide(self, made: StoredDecision) -> int:
        values = self._written_decision(made)._asdict()
        del values["number"]
        found = self.connection.execute(insert(DECISIONS).values(values))
        return int(cast("Sequence[int]", found.inserted_primary_key)[0])

    def decision(self, number: int) -> StoredDecision | None:
        """A decision by its number."""
        found = self.connection.execute(select(DECISIONS).where(DECISIONS.c.number == number)).first()
        return None if found is None else self._read_decision(found)

    def undo(self, decision: StoredDecision, author: str) -> None:
        """A decision holds no more."""
        undone = self._written_decision(decision._replace(undone_by=author, undone_at=now()))
        made = update(DECISIONS).where(DECISIONS.c.number == decision.number)
        self.connection.execute(made.values(undone_by=undone.undone_by, undone_at=undone.undone_at))

    def decisions(self) -> list[StoredDecision]:
        """All decisions, in the order in which they were made."""
        return [
            self._read_decision(row) for row in self.connection.execute(select(DECISIONS).order_by(DECISIONS.c.number))
        ]

    def any_decisions(self) -> bool:
        """Whether any decision is in force."""
        return bool(self._run(_ANY))

    def decisions_about(self, records: Collection[tuple[str, str]]) -> list[StoredDecision]:
        """The decisions, in force or not, that name one of these records."""
        known = set(records)
        keys = [self._cipher.encrypt_findable(_KEY, key) for key in sorted({key for _, key in records})]
        found = (self._read_decision(row) for row in self._among(_ABOUT, keys))
        return sorted(each for each in found if not known.isdisjoint(each.records))

    def erase_decisions(self, records: Collection[tuple[str, str]]) -> int:
        """Forget all decisions that name one of these records; how many there were."""
        found = self.decisions_about(records)
        self._run_all(_ERASE, ({"n": each.number} for each in found))
        return len(found)

    def bury(self, tombstones: Iterable[str]) -> None:
        """Keep tombstones."""
        at = now()
        self._run_all(_BURY, ({"tombstone": each, "at": at} for each in sorted(tombstones)))

    def buried(self, tombstones: Collection[str]) -> set[str]:
        """Those of the tombstones that are there."""
        return {row[0] for row in self._among(_BURIED, tombstones)}

    def unbury(self, tombstones: Iterable[str]) -> None:
        """Take tombstones away."""
        self._run_all(_UNBURY, ({"t": each} for each in tombstones))

    def any_tombstones(self) -> bool:
        """Whether anybody was forgotten."""
        return bool(self._run(_ANY_TOMBSTONE))

    def _written_decision(self, decision: StoredDecision) -> StoredDecision:
        """A decision as it is written down: who made it, and why, bound to all that it says."""
        cipher, about = self._cipher, _about(decision)
        key_b, value, by = decision.key_b, decision.value, decision.undone_by
        return decision._replace(
            key_a=cipher.encrypt_findable(_KEY, decision.key_a),
            key_b=None if key_b is None else cipher.encrypt_findable(_KEY, key_b),
            value=None if value is None else cipher.encrypt(_VALUE, value, *_about(decision._replace(value=None))),
            author=cipher.encrypt(_AUTHOR, decision.author, *about),
            reason=cipher.encrypt(_REASON, decision.reason, *about),
            undone_by=None if by is None else cipher.encrypt(_UNDONE_BY, by, *about, decision.undone_at),
        )

    def _read_decision(self, row: Iterable[Any]) -> StoredDecision:
        """A decision of what is written down."""
        cipher, kept = self._cipher, StoredDecision(*row)
        key_b, value, by = kept.key_b, kept.value, kept.undone_by
        named = kept._replace(
            key_a=cipher.decrypt_findable(_KEY, kept.key_a),
            key_b=None if key_b is None else cipher.decrypt_findable(_KEY, key_b),
            value=None,
        )
        told = named._replace(value=None if value is None else cipher.decrypt(_VALUE, value, *_about(named)))
        about = _about(told)
        return told._replace(
            author=cipher.decrypt(_AUTHOR, kept.author, *about),
            reason=cipher.decrypt(_REASON, kept.reason, *about),
            undone_by=None if by is None else cipher.decrypt(_UNDONE_BY, by, *about, kept.undone_at),
        )


def _about(decision: StoredDecision) -> tuple[object, ...]:
    """What is decided, of which records, and when."""
    return (*decision[1:8], decision.at)
