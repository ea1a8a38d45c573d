"""A change of what a store holds, and everything that must be decided again because of it."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from itertools import combinations
from typing import TYPE_CHECKING

from retrato.graph.identities import Change, ChangeKind
from retrato.live.blocks import Blocking, meetings
from retrato.live.clusters import Clusterer, Edge
from retrato.live.comparing import Comparer
from retrato.live.finding import named, words_of
from retrato.live.identifying import Unit, identified
from retrato.live.neighbourhood import Neighbourhood, holdings
from retrato.profiles.survivorship import PIN

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

    from retrato.live.governing import Governing
    from retrato.matching.similarity import KeyValue
    from retrato.stores.rows import StoredRecord, StoredSaying
    from retrato.stores.work import Work

Pair = tuple[int, int]

#: The profile of a record that has none yet.
NOBODY = ""


class Updating:
    """What a store's changes are made with; `code_of` makes numbers of values, as the store writes them."""

    def __init__(self, governing: Governing, code_of: Callable[..., int]) -> None:
        self.governing, self.code_of = governing, code_of
        self.blocking = Blocking(governing.ruleset.blocking, governing.ruleset.max_block, code_of)
        self.comparer = Comparer(governing)
        self.clusterer = Clusterer(governing)

    def values_of(self, keys: Mapping[str, KeyValue]) -> set[int]:
        """The codes of the values that a record is found by."""
        return {*self.holdings(keys), *(self.code_of(*each) for each in named(keys))}

    def holdings(self, keys: Mapping[str, KeyValue]) -> set[int]:
        """The codes of the values that a record may share, or can be found by, its names aside."""
        return {self.code_of(*each) for each in holdings(self.governing, keys)}

    def begin(self, work: Work, *, erasing: bool = False) -> Update:
        """A change within a transaction; `erasing` when whoever is gone by it is forgotten."""
        return Update(self, work, erasing=erasing)


