"""User names and the names that they are made of."""

import pyarrow as pa
import pytest

from retrato.engines.compile.accounts import with_accounts
from retrato.engines.compile.template import query, tree
from retrato.engines.duckdb import DuckDBEngine

#: given name | surname | second surname | local parts | handles -> account names | own user names | some account forms
CASES = """
pedro | garcia | lopez | pedro.garcia84 | - -> pedrogarcia | pedrogarcia | pedrogarcia pgarcia garciapedro pgarcialop
maria jose | ruiz | - | mjruiz | instagram:maria_ruiz -> mariaruiz mjruiz | mariaruiz mjruiz | mariaruiz mariajoseruiz
carlos | perez | - | charlyperez03, prz | - -> charlyperez | charlyperez | carlosperez
- | - | - | blue79 | - -> blue | - | -
- | - | - | a.b | 17841401 -> - | - | -
ana | de la o | - | - | - -> - | - | anadelao
"""


@pytest.fixture(scope="module")
def engine():
    with DuckDBEngine(threads=1) as opened:
        yield opened


def cells(text):
    return [None if cell.strip() == "-" else cell.strip() for cell in text.split("|")]


@pytest.mark.parametrize("case", CASES.strip().splitlines())
def test_user_names_are_letters_and_forms_are_what_people_make_of_names(engine, case):
    written, expected = case.split("->")
    given, family, second, local, handle = cells(written)
    names, own, forms = cells(expected)
    row = {
        "record": 0,
        "given_name": given,
        "given_root": given and given.split()[0],
        "family_name": family,
        "second_family_name": second,
        "email_local": local.split(", ") if local else None,
        "handle": [handle] if handle else None,
    }
    lists = {"email_local", "handle"}
    schema = [(name, pa.list_(pa.string()) if name in lists else pa.string()) for name in list(row)[1:]]
    engine.load("keys", pa.Table.from_pylist([row], schema=pa.schema([("record", pa.int64()), *schema])))
    (found,) = engine.fetch(with_accounts(query("SELECT * FROM keys"), engine.columns("keys"))).to_pylist()
    assert (found["account_names"] or []) == (names or "").split()
    assert (found["own_user_names"] or []) == (own or "").split()
    assert found["accounts"] == (f"|{'|'.join(names.split())}|" if names else None)
    assert set((forms or "").split()) <= set(found["account_forms"] or ())


def test_swapped_names_begin_alike(engine):
    rows = [("Ana", "Garcia"), ("Garcia", "Ana")]
    names = {key: [row[place].lower() for row in rows] for place, key in enumerate(("given_name", "family_name"))}
    engine.load("keys", pa.table({"record": [0, 1], **names}))
    found = engine.fetch(
        tree(
            "SELECT name_starts FROM :k",
            k=with_accounts(query("SELECT * FROM keys"), engine.columns("keys")).subquery("k"),
        )
    )
    assert found.column("name_starts").to_pylist() == ["ana gar", "ana gar"]
