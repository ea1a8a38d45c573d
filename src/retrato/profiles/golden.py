"""The values of one profile, ranked in memory: for a store that answers at once.

The rules are described in `retrato.profiles.survivorship`; `retrato.engines.compile.survivorship` says the same of the
values of all profiles, as relations. A *candidate* is a distinct usable value of one attribute, kind and namespace.
Each strategy is a number, smaller is better.
"""

from __future__ import annotations

import unicodedata
from collections import Counter, defaultdict
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING

from retrato.profiles.survivorship import (
    ANY_ATTRIBUTE,
    CONTENT,
    CURRENT_VERSION,
    DOUBT,
    ESSENTIAL_PARTS,
    IN_WORDS,
    NOT_RANKED,
    ONLY_VALUE,
    PINNED,
    SEVERAL_AT_ONCE,
    VOTES,
    Pin,
    Strategy,
    SurvivorshipRule,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from retrato.profiles.profile import Value

_UNUSABLE = frozenset({"placeholder", "missing"})
_WORST = len(VOTES) - 1
_GRADES = {status: grade for grade, status in enumerate(VOTES)}
_VOTES = tuple(VOTES.values())
_EPOCH, _MICROSECOND, _UNKNOWN = datetime(1970, 1, 1), timedelta(microseconds=1), 2**63 - 1


def ranked_values(
    held: Iterable[Value], rules: Mapping[str, SurvivorshipRule], pins: Sequence[Pin] = ()
) -> tuple[Value, ...]:
    """The values that the records of one profile hold, with `rank`, `golden`, `support`, `confidence` and `rule`.

    `rules` are those of `retrato.profiles.survivorship.effective_rules`; of `pins` the later ones count more. What the
    five fields of a given value say already does not count; times are naive (UTC). The result is in the order of the
    table `values`.

    The order of `held` matters in one case: of values that one cell writes in several ways ("600 112 233 / 600112233"),
    the first that is given is the golden one. Give them as they stand there (by the `ordinal` of `identifiers`), and
    the result is that of the relations; where nothing but the `ordinal` orders two rows, they stay as given.

    >>> from retrato.profiles.profile import Value
    >>> from retrato.profiles.survivorship import effective_rules
    >>> texts = ("Ana Gil", "ana gil", "Ana Gil Ruiz")
    >>> said = [Value("name", "name", text, source="crm", record_key=str(key)) for key, text in enumerate(texts)]
    >>> for each in ranked_values(said, effective_rules()):
    ...     print(each.rank, each.value, each.golden, each.support, round(each.confidence, 2), each.rule)
    1 Ana Gil Ruiz True 1 0.29 most_frequent
    2 Ana Gil False 1 0.29 most_frequent
    3 ana gil False 1 0.29 content
    """
    slots: dict[tuple[str, str, str], list[Value]] = defaultdict(list)
    for each in held:
        slots[each.attribute, each.kind, each.namespace].append(each)
    default = rules[ANY_ATTRIBUTE]
    pinned = {pin: place for place, pin in enumerate(pins, 1)}
    return tuple(each for slot in sorted(slots) for each in _slot(slots[slot], rules.get(slot[0], default), pinned))


def folded(text: str) -> str:
    """Words without accents and case: two texts have one form here if `strip_accents(lower(text))` of DuckDB is one.

    The forms are equal but for being decomposed here. Marks that are younger than the Unicode of this Python stay.

    >>> folded("JOSÉ Núñez"), folded("ΟΔΟΣ")
    ('jose nunez', 'οδοσ')
    """
    if text.isascii():
        return text.lower()
    letters = "".join(map(str.lower, text))  # one by one, for Python alone knows that a sigma ends a word
    spelt = unicodedata.normalize("NFD", letters)
    return "".join(each for each in spelt if not unicodedata.category(each).startswith("M"))


@dataclass(frozen=True, slots=True)
class _Candidate:
    """One value and the rows that hold it; `votes` in twentieths; `pin` is the place of its last pin, from 1, or 0."""

    value: str
    rows: Sequence[Value]
    superseded: bool
    support: int
    votes: int
    pin: int


def _slot(rows: Iterable[Value], rule: SurvivorshipRule, pinned: Mapping[Pin, int]) -> Iterator[Value]:
    """The values of one attribute, kind and namespace in order."""
    by_value: dict[str | None, list[Value]] = defaultdict(list)
    for row in rows:
        by_value[None if row.status in _UNUSABLE else row.value].append(row)
    others = by_value.pop(None, ())
    candidates = [_candidate(value, same, pinned) for value, same in by_value.items() if value is not None]
    all_votes = sum(each.votes for each in candidates)
    for rank, (each, decided) in enumerate(_ranked(candidates, rule), 1):
        against = each.votes if each.rows[0].kind in SEVERAL_AT_ONCE else all_votes
        confidence = each.votes / (against + 2 * DOUBT)
        golden = _golden(each.rows, rule) if rank == 1 else None
        for number in _in_order(each.rows):
            row, best = each.rows[number], number == golden
            yield replace(row, rank=rank, golden=best, support=each.support, confidence=confidence, rule=decided)
    for number in _in_order(others):
        yield replace(others[number], rank=None, golden=False, support=None, confidence=None, rule=NOT_RANKED)


def _candidate(value: str, rows: Sequence[Value], pinned: Mapping[Pin, int]) -> _Candidate:
    current = {(row.source, row.record_key) for row in rows if not _superseded(row)}
    support = len(current or {(row.source, row.record_key) for row in rows})
    vote = _VOTES[min(map(_unverified, rows))]
    pin = 0
    if pinned:
        pin = max(pinned.get(Pin(row.source, row.record_key, row.name, value), 0) for row in rows)
    return _Candidate(value, rows, not current, support, support * vote * (2 if current else 1), pin)


def _ranked(candidates: Sequence[_Candidate], rule: SurvivorshipRule) -> Iterator[tuple[_Candidate, str]]:
    """The candidates, best first, each with the first thing in which it and its neighbour differ."""
    if len(candidates) < 2:
        yield from ((only, ONLY_VALUE) for only in candidates)
        return
    columns = [_measures(strategy, candidates, rule) for strategy in rule.strategy]
    first = ((-each.pin, each.superseded) for each in candidates)
    keys = [(*one, *more) for one, *more in zip(first, *columns, (each.value for each in candidates), strict=True)]
    ordered = sorted(zip(keys, candidates, strict=True), key=lambda pair: pair[0])
    names = (PINNED, CURRENT_VERSION, *(strategy.value for strategy in rule.strategy), CONTENT)
    for place, (key, candidate) in enumerate(ordered):
        other, _ = ordered[place - 1 if place else 1]
        yield candidate, next(name for name, one, two in zip(names, key, other, strict=True) if one != two)


def _measures(strategy: Strategy, candidates: Sequence[_Candidate], rule: SurvivorshipRule) -> Sequence[int]:
    """The number of each candidate."""
    if strategy is Strategy.MOST_FREQUENT:
        return [-agreement for agreement in _agreements(candidates)]
    if strategy is Strategy.LONGEST:
        return [-len(each.value.encode()) for each in candidates]
    measure = _OF_ROWS[strategy]
    return [min(measure(row, rule) for row in each.rows) for each in candidates]


def _agreements(candidates: Sequence[_Candidate]) -> Sequence[int]:
    """How many records agree with each: for a name also those with a shorter form of it."""
    kind = candidates[0].rows[0].kind
    said = [(each.superseded, folded(each.value) if kind in IN_WORDS else each.value) for each in candidates]
    support: Counter[tuple[bool, str]] = Counter()
    for what, each in zip(said, candidates, strict=True):
        support[what] += each.support
    if kind != "name":
        return [support[what] for what in said]
    words = {what: frozenset(what[1].split(" ")) for what in support}
    return [
        sum(count for other, count in support.items() if other[0] == what[0] and words[other] <= words[what])
        for what in said
    ]


def _superseded(row: Value) -> bool:
    return row.version > 0


def _unverified(row: Value) -> int:
    return _GRADES.get(row.status, _WORST)


def _incomplete(row: Value) -> bool:
    return not all(any(map(row.parts.get, group)) for group in ESSENTIAL_PARTS.get(row.kind, ()))


def _age(row: Value) -> int:
    return _UNKNOWN if row.observed_at is None else (_EPOCH - row.observed_at) // _MICROSECOND


def _priority(row: Value, rule: SurvivorshipRule) -> int:
    return _places(rule.sources).get(row.source, len(rule.sources))


@lru_cache(maxsize=64)
def _places(sources: tuple[str, ...]) -> Mapping[str, int]:
    return {source: place for place, source in enumerate(sources)}


#: The strategies that ask each row; a value is as good as the best row that holds it.
_OF_ROWS: Mapping[Strategy, Callable[[Value, SurvivorshipRule], int]] = {
    Strategy.VERIFIED_FIRST: lambda row, _: _unverified(row),
    Strategy.COMPLETE_FIRST: lambda row, _: _incomplete(row),
    Strategy.MOST_RECENT: lambda row, _: _age(row),
    Strategy.SOURCE_PRIORITY: _priority,
}


def _golden(rows: Sequence[Value], rule: SurvivorshipRule) -> int:
    """The number of the row that a golden value is taken from: a current one, from the source with priority, the
    newest.
    """

    def trust(number: int) -> tuple[object, ...]:
        row = rows[number]
        return (
            _superseded(row),
            _unverified(row),
            _incomplete(row),
            _priority(row, rule),
            _age(row),
            *_place(row),
        )

    return min(range(len(rows)), key=trust)


def _place(row: Value) -> tuple[object, ...]:
    """Where a row stands: record, version and column."""
    return (row.source, row.record_key, row.version, row.column_name is None, row.column_name or "")


def _in_order(rows: Sequence[Value]) -> Sequence[int]:
    """The numbers of rows of one rank as they follow each other."""

    def order(number: int) -> tuple[object, ...]:
        row = rows[number]
        return (*_place(row), row.value is None, row.value or "", row.raw is None, row.raw or "")

    return sorted(range(len(rows)), key=order)
