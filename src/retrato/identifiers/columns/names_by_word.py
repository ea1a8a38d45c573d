"""The distinct words of name columns, each read once."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from retrato.identifiers.columns.name_rows import absent
from retrato.identifiers.name_keys import family_reading, given_reading, shown_unit
from retrato.identifiers.name_text import (
    ORGANISATION_ENDS,
    ORGANISATION_SURNAMES,
    ORGANISATION_WORDS,
    cleaned,
    is_suffix,
    may_be_honorific,
)
from retrato.identifiers.name_words import NEVER_FIRST, PARTICLES, Traits, Unit, is_given, traits, units

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

#: One word of a plain name, as a pattern.
WORD = r"[\p{L}'’.\-]+"
#: A blank that does not part words: after a particle.
_TIE = "\x1f"
_PARTICLE = rf"(?i)\b({'|'.join(sorted(PARTICLES - NEVER_FIRST))}) "
_LINKS = frozenset({"and", "und", "et"})


class Words(NamedTuple):
    """The distinct words of a column: which may be accepted, and what each gives.

    `fields`: how it is shown (`shown`), what it gives as a given name (`given_key`, `root`, `initial`) and as a surname
    (`key`, `sound`).
    """

    usable: NDArray[np.bool_]
    #: whether the word can be a part of a text that says that there is no name
    absent: NDArray[np.bool_]
    #: whether it may be the end of a company's name
    ending: NDArray[np.bool_]
    given: NDArray[np.bool_]
    #: number of its traits in `kinds`, that of its traits as it is shown, and that of its folded text
    kind: NDArray[np.int64]
    shown: NDArray[np.int64]
    whole: NDArray[np.int64]
    kinds: tuple[Traits, ...]
    fields: dict[str, pa.Array]


class Worded(NamedTuple):
    """Texts as numbers of distinct words: where each text starts in `codes`, and how many words it has."""

    words: Words
    codes: NDArray[np.int64]
    starts: NDArray[np.int64]
    counts: NDArray[np.int64]

    def of_count(self, count: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """The numbers of the texts of so many words that may be accepted, and a row of word numbers for each.

        Those whose words may all say that there is no name are left out.
        """
        texts = np.flatnonzero(self.counts == count)
        matrix = self.codes[self.starts[texts][:, None] + np.arange(count)]
        usable = self.words.usable[matrix].all(axis=1) & ~self.words.absent[matrix].all(axis=1)
        return texts[usable], matrix[usable]


def tied(texts: pa.Array) -> pa.Array:
    """Texts with their particles tied to what follows them, so that a blank parts words."""
    return pc.replace_substring_regex(texts, _PARTICLE, rf"\1{_TIE}")


def worded(texts: pa.Array) -> Worded:
    """Tied texts without nulls as numbers of words."""
    lists = pc.split_pattern(texts, " ")
    coded = lists.flatten().dictionary_encode()
    return Worded(
        _read(coded.dictionary.to_pylist()),
        coded.indices.to_numpy(zero_copy_only=False).astype(np.int64),
        lists.offsets.to_numpy(zero_copy_only=False)[:-1].astype(np.int64),
        pc.list_value_length(lists).to_numpy(zero_copy_only=False).astype(np.int64),
    )


def joined(field: pa.Array, codes: NDArray[np.int64], positions: Sequence[int]) -> pa.Array:
    """The words at some positions of each row, with blanks between them."""
    parts = [field.take(pa.array(codes[:, position])) for position in positions]
    return parts[0] if len(parts) == 1 else pc.binary_join_element_wise(*parts, " ")


def given_fields(words: Words, codes: NDArray[np.int64], positions: Sequence[int]) -> dict[str, pa.Array]:
    """What the words at some positions give as given names."""
    first = pa.array(codes[:, positions[0]])
    return {
        "shown": joined(words.fields["shown"], codes, positions),
        "key": joined(words.fields["given_key"], codes, positions),
        "root": words.fields["root"].take(first),
        "initial": words.fields["initial"].take(first),
    }


def _read(texts: Sequence[str]) -> Words:
    """Read each distinct word, with the particles tied to it."""
    found = [_unit(text.replace(_TIE, " ")) for text in texts]
    kinds: dict[Traits, int] = {}
    wholes: dict[str, int] = {}
    numbers = [kinds.setdefault(traits(unit), len(kinds)) if unit else 0 for unit in found]
    as_shown = [kinds.setdefault(traits(shown_unit(unit)), len(kinds)) if unit else 0 for unit in found]
    whole = [wholes.setdefault(unit.whole, len(wholes)) if unit else 0 for unit in found]
    names = ("given_key", "root", "initial", "shown", "key", "sound")
    values = list(zip(*(_fields(unit) for unit in found), strict=True)) or [()] * len(names)
    fields = {name: pa.array(column, pa.string()) for name, column in zip(names, values, strict=True)}
    return Words(
        np.array([unit is not None for unit in found]),
        np.array([unit is not None and absent(unit.text) for unit in found]),
        np.array([unit is not None and unit.core in ORGANISATION_ENDS for unit in found]),
        np.array([unit is not None and is_given(unit.core) for unit in found]),
        np.array(numbers, np.int64),
        np.array(as_shown, np.int64),
        np.array(whole, np.int64),
        tuple(kinds) or (Traits(0.0, 0),),
        fields,
    )


def _fields(unit: Unit | None) -> tuple[str | None, ...]:
    """Key, root and initial as a given name; as shown; key and sound as a surname."""
    if unit is None:
        return (None,) * 6
    _, keys = given_reading((unit,))
    shown, key, sounds = family_reading((unit,))
    return keys["given_name"], keys.get("given_root"), keys["given_initial"], shown, key, sounds or None


def _unit(text: str) -> Unit | None:
    """The one unit that a word is, wherever it stands in a name; none if that depends, or if it is no plain name."""
    tokens = text.split(" ")
    if not text.isascii() and ("ª" in text or "º" in text or not unicodedata.is_normalized("NFC", text)):
        return None
    if not text.isalpha() and (cleaned(text).split() != tokens or text[0] == "-" or text[-1] == "-"):
        return None
    found = units(text)
    if len(found) != 1:
        return None
    unit = found[0]
    if unit.text != text or unit.core in PARTICLES or unit.core in _LINKS:
        return None
    if unit.core in ORGANISATION_WORDS or unit.core in ORGANISATION_SURNAMES:
        return None
    if any(may_be_honorific(token) or is_suffix(token, 3) for token in tokens):
        return None
    return unit if traits(shown_unit(unit)) == traits(unit)._replace(upper=False) else None
