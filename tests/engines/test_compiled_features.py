"""How many people seem to share a contact point, beside a naive count."""

import itertools

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from retrato.engines.compile.features import contact_class, name_bands
from retrato.engines.compile.template import tree
from retrato.engines.duckdb import DuckDBEngine
from retrato.identifiers.base import Feature, Scope
from retrato.matching.comparisons import CONTACT_CLASSES, CONTACT_EDGES

PHONE = Feature("phone", Scope.SHARED, "phone", ("phone",), contact_point=True, multivalued=True)
#: given names and birth dates of the records that hold one phone, with how many more records have each name -> class
CASES = """
- | - -> one person
manuel | - -> one person
manuel, ana | - -> two people
manuel:90, maunel | - -> one person
matias:90, matiasemiliano | - -> one person
maria:90, mario:30 | - -> two people
pedro, pedro | 1956-04-09, 1990-10-01 -> two people
pedro, pedro | 1956-04-09, 1956-09-04 -> one person
pedro, pedro | 1956-04-09, 1956-04-19 -> one person
pedro, ana | 1956-04-09 -> two people
a1, b2, c3 | - -> 3-4 people
""".strip().splitlines()


@pytest.fixture(scope="module")
def engine():
    with DuckDBEngine(threads=1) as opened:
        yield opened


def class_of(engine, names, dates, more=()):
    """The class of a phone that records with these names and birth dates hold; `more` are names of other records."""
    held = list(itertools.zip_longest(names, dates))
    rows = [
        {"source": 1, "given_root": name, "birth_date": date, "phone": ["1"]} for name, date in held or [(None, None)]
    ]
    rows += [{"source": 1, "given_root": name, "birth_date": None, "phone": None} for name in more]
    types = {"source": pa.int32(), "given_root": pa.string(), "birth_date": pa.string(), "phone": pa.list_(pa.string())}
    table = pa.Table.from_pylist(rows, schema=pa.schema(list(types.items())))
    engine.load("keys", table.append_column("record", pa.array(range(len(rows)))))
    engine.create("name_bands", name_bands())
    (found,) = engine.fetch(contact_class(PHONE, set(types))).to_pylist()
    assert found["holders"] == max(len(held), 1)
    return CONTACT_CLASSES[found["band"]]


@pytest.mark.parametrize("case", CASES)
def test_people_are_told_apart_by_names_and_birth_dates(engine, case):
    written, expected = case.split(" -> ")
    names, dates = ([each for each in part.split(", ") if each != "-"] for part in written.split(" | "))
    counted = [each.partition(":") for each in names]
    more = [name for name, _, count in counted for _ in range(int(count or 0))]
    assert class_of(engine, [name for name, *_ in counted], dates, more) == expected


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(names=st.lists(st.text("xyz", min_size=3, max_size=3) | st.none(), min_size=1, max_size=300))
def test_names_that_are_not_alike_are_all_counted(engine, names):
    written = {name: "".join(letter * 4 for letter in name) for name in names if name}
    people = len(written)
    band = next((place for place, edge in enumerate(CONTACT_EDGES, 2) if people <= edge), len(CONTACT_CLASSES) - 1)
    expected = (1 if len(names) > 8 else 0) if people <= 1 else band
    assert class_of(engine, [written.get(name) for name in names], []) == CONTACT_CLASSES[expected]


def test_without_names_and_dates_the_records_are_counted(engine):
    engine.load("keys", pa.table({"record": [1, 2, 3], "source": [1, 1, 1], "phone": [["1"], ["1"], ["1"]]}))
    (found,) = engine.fetch(contact_class(PHONE, {"phone"})).to_pylist()
    assert (found["band"], found["holders"]) == (1, 3)
    assert engine.fetch(tree("SELECT count(*) AS n FROM keys")).column("n").to_pylist() == [3]
