"""The street line of an address: name, kind, number, unit; and the places that a one-line address ends with."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from retrato.identifiers.country import country_code
from retrato.identifiers.folding import fold, fold_word
from retrato.identifiers.tables import listed, synonyms

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


_STREET_MARK = re.compile(r"^\s*c/\.?\s*", re.IGNORECASE)
_NO_NUMBER = re.compile(r"\bs\s?/\s?n\b\.?", re.IGNORECASE)
_NUMBERED = re.compile(r"(?:num|no|n)\d+")
#: Marks of ordinals and numbers: `2º`, `nº 3`, `# 12`.
_MARKS = str.maketrans({"º": " ", "ª": " ", "°": " ", "#": " num "})
_UNIT_SLASH = re.compile(r"^\s*(\d+[a-z]?)\s*/\s*(\d+[a-z]?)\s+(?=[a-z])", re.IGNORECASE)
_PO_BOX = re.compile(r"^p\.?\s?o\.?\s?box\b|^apartado de correos\b", re.IGNORECASE)
_LETTERED = re.compile(r"(\d+)([a-z])")
_ORDINALS = re.compile(r"\d+(?:st|nd|rd|th)")
_DECIMAL = re.compile(r"(\d+)\.0+")

_PARTICLES = frozenset({"de", "del", "d", "dels", "do", "da"})
_ARTICLES = frozenset({"la", "las", "los", "el", "les", "els"})
_DIRECTIONS = {
    "north": "n", "south": "s", "east": "e", "west": "w", "n": "n", "s": "s", "e": "e", "w": "w",
    "ne": "ne", "nw": "nw", "se": "se", "sw": "sw", "norte": "n", "sur": "s",
}  # fmt: skip
#: Words that only announce a unit, left out of keys.
_UNIT_WORDS = frozenset(listed("units", "announces"))
#: Words of a unit that say something, in one spelling.
_UNIT_FORMS = synonyms("unit_forms")
_UNIT_STARTS = (_UNIT_WORDS | _UNIT_FORMS.keys()) - frozenset(listed("units", "also in names"))
#: What announces a neighbourhood: it stands on a one-line address after the street and is no part of its key.
_NEIGHBOURHOODS = frozenset(
    {"col", "colonia", "fracc", "fraccionamiento", "barrio", "bo", "bda", "urb", "urbanización", "urbanizacion"}
)
_NUMBER_WORDS = frozenset({"num", "sn", "km", "numero", "nro"})
_NUMBER_FILL = frozenset({"num", "no", "n", "numero", "km", "nro"})
_LONG_SUFFIXES = frozenset({"street", "road", "avenue", "drive", "lane", "crescent", "boulevard", "highway", "terrace"})
_STATES = "nsw vic qld sa wa tas nt act"

_POST_CITY = re.compile(r"(?:[A-Z]{1,2}-)?(\d{5}|\d{4})\s+([^\d]+?)(?:\s*\(([^)]+)\))?", re.IGNORECASE)
_POST_ALONE = re.compile(
    r"(?:c\.?p\.?:?\s*)?((?:[A-Z]{1,2}-)?\d{5}(?:-\d{4})?|[A-Z]{1,2}\d[A-Z\d]?\s*\d[A-Z]{2})", re.IGNORECASE
)
_STATE_ZIP = re.compile(r"(?:(.*\S)\s+)?([A-Z]{2}|[A-Z][a-z]{4,}(?: [A-Z][a-z]+)?)\.?\s+(\d{5}(?:-\d{4})?)")
_STATE_POST = re.compile(rf"(?:(.*\S)\s+)?({_STATES.replace(' ', '|')})\s+(\d{{4}})", re.IGNORECASE)
_CITY_UK = re.compile(r"(?:(.*\S)\s+)?([A-Z]{1,2}\d[A-Z\d]?\s*\d[A-Z]{2})", re.IGNORECASE)
_CITY_POST = re.compile(r"([^\d,]+?)\s+(\d{5})")
_PATTERNS: tuple[tuple[re.Pattern[str], tuple[str, ...]], ...] = (
    (_POST_CITY, ("postcode", "city", "region")),
    (_POST_ALONE, ("postcode",)),
    (_STATE_ZIP, ("city", "region", "postcode")),
    (_STATE_POST, ("city", "region", "postcode")),
    (_CITY_UK, ("city", "postcode")),
    (_CITY_POST, ("city", "postcode")),
)
_TAIL = re.compile(r"(.*\d.*?)\s+(\d{5})\s+([^\d]{3,})", re.DOTALL)
_DIGIT = re.compile(r"\d", re.ASCII)
_SEGMENTS = re.compile(r"\s*[,;\n\r]+\s*")


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
        return " ".join(each for each in (self.name, self.kind, self.number, self.unit) if each)


_NOTHING = StreetReading("", "", "", "", "")


@cache
def _before() -> dict[str, str]:
    return {form: "" if kind == "-" else kind for form, kind in synonyms("street_kinds_before").items()}


@cache
def _after() -> dict[str, str]:
    return {form: "" if kind == "-" else kind for form, kind in synonyms("street_kinds").items()}


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
    before = tokens[0] in _before() and len(tokens[0]) > 1
    after = any(token in _after() for token in tokens[1:])
    return before or after or (tokens[0].isdigit() and len(tokens) > 2 and tokens[1].isalpha())


def read_street(line: str, number: str = "", line2: str = "", unit: str = "") -> StreetReading:
    """Read the street line together with what stands in columns of its own.

    >>> read_street("Avda. de la Constitución nº 12, 3º dcha").key
    'constitucion av 12 3 dcha'
    >>> read_street("wallaby place", "7", "delmar").key
    'wallaby pl 7'
    """
    street = _read_line(line) if line else _NOTHING
    if line2 and (not street.name or (not _kinded(line) and not street.number and _kinded(line2))):
        return _with_columns(_read_line(line2), number, "", unit)
    return _with_columns(street, number, line2, unit)


def _kinded(text: str) -> bool:
    tokens = fold(text).split()
    return len(tokens) > 1 and (tokens[-1] in _after() or (tokens[0] in _before() and len(tokens[0]) > 2))


def _with_columns(street: StreetReading, number: str, line2: str, unit: str) -> StreetReading:
    units = [street.unit]
    house = street.number
    if number:
        own = _number(number)
        if own and house and own != house:
            units.insert(0, house)
        house = own or house
    if line2:
        tokens = _prepared(line2).split()
        if tokens and (tokens[0][0].isdigit() or tokens[0] in _UNIT_STARTS) and len(tokens) <= 6:
            units.append(_unit(tokens))
    if unit:
        units.append(_unit(_prepared(unit).split()))
    return street._replace(number=house, unit=" ".join(each for each in units if each))


def _number(text: str) -> str:
    decimal = _DECIMAL.fullmatch(text.strip())
    tokens = _prepared(decimal[1] if decimal else text).split()
    return " ".join(_LETTERED.sub(r"\1 \2", token) for token in tokens if token not in _UNIT_WORDS)


def _prepared(text: str) -> str:
    if "/" in text:
        if text[1:2] == "/" and text[0] in "cC":
            text = "calle " + text[2:]
        elif text[:1].isdigit():
            text = _UNIT_SLASH.sub(r"unit \1 \2 ", text)
        text = _NO_NUMBER.sub(" sn ", text) if "/" in text else text
    if "#" in text or not text.isascii():
        text = text.translate(_MARKS)
    if text[:1] in "pPaA":
        text = _PO_BOX.sub("pobox", text)
    return fold(text)


def _read_line(line: str) -> StreetReading:
    tokens = _prepared(line).split()
    if not tokens:
        return _NOTHING
    display = " ".join(line.split())
    if tokens[0] in {"pobox", "apdo", "apartado"} and len(tokens) > 1:
        return StreetReading("po box", "", " ".join(tokens[1:]), "", display)
    before, unit, number = [], "", ""
    if tokens[0] in _UNIT_WORDS and len(tokens) > 3 and tokens[0] not in _before():
        unit, tokens = _unit(tokens[1:2]), tokens[2:]
    kind = _before().get(tokens[0]) if len(tokens) > 1 else None
    if kind is not None and not (len(tokens) == 2 and tokens[1] in _after() and tokens[1] not in _before()):
        before = tokens[:1]
        tokens = _without_particles(tokens[1:])
    elif tokens[0][0].isdigit() and len(tokens) > 1 and tokens[1] in _PARTICLES:
        before, kind = [""], None
    elif (
        tokens[0][0].isdigit()
        and len(tokens) > 1
        and tokens[1] not in _PARTICLES
        and not _ORDINALS.fullmatch(tokens[0])
    ):
        kind = None
        number, tokens = _leading_number(tokens)
    else:
        kind = None
        tokens = _without_particles(tokens)
    name, rest = _name_and_rest(tokens, led=bool(number), kinded=bool(before))
    if name == ["sn"]:
        return StreetReading("", "", "sn", "", display)
    if kind is None:
        name, kind = _suffix(name)
    return _finished(name, kind, number, [*rest, *unit.split()], display)


def _finished(name: Sequence[str], kind: str, number: str, rest: list[str], display: str) -> StreetReading:
    if not number:
        while rest and rest[0] in _NUMBER_FILL:
            rest = rest[1:]
        if rest and rest[0][0] == "n" and _NUMBERED.fullmatch(rest[0]):
            rest = [rest[0].lstrip("numo"), *rest[1:]]
        if rest and (rest[0][0].isdigit() or rest[0] == "sn"):
            number, rest = _LETTERED.sub(r"\1 \2", rest[0]), rest[1:]
    return StreetReading(" ".join(name), kind, number, _unit(rest), display)


def _without_particles(tokens: list[str]) -> list[str]:
    if len(tokens) > 1 and tokens[0] in _PARTICLES:
        return tokens[2:] if len(tokens) > 2 and tokens[1] in _ARTICLES else tokens[1:]
    return tokens


def _leading_number(tokens: list[str]) -> tuple[str, list[str]]:
    taken = 1
    while taken < len(tokens) - 1 and (
        tokens[taken].isdigit() or (len(tokens[taken]) == 1 and tokens[taken] in "abcdefgh" and taken < 2)
    ):
        if len(tokens) - taken < 3 and not tokens[taken].isdigit():
            break
        if tokens[taken].isdigit() and tokens[taken + 1] in _after():
            break
        taken += 1
    return " ".join(_LETTERED.sub(r"\1 \2", token) for token in tokens[:taken]), tokens[taken:]


def _name_and_rest(tokens: list[str], *, led: bool, kinded: bool) -> tuple[list[str], list[str]]:
    for position, token in enumerate(tokens):
        if position == 0 and (kinded or led or not token[0].isdigit() or _ORDINALS.fullmatch(token)):
            continue
        if token[0].isdigit() and not _ORDINALS.fullmatch(token):
            if position + 1 < len(tokens) and tokens[position + 1] in _PARTICLES and kinded:
                continue
            return tokens[:position], tokens[position:]
        if position > 0 and (token in _NUMBER_WORDS or _announces_number(tokens, position)):
            return tokens[:position], tokens[position:]
        if position > 0 and token in _UNIT_STARTS and not _names_on(tokens, position):
            return tokens[:position], tokens[position:]
        if (
            led
            and token in _LONG_SUFFIXES
            and position > 0
            and not (position + 1 < len(tokens) and tokens[position + 1] in _after())
        ):
            end = position + 1
            if end < len(tokens) and tokens[end] in _DIRECTIONS:
                end += 1
            return tokens[:end], [each for each in tokens[end:] if any(c.isdigit() for c in each)]
    return tokens, []


def _announces_number(tokens: list[str], position: int) -> bool:
    """Whether a word says that the house number follows: `n 3`, `no 3`, `n3`."""
    token = tokens[position]
    if token[0] != "n" or len(token) > 8:
        return False
    if token in {"n", "no"}:
        return position + 1 < len(tokens) and tokens[position + 1][0].isdigit()
    return _NUMBERED.fullmatch(token) is not None


def _names_on(tokens: list[str], position: int) -> bool:
    """Whether a unit word stands within a street's name (`nueva puerta del sol 3`): words without a digit follow it."""
    following = tokens[position + 1 : position + 2]
    return (
        bool(following) and len(following[0]) > 2 and not following[0][0].isdigit() and following[0] not in _UNIT_FORMS
    )


