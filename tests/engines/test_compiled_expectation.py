"""What is expected of profiles, beside sums made by hand."""

import math

import pyarrow as pa
import pytest

from retrato.engines.compile.expectation import CERTAINTY, EXPECTED_OF_ALL, expected
from retrato.engines.compile.template import tree
from retrato.engines.duckdb import DuckDBEngine

CLUSTERS = [0, 0, 0, 3, 3, 5, 6]  # of seven records
FOUND = {0: 2.7, 3: 0.6, 5: 0.0, 6: 0.0}
#: weights in bits, the rule that decided, and the decision of a person
SCORES = {
    (0, 1): (8, None, None),
    (0, 3): (0, None, None),  # an even chance
    (1, 4): (-1, None, None),  # one in three
    (2, 5): (-12, None, None),  # too unlikely to count
    (3, 5): (3, 0, None),  # kept apart by a rule
    (4, 5): (3, None, "different"),  # and by a person
}


def chance(bits):
    return 1 / (1 + 2.0**-bits)


@pytest.fixture(scope="module")
def engine():
    with DuckDBEngine(threads=1) as opened:
        records = pa.array(range(len(CLUSTERS)), pa.int64())
        opened.load("clusters", pa.table({"record": records, "cluster": CLUSTERS}))
        opened.load("assignments", pa.table({"record": records, "profile_id": [f"p{each}" for each in CLUSTERS]}))
        opened.load("expected_pairs", pa.table({"cluster": list(FOUND), "pairs": list(FOUND.values())}))
        a, b = zip(*SCORES, strict=True)
        bits, rules, decisions = zip(*SCORES.values(), strict=True)
        weights = [1024 * each for each in bits]
        opened.load("scores", pa.table({"a": a, "b": b, "weight": weights, "rule": pa.array(rules, pa.int8())}))
        opened.load("decided", pa.table({"a": a, "b": b, "decision": pa.array(decisions, pa.string())}).drop_null())
        opened.create("expected", expected())
        yield opened


def test_profiles_are_as_sure_as_their_joins_and_lack_what_is_likely_elsewhere(engine):
    found = {row["profile_id"]: row for row in engine.fetch(tree(CERTAINTY)).to_pylist()}
    assert {name: row["expected_precision"] for name, row in found.items()} == {"p0": 0.9, "p3": 0.6, "p5": 1, "p6": 1}
    missed = chance(0) + chance(-1)
    recall = {"p0": 3 / (3 + missed / 3), "p3": 2 / (2 + missed / 2), "p5": 1, "p6": 1}
    assert {name: row["expected_recall"] for name, row in found.items()} == pytest.approx(recall, abs=1e-6)


def test_the_result_is_judged_by_all_its_pairs(engine):
    (found,) = engine.fetch(tree(EXPECTED_OF_ALL)).to_pylist()
    joined = math.fsum(FOUND.values())
    assert found["expected_precision"] == pytest.approx(joined / 4, abs=1e-4)
    assert found["expected_recall"] == pytest.approx(joined / (joined + chance(0) + chance(-1)), abs=1e-4)
