"""A result of the batch into an empty store: records, keys and ids as they are, the rest by the store's rules."""

from __future__ import annotations

import json
from collections import Counter
from itertools import islice
from typing import TYPE_CHECKING, Any

from retrato.engines.compile import linking, storing
from retrato.engines.compile.template import query, tree
from retrato.engines.duckdb import DuckDBEngine
from retrato.graph.components import components
from retrato.live.blocks import as_keys
from retrato.live.finding import words_of
from retrato.matching.model import weight_at
from retrato.pipeline.block import block
from retrato.pipeline.cluster import decided
from retrato.pipeline.compare import compare
from retrato.pipeline.run import Run
from retrato.pipeline.score import score
from retrato.stores.sql import StoredRecord, StoredSaying

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from retrato.live.governing import Governing
    from retrato.live.updating import Updating
    from retrato.resolution.resolution import Resolution
    from retrato.stores.sql import Work

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
    links = zip(a.tolist(), b.tolist(), strict=True)
    for some in _parts(links):
        work.link(some)
    run.engine.drop("pairs", "comparison_vectors", "scores")
    return components(run.counts["records"], a, b)


def _records(work: Work, engine: DuckDBEngine, labels: Any, by: Updating) -> None:
    engine.create("created", tree(storing.CREATED))
    engine.create("said", tree(storing.SAID))
    names = sorted({key for feature in by.governing.features for key in feature.keys} | {"name_starts"})
    known = set(engine.columns("features"))
    engine.create("stored", storing.stored_records([name for name in names if name in known]))
    words: Counter[tuple[str, str, str]] = Counter()
    for start in range(0, len(labels), _ROWS):
        rows = engine.fetch(
            tree("SELECT * FROM stored WHERE record >= :low AND record < :high", low=start, high=start + _ROWS)
        ).to_pylist()
        records = [_record(row, int(labels[row["record"]])) for row in rows]
        work.add_records(records)
        work.say(_sayings(engine, start))
        work.hold((code, each.record) for each in records for code in by.values_of(as_keys(each.keys)))
        words.update(word for each in records for word in words_of(as_keys(each.keys)))
    for count in sorted(set(words.values())):
        work.count_words(sorted(word for word, records in words.items() if records == count), count)
    _blocks(work, by)


def _record(row: dict[str, Any], component: int) -> StoredRecord:
    keys = {name: value for name, value in json.loads(row["keys"]).items() if value is not None}
    return StoredRecord(row["record"], row["source"], row["record_key"], keys, component, row["profile"])


def _sayings(engine: DuckDBEngine, start: int) -> list[StoredSaying]:
    asked = tree("SELECT * FROM said WHERE record >= :low AND record < :high", low=start, high=start + _ROWS)
    return [StoredSaying(**row) for row in engine.fetch(asked).to_pylist()]


def _blocks(work: Work, by: Updating) -> None:
    """Put all records into blocks, one depth after the other."""
    blocking = by.blocking
    entries: Iterator[tuple[int, int]] = (
        (code, each.record) for each in work.all_records() for code in blocking.codes(as_keys(each.keys))
    )
    for some in _parts(entries):
        work.enter(some)
    while large := work.large_blocks(blocking.most):
        work.set_large(sorted(large), large=True)
        members = {
            number for codes in _parts(sorted(large)) for each in work.members(codes).values() for number in each
        }
        for numbers in _parts(sorted(members)):
            keys = {each.record: as_keys(each.keys) for each in work.records(numbers)}
            finer = blocking.all_codes(work, keys)
            work.enter((code, number) for number, entered in finer.items() for code in entered.usable)


def _parts(rows: Iterable[Any]) -> Iterator[list[Any]]:
    """Rows, some at a time."""
    iterator = iter(rows)
    while some := list(islice(iterator, _ROWS)):
        yield some
