"""The embedded engine: an interrupt ends what it does; tables in a file outlast it; files are always the same."""

import os
import signal
import threading
import time

import duckdb
import pyarrow as pa
import pytest
from pyarrow import parquet

from retrato.engines.compile.template import tree
from retrato.engines.duckdb import DuckDBEngine
from retrato.errors import EngineError

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


def test_a_written_query_keeps_its_order_and_its_bytes_whatever_the_threads(tmp_path):
    numbers = tree(
        "SELECT range AS n, 'text ' || range % 7 AS t, [range, 1] AS l FROM range(400000) ORDER BY hash(range)"
    )
    for threads in (1, 2):
        with DuckDBEngine(threads=threads) as engine:
            engine.write(numbers, tmp_path / f"{threads}.parquet")
            rows = engine.fetch(numbers)
    assert (tmp_path / "1.parquet").read_bytes() == (tmp_path / "2.parquet").read_bytes()
    assert parquet.read_table(tmp_path / "1.parquet").to_pylist() == rows.to_pylist()
    assert (tmp_path / "1.parquet").stat().st_mode & 0o777 == 0o600


def test_tables_and_views_in_a_file_outlast_the_engine(tmp_path):
    with DuckDBEngine(database=tmp_path / "run.duckdb") as engine:
        engine.create("t", tree("SELECT 1 AS x"))
        engine.define("v", tree("SELECT x + 1 AS y FROM t"))
        engine.checkpoint()
    with DuckDBEngine(database=tmp_path / "run.duckdb") as engine:
        assert engine.tables() == ["t", "v"]
        assert engine.fetch(tree("SELECT y FROM v")).to_pylist() == [{"y": 2}]
        engine.drop("v", "t")
        assert engine.tables() == []


def test_intermediate_tables_are_not_kept_in_the_file(tmp_path):
    with DuckDBEngine(database=tmp_path / "run.duckdb") as engine:
        engine.load("_step", pa.table({"x": [1]}))
        engine.append("_step", tree("SELECT 2"))
        assert (engine.tables(), engine.count("_step"), engine.columns("_step")) == (["_step"], 2, ["x"])
        engine.create("t", tree("SELECT x FROM _step"))
        engine.drop("_step")
        engine.create("_step", tree("SELECT 3 AS x"))
    with DuckDBEngine(database=tmp_path / "run.duckdb") as engine:
        assert (engine.tables(), engine.count("t")) == (["t"], 2)


def test_tables_get_two_fifths_of_the_memory_of_a_run():
    assert DuckDBEngine(memory_limit="2GB").memory == 800_000_000
    assert DuckDBEngine(memory_limit="1 GiB").memory == 2**30 * 2 // 5
    assert DuckDBEngine().memory >= 1_600_000_000
    with pytest.raises(EngineError, match="no size of memory"):
        DuckDBEngine(memory_limit="much").fetch(tree("SELECT 1 AS x"))
