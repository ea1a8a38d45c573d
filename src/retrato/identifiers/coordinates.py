"""Coordinates: where somebody was, as latitude and longitude."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, ClassVar

from retrato.identifiers.angles import read_angle, read_pair
from retrato.identifiers.base import Feature, Field, Identifier, IdentifierType, Issue, Status
from retrato.identifiers.folding import fold
from retrato.identifiers.placeholders import is_absent, is_null
from retrato.identifiers.tables import headers

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pyarrow as pa

    from retrato.identifiers.angles import Pair

#: What a canonical value is rounded to: five digits are about a metre.
DECIMALS = 5
_STEP = Decimal(1).scaleb(-DECIMALS)
#: Nearer than this many degrees to 0, 0 is no place that was measured.
NOWHERE = Decimal("0.0005")
LAST_LATITUDE, LAST_LONGITUDE = 90, 180

_ISSUES = {
    "not_coordinates": Issue("not_coordinates", "the text is no latitude and longitude"),
    "half": Issue("half", "of latitude and longitude one is missing"),
    "out_of_range": Issue("out_of_range", "the globe has no such latitude or longitude"),
    "nowhere": Issue("nowhere", "the coordinates are what devices give when they do not know where they are"),
    "coarse": Issue("coarse", "whole degrees say no more than the region"),
}


@dataclass(frozen=True)
class Coordinates(IdentifierType):
    """Latitude and longitude in degrees, rounded to five digits; in one text, or as two parts.

    They say where a device was, not who had it, so they take no part in matching.

    >>> Coordinates().parse("40,41678; -3,70379").value, Coordinates().parse("POINT(-3.70379 40.41678)").value
    ('40.41678,-3.70379', '40.41678,-3.70379')
    >>> Coordinates().parse_parts({"latitude": "43.3", "longitude": "8.4 O"})[0].value
    '43.30000,-8.40000'
    """

    kind: ClassVar[str] = "coordinates"
    fields: ClassVar[Mapping[str, Field]] = {
        "coordinates": Field("text", headers("coordinates")),
        "latitude": Field("latitude", headers("latitude")),
        "longitude": Field("longitude", headers("longitude")),
    }
    features: ClassVar[tuple[Feature, ...]] = ()

    def parse_parts(self, parts: Mapping[str, str | None]) -> tuple[Identifier, ...]:
        """Read one cell or row: at most one identifier; the text speaks before the two parts."""
        given = {name: text for name, text in parts.items() if text is not None and not is_null(text)}
        given = {name: given[name] for name in ("text", "latitude", "longitude") if name in given}
        if not given:
            return ()
        text = given.get("text")
        raw = text if text is not None else ", ".join(given.values())
        if all(is_absent(fold(each)) for each in given.values()):
            return (Identifier(self.kind, raw, None, Status.PLACEHOLDER),)
        if text is None and len(given) < 2:
            return self._invalid(raw, "half")
        pair = read_pair(text) if text is not None else _pair(given["latitude"], given["longitude"])
        if pair is None:
            return self._invalid(raw, "not_coordinates")
        if abs(pair[0]) > LAST_LATITUDE or abs(pair[1]) > LAST_LONGITUDE:
            return self._invalid(raw, "out_of_range")
        return (self._identifier(raw, pair),)

    def _invalid(self, raw: str, code: str) -> tuple[Identifier, ...]:
        return (Identifier(self.kind, raw, None, Status.INVALID, issues=(_ISSUES[code],)),)

    def _identifier(self, raw: str, pair: Pair) -> Identifier:
        latitude, longitude = (_canonical(each) for each in pair)
        status, code = Status.VALID, ""
        if max(map(abs, pair)) < NOWHERE or abs(pair[0]) == LAST_LATITUDE:
            status, code = Status.PLACEHOLDER, "nowhere"
        elif not any(map(_digits_behind, pair)):
            status, code = Status.POSSIBLE, "coarse"
        return Identifier(
            self.kind,
            raw,
            f"{latitude},{longitude}",
            status,
            parts={"latitude": latitude, "longitude": longitude},
            issues=(_ISSUES[code],) if code else (),
        )

    def accept(self, table: pa.Table) -> pa.Table:
        """Two numbers with decimal points, in one text or in two."""
        from retrato.identifiers.columns.places import accept_coordinates

        return accept_coordinates(table)

    def mask(self, value: str) -> str:
        """The whole degrees stay: the region.

        >>> Coordinates().mask("40.41678,-3.70379")
        '40.*,-3.*'
        """
        pair = read_pair(value)
        return ",".join(f"{int(each)}.*" for each in pair) if pair is not None else super().mask(value)

    def recognise(self, sample: Sequence[str]) -> Mapping[str, float]:
        """The share of pairs with three digits behind the point at least; half a pair may be any number."""
        if not sample:
            return {}
        exact = 0
        for text in sample:
            found = self.parse(text)
            pair = read_pair(text) if found.status is Status.VALID else None
            exact += pair is not None and all(_digits_behind(each) >= 3 for each in pair)
        return {"coordinates": 0.95 * exact / len(sample)}


def _pair(latitude: str, longitude: str) -> Pair | None:
    north, east = read_angle(latitude, "NS"), read_angle(longitude, "EW")
    return (north, east) if north is not None and east is not None else None


def _canonical(degrees: Decimal) -> str:
    rounded = degrees.quantize(_STEP)
    return f"{rounded if rounded else abs(rounded):f}"


def _digits_behind(degrees: Decimal) -> int:
    """How many digits behind the point were written."""
    exponent = degrees.as_tuple().exponent
    return -exponent if isinstance(exponent, int) else 0
