"""The embedded engine: an interrupt ends what it does, at once."""

import os
import signal
import threading
import time

import duckdb
import pyarrow as pa
import pytest

from retrato.engines.compile.template import tree
from retrato.engines.duckdb import DuckDBEngine

#: More than anybody can wait for.
ENDLESS = "SELECT count(*) AS n FROM range(100000000) a, range(1000000) b WHERE (a.range * b.range) % 7 = 3"


@pytest.fixture
def heard():
    """Python's own handler of Ctrl-C, which a test runner's workers may have switched off."""
    former = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, former)


@pytest.mark.usefixtures("heard")
@pytest.mark.parametrize("do", [lambda engine, query: engine.create("t", query), DuckDBEngine.fetch])
def test_an_interrupt_ends_a_query_and_leaves_the_engine_in_order(do):
    with DuckDBEngine(threads=2) as engine:
        engine.fetch(tree("SELECT 1 AS x"))
        threading.Timer(0.3, os.kill, (os.getpid(), signal.SIGINT)).start()
        start = time.perf_counter()
        with pytest.raises(KeyboardInterrupt):
            do(engine, tree(ENDLESS))
        assert time.perf_counter() - start < 10
        assert engine.tables() == []
        assert engine.fetch(tree("SELECT 2 AS x")).to_pylist() == [{"x": 2}]


def test_rows_are_added_by_place():
    with DuckDBEngine(threads=1) as engine:
        engine.create("t", tree("SELECT 1 AS x, 'a' AS y"))
        engine.add("t", pa.table({"other": [2], "names": ["b"]}))
        assert engine.fetch(tree("SELECT * FROM t ORDER BY x")).to_pylist() == [{"x": 1, "y": "a"}, {"x": 2, "y": "b"}]


def test_an_engine_works_in_any_thread_and_opens_anew_after_it_was_closed():
    engine = DuckDBEngine(threads=1)
    found = []
    thread = threading.Thread(target=lambda: found.extend(engine.fetch(tree("SELECT 1 AS x")).to_pylist()))
    thread.start()
    thread.join()
    engine.create("t", tree("SELECT 1 AS x"))
    engine.close()
    assert found == [{"x": 1}]
    assert engine.tables() == []
    engine.close()


def test_an_interrupt_that_duckdb_notices_itself_is_one(monkeypatch):
    def connect(*_, **__):
        raise RuntimeError("Query interrupted")

    monkeypatch.setattr(duckdb, "connect", connect)
    with pytest.raises(KeyboardInterrupt), DuckDBEngine() as engine:
        engine.tables()