class Update:
    """Records and decisions that change within one transaction; `settle` then decides again what depends on them."""

    def __init__(self, by: Updating, work: Work, *, erasing: bool) -> None:
        self._by, self._work, self._erasing = by, work, erasing
        self._dirty: set[int] = set()
        self._gone: Counter[str] = Counter()
        #: records that say something else
        self._anew: set[int] = set()
        #: records that were linked with those that are gone
        self._left: set[int] = set()
        self._grown: set[int] = set()
        self._shrunk: set[int] = set()
        self._before: dict[int, int] = {}
        self._values: dict[int, tuple[str, str]] = {}
        self._owners: dict[int, str] = {}
        #: whether anything is decided at all, once somebody has asked
        self._decided: bool | None = None
        self._there = Neighbourhood(work, by)

    def record(self, source: str, record_key: str) -> StoredRecord | None:
        """A record as it is after what this has changed so far."""
        found = self._work.record(source, record_key)
        if found is not None:
            self._there.records.setdefault(found.record, found)
        return found

    def next_number(self) -> int:
        """A number for a new record."""
        return self._work.next_record()

    def profile_of(self, record: int) -> str:
        """Whose a record is that `settle` has looked at, or that has not changed."""
        return self._owners.get(record) or self._there.records[record].profile

    def put(self, record: StoredRecord, former: StoredRecord | None) -> None:
        """Keep a record, in the place of a former one with its number."""
        self._touch_values(record, former)
        if former is None:
            self._work.add_records([record])
        else:
            self._work.set_keys(record)
        self._dirty.add(record.record)
        self._there.replace(record)
        self._move(record.record, None if former is None else former.keys, record.keys)

    def remove(self, record: StoredRecord) -> None:
        """Take a record away."""
        self._touch_values(None, record)
        others = self._work.links([record.record]).get(record.record, [])
        self._work.unlink((record.record, other) for other in others)
        self._left.update(others)
        self._move(record.record, record.keys, None)
        self._work.remove(record.record)
        self._there.forget(record.record)
        self._dirty.discard(record.record)
        self._left.discard(record.record)
        if record.profile != NOBODY:
            self._gone[record.profile] += 1
            self._left.update(each.record for each in self._work.records_of(record.profile))

    def says_anew(self, record: tuple[str, str]) -> None:
        """A record, by source and key, says something else now, or what it says counts more or less."""
        found = self.record(*record)
        if found is not None:
            self._anew.add(found.record)

    def touch(self, records: Iterable[int]) -> None:
        """What is known of these records, or decided about them, may have changed."""
        self._dirty.update(records)

    def _move(self, number: int, old: Mapping[str, KeyValue] | None, new: Mapping[str, KeyValue] | None) -> None:
        """Take a record out of the blocks and values that it had, and into those that it has."""
        if old == new:
            return
        former, now = (set() if keys is None else self._by.values_of(keys) for keys in (old, new))
        self._work.let_go((code, number) for code in sorted(former - now))
        self._work.hold((code, number) for code in sorted(now - former))
        words = [set() if keys is None else set(words_of(keys)) for keys in (old, new)]
        self._work.count_words(sorted(words[0] - words[1]), -1)
        self._work.count_words(sorted(words[1] - words[0]), 1)
        if old is not None:
            self._shrunk |= self._by.blocking.leave(self._work, number, old)
        if new is not None:
            self._grown |= self._by.blocking.enter(self._work, number, new, self._there.codes(number))

    def _touch_values(self, record: StoredRecord | None, former: StoredRecord | None) -> None:
        """Remember the classes, before anything changes, of the contact points that a change may concern."""
        old = {} if former is None else former.keys
        new = {} if record is None else record.keys
        if old == new:
            return
        for feature, value, code in self._there.contacts(old) | self._there.contacts(new):
            if code not in self._before:
                self._before[code] = self._there.class_of(feature, value)
                self._values[code] = feature, value

    def settle(self) -> list[Change]:
        """Decide again what depends on the changes, and keep it."""
        there = self._there
        reclassed = [code for code, value in self._values.items() if there.class_of(*value) != self._before[code]]
        touched = self._dirty | self._left | self._link_again(self._dirty)
        touched |= self._in_groups(self._work.holders(reclassed), again=True)
        touched |= self._in_groups(self._work.members(sorted(self._shrunk)), again=True)
        touched |= self._in_groups(self._work.members(sorted(self._grown)), again=False)
        return self._decide_again(touched)

    def _link_again(self, numbers: Collection[int]) -> set[int]:
        """Link these records with all that they belong together with, and with no others; who is concerned."""
        linked = _as_pairs(self._work.links(sorted(numbers)))
        return self._link_as(self._right(numbers), linked)

    def _link_as(self, right: set[Pair], linked: set[Pair]) -> set[int]:
        """Link the pairs that are right instead of those that are linked; who is concerned."""
        self._work.link(sorted(right - linked))
        self._work.unlink(sorted(linked - right))
        return {number for pair in right ^ linked for number in pair}

    def _right(self, numbers: Collection[int]) -> set[Pair]:
        """The pairs of these records that belong together."""
        pairs = self._there.candidates(numbers)
        decided = self._decisions({number for pair in pairs for number in pair} | set(numbers))
        asked = {*pairs, *(pair for pair in decided if pair[0] in numbers or pair[1] in numbers)}
        self._there.load({number for pair in asked for number in pair})
        return {pair for pair in asked if self._weight(pair, pair in pairs, decided.get(pair)) > 0}

    def wrongly_linked(self, numbers: Collection[int]) -> set[Pair]:
        """The pairs of these records that are linked and should not be, or the other way round."""
        return self._right(numbers) ^ _as_pairs(self._work.links(sorted(numbers)))

    def _weight(self, pair: Pair, candidate: bool, decision: str | None) -> int:
        scored = self._there.joins(pair) if candidate and decision is None else None
        return self._by.comparer.edge(scored, decision)

    def _in_groups(self, groups: Mapping[int, Sequence[int]], *, again: bool) -> set[int]:
        """Who is concerned when the pairs within groups may be candidates no more, or are compared again."""
        there = self._there
        touched: set[int] = set()
        for _, members in sorted(groups.items()):
            usable = there.usable(members)
            met = {pair for pair in meetings(usable) if there.comparable(pair)}
            inside = set(members)
            linked = {pair for pair in _as_pairs(self._work.links(sorted(members))) if inside.issuperset(pair)}
            decided = self._decisions(inside)
            asked = met if again else met & linked
            right = {
                pair
                for pair in asked | {pair for pair in decided if inside.issuperset(pair)}
                if self._weight(pair, pair in met, decided.get(pair)) > 0
            }
            touched |= self._link_as(right, linked)
            components: dict[int, list[int]] = {}
            for number in members:
                components.setdefault(there.records[number].component, []).append(number)
            touched.update(number for each in components.values() if len(each) > 1 for number in each)
        return touched

    def _decisions(self, numbers: Iterable[int]) -> dict[Pair, str]:
        """The decisions in force about records; where several say different things, that which keeps apart."""
        if self._decided is None:
            self._decided = self._work.any_decisions()
        if not self._decided:
            return {}
        there = self._there
        there.load(numbers)
        known = {(there.records[n].source, there.records[n].record_key): n for n in numbers if n in there.records}
        found: dict[Pair, str] = {}
        for each in self._work.decisions_about(known.keys()):
            if each.undone_at is not None or each.decision == PIN:
                continue
            pair = [known[key] if key in known else self._number(key) for key in each.records]
            if None in pair or pair[0] == pair[1]:
                continue
            ordered: Pair = (min(pair), max(pair))  # type: ignore[type-var, assignment]
            found[ordered] = min(each.decision, found.get(ordered, each.decision))
        return found

    def _number(self, key: tuple[str, str]) -> int | None:
        found = self.record(*key)
        return None if found is None else found.record

    def _decide_again(self, touched: set[int]) -> list[Change]:
        """Cluster the components that these records are in, give ids, and keep them."""
        components = self.components(touched)
        units = self.units(components)
        labels = {number: component[0] for component in components for number in component}
        former = [Unit([(each.source, each.record_key, each.profile or None) for each in unit]) for unit in units]
        dormant = self._dormant(units)
        found = identified(former, self._gone, lambda each: each in self._work.leads_to([each]), dormant)
        self._owners = {each.record: i for unit, i in zip(units, found.ids, strict=True) for each in unit}
        self._work.assign(
            (each.record, labels[each.record], profile)
            for unit, profile in zip(units, found.ids, strict=True)
            for each in unit
            if (each.component, each.profile) != (labels[each.record], profile)
        )
        self._work.disown(
            (each.record, each.profile)
            for unit, profile in zip(units, found.ids, strict=True)
            for each in unit
            if each.profile not in (NOBODY, profile)
        )
        self._work.give((each, each) for each in found.fresh)
        for each, heir in found.retired.items():
            self._work.redirect(each, heir)
        self._work.wake(found.woken)
        self._work.remember(
            (each.profile, each.record) for unit in units for each in unit if each.profile in found.retired
        )
        changes = [*map(self._told, found.changes), *self._said_anew()]
        self._work.tell((str(each.kind), each.id, each.other_id, each.records) for each in changes)
        return changes

    def _told(self, change: Change) -> Change:
        erased = self._erasing and change.kind is ChangeKind.DELETED
        return replace(change, kind=ChangeKind.FORGOTTEN) if erased else change

    def _said_anew(self) -> list[Change]:
        """The profiles whose records say something else."""
        counts = Counter(self.profile_of(record) for record in self._anew)
        return [Change(ChangeKind.VALUE_CHANGED, profile, None, records) for profile, records in sorted(counts.items())]

    def _dormant(self, units: Sequence[Sequence[StoredRecord]]) -> dict[str, dict[int, int]]:
        """The ids that lead to profiles which are several now: the units that their records are in, and how many."""
        places: dict[str, set[int]] = {}
        for place, unit in enumerate(units):
            for each in unit:
                places.setdefault(each.profile, set()).add(place)
        split = sorted(profile for profile, some in places.items() if profile != NOBODY and len(some) > 1)
        if not split:
            return {}
        of_record = {each.record: place for place, unit in enumerate(units) for each in unit}
        found: dict[str, dict[int, int]] = {}
        for former, record in self._work.remembered(split):
            if record in of_record:
                counts = found.setdefault(former, {})
                counts[of_record[record]] = counts.get(of_record[record], 0) + 1
        return found

    def units(self, components: Sequence[Sequence[int]]) -> list[list[StoredRecord]]:
        """The people among the records of components; each component is in the order of its numbers."""
        there = self._there
        there.load(number for component in components for number in component)
        edges: dict[Pair, Edge] = {}
        for component in components:
            edges |= self._edges(component)
        several = sorted(
            (there.records[number] for component in components if len(component) > 1 for number in component),
            key=lambda each: each[1:3],
        )
        alone = [[there.records[component[0]]] for component in components if len(component) == 1]
        return alone + self._by.clusterer.clusters(several, edges, self._sayings([each.record for each in several]))

    def components(self, touched: set[int]) -> list[list[int]]:
        """The components that records are in now, by links."""
        found: list[list[int]] = []
        links: dict[int, list[int]] = {}
        frontier = set(touched)
        while frontier:
            reached = self._work.links(sorted(frontier))
            links |= {number: reached.get(number, []) for number in frontier}
            frontier = {other for others in reached.values() for other in others} - links.keys()
        seen: set[int] = set()
        for start in sorted(links):
            if start in seen:
                continue
            component, open_ = [], [start]
            seen.add(start)
            while open_:
                number = open_.pop()
                component.append(number)
                new = [other for other in links[number] if other not in seen]
                seen.update(new)
                open_ += new
            found.append(sorted(component))
        return found

    def _edges(self, component: Sequence[int]) -> dict[Pair, Edge]:
        """All that lies between the records of a component."""
        if len(component) == 1:
            return {}
        there, inside = self._there, set(component)
        decided = {pair: each for pair, each in self._decisions(component).items() if inside.issuperset(pair)}
        met = set(combinations(component, 2))
        if decided or met != _as_pairs(self._work.links(component)):  # all that are linked by evidence are candidates
            met = {pair for pair in meetings(there.usable(component)) if there.comparable(pair)}
        edges = {}
        for pair in met | decided.keys():
            scored, decision = there.score(pair), decided.get(pair)
            information = scored.information if pair in met else 1
            edges[pair] = Edge(self._by.comparer.edge(scored, decision), information, scored.levels)
        return edges

    def _sayings(self, component: Collection[int]) -> dict[int, list[StoredSaying]]:
        if not self._by.clusterer.needs_sayings:
            return {}
        found: dict[int, list[StoredSaying]] = {}
        for each in self._work.sayings(component):
            found.setdefault(each.record, []).append(each)
        return found


def _as_pairs(links: Mapping[int, Sequence[int]]) -> set[Pair]:
    return {(min(a, b), max(a, b)) for a, others in links.items() for b in others}
