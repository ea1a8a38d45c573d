"""Values that the user names: which are meant, and what becomes of them."""

from __future__ import annotations

import pytest

from retrato import ValueSet
from retrato.identifiers.attribute import Category
from retrato.identifiers.base import Status
from retrato.identifiers.email import Email
from retrato.identifiers.handle import Handle
from retrato.identifiers.phone import Phone
from retrato.identifiers.value_sets import BLOCKED, NEVER_LINKS, set_apart

MAILS = ["Ana.Ruiz+shop@gmail.com", "ana@mail.acme.es", "ana@acme.es", "ana@notacme.es", "n/a", None]


def keys(kind, texts, *sets: ValueSet) -> list[str | None]:
    """The main keys that are left."""
    table, _ = set_apart(kind, kind.parse_column(texts), sets, NEVER_LINKS)
    return table.column(kind.key_names()[0]).to_pylist()


def test_every_spelling_of_a_value_is_meant() -> None:
    assert keys(Email(), MAILS[:1], ValueSet("email", ("anaruiz@googlemail.com",))) == [None]
    assert keys(Phone(region="ES"), ["600 111 222"], ValueSet("phone", ("+34600111222",))) == [None]
    assert keys(Phone(region="ES"), ["+34 600 111 222"], ValueSet("phone", ("600.11.12.22",))) == [None]


def test_a_domain_stands_for_its_subdomains_alone() -> None:
    left = keys(Email(), MAILS, ValueSet("email", domains=("ACME.es",)))
    assert left == ["anaruiz@gmail.com", None, None, "ana@notacme.es", None]


def test_several_sets_count_together_and_others_are_left_alone() -> None:
    sets = (ValueSet("email", ("ana@acme.es",)), ValueSet("email", ("ana@notacme.es",)), ValueSet("phone", ("x",)))
    assert keys(Email(), MAILS[2:4], *sets) == [None, None]
    assert keys(Email(), MAILS[2:4], sets[2]) == ["ana@acme.es", "ana@notacme.es"]


def test_a_namespace_and_a_plain_attribute() -> None:
    handles = ["instagram.com/ana_ruiz", "twitter.com/ana_ruiz"]
    assert [bool(each) for each in keys(Handle(), handles, ValueSet("handle.instagram", ("ana_ruiz",)))] == [
        False,
        True,
    ]
    assert keys(Category("segment"), ["Gold", "tin"], ValueSet("category.segment", ("GOLD",))) == [None, "tin"]
    assert keys(Category("other"), ["Gold"], ValueSet("category.segment", ("gold",))) == ["gold"]


@pytest.mark.parametrize(("status", "expected"), [(Status.PLACEHOLDER, "placeholder"), (None, "valid")])
def test_the_value_stays_with_an_issue_more(status: Status | None, expected: str) -> None:
    sets = [ValueSet("email", ("info@acme.es",))]
    table, number = set_apart(Email(), Email().parse_column(["info@acme.es"]), sets, BLOCKED, status)
    row = table.to_pylist()[0]
    assert (number, row["value"], row["status"], row["issues"]) == (1, "info@acme.es", expected, "role blocked")
