"""An encrypted store answers as a plain one does, and shows nothing of what it holds to whoever has no key."""

from __future__ import annotations

import hmac
import subprocess
import sys
from base64 import b64decode
from itertools import chain

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import Text, select, text

from retrato import IdentityStore, Record, StoreError
from retrato.live.updating import Updating
from retrato.matching.similarity import texts
from retrato.stores.cipher import Encrypting, Plain
from retrato.stores.schema import BLOCKS, DECISIONS, HOLDERS, METADATA, RECORDS, SAYINGS, WORDS
from small_world import people_of, small_world
from store_urls import bytes_of

KEY = "4f6e6520746f2072756c65207468656d20616c6c2c206f6e6520746f2066696e"
ANOTHER = bytes(range(32))
SECRET = "0123456789abcdef"

#: What can be read without the key; the other text columns can not.
READABLE = {
    "retrato_settings.name", "retrato_settings.value", "retrato_records.source", "retrato_records.profile",
    "retrato_words.kind", "retrato_ids.id", "retrato_ids.leads_to", "retrato_former.id", "retrato_changes.kind",
    "retrato_changes.profile_id", "retrato_changes.other_profile_id", "retrato_decisions.decision",
    "retrato_decisions.source_a", "retrato_decisions.source_b",
    "retrato_decisions.attribute", "retrato_owners.profile", "retrato_tombstones.tombstone",
}  # fmt: skip


@pytest.fixture(scope="module")
def world():
    return small_world()


@pytest.fixture
def plain_url(tmp_path):
    return f"sqlite:///{tmp_path / 'plain.db'}"


@pytest.fixture
def store(world, store_url):
    """An encrypted store with a result in it."""
    with IdentityStore.open(store_url, secret=SECRET, encryption_key=KEY) as store:
        store.load(world.resolved(world.records))
        yield store


def used(store, world):
    """Let records come one by one, and people decide; what came of it."""
    store.govern(world.governing(20))
    done = [store.ingest(record) for record in world.records]
    a, b, *_ = ((each.source, each.key) for each in world.records)
    undone = store.same(a, b, author="ana", reason="she said so")
    store.different(a, b, author="eva")
    return [*done, store.undo(undone, author="luis"), store.delete(*b)]


def answers(store, world):
    """Everything that can be asked, times aside."""
    known = next(row for row in world.result.profiles.to_pylist() if row["phones"] and row["emails"] and row["name"])
    name = known["name"]
    misspelt = name[:-1] + ("s" if name[-1] != "s" else "z")
    questions = ({"phone": known["phones"][0]}, {"email": known["emails"][0]}, {"name": name}, {"name": misspelt})
    found = [store.find(**question) for question in (*questions, {"record_key": world.records[5].key})]
    assert all(found)
    profiles = sorted(set(store.assignments.column("profile_id").to_pylist()))
    return {
        "assignments": store.assignments,
        "redirects": store.redirects,
        "matching keys": store.matching_keys(),
        "changes": [each._replace(at=0) for each in store.changes(limit=10_000)],
        "decisions": store.decisions,
        "decided": [each._replace(at=0, undone_at=each.undone_at and 0) for each in store.decided()],
        "found": found,
        "profiles": {each: store.profile(each).values for each in profiles},
        "wrong": store.verify(),
    }


def test_records_that_come_one_by_one_make_what_they_make_in_a_plain_store(world, store_url, plain_url):
    with IdentityStore.open(plain_url) as plain, IdentityStore.open(store_url, encryption_key=KEY) as encrypted:
        assert used(encrypted, world) == used(plain, world)
        assert answers(encrypted, world) == answers(plain, world)
        assert encrypted.verify() == []
    with IdentityStore.open(plain_url) as plain, IdentityStore.open(store_url, encryption_key=KEY) as encrypted:
        assert answers(encrypted, world) == answers(plain, world)


def test_records_that_come_after_a_result_make_what_they_make_in_a_plain_store(world, store_url, plain_url):
    half = len(world.records) // 2
    with IdentityStore.open(plain_url) as plain, IdentityStore.open(store_url, encryption_key=KEY) as encrypted:
        for store in (plain, encrypted):
            store.load(world.resolved(world.records[:half]))
            store.ingest_many(world.records[half:])
        assert answers(encrypted, world) == answers(plain, world)
        assert people_of(encrypted.assignments) == people_of(world.resolved(world.records).assignments)


