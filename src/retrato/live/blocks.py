"""Blocks of a store: which records are worth comparing, whatever the order in which they came.

A block is told by the number of its rule, how often it was refined, and the values. One that holds more records than a
block may is *large*: its records are in finer blocks instead, as far as the rule goes (`retrato.matching.blocking`).
"""

from __future__ import annotations

from itertools import product
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from retrato.matching.similarity import texts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from retrato.matching.blocking import BlockingKey, BlockingRule
    from retrato.matching.similarity import KeyValue
    from retrato.stores.work import Work

    KeysOf = Mapping[str, KeyValue]


class Block(NamedTuple):
    """A block that a record is in: its rule by number, and the values of the keys so far."""

    rule: int
    values: tuple[str, ...]


class Blocking:
    """The blocking rules of a store, and what of them is kept there; `code_of` makes a number of rule and values."""

    def __init__(self, rules: Sequence[BlockingRule], most: int, code_of: Callable[..., int]) -> None:
        self._keys = [rule.parsed(len(rule.refine)) for rule in rules]
        first = [parsed[: len(rule.keys)] for rule, parsed in zip(rules, self._keys, strict=True)]
        self._parts = list(dict.fromkeys(key for keys in first for key in keys))
        #: of each rule before any refinement, the places of its keys among the parts
        self._first = [[self._parts.index(key) for key in keys] for keys in first]
        self._code_of = code_of
        self.most = most

    def codes(self, keys: KeysOf) -> dict[int, Block]:
        """The blocks of a record before any refinement."""
        parts = [_values(key, keys) for key in self._parts]  # once for all rules that they are in
        return {
            self._code_of(number, *values): Block(number, values)
            for number, places in enumerate(self._first)
            for values in product(*[parts[place] for place in places])
        }

    def finer(self, block: Block, keys: KeysOf) -> dict[int, Block]:
        """The blocks that a record of a large block is in instead."""
        parsed = self._keys[block.rule]
        if len(block.values) == len(parsed):
            return {}
        found = (Block(block.rule, (*block.values, value)) for value in _values(parsed[len(block.values)], keys))
        return {self._code_of(each.rule, *each.values): each for each in found}

    def all_codes(
        self, work: Work, records: Mapping[int, KeysOf], known: Mapping[int, Mapping[int, Block]] = MappingProxyType({})
    ) -> dict[int, Entered]:
        """The blocks of records, with those that are large among them; for some the `codes` are `known`."""
        entered = {
            record: Entered(dict(known[record]) if record in known else self.codes(keys), {})
            for record, keys in records.items()
        }
        asked = entered
        while asked:
            large = work.large(sorted({code for each in asked.values() for code in each.usable}))
            deeper: dict[int, Entered] = {}
            for record, each in asked.items():
                coarse = {code: block for code, block in each.usable.items() if code in large}
                if not coarse:
                    continue
                finer = {c: b for block in coarse.values() for c, b in self.finer(block, records[record]).items()}
                entered[record].large.update(coarse)
                for code in coarse:
                    del entered[record].usable[code]
                deeper[record] = Entered(finer, {})
            for record, each in deeper.items():
                entered[record].usable.update(each.usable)
            asked = {record: Entered(dict(each.usable), {}) for record, each in deeper.items() if each.usable}
        return entered

    def enter(self, work: Work, record: int, keys: KeysOf, codes: Mapping[int, Block]) -> set[int]:
        """Put a record, whose `codes` these are, into its blocks; the blocks that have become large by it."""
        entered = self.all_codes(work, {record: keys}, {record: codes})[record]
        work.enter((code, record) for code in (*entered.usable, *entered.large))
        return self._grown(work, entered.usable)

    def _grown(self, work: Work, blocks: Mapping[int, Block]) -> set[int]:
        """Refine those of the blocks that have become large, and the finer ones that are large at once."""
        grown: set[int] = set()
        while blocks:
            members = work.members(sorted(blocks))
            large = [code for code in sorted(blocks) if len(members.get(code, ())) > self.most]
            if not large:
                break
            work.set_large(large, large=True)
            grown.update(large)
            held = {each.record: each.keys for each in work.records({n for code in large for n in members[code]})}
            finer = [
                (code, record, block)
                for each in large
                for record in members[each]
                for code, block in self.finer(blocks[each], held[record]).items()
            ]
            work.enter((code, record) for code, record, _ in finer)
            blocks = {code: block for code, _, block in finer}
        return grown

    def leave(self, work: Work, record: int, keys: KeysOf) -> set[int]:
        """Take a record out of its blocks; the blocks that are large no more."""
        entered = self.all_codes(work, {record: keys})[record]
        work.leave((code, record) for code in (*entered.usable, *entered.large))
        shrunk: set[int] = set()
        for code, block in sorted(entered.large.items(), key=lambda each: -len(each[1].values)):
            members = work.members([code]).get(code, [])
            if len(members) > self.most:
                continue
            shrunk.add(code)
            work.set_large([code], large=False)
            held = work.records(members)
            finer = [(each, other.record) for other in held for each in self._below(block, other.keys)]
            work.leave(finer)
            work.set_large({each for each, _ in finer}, large=False)
        return shrunk

    def _below(self, block: Block, keys: KeysOf) -> Iterator[int]:
        """The codes of everything finer than a block."""
        for code, each in self.finer(block, keys).items():
            yield code
            yield from self._below(each, keys)


class Entered(NamedTuple):
    """The blocks of a record by code: those whose records are compared with it, and those that are too large."""

    usable: dict[int, Block]
    large: dict[int, Block]


def meetings(usable: Mapping[int, Iterable[int]]) -> set[tuple[int, int]]:
    """The pairs of records that share a block, the smaller number first; `usable` are the codes of each record.

    >>> sorted(meetings({1: [7], 2: [7, 8], 3: [8]}))
    [(1, 2), (2, 3)]
    """
    by_code: dict[int, list[int]] = {}
    for record in sorted(usable):
        for code in usable[record]:
            by_code.setdefault(code, []).append(record)
    return {(a, b) for members in by_code.values() for place, a in enumerate(members) for b in members[place + 1 :]}


def _values(key: BlockingKey, keys: KeysOf) -> tuple[str, ...]:
    """The values of a record under a blocking key, cut to its length; shorter ones take no part."""
    found = texts(keys.get(key.name))
    if key.length is None:
        return found
    return tuple(dict.fromkeys(each[: key.length] for each in found if len(each) >= key.length))
