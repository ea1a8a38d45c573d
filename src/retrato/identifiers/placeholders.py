"""Texts that stand for "nothing is known".

Two kinds, and they are treated differently by every type:

- *null texts* (`null`, `NaN`, `#N/A`, `-`, blank…) are written by machines. They give no identifier: the value is
  missing.
- *absence words* (`n/a`, `unknown`, `sin datos`, `test`…) were typed by somebody. They give an identifier with status
  `placeholder` and no keys, so that a data profile can count them and matching never meets them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from retrato.identifiers.folding import fold
from retrato.identifiers.memory import remembered
from retrato.identifiers.tables import listed

if TYPE_CHECKING:
    import pyarrow as pa

#: Null texts, folded; whatever folds to nothing (blank, dots, dashes) is null too.
NULLS = frozenset({"null", "none", "nan", "nat", "nil", "undefined", "void"})
_NULL_STARTS = frozenset(each for text in NULLS for each in (text[0], text[0].upper()))
#: Null texts that folding would change.
_WRITTEN_NULLS = frozenset(
    {"#n/a", "#n/d", "#na", "\\n", "<na>", "#null!", "#ref!", "#value!", "#valor!", "(null)", "[null]"}
)

#: Absence words, folded.
ABSENT = frozenset(listed("placeholders", "absent"))

#: What at least this share of the filled cells of a column holds, and at least so many of them, is nobody's own: the
#: address or number of a desk, a shop or a form's default. A household shares one in a handful of rows; in 5,000 rows
#: and more the share decides, below that the number of rows, which no household or small office reaches.
MOST_SHARED_SHARE = 0.01
MOST_SHARED_ROWS = 50


def is_null(text: str | None) -> bool:
    """Whether a text is a null text (the value is missing).

    >>> is_null(" - "), is_null("NaN"), is_null("Nancy")
    (True, True, False)
    """
    if not text:
        return True
    if text[0].isalnum():
        return text[0] in _NULL_STARTS and len(text) <= 12 and text.rstrip().lower() in NULLS
    if len(text) <= 16:
        return _is_null(text)
    return not any(each.isalnum() for each in text) and not fold(text)


@remembered(1 << 14)
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


def shared_by_many(column: pa.ChunkedArray) -> list[str]:
    """The texts of a column that so many of its filled cells hold that they cannot be personal, in order.

    Texts are compared as they are: bring them to one form first. Null texts do not count as filled.

    >>> import pyarrow as pa
    >>> own = [f"ana{number}@empresa.es" for number in range(900)]
    >>> shared_by_many(pa.chunked_array([["shop@empresa.es"] * 60 + own]))
    ['shop@empresa.es']
    """
    import pyarrow.compute as pc

    counts = column.drop_null().value_counts()
    frequent = counts.filter(pc.greater_equal(pc.struct_field(counts, 1), MOST_SHARED_ROWS))
    texts = {each["values"]: each["counts"] for each in frequent.to_pylist()}
    nulls = sum(count for text, count in texts.items() if is_null(text))
    least = (len(column) - column.null_count - nulls) * MOST_SHARED_SHARE
    return sorted(text for text, count in texts.items() if count >= least and not is_null(text))