def test_decisions_of_an_encrypted_store_reach_the_next_batch(world, store):
    one, other = sorted(people_of(store.assignments), key=sorted)[:2]
    store.same(min(one), min(other), author="ana")
    again = world.resolved(world.records, decisions=store, previous=store)
    assert again.assignments.drop_columns("household_id") == store.assignments.drop_columns("household_id")


def values_in(store):
    """Every value, raw text, matching key and record key that is long enough not to be met by chance."""
    found = {key for _, key in store.matching_keys()}
    for keys in store.matching_keys().values():
        found.update(chain.from_iterable(map(texts, keys.values())))
    for profile in set(store.assignments.column("profile_id").to_pylist()):
        for value in store.profile(profile).values:
            found.update(each for each in (value.value, value.raw, *value.parts.values()) if each)
    said = store.rules.to_text()
    return {each for each in found if len(each) >= 8 and each not in said}


def test_no_value_stands_in_the_database(world, store, store_url, plain_url):
    a, b, *_ = ((each.source, each.key) for each in world.records)
    store.undo(store.same(a, b, author="Ana Quintanilla", reason="es su hermana"), author="Eva Montesinos")
    xenia = store.ingest(Record("till", "T-2026-0001", {"name": "Xenia Quirogasanta", "phone": "+34 600 98 76 54"}))
    store.pin(xenia.profile_id, "name", "Xenia Quirogasanta", author="Ana Quintanilla")
    assert store.profile(xenia.profile_id).golden("name").value == "Xenia Quirogasanta"
    assert [each.value for each in store.decided()] == [None, "Xenia Quirogasanta"]
    values = values_in(store) | {"Ana Quintanilla", "es su hermana", "Eva Montesinos"}
    assert {"T-2026-0001", "Xenia Quirogasanta", "quirogasanta", "34600987654"} <= values
    with IdentityStore.open(plain_url) as plain:
        plain.load(world.resolved(world.records))
        clear = bytes_of(plain_url)
    assert sum(each.encode() in clear for each in values) > 1000
    held = bytes_of(store_url)
    assert [each for each in values if each.encode() in held] == []


def rows_of(store, *columns):
    with store._store.engine.connect() as connection:
        return connection.execute(select(*columns)).all()


def test_codes_and_words_are_not_those_that_anybody_can_make(store):
    by = Updating(store.rules, Plain().code)
    known = {
        code for keys in store.matching_keys().values() for code in (*by.values_of(keys), *by.blocking.codes(keys))
    }
    kept = {row[0] for table in (BLOCKS, HOLDERS) for row in rows_of(store, table.c.code)}
    assert len(known) > 1000
    assert len(kept) > 1000
    assert not known & kept
    for word, sound, start in rows_of(store, WORDS.c.word, WORDS.c.sound, WORDS.c.start):
        assert min(map(len, (word, sound, start))) >= 20


def test_every_column_is_encrypted_or_known_to_be_readable(store):
    columns = [each for table in METADATA.sorted_tables for each in table.columns if isinstance(each.type, Text)]
    assert {str(each) for each in columns} >= READABLE
    hidden = {str(each) for each in columns} - READABLE
    assert hidden == {
        *("retrato_records.record_key", "retrato_records.keys", "retrato_sayings.said"),
        *("retrato_words.word", "retrato_words.sound", "retrato_words.start"),
        *(f"retrato_decisions.{each}" for each in ("key_a", "key_b", "value", "author", "reason", "undone_by")),
    }


def test_the_same_value_is_never_encrypted_alike_except_where_it_is_looked_up(store):
    said = {"name": "Xenia Quiroz", "phone": "+34600987654"}
    for source in ("till", "desk"):
        store.ingest(Record(source, "1", said))
    keys, cells = zip(*rows_of(store, RECORDS.c.record_key, RECORDS.c["keys"])[-2:], strict=True)
    assert len({*cells, *(row[0] for row in rows_of(store, SAYINGS.c.said)[-2:])}) == 4
    assert len(set(keys)) == 1
    before = rows_of(store, RECORDS.c["keys"])[-1]
    for _ in range(2):
        store.ingest(Record("desk", "1", {**said, "city": "Soria"}))
        store.ingest(Record("desk", "1", said))
    assert rows_of(store, RECORDS.c["keys"])[-1] != before
    a, b = ("till", "1"), ("desk", "1")
    for _ in range(2):
        store.same(a, b, author="ana")
    assert len({row[0] for row in rows_of(store, DECISIONS.c.author)}) == 2


