"""One-line addresses: where the street ends, and the places that stand behind it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from retrato.identifiers.country import country_code
from retrato.identifiers.folding import fold, fold_word
from retrato.identifiers.memory import remembered
from retrato.identifiers.street import is_kinded
from retrato.identifiers.street_words import NEIGHBOURHOODS, UNIT_STARTS, before, words_of

if TYPE_CHECKING:
    from collections.abc import Mapping

_STATES = "nsw|vic|qld|sa|wa|tas|nt|act"
_BRITISH = r"[A-Z]{1,2}\d[A-Z\d]?\s*\d[A-Z]{2}"
#: Postal codes that stand before the city: of four to six digits, `C1043AAZ`, `4000-447`, `1012 AB`.
_BEFORE = (
    r"(?:[A-Z]{1,2}-)?\d{4,5}|\d{6,7}|\d{5}-\d{3}|\d{4}-\d{3}|[A-HJ-NP-Z]\d{4}(?:[A-Z]{3})?|\d{4}\s?[A-Z]{2}(?=\s)"
)
_POST_CITY = re.compile(rf"(?:c\.?p\.?:?\s*)?({_BEFORE})\s+([^\W\d][^\d]*?)(?:\s*\(([^)]+)\))?", re.IGNORECASE)
_POST_ALONE = re.compile(
    rf"(?:c\.?p\.?:?\s*)?((?:[A-Z]{{1,2}}-)?\d{{5}}(?:-\d{{3,4}})?|\d{{4}}-\d{{3}}|[A-HJ-NP-Z]\d{{4}}[A-Z]{{3}}|{_BRITISH}"
    r"|[A-Z]\d[A-Z]\s?\d[A-Z]\d|\d{6,8})",
    re.IGNORECASE,
)
_STATE_ZIP = re.compile(r"(?:(.*\S)\s+)?([A-Z]{2}|[A-Z][a-z]{4,}(?: [A-Z][a-z]+)?)\.?\s+(\d{5}(?:-\d{4})?)")
_PROVINCE_POST = re.compile(r"(?:(.*\S)\s+)?([A-Z]{2})\s+([A-Z]\d[A-Z]\s?\d[A-Z]\d)")
_STATE_POST = re.compile(rf"(?:(.*\S)\s+)?({_STATES})\s+(\d{{4}})", re.IGNORECASE)
_CITY_UK = re.compile(rf"(?:(.*\S)\s+)?({_BRITISH})", re.IGNORECASE)
_CITY_POST = re.compile(r"([^\d,]+?)\s+(\d{5}-\d{3}|\d{5,6})", re.IGNORECASE)
_PATTERNS: tuple[tuple[re.Pattern[str], tuple[str, ...]], ...] = (
    (_POST_CITY, ("postcode", "city", "region")),
    (_POST_ALONE, ("postcode",)),
    (_STATE_ZIP, ("city", "region", "postcode")),
    (_PROVINCE_POST, ("city", "region", "postcode")),
    (_STATE_POST, ("city", "region", "postcode")),
    (_CITY_UK, ("city", "postcode")),
    (_CITY_POST, ("city", "postcode")),
)
#: A city with its old postal district (`Lima 27`), and one with its state or province (`São Paulo - SP`, `Roma RM`).
_DISTRICT = re.compile(r"(Lima|Callao)\s+\d{1,2}", re.IGNORECASE)
_CITY_STATE = re.compile(r"(.*\S)\s*[-/–]\s*([A-Z]{2})|(.*[a-z])\s+([A-Z]{2})")
_TAIL = re.compile(r"(.*\d.*?)\s+(\d{5})\s+([^\d]{3,})", re.DOTALL)
_DIGIT = re.compile(r"\d", re.ASCII)
_BREAK = re.compile(r"\s*[,;\n\r]+\s*")
#: Kilometres with a decimal comma (`km 23,500`).
_KILOMETRES = re.compile(r"\b(km\.?\s*\d+)[.,](\d{1,3})\b", re.IGNORECASE | re.ASCII)


def split_line(text: str) -> tuple[str, dict[str, str]]:
    """The street line of an address, and the places that stand in it rather than in columns of their own.

    >>> split_line("12 Oak Street, Springfield, IL 62704")
    ('12 Oak Street', {'region': 'IL', 'postcode': '62704', 'city': 'Springfield'})
    """
    text = text.strip(" ,;\n\r\t")
    if "km" in text or "K" in text:
        text = _KILOMETRES.sub(_with_point, text)
    broken = _BREAK.search(text)
    if broken is None:
        tail = _TAIL.fullmatch(text) if len(text) < 200 and text[-1:].isalpha() and _DIGIT.search(text) else None
        if tail is None:
            return text, {}
        return tail[1].strip(" -"), {"postcode": tail[2], "city": tail[3].strip()}
    head = text[: broken.start()]
    rest, places = split_tail(text[broken.end() :])
    return (", ".join((head, rest)) if head and rest else head or rest), dict(places)


@remembered(1 << 16)
def split_tail(tail: str) -> tuple[str, Mapping[str, str]]:
    """What stands behind the first comma of an address: the rest of the street line, and the places.

    >>> split_tail("2º izq., 28013 Madrid")
    ('2º izq.', {'postcode': '28013', 'city': 'Madrid'})
    """
    segments = [each for each in _BREAK.split(tail.strip()) if each]
    if len(segments) > 1:
        segments = [each for each in segments if not _is_neighbourhood(each)]
    if not segments or len(segments) > 11:
        return ", ".join(segments), {}
    places: dict[str, str] = {}
    last = segments[-1]
    if last[0].isalpha() and (len(last) > 3 or last.lower() in {"usa", "uk"}) and country_code(last) is not None:
        places["country"] = segments.pop()
    line = _take_places(segments, places)
    return ", ".join(line), places


def _with_point(kilometres: re.Match[str]) -> str:
    metres = kilometres[2].rstrip("0")
    return f"{kilometres[1]}.{metres}" if metres else kilometres[1]


@remembered(1 << 16)
def _is_neighbourhood(segment: str) -> bool:
    first, _, rest = segment.partition(" ")
    if not rest:
        return fold_word(first) == "centro"
    word = fold_word(first)
    return word in NEIGHBOURHOODS and not (rest[-1].isdigit() and word in before())


def _take_places(segments: list[str], places: dict[str, str]) -> list[str]:
    for position in range(len(segments) - 1, -1, -1):
        if _take_postcode(segments[position], places):
            rest = segments[position + 1 :]
            line = segments[:position]
            if "city" not in places and rest:
                places["city"] = rest.pop(0)
            elif "city" not in places and line and _is_place(line[-1]):
                _take_city(line.pop(), places)
            if rest and "region" not in places:
                places["region"] = _without_district(rest[0])
            return line
    line = list(segments)
    if len(line) > 1 and _is_place(line[-1]) and _is_place(line[-2]):
        places["region"] = _without_district(line.pop())
    if line and _is_place(line[-1]):
        _take_city(line.pop(), places)
    return line


def _take_city(segment: str, places: dict[str, str]) -> None:
    with_state = _CITY_STATE.fullmatch(segment)
    if with_state and "region" not in places:
        places["city"], places["region"] = (text for text in with_state.groups() if text)
    else:
        places["city"] = _without_district(segment)


def _without_district(segment: str) -> str:
    district = _DISTRICT.fullmatch(segment)
    return district[1] if district else segment


def _take_postcode(segment: str, places: dict[str, str]) -> bool:
    found = _with_postcode(segment)
    places.update(found)
    return bool(found)


@remembered(1 << 16)
def _with_postcode(segment: str) -> Mapping[str, str]:
    """The places in a segment that has a postal code; empty without one."""
    if not _DIGIT.search(segment):
        return {}
    for pattern, names in _PATTERNS:
        found = pattern.fullmatch(segment)
        if found is None:
            continue
        city = found[names.index("city") + 1] if "city" in names else None
        if city and (_is_unit(city) or (names[0] == "postcode" and is_kinded(city))):
            continue
        places = {name: text.strip() for name, text in zip(names, found.groups(), strict=True) if text}
        if names[0] == "postcode" and "city" in places and "region" not in places:
            _take_city(places["city"], places)
        return places
    return {}


def _is_unit(text: str) -> bool:
    return fold_word(text).partition(" ")[0] in UNIT_STARTS


@remembered(1 << 16)
def _is_place(segment: str) -> bool:
    if _DIGIT.search(segment):
        return _DISTRICT.fullmatch(segment) is not None
    words = words_of(segment)
    if not words or words[0].class_ in UNIT_STARTS or words[0].class_ == "sn":
        return False
    return not (is_kinded(segment) or _is_neighbourhood(segment) or len(fold(segment)) < 2)
