"""House numbers and units: which of the words behind a street's name each of them takes, told from their classes."""

from __future__ import annotations

from retrato.identifiers.street_words import (
    CORNERS,
    NEIGHBOURHOODS,
    NUMBER_FILL,
    NUMBER_WORDS,
    ORDINAL,
    RANGE,
    SLASH,
    UNIT_FORMS,
    UNIT_STARTS,
    UNIT_WORDS,
    house_number,
    is_number,
    words_between_commas,
)

#: A word of the line by its place (`~place`: the digits of an ordinal alone), or a word that keys have instead.
Item = int | str
Items = tuple[Item, ...]
Shape = tuple[str, ...]
Places = list[int] | tuple[int, ...]


def number_items(shape: Shape) -> Items:
    """The words of a house number that stands alone.

    >>> number_items(("num", "9", "-", "9")), number_items(("9", "bis"))
    ((1, 3), (0, 1))
    """
    number, rest = number_first(shape, words_between_commas(shape))
    return (*number, *unit_items(shape, rest))


def number_first(shape: Shape, places: Places, *, crossing: bool = False) -> tuple[Items, list[int]]:
    """The house number at the head of the words behind a street's name, and what follows it.

    A street that has a number for a name has the corner's number too (`Calle 45 # 12-34`): `crossing`.
    """
    rest = list(places)
    at = 0
    while at < len(rest) and shape[rest[at]] in NUMBER_FILL:
        at += 1
    if 0 < at < len(rest) - 1 and UNIT_FORMS.get(shape[rest[at]]) == "ext" and is_number(shape[rest[at + 1]]):
        at += 1
    words = [shape[place] for place in rest[at:]]
    if words[:2] == ["s", "n"] or (words[:1] == ["sin"] and words[1:2] and words[1] in NUMBER_WORDS):
        return ("sn",), rest[at + 2 :]
    if words[:1] == ["sn"]:
        return ("sn",), rest[at + 1 :]
    if not words or not is_number(words[0]):
        return (), rest
    taken = 1
    if words[1:2] and words[1] in {RANGE, SLASH} and words[2:3] and is_number(words[2]):
        taken = 3
    elif crossing:
        taken = _crossing_number(words)
    elif words[1:2] == ["bis"] or (at and shape[rest[at - 1]] == "km" and words[1:2] and words[1] == "9"):
        taken = 2
    return plain_items(shape, rest[at : at + taken]), rest[at + taken :]


def _crossing_number(words: list[str]) -> int:
    """How many words the number of a Colombian house takes: `12 a bis 34`."""
    taken = 1
    while taken < min(len(words), 5) and (
        words[taken] in {"bis", "X", "a", "c", "d", "n", "s", "e", RANGE, "sur", "este"}
    ):
        taken += 1
    return taken + 1 if taken < len(words) and house_number(words[taken]) else 1


def plain_items(shape: Shape, places: Places) -> Items:
    """The words at these places without the marks between them."""
    return tuple(place for place in places if shape[place] not in {RANGE, SLASH})


def unit_items(shape: Shape, places: Places | None = None) -> Items:
    """The words of a unit that keys have: what only announces it goes, and whatever a corner or a neighbourhood says.

    >>> unit_items(("piso", "9", "pta", "izq"))
    (1, 'izq')
    """
    places = words_between_commas(shape) if places is None else places
    items: list[Item] = []
    skipping = False
    for at, place in enumerate(places):
        word = shape[place]
        following = shape[places[at + 1]] if at + 1 < len(places) else ""
        skipping = _begins_neighbours(word, following) or (skipping and word not in UNIT_STARTS)
        silent = word in UNIT_WORDS or word in {RANGE, SLASH} or (word == "p" and is_number(following))
        if skipping or silent:
            continue
        # `esq` as the last word is no corner: it says left in Portuguese
        items.append("izq" if word == "esq" else UNIT_FORMS.get(word, ~place if word == ORDINAL else place))
    return tuple(items)


def _begins_neighbours(word: str, following: str) -> bool:
    """Whether a corner or a neighbourhood begins: `entre Sol y Luna`, `x 20 y 22`, `Col. Centro`."""
    if word == "x":
        return is_number(following)
    return bool(following) and (word in CORNERS or (word in NEIGHBOURHOODS and not is_number(following)))
