"""The ids that profiles have and have had, and the feed of all that happened to them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import bindparam, delete, insert, select, update

from retrato.stores.rows import StoredChange
from retrato.stores.schema import CHANGES, FORMER, IDS, OWNERS
from retrato.stores.statements import Among, InsertOr, Part, now

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

_LEADS_TO = select(IDS.c.id, IDS.c.leads_to).where(Among(IDS.c.id))
_IDS_OF = select(IDS.c.id).where(IDS.c.leads_to == bindparam("p")).order_by(IDS.c.id)
_CHANGES_OF = select(CHANGES).where(Among(CHANGES.c.profile_id))
_GIVE = insert(IDS)
_REDIRECT = update(IDS).where(IDS.c.leads_to == bindparam("old")).values(leads_to=bindparam("new"))
_WAKE = update(IDS).where(IDS.c.id == bindparam("old")).values(leads_to=bindparam("new"))
_IN_USE_AGAIN = delete(FORMER).where(FORMER.c.id == bindparam("i"))
_REMEMBER = InsertOr(FORMER)
_REMEMBERED = select(FORMER.c.id, FORMER.c.record).join(IDS, IDS.c.id == FORMER.c.id).where(Among(IDS.c.leads_to))
_FORMER_OWNERS = select(OWNERS).where(Among(OWNERS.c.record), OWNERS.c.until > bindparam("t"))
_ONCE_OWNED = select(OWNERS.c.record).where(OWNERS.c.profile == bindparam("p"), OWNERS.c.until > bindparam("t"))
_DISOWN = InsertOr(OWNERS)
_REDIRECTED = (
    select(CHANGES.c.other_profile_id)
    .where(CHANGES.c.profile_id == bindparam("p"), CHANGES.c.kind == "redirected", CHANGES.c.at <= bindparam("t"))
    .order_by(CHANGES.c.cursor.desc())
    .limit(1)
)
_ANY_CHANGE = select(CHANGES.c.cursor).where(CHANGES.c.profile_id == bindparam("p")).limit(1)
_TELL = insert(CHANGES).values({name: bindparam(name) for name in StoredChange._fields[1:]})


class Ids(Part):
    """Ids and changes."""

    def leads_to(self, ids: Collection[str]) -> dict[str, str | None]:
        """Where ids that were ever given lead to now."""
        return {row[0]: row[1] for row in self._among(_LEADS_TO, ids)}

    def ids_of(self, profile: str) -> list[str]:
        """The ids that lead to a profile now, itself among them."""
        return [row[0] for row in self._run(_IDS_OF, p=profile)]

    def changes_of(self, ids: Collection[str]) -> list[StoredChange]:
        """What the feed tells of ids."""
        return sorted(StoredChange(*row) for row in self._among(_CHANGES_OF, ids))

    def all_ids(self) -> dict[str, str | None]:
        """Every id that was ever given."""
        return {row[0]: row[1] for row in self.connection.execute(select(IDS))}

    def give(self, ids: Iterable[tuple[str, str | None]]) -> None:
        """Keep new ids and where they lead."""
        self._run_all(_GIVE, ({"id": each, "leads_to": to} for each, to in ids))

    def redirect(self, old: str, new: str | None) -> None:
        """An id, and all that led to it, leads elsewhere now, or nowhere."""
        self._run(_REDIRECT, old=old, new=new)

    def wake(self, ids: Mapping[str, str]) -> None:
        """Ids lead to other profiles now; those that lead to themselves are in use again."""
        self._run_all(_WAKE, ({"old": old, "new": new} for old, new in ids.items()))
        self._run_all(_IN_USE_AGAIN, ({"i": old} for old, new in ids.items() if old == new))

    def remember(self, records: Iterable[tuple[str, int]]) -> None:
        """The records that profiles had whose ids lead elsewhere from now on: `(id, record)`."""
        self._run_all(_REMEMBER, ({"id": former, "record": record} for former, record in records))

    def remembered(self, profiles: Collection[str]) -> list[tuple[str, int]]:
        """The records that profiles had whose ids lead to one of these: `(id, record)`."""
        return [(row[0], row[1]) for row in self._among(_REMEMBERED, profiles)]

    def disown(self, owners: Iterable[tuple[int, str]]) -> None:
        """From now on records are no longer of these profiles: `(record, profile)`."""
        at = now()
        self._run_all(_DISOWN, ({"record": record, "until": at, "profile": profile} for record, profile in owners))

    def owners_at(self, profile: str, moment: int, present: Collection[int]) -> set[int]:
        """The records that a profile had at a moment; `present` are those that it has now."""
        asked = {*present, *(row[0] for row in self._run(_ONCE_OWNED, p=profile, t=moment))}
        owners: dict[int, tuple[int, str]] = {}
        for record, until, owner in self._among(_FORMER_OWNERS, sorted(asked), t=moment):
            owners[record] = min(owners.get(record, (until, owner)), (until, owner))
        now_its = set(present)
        return {each for each in asked if (owners[each][1] == profile if each in owners else each in now_its)}

    def redirected(self, profile: str, moment: int) -> str | None:
        """Where an id led at a moment, if it led elsewhere."""
        found = self._run(_REDIRECTED, p=profile, t=moment)
        return found[0][0] if found else None

    def has_changed(self, profile: str) -> bool:
        """Whether the feed tells anything of an id."""
        return bool(self._run(_ANY_CHANGE, p=profile))

    def tell(self, changes: Iterable[tuple[str, str, str | None, int]]) -> None:
        """Put changes into the feed: `(kind, profile_id, other_profile_id, records)`."""
        names, at = StoredChange._fields[1:], now()
        self._run_all(_TELL, (dict(zip(names, (at, *change), strict=True)) for change in changes))

    def changes(self, since: int, limit: int) -> list[StoredChange]:
        """The feed after a cursor."""
        asked = select(CHANGES).where(CHANGES.c.cursor > since).order_by(CHANGES.c.cursor).limit(limit)
        return [StoredChange(*row) for row in self.connection.execute(asked)]
