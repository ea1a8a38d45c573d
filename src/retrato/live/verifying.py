"""Whether a store is what it should be: everything that can be found again is found again, and compared."""

from __future__ import annotations

from typing import TYPE_CHECKING

from retrato.stores.statements import in_parts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from retrato.live.updating import Update, Updating
    from retrato.stores.work import Work

#: Records that are looked at together.
_TOGETHER = 500


def verify(work: Work, by: Updating) -> Iterator[str]:
    """What is wrong with a store, in sentences that name no value; nothing where all is well."""
    yield from _blocks(work, by)
    seen: set[int] = set()
    for records in in_parts(work.all_records(), _TOGETHER):
        update = by.begin(work)
        numbers = [each.record for each in records]
        wrong = update.wrongly_linked(numbers)
        if wrong:
            yield f"{len(wrong)} pairs of records are linked that should not be, or should be and are not"
        for component in update.components(set(numbers) - seen):
            seen.update(component)
            yield from _component(work, update, component)
    yield from _ids(work)


def _blocks(work: Work, by: Updating) -> Iterator[str]:
    """Each record is in the blocks that its keys make and holds the values that it says, and no others."""
    most = by.blocking.most
    unknown = work.large_blocks(most)
    if unknown:
        yield f"{len(unknown)} blocks hold more than {most} records and are not known to be large"
    small = work.small_large_blocks(most)
    if small:
        yield f"{len(small)} blocks are called large and hold no more than {most} records"
    entries, held = 0, 0
    for records in in_parts(work.all_records(), _TOGETHER):
        numbers = [each.record for each in records]
        entered = by.blocking.all_codes(work, {each.record: each.keys for each in records})
        blocks = {(code, number) for number, each in entered.items() for code in (*each.usable, *each.large)}
        values = {(code, each.record) for each in records for code in by.values_of(each.keys)}
        entries, held = entries + len(blocks), held + len(values)
        if missing := blocks - work.entries_of(numbers):
            yield f"{len(missing)} blocks lack a record that belongs there"
        if missing := values - work.held_by(numbers):
            yield f"{len(missing)} values are not known to be held by their records"
    if work.count_entries() > entries:
        yield "blocks hold records that do not belong there"
    if work.count_held() > held:
        yield "values are said to be held by records that do not hold them"


def _component(work: Work, update: Update, component: list[int]) -> Iterator[str]:
    records = work.records(component)
    if len(records) < len(component):
        yield "a link leads to a record that is not there"
        return
    if {each.component for each in records} != {min(component)}:
        yield f"the component of {len(component)} records is written down wrongly"
    people = {frozenset(each.record for each in unit) for unit in update.units([component])}
    owners: dict[str, set[int]] = {}
    for each in records:
        owners.setdefault(each.profile, set()).add(each.record)
    if people != {frozenset(each) for each in owners.values()}:
        yield f"{len(component)} records are not in the profiles that the evidence gives them"


def _ids(work: Work) -> Iterator[str]:
    leads_to = work.all_ids()
    standing = work.profiles()
    lost = sum(leads_to.get(each) != each for each in standing)
    if lost:
        yield f"{lost} profiles have an id that leads elsewhere"
    astray = sum(to is not None and to not in standing for to in leads_to.values())
    if astray:
        yield f"{astray} ids lead to a profile that has no records"
