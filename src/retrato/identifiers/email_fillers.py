"""E-mail addresses under which nobody can be reached: what people type to get past a form."""

from __future__ import annotations

import re

from retrato.identifiers.placeholders import is_repeated
from retrato.identifiers.tables import listed

_ANYWHERE = frozenset(listed("placeholders", "email local anywhere"))
#: Local parts that can be fillers: some at any domain, the others where the domain says nothing either.
FILLER_LOCALS = _ANYWHERE | frozenset(listed("placeholders", "email local"))
_FILLER_DOMAINS = frozenset(listed("placeholders", "email domain"))
_FILLER_NAMES = frozenset(listed("placeholders", "email domain name"))
#: Domains that somebody uses: there the local part has to say nothing as well.
_USED_DOMAINS = frozenset(listed("placeholders", "email domain in use"))
#: Local parts of one letter four times and more, or digits only, of which some runs say nothing; for `re` and RE2.
MONOTONOUS = "[0-9]{5,}|" + "|".join(f"{letter}{{4,}}" for letter in "abcdefghijklmnopqrstuvwxyz")
_MONOTONOUS = re.compile(MONOTONOUS)


def is_filler(local: str, domain: str) -> bool:
    """Whether nobody can be reached there.

    >>> is_filler("test", "test.com"), is_filler("noemail", "gmail.com"), is_filler("asd", "asd.es")
    (True, True, True)
    >>> is_filler("ana", "ana.es"), is_filler("ana", "noemail.com")
    (False, True)
    """
    if local in FILLER_LOCALS and (domain in _USED_DOMAINS or local == domain.partition(".")[0]):
        return True
    if local in _ANYWHERE or is_filler_domain(domain):
        return True
    head = domain.partition(".")[0]
    if len(set(local)) == 1 and local.isalnum() and (local == head or (len(local) == 1 == len(head))):
        return True
    return _MONOTONOUS.fullmatch(local) is not None and (not local.isdigit() or is_repeated(local))


def is_filler_domain(domain: str) -> bool:
    """Whether nobody can be reached at a domain, whoever it is.

    >>> is_filler_domain("sincorreo.es"), is_filler_domain("test.com")
    (True, False)
    """
    return domain in _FILLER_DOMAINS or domain.partition(".")[0] in _FILLER_NAMES
