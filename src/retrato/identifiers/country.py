"""Country names and codes, English and Spanish, to ISO 3166-1 alpha-2."""

from __future__ import annotations

from functools import cache

from retrato.identifiers.folding import fold
from retrato.identifiers.memory import remembered
from retrato.identifiers.tables import lines


@cache
def _table() -> dict[str, str]:
    table: dict[str, str] = {}
    for line in lines("countries"):
        code, alpha3, names = line.split(" ", 2)
        table[code.lower()] = code
        table[alpha3] = code
        for name in names.split("|"):
            table[name] = code
    return table


@remembered(1 << 12)
def country_code(text: str | None) -> str | None:
    """The ISO 3166-1 alpha-2 code of a country written as a name or a code, or None.

    >>> country_code("España"), country_code("UK"), country_code("mex"), country_code("Atlantis")
    ('ES', 'GB', 'MX', None)
    """
    if not text:
        return None
    return _table().get(fold(text))
