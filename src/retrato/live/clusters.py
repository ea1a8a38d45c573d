"""One component of records to clusters, one a person: the clustering of the batch over a few records."""

from __future__ import annotations

import calendar
import json
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np

from retrato.graph.clustering import Pairs, cluster
from retrato.graph.constraints import AtMost, Constraint, OneEach
from retrato.identifiers.attribute import Attribute
from retrato.identifiers.base import Status
from retrato.identifiers.registry import TYPES
from retrato.identifiers.value_sets import NEVER_LINKS
from retrato.live.saying import Said
from retrato.matching.model import DECIDED, units, weight_at
from retrato.matching.together import Together
from retrato.ruleset import Mode

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from retrato.graph.limits import Limit
    from retrato.live.governing import Governing
    from retrato.stores.sql import StoredRecord, StoredVersion

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
    def needs_versions(self) -> bool:
        """Whether earlier versions of records matter."""
        return any(limit.within_months is not None for limit in self._governing.ruleset.limits)

    def clusters(
        self,
        records: Sequence[StoredRecord],
        edges: Mapping[Pair, Edge],
        versions: Mapping[int, Sequence[StoredVersion]],
    ) -> list[list[StoredRecord]]:
        """The records of one component, by source and key, in clusters; `edges` are between record numbers."""
        if len(records) == 1:
            return [list(records)]
        place = {each.record: number for number, each in enumerate(records)}
        rows = sorted(
            (*sorted((place[a], place[b])), edge.weight, edge.information, edge.levels) for (a, b), edge in edges.items()
        )
        a, b, weight, information = (np.array([row[nth] for row in rows], np.int64) for nth in range(4))
        ranks = None
        if self._together is not None:
            ranks = self._together.ranks(np.array([row[4] for row in rows], np.int8), weight >= DECIDED)
        labels = cluster(
            len(records),
            Pairs(a, b, weight, information, ranks),
            never_compared=self._never_compared,
            constraints=list(self._constraints(records, versions)),
            together=self._together,
            threshold=self._threshold,
        ).labels
        found: dict[int, list[StoredRecord]] = {}
        for each, label in zip(records, labels.tolist(), strict=True):
            found.setdefault(label, []).append(each)
        return list(found.values())

    def _constraints(
        self, records: Sequence[StoredRecord], versions: Mapping[int, Sequence[StoredVersion]]
    ) -> Iterator[Constraint]:
        rules = self._governing.ruleset
        every = rules.mode is Mode.ONE_TO_ONE
        if every or self._unique:
            sources = sorted({each.source for each in records})
            group = {name: place if every or name in self._unique else -1 for place, name in enumerate(sources)}
            yield OneEach(np.array([group[each.source] for each in records], np.int64))
        for limit in rules.limits:
            yield from _limited(limit, records, versions)


def _limited(
    limit: Limit, records: Sequence[StoredRecord], versions: Mapping[int, Sequence[StoredVersion]]
) -> Iterator[Constraint]:
    """One constraint for each namespace that has values."""
    found: dict[str, dict[tuple[int, str], tuple[int, int]]] = {}
    for place, record in enumerate(records):
        earlier = versions.get(record.record, ())
        for namespace, value, opens, last in _held(limit, record, earlier):
            values = found.setdefault(namespace, {})
            former = values.get((place, value), (opens, last))
            values[place, value] = min(former[0], opens), max(former[1], last)
    for namespace in sorted(found):
        values = found[namespace]
        codes = {value: number for number, value in enumerate(sorted({value for _, value in values}))}
        columns = [(place, codes[value], *times) for (place, value), times in sorted(values.items())]
        yield AtMost(limit.at_most, *(np.array(column, np.int64) for column in zip(*columns, strict=True)))


def _held(
    limit: Limit, record: StoredRecord, earlier: Sequence[StoredVersion]
) -> Iterator[tuple[str, str, int, int]]:
    """The values that a limit counts: namespace, value, and from when (the window before it included) to when."""
    kind, _, name = limit.kind.partition(".")
    versions = [(record.observed_at, record.said), *((each.observed_at, each.said) for each in earlier)]
    for observed_at, said in versions if limit.within_months is not None else versions[:1]:
        opens, last = 0, 1
        if limit.within_months is not None:
            if observed_at is None:
                continue
            first = observed_at
            if not earlier and record.created_at is not None:
                first = min(first, record.created_at)
            opens, last = _months_before(first, limit.within_months), observed_at
        for row in json.loads(said):
            each = Said(*row)
            wanted = name in ("", each.attribute if kind in _PLAIN else each.namespace)
            usable = each.value is not None and each.status in _COUNTED and NEVER_LINKS.code not in each.issues.split()
            if each.kind == kind and wanted and usable:
                yield each.namespace, str(each.value), opens, last


def _months_before(moment: int, months: int) -> int:
    """Microseconds of the epoch, so many months earlier; the last day of a month where there is no such day."""
    now = _EPOCH + timedelta(microseconds=moment)
    year, month = divmod(now.year * 12 + now.month - 1 - months, 12)
    day = min(now.day, calendar.monthrange(year, month + 1)[1])
    then: Any = now.replace(year=year, month=month + 1, day=day) - _EPOCH
    return (then.days * 86_400 + then.seconds) * 1_000_000 + int(then.microseconds)
