"""Plain attributes in whole columns: categories and texts, numbers."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from retrato.identifiers.columns.repeated import accept_repeated
from retrato.identifiers.folding import fold
from retrato.identifiers.placeholders import ABSENT, NULLS

if TYPE_CHECKING:
    from retrato.identifiers.attribute import Attribute, Number


def _is_plain(letter: str) -> bool:
    """Whether a letter folds to one ASCII letter or digit as its decomposition without marks does."""
    bare = "".join(each for each in unicodedata.normalize("NFKD", letter) if not unicodedata.combining(each))
    return len(bare) == 1 and bare.isascii() and bare.isalnum() and fold(letter) == bare.lower()


_LETTERS = "".join(letter for letter in map(chr, range(0x80, 0x250)) if _is_plain(letter))
#: Texts of words with single blanks, and marks that folding makes blanks (the apostrophe: nothing).
_CLEAN = rf"^[A-Za-z0-9{_LETTERS}.,;:/&+()!?%@*_'-]+( [A-Za-z0-9{_LETTERS}.,;:/&+()!?%@*_'-]+)*$"
_NOTHING = pa.array(sorted((*ABSENT, *NULLS, "")))

#: Numbers with a point or nothing; with a decimal comma that cannot be one of thousands; currencies around them.
_PLAIN = r"^-?(0|[1-9]\d{0,14})(\.\d{1,12})?$"
_COMMA = r"^-?((0|[1-9]\d{0,14}),(\d{1,2}|\d{4,12})|[1-9]\d{3,14},\d{3})$"
_CURRENCY = r"^[€$£] ?|[ \x{a0}\x{202f}]?[€$£%]$"


def accept_words(kind: Attribute, table: pa.Table) -> pa.Table | None:
    """A column of few different texts, or the clean texts of one of many."""
    few = accept_repeated(kind, table)
    if few is not None:
        return few
    texts = _combined(table.column("text"))
    clean = _rows(pc.match_substring_regex(texts, _CLEAN))
    texts = texts.take(clean)
    keys = folded(texts)
    chosen = _rows(pc.invert(pc.is_in(keys, _NOTHING)))
    return _table(kind, clean.take(chosen), texts.take(chosen), keys.take(chosen))


def folded(texts: pa.StringArray) -> pa.StringArray:
    """What `fold` makes of clean texts.

    >>> folded(pa.array(["María-José O'Hara", "C/ Núñez, 3"])).to_pylist()
    ['maria jose ohara', 'c nunez 3']
    """
    accented = pc.invert(pc.string_is_ascii(texts))
    if pc.any(accented).as_py():
        bare = pc.replace_substring_regex(pc.utf8_normalize(texts, "NFKD"), r"\p{Mn}+", "")
        texts = pc.if_else(accented, bare, texts)
    words = pc.replace_substring_regex(pc.replace_substring(pc.ascii_lower(texts), "'", ""), "[^a-z0-9]+", " ")
    return pc.ascii_trim_whitespace(words)


def accept_numbers(kind: Number, table: pa.Table) -> pa.Table:
    """Numbers of up to 15 digits, with up to 12 behind the point or comma, with or without the sign of a currency."""
    texts = _combined(table.column("text"))
    plain = _rows(pc.match_substring_regex(texts, _PLAIN))
    left = _rows(pc.fill_null(pc.invert(pc.match_substring_regex(texts, _PLAIN)), fill_value=False))
    bare = pc.replace_substring_regex(texts.take(left), _CURRENCY, "")
    points, commas = (_rows(pc.match_substring_regex(bare, pattern)) for pattern in (_PLAIN, _COMMA))
    numbers = [texts.take(plain), bare.take(points), pc.replace_substring(bare.take(commas), ",", ".")]
    items = pa.concat_arrays([plain, left.take(points), left.take(commas)])
    values = _shortest(pa.concat_arrays(numbers))
    signed = _rows(pc.not_equal(values, "-0"))
    return _table(kind, items.take(signed), values.take(signed), values.take(signed))


def _shortest(numbers: pa.StringArray) -> pa.StringArray:
    """Numbers without the zeros that end a fraction."""
    if not pc.any(pc.match_substring(numbers, ".")).as_py():
        return numbers
    return pc.replace_substring_regex(numbers, r"(\.\d*[1-9])0+$|\.0+$", r"\1")


def _combined(column: pa.ChunkedArray) -> pa.StringArray:
    return column.combine_chunks()


def _rows(mask: pa.Array) -> pa.Array:
    return pa.array(np.flatnonzero(pc.fill_null(mask, fill_value=False).to_numpy(zero_copy_only=False)))


def _table(kind: Attribute, items: pa.Array, values: pa.Array, keys: pa.Array) -> pa.Table:
    namespace = pa.repeat(pa.scalar(kind.namespace), len(items))
    return pa.table({"item": items, "namespace": namespace, "value": values, kind.name: keys})
