"""The order of day and month that a whole column shows, and what is said about it."""

from __future__ import annotations

import pyarrow as pa
import pytest

from retrato.identifiers.attribute import Date
from retrato.identifiers.consent_flag import ConsentFlag
from retrato.identifiers.date import BirthDate
from retrato.identifiers.day_order import DayOrdered
from retrato.identifiers.moment import Moment
from retrato.identifiers.registry import configured

DAY, MONTH, EITHER = "13/04/1956", "04/13/1956", "04/09/1956"


def inferred(kind, *texts):
    return kind.inferred({"text": pa.chunked_array([list(texts)], pa.string())})


@pytest.mark.parametrize(
    ("texts", "day_first", "said"),
    [
        ([DAY] * 312 + [EITHER] * 688, True, "312 of 1,000 dates fit only day/month order; the others are read so"),
        ([MONTH, EITHER], False, "1 of 2 dates fit only month/day order; the others are read so"),
        ([MONTH, MONTH], False, "2 of 2 dates fit only month/day order"),
        (
            [DAY, MONTH, MONTH, EITHER],
            False,
            "2 of 4 dates fit only month/day order and 1 only day/month order; "
            "those that fit both are read as month/day",
        ),
        (
            [EITHER] * 3,
            True,
            "3 dates are ambiguous between day/month and month/day order; they are read as day/month",
        ),
    ],
)
def test_the_majority_of_the_dates_that_fit_one_order_decides(texts, day_first, said):
    kind, sentences = inferred(BirthDate(), *texts)
    assert kind == BirthDate(day_first=day_first)
    assert sentences == (f"birth_date: {said}",)


@pytest.mark.parametrize("texts", [[EITHER], [DAY, MONTH, EITHER]])
def test_where_nothing_decides_the_region_does(texts):
    assert inferred(BirthDate(region="US"), *texts)[0] == BirthDate(day_first=False)
    assert inferred(BirthDate(region="ES"), *texts)[0] == BirthDate(day_first=True)
    assert inferred(BirthDate(), *texts)[0] == BirthDate(day_first=True)


@pytest.mark.parametrize(
    "texts", [["1956-04-09"], ["19560409"], ["3 de mayo de 1980"], ["05/05/1980"], ["00/00/0000"], []]
)
def test_dates_that_have_no_order_say_nothing(texts):
    assert inferred(BirthDate(region="US"), *texts) == (BirthDate(day_first=False), ())


def test_an_order_that_is_given_is_kept():
    assert inferred(BirthDate(day_first=True), MONTH) == (BirthDate(day_first=True), ())
    assert BirthDate(day_first=True, region="US") == BirthDate(day_first=True)


@pytest.mark.parametrize(
    ("kind", "name"),
    [(Date("wedding"), "wedding"), (Moment(), "moment"), (ConsentFlag(namespace="sms"), "consent.sms")],
)
def test_every_type_of_dates_infers(kind, name):
    found, (sentence,) = inferred(kind, "4/13/24 10:22", "4/9/24 10:22", None)
    assert sentence == f"{name}: 1 of 2 dates fit only month/day order; the others are read so"
    assert found.parse("4/9/24").value is not None
    assert not found.reads_day_first


def test_the_region_of_a_source_reaches_the_dates():
    dates = {each.kind: each for each in configured(region="US") if isinstance(each, DayOrdered)}
    assert set(dates) == {"birth_date", "date", "moment", "consent"}
    assert dates["birth_date"].parse("04/09/1956").value == "1956-04-09"
