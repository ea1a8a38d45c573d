"""Several processes write at once, and some are killed: what was said to be kept is kept, and nothing is half done."""

from __future__ import annotations

import random
import subprocess
import sys
import time

import pytest

import writers
from retrato import IdentityStore
from small_world import people_of, small_world

KILLS = 4


@pytest.fixture(scope="module")
def world():
    return small_world()


@pytest.fixture(scope="module")
def rows(world, tmp_path_factory):
    path = tmp_path_factory.mktemp("rows") / "rows.json"
    path.write_text(writers.steps_of(world.records), "utf-8")
    return path


def writer(url, rows, start=0):
    return subprocess.Popen(
        [sys.executable, writers.__file__, url, str(rows), "--start", str(start)], stdout=subprocess.PIPE, text=True
    )


def new_store(world, url):
    with IdentityStore.open(url) as store:
        store.govern(world.governing(50))


def test_several_writers_of_the_same_people_give_what_one_gives(world, store_url, rows):
    new_store(world, store_url)
    count = len(world.records)
    running = [writer(store_url, rows, start * count // 4) for start in range(4)]
    for each in running:
        said, _ = each.communicate(timeout=300)
        assert each.returncode == 0
        assert len(writers.done(said)) == count
    with IdentityStore.open(store_url) as store:
        assert store.verify() == []
        assert people_of(store.assignments) == people_of(world.resolved(world.records).assignments)


def test_a_killed_writer_leaves_a_whole_store_and_all_that_it_said_was_kept(world, store_url, rows):
    new_store(world, store_url)
    rnd, kept = random.Random(7), set()
    for _ in range(KILLS):
        process = writer(store_url, rows, rnd.randrange(len(world.records)))
        assert process.stdout.readline() == "ready\n"
        time.sleep(rnd.uniform(0.01, 0.3))
        process.kill()
        kept.update(writers.done(process.stdout.read()))
        process.wait()
        process.stdout.close()
        with IdentityStore.open(store_url) as store:
            assert store.verify() == []
            there = {(row["source"], row["record_key"]) for row in store.assignments.to_pylist()}
        records = [world.records[place] for place in kept]
        assert {(each.source, each.key) for each in records} <= there
    assert kept
