"""A full name to its parts: which words are given names, which are surnames."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import TYPE_CHECKING, NamedTuple

from retrato.identifiers.folding import fold, fold_word
from retrato.identifiers.tables import listed, synonyms, words

if TYPE_CHECKING:
    from collections.abc import Sequence


HONORIFICS = frozenset(listed("name_words", "honorific"))
_SPANISH_HONORIFIC_INITIALS = frozenset({"d.", "dª", "dª.", "d.ª", "dº", "da."})
SUFFIXES = synonyms("name_suffixes")
_AMBIGUOUS_SUFFIXES = frozenset({"junior", "senior", "hijo", "filho", "neto", "md", "rn"})
PARTICLES = frozenset(listed("name_words", "particle"))
_LINKS = frozenset({"y", "e", "i"})
#: What follows `de`, `del`, `de la`, `de los` in a given name (María del Carmen, Juan de Dios).
_DEVOTIONS = frozenset(listed("name_words", "devotion"))
_DEVOTED = frozenset(
    {"maria", "ma", "mari", "ana", "juan", "jose", "rosa", "virginia", "jesus", "francisco", "teresa", "m", "flor"}
)
#: Given names that often stand before a second one.
_PAIRING = words("name_pairs")
_ORGANISATION_END = re.compile(
    r"(?:,?\s+(?:s\.?\s?l\.?(?:\s?u\.?|\s?p\.?)?|s\.?\s?a\.?(?:\s?u\.?)?|s\.?\s?c\.?|c\.?\s?b\.?|s\.?\s?a\.?\s+de\s+c\.?\s?v\.?|s\.?\s?coop\.?"
    r"|inc\.?|llc\.?|ltd\.?|plc\.?|gmbh|corp\.?|co\.|limited|s\.?r\.?l\.?|ltda\.?|s\.?a\.?s\.?|llp|pty))\s*$",
    re.IGNORECASE,
)
_ORGANISATION_WORDS = frozenset(listed("name_words", "organisation"))


_ORGANISATION_ENDS = frozenset(listed("name_words", "legal form"))


class Unit(NamedTuple):
    """A word of a name with the particles before it: as written, its folded core, and its folded whole."""

    text: str
    core: str
    whole: str


class Split(NamedTuple):
    """The units of a name, told apart."""

    given: tuple[Unit, ...]
    family: tuple[Unit, ...]
    turned: bool = False


@cache
def _given_names() -> frozenset[str]:
    return (
        words("given_es")
        | words("given_en")
        | frozenset(synonyms("nicknames"))
        | frozenset(synonyms("nicknames").values())
    )


@cache
def _surnames() -> frozenset[str]:
    return words("surnames_es") | words("surnames_en")


def is_given(core: str) -> bool:
    """Whether a folded word is a known given name or nickname."""
    return core in _given_names()


@cache
def _undoubted_given() -> frozenset[str]:
    return _given_names() - HONORIFICS


def is_surname(core: str) -> bool:
    """Whether a folded word is a known surname, or has a surname's ending (`-ez`)."""
    return core in _surnames() or is_spanish_surname(core) or unglued(core) != core


@cache
def _spanish_surnames() -> frozenset[str]:
    return words("surnames_es")


@cache
def _english_surnames() -> frozenset[str]:
    return words("surnames_en") - _spanish_surnames()


def is_spanish_surname(core: str) -> bool:
    """Whether a folded word is a known Spanish surname, or a patronymic in `-ez`."""
    return core in _spanish_surnames() or (len(core) > 4 and core.endswith("ez") and core not in _given_names())


@lru_cache(maxsize=1 << 16)
def unglued(core: str) -> str:
    """A surname without a `de la` that was written onto it: `delacruz` → `cruz`; only before a known Spanish surname.

    >>> unglued("delacruz"), unglued("delaney")
    ('cruz', 'delaney')
    """
    for particle in ("dela", "delos", "delas"):
        if core.startswith(particle) and core[len(particle) :] in _spanish_surnames():
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
        if (
            core in PARTICLES
            and position < last
            and not (not found and not pending and core in {"ben", "al", "e", "i", "y", "d", "san"})
        ):
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


@lru_cache(maxsize=1 << 17)
def _word(token: str) -> Unit:
    core = fold(token)
    return Unit(token, core, core)


def _unit(pending: Sequence[str], token: str, core: str) -> Unit:
    if not pending:
        return _word(token)
    written = " ".join((*pending, token))
    return Unit(written, core, fold(written))


