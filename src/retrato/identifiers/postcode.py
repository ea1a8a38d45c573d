"""Postal codes: one form for each, whatever the spacing, the sheet's lost zeros or the ZIP+4 tail."""

from __future__ import annotations

import re
from functools import lru_cache

from retrato.identifiers.folding import squeeze
from retrato.identifiers.placeholders import ABSENT, is_null, is_repeated

#: Countries with five-digit codes that can begin with 0 and so lose it in a spreadsheet.
_FIVE_DIGITS = frozenset({"ES", "US", "MX", "DE", "FR", "IT", "PR", "CR"})
_DECIMAL = re.compile(r"\.0+$")
_COUNTRY_PREFIX = re.compile(r"^(?:[a-z]{1,2}-)?(?=\d{4,5}$)", re.IGNORECASE)
_SHAPES = re.compile(
    r"\d{4,6}|\d{8}|[a-z]{1,2}\d[a-z\d]?\d[a-z]{2}|[a-z]\d[a-z]\d[a-z]\d|[a-z]\d{4}[a-z]{3}|\d{4}[a-z]{2}"
)


@lru_cache(maxsize=1 << 16)
def postcode_key(text: str | None, country: str | None = None) -> str | None:
    """The matching key of a postal code, or None when there is none. `country` is an ISO 3166-1 alpha-2 code.

    >>> postcode_key("SW1A 1AA"), postcode_key("94105-1234", "US"), postcode_key("8013", "ES"), postcode_key("28013.0")
    ('sw1a1aa', '94105', '08013', '28013')
    """
    if text is None or is_null(text):
        return None
    written = _COUNTRY_PREFIX.sub("", _DECIMAL.sub("", text.strip()))
    head, _, tail = written.partition("-")
    if head.isdigit() and len(head) == 5 and len(tail) == 4 and tail.isdigit():
        written = head
    key = squeeze(written)
    if not key or key in ABSENT or (key.isdigit() and len(key) > 3 and len(set(key)) == 1 and key[0] in "0"):
        return None
    if country in _FIVE_DIGITS and key.isdigit():
        if len(key) == 4:
            return "0" + key
        if country == "US" and len(key) == 9 and not is_repeated(key):
            return key[:5]
    return key


def looks_like_postcode(text: str) -> bool:
    """Whether a text has the shape of some country's postal code.

    >>> looks_like_postcode("28013"), looks_like_postcode("SW1A 1AA"), looks_like_postcode("Madrid")
    (True, True, False)
    """
    key = None if "." in text else postcode_key(text)
    return key is not None and len(key) <= (6 if key.isdigit() else 8) and _SHAPES.fullmatch(key) is not None