def test_forgetting_and_deleting_work_as_in_a_plain_store(world, store):
    person = max(people_of(store.assignments), key=lambda each: (len(each), sorted(each)))
    profile = store.profile_of(*min(person))
    store.same(min(person), max(person), author="ana")
    receipt = store.forget(profile)
    assert (receipt.records, receipt.decisions) == (len(person), 1)
    assert rows_of(store, DECISIONS) == []
    again = store.ingest_many(world.records)
    assert {(r.source, r.key) for r, done in zip(world.records, again, strict=True) if not done.profile_id} == person
    store.delete(*min(record for each in people_of(store.assignments) if len(each) > 1 for record in each))
    assert store.verify() == []


@pytest.mark.parametrize(
    ("key", "said"),
    [
        (None, r"^the store is encrypted and needs its key: IdentityStore\.open\(url, encryption_key=…\)$"),
        (ANOTHER, r"^this is not the encryption key that the store was made with$"),
        ("short", r"^the encryption key has fewer than 32 bytes; make one with secrets\.token_hex\(32\)$"),
    ],
)
def test_an_encrypted_store_opens_with_its_key_alone(store_url, key, said):
    IdentityStore.open(store_url, encryption_key=KEY).close()
    with pytest.raises(StoreError, match=said):
        IdentityStore.open(store_url, encryption_key=key)
    IdentityStore.open(store_url, encryption_key=KEY.encode()).close()


def test_a_plain_store_takes_no_key(world, store_url):
    with IdentityStore.open(store_url) as store:
        store.govern(world.governing(20))
        with pytest.raises(StoreError, match=r"^the store is not encrypted, and cannot become so: make a new one"):
            IdentityStore.open(store_url, encryption_key=KEY)
        assert store.verify() == []


def test_a_missing_library_is_named_and_nothing_is_made(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "cryptography.exceptions", None)
    with pytest.raises(StoreError, match=r"^encryption needs a library: pip install 'retrato\[encryption\]'$"):
        IdentityStore.open(f"sqlite:///{tmp_path}/store.db", encryption_key=KEY)
    monkeypatch.undo()
    IdentityStore.open(f"sqlite:///{tmp_path}/store.db").close()


def test_two_stores_with_one_key_have_nothing_in_common(world, tmp_path):
    held = []
    for name in "ab":
        with IdentityStore.open(f"sqlite:///{tmp_path}/{name}.db", encryption_key=KEY) as store:
            store.load(world.resolved(world.records))
            rows = (rows_of(store, *table.c[:1]) for table in (BLOCKS, HOLDERS))
            words = rows_of(store, WORDS.c.word, WORDS.c.sound, WORDS.c.start, WORDS.c.word)
            held.append({cell for row in chain(*rows, words, rows_of(store, RECORDS.c.record_key)) for cell in row})
    assert not held[0] & held[1]


def test_another_process_reads_what_one_has_written(few, store_url):
    program = f"""
from retrato import IdentityStore
with IdentityStore.open({store_url!r}, encryption_key={KEY!r}) as store:
    assert store.verify() == []
    print(store.find("Xenia Quiroz", limit=1)[0].name, store.decided()[0].author)
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "Xenia Quiroz ana T-0\n"


def test_what_is_looked_up_is_written_as_ever():
    cipher = Encrypting(bytes(range(32)), "salt")
    assert cipher.encrypt_findable("names", "Ana", 7) == "mjb2uHnG+J6F2xh/oobLuajnkA=="
    assert cipher.token("names", "Ana", 7) == "lPClqMx68AU2RVsGZ3Li1A=="
    assert cipher.code("name", "Ana") == 2128734995368415120


def test_keys_and_codes_are_those_of_the_standards():
    def derived(purpose):  # HKDF with one block, RFC 5869
        return hmac.digest(hmac.digest(b"salt", ANOTHER, "sha256"), f"retrato store: {purpose}\1".encode(), "sha256")

    cipher = Encrypting(ANOTHER, "salt")
    assert cipher.check == derived("check").hex()
    digest = hmac.digest(derived("blind codes"), b"4:name3:Ana", "sha256")
    assert cipher.code("name", "Ana") == int.from_bytes(digest[:8], "big", signed=True)
    written = b64decode(cipher.encrypt("names", "Ana", 7))
    assert AESGCM(derived("values")).decrypt(written[:12], written[12:], b"5:names1:7") == b"Ana"


OPENING = """
import sys
from retrato import IdentityStore, StoreError
url, key = sys.argv[1:]
print("ready", flush=True)
sys.stdin.readline()
try:
    IdentityStore.open(url, encryption_key=key or None).close()
