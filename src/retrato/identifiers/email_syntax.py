"""Whether an e-mail address is correct, as email-validator says: by its own patterns where that is certain.

Its patterns and limits are read from the installed library, for single addresses (`re`) and whole columns (RE2) alike.
A plain address is ASCII, unquoted, and has a domain of letters, digits and single hyphens; whatever else is left to
the library.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from retrato.identifiers.memory import remembered

if TYPE_CHECKING:
    from collections.abc import Callable

_END = r"\Z"


@dataclass(frozen=True, slots=True)
class PlainRules:
    """What email-validator asks of a plain address: patterns, and limits in characters.

    `local` and `domain` are patterns of the whole part, without anchors, that `re` and RE2 read alike.
    """

    local: str
    domain: str
    last_letter: str
    longest: int
    longest_domain: int
    longest_label: int
    reserved: tuple[str, ...]


@cache
def plain_rules() -> PlainRules:
    """The rules of the installed email-validator.

    >>> rules = plain_rules()
    >>> rules.longest, ".localhost" in rules.reserved
    (254, True)
    """
    import email_validator
    from email_validator import rfc_constants as rfc

    return PlainRules(
        local=rfc.DOT_ATOM_TEXT.pattern.removesuffix(_END),
        domain=rfc.DOT_ATOM_TEXT_HOSTNAME.pattern.removesuffix(_END),
        last_letter=rfc.DOMAIN_NAME_REGEX.pattern.removesuffix(_END),
        longest=rfc.EMAIL_MAX_LENGTH,
        longest_domain=rfc.DOMAIN_MAX_LENGTH,
        longest_label=rfc.DNS_LABEL_LENGTH_LIMIT,
        reserved=tuple(f".{name}" for name in email_validator.SPECIAL_USE_DOMAIN_NAMES),
    )


@cache
def _patterns() -> tuple[re.Pattern[str], re.Pattern[str], re.Pattern[str]]:
    rules = plain_rules()
    return re.compile(rules.local), re.compile(rules.domain), re.compile(rules.last_letter)


@remembered(1 << 16)
def is_plain_domain(domain: str) -> bool:
    """Whether a lower-case ASCII domain is certain to be correct; two hyphens (Punycode) are never certain.

    >>> is_plain_domain("empresa.es"), is_plain_domain("xn--caf-dma.es"), is_plain_domain("pc.local")
    (True, False, False)
    """
    rules, (_, whole, last) = plain_rules(), _patterns()
    return (
        "." in domain
        and "--" not in domain
        and len(domain) <= rules.longest_domain
        and whole.fullmatch(domain) is not None
        and last.fullmatch(domain[-1]) is not None
        and not f".{domain}".endswith(rules.reserved)
        and (len(domain) <= rules.longest_label or max(map(len, domain.split("."))) <= rules.longest_label)
    )


def canonical_address(address: str) -> str | None:
    """An address in its canonical form, in lower case; None when it is no correct one.

    Internationalised domains are given in Unicode, local parts are quoted only where they have to be.

    >>> canonical_address("Ana@XN--CAF-DMA.es"), canonical_address('"ana"@empresa.es'), canonical_address("ana@empresa")
    ('ana@café.es', 'ana@empresa.es', None)
    """
    local, _, domain = address.rpartition("@")
    if (
        address.isascii()
        and len(address) <= plain_rules().longest
        and _patterns()[0].fullmatch(local)
        and is_plain_domain(domain.lower())
    ):
        return address.lower()
    normalized = _ask()(address)
    return None if normalized is None else lowered(normalized)


@cache
def _ask() -> Callable[[str], str | None]:
    from email_validator import EmailNotValidError, validate_email

    def normalized(address: str) -> str | None:
        try:
            return validate_email(address, check_deliverability=False, allow_quoted_local=True).normalized
        except (EmailNotValidError, ValueError):
            return None

    return normalized


def lowered(address: str) -> str:
    """Lower case, composed (NFC)."""
    return address.lower() if address.isascii() else unicodedata.normalize("NFC", address.lower())
