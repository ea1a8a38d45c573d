"""Postal codes: one form for each, whatever the spacing, the sheet's lost zeros or the ZIP+4 tail."""

from __future__ import annotations

import re
from functools import cache
from typing import NamedTuple

from retrato.identifiers.folding import squeeze
from retrato.identifiers.memory import remembered
from retrato.identifiers.placeholders import ABSENT, is_null, is_repeated
from retrato.identifiers.tables import lines

_DECIMAL = re.compile(r"\.0+$")
_BRITISH = re.compile(r"[A-Z]{1,2}[0-9][A-Z0-9]? ?[0-9][A-Z]{2}")
_PLUS_FOUR = re.compile(r"\d{5}-\d{4}", re.ASCII)
_COUNTRY_PREFIX = re.compile(r"^(?:[a-z]{1,2}-)?(?=\d{4,5}$)", re.IGNORECASE)
_SHAPES = re.compile(
    r"\d{4,6}|\d{8}|[a-z]{1,2}\d[a-z\d]?\d[a-z]{2}|[a-z]\d[a-z]\d[a-z]\d|[a-z]\d{4}[a-z]{3}|\d{4}[a-z]{2}"
)
#: The highest number of a Spanish province, the first two digits of its codes (52 is Melilla).
_SPANISH_PROVINCES = 52


class Form(NamedTuple):
    """One way in which the codes of a country are written."""

    pattern: re.Pattern[str]
    mark: str
    head: int
    can_lose_zero: bool

    def of(self, key: str) -> str:
        """A key as the country writes it: in capitals, with a mark behind its head."""
        return f"{key[: self.head]}{self.mark}{key[self.head :]}".upper()


class PostcodeReading(NamedTuple):
    """A postal code as read: its matching key, its country's way to write it, whether it can be one of that country.

    `valid` is None where the country is not known.
    """

    key: str
    written: str
    valid: bool | None


@cache
def _forms() -> dict[str, tuple[Form, ...]]:
    table = {}
    for line in lines("postcodes"):
        country, _, forms = line.partition(": ")
        table[country] = tuple(_form(form.strip()) for form in forms.split(","))
    return table


def _form(written: str) -> Form:
    head, mark, tail = written.partition(" " if " " in written else "-")
    pattern = "".join("[a-z]" if each == "A" else "[0-9]" for each in head + tail)
    return Form(re.compile(pattern), mark, len(head), head[0] == "0")


@remembered(1 << 16)
def read_postcode(text: str | None, country: str | None = None) -> PostcodeReading | None:
    """Read a postal code; `country` is an ISO 3166-1 alpha-2 code. None when there is none.

    >>> read_postcode("sw1a1aa", "GB")
    PostcodeReading(key='sw1a1aa', written='SW1A 1AA', valid=True)
    >>> read_postcode("8013.0", "ES"), read_postcode("99001", "ES").valid
    (PostcodeReading(key='08013', written='08013', valid=True), False)
    """
    full = _key(text)
    if full is None or text is None:
        return None
    forms = _forms().get(country or "", ())
    for padded in (full, "0" + full):
        for form in forms:
            if form.pattern.fullmatch(padded) and (padded is full or form.can_lose_zero):
                return PostcodeReading(_short(padded, country), form.of(padded), _in_country(padded, country))
    key = full[:5] if _PLUS_FOUR.fullmatch(text.strip()) else full
    return PostcodeReading(key, " ".join(text.split()), False if forms else None)


def postcode_key(text: str | None, country: str | None = None) -> str | None:
    """The matching key of a postal code, or None when there is none. `country` is an ISO 3166-1 alpha-2 code.

    >>> postcode_key("SW1A 1AA"), postcode_key("94105-1234", "US"), postcode_key("8013", "ES"), postcode_key("28013.0")
    ('sw1a1aa', '94105', '08013', '28013')
    """
    found = read_postcode(text, country)
    return found.key if found else None


def _key(text: str | None) -> str | None:
    if text is not None and text.isascii() and text.isdigit():
        return text if text.strip("0") or len(text) < 4 else None
    if text is not None and _BRITISH.fullmatch(text):
        return text.replace(" ", "").lower()
    if text is None or is_null(text):
        return None
    written = _COUNTRY_PREFIX.sub("", _DECIMAL.sub("", text.strip()))
    key = squeeze(written)
    for prefix in ("cp", "codigopostal"):
        if key.startswith(prefix) and key[len(prefix) :].isdigit():
            key = key[len(prefix) :]
    if not key or key in ABSENT or (key.isdigit() and len(key) > 3 and len(set(key)) == 1 and key[0] in "0"):
        return None
    return key


def _short(key: str, country: str | None) -> str:
    """The code without what only tells the side of the street (ZIP+4)."""
    return key[:5] if country in {"US", "PR"} and len(key) == 9 and not is_repeated(key) else key


def _in_country(key: str, country: str | None) -> bool:
    return country != "ES" or 1 <= int(key[:2]) <= _SPANISH_PROVINCES


def looks_like_postcode(text: str) -> bool:
    """Whether a text has the shape of some country's postal code.

    >>> looks_like_postcode("28013"), looks_like_postcode("SW1A 1AA"), looks_like_postcode("Madrid")
    (True, True, False)
    """
    key = None if "." in text else postcode_key(text)
    return key is not None and len(key) <= (6 if key.isdigit() else 8) and _SHAPES.fullmatch(key) is not None