except StoreError as error:
    print(error)
else:
    print("open")
"""


@pytest.mark.parametrize("keys", [(KEY,) * 4, (KEY, "", KEY, ""), (KEY, ANOTHER.hex(), KEY, ANOTHER.hex())])
def test_whoever_makes_the_store_first_says_whether_and_how_it_is_encrypted(store_url, keys):
    running = [
        subprocess.Popen(
            [sys.executable, "-c", OPENING, store_url, key], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        for key in keys
    ]
    for each in running:
        assert each.stdout.readline() == "ready\n"
    for each in running:
        each.stdin.write("go\n")
        each.stdin.flush()
    said = [each.communicate(timeout=120)[0].strip() for each in running]
    opened = {key for key, each in zip(keys, said, strict=True) if each == "open"}
    assert len(opened) == 1
    (key,) = opened
    assert said.count("open") == keys.count(key)
    IdentityStore.open(store_url, encryption_key=key or None).close()


def profiles(store):
    return [store.profile(each) for each in set(store.assignments.column("profile_id").to_pylist())]


#: Encrypted columns, and who reads them.
READ = {
    "retrato_records.keys": lambda store: store.matching_keys(),
    "retrato_records.record_key": lambda store: store.assignments,
    "retrato_sayings.said": profiles,
    "retrato_decisions.key_a": lambda store: store.decided(),
    "retrato_decisions.author": lambda store: store.decided(),
    "retrato_decisions.reason": lambda store: store.decided(),
    "retrato_decisions.undone_by": lambda store: store.decided(),
    "retrato_words.word": lambda store: [store.find(name=each) for each in ("Xenia Quiroz", "Xania Quirot")],
}


@pytest.fixture
def few(world, store_url):
    """A store with a few people, who are alike, and decisions about them."""
    with IdentityStore.open(store_url, encryption_key=KEY) as store:
        store.govern(world.governing(20))
        for number, name in enumerate(("Xenia Quiroz", "Xenias Quirozo", "Xeniana Quirozan")):
            store.ingest(Record("till", f"T-{number}", {"name": name}))
        for a, b in (("T-0", "T-1"), ("T-1", "T-2")):
            made = store.different(("till", a), ("till", b), author=f"ana {a}", reason=f"heard of {b}")
            store.undo(made, author=f"eva {b}")
        yield store


def changed(store, statement, **values):
    with store._store.engine.begin() as connection:
        assert connection.execute(text(statement), values).rowcount


def refused(few, column):
    with pytest.raises(StoreError, match=r"^a value in retrato_\w+\.\w+ is not what was written there: ") as caught:
        READ[column](few)
    assert "Xenia" not in str(caught.value)
    assert caught.value.__suppress_context__


@pytest.mark.parametrize("column", READ)
@pytest.mark.parametrize("how", ["another letter", "shorter", "plain text", "empty"])
def test_what_somebody_has_changed_is_refused_without_telling_it(few, column, how):
    table, name = column.split(".")
    cell = rows_of(few, METADATA.tables[table].c[name])[0][0]
    middle = len(cell) // 2
    written = {
        "another letter": cell[:middle] + ("A" if cell[middle] != "A" else "B") + cell[middle + 1 :],
        "shorter": cell[:12],
        "plain text": "Xenia Quiroz",
        "empty": "",
    }[how]
    READ[column](few)
    changed(few, f"UPDATE {table} SET {name} = :written WHERE {name} = :cell", written=written, cell=cell)
    refused(few, column)


@pytest.mark.parametrize("column", [each for each in READ if each != "retrato_words.word"])  # which are of no row
def test_values_cannot_be_exchanged(few, column):
    table, name = column.split(".")
    first, second = [row[0] for row in rows_of(few, METADATA.tables[table].c[name])][:2]
    assert first != second
    for old, new in ((first, "-"), (second, first), ("-", second)):
        changed(few, f"UPDATE {table} SET {name} = :new WHERE {name} = :old", new=new, old=old)
    refused(few, column)


def test_a_decision_that_somebody_has_turned_round_is_refused(few):
    changed(few, "UPDATE retrato_decisions SET decision = 'same'")
    with pytest.raises(StoreError, match=r"^a value in retrato_decisions\.author is not what was written there"):
        few.decided()
