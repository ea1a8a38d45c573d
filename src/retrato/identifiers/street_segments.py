"""The segments of a street line between its commas, and what each of them can be."""

from __future__ import annotations

from enum import Enum, auto
from typing import NamedTuple

from retrato.identifiers.street_words import (
    AREAS,
    COMMA,
    LETTER,
    NEIGHBOURHOODS,
    NUMBER_FILL,
    NUMBER_WORDS,
    PARTICLES,
    RANGE,
    SHORT,
    SLASH,
    UNIT_FORMS,
    UNIT_STARTS,
    UNIT_WORDS,
    WORD,
    after,
    before,
    house_number,
    is_number,
    words_between_commas,
)


class Role(Enum):
    """What a segment can be."""

    STREET = auto()
    AREA = auto()
    WORDS = auto()
    NUMBER = auto()
    UNIT = auto()


class Segment(NamedTuple):
    """A segment: the places of its words, its role, and whether it can be a flat though it can be a street too."""

    places: tuple[int, ...]
    role: Role
    flat: bool


def segments_of(shape: tuple[str, ...]) -> list[Segment]:
    """The segments of a line that have words, in order; a neighbourhood behind the street is none.

    >>> [segment.role.name for segment in segments_of(("calle", "W", ",", "9", ",", "col", "W"))]
    ['STREET', 'NUMBER']
    """
    commas = [place for place, word in enumerate(shape) if word == COMMA]
    starts = [0, *(place + 1 for place in commas)]
    found: list[Segment] = []
    told = 0  # segments that a street has been found behind
    for start, end in zip(starts, [*commas, len(shape)], strict=True):
        places = words_between_commas(shape, start, end)
        if not places:
            continue
        if found and len(places) > 1 and shape[places[0]] in NEIGHBOURHOODS and found[0].role is not Role.NUMBER:
            continue
        words = [shape[place] for place in places]
        flat = house_number(words[0]) and len(words) < 5 and not any(word in after() for word in words)
        role = _role(words)
        if found and role is Role.STREET:
            found[told:] = [_as_unit(segment, shape) for segment in found[told:]]
            told = len(found)
        found.append(Segment(places, role, flat))
    return found


def _as_unit(segment: Segment, shape: tuple[str, ...]) -> Segment:
    """A segment before a street that begins like a unit (`Flat 3 Oak Court, 12 Elm Road`)."""
    return segment._replace(role=Role.UNIT) if shape[segment.places[0]] in UNIT_STARTS else segment


def _role(words: list[str]) -> Role:
    if _is_unit(words):
        return Role.UNIT
    if _is_number(words):
        return Role.NUMBER
    if len(words) > 1 and words[0] in before():
        kind = before()[words[0]]
        return Role.AREA if kind in AREAS else Role.STREET
    named = any(not is_number(word) for word in words[1:])
    if house_number(words[0]) and named:
        return Role.STREET
    kinded = len(words) > 1 and any(word in after() for word in words[-2:])
    numbered = any(house_number(word) or word == "sn" for word in words[1:])
    return Role.STREET if kinded or numbered else Role.WORDS


def _is_unit(words: list[str]) -> bool:
    """Whether a segment is a unit: it begins with a word of units and names no street behind its number."""
    if is_number(words[0]) and not house_number(words[0]):
        return len(words) == 1 or words[1] in UNIT_WORDS or words[1] in UNIT_FORMS or is_number(words[1])
    if words[0] in NUMBER_WORDS or words[0] in NUMBER_FILL or words == ["centro"]:
        return False
    if 1 < len(words) < 5 and words[-1] in UNIT_WORDS and words[-1] in UNIT_STARTS and WORD in words[:1]:
        return True
    if words[0] not in UNIT_STARTS:
        named = words[0] in UNIT_FORMS or (words[0] in UNIT_WORDS and len(words) > 1)
        return named and len(words) < 4 and all(_short(word) for word in words[1:])
    if words[0] in before() and len(words) > 1 and not _short(words[1]):
        return False
    return not any(word in after() and word not in UNIT_WORDS and word not in UNIT_FORMS for word in words[3:])


def _is_number(words: list[str]) -> bool:
    """Whether a segment begins with a house number (or says that there is none) and no name follows."""
    if words[0] in {"sn", "sin"} or words[:2] == ["s", "n"]:
        return True
    at = 0
    while at < len(words) - 1 and words[at] in NUMBER_FILL:
        at += 1
    if not house_number(words[at]):
        return False
    if at == 0 and len(words) > 1 and words[1] in PARTICLES and len(words) > 3:
        return False
    return all(_short(word) or word in UNIT_STARTS for word in words[at + 1 :]) or _announced(words[at + 1 :])


def _announced(words: list[str]) -> bool:
    """Whether the words begin with one that announces a unit (`bloque Norte`), so that names belong to it."""
    return bool(words) and words[0] in UNIT_STARTS and not any(word in after() for word in words)


def _short(word: str) -> bool:
    """Whether a word can stand in the number of a flat: a number, a letter, a word of units."""
    return (
        is_number(word)
        or word in {RANGE, SLASH, LETTER, SHORT, "bis"}
        or word in UNIT_WORDS
        or word in UNIT_FORMS
        or (len(word) == 1 and word.islower())
    )
