"""Latitudes and longitudes as people, maps and devices write them, to decimal degrees."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TypeAlias

Pair: TypeAlias = "tuple[Decimal, Decimal]"

_NUMBER = r"[+-]?\d{1,3}(?:\.\d{0,20})?"
_COMMA = r"[+-]?\d{1,3}(?:,\d{1,20})?"
#: Two numbers, with a decimal point, with a decimal comma, and with a comma for both.
_PAIRS = (
    re.compile(rf"({_NUMBER})°?(?:\s*[,;|/]\s*|\s+)({_NUMBER})°?", re.ASCII),
    re.compile(rf"({_COMMA})°?(?:\s*[;|/]\s*|\s*,\s+|\s+)({_COMMA})°?", re.ASCII),
    re.compile(r"([+-]?\d{1,3},\d{2,20}),([+-]?\d{1,3},\d{2,20})", re.ASCII),
)
_SINGLE = re.compile(r"([+-]?\d{1,4}(?:[.,]\d{0,20})?)\s*°?", re.ASCII)
#: A point of a map as text (OGC 06-103r4), longitude first.
_POINT = re.compile(rf"(?:SRID=\d{{1,6}};)?POINT\s*\(\s*({_NUMBER})\s+({_NUMBER})\s*\)", re.ASCII | re.IGNORECASE)
#: Links to maps, and `geo:` links (RFC 5870).
_LINK = re.compile(rf"(?:@|[?&](?:q|ll|query|center|destination)=|^geo:)({_NUMBER})(?:,|%2C)({_NUMBER})", re.ASCII)
_LABEL = re.compile(r"['\"]?\b(LATITUDE|LATITUD|LAT|LONGITUDE|LONGITUD|LONG|LNG|LON)\b['\"]?\s*[:=]?\s*")
_FRACTION = r"(?:[.,]\d{1,20})?"
_ANGLE = (
    rf"([+-]?\d{{1,3}}{_FRACTION})"
    rf"(?:(?:\s*[°ºD]\s*|\s+)(\d{{1,2}}{_FRACTION})(?:(?:\s*['′’´]\s*|\s+)(\d{{1,2}}{_FRACTION})\s*(?:\"|″|”|'')?)?)?"
    r"\s*[°ºD'′’´]?\s*"
)
_BEHIND = re.compile(rf"{_ANGLE}([NS])\s*[,;/]?\s*{_ANGLE}([EW])", re.ASCII)
_BEFORE = re.compile(rf"([NS])\s*{_ANGLE}\s*[,;/]?\s*([EW])\s*{_ANGLE}", re.ASCII)
_ONE_BEHIND = re.compile(rf"{_ANGLE}([NSEW])?", re.ASCII)
_ONE_BEFORE = re.compile(rf"([NSEW])\s*{_ANGLE}", re.ASCII)
_WORDS = {"NORTE": "N", "NORTH": "N", "SUR": "S", "SOUTH": "S", "ESTE": "E", "EAST": "E", "OESTE": "W", "WEST": "W"}
_WORD = re.compile(rf"\b({'|'.join(_WORDS)})\b|\bO\b|(?<=[\d\s°ºD'′’´\"″”])O\b")
#: No text of coordinates is longer, links aside.
_LONGEST, _LONGEST_LINK = 120, 2000


def read_pair(text: str) -> Pair | None:
    """Latitude and longitude of a text that holds both, in degrees, whatever their range; None when it does not.

    >>> [str(each) for each in read_pair("40,4168; -3,7038")]
    ['40.4168', '-3.7038']
    >>> [f"{each:.4f}" for each in read_pair("40°25'0'' N 3°42'14'' O")]
    ['40.4167', '-3.7039']
    """
    written = text.strip()
    if len(written) > _LONGEST:
        found = _LINK.search(written) if len(written) <= _LONGEST_LINK else None
        return (_decimal(found[1]), _decimal(found[2])) if found else None
    point = _POINT.fullmatch(written)
    if point is not None:
        return _decimal(point[2]), _decimal(point[1])
    link = _LINK.search(written)
    if link is not None:
        return _decimal(link[1]), _decimal(link[2])
    bare = written.strip("()[]{} ").upper()
    labels = [label[1] for label in _LABEL.finditer(bare)]
    pair = _numbers(_LABEL.sub("", bare).strip()) or _angles(_in_letters(bare))
    return pair[::-1] if pair is not None and labels and not labels[0].startswith("LA") else pair


def read_angle(text: str, directions: str) -> Decimal | None:
    """One latitude (`directions` "NS") or longitude ("EW") in degrees, or None.

    >>> str(read_angle("-3,7038", "EW")), str(read_angle("34° 36' S", "NS")), read_angle("3 W", "NS")
    ('-3.7038', '-34.6', None)
    """
    written = text.strip()
    if len(written) > _LONGEST:
        return None
    plain = _SINGLE.fullmatch(written)
    if plain is not None:
        return _decimal(plain[1])
    lettered = _in_letters(written.upper())
    behind = _ONE_BEHIND.fullmatch(lettered)
    if behind is not None:
        return _degrees(behind.groups()[:3], behind[4] or "") if not behind[4] or behind[4] in directions else None
    before = _ONE_BEFORE.fullmatch(lettered)
    return _degrees(before.groups()[1:], before[1]) if before is not None and before[1] in directions else None


def _numbers(text: str) -> Pair | None:
    for pattern in _PAIRS:
        found = pattern.fullmatch(text)
        if found is not None:
            return _decimal(found[1]), _decimal(found[2])
    return None


def _angles(text: str) -> Pair | None:
    """Two angles with the letters of their directions."""
    behind, before = _BEHIND.fullmatch(text), _BEFORE.fullmatch(text)
    if behind is not None:
        latitude, longitude = _degrees(behind.groups()[:3], behind[4]), _degrees(behind.groups()[4:7], behind[8])
    elif before is not None:
        latitude, longitude = _degrees(before.groups()[1:4], before[1]), _degrees(before.groups()[5:], before[5])
    else:
        return None
    return (latitude, longitude) if latitude is not None and longitude is not None else None


def _in_letters(text: str) -> str:
    """Directions as the letters N, S, E, W."""
    return _WORD.sub(lambda found: _WORDS.get(found[0], "W"), text)


def _degrees(numbers: tuple[str | None, ...], direction: str) -> Decimal | None:
    degrees, minutes, seconds = (_decimal(each or "0") for each in numbers)
    if minutes >= 60 or seconds >= 60 or (direction and degrees.is_signed()):
        return None
    size = abs(degrees) + minutes / 60 + seconds / 3600
    return -size if direction in ("S", "W") or degrees.is_signed() else size


def _decimal(text: str) -> Decimal:
    return Decimal(text.replace(",", "."))
