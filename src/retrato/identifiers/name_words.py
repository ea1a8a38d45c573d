"""The words of a name and what the name tables know of each: given name or surname, and of which languages."""

from __future__ import annotations

import math
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from retrato.identifiers.folding import fold, fold_word
from retrato.identifiers.memory import remembered
from retrato.identifiers.tables import lines, listed, synonyms, words

if TYPE_CHECKING:
    from collections.abc import Sequence

HONORIFICS = frozenset(listed("name_words", "honorific"))
SUFFIXES = synonyms("name_suffixes")
#: The generation that a suffix tells, by its usual form: Jr and II both say that it is the second of that name.
GENERATIONS = {"Sr": "sr", "I": "sr", "Jr": "jr", "II": "jr", "III": "iii", "IV": "iv", "V": "v"}
PARTICLES = frozenset(listed("name_words", "particle"))
_NEUTRAL_PARTICLES = frozenset(listed("name_words", "neutral particle"))
#: What follows `de`, `del`, `de la`, `de los` in a given name (María del Carmen, Juan de Dios).
_DEVOTIONS = frozenset(listed("name_words", "devotion"))
_DEVOTION_SURNAMES = frozenset(listed("name_words", "devotion surname"))
_DEVOTED = frozenset(listed("name_words", "devoted"))
#: Given names that often stand before a second one.
_PAIRING = words("name_pairs")
_ENDINGS = tuple(listed("name_words", "surname ending"))
_LINKS = ("y ", "e ", "i ")
#: Particles that count as words when they stand first.
NEVER_FIRST = frozenset({"ben", "al", "e", "i", "y", "d", "san", "lo", "le"})

_GIVEN_TABLES = ("given_es", "given_en", "given_pt")
_SURNAME_TABLES = ("surnames_es", "surnames_en", "surnames_pt")
#: How far down a table of names a word stands for which nothing but its being there is known.
_USUAL_RANK = 400
#: The leaning of words that one kind of table has, of unknown words, and the most that two ranks can give.
_SURE, _UNKNOWN, _RANKED = 3.0, -0.7, 2.5


class Unit(NamedTuple):
    """A word of a name with the particles before it: as written, its folded core, and its folded whole."""

    text: str
    core: str
    whole: str


class Traits(NamedTuple):
    """What the tables know of a unit, without the unit itself.

    `leaning` is above 0 for given names and below 0 for surnames: the logarithm of how much more often the word is the
    one than the other. `culture` is above 0 where people have two surnames (Spanish, Portuguese) and below 0 elsewhere.
    """

    leaning: float
    culture: int
    initial: bool = False
    particle: bool = False
    #: what follows `de` in a given name: 2 for certain, 1 when it may be a surname as well
    devotion: int = 0
    devoted: bool = False
    pairing: bool = False
    only_given: bool = False
    upper: bool = False
    eastern: bool = False
    #: a surname with `y` before it: what stands before that is a surname too
    linked: bool = False
    repeated: bool = False


@cache
def _ranks(names: tuple[str, ...]) -> dict[str, int]:
    """Each word of some tables with its best place in them, the most used first."""
    found: dict[str, int] = {}
    for name in names:
        for rank, word in enumerate(word for line in lines(name) for word in line.split()):
            found[word] = min(rank, found.get(word, rank))
    return found


@cache
def _given_ranks() -> dict[str, int]:
    nicknames = synonyms("nicknames")
    unranked = words("given_other") | nicknames.keys() | set(nicknames.values())
    return dict.fromkeys(unranked, _USUAL_RANK) | _ranks(_GIVEN_TABLES)


@cache
def _surname_ranks() -> dict[str, int]:
    unranked = words("surnames_other") | words("surnames_east")
    return dict.fromkeys(unranked, _USUAL_RANK) | _ranks(_SURNAME_TABLES)


@cache
def _two_surnames() -> frozenset[str]:
    """Surnames of those who have two."""
    return words("surnames_es") | words("surnames_pt")


@cache
def _undoubted_given() -> frozenset[str]:
    return frozenset(_given_ranks().keys() - HONORIFICS)


def is_given(core: str) -> bool:
    """Whether a folded word is a known given name or nickname."""
    return core in _given_ranks()


def is_surname(core: str) -> bool:
    """Whether a folded word is a known surname, or has a surname's ending (`-ez`)."""
    return core in _surname_ranks() or is_spanish_surname(core) or unglued(core) != core


def is_spanish_surname(core: str) -> bool:
    """Whether a folded word is a known Spanish or Portuguese surname, or a patronymic in `-ez`."""
    return core in _two_surnames() or (len(core) > 4 and core.endswith("ez") and core not in _given_ranks())


def is_english_surname(core: str) -> bool:
    """Whether a folded word is a known English surname and no Spanish one."""
    return core in words("surnames_en") and core not in _two_surnames()


