"""How likely a column holds phone numbers rather than ids, dates or codes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

_CHAT_ID = re.compile(r"\d{7,15}(?:[:-]\d+)?@(?:c\.us|s\.whatsapp\.net|g\.us)", re.IGNORECASE)
_SHAPE = re.compile(r"[+\d\s().\-/–—·*#\u00a0\u2007\u202f\u200b\u202a\u202c]+")
_DATE = re.compile(r"[12]\d{3}[-/.]\d\d?[-/.]\d\d?|\d\d?[-/.]\d\d?[-/.](?:\d\d)?\d\d")
#: Calling codes of the countries this package knows best, for telling numbers without a plus sign from ids.
_CALLING_CODES = (
    *("00", "1", "34", "44", "51", "52", "54", "55", "56", "57", "58", "593", "598"),
    *("351", "33", "39", "49"),
)
#: So many values tell.
_SAMPLE = 200


def phone_share(sample: Sequence[str]) -> float:
    """The share of values that look like numbers; plain digits say less than `+`, blanks and brackets.

    >>> phone_share(["+34 600 11 22 33", "91 123 45 67"]), phone_share(["1980-05-03"])
    (0.95, 0.0)
    """
    values = [text.strip() for text in sample[:_SAMPLE]]
    likely = sum(map(_likelihood, values)) / len(values)
    return 0.95 * likely * (0.3 if _is_count(values) else 1.0)


def _likelihood(text: str) -> float:
    if "@" in text:
        return 1.0 if _CHAT_ID.fullmatch(text) else 0.0
    digits = sum(each.isdigit() for each in text)
    if not 8 <= digits <= 15 or _DATE.match(text) or not _SHAPE.fullmatch(text):
        return 0.0
    if not text.isdigit():
        return 1.0 if text[0] in "+(" or " " in text or "-" in text else 0.4
    if digits == 9:
        return 0.7 if text[0] in "6789" else 0.3
    if digits == 10:
        return 0.2 if text.startswith(("15", "16", "17")) else 0.5
    return 0.7 if digits > 10 and text.startswith(_CALLING_CODES) else 0.2


def _is_count(sample: Sequence[str]) -> bool:
    """Whether the values are numbers that run on, as ids do."""
    numbers = [int(text) for text in sample if text.isdecimal() and len(text) < 16]
    return len(numbers) == len(sample) > 10 and max(numbers) - min(numbers) < 50 * len(numbers)
