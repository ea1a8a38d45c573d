"""Which way round the full names of a column stand."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from retrato.identifiers.name_split import SURE_ORDER, decide, signature
from retrato.identifiers.name_text import cleaned, dressing, is_absent_name, is_organisation
from retrato.identifiers.name_words import units

#: Of more distinct names, so many are looked at, evenly over their alphabetical order.
_SAMPLE = 5_000


def told_order(names: pa.ChunkedArray) -> tuple[int, int]:
    """How many full names stand surname first, and how many tell their order at all; those with a comma do not count.

    >>> told_order(pa.chunked_array([["RUIZ GIL ANA", "GIL SANZ JOSE LUIS", "Pedro Ruiz", "Gil, Ana"]]))
    (2, 3)
    """
    plain = names.filter(pc.invert(pc.match_substring_regex(names, r"[,&+/@\d]")))
    distinct = sorted(each for each in pc.unique(plain).to_pylist() if each)
    chosen = distinct[:: max(1, len(distinct) // _SAMPLE)]
    orders = [_order(text) for text in chosen]
    return sum(order < 0 for order in orders), sum(order != 0 for order in orders)


def _order(text: str) -> int:
    """Below 0 for a name that surely stands surname first, above 0 for one that does not, 0 where it does not tell."""
    if len(text) > 100 or is_absent_name(text):
        return 0
    found = units(dressing(cleaned(text))[2])
    if len(found) < 2 or is_organisation(text, found):
        return 0
    order = decide(signature(found), False).order
    return (order > SURE_ORDER) - (order < -SURE_ORDER)