@remembered(1 << 16)
def unglued(core: str) -> str:
    """A surname without a `de la` that was written onto it: `delacruz` → `cruz`; only before a known Spanish surname.

    >>> unglued("delacruz"), unglued("delaney")
    ('cruz', 'delaney')
    """
    for particle in ("dela", "delos", "delas"):
        if core.startswith(particle) and core[len(particle) :] in words("surnames_es"):
            return core[len(particle) :]
    return core


def units(text: str) -> list[Unit]:
    """The words of a name, each with the particles before it.

    >>> [unit.text for unit in units("María José de la Cruz Ortega y Gasset")]
    ['María', 'José', 'de la Cruz', 'Ortega', 'y Gasset']
    """
    found: list[Unit] = []
    pending: list[str] = []
    tokens = text.split()
    last = len(tokens) - 1
    for position, token in enumerate(tokens):
        word = _word(token)
        core = word.core
        if not core:
            continue
        if core in PARTICLES and position < last and (found or pending or core not in NEVER_FIRST):
            pending.append(token)
            continue
        if pending:
            found.append(_unit(pending, token, core))
            pending = []
        else:
            found.append(word)
    if pending:
        found.append(_unit(pending[:-1], pending[-1], fold(pending[-1])))
    return found


@remembered(1 << 17)
def _word(token: str) -> Unit:
    core = fold(token)
    return Unit(token, core, core)


def _unit(pending: Sequence[str], token: str, core: str) -> Unit:
    if not pending:
        return _word(token)
    written = " ".join((*pending, token))
    return Unit(written, core, fold(written))


@remembered(1 << 17)
def traits(unit: Unit) -> Traits:
    """What the tables know of one unit.

    >>> traits(units("Martín")[0]).leaning < 0 < traits(units("Rosa")[0]).leaning
    True
    """
    core = unit.core
    upper = unit.text.isupper() and len(core) > 2
    if unit.whole != core:
        devotion = unit.whole.startswith(("de ", "del ")) and core in _DEVOTIONS
        spanish = unit.whole.startswith(("de ", "del ", "y ", "vda ", "viuda ")) or "ñ" in unit.text.lower()
        neutral = unit.whole.partition(" ")[0] in _NEUTRAL_PARTICLES
        return Traits(
            0.5 if neutral else -_SURE, 2 if spanish else 0, particle=not neutral, upper=upper,
            devotion=(1 if core in _DEVOTION_SURNAMES else 2) if devotion else 0,
            linked=unit.whole.startswith(_LINKS),
        )  # fmt: skip
    if len(core) == 1 or (len(core) == 2 and unit.text.isupper() and not is_given(core) and not is_surname(core)):
        return Traits(1.0, 0, initial=True, devoted=core in _DEVOTED)
    lean = round(2 * _leaning(unit)) / 2
    return Traits(
        lean, _culture(unit), upper=upper, eastern=core in words("surnames_east"),
        devoted=core in _DEVOTED, pairing=core in _PAIRING,
        only_given=lean >= _RANKED and core in words("given_es"),
    )  # fmt: skip


def _leaning(unit: Unit) -> float:
    pieces = unit.core.split(" ")
    if len(pieces) > 1:
        return sum(leaning(piece) for piece in pieces) / len(pieces)
    if "'" in unit.text[1:-2] or "’" in unit.text[1:-2]:
        return -_SURE
    return leaning(unit.core)


@remembered(1 << 16)
def leaning(core: str) -> float:
    """How much more often a folded word is a given name (above 0) than a surname (below 0), as a logarithm.

    The use of a name falls with its rank in a table as 1/rank (Zipf), so its ranks in both kinds of table tell.

    >>> leaning("maria") > 0 > leaning("martin") > leaning("garcia")
    True
    """
    given, surname = _given_ranks().get(core), _surname_ranks().get(core)
    if given is not None and surname is not None:
        return max(-_RANKED, min(_RANKED, math.log((surname + 10) / (given + 10))))
    if given is not None:
        return _SURE
    if surname is not None or is_surname(core) or (core.startswith("mc") and len(core) > 4):
        return -_SURE
    return -2.0 if len(core) > 5 and core.endswith(_ENDINGS) else _UNKNOWN


def _culture(unit: Unit) -> int:
    core = unit.core.partition(" ")[0]
    given = (core in words("given_es") or core in words("given_pt")) - (core in words("given_en"))
    surname = 2 * is_spanish_surname(core) - 2 * is_english_surname(core)
    if not surname and not given:
        surname = -(core in words("surnames_other") or core in words("given_other"))
    return given + surname + 2 * ("ñ" in unit.text.lower())


@remembered(1 << 16)
def is_undoubted_given(token: str) -> bool:
    """Whether a word as written is a known given name and no form of address."""
    return fold_word(token) in _undoubted_given()
