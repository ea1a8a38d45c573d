"""How the parts of a name are shown, and their matching keys."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from retrato.identifiers.memory import remembered
from retrato.identifiers.name_words import PARTICLES, Unit, unglued
from retrato.identifiers.phonetic import sound
from retrato.identifiers.tables import synonyms

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

#: Particles left out of surname keys: people write them or not. Others (van, von, mc…) are joined to what follows.
_DROPPED = frozenset(
    {
    "de", "del", "la", "las", "los", "da", "das", "do", "dos", "y", "e", "i", "d", "des", "zu", "af", "av", "al",
    "el", "vda", "viuda"
    }
)  # fmt: skip
_LOW = frozenset(
    {
    "de", "del", "la", "las", "los", "da", "das", "do", "dos", "di", "du", "van", "von", "der", "den", "y", "e",
    "i", "zu", "vda", "viuda", "ap"
    }
)  # fmt: skip
_PIECES = re.compile(r"([-'’])")


@remembered(1 << 16)
def given_reading(found: tuple[Unit, ...]) -> tuple[str, Mapping[str, str]]:
    """How given names are shown, and their keys.

    >>> from retrato.identifiers.name_words import units
    >>> given_reading(tuple(units("PEPE Luis")))
    ('Pepe Luis', {'given_name': 'pepe luis', 'given_root': 'jose', 'given_initial': 'p'})
    """
    keys = {"given_name": _given(" ".join([unit.whole for unit in found]))}
    root = _root(found[0].core)
    if root:
        keys["given_root"] = root
    keys["given_initial"] = found[0].core[0]
    return _shown(found), keys


@remembered(1 << 16)
def family_reading(found: tuple[Unit, ...]) -> tuple[str, str, str]:
    """How surnames are shown, their key, and how they sound.

    >>> from retrato.identifiers.name_words import units
    >>> family_reading(tuple(units("DE LA CRUZ")))
    ('de la Cruz', 'cruz', 'krs')
    """
    key = " ".join([_surname(unit.whole) for unit in found])
    return _shown(found), key, sound(key)


@remembered(1 << 16)
def _surname(whole: str) -> str:
    """The key of a surname: `de la cruz` → `cruz`, `mc donald` → `mcdonald`, `van der berg` → `vanderberg`."""
    words = whole.split()
    if len(words) == 1:
        return unglued(whole)
    kept = [word if word in PARTICLES else f"{word} " for word in words[:-1] if word not in _DROPPED]
    return "".join((*kept, words[-1]))


def _given(whole: str) -> str:
    """The key of a whole given name: written abbreviations are undone (`ma jose` → `maria jose`)."""
    full = synonyms("name_abbreviations")
    return " ".join([full.get(word, word) for word in whole.split()])


def _root(core: str) -> str:
    """The first given name with nicknames and abbreviations undone; nothing for an initial."""
    first = core.partition(" ")[0]
    return "" if len(first) < 2 else synonyms("nicknames").get(first, first)


def _shown(found: Sequence[Unit]) -> str:
    """Names with the capitals that people write, word by word, so that it does not matter how words are grouped."""
    text = " ".join([_cased(unit.text) for unit in found])
    return text.strip(" -")


@remembered(1 << 16)
def _cased(unit: str) -> str:
    if unit.istitle():
        return unit
    *particles, core = unit.split(" ")
    flat = [_cased_particle(word) if word.isupper() or unit.islower() else word for word in particles]
    return " ".join([*flat, _titled_word(core) if _is_flat(core) else core])


def _cased_particle(word: str) -> str:
    return word.lower() if word.lower() in _LOW else _titled_word(word)


@remembered(1 << 16)
def shown_unit(unit: Unit) -> Unit:
    """A unit as it is shown."""
    return unit._replace(text=_cased(unit.text))


def _is_flat(word: str) -> bool:
    """Whether a word is all in capitals, or has none."""
    return word.isupper() or word.islower()


def _capital(letter: str) -> str:
    upper = letter.upper()
    return upper if len(upper) == 1 else letter


def _titled_word(word: str) -> str:
    """A word in title case, with `Mc`, `O'` and hyphens as people write them."""
    lowered = word.lower()
    if len(lowered) != len(word) or lowered.upper().lower() != lowered:
        return word
    pieces = [lowered] if lowered.isalpha() else _PIECES.split(lowered)
    joined = "".join([_capital(piece[:1]) + piece[1:] for piece in pieces])
    return "Mc" + joined[2:3].upper() + joined[3:] if joined.startswith("Mc") and len(joined) > 4 else joined
