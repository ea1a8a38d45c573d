"""Customers in the order in which they arrive."""

from __future__ import annotations

import itertools

import pyarrow as pa
import pytest

from retrato.datasets import Omnichannel, omnichannel
from retrato.errors import ConfigurationError


@pytest.fixture(scope="module")
def customers() -> Omnichannel:
    return omnichannel(1_000, seed=4)


@pytest.mark.parametrize("count", [1, 3, 7])
def test_batches_are_the_whole_and_of_one_size(customers, count):
    parts = customers.batches(count)
    assert [part.truth.num_rows for part in parts] == pytest.approx([1_000 / count] * count, abs=3)
    for kind in ("records", "events"):
        for name, table in getattr(customers, kind).items():
            joined = pa.concat_tables([getattr(part, kind)[name] for part in parts])
            assert joined.equals(table.combine_chunks()) or joined.to_pylist() == table.to_pylist()


def test_nothing_arrives_before_its_time(customers):
    parts = customers.batches(4)
    for before, after in itertools.pairwise(parts):
        last = max(before.truth["created_at"].to_pylist())
        assert last < min(after.truth["created_at"].to_pylist())
        assert max(before.event_truth["happened_at"].to_pylist()) <= last
        assert last < min(after.event_truth["happened_at"].to_pylist())


def test_the_truth_of_a_part_is_that_of_its_records(customers):
    for part in customers.batches(3):
        held = [(name, key) for name, table in part.records.items() for key in table.column(0).to_pylist()]
        assert held == list(zip(part.truth["source"].to_pylist(), part.truth["record_key"].to_pylist(), strict=True))


def test_records_are_told_in_the_order_in_which_they_were_made(customers):
    for name in customers.records:
        rows = [row for row in customers.truth.to_pylist() if row["source"] == name]
        assert [row["created_at"] for row in rows] == sorted(row["created_at"] for row in rows)


@pytest.mark.parametrize("count", [0, -1, 1_001])
def test_parts_that_cannot_be_made(customers, count):
    with pytest.raises(ConfigurationError, match="cannot be made"):
        customers.batches(count)
