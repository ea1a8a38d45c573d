"""What a profile holds: now, as the store knew it at a moment, and as it was at a moment."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple

from retrato.profiles.survivorship import PIN, Pin

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from retrato.stores.rows import StoredRecord, StoredSaying
    from retrato.stores.work import Work

_ALWAYS = -(2**63)


class Held(NamedTuple):
    """The records of a profile by source and key, their versions, and what somebody has pinned."""

    profile_id: str
    records: Sequence[StoredRecord]
    sayings: Sequence[StoredSaying]
    pins: Sequence[Pin]


def held(work: Work, profile: str) -> Held:
    """What a profile holds now."""
    records = work.records_of(profile)
    return Held(profile, records, work.sayings([each.record for each in records]), _pins(work, records, None))


def held_then(work: Work, profile_id: str, moment: int) -> Held | None:
    """What the store held at a moment under an id: of the profile that the id stood for then; None if of none.

    Records that were taken away since are not among it.
    """
    asked: str | None = profile_id
    seen: set[str] = set()
    while asked is not None and asked not in seen:
        seen.add(asked)
        numbers = work.owners_at(asked, moment, [each.record for each in work.records_of(asked)])
        sayings = [each for each in work.sayings(sorted(numbers)) if each.known_at <= moment]
        known = {each.record for each in sayings}
        if known:
            records = sorted(work.records(sorted(known)), key=lambda each: each[1:3])
            return Held(asked, records, _numbered(sayings), _pins(work, records, moment))
        asked = work.redirected(asked, moment)
        if asked is None and not work.has_changed(profile_id):  # it led elsewhere before the store began
            asked = work.leads_to([profile_id]).get(profile_id)
    return None


def as_it_was(sayings: Iterable[StoredSaying], moment: int) -> list[StoredSaying]:
    """The versions that records had at a moment, as far as their times tell.

    The first version of a record holds from when the record was made, or if that is not known from when it was seen, or
    always; a later one from when it was seen, or if that is not known from when the store came to know it.
    """
    found = []
    for _, versions in groupby(sayings, key=lambda each: each.record):
        *later, first = versions
        times = [each.known_at if each.observed_at is None else each.observed_at for each in later]
        known = [each for each in (first.created_at, first.observed_at) if each is not None]
        times.append(min(known, default=_ALWAYS))
        found += [each for each, time in zip([*later, first], times, strict=True) if time <= moment]
    return _numbered(found)


def _numbered(sayings: Iterable[StoredSaying]) -> list[StoredSaying]:
    """The versions of each record, in order, numbered from 0."""
    return [
        each._replace(version=number)
        for _, versions in groupby(sayings, key=lambda each: each.record)
        for number, each in enumerate(versions)
    ]


def _pins(work: Work, records: Sequence[StoredRecord], moment: int | None) -> list[Pin]:
    """What was pinned of records, the last pin last: now, or at a moment."""
    return [
        Pin(each.source_a, each.key_a, str(each.attribute), str(each.value))
        for each in work.decisions_about([(each.source, each.record_key) for each in records])
        if each.decision == PIN
        and (moment is None or each.at <= moment)
        and (each.undone_at is None or (moment is not None and each.undone_at > moment))
    ]
