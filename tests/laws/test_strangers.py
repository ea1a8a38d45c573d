"""Strangers: who has nothing in common with anybody changes nothing for anybody."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from retrato import Source, resolve
from retrato.datasets import omnichannel

#: Words that no name, place or address of the generated customers is like.
WORDS = st.text("qxzkw", min_size=9, max_size=12)
STRANGERS = st.lists(
    st.fixed_dictionaries(
        {
            "given": WORDS,
            "family": WORDS,
            "email": st.none() | st.tuples(WORDS, WORDS).map(lambda two: f"{two[0]}@{two[1]}.zw"),
            "phone": st.none() | st.integers(7100_000, 7199_999).map(lambda number: f"+26377{number}"),
            "born": st.none() | st.dates(pd.Timestamp("1911-01-01").date(), pd.Timestamp("1919-12-31").date()).map(str),
        }
    ),
    min_size=1,
    max_size=3,
    unique_by=lambda each: (each["given"], each["family"]),
)
NAMES = {"given": "first name", "family": "last name", "email": "email", "phone": "phone", "born": "birth date"}


@pytest.fixture(scope="module")
def customers():
    made = omnichannel(300, seed=4, events=False)
    return [Source(name, table, region="ES") for name, table in made.records.items()]


@pytest.fixture(scope="module")
def fitted(customers):
    return resolve(customers).model


def clusters(sources, model):
    rows = resolve(sources, model=model).assignments.to_pylist()
    found: dict[str, set[tuple[str, str]]] = {}
    for row in rows:
        found.setdefault(row["profile_id"], set()).add((row["source"], row["record_key"]))
    return {frozenset(members) for members in found.values()}


@pytest.fixture(scope="module")
def before(customers, fitted):
    return clusters(customers, fitted)


@settings(
    max_examples=4, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
)
@given(strangers=STRANGERS)
def test_a_stranger_changes_no_profile(customers, fitted, before, strangers):
    table = pd.DataFrame([{NAMES[name]: value for name, value in each.items()} for each in strangers], dtype="string")
    table.insert(0, "id", [f"z{number}" for number in range(len(table))])
    after = clusters([*customers, Source("strangers", table, key="id", region="ZW")], fitted)
    assert before <= after
    assert {source for members in after - before for source, _ in members} == {"strangers"}