def _suffix(name: list[str]) -> tuple[list[str], str]:
    direction = ""
    if len(name) > 2 and name[-1] in _DIRECTIONS and name[-2] in _after():
        direction, name = _DIRECTIONS[name[-1]], name[:-1]
    if len(name) > 1 and name[-1] in _after():
        kind = _after()[name[-1]]
        return name[:-1], f"{kind} {direction}".strip()
    return name, direction


def _unit(tokens: Sequence[str]) -> str:
    words = []
    for token in tokens:
        if token in _UNIT_FORMS:
            words.append(_UNIT_FORMS[token])
        elif token not in _UNIT_WORDS:
            words.append(_LETTERED.sub(r"\1 \2", token) if token[0].isdigit() else token)
    return " ".join(words)


def split_line(given: Mapping[str, str]) -> tuple[str, dict[str, str]]:
    """The street line of an address, and the places that stand in it rather than in columns of their own.

    >>> split_line({"full": "12 Oak Street, Springfield, IL 62704"})
    ('12 Oak Street', {'region': 'IL', 'postcode': '62704', 'city': 'Springfield'})
    """
    text = given["full"].strip()
    if "," not in text and ";" not in text and "\n" not in text:
        tail = (
            _TAIL.fullmatch(text)
            if len(text) < 200 and text[-1:].isalpha() and any(each.isdigit() for each in text)
            else None
        )
        if tail is None:
            return text, {}
        return tail[1].strip(" -"), {"postcode": tail[2], "city": tail[3].strip()}
    segments = [each for each in _SEGMENTS.split(text) if each]
    if len(segments) > 2:
        segments = [*segments[:1], *(each for each in segments[1:] if not _is_neighbourhood(each))]
    if len(segments) < 2 or len(segments) > 12:
        return text, {}
    places: dict[str, str] = {}
    last = segments[-1]
    if last[0].isalpha() and (len(last) > 3 or last.lower() in {"usa", "uk"}) and country_code(last) is not None:
        places["country"] = segments.pop()
    line = _take_places(segments, places)
    return ", ".join(_street_first(line)), places


