"""What user names tell of people's names: `pgarcia84@example.com` and `@pedro.garcia` are made of them.

A record that knows only an e-mail address or a handle has no name to compare, but its user name often is one. So where
one side has no given name or no surname, that of the other side is looked for in its user names; and where neither
e-mails nor handles can be compared, the user names themselves are. These features are not of any identifier type: they
are derived from the keys of names, e-mail addresses and handles (`engines/compile/accounts.py`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from retrato.identifiers.base import Feature, Scope

if TYPE_CHECKING:
    from collections.abc import Mapping, Set

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