def split(found: list[Unit]) -> Split:
    """Tell given names from surnames, in whatever order they stand.

    >>> [unit.text for unit in split(units("María del Carmen García de la Cruz")).given]
    ['María', 'del Carmen']
    >>> split(units("GARCIA LOPEZ JUAN CARLOS")).turned
    True
    """
    if len(found) < 2:
        alone = bool(found) and (
            found[0].whole != found[0].core or (is_surname(found[0].core) and not is_given(found[0].core))
        )
        return Split((), tuple(found)) if alone else Split(tuple(found), ())
    turned = _turned(found)
    if turned:
        return Split(tuple(found[turned:]), tuple(found[:turned]), True)
    count = _given_count(found)
    return Split(tuple(found[:count]), tuple(found[count:]))


def _turned(found: list[Unit]) -> int:
    """How many surnames stand first, when they do; else 0."""
    first = found[0]
    if is_given(first.core) or not (is_surname(first.core) or first.whole != first.core):
        return 0
    tail = len(found)
    while tail > 1 and is_given(found[tail - 1].core) and (found[tail - 1].core not in _surnames()):
        tail -= 1
    if tail == len(found) or (
        tail > 2 and not all(is_surname(unit.core) or unit.whole != unit.core for unit in found[:tail])
    ):
        return 0
    return tail if tail <= 3 else 0


def _given_count(found: list[Unit]) -> int:
    """How many units from the start are given names."""
    total = len(found)
    count = 1
    while count < total and _continues(found, count):
        count += 1
    rest = total - count
    if rest > 2 and count == 1 and not is_spanish_surname(found[1].core):
        count = 2 if total > 3 or not _is_spanish(found) else 1
    if rest == 2 and count == 1 and not _is_spanish(found):
        count = 2
    return max(1, min(count, total))


def _continues(found: list[Unit], position: int) -> bool:
    """Whether the unit at a position still belongs to the given names."""
    unit, total = found[position], len(found)
    if unit.whole != unit.core:
        begins = unit.whole.startswith(("de ", "del "))
        return (
            begins
            and unit.core in _DEVOTIONS
            and found[position - 1].core in _DEVOTED
            and (total - position > 1 or position == 1)
        )
    remaining = total - position
    if len(unit.core) == 1:
        return remaining > 1
    if not is_given(unit.core):
        return False
    if remaining == 1:
        return (
            found[position - 1].core in _PAIRING
            and unit.core in words("given_es")
            and not is_surname(unit.core)
            and total == 2
        )
    if unit.core in _surnames():
        if remaining == 2 and total == 3:
            last = found[position + 1].core
            return found[0].core in _PAIRING and is_surname(last) if _is_spanish(found) else True
        return remaining > 2
    return True


def _is_spanish(found: Sequence[Unit]) -> bool:
    """Whether the name is of the kind with two surnames."""
    score = 0
    for position, unit in enumerate(found):
        core = unit.core
        if position == 0:
            score += (core in words("given_es")) - (core in words("given_en"))
        else:
            score += 2 * is_spanish_surname(core) - 2 * (
                core in words("surnames_en") and core not in _spanish_surnames()
            )
        if unit.whole.startswith(("de ", "del ", "y ")) or "ñ" in unit.text.lower():
            score += 2
    return score > 0


def is_two_surnames(found: Sequence[Unit]) -> bool:
    """Whether a surname column holds a first and a second surname, as in Spain, and not one double-barrelled surname.

    >>> [is_two_surnames(units(text)) for text in ("García López", "Lloyd Webber", "Ortega y Gasset")]
    [True, False, True]
    """
    if len(found) != 2:
        return False
    first, second = found
    if fold(second.text.split()[0]) in _LINKS and second.whole != second.core:
        return True
    known = is_spanish_surname(first.core), is_spanish_surname(second.core)
    english = _english_surnames()
    return all(known) or (any(known) and not (first.core in english or second.core in english))


def is_organisation(text: str, found: Sequence[Unit]) -> bool:
    """Whether a name, given as written and as units, is that of a company or an institution.

    >>> [is_organisation(text, units(text)) for text in ("Talleres Ruiz, S.L.", "Pedro Ruiz")]
    [True, False]
    """
    for unit in found:
        if unit.core in _ORGANISATION_WORDS:
            return True
    return bool(found) and found[-1].core in _ORGANISATION_ENDS and _ORGANISATION_END.search(text) is not None


def is_honorific(token: str, following: str | None) -> bool:
    """Whether the first word of a name is a form of address (`D.` only before a Spanish given name)."""
    lowered = token.lower()
    if lowered in _SPANISH_HONORIFIC_INITIALS:
        return following is not None and fold(following) in words("given_es")
    core = fold_word(token)
    return core in HONORIFICS and (
        core != "don" or (following is not None and fold_word(following) in _undoubted_given())
    )


@lru_cache(maxsize=1 << 16)
def is_suffix(token: str) -> bool:
    """Whether the last word of a name is a generation or a title."""
    core = fold_word(token)
    return (core in SUFFIXES and core not in _AMBIGUOUS_SUFFIXES) or (
        core in _AMBIGUOUS_SUFFIXES and core not in {"neto", "filho"}
    )
