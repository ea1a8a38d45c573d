"""What surrounds the records that have changed: looked up once in a transaction, and compared once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from retrato.matching.comparisons import Split
from retrato.matching.contact_classes import contact_class, rarity_band
from retrato.matching.similarity import Keys, texts

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from retrato.live.blocks import Block
    from retrato.live.comparing import Scored
    from retrato.live.governing import Governing
    from retrato.live.updating import Updating
    from retrato.matching.similarity import KeyValue
    from retrato.stores.rows import StoredRecord
    from retrato.stores.work import Work

Pair = tuple[int, int]


class Neighbourhood:
    """Records, their blocks, contact classes and scores, as they stand after all that a transaction has changed."""

    def __init__(self, work: Work, by: Updating) -> None:
        self._work, self._governing, self._code_of = work, by.governing, by.code_of
        self._blocking, self._comparer = by.blocking, by.comparer
        self.records: dict[int, StoredRecord] = {}
        self._keys: dict[int, Keys] = {}
        self._codes: dict[int, dict[int, Block]] = {}
        self._usable: dict[int, set[int]] = {}
        self._classes: dict[int, int] = {}
        self._scores: dict[Pair, Scored] = {}
        self._tells = {"given_root", "birth_date"} & {key for each in self._governing.features for key in each.keys}

    def load(self, numbers: Iterable[int]) -> None:
        """Read records that are not there yet."""
        missing = set(numbers) - self.records.keys()
        for each in self._work.records(sorted(missing)):
            self.records[each.record] = each

    def replace(self, record: StoredRecord) -> None:
        """A record is new, or says something else: nothing that was found out of the records holds for sure."""
        self.records[record.record] = record
        self._let_go(record.record)

    def forget(self, record: int) -> None:
        """A record is there no more."""
        self.records.pop(record, None)
        self._let_go(record)

    def _let_go(self, record: int) -> None:
        self._keys.pop(record, None)
        self._codes.pop(record, None)
        for each in (self._usable, self._classes, self._scores):
            each.clear()

    def keys(self, record: int) -> Keys:
        """The matching keys of a record that is there."""
        found = self._keys.get(record)
        if found is None:
            found = self._keys[record] = Keys(self.records[record].keys)
        return found

    def codes(self, record: int) -> dict[int, Block]:
        """The blocks of a record that is there, before any refinement."""
        found = self._codes.get(record)
        if found is None:
            found = self._codes[record] = self._blocking.codes(self.records[record].keys)
        return found

    def usable(self, numbers: Collection[int]) -> Mapping[int, set[int]]:
        """The blocks of records whose other records are compared with them."""
        missing = [number for number in numbers if number not in self._usable]
        if missing:
            self.load(missing)
            keys = {number: self.records[number].keys for number in missing if number in self.records}
            for number in keys:
                self.codes(number)
            for number, entered in self._blocking.all_codes(self._work, keys, self._codes).items():
                self._usable[number] = set(entered.usable)
        return {number: self._usable[number] for number in numbers if number in self._usable}

    def candidates(self, numbers: Collection[int]) -> set[Pair]:
        """The pairs that some of these records are in."""
        usable = self.usable(numbers)
        members = self._work.members(sorted({code for codes in usable.values() for code in codes}))
        found = {
            (min(number, other), max(number, other))
            for number, codes in usable.items()
            for code in codes
            for other in members.get(code, ())
            if other != number
        }
        self.load({number for pair in found for number in pair})
        return {pair for pair in found if self.comparable(pair)}

    def comparable(self, pair: Pair) -> bool:
        """Whether a pair may be compared at all."""
        one, other = self.records[pair[0]], self.records[pair[1]]
        return not self._governing.across_sources or one.source != other.source

    def joins(self, pair: Pair) -> Scored | None:
        """What two records say of each other, if that speaks for one person."""
        if pair not in self._scores:
            one, other = (self.keys(number) for number in pair)
            found = self._comparer.joins(one, other, self.class_of)
            if found is None:
                return None
            self._scores[pair] = found
        return self._scores[pair]

    def score(self, pair: Pair) -> Scored:
        """What two records say of each other."""
        found = self._scores.get(pair)
        if found is None:
            one, other = (self.keys(number) for number in pair)
            found = self._scores[pair] = self._comparer.score(one, other, self.class_of)
        return found

    def class_of(self, feature: str, value: str) -> int:
        """How many people seem to share a value of a contact point: see `CONTACT_CLASSES`."""
        code = self._code_of(feature, value)
        found = self._classes.get(code)
        if found is None:
            holders = self._work.holders([code]).get(code, [])
            self.load(holders)
            found = self._classes[code] = self._class([self.keys(number) for number in holders])
        return found

    def contacts(self, keys: Mapping[str, KeyValue]) -> set[tuple[str, str, int]]:
        """The contact points among matching keys: feature, value, code."""
        return {
            (each.feature, value, self._code_of(each.feature, value))
            for each in self._governing.comparisons
            if each.split is Split.CONTACT
            for value in texts(keys.get(each.key))
        }

    def _class(self, holders: list[Keys]) -> int:
        if not self._tells:
            return rarity_band(len(holders))
        roots = {str(each["given_root"]) for each in holders if each["given_root"] is not None}
        dates = {str(each["birth_date"]) for each in holders if each["birth_date"] is not None}
        return contact_class(len(holders), roots, dates, self._comparer.root_bands)


def holdings(governing: Governing, keys: Mapping[str, KeyValue]) -> Iterator[tuple[str, str]]:
    """The values that a record holds and may share, or can be found by: feature and value."""
    for feature, comparison in zip(governing.features, governing.comparisons, strict=True):
        if comparison.split is Split.CONTACT or feature.namespaced:
            yield from ((feature.name, value) for value in texts(keys.get(feature.keys[0])))
