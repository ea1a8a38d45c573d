"""Which domains of e-mail addresses are slips for those of the big mailbox providers."""

from __future__ import annotations

from functools import cache

from retrato.identifiers.country import country_code
from retrato.identifiers.memory import remembered
from retrato.identifiers.tables import lines, synonyms

#: Country endings that are written for `com` and `net` by mistake far more often than they are meant.
_SLIPPED_ENDINGS = frozenset({"cm", "co", "om", "ne"})


@remembered(1 << 16)
def corrected_domain(domain: str) -> str | None:
    """The domain of a big mailbox provider that a lower-case domain is a slip of, or None.

    A slip is a known one (table `email_domains`), a provider's name without an ending, or one edit (a letter too many,
    missing, wrong, or two neighbours swapped: Damerau 1964) that leaves the first letter. The provider's other domains
    and its name under a country's ending are no slips.

    >>> corrected_domain("gmial.com"), corrected_domain("hotmail.con"), corrected_domain("yahoo")
    ('gmail.com', 'hotmail.com', 'yahoo.com')
    >>> corrected_domain("gmail.com"), corrected_domain("yahoo.com.my"), corrected_domain("mail.com")
    (None, None, None)
    """
    listed = synonyms("email_domains").get(domain)
    if listed:
        return listed if listed != domain else None
    near = _providers().get(domain[:1])
    if not near or domain in near:
        return None
    name, _, ending = domain.partition(".")
    for right, provider in near.items():
        if name == provider and not ending:
            return right
        if _one_edit(domain, right):
            return None if name == provider and _is_national(ending) else right
    return None


@cache
def _providers() -> dict[str, dict[str, str]]:
    """Each domain of the big providers with the provider's name, by their first letter, the most common first."""
    found: dict[str, dict[str, str]] = {}
    for line in lines("email_providers"):
        name, _, endings = line.partition(": ")
        found.setdefault(name[0], {}).update({f"{name}.{ending}": name for ending in endings.split()})
    return found


def _is_national(ending: str) -> bool:
    last = ending.rpartition(".")[2]
    return len(last) == 2 and last not in _SLIPPED_ENDINGS and (last == "eu" or country_code(last) is not None)


def _one_edit(text: str, right: str) -> bool:
    """Whether two different texts are one edit apart, a swap of two neighbours counted as one."""
    if not -2 < len(text) - len(right) < 2:
        return False
    start, shorter = 0, min(len(text), len(right))
    while start < shorter and text[start] == right[start]:
        start += 1
    end = 0
    while end < shorter - start and text[-1 - end] == right[-1 - end]:
        end += 1
    middle, middle_right = text[start : len(text) - end], right[start : len(right) - end]
    return max(len(middle), len(middle_right)) == 1 or (len(middle) == 2 and middle == middle_right[::-1])
