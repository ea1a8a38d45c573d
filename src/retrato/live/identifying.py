"""Clusters to ids that stay, by the rules of `retrato.graph.identities`, for the profiles that a change has touched."""

from __future__ import annotations

from collections import Counter
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from retrato.graph.identities import Change, ChangeKind, new_profile_id

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence


class Unit(NamedTuple):
    """The records of one person now: source, key and former profile (None for a new record), by source and key."""

    records: Sequence[tuple[str, str, str | None]]


class Identified(NamedTuple):
    """What became of ids: that of each unit, the new ones among them, where former ones lead, and all that changed.

    `woken` are ids that led to a profile which is several now, and lead to their own people again.
    """

    ids: list[str]
    fresh: list[str]
    retired: dict[str, str | None]
    woken: dict[str, str]
    changes: list[Change]


class _Overlap(NamedTuple):
    """What a unit and a former profile share; `size` is how many records the former profile had.

    `lent` are records of the unit that came with an id which led to another profile.
    """

    unit: int
    former: str
    records: int
    size: int
    lent: int


def identified(
    units: Sequence[Unit],
    gone: Mapping[str, int],
    given: Callable[[str], bool],
    dormant: Mapping[str, Mapping[int, int]] = MappingProxyType({}),
) -> Identified:
    """Ids for units.

    `gone` counts the records that each former profile has lost for good; `given` tells whether an id was ever given.
    The units hold all other records of the former profiles. `dormant` are the ids that lead to former profiles which
    are several now, with the units that their records are in, and how many: a unit that gets no former id takes up the
    one that most of its records had before they were merged, so that a merge is undone with its ids.

    >>> one = Unit([("crm", "1", "p1"), ("web", "7", "p2"), ("web", "8", "p1")])
    >>> found = identified([one], {}, lambda _: False)
    >>> found.ids, found.retired, [str(each) for each in found.changes][:1]
    (['p1'], {'p2': 'p1'}, ['p2 was merged into p1, bringing 1 record(s)'])
    """
    flows = [Counter(former for _, _, former in unit.records) for unit in units]
    sizes = Counter(gone)
    for flow in flows:
        sizes.update({former: records for former, records in flow.items() if former is not None})
    lent: Counter[int] = Counter()
    for counts in dormant.values():
        lent.update(counts)
    overlaps = [
        _Overlap(unit, former, records, sizes[former], lent[unit])
        for unit, flow in enumerate(flows)
        for former, records in flow.items()
        if former is not None
    ]
    order = {unit: place for place, unit in enumerate(sorted(range(len(units)), key=lambda n: units[n].records[0][:2]))}
    kept = _choices(overlaps, order)
    taken = set(kept.values())
    kept |= _choices([each for each in overlaps if each.unit not in kept and each.former not in taken], order)
    ids, fresh = dict(kept), {}
    homes = {id_: min(counts, key=lambda unit: (-counts[unit], order[unit])) for id_, counts in dormant.items()}
    for id_ in sorted(homes, key=lambda each: (-dormant[each][homes[each]], each)):
        if homes[id_] not in ids:
            ids[homes[id_]] = fresh[homes[id_]] = id_
    woken = set(fresh.values())
    for unit in range(len(units)):
        if unit not in ids:
            ids[unit] = fresh[unit] = _new(units[unit], given, set(ids.values()))
    retired = _heirs(overlaps, sizes.keys() - set(kept.values()), ids, fresh, order)
    changes = sorted(
        _changes(flows, gone, ids, fresh, retired), key=lambda each: (each.id, each.kind, each.other_id or "")
    )
    return Identified(
        [ids[unit] for unit in range(len(units))],
        [each for each in fresh.values() if each not in woken],
        retired,
        {id_: ids[unit] for id_, unit in sorted(homes.items())},
        changes,
    )


def _choices(overlaps: Sequence[_Overlap], order: Mapping[int, int]) -> dict[int, str]:
    """Each unit's best former id, and of the units that want one id the one with the largest share, its own first."""
    wanted: dict[int, _Overlap] = {}
    for each in sorted(overlaps, key=lambda each: (-each.records, -each.size, each.former)):
        wanted.setdefault(each.unit, each)
    chosen: dict[str, int] = {}
    for each in sorted(wanted.values(), key=lambda each: (-each.records, each.lent, order[each.unit])):
        chosen.setdefault(each.former, each.unit)
    return {unit: former for former, unit in chosen.items()}


def _new(unit: Unit, given: Callable[[str], bool], taken: set[str]) -> str:
    source, record_key, _ = unit.records[0]
    attempt = 0
    while (found := new_profile_id(source, record_key, attempt)) in taken or given(found):
        attempt += 1
    return found


def _heirs(
    overlaps: Sequence[_Overlap],
    retired: set[str],
    ids: Mapping[int, str],
    fresh: Mapping[int, str],
    order: Mapping[int, int],
) -> dict[str, str | None]:
    """For each id that no unit took, the present one with most of its records; None when none is left."""
    found: dict[str, str | None] = dict.fromkeys(sorted(retired))
    for each in sorted(overlaps, key=lambda each: (-each.records, each.unit in fresh, order[each.unit])):
        if each.former in retired and found[each.former] is None:
            found[each.former] = ids[each.unit]
    return found


def _changes(
    flows: Sequence[Counter[str | None]],
    gone: Mapping[str, int],
    ids: Mapping[int, str],
    fresh: Mapping[int, str],
    retired: Mapping[str, str | None],
) -> list[Change]:
    found = []
    for unit, flow in enumerate(flows):
        descends = any(former is not None for former in flow)
        for former, records in flow.items():
            if former == ids[unit]:
                continue
            if former is None:
                kind = ChangeKind.CREATED if unit in fresh and not descends else ChangeKind.JOINED
            elif retired.get(former) == ids[unit]:
                kind = ChangeKind.MERGED
            else:
                kind = ChangeKind.SPLIT if unit in fresh else ChangeKind.MOVED
            found.append(Change(kind, ids[unit], former, records))
            if former is not None and retired.get(former) == ids[unit]:
                found.append(Change(ChangeKind.REDIRECTED, former, ids[unit], records))
    for former, records in gone.items():
        lost = former in retired and retired[former] is None
        found.append(Change(ChangeKind.DELETED if lost else ChangeKind.LEFT, former, None, records))
    return found
