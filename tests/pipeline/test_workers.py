"""Reading in several processes gives what reading in one gives."""

from __future__ import annotations

import multiprocessing

import pyarrow as pa
import pytest

from retrato.identifiers.phone import Phone
from retrato.pipeline import workers
from retrato.pipeline.workers import Workers


@pytest.fixture
def table():
    texts = [f"tel. {600000000 + number}" if number % 7 else None for number in range(2_500)]
    return pa.table({"text": pa.array(texts, pa.string())})


@pytest.fixture
def few_rows(monkeypatch):
    monkeypatch.setattr(workers, "LEAST_ROWS", 100)


def test_two_processes_read_as_one(table, few_rows):
    kind = Phone(region="ES")
    with workers.workers(2) as hands:
        found = hands.read(kind, table)
    assert in_order(found) == kind.parse_rows(table).to_pydict()


def test_a_table_of_more_rows_than_are_read_together_is_read_as_one(table, few_rows, monkeypatch):
    monkeypatch.setattr(workers, "TOGETHER", 700)
    kind = Phone(region="ES")
    for count in (1, 2):
        with workers.workers(count) as hands:
            assert in_order(hands.read(kind, table)) == kind.parse_rows(table).to_pydict()


def test_without_processes_the_values_are_read_here(table, few_rows, monkeypatch):
    def refused(*_):
        raise OSError("no process may be started")

    monkeypatch.setattr(Workers, "_started", refused)
    kind = Phone(region="ES")
    with workers.workers(2) as hands:
        assert in_order(hands.read(kind, table)) == kind.parse_rows(table).to_pydict()


def test_a_daemon_reads_by_itself(table, few_rows):
    """Such as a worker of a task queue, which may start no process."""
    with multiprocessing.get_context("fork").Pool(1) as pool:
        found = pool.apply(read_in_two, (table,))
    assert found == Phone(region="ES").parse_rows(table).to_pydict()


def read_in_two(table):
    with workers.workers(2) as hands:
        return in_order(hands.read(Phone(region="ES"), table))


def test_an_error_ends_the_processes(table, few_rows):
    running = []

    def interrupted(hands):
        hands.read(Phone(region="ES"), table)
        running.extend(hands._processes._processes.values())
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt), workers.workers(2) as hands:
        interrupted(hands)
    assert len(running) == 2
    assert not any(each.is_alive() for each in running)


def in_order(found):
    return found.sort_by([("item", "ascending"), ("ordinal", "ascending")]).to_pydict()
