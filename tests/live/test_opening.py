"""Opening a store: in a new place, again, while others use it, and where none can be."""

import socket
import sys
import threading
import traceback
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest
from sqlalchemy import create_engine, inspect, text
from sqlalchemy.engine import make_url

from retrato.errors import StoreError
from retrato.live import IdentityStore
from retrato.stores.database import SqlStore
from retrato.stores.schema import FORMAT, METADATA

SECRET = "hunter2"


@contextmanager
def connected(url):
    """A connection to a database, past the store."""
    parsed = make_url(url)
    engine = create_engine(parsed.set(drivername=parsed.drivername.replace("postgresql", "postgresql+psycopg")))
    try:
        with engine.begin() as connection:
            yield connection
    finally:
        engine.dispose()


def refusal(url):
    """What is said of a place in which no store can be opened, without the password."""
    with pytest.raises(StoreError) as caught:
        IdentityStore.open(url)
    said = str(caught.value)
    causes = traceback.format_exception(caught.value.__cause__)
    assert SECRET not in said + "".join(causes)
    return said


def test_a_new_store_has_its_tables_and_opens_again(store_url):
    for _ in range(2):
        IdentityStore.open(store_url).close()
        with connected(store_url) as connection:
            assert set(inspect(connection).get_table_names()) == set(METADATA.tables)
            settings = connection.execute(text("SELECT name, value FROM retrato_settings")).all()
            assert settings == [("format", str(FORMAT))]
            assert connection.execute(text("SELECT id FROM retrato_ids")).all() == []


def test_a_store_without_rules_answers_that_it_is_empty(store_url):
    with IdentityStore.open(store_url) as store:
        assert store.assignments.num_rows == store.decisions.num_rows == 0
        assert store.changes() == []
        with pytest.raises(StoreError, match="the store has no rules yet: load a result of the batch first"):
            store.verify()


def test_several_open_a_new_store_at_once(store_url):
    together = threading.Barrier(6)

    def opened(_):
        together.wait()
        IdentityStore.open(store_url).close()

    with ThreadPoolExecutor(6) as threads:
        assert list(threads.map(opened, range(6))) == [None] * 6
    with connected(store_url) as connection:
        assert connection.execute(text("SELECT name, value FROM retrato_settings")).all() == [("format", str(FORMAT))]


def test_a_store_opens_while_another_process_writes(store_url):
    store = SqlStore(store_url)
    with store.writing() as work:
        work.keep("colour", "red")
        with IdentityStore.open(store_url) as another:
            assert another.changes() == []
    store.close()


def test_a_writer_waits_for_its_turn_and_no_longer_than_it_has_patience(store_url, monkeypatch):
    monkeypatch.setattr("retrato.stores.database.PATIENCE", 1)
    first, second = SqlStore(store_url), SqlStore(store_url)
    with first.writing(), pytest.raises(StoreError, match=r"^the database refused: .*lock"), second.writing():
        pass
    with second.writing() as work:
        work.keep("colour", "red")
    with first.reading() as work:
        assert work.setting("colour") == "red"
    first.close()
    second.close()


def test_the_store_of_a_newer_version_is_left_alone(store_url):
    IdentityStore.open(store_url).close()
    with connected(store_url) as connection:
        connection.execute(text(f"UPDATE retrato_settings SET value = '{FORMAT + 1}'"))
    expected = f"the store has format {FORMAT + 1}, this version of retrato knows up to {FORMAT}; use a newer version"
    assert refusal(store_url) == expected


@pytest.mark.parametrize(
    ("column", "value", "reason"),
    [("value", "blue", "its format is no number"), ("colour", "blue", r"OperationalError|UndefinedColumn")],
)
def test_a_table_of_somebody_else_is_no_store(store_url, column, value, reason):
    with connected(store_url) as connection:
        connection.execute(text(f"CREATE TABLE retrato_settings (name VARCHAR(9), {column} VARCHAR(9))"))
        connection.execute(text(f"INSERT INTO retrato_settings VALUES ('format', '{value}')"))
    with pytest.raises(StoreError, match=rf"^this database is no identity store \(({reason})\)$"):
        IdentityStore.open(store_url)


@pytest.mark.parametrize(
    "url", ["", "customers.db", "sqlite:/customers.db", "sqlite", f"postgresql://ana:{SECRET}@localhost:port/customers"]
)
def test_what_is_no_address_is_refused(url):
    assert refusal(url) == 'this is no address of a store; write "sqlite:///customers.db" or "postgresql://…"'


@pytest.mark.parametrize("kind", ["mysql", "oracle+oracledb", "postgresql+psycopg2", "duckdb", "sqlite+aiosqlite"])
def test_a_store_is_kept_in_no_other_database(kind):
    assert refusal(f"{kind}://ana:{SECRET}@localhost/x") == f"a store is kept in sqlite or postgresql, not in {kind}"


def test_a_password_that_would_be_taken_for_the_server_is_not_told():
    said = refusal(f"postgresql://ana:p@{SECRET}@localhost/customers")
    assert said == 'the address of the store has two "@"; write %40 for the one in the password'


def test_a_missing_driver_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "psycopg", None)
    expected = "PostgreSQL needs a driver: pip install 'retrato[postgresql]'"
    assert refusal(f"postgresql://ana:{SECRET}@localhost/customers") == expected


@pytest.mark.parametrize("password", [f"ana:{SECRET}@HOST?connect_timeout=5", f"HOST?user=ana&password={SECRET}"])
def test_a_server_that_does_not_answer_is_told_without_the_password(password):
    with socket.socket() as closed:  # bound, so that nobody else listens there
        closed.bind(("127.0.0.1", 0))
        place = f"127.0.0.1:{closed.getsockname()[1]}/customers"
        said = refusal(f"postgresql://{password.replace('HOST', place)}")
    assert said.startswith("no store can be opened at postgresql+psycopg://")
    assert place in said
    assert "Connection refused" in said


def test_a_file_that_is_no_database_is_left_alone(tmp_path):
    path = tmp_path / "customers.csv"
    path.write_text("id;name\n1;Ana\n" * 100)
    assert refusal(f"sqlite:///{path}") == f"no store can be opened at {path}: file is not a database"
    assert path.read_text() == "id;name\n1;Ana\n" * 100


@pytest.mark.parametrize("name", ["missing/customers.db", "."])
def test_a_place_for_no_file_is_told(tmp_path, name):
    path = tmp_path / name
    assert refusal(f"sqlite:///{path}") == f"no store can be opened at {path}: unable to open database file"
    assert list(tmp_path.iterdir()) == []


def to_be_read(url):
    """The URL of the same place, in which nothing can be changed."""
    if url.startswith("sqlite"):
        return f"{url.replace(':///', ':///file:')}?mode=ro&uri=true"
    return f"{url}%20-cdefault_transaction_read_only%3Don"


def test_a_store_that_may_only_be_read_answers_and_refuses_to_change(store_url):
    store = SqlStore(store_url)
    with store.writing() as work:
        work.keep("colour", "red")
    store.close()
    store = SqlStore(to_be_read(store_url))
    with pytest.raises(StoreError, match=r"^the database refused: .*read-?only"), store.writing() as work:
        work.keep("colour", "blue")
    with store.reading() as work:
        assert work.setting("colour") == "red"
    store.close()


def test_an_empty_place_that_may_only_be_read_is_refused(store_url):
    with connected(store_url) as connection:
        connection.execute(text("CREATE TABLE others (number INT)"))
    assert "read" in refusal(to_be_read(store_url))
