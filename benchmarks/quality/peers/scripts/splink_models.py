"""Models for Splink: those of its own examples for the public sets, and one for customers as its tutorial says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import splink.comparison_library as cl
from splink import block_on

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

DERIVED = "given_name || ' ' || family_name AS given_and_family"
SWAPPED = "l.given_name = r.family_name AND l.family_name = r.given_name"


@dataclass(frozen=True)
class Model:
    """Comparisons, blocking rules and training of one model; `link` when records of one source are never compared."""

    comparisons: Callable[[Sequence[str]], list[Any]]
    blocking: list[Any]
    certain: list[Any]  # rules that hold for matches only, and the share of all matches that they find
    recall: float
    training: list[Any]
    random_pairs: float
    link: bool = False
    without_frequencies: bool = False
    derived: str = DERIVED


def _of_fake(_: Sequence[str]) -> list[Any]:
    return [
        cl.NameComparison("given_name"),
        cl.NameComparison("family_name"),
        cl.LevenshteinAtThresholds("birth_date", 1),
        cl.ExactMatch("city").configure(term_frequency_adjustments=True),
        cl.EmailComparison("email"),
    ]


def _of_history(_: Sequence[str]) -> list[Any]:
    return [
        cl.ForenameSurnameComparison("given_name", "family_name", forename_surname_concat_col_name="given_and_family"),
        cl.DateOfBirthComparison("birth_date", input_is_string=True),
        cl.PostcodeComparison("postcode"),
        cl.ExactMatch("birth_place").configure(term_frequency_adjustments=True),
        cl.ExactMatch("occupation").configure(term_frequency_adjustments=True),
    ]


def _of_febrl3(_: Sequence[str]) -> list[Any]:
    return [
        cl.NameComparison("given_name"),
        cl.NameComparison("family_name"),
        cl.DateOfBirthComparison("birth_date", input_is_string=True),
        cl.DamerauLevenshteinAtThresholds("national_id", [2]),
        cl.ExactMatch("number").configure(term_frequency_adjustments=True),
        cl.ExactMatch("postcode").configure(term_frequency_adjustments=True),
    ]


def _of_febrl4(_: Sequence[str]) -> list[Any]:
    return [
        cl.NameComparison("given_name").configure(term_frequency_adjustments=True),
        cl.NameComparison("family_name").configure(term_frequency_adjustments=True),
        cl.DateOfBirthComparison("birth_date", input_is_string=True),
        cl.DamerauLevenshteinAtThresholds("national_id", [1, 2]),
        cl.ExactMatch("number").configure(term_frequency_adjustments=True),
        cl.DamerauLevenshteinAtThresholds("postcode", [1, 2]).configure(term_frequency_adjustments=True),
    ]


def _of_customers(present: Sequence[str]) -> list[Any]:
    """Places are compared by postcode and city only: the rest of an address is strongly correlated with them."""
    exact = ("phone", "account_id", "device_id", "handle", "postcode", "city", "sex")
    return [
        cl.NameComparison("given_name").configure(term_frequency_adjustments=True),
        cl.NameComparison("family_name").configure(term_frequency_adjustments=True),
        cl.JaroWinklerAtThresholds("second_family_name", [0.9]).configure(term_frequency_adjustments=True),
        cl.DateOfBirthComparison("birth_date", input_is_string=True),
        cl.EmailComparison("email").configure(term_frequency_adjustments=True),
        cl.DamerauLevenshteinAtThresholds("national_id", [1]),
        cl.JaroWinklerAtThresholds("street", [0.9]).configure(term_frequency_adjustments=True),
        *(cl.ExactMatch(name).configure(term_frequency_adjustments=name != "sex") for name in exact if name in present),
    ]


MODELS = {
    "fake_1000": Model(
        _of_fake,
        blocking=[block_on(name) for name in ("given_name", "family_name", "birth_date", "email")],
        certain=[
            block_on("given_name", "birth_date"),
            "l.given_name = r.given_name AND levenshtein(r.family_name, l.family_name) <= 2",
            block_on("email"),
        ],
        recall=0.7,
        training=[block_on("given_name", "family_name"), block_on("birth_date")],
        random_pairs=2e6,
    ),
    "historical_50k": Model(
        _of_history,
        blocking=[
            block_on("substr(given_name,1,3)", "substr(family_name,1,4)"),
            block_on("family_name", "birth_date"),
            block_on("given_name", "birth_date"),
            block_on("postcode", "given_name"),
            block_on("postcode", "family_name"),
            block_on("birth_date", "birth_place"),
            block_on("substr(postcode,1,3)", "birth_date"),
            block_on("substr(postcode,1,3)", "given_name"),
            block_on("substr(postcode,1,3)", "family_name"),
            block_on("substr(given_name,1,2)", "substr(family_name,1,2)", "substr(birth_date,1,4)"),
        ],
        certain=[
            block_on("given_name", "family_name", "birth_date"),
            block_on("substr(given_name,1,2)", "family_name", "substr(postcode,1,2)"),
            block_on("birth_date", "postcode"),
        ],
        recall=0.6,
        training=[block_on("given_name", "family_name"), block_on("birth_date")],
        random_pairs=1e7,
        without_frequencies=True,
    ),
    "febrl3": Model(
        _of_febrl3,
        blocking=[block_on(name) for name in ("national_id", "given_name", "family_name", "birth_date", "postcode")],
        certain=[
            block_on("national_id"),
            block_on("given_name", "family_name", "birth_date"),
            f"{SWAPPED} AND l.birth_date = r.birth_date",
        ],
        recall=0.9,
        training=[block_on("birth_date"), block_on("postcode")],
        random_pairs=1e6,
    ),
    "febrl4": Model(
        _of_febrl4,
        blocking=[
            block_on("given_name", "family_name"),
            SWAPPED,
            block_on("birth_date"),
            block_on("national_id"),
            block_on("region", "street"),
            block_on("number", "street"),
            block_on("postcode"),
        ],
        certain=[block_on("national_id"), block_on("given_name", "family_name", "birth_date")],
        recall=0.8,
        training=[block_on("birth_date"), block_on("postcode")],
        random_pairs=1e6,
        link=True,
        without_frequencies=True,
    ),
    "omnichannel": Model(
        _of_customers,
        blocking=[
            *(block_on(name) for name in ("email", "phone", "national_id", "account_id", "device_id", "handle")),
            "l.phone = r.phone_2",
            "l.phone_2 = r.phone",
            block_on("given_name", "family_name", "postcode"),
            block_on("given_name", "family_name", "city"),
            block_on("given_name", "family_name", "second_family_name"),
            block_on("given_name", "birth_date"),
            block_on("family_name", "birth_date"),
            block_on("family_name", "street", "postcode"),
            block_on("given_name", "street", "postcode"),
            f"{SWAPPED} AND l.postcode = r.postcode",
            block_on("split_part(email,'@',1)", "given_name"),
        ],
        certain=[
            block_on("national_id"),
            block_on("account_id"),
            block_on("email", "given_name"),
            block_on("phone", "given_name"),
            block_on("given_name", "family_name", "birth_date"),
        ],
        recall=0.6,
        training=[
            block_on("given_name", "family_name"),
            block_on("email"),
            block_on("phone"),
        ],
        random_pairs=1e7,
        without_frequencies=True,
    ),
}
