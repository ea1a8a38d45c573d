"""However pairs are compared, by lists or by single values, at once or part by part, the result is the same."""

import pytest

from retrato import DuckDBEngine, Source, resolve
from retrato.datasets import omnichannel
from retrato.pipeline import compare, features, patterns


@pytest.fixture(scope="module")
def sources():
    made = omnichannel(1_500, seed=4, events=False)
    return [Source(name, table, region="ES") for name, table in made.records.items()]


@pytest.fixture(scope="module")
def plain(sources):
    return resolve(sources)


def same(one, other):
    assert one.model == other.model
    assert one.tables.keys() == other.tables.keys()
    for name, table in other.tables.items():
        assert one.tables[name].equals(table), name


def test_single_values_change_no_table_of_the_result(sources, plain, monkeypatch):
    calls = []

    def watched(*arguments, **options):
        calls.append(options["kept"])
        return compared_with_singles(*arguments, **options)

    compared_with_singles = patterns.compared_with_singles
    monkeypatch.setattr(patterns, "compared_with_singles", watched)
    monkeypatch.setattr(features, "SINGLES_FROM", 0)
    by_singles = resolve(sources)
    assert calls, "nothing was compared by single values"
    same(by_singles, plain)


@pytest.mark.parametrize("singles_from", [0, 10_000])
def test_parts_change_no_table_of_the_result(singles_from, sources, plain, monkeypatch):
    used = []

    def watched(*arguments, within, **options):
        used.append(within)
        return compared(*arguments, within=within, **options)

    compared = compare.compared
    monkeypatch.setattr(compare, "compared", watched)
    monkeypatch.setattr(compare, "_BYTES_OF_RECORD", DuckDBEngine().memory // 400)
    monkeypatch.setattr(features, "SINGLES_FROM", singles_from)
    same(resolve(sources), plain)
    assert len(used) == 10, used
