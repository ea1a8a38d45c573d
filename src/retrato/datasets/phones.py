"""Telephone numbers: drawn in the ranges that each country assigns, and written in its many ways.

A number is its national significant digits as a whole number (600112233); an Argentine mobile is kept without its 9.
Ranges follow the national numbering plans as the metadata of `phonenumbers` has them. Numbers are drawn at random and
are nobody's on purpose.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from retrato.datasets.formats import Flags, Ints, Strings, blank, strings, weighted
from retrato.datasets.places import CODES

if TYPE_CHECKING:
    from collections.abc import Sequence

#: First digits of mobile numbers; where mobiles carry the area code of the city (MX, AR, US), nothing.
MOBILE_PREFIXES = {
    "ES": "61 62 63 64 65 66 67 68 69 60 71 72",
    "CL": "95 96 98 99 93 94",
    "CO": "300 301 302 304 305 310 311 312 313 314 315 316 317 318 319 320 321 322 350",
    "GB": "740 741 742 743 746 747 753 754 771 772 773 774 775 776 784 785 786 789 790 794 795 796 797 798",
}
WIDTH = {"ES": 9, "MX": 10, "AR": 10, "CL": 9, "CO": 10, "GB": 10, "US": 10}

#: The ways to write a number, in the order of each line of PATTERNS.
NATIONAL, SPACED, DASHED, PLUS, PLUS_SPACED, ZEROS, BARE, FLOAT = range(8)

#: How a number is written, X for a digit: national, spaced, dashed, +, + spaced, 00, and the bare form of WhatsApp ids.
PATTERNS = {
    "ES mobile": "XXXXXXXXX|XXX XX XX XX|XXX-XXX-XXX|+34XXXXXXXXX|+34 XXX XXX XXX|0034XXXXXXXXX|34XXXXXXXXX",
    "ES fixed": "XXXXXXXXX|XX XXX XX XX|XX-XXX-XX-XX|+34XXXXXXXXX|+34 XX XXX XX XX|0034XXXXXXXXX|34XXXXXXXXX",
    "MX mobile": "XXXXXXXXXX|XX XXXX XXXX|XX-XXXX-XXXX|+52XXXXXXXXXX|+52 1 XX XXXX XXXX|0052XXXXXXXXXX|521XXXXXXXXXX",
    "MX fixed": "XXXXXXXXXX|XX XXXX XXXX|XX-XXXX-XXXX|+52XXXXXXXXXX|+52 XX XXXX XXXX|0052XXXXXXXXXX|52XXXXXXXXXX",
    "AR mobile 11": "1115XXXXXXXX|11 15-XXXX-XXXX|011-15-XXXX-XXXX|"
        "+54911XXXXXXXX|+54 9 11 XXXX-XXXX|0054911XXXXXXXX|54911XXXXXXXX",
    "AR mobile": "XXX15XXXXXXX|XXX 15-XXX-XXXX|0XXX-15-XXX-XXXX|"
        "+549XXXXXXXXXX|+54 9 XXX XXX-XXXX|00549XXXXXXXXXX|549XXXXXXXXXX",
    "AR fixed": "XXXXXXXXXX|0XX XXXX-XXXX|0XX-XXXX-XXXX|+54XXXXXXXXXX|+54 XX XXXX-XXXX|0054XXXXXXXXXX|54XXXXXXXXXX",
    "CL mobile": "XXXXXXXXX|X XXXX XXXX|X-XXXX-XXXX|+56XXXXXXXXX|+56 X XXXX XXXX|0056XXXXXXXXX|56XXXXXXXXX",
    "CL fixed": "XXXXXXXXX|XX XXX XXXX|XX-XXX-XXXX|+56XXXXXXXXX|+56 XX XXX XXXX|0056XXXXXXXXX|56XXXXXXXXX",
    "CO mobile": "XXXXXXXXXX|XXX XXX XXXX|XXX-XXX-XXXX|+57XXXXXXXXXX|+57 XXX XXX XXXX|+57 XXX XXXXXXX|57XXXXXXXXXX",
    "CO fixed": "XXXXXXXXXX|(XXX) XXX XXXX|XXX-XXX-XXXX|+57XXXXXXXXXX|+57 XXX XXX XXXX|+57 XXX XXXXXXX|57XXXXXXXXXX",
    "GB mobile": "0XXXXXXXXXX|0XXXX XXXXXX|0XXXX-XXX-XXX|+44XXXXXXXXXX|+44 (0)XXXX XXXXXX|0044XXXXXXXXXX|44XXXXXXXXXX",
    "GB fixed": "0XXXXXXXXXX|0XXX XXX XXXX|0XXX-XXX-XXXX|+44XXXXXXXXXX|+44 (0)XXX XXX XXXX|0044XXXXXXXXXX|44XXXXXXXXXX",
    "US mobile": "XXXXXXXXXX|(XXX) XXX-XXXX|XXX-XXX-XXXX|+1XXXXXXXXXX|+1 XXX-XXX-XXXX|+1 (XXX) XXX XXXX|1XXXXXXXXXX",
    "US fixed": "XXXXXXXXXX|(XXX) XXX-XXXX|XXX-XXX-XXXX|+1XXXXXXXXXX|+1 XXX-XXX-XXXX|+1 (XXX) XXX XXXX|1XXXXXXXXXX",
}  # fmt: skip


def draw_phones(rng: np.random.Generator, country: Ints, area: Strings, *, mobile: bool) -> Ints:
    """Draw a number for everyone, no two alike, in the country and, where numbers are local, in the area of each.

    >>> int(draw_phones(np.random.default_rng(1), np.array([0]), strings(["91"]), mobile=True)[0]) // 10**8 in (6, 7)
    True
    """
    numbers = np.zeros(len(country), np.int64)
    for i, code in enumerate(CODES):
        here = np.flatnonzero(country == i)
        if mobile and code in MOBILE_PREFIXES:
            prefixes = np.array([int(each) for each in MOBILE_PREFIXES[code].split()])
            first = prefixes[rng.integers(0, len(prefixes), len(here))]
            free = np.full(len(here), WIDTH[code] - len(str(prefixes[0])))
        else:
            first, free = _local_prefixes(rng, code, area[here], mobile=mobile)
        again = np.arange(len(here))
        while len(again):
            numbers[here[again]] = (first * 10**free + (rng.random(len(here)) * 10**free).astype(np.int64))[again]
            again = np.setdiff1d(again, np.unique(numbers[here], return_index=True)[1])
    return numbers


def _local_prefixes(rng: np.random.Generator, code: str, area: Strings, *, mobile: bool) -> tuple[Ints, Ints]:
    """Area code and first digit of the number, and how many digits are free after them.

    Mobiles and landlines of one area share no first digit, so that no number is both.
    """
    first = rng.integers(5, 10, len(area)) if mobile else rng.integers(2, 5, len(area))
    lengths = np.array([len(text) for text in area], dtype=np.int64)
    if code == "AR":
        first = 5 + first % 2 if mobile else np.full(len(area), 4)
    elif code == "GB":
        first = np.where(lengths == 2, 7, first)
    codes = np.array([int(text) for text in area], dtype=np.int64)
    return codes * 10 + first, WIDTH[code] - lengths - 1


def write_phones(
    rng: np.random.Generator, numbers: Ints, country: Ints, mobile: Flags, habits: Sequence[float]
) -> Strings:
    """Write numbers as people of their country do; `habits` weighs the eight ways from `NATIONAL` to `FLOAT`.

    Zero stands for no number and gives empty text.

    >>> one = np.array([600112233]), np.array([0]), np.array([True])
    >>> write_phones(np.random.default_rng(1), *one, [0, 1, 0, 0, 0, 0, 0, 0]).tolist()
    ['600 11 22 33']
    """
    way = weighted(rng, habits, len(numbers))
    text = blank(len(numbers))
    family = country * 3 + np.where(mobile, 1, 0)
    argentine_capital = (country == CODES.index("AR")) & mobile & (numbers // 10**8 == 11)
    family = np.where(argentine_capital, country * 3 + 2, family)
    for key in np.unique(family).tolist():
        code, kind = CODES[key // 3], ("fixed", "mobile", "mobile 11")[key % 3]
        for i, pattern in enumerate([*PATTERNS[f"{code} {kind}"].split("|"), ""]):
            here = np.flatnonzero((family == key) & (way == i) & (numbers > 0))
            skip = 2 if kind == "mobile 11" else 0  # its pattern has the area code written out
            template = (pattern or "X" * WIDTH[code]).replace("X", "%s")
            digits = [str(number)[0 if i == FLOAT else skip :] for number in numbers[here].tolist()]
            ending = ".0" if i == FLOAT else ""  # a spreadsheet took it for a number
            text[here] = strings(template % tuple(each) + ending for each in digits)
    return text
