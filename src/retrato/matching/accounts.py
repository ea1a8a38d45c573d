"""What user names tell of people's names: `pgarcia84@example.com` and `@pedro.garcia` are made of them.

A record that knows only an e-mail address or a handle has no name to compare, but its user name often is one. So where
one side has no given name or no surname, that of the other side is looked for in its user names; and where neither
e-mails nor handles can be compared, the user names themselves are. These features are not of any identifier type: they
are derived from the keys of names, e-mail addresses and handles: of one record by `account_keys`, of a whole table by
`engines/compile/accounts.py`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from retrato.identifiers.base import Feature, Scope
from retrato.matching.similarity import texts

if TYPE_CHECKING:
    from collections.abc import Mapping, Set

    from retrato.matching.similarity import KeyValue

#: The kind under which a run keeps these features.
ACCOUNT = "account"
#: `account_names` are the letters of local parts and handles, `accounts` the same as one text with a bar around each;
#: `given_letters` is the first given name and `family_letters` the first surname in letters alone; `account_forms` the
#: user names that a record has, or that its name may have become; `own_user_names` are those of its user names that are
#: such a form, or that the surname stands in; `numbered_names` are user names with two digits or more, digits and all,
#: which namesakes do not share.
ACCOUNT_FEATURES = (
    Feature(
        "user_name", Scope.SHARED, "user_name", ("account_names", "account_forms", "own_user_names"), multivalued=True
    ),
    Feature("numbered_user_name", Scope.SHARED, "numbered_user_name", ("numbered_names",), multivalued=True),
    Feature("given_name_in_account", Scope.PERSON, "given_name_in_account", ("given_letters", "accounts")),
    Feature("family_name_in_account", Scope.SHARED, "family_name_in_account", ("family_letters",)),
)
#: The keys that derived keys are made of: who blocks by the one conditions on the others.
MADE_OF: Mapping[str, Set[str]] = {
    "account_forms": {
        *("account_names", "numbered_names", "given_letters", "family_letters"),
        *("given_name", "family_name", "second_family_name"),
        *("email", "handle"),
    },
    "name_starts": {"given_name", "family_name"},
}
#: User names of fewer letters say nothing.
FEWEST_LETTERS = 4
#: Forms of names with fewer letters are too common to block by.
FEWEST_IN_FORM = 6
#: A given name or surname of fewer letters is not looked for in user names; so many are its beginning (`name_starts`).
_FEWEST_OF_NAME = 3
#: The keys that hold user names.
_ACCOUNTS = ("email_local", "handle")
_SIGNS = re.compile("[^a-z0-9]+")
_NO_LETTERS = re.compile("[^a-z]+")
#: Four letters in a row and later two digits; the group is atomic, so that no long text takes long.
_NUMBERED = re.compile("(?>.*?[a-z]{4}).*[0-9]{2}")


def account_keys(keys: Mapping[str, KeyValue]) -> dict[str, KeyValue]:
    """The derived keys of one record, by its keys; those without a value are left out.

    Read are `email_local` and `handle`, which are lists, and `given_name`, `family_name`, `second_family_name` and
    `given_root`, a text each. `name_starts` is for blocking: how given name and surname begin, in whichever order they
    stand.

    >>> found = account_keys({"email_local": ("pgarcia84",), "given_name": "pedro", "family_name": "garcia"})
    >>> found["accounts"], found["own_user_names"], found["numbered_names"], found["name_starts"]
    ('|pgarcia|', ('pgarcia',), ('pgarcia84',), 'gar ped')
    >>> account_keys({"given_name": "pedro", "handle": ("x:17841401",)})
    {'given_letters': 'pedro'}
    """
    written = [_SIGNS.sub("", each) for each in _user_names(keys)]
    names = sorted({name for each in written if len(name := _letters(each)) >= FEWEST_LETTERS})
    given, family = _letters(_first_word(keys.get("given_name"))), _letters(keys.get("family_name"))
    forms = _forms(keys, given, family)
    part = family if len(family) >= FEWEST_LETTERS else None
    found: dict[str, KeyValue] = {
        "account_names": tuple(names),
        "numbered_names": tuple(sorted({each for each in written if _NUMBERED.match(each)})),
        "own_user_names": tuple(name for name in names if name in forms or (part and part in name)),
        "accounts": f"|{'|'.join(names)}|" if names else None,
        "given_letters": given if len(given) >= _FEWEST_OF_NAME else None,
        "family_letters": family if len(family) >= _FEWEST_OF_NAME else None,
        "account_forms": tuple(sorted(each for each in forms.union(names) if len(each) >= FEWEST_IN_FORM)),
        "name_starts": _starts(given, family),
    }
    return {key: value for key, value in found.items() if value}


def _user_names(keys: Mapping[str, KeyValue]) -> list[str]:
    """Local parts and handles, without what stands before a colon."""
    return [each.partition(":")[2] if ":" in each else each for key in _ACCOUNTS for each in texts(keys.get(key))]


def _first_word(value: KeyValue) -> str | None:
    return value.split(" ", 1)[0] if isinstance(value, str) else None


def _letters(value: KeyValue) -> str:
    """The letters of a text: none where there is no text."""
    return _NO_LETTERS.sub("", value) if isinstance(value, str) else ""


def _forms(keys: Mapping[str, KeyValue], given: str, family: str) -> set[str]:
    """A name as people make user names of it; a second surname, or its first letters, may follow."""
    if not family:
        return set()
    forms = set()
    if every := _letters(keys.get("given_name")):
        forms.add(every + family)
    if given:
        second, initial = _letters(keys.get("second_family_name")), given[0]
        forms |= {given + family, initial + family, family + given, family + initial}
        forms |= {given + family + second, initial + family + second[:3]}
    root = keys.get("given_root")
    if isinstance(root, str):
        forms.add(root + family)
    return forms


def _starts(given: str, family: str) -> str | None:
    if min(len(given), len(family)) < _FEWEST_OF_NAME:
        return None
    return " ".join(sorted((given[:_FEWEST_OF_NAME], family[:_FEWEST_OF_NAME])))
