"""The words of a street line, and the class that each belongs to: what reading it may look at."""

from __future__ import annotations

import re
from functools import cache
from string import ascii_lowercase
from typing import NamedTuple

from retrato.identifiers.folding import fold
from retrato.identifiers.memory import remembered
from retrato.identifiers.tables import listed, synonyms

#: A comma, the mark of a range (`12-14`) and of a flat within a house (`2/10`).
COMMA, RANGE, SLASH = ",", "-", "/"
#: Classes of the words that no table has: a word, one of two letters, a letter, letters and digits mixed.
WORD, SHORT, LETTER, MIXED = "W", "V", "X", "M"
_DIGITS = "9"
#: Classes of numbers with letters: `12B`, `5th`, `3er`, and others.
LETTERED, ORDINAL, WRITTEN_OUT, MIXED_NUMBER = "9X", "9TH", "9O", "9M"

PARTICLES = frozenset({"de", "del", "d", "dels", "do", "da", "dos", "das", "du", "des"})
ARTICLES = frozenset({"la", "las", "los", "el", "les", "els"})
DIRECTIONS = {
    "north": "n", "south": "s", "east": "e", "west": "w", "n": "n", "s": "s", "e": "e", "w": "w",
    "northeast": "ne", "northwest": "nw", "southeast": "se", "southwest": "sw",
    "ne": "ne", "nw": "nw", "se": "se", "sw": "sw", "norte": "n", "sur": "s",
}  # fmt: skip
#: Words that say that the house number follows; `km` and `sn` (no number) stand for it.
NUMBER_WORDS = frozenset({"num", "sn", "km", "numero", "nro", "sin"})
NUMBER_FILL = frozenset({"num", "no", "n", "numero", "km", "nro"})

#: Words that only announce a unit, left out of keys.
UNIT_WORDS = frozenset(listed("units", "announces"))
#: Words of a unit that say something, in one spelling.
UNIT_FORMS = synonyms("unit_forms")
#: Words that begin a unit wherever they stand.
UNIT_STARTS = (UNIT_WORDS | UNIT_FORMS.keys()) - frozenset(listed("units", "also in names"))
NEIGHBOURHOODS = frozenset(listed("street_words", "neighbourhoods"))
CORNERS = frozenset(listed("street_words", "corners"))
AREAS = frozenset(listed("street_words", "areas"))
AFTER_NUMBER = frozenset(listed("street_words", "after a number"))
NUMBERED_ROADS = frozenset(listed("street_words", "numbered roads"))
BEFORE_NUMBERED_ROADS = frozenset(listed("street_words", "before numbered roads"))
ENDS = frozenset(listed("street_words", "ends"))
ROAD_LETTERS = frozenset(listed("street_words", "road letters"))
BOXES = frozenset(listed("street_words", "boxes"))
BOX_WORDS = frozenset(listed("street_words", "box words"))
ABBREVIATIONS = synonyms("street_abbreviations")
ORDINAL_WORDS = synonyms("street_ordinals")


class Word(NamedTuple):
    """One word as keys have it, and its class: itself for a word of a table."""

    text: str
    class_: str


@cache
def before() -> dict[str, str]:
    """Kinds of street that stand before the name, as keys have them (the usual kind is empty)."""
    return {form: "" if kind == "-" else kind for form, kind in synonyms("street_kinds_before").items()}


@cache
def after() -> dict[str, str]:
    """Kinds of street that stand after the name, as keys have them (the usual kind is empty)."""
    return {form: "" if kind == "-" else kind for form, kind in synonyms("street_kinds").items()}


@cache
def _special() -> frozenset[str]:
    sets = (
        before(), after(), UNIT_WORDS, UNIT_FORMS, PARTICLES, ARTICLES, DIRECTIONS, NUMBER_WORDS, NUMBER_FILL,
        NEIGHBOURHOODS, CORNERS, NUMBERED_ROADS, BEFORE_NUMBERED_ROADS, ROAD_LETTERS, BOX_WORDS, BOXES,
        ABBREVIATIONS, ORDINAL_WORDS, {"ind", "industrial", "bis", "x", "the", "s", "este"},
    )  # fmt: skip
    return frozenset().union(*sets)


