"""Finding a person in a store by whatever is known: one more record, compared with those that share something with it.

Names are found however they are written: the words that are known to the store and sound or look like the one that is
asked for take its place.
"""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

from rapidfuzz.distance import JaroWinkler

from retrato.identifiers.phonetic import sound
from retrato.live.neighbourhood import Neighbourhood
from retrato.matching.accounts import account_keys
from retrato.matching.comparisons import MISSING
from retrato.matching.model import BIT, probability
from retrato.matching.similarity import Keys
from retrato.resolution.asking import NAME_SIMILARITY, asked, known_keys
from retrato.resolution.finding import Found, keep_best, keys_first, reasons
from retrato.stores.rows import StoredWord

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from retrato.live.comparing import Scored
    from retrato.live.updating import Updating
    from retrato.matching.similarity import KeyValue
    from retrato.stores.work import Work

#: Words that take the place of one that is asked for, at most; and records that are compared for one question.
MOST_WORDS = 12
MOST_CANDIDATES = 2000

#: The keys that hold names of people, and how each is called among the words of a store.
NAME_WORDS = {"given_root": "given", "family_name": "family"}


def find(work: Work, by: Updating, text: str | None, fields: Mapping[str, str], limit: int) -> list[Found]:
    """The profiles that fit what is known, likeliest first: see `IdentityStore.find`."""
    rules = by.governing
    regions: list[str | None] = [*sorted({each.region for each in rules.readings.values() if each.region})] or [None]
    key, ways = asked(text, fields, regions, rules.ruleset.own_types)
    named = [
        Found(each.profile, None, None, (f"record key of {each.source}",), None, each.source, key)
        for each in (work.with_key(key) if key else ())
    ]
    best: dict[str, Found] = {}
    for way in ways:
        known = known_keys(way, regions, rules.types)
        for found in _fitting(work, by, _as_record(known, rules.lists)):
            keep_best(best, found)
    return keys_first(named, best)[:limit]


def words_of(keys: Mapping[str, KeyValue]) -> Iterator[StoredWord]:
    """The words under which a record is found by name."""
    for key, kind in NAME_WORDS.items():
        word = keys.get(key)
        if isinstance(word, str):
            yield _word(kind, word)


def _word(kind: str, word: str) -> StoredWord:
    """A word, and what it is found by."""
    return StoredWord(kind, word, sound(word), word[:2])


def named(keys: Mapping[str, KeyValue]) -> Iterator[tuple[str, ...]]:
    """That by which a record is found by its names: what it is, and the words."""
    given, family = (keys.get(key) for key in NAME_WORDS)
    if isinstance(family, str):
        yield "family", family
        if isinstance(given, str):
            yield "named", given, family
    elif isinstance(given, str):
        yield "given", given


def _as_record(known: Mapping[str, Sequence[str]], lists: frozenset[str]) -> dict[str, KeyValue]:
    keys: dict[str, KeyValue] = {
        name: tuple(values) if name in lists else values[0] for name, values in known.items() if values
    }
    return keys | account_keys(keys)


def _fitting(work: Work, by: Updating, question: Mapping[str, KeyValue]) -> Iterator[Found]:
    """The best record of each profile that shares something with the question."""
    there = Neighbourhood(work, by)
    asked_for = Keys(dict(question))
    best: dict[str, tuple[int, int, Scored]] = {}
    for number in _candidates(work, by, question):
        there.load([number])
        scored = by.comparer.score(there.keys(number), asked_for, there.class_of)
        agree = sum(level > MISSING for level in scored.levels)
        worth = agree if by.governing.model is None else scored.weight
        owner = there.records[number].profile
        if owner not in best or (worth, -number) > best[owner][:2]:
            best[owner] = worth, -number, scored
    for owner, (worth, negative, scored) in best.items():
        record = there.records[-negative]
        chance = None if by.governing.model is None else round(probability(scored.weight), 4)
        score = float(worth) if by.governing.model is None else round(scored.weight / BIT, 2)
        yield Found(
            owner,
            score,
            chance,
            reasons(by.governing.comparisons, scored.levels),
            None,
            record.source,
            record.record_key,
        )


def _candidates(work: Work, by: Updating, question: Mapping[str, KeyValue]) -> list[int]:
    """The records that share a value with the question, those that share most first, then those of similar names."""
    shared = [*work.holders(sorted(by.holdings(question))).values()]
    entered = by.blocking.all_codes(work, {-1: question})[-1]
    shared += work.members(sorted(entered.usable)).values()
    names = [by.code_of(*each) for each in _alike(work, question)]
    shared += work.first_holders(names, MOST_CANDIDATES).values()
    counts: dict[int, int] = {}
    for records in shared:
        for record in records:
            counts[record] = counts.get(record, 0) + 1
    return sorted(counts, key=lambda record: (-counts[record], record))[:MOST_CANDIDATES]


def _alike(work: Work, question: Mapping[str, KeyValue]) -> list[tuple[str, ...]]:
    """Names that are written or sound like those of the question, as `named` tells them."""
    given, family = (_words(work, kind, question.get(key)) for key, kind in NAME_WORDS.items())
    if not family:
        return [("given", word) for word in given]
    if not given:
        return [("family", word) for word in family]
    return [("named", *pair) for pair in product(given, family)]


def _words(work: Work, kind: str, word: KeyValue) -> list[str]:
    """The words of a store that one may stand for, the likest first."""
    if not isinstance(word, str):
        return []
    asked_for = _word(kind, word)
    known = work.words(kind, asked_for.sound, asked_for.start)
    alike = [(JaroWinkler.similarity(word, each), each) for each in known]
    good = sorted((-likeness, each) for likeness, each in alike if likeness >= NAME_SIMILARITY)
    return [each for _, each in good[:MOST_WORDS]]
