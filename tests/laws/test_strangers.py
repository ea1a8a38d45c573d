"""Strangers: who has nothing in common with anybody changes nothing for anybody."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import HealthCheck, Phase, given, settings
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


class Customers:
    """Generated customers, resolved with a model that stays the same."""

    def __init__(self) -> None:
        made = omnichannel(300, seed=4, events=False)
        self.sources = [Source(name, table, region="ES") for name, table in made.records.items()]
        self.model = resolve(self.sources).model
        self.clusters = self.with_()

    def with_(self, *others: Source) -> set[frozenset[tuple[str, str]]]:
        """The clusters when other sources are there too."""
        found: dict[str, set[tuple[str, str]]] = {}
        for row in resolve([*self.sources, *others], model=self.model).assignments.to_pylist():
            found.setdefault(row["profile_id"], set()).add((row["source"], row["record_key"]))
        return {frozenset(members) for members in found.values()}


@pytest.fixture(scope="module")
def customers() -> Customers:
    return Customers()


@pytest.mark.slow
@settings(
    max_examples=5,
    deadline=None,
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
@given(strangers=STRANGERS)
def test_a_stranger_changes_no_profile(customers: Customers, strangers: list[dict[str, str | None]]) -> None:
    table = pd.DataFrame([{NAMES[name]: value for name, value in each.items()} for each in strangers], dtype="string")
    table.insert(0, "id", [f"z{number}" for number in range(len(table))])
    after = customers.with_(Source("strangers", table, key="id", region="ZW"))
    assert customers.clusters <= after
    assert {source for members in after - customers.clusters for source, _ in members} == {"strangers"}