_BREAKS = re.compile(r"([,;])")
_STREET_MARK = re.compile(r"^[cC]/\.?(.*)$", re.DOTALL)
_NO_NUMBER = re.compile(r"\(?s/n[º°.]?[.)]?", re.IGNORECASE)
_CORNER = re.compile(r"^e/(.*)$", re.IGNORECASE | re.DOTALL)
_JOINED = re.compile(r"\(?(\d+[a-z]?)([-/])(\d+[a-z]?)[.)]?", re.IGNORECASE)
_NUMBERED = re.compile(r"(num|no|n)(\d+)")
_LETTERED = re.compile(r"\d+[a-z]")
_ORDINAL = re.compile(r"\d+(?:st|nd|rd|th)")
_WRITTEN_OUT = re.compile(r"(\d+)(?:er|ro|ra|do|da|ero|era|to|ta|mo|ma|vo|va|no|na)")
#: Marks of ordinals and numbers: `2º`, `nº 3`, `# 12`.
_MARKS = str.maketrans({"º": " ", "ª": " ", "°": " ", "#": " num "})
_MARY = re.compile(r"^m\.?ª\.?$", re.IGNORECASE)


def words_of(text: str) -> list[Word]:
    """The words of a street line in order, with the commas and the marks within numbers.

    >>> [word.text for word in words_of("C/Mayor nº 3, 2ºizq.")]
    ['calle', 'mayor', 'n', '3', ',', '2', 'izq']
    >>> [word.class_ for word in words_of("12B-14 Oak Street")]
    ['9X', '-', '9', 'W', 'street']
    """
    return [word for piece in text.split() for word in words_in(piece)]


@remembered(1 << 16)
def words_in(piece: str) -> tuple[Word, ...]:
    """The words in a piece of text without blanks."""
    if "," in piece or ";" in piece:
        found: list[Word] = []
        for part in _BREAKS.split(piece):
            found += (Word(COMMA, COMMA),) if part in {",", ";"} else words_in(part)
        return tuple(found)
    if "/" in piece or "-" in piece:
        joined = _JOINED.fullmatch(piece)
        if joined:
            return (_word(fold(joined[1])), Word(joined[2], joined[2]), _word(fold(joined[3])))
        if _NO_NUMBER.fullmatch(piece):
            return (_word("sn"),)
        for mark, word in ((_STREET_MARK, "calle"), (_CORNER, "entre")):
            marked = mark.match(piece)
            if marked:
                return (_word(word), *words_in(marked[1]))
    if piece.isascii() and piece.isalnum():
        return tuple(_word(each) for each in _told_apart(piece.lower()))
    if "ª" in piece and _MARY.match(piece):
        return (_word("maria"),)
    return tuple(_word(each) for token in fold(piece.translate(_MARKS)).split() for each in _told_apart(token))


def _told_apart(token: str) -> tuple[str, ...]:
    """A number that is written together with its sign (`n3`), and the German `str` at the end of a name."""
    numbered = _NUMBERED.fullmatch(token)
    if numbered:
        return numbered[1], numbered[2]
    return (token + "asse",) if token.endswith("str") and len(token) > 5 else (token,)


def _word(token: str) -> Word:
    class_ = _class(token)
    if class_ == LETTERED:
        return Word(f"{token[:-1]} {token[-1]}", class_)
    return Word(digits_of(token) if class_ == WRITTEN_OUT else token, class_)


def digits_of(ordinal: str) -> str:
    """An ordinal as a number.

    >>> digits_of("22nd")
    '22'
    """
    return ordinal.rstrip(ascii_lowercase)


def _class(token: str) -> str:
    if token in _special():
        return token
    if token.isdigit():
        return _DIGITS * min(max(len(token), 3) - 2, 5)
    if token[0].isdigit():
        if _ORDINAL.fullmatch(token):
            return ORDINAL
        if _LETTERED.fullmatch(token):
            return LETTERED
        return WRITTEN_OUT if _WRITTEN_OUT.fullmatch(token) else MIXED_NUMBER
    if not token.isalpha():
        return MIXED
    return LETTER if len(token) == 1 else SHORT if len(token) == 2 else WORD


def is_number(class_: str) -> bool:
    """Whether words of a class begin with a digit.

    >>> is_number("9X"), is_number("W")
    (True, False)
    """
    return class_.startswith(_DIGITS)


def is_plain_number(class_: str) -> bool:
    """Whether words of a class are digits alone."""
    return class_.endswith(_DIGITS)


def house_number(class_: str) -> bool:
    """Whether words of a class can be a house number: no ordinals."""
    return class_.startswith(_DIGITS) and class_ not in {ORDINAL, WRITTEN_OUT}


def words_between_commas(shape: tuple[str, ...], start: int = 0, end: int | None = None) -> tuple[int, ...]:
    """The places of the words from `start` to `end` that are no commas.

    >>> words_between_commas(("W", ",", "9"))
    (0, 2)
    """
    return tuple([at for at in range(start, len(shape) if end is None else end) if shape[at] != COMMA])
