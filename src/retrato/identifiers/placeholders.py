"""Texts that stand for "nothing is known".

Two kinds, and they are treated differently by every type:

- *null texts* (`null`, `NaN`, `#N/A`, `-`, blank…) are written by machines. They give no identifier: the value is
  missing.
- *absence words* (`n/a`, `unknown`, `sin datos`, `test`…) were typed by somebody. They give an identifier with status
  `placeholder` and no keys, so that a data profile can count them and matching never meets them.
"""

from __future__ import annotations

from functools import lru_cache

from retrato.identifiers.folding import fold
from retrato.identifiers.tables import listed

#: Null texts, folded; whatever folds to nothing (blank, dots, dashes) is null too.
NULLS = frozenset({"null", "none", "nan", "nat", "nil", "undefined", "void"})
_NULL_STARTS = frozenset(each for text in NULLS for each in (text[0], text[0].upper()))
#: Null texts that folding would change.
_WRITTEN_NULLS = frozenset(
    {"#n/a", "#n/d", "#na", "\\n", "<na>", "#null!", "#ref!", "#value!", "#valor!", "(null)", "[null]"}
)

#: Absence words, folded.
ABSENT = frozenset(listed("placeholders", "absent"))


def is_null(text: str | None) -> bool:
    """Whether a text is a null text (the value is missing).

    >>> is_null(" - "), is_null("NaN"), is_null("Nancy")
    (True, True, False)
    """
    if not text:
        return True
    if text[0].isalnum():
        return text[0] in _NULL_STARTS and len(text) <= 12 and text.rstrip().lower() in NULLS
    return _is_null(text) if len(text) <= 16 else not text.strip()


@lru_cache(maxsize=1 << 14)
def _is_null(text: str) -> bool:
    if text.strip().lower() in _WRITTEN_NULLS:
        return True
    folded = fold(text)
    return folded in NULLS or (not folded and not any(each.isalnum() for each in text))


def is_absent(folded: str) -> bool:
    """Whether a folded text is an absence word.

    >>> is_absent("sin datos"), is_absent("ana")
    (True, False)
    """
    return folded in ABSENT


def is_repeated(digits: str) -> bool:
    """Whether a run of digits says nothing: one digit repeated, or counting up or down.

    >>> is_repeated("000000000"), is_repeated("123456789"), is_repeated("600112233")
    (True, True, False)
    """
    return len(digits) > 4 and (len(set(digits)) == 1 or digits in _COUNTING or digits in _COUNTING[::-1])


_COUNTING = "01234567890123456789"
