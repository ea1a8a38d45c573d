"""However many pairs are compared together, the result is the same."""

import pytest

from retrato import DuckDBEngine, Source, resolve
from retrato.datasets import omnichannel
from retrato.pipeline import coded, compare


@pytest.fixture(scope="module")
def sources():
    made = omnichannel(1_500, seed=4, events=False)
    return [Source(name, table, region="ES") for name, table in made.records.items()]


def test_parts_change_no_table_of_the_result(sources, monkeypatch):
    used = []

    def watched(run, pairs):
        used.append(pairs.num_rows)
        return with_levels_by_codes(run, pairs)

    plain = resolve(sources)
    with_levels_by_codes = coded.with_levels_by_codes
    monkeypatch.setattr(compare, "with_levels_by_codes", watched)
    monkeypatch.setattr(compare, "_BYTES_OF_PAIR", DuckDBEngine().memory // 3_000)
    monkeypatch.setattr(coded, "_BYTES_OF_PAIR", DuckDBEngine().memory // 1_000)
    in_parts = resolve(sources)
    assert len(used) > 2
    assert min(used) > 1_000
    assert in_parts.model == plain.model
    assert in_parts.tables.keys() == plain.tables.keys()
    for name, table in plain.tables.items():
        assert in_parts.tables[name].equals(table), name