def _is_neighbourhood(segment: str) -> bool:
    first, _, rest = segment.partition(" ")
    return bool(rest) and first.lower().strip(".") in _NEIGHBOURHOODS


def _take_places(segments: list[str], places: dict[str, str]) -> list[str]:
    for position in range(len(segments) - 1, 0, -1):
        if _take_postcode(segments[position], places):
            rest = segments[position + 1 :]
            line = segments[:position]
            if "city" not in places and rest:
                places["city"] = rest.pop(0)
            elif "city" not in places and len(line) > 1 and _is_place(line[-1]):
                places["city"] = line.pop()
            if rest and "region" not in places:
                places["region"] = rest[0]
            return line
    line = list(segments)
    if len(line) > 2 and _is_place(line[-1]) and _is_place(line[-2]):
        places["region"] = line.pop()
    if len(line) > 1 and _is_place(line[-1]):
        places["city"] = line.pop()
    return line


def _take_postcode(segment: str, places: dict[str, str]) -> bool:
    if not _DIGIT.search(segment):
        return False
    for pattern, names in _PATTERNS:
        found = pattern.fullmatch(segment)
        if found is not None:
            if names[0] == "postcode" and "city" in names and (_is_unit(found[2]) or len(found[1]) < 4):
                continue
            places.update({name: text.strip() for name, text in zip(names, found.groups(), strict=True) if text})
            return True
    return False


def _is_unit(text: str) -> bool:
    first = fold_word(text).partition(" ")[0]
    return first in _UNIT_STARTS


def _is_place(segment: str) -> bool:
    if any(each.isdigit() for each in segment):
        return False
    tokens = fold(segment).split()
    if not tokens or tokens[0] in _UNIT_STARTS or tokens in (["sn"], ["s", "n"]):
        return False
    return not (_kinded(segment) or (len(tokens[0]) == 1 and len(tokens) == 1))


def _street_first(line: list[str]) -> list[str]:
    """The segment with the street before the name of a building that came first."""
    if (
        len(line) > 1
        and not any(each.isdigit() for each in line[0])
        and not _kinded(line[0])
        and has_street_word(line[1])
    ):
        return line[1:]
    return line
