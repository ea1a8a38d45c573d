"""Components of records to clusters, one a person: the clustering of the batch over a few records."""

from __future__ import annotations

import calendar
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import numpy as np

from retrato.graph.clustering import Pairs, cluster
from retrato.graph.constraints import AtMost, Constraint, OneEach
from retrato.identifiers.attribute import Attribute
from retrato.identifiers.base import Status
from retrato.identifiers.registry import TYPES
from retrato.identifiers.value_sets import NEVER_LINKS
from retrato.live.versions import read
from retrato.matching.model import DECIDED, units, weight_at
from retrato.matching.together import Together
from retrato.ruleset import Mode

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from retrato.graph.limits import Limit
    from retrato.live.governing import Governing
    from retrato.stores.rows import StoredRecord, StoredSaying

Pair = tuple[int, int]

_PLAIN = frozenset(each.kind for each in TYPES if isinstance(each, Attribute))
_COUNTED = (Status.VALID, Status.POSSIBLE)
_EPOCH = datetime(1970, 1, 1)


class Edge:
    """What lies between two records of a component: weight and information, and their levels."""

    __slots__ = ("information", "levels", "weight")

    def __init__(self, weight: int, information: int, levels: Sequence[int]) -> None:
        self.weight, self.information, self.levels = weight, information, levels


class Clusterer:
    """Makes clusters by the rules of a store."""

    def __init__(self, governing: Governing) -> None:
        self._governing = governing
        rules = governing.ruleset
        self._together = None if governing.model is None else Together(governing.model, governing.comparisons)
        self._never_compared = units(rules.never_compared_bits)
        self._threshold = weight_at(rules.threshold)
        self._unique = {name for name, each in governing.readings.items() if each.unique}

    @property
    def needs_sayings(self) -> bool:
        """Whether it matters what records say, beyond their matching keys."""
        return bool(self._governing.ruleset.limits)

    def clusters(
        self,
        records: Sequence[StoredRecord],
        edges: Mapping[Pair, Edge],
        sayings: Mapping[int, Sequence[StoredSaying]],
    ) -> list[list[StoredRecord]]:
        """Records of any components, by source and key, in clusters; `edges` are between record numbers."""
        if not records:
            return []
        place = {each.record: number for number, each in enumerate(records)}
        rows = sorted(
            (*sorted((place[a], place[b])), edge.weight, edge.information, edge.levels)
            for (a, b), edge in edges.items()
        )
        a, b, weight, information = (np.array([row[nth] for row in rows], np.int64) for nth in range(4))
        constraints = list(self._constraints(records, sayings))
        ranks = None
        if self._together is not None:
            ranks = self._together.ranks(np.array([row[4] for row in rows], np.int8), weight >= DECIDED)
            if len(records) == 2 and not constraints:  # nobody else competes
                one = weight[0] > 0 and self._together.weights(ranks)[0] > self._threshold
                return [list(records)] if one else [[each] for each in records]
        labels = cluster(
            len(records),
            Pairs(a, b, weight, information, ranks),
            never_compared=self._never_compared,
            constraints=constraints,
            together=self._together,
            threshold=self._threshold,
        ).labels
        found: dict[int, list[StoredRecord]] = {}
        for each, label in zip(records, labels.tolist(), strict=True):
            found.setdefault(label, []).append(each)
        return list(found.values())

    def _constraints(
        self, records: Sequence[StoredRecord], sayings: Mapping[int, Sequence[StoredSaying]]
    ) -> Iterator[Constraint]:
        rules = self._governing.ruleset
        every = rules.mode is Mode.ONE_TO_ONE
        if every or self._unique:
            sources = sorted({each.source for each in records})
            group = {name: place if every or name in self._unique else -1 for place, name in enumerate(sources)}
            yield OneEach(np.array([group[each.source] for each in records], np.int64))
        for limit in rules.limits:
            yield from _limited(limit, records, sayings)


def _limited(
    limit: Limit, records: Sequence[StoredRecord], sayings: Mapping[int, Sequence[StoredSaying]]
) -> Iterator[Constraint]:
    """One constraint for each namespace that has values."""
    found: dict[str, dict[tuple[int, str], tuple[int, int]]] = {}
    for place, record in enumerate(records):
        for namespace, value, opens, last in _held(limit, sayings.get(record.record, ())):
            values = found.setdefault(namespace, {})
            former = values.get((place, value), (opens, last))
            values[place, value] = min(former[0], opens), max(former[1], last)
    for namespace in sorted(found):
        values = found[namespace]
        codes = {value: number for number, value in enumerate(sorted({value for _, value in values}))}
        columns = [(place, codes[value], *times) for (place, value), times in sorted(values.items())]
        yield AtMost(limit.at_most, *(np.array(column, np.int64) for column in zip(*columns, strict=True)))


def _held(limit: Limit, sayings: Sequence[StoredSaying]) -> Iterator[tuple[str, str, int, int]]:
    """The values that a limit counts: namespace, value, and from when (the window before it included) to when."""
    kind, _, name = limit.kind.partition(".")
    for saying in sayings:
        if limit.within_months is None:
            if saying.version > 0:
                continue
            opens, last = 0, 1
        elif saying.observed_at is None:
            continue
        else:
            first = saying.observed_at
            if len(sayings) == 1 and saying.created_at is not None:
                first = min(first, saying.created_at)
            opens, last = _months_before(first, limit.within_months), saying.observed_at
        for each in read(saying.said):
            wanted = name in ("", each.attribute if kind in _PLAIN else each.namespace)
            usable = each.value is not None and each.status in _COUNTED and NEVER_LINKS.code not in each.issues.split()
            if each.kind == kind and wanted and usable:
                yield each.namespace, str(each.value), opens, last


def _months_before(moment: int, months: int) -> int:
    """Microseconds of the epoch, so many months earlier; the last day of a month where there is no such day."""
    now = _EPOCH + timedelta(microseconds=moment)
    year, month = divmod(now.year * 12 + now.month - 1 - months, 12)
    day = min(now.day, calendar.monthrange(year, month + 1)[1])
    then = now.replace(year=year, month=month + 1, day=day) - _EPOCH
    return (then.days * 86_400 + then.seconds) * 1_000_000 + then.microseconds
