"""The street line of an address, together with what stands in columns of its own: name, kind, number, unit."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from retrato.identifiers.folding import fold
from retrato.identifiers.memory import remembered
from retrato.identifiers.street_layout import layout
from retrato.identifiers.street_units import number_items, unit_items
from retrato.identifiers.street_words import UNIT_STARTS, after, before, digits_of, is_number, words_of

if TYPE_CHECKING:
    from retrato.identifiers.street_units import Items
    from retrato.identifiers.street_words import Word


_STREET_MARK = re.compile(r"^\s*c/\.?\s*", re.IGNORECASE)
_DECIMAL = re.compile(r"(\d+)\.0+")


class StreetReading(NamedTuple):
    """A street line as read; every text but `display` is folded."""

    name: str
    kind: str
    number: str
    unit: str
    display: str

    @property
    def key(self) -> str:
        """The key of the address: empty without a street name."""
        if not self.name:
            return ""
        return " ".join([each for each in (self.name, self.kind, self.number, self.unit) if each])


_NOTHING = StreetReading("", "", "", "", "")


def has_street_word(text: str) -> bool:
    """Whether a text reads like a street: a kind of street, or a name with a house number.

    >>> has_street_word("Avda. de la Paz 3"), has_street_word("wallaby place"), has_street_word("Ana García")
    (True, True, False)
    """
    if _STREET_MARK.match(text):
        return True
    tokens = fold(text.partition(",")[0]).split()
    if len(tokens) < 2 or len(text) > 200 or "@" in text or ":" in text:
        return False
    first = tokens[0] in before() and len(tokens[0]) > 1
    last = any(token in after() for token in tokens[1:])
    return first or last or (tokens[0].isdigit() and len(tokens) > 2 and tokens[1].isalpha())


def read_street(line: str, number: str = "", line2: str = "", unit: str = "") -> StreetReading:
    """Read the street line together with what stands in columns of its own.

    >>> read_street("Avda. de la Constitución nº 12, 3º dcha").key
    'constitucion av 12 3 dcha'
    >>> read_street("wallaby place", "7", "delmar").key
    'wallaby pl 7'
    """
    street = _read_line(line) if line else _NOTHING
    if line2 and (not street.name or (not street.number and not is_kinded(line) and is_kinded(line2))):
        return _with_columns(_read_line(line2), number, "", unit)
    return _with_columns(street, number, line2, unit)


def is_kinded(text: str) -> bool:
    """Whether a text begins or ends with a kind of street.

    >>> is_kinded("alroy circuit"), is_kinded("Calle Mayor"), is_kinded("braemore")
    (True, True, False)
    """
    tokens = fold(text).split()
    return len(tokens) > 1 and (tokens[-1] in after() or (tokens[0] in before() and len(tokens[0]) > 2))


def _with_columns(street: StreetReading, number: str, line2: str, unit: str) -> StreetReading:
    if not (number or line2 or unit):
        return street
    units = [street.unit]
    house = street.number
    if number:
        own = house_number_of(number)
        if own and house and own != house:
            units.insert(0, house)
        house = own or house
    if line2:
        units.append(unit_of_line2(line2))
    if unit:
        units.append(unit_of(unit))
    return street._replace(number=house, unit=" ".join([each for each in units if each]))


@remembered(1 << 14)
def house_number_of(text: str) -> str:
    """The house number in a column of its own, as keys have it.

    >>> house_number_of("nº 12B"), house_number_of("3.0")
    ('12 b', '3')
    """
    decimal = _DECIMAL.fullmatch(text.strip())
    words = words_of(decimal[1] if decimal else text)
    return _text(words, number_items(_shape(words)))


@remembered(1 << 14)
def unit_of(text: str) -> str:
    """A floor, door or flat in a column of its own, as keys have it.

    >>> unit_of("Piso 2º, pta. izquierda")
    '2 izq'
    """
    words = words_of(text)
    return _text(words, unit_items(_shape(words)))


@remembered(1 << 14)
def unit_of_line2(text: str) -> str:
    """The unit in a second address line: empty where that says something else, such as a neighbourhood.

    >>> unit_of_line2("2º izquierda"), unit_of_line2("Colonia Centro")
    ('2 izq', '')
    """
    words = [word for word in words_of(text) if word.text.isalnum() or " " in word.text]
    said = words and len(words) <= 6 and (is_number(words[0].class_) or words[0].class_ in UNIT_STARTS)
    return unit_of(text) if said else ""


def _read_line(line: str) -> StreetReading:
    words = words_of(line)
    if not words:
        return _NOTHING
    found = layout(_shape(words))
    name, number, unit = _text(words, found.name), _text(words, found.number), _text(words, found.unit)
    return StreetReading(name, found.kind, number, unit, " ".join(line.split()))


def _shape(words: list[Word]) -> tuple[str, ...]:
    return tuple([word.class_ for word in words])


def _text(words: list[Word], items: Items) -> str:
    return " ".join(
        [
            item if isinstance(item, str) else words[item].text if item >= 0 else digits_of(words[~item].text)
            for item in items
        ]
    )
