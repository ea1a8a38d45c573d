"""The derived keys of one record in plain Python are those that the relation gives its row."""

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retrato.engines.compile.accounts import with_accounts
from retrato.engines.compile.template import query
from retrato.engines.duckdb import DuckDBEngine
from retrato.matching.accounts import account_keys

LISTS = ("email_local", "handle")
TEXTS = ("given_name", "family_name", "second_family_name", "given_root")

#: Names, some of which begin alike, run into one another, or are too short to say anything.
WORDS = st.sampled_from(["ana", "anabel", "jo", "o", "li", "luis", "garci", "garcia", "garciaana", "ruiz", "de", "la"])
ANYTHING = st.text("abcdñA1:. \n'", max_size=9)
FULL = st.lists(WORDS, min_size=1, max_size=2).map(" ".join)
NAMES = st.one_of(FULL, FULL, FULL, st.none(), ANYTHING)
SIGNS = st.sampled_from(["", "", ".", "_", "-", "7"])
NUMBERS = st.sampled_from(["", "", "7", "84", "1984", "8x4"])
SPACES = st.sampled_from(["", "x:", "instagram:", "a:b:"])


def some(texts):
    """A list of texts, which may be empty or missing."""
    return st.one_of(st.lists(texts, min_size=1, max_size=3).map(tuple), st.just(()), st.none())


@st.composite
def records(draw):
    """A record with names, and with user names that are often made of these."""
    names = {key: draw(NAMES) for key in TEXTS}
    words = [word for name in names.values() for word in (name or "").split(" ")]
    part = st.sampled_from([piece for word in words for piece in (word, word, word[:1], word[:3])])
    made = st.tuples(part, SIGNS, part, st.sampled_from(["", "", *words]), NUMBERS).map("".join)
    written = st.one_of(made, made, st.tuples(WORDS, made).map("".join), ANYTHING)
    spaced = st.tuples(SPACES, written).map("".join)
    return {**names, "email_local": draw(some(written)), "handle": draw(some(spaced))}


@pytest.fixture(scope="module")
def engine():
    with DuckDBEngine(threads=1) as opened:
        yield opened


def by_relation(engine, read, known):
    """The derived keys of the rows of records whose columns are `known`, without those that are NULL."""
    types = {key: pa.list_(pa.string()) if key in LISTS else pa.string() for key in known}
    columns = {key: pa.array([record[key] for record in read], kind) for key, kind in types.items()}
    engine.load("keys", pa.table({"record": list(range(len(read))), **columns}))
    found = engine.fetch(with_accounts(query("SELECT * FROM keys"), engine.columns("keys"))).to_pylist()
    return [
        {
            key: tuple(value) if isinstance(value, list) else value
            for key, value in row.items()
            if key not in {"record", *known} and value is not None
        }
        for row in sorted(found, key=lambda row: row["record"])
    ]


@settings(max_examples=60, deadline=None)
@given(rows=st.lists(records(), min_size=8, max_size=25), unknown=st.just(set()) | st.sets(st.sampled_from(TEXTS)))
def test_the_keys_of_a_record_are_those_of_its_row(engine, rows, unknown):
    known = [key for key in (*LISTS, *TEXTS) if key not in unknown]
    read = [{key: row[key] for key in known} for row in rows]
    for record, expected in zip(read, by_relation(engine, read, known), strict=True):
        assert account_keys(record) == expected, record


#: Where NULL, an empty text and an empty list are not one, or the order of what is done matters.
EDGES = [
    {},
    {"email_local": (), "handle": ()},
    {"email_local": ("", "a.b", "1984")},
    {"email_local": ("pgarcia84", "p.garcia84"), "handle": ("x:pgarcia", "x:y:pgarcia84", ":garcia")},
    {"given_name": "", "given_root": "", "family_name": "garcia"},
    {"given_name": " ana maria", "family_name": "garcia", "second_family_name": "", "given_root": None},
    {"given_name": "12 ana", "family_name": "garcia", "given_root": "ana 2"},
    {"given_name": "ana", "family_name": "123", "second_family_name": "ruiz", "given_root": "ana"},
    {"given_root": "jose", "family_name": "li", "email_local": ("joseli", "lijose", "li")},
    {"given_name": "li", "family_name": "de", "second_family_name": "ruiz", "email_local": ("lideruiz", "ldrui")},
    {"given_name": "zoe", "family_name": "ana", "email_local": ("anazoe", "xanax")},
    {"handle": ("x:abcd1a2", "x:abc12", "x:12abcd", "x:abcd12ef")},
    {"email_local": ("garcía\n84:ruiz\n84", "GARCIA")},
]


def test_edges(engine):
    everything = [{**dict.fromkeys((*LISTS, *TEXTS)), **record} for record in EDGES]
    assert [account_keys(record) for record in EDGES] == by_relation(engine, everything, (*LISTS, *TEXTS))


def test_what_a_record_with_names_and_user_names_derives():
    record = {
        "given_name": "maria jose",
        "given_root": "maria",
        "family_name": "ruiz",
        "email_local": ("mjruiz84", "blue.bird"),
        "handle": ("instagram:maria_ruiz",),
        "second_family_name": None,
    }
    assert account_keys(record) == {
        "account_names": ("bluebird", "mariaruiz", "mjruiz"),
        "numbered_names": ("mjruiz84",),
        "own_user_names": ("mariaruiz", "mjruiz"),
        "accounts": "|bluebird|mariaruiz|mjruiz|",
        "given_letters": "maria",
        "family_letters": "ruiz",
        "account_forms": ("bluebird", "mariajoseruiz", "mariaruiz", "mjruiz", "ruizmaria"),
        "name_starts": "mar rui",
    }


def test_a_long_user_name_takes_no_longer_than_its_letters():
    assert account_keys({"handle": ("abcd" * 100_000,)}).keys() == {"account_names", "accounts", "account_forms"}
