"""What user names tell of names, as the plain description says it."""

import pytest

from retrato.identifiers.email import Email
from retrato.identifiers.name import PersonName
from retrato.matching.accounts import ACCOUNT_FEATURES
from retrato.matching.blocking import BlockingRule, default_rules
from retrato.matching.comparisons import MISSING, comparisons_for
from retrato.matching.similarity import Keys

FEATURES = (*ACCOUNT_FEATURES, *PersonName().features, *Email().features)
COMPARISONS = {each.feature: each for each in comparisons_for(FEATURES)}


def level(feature, left, right):
    """The name of the level of two records, each way."""
    comparison = COMPARISONS[feature]
    one, other = (comparison.level(Keys(a), Keys(b), {}) for a, b in ((left, right), (right, left)))
    assert one == other
    return "missing" if one == MISSING else comparison.level_names[one]


EMILIO = {"given_name": "emilio", "given_letters": "emilio", "given_root": "emilio"}
GONZALEZ = {"family_name": "gonzalez", "family_letters": "gonzalez"}


@pytest.mark.parametrize(
    ("accounts", "given", "family"),
    [
        ("|emiliogonzalez|", "equal, held by 2", "equal, held by 2"),
        ("|egonzaleztea|", "begins with the initial", "equal, held by 2"),
        ("|blue|gonzemi|", "its first three letters in it", "its first four letters in it"),
        ("|campeon|", "different", "different"),
    ],
)
def test_a_name_is_looked_for_where_the_other_side_has_none(accounts, given, family):
    known, nameless = {**EMILIO, **GONZALEZ}, {"accounts": accounts}
    assert level("given_name_in_account", known, nameless) == given
    assert level("family_name_in_account", known, nameless) == family
    assert level("given_name_in_account", known, {**nameless, **EMILIO}) == "missing"  # names are compared as names
    assert level("family_name_in_account", known, {**nameless, **EMILIO}) == family


def test_user_names_are_compared_where_nothing_better_is():
    mail, handle = {"account_names": ("domingomendez",)}, {"account_names": ("domingomendezz",)}
    assert level("user_name", mail, handle) == "one edit"
    assert level("user_name", {**mail, **GONZALEZ}, {**handle, **GONZALEZ}) == "missing"
    assert level("user_name", {**mail, "email": ("a@a.es",)}, {**handle, "email": ("b@b.es",)}) == "missing"


def test_one_local_part_at_two_providers_is_silent_if_it_is_made_of_the_name():
    mine = {"email": ("ana.ruiz@a.es",), "email_local": ("ana.ruiz",), "account_names": ("anaruiz",)}
    yours = {"email": ("ana.ruiz@b.es",), "email_local": ("ana.ruiz",), "account_names": ("anaruiz",)}
    assert level("email", mine, yours) == "same local part"
    assert level("email", mine, {**yours, "own_user_names": ("anaruiz",)}) == "missing"
    assert level("email", mine, {**mine, "own_user_names": ("anaruiz",)}) == "equal, one person"


def test_user_names_that_differ_in_the_number_alone_tell_nothing():
    mine, yours = ({"account_names": ("anaruiz",), "numbered_names": (f"anaruiz{number}",)} for number in (84, 85))
    assert level("numbered_user_name", mine, yours) == "missing"
    assert level("numbered_user_name", mine, mine) == "equal, held by 2"
    mistyped = {"account_names": ("anarruiz",), "numbered_names": ("anarruiz84",)}
    assert level("numbered_user_name", mine, mistyped) == "one edit"


def test_two_addresses_that_are_each_made_of_the_name_are_as_close_as_the_names():
    mine = {"email": ("anaruiz@a.es",), "email_local": ("anaruiz",), "account_names": ("anaruiz",)}
    yours = {"email": ("aruiz@a.es",), "email_local": ("aruiz",), "account_names": ("aruiz",)}
    assert level("email", mine, yours) == "two edits"
    mine["own_user_names"], yours["own_user_names"] = ("anaruiz",), ("aruiz",)
    assert level("email", mine, yours) == "each made of the name"


def test_a_surname_that_is_the_given_name_over_there_is_not_looked_for():
    rare = {"given_name": "luis", "given_letters": "luis", "family_name": "martina", "family_letters": "martina"}
    martina = {"given_name": "martina", "given_letters": "martina", "accounts": "|martina|"}
    assert level("family_name_in_account", rare, martina) == "missing"
    assert level("given_name", rare, martina) == "given and family name swapped"
    assert level("family_name_in_account", rare, {**martina, "given_letters": "ana"}) == "equal, held by 2"


def test_blocking_by_user_names_conditions_on_all_that_they_are_made_of():
    assert BlockingRule(("account_forms",)) in {BlockingRule(each.keys) for each in default_rules(FEATURES, ())}
    masked = BlockingRule(("account_forms",)).masks(FEATURES)
    assert {"user_name", "given_name", "family_name", "family_name_in_account", "email"} <= masked
