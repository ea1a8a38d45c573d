"""However many pairs are compared together, the result is the same."""

from tempfile import TemporaryDirectory

import pytest

from retrato import DuckDBEngine, Source, resolve
from retrato.datasets import omnichannel
from retrato.pipeline import coded, compare


@pytest.fixture(scope="module")
def sources():
    made = omnichannel(1_500, seed=4, events=False)
    return [Source(name, table, region="ES") for name, table in made.records.items()]


def test_pairs_in_files_and_parts_change_no_table_of_the_result(sources, monkeypatch):
    folders = []

    def watched(**options):
        folders.append(options["dir"])
        return TemporaryDirectory(**options)

    plain = resolve(sources)
    monkeypatch.setattr(compare, "TemporaryDirectory", watched)
    monkeypatch.setattr(compare, "_room", lambda _: 3_000)
    monkeypatch.setattr(coded, "_BYTES_OF_PAIR", DuckDBEngine().memory // 1_000)
    in_parts = resolve(sources)
    (folder,) = folders
    assert plain.report["counts"]["pairs"] > 2 * 3_000
    assert not folder.exists()
    assert in_parts.model == plain.model
    assert in_parts.tables.keys() == plain.tables.keys()
    for name, table in plain.tables.items():
        assert in_parts.tables[name].equals(table), name
