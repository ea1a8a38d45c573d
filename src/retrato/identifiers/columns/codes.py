"""What the fast paths of codes have in common: which texts are certainly one code, and no filler or absence word."""

from __future__ import annotations

import re
import string

import pyarrow as pa
import pyarrow.compute as pc

from retrato.identifiers.placeholders import ABSENT, NULLS, is_repeated

#: Fillers of `is_filler_code`, and some codes more: only zeros, or one character over and over.
_FILLER = (
    r"^[-._:]*(?:[-._:0]*|"
    + "|".join(f"[-._:{re.escape(each)}]+" for each in string.digits[1:] + string.ascii_lowercase)
    + ")$"
)
_UP = string.digits * 2
#: The runs of digits that count up or down (`is_repeated`).
COUNTING = pa.array(
    sorted(
        {
            run
            for digits in (_UP, _UP[::-1])
            for start in range(len(digits))
            for end in range(start, len(digits) + 1)
            if is_repeated(run := digits[start:end])
        }
    )
)
_ABSENT = pa.array(sorted(ABSENT | NULLS))


def combined(array: pa.Array | pa.ChunkedArray) -> pa.Array:
    """A column as one array."""
    if isinstance(array, pa.ChunkedArray):
        return array.combine_chunks() if array.num_chunks != 1 else array.chunk(0)
    return array


def matches(array: pa.Array, pattern: str) -> pa.Array:
    """Where a text matches a regular expression somewhere; not where there is none."""
    return pc.fill_null(pc.match_substring_regex(array, pattern), False)


def rows(mask: pa.Array) -> pa.Array:
    """The numbers of the rows where a mask holds."""
    return pc.indices_nonzero(mask).cast(pa.int64())


def trimmed(array: pa.Array) -> pa.Array:
    """Texts of ASCII without blanks at their ends."""
    return pc.ascii_trim(array, " ")


def without(array: pa.Array, pattern: str) -> pa.Array:
    """Texts without what matches a pattern."""
    marked = matches(array, pattern)
    if not pc.any(marked).as_py():
        return array
    return pc.replace_with_mask(array, marked, pc.replace_substring_regex(array.filter(marked), pattern, ""))


def filler(keys: pa.Array) -> pa.Array:
    """Where a key, in lower case, is a filler (`is_filler_code`), or looks like one."""
    return matches(keys, _FILLER)


def absent(words: pa.Array) -> pa.Array:
    """Where a text of ASCII in lower case is an absence word or a null text."""
    marked = matches(words, r"[^a-z0-9]")
    if pc.any(marked).as_py():
        folded = pc.ascii_trim(pc.replace_substring_regex(words.filter(marked), r"[^a-z0-9]+", " "), " ")
        words = pc.replace_with_mask(words, marked, folded)
    return pc.is_in(words, value_set=_ABSENT)


def joined(namespace: str, keys: pa.Array) -> pa.Array:
    """Keys with their namespace, as `with_namespace` writes them."""
    return pc.binary_join_element_wise(namespace, keys, ":") if namespace else keys
