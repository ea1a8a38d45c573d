"""A few hundred generated customers, the rules that they gave, and rows of them to put into stores."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cache
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from retrato import Source, resolve
from retrato.datasets import omnichannel
from retrato.live.governing import Governing
from retrato.records import Record

if TYPE_CHECKING:
    from retrato.resolution import Resolution


@dataclass(frozen=True)
class SmallWorld:
    """The exports, what the batch makes of them, the key column of each, and the records by household."""

    tables: dict[str, pa.Table]
    result: Resolution
    keys: dict[str, str]
    homes: tuple[tuple[Record, ...], ...]
    results: dict[frozenset[tuple[str, str]], Resolution] = field(default_factory=dict)

    @property
    def records(self) -> list[Record]:
        """All records."""
        return [record for home in self.homes for record in home]

    def resolved(self, records: list[Record], **options: Any) -> Resolution:
        """The batch over some of the records, with the rules and the model of all; without options it is kept."""
        known = frozenset((each.source, each.key) for each in records)
        if options or known not in self.results:
            rules = Governing.of(self.result).ruleset
            found = resolve(self.sources(records), model=self.result.model, ruleset=rules, **options)
            if options:
                return found
            self.results[known] = found
        return self.results[known]

    def sources(self, records: list[Record]) -> list[Source]:
        """The exports with some of the records alone."""
        wanted = {(each.source, each.key) for each in records}
        found = []
        for name, table in self.tables.items():
            there = [(name, key) in wanted for key in table.column(self.keys[name]).to_pylist()]
            if any(there):
                found.append(Source(name, table.filter(pa.array(there)), region="ES"))
        return found

    def governing(self, max_block: int) -> Governing:
        """The rules with smaller blocks, which are full sooner."""
        rules = Governing.of(self.result)
        return replace(rules, ruleset=replace(rules.ruleset, max_block=max_block))


@cache
def small_world(people: int = 250, seed: int = 11) -> SmallWorld:
    """Customers of a few households, in their channels."""
    tables = dict(omnichannel(people, seed=seed, events=False).records)
    result = resolve([Source(name, table, region="ES") for name, table in tables.items()])
    keys = {
        each["source"]: next(column["column"] for column in each["columns"] if column["field"] == "record_key")
        for each in result.report["mapping"]
    }
    home = {
        (row["source"], row["record_key"]): row["household_id"] or row["profile_id"]
        for row in result.assignments.to_pylist()
    }
    homes: dict[str, list[Record]] = {}
    for name, table in tables.items():
        for row in table.to_pylist():
            key = row[keys[name]]
            homes.setdefault(home[name, key], []).append(Record(name, key, row))
    return SmallWorld(tables, result, keys, tuple(tuple(homes[name]) for name in sorted(homes)))


def people_of(table: pa.Table) -> set[frozenset[tuple[str, str]]]:
    """The partition that a table of assignments tells."""
    groups: dict[str, set[tuple[str, str]]] = {}
    for row in table.to_pylist():
        groups.setdefault(row["profile_id"], set()).add((row["source"], row["record_key"]))
    return {frozenset(each) for each in groups.values()}
