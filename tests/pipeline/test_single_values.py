"""Whether records are compared by lists or by their single values, the result is the same."""

import pytest

from retrato import Source, resolve
from retrato.datasets import omnichannel
from retrato.pipeline import features, patterns


@pytest.fixture(scope="module")
def sources():
    made = omnichannel(1_500, seed=4, events=False)
    return [Source(name, table, region="ES") for name, table in made.records.items()]


def test_single_values_change_no_table_of_the_result(sources, monkeypatch):
    by_lists = resolve(sources)
    calls = []

    def watched(*arguments, **options):
        calls.append(options["kept"])
        return compared_with_singles(*arguments, **options)

    compared_with_singles = patterns.compared_with_singles
    monkeypatch.setattr(patterns, "compared_with_singles", watched)
    monkeypatch.setattr(features, "SINGLES_FROM", 0)
    by_singles = resolve(sources)
    assert calls, "nothing was compared by single values"
    assert by_singles.model == by_lists.model
    assert by_singles.tables.keys() == by_lists.tables.keys()
    for name, table in by_lists.tables.items():
        assert by_singles.tables[name].equals(table), name
