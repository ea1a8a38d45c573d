"""Mistyped domains of mailbox providers are recognised, real neighbours are not."""

from __future__ import annotations

import pytest

from retrato.identifiers.email_domain import corrected_domain
from retrato.identifiers.tables import lines, synonyms, words

PROVIDERS = [
    f"{line.partition(': ')[0]}.{ending}" for line in lines("email_providers") for ending in line.split(": ")[1].split()
]


@pytest.mark.parametrize(
    ("slip", "right"),
    [
        ("gmial.com", "gmail.com"),
        ("gmail.cmo", "gmail.com"),
        ("gmailcom", "gmail.com"),
        ("gmail", "gmail.com"),
        ("hotmail.e", "hotmail.es"),
        ("hotmial.co.uk", "hotmail.co.uk"),
        ("yahoo.com.m", "yahoo.com.mx"),
        ("outlook.om", "outlook.com"),
        ("wanado.es", "wanadoo.es"),
        ("live.con", "live.com"),
    ],
)
def test_a_slip_is_set_right(slip: str, right: str) -> None:
    assert corrected_domain(slip) == right


@pytest.mark.parametrize(
    "domain",
    [
        "mail.com",
        "email.com",
        "ymail.com",
        "gmx.es",
        "cloud.com",
        "yahoo.com.br",
        "hotmail.ec",
        "hotmail.eu",
        "y7mail.com",
    ],
)
def test_a_domain_of_its_own_is_left_alone(domain: str) -> None:
    assert corrected_domain(domain) is None


def test_no_provider_is_a_slip_of_another_one() -> None:
    assert [domain for domain in PROVIDERS if corrected_domain(domain)] == []
    assert not words("email_disposable") & set(synonyms("email_domains"))


def test_listed_slips_are_those_that_the_rule_does_not_find(monkeypatch: pytest.MonkeyPatch) -> None:
    listed = synonyms("email_domains")
    monkeypatch.setattr("retrato.identifiers.email_domain.synonyms", lambda _: {})
    found = {slip for slip, right in listed.items() if slip != right and corrected_domain.__wrapped__(slip) == right}
    assert found == set()
