"""Postal addresses: one person's street, number, unit and place, as a unit."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from retrato.identifiers.address_line import split_line
from retrato.identifiers.base import Feature, Field, Identifier, IdentifierType, Issue, Scope, Status
from retrato.identifiers.country import country_code
from retrato.identifiers.folding import fold
from retrato.identifiers.memory import remembered
from retrato.identifiers.place import city_key, region_key
from retrato.identifiers.placeholders import is_absent, is_null
from retrato.identifiers.postcode import looks_like_postcode, read_postcode
from retrato.identifiers.street import StreetReading, has_street_word, read_street
from retrato.identifiers.tables import headers

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pyarrow as pa


NO_STREET = Issue("no_street", "the place is known, the street is not")
FOREIGN_POSTCODE = Issue("postcode_of_no_form", "the postal code has no form that the country uses")
#: The marks that stay in a masked address.
_SHOWN = frozenset(" ,;.-/#")
PARTS = ("full", "street_number", "line2", "unit", "postcode", "city", "region", "country")


@dataclass(frozen=True)
class Address(IdentifierType):
    """An address, from its columns or from one line.

    The key is the street's name, its kind unless that is the usual one, the number and the unit; the kind comes after
    the name, so that `C/ Mayor 3` and `Mayor, 3` are one key.

    >>> Address().parse("C/ Mayor 3, 2º izq., 28013 Madrid").keys
    {'address': 'mayor 3 2 izq', 'street': 'mayor', 'postcode': '28013', 'city': 'madrid'}
    >>> Address().parse("Apt 4, 12 Oak Street").keys["address"], Address().parse("12 Oak Ave #4").keys["address"]
    ('oak 12 4', 'oak av 12 4')
    """

    region: str | None = None

    kind: ClassVar[str] = "address"
    fields: ClassVar[Mapping[str, Field]] = {
        "address": Field("full", headers("address")),
        "street_number": Field("street_number", headers("street_number")),
        "address_line_2": Field("line2", headers("address_line_2")),
        "unit": Field("unit", headers("unit")),
        "postcode": Field("postcode", headers("postcode")),
        "city": Field("city", headers("city")),
        "region": Field("region", headers("region")),
        "country": Field("country", headers("country")),
    }
    features: ClassVar[tuple[Feature, ...]] = (
        Feature("address", Scope.SHARED, "address", ("address", "street"), contact_point=True),
        Feature("postcode", Scope.SHARED, "postcode", ("postcode", "city")),
        Feature("city", Scope.SHARED, "city", ("city", "region")),
        Feature("region", Scope.SHARED, "place", ("region",)),
    )

    def parse_parts(self, parts: Mapping[str, str | None]) -> tuple[Identifier, ...]:
        """Read one row's address columns: at most one identifier."""
        raw = {name: text for name in PARTS if (text := parts.get(name)) and not is_null(text)}
        if not raw:
            return ()
        given = {name: text for name, text in raw.items() if len(text) > 30 or not says_nothing(text)}
        whole = ", ".join(raw.values()) if len(raw) > 1 else next(iter(raw.values()))
        if not given.keys() - {"country"}:
            status = Status.PLACEHOLDER if not given else Status.POSSIBLE
            return (Identifier(self.kind, whole, None, status, parts=_country_part(given)),)
        return (self._read(whole, given),)

    def _read(self, raw: str, given: dict[str, str]) -> Identifier:
        nothing: tuple[str, dict[str, str]] = ("", {})
        line, written = split_line(given["full"]) if "full" in given else nothing
        told = country_code(given.get("country") or written.get("country"))
        known = written | {name: given[name] for name in ("postcode", "city", "region", "country") if name in given}
        street = read_street(line, given.get("street_number", ""), given.get("line2", ""), given.get("unit", ""))
        postcode = read_postcode(known.get("postcode"), told or self.region)
        keys = {
            "address": street.key,
            "street": street.name,
            "postcode": postcode.key if postcode else "",
            "city": city_key(known.get("city")) or "",
            "region": region_key(known.get("region")) or "",
        }
        if postcode and postcode.valid:
            known["postcode"] = postcode.written
        foreign = told is not None and postcode is not None and postcode.valid is False
        issues = (() if street.name else (NO_STREET,)) + ((FOREIGN_POSTCODE,) if foreign else ())
        located = street.number or keys["postcode"] or keys["city"]
        status = Status.VALID if street.name and located and not foreign else Status.POSSIBLE
        found = {name: key for name, key in keys.items() if key}
        return Identifier(self.kind, raw, _one_line(given), status, "", found, _parts(street, known), issues)

    def accept(self, table: pa.Table) -> pa.Table | None:
        """Accept at once the addresses that have a plain street line; see `columns.address`."""
        from retrato.identifiers.columns.address import accept_address

        return accept_address(self, table)

    def mask(self, value: str) -> str:
        """Nothing but the length of the words stays.

        >>> Address().mask("C/ Mayor 3")
        '*/ ***** *'
        """
        if not any(each.isalnum() for each in value):
            return "***"
        return "".join(each if each in _SHOWN else "*" for each in value)

    def recognise(self, sample: Sequence[str]) -> Mapping[str, float]:
        """Streets by their words and numbers, postal codes by their shape, countries by name; cities by nothing."""
        if not sample:
            return {}
        total = len(sample)
        streets = sum(1 for text in sample if has_street_word(text)) / total
        codes = sum(1 for text in sample if len(text) <= 9 and looks_like_postcode(text)) / total
        plain = sum(1 for text in sample if text.strip().isdigit()) / total
        countries = sum(1 for text in sample if country_code(text)) / total
        return {
            "address": 0.95 * streets,
            "postcode": codes * (0.45 if plain > 0.5 else 0.85),
            "country": 0.9 * countries if total > 1 and any(len(text) > 3 for text in sample) else 0.4 * countries,
        }


@remembered(1 << 16)
def says_nothing(text: str) -> bool:
    """Whether a part of an address is an absence word; `s/n` says that a house has no number.

    >>> says_nothing("sin datos"), says_nothing("s/n")
    (True, False)
    """
    folded = fold(text)
    return is_absent(folded) and folded not in {"s n", "sn"}


def _country_part(given: Mapping[str, str]) -> dict[str, str]:
    return {"country": country_code(given["country"]) or given["country"].strip()} if "country" in given else {}


def _one_line(given: Mapping[str, str]) -> str:
    """The address as one line: `street number, line 2, unit, postcode city, region, country`."""
    if len(given) == 1:
        return " ".join(next(iter(given.values())).split())
    tidy = {name: " ".join(text.split()) for name, text in given.items()}
    street = with_number(tidy.get("full", ""), tidy.get("street_number", ""))
    place = " ".join(tidy[name] for name in ("postcode", "city") if name in tidy)
    pieces = (
        street,
        tidy.get("line2", ""),
        tidy.get("unit", ""),
        place,
        tidy.get("region", ""),
        tidy.get("country", ""),
    )
    return ", ".join(piece for piece in pieces if piece)


def with_number(street: str, number: str) -> str:
    """A street line with the house number of a column of its own, unless it has that already."""
    number = number.removesuffix(".0")
    if number and not (number in street and re.search(rf"\b{re.escape(number)}\b", street)):
        return f"{street} {number}".strip()
    return street


def _parts(street: StreetReading, known: Mapping[str, str]) -> dict[str, str]:
    found = {
        "street": street.display,
        "number": street.number,
        "unit": street.unit,
        **{k: v.strip() for k, v in known.items()},
    }
    if "country" in found:
        found["country"] = country_code(found["country"]) or found["country"]
    return {name: text for name, text in found.items() if text}
