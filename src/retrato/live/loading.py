"""A result of the batch into an empty store: records, keys and ids as they are, the rest by the store's rules."""

from __future__ import annotations

from array import array
from collections import Counter
from typing import TYPE_CHECKING, Any

import numpy as np

from retrato.engines.compile import linking, storing
from retrato.engines.compile.template import query, tree
from retrato.engines.duckdb import DuckDBEngine
from retrato.graph.components import components
from retrato.live.finding import words_of
from retrato.matching.model import weight_at
from retrato.pipeline.block import block
from retrato.pipeline.cluster import decided
from retrato.pipeline.compare import compare
from retrato.pipeline.run import Run
from retrato.pipeline.score import score
from retrato.profiles.survivorship import PIN
from retrato.stores.records import matching_keys
from retrato.stores.rows import StoredRecord, StoredSaying, StoredWord
from retrato.stores.statements import in_parts, now

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from retrato.live.governing import Governing
    from retrato.live.updating import Updating
    from retrato.matching.similarity import KeyValue
    from retrato.resolution.resolution import Resolution
    from retrato.stores.work import Work

#: Whose the decisions are that come with a result, which does not say it, and why they are there.
AUTHOR = "batch"
REASON = "it came with the result"

#: Rows that are taken from the engine, and put into the store, at a time.
_ROWS = 10_000


def load(work: Work, resolution: Resolution, by: Updating) -> None:
    """Fill an empty store with a result."""
    with DuckDBEngine() as engine:
        for name in ("features", "values", "assignments", "timeline"):
            engine.load(name if name == "features" else f"result_{name}", resolution.tables[name])
        run = _run(engine, resolution, by.governing)
        labels = _link(work, run)
        _records(work, engine, labels, by)
    for row in resolution.decisions.to_pylist():
        record = row["source_a"], row["key_a"]
        if row["decision"] == PIN:
            work.pin(record, row["attribute"], row["value"], AUTHOR, REASON)
        else:
            work.decide(row["decision"], record, (row["source_b"], row["key_b"]), AUTHOR, REASON)
    given = {each: each for each in resolution.profiles.column("profile_id").to_pylist()}
    redirects = resolution.tables["redirects"].to_pylist()
    work.give(sorted({**given, **{row["old_id"]: row["new_id"] for row in redirects}}.items()))


def _run(engine: DuckDBEngine, resolution: Resolution, governing: Governing) -> Run:
    """The run of the batch, as far as pairs are concerned."""
    run = Run(engine, (), governing.ruleset, model=governing.model, decisions=resolution.decisions)
    run.kinds, run.lists, run.comparisons = dict(governing.kinds), governing.lists, governing.comparisons
    run.match_rules = governing.match_rules
    run.counts["records"] = engine.count("features")
    engine.create("records", tree("SELECT record, source_name AS source, record_key FROM features"))
    block(run)
    compare(run)
    score(run)
    decided(run)
    return run


def _link(work: Work, run: Run) -> Any:
    """Keep the links; the component of every record (N,)."""
    edges = linking.edges(run.match_rules, weight_at(run.ruleset.threshold)).subquery("e")
    pairs = run.engine.fetch(query(storing.JOINING, edges=edges))
    a, b = (pairs.column(name).to_numpy() for name in ("a", "b"))
    both = _Entries()
    for one, other in ((a, b), (b, a)):
        both.extend(zip(one.tolist(), other.tolist(), strict=True))
    for some in both.in_order():
        work.link_one_way(some)
    run.engine.drop("pairs", "comparison_vectors", "scores")
    return components(run.counts["records"], a, b)


def _records(work: Work, engine: DuckDBEngine, labels: Any, by: Updating) -> None:
    engine.create("created", tree(storing.CREATED))
    engine.create("said", tree(storing.SAID))
    names = sorted(by.governing.keys.intersection(engine.columns("features")))
    engine.create("stored", storing.stored_records(names))
    words: Counter[StoredWord] = Counter()
    holders, blocks = _Entries(), _Entries()
    for start in range(0, len(labels), _ROWS):
        rows = engine.fetch(
            tree("SELECT * FROM stored WHERE record >= :low AND record < :high", low=start, high=start + _ROWS)
        ).to_pylist()
        records = [_record(row, int(labels[row["record"]])) for row in rows]
        work.add_records(records)
        work.say(_sayings(engine, start))
        for each in records:
            keys = each.keys
            holders.extend((code, each.record) for code in by.values_of(keys))
            blocks.extend((code, each.record) for code in by.blocking.codes(keys))
            words.update(words_of(keys))
    for some in holders.in_order():
        work.hold(some)
    for some in blocks.in_order():
        work.enter(some)
    for count in sorted(set(words.values())):
        work.count_words(sorted(word for word, records in words.items() if records == count), count)
    _refine(work, by)


def _record(row: dict[str, Any], component: int) -> StoredRecord:
    keys: dict[str, KeyValue] = {name: value for name, value in matching_keys(row["keys"]).items() if value is not None}
    return StoredRecord(row["record"], row["source"], row["record_key"], keys, component, row["profile"])


def _sayings(engine: DuckDBEngine, start: int) -> list[StoredSaying]:
    asked = tree("SELECT * FROM said WHERE record >= :low AND record < :high", low=start, high=start + _ROWS)
    at = now()
    return [StoredSaying(**row, known_at=at) for row in engine.fetch(asked).to_pylist()]


def _refine(work: Work, by: Updating) -> None:
    """Put the records of large blocks into finer ones, one depth after the other."""
    most = by.blocking.most
    while large := sorted(work.large_blocks(most)):
        work.set_large(large, large=True)
        members: set[int] = set()
        for codes in in_parts(large, _ROWS):
            members.update(number for each in work.members(codes).values() for number in each)
        blocks = _Entries()
        for numbers in in_parts(sorted(members), _ROWS):
            keys = {each.record: each.keys for each in work.records(numbers)}
            finer = by.blocking.all_codes(work, keys)
            blocks.extend((code, number) for number, entered in finer.items() for code in entered.usable)
        for some in blocks.in_order():
            work.enter(some)


class _Entries:
    """Many pairs of numbers, which are put into a table in its own order: that is much faster than in any other."""

    def __init__(self) -> None:
        self._numbers = array("q")

    def extend(self, pairs: Iterable[tuple[int, int]]) -> None:
        """Add pairs."""
        for pair in pairs:
            self._numbers.extend(pair)

    def in_order(self) -> Iterator[list[tuple[int, int]]]:
        """All pairs, some at a time."""
        pairs = np.frombuffer(self._numbers, np.int64).reshape(-1, 2)
        order = np.lexsort((pairs[:, 1], pairs[:, 0]))
        for start in range(0, len(order), _ROWS):
            first, second = pairs[order[start : start + _ROWS]].T.tolist()
            yield list(zip(first, second, strict=True))
