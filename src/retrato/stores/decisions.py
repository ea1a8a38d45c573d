"""What people have decided, and who was forgotten."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from sqlalchemy import bindparam, delete, insert, or_, select, update

from retrato.profiles.survivorship import PIN
from retrato.stores.rows import StoredDecision
from retrato.stores.schema import DECISIONS, TOMBSTONES
from retrato.stores.statements import Among, InsertOr, Part, now

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

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
        return self._decide(decision, a, author, reason, source_b=b[0], key_b=b[1])

    def pin(self, record: tuple[str, str], attribute: str, value: str, author: str, reason: str) -> int:
        """Keep what somebody has pinned; the number of the decision."""
        return self._decide(PIN, record, author, reason, attribute=attribute, value=value)

    def _decide(self, decision: str, record: tuple[str, str], author: str, reason: str, **more: str) -> int:
        values = {"decision": decision, "source_a": record[0], "key_a": record[1], **more}
        found = self.connection.execute(insert(DECISIONS).values(**values, author=author, reason=reason, at=now()))
        return int(cast("Sequence[int]", found.inserted_primary_key)[0])

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
        return bool(self._run(_ANY))

    def decisions_about(self, records: Collection[tuple[str, str]]) -> list[StoredDecision]:
        """The decisions, in force or not, that name one of these records."""
        known = set(records)
        found = (StoredDecision(*row) for row in self._among(_ABOUT, sorted({key for _, key in records})))
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
