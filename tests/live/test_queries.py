"""What a store asks of its database while it is used is answered by indexes, not by reading whole tables."""

from __future__ import annotations

import pytest

from retrato import IdentityStore
from small_world import small_world


@pytest.fixture(scope="module")
def used(tmp_path_factory):
    """A store that has run every statement of its daily work."""
    world = small_world()
    url = f"sqlite:///{tmp_path_factory.mktemp('queries')}/store.db"
    with IdentityStore.open(url, secret="kept in a safe place") as store:
        store.load(world.resolved(world.records[:-20]))
        store.ingest_many(world.records[-20:])
        a, b, c, *_ = ((each.source, each.key) for each in world.records)
        store.undo(store.same(a, c, author="ana"), author="ana")
        store.different(a, b, author="ana")
        store.find(name="Ana Ruiz", phone="600112233")
        store.delete(*b)
        store.forget(store.profile_of(*c))
        yield store


def test_no_statement_of_daily_work_reads_a_whole_table(used):
    database = used._store
    with database.engine.connect() as connection:
        plans = {
            statement.text: [
                row[3]
                for row in connection.exec_driver_sql(
                    f"EXPLAIN QUERY PLAN {statement.text}", (None,) * len(statement._order or ())
                )
            ]
            for statement in database._statements.values()
        }
    assert len(plans) > 30
    scans = [text for text, plan in plans.items() if any(step.startswith("SCAN retrato_") for step in plan)]
    assert [text for text in scans if "LIMIT" not in text] == []  # the first row of a table may be any
