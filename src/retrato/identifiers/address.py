"""Postal addresses: one person's street, number, unit and place, as a unit."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from retrato.identifiers.base import Feature, Field, Identifier, IdentifierType, Issue, Scope, Status
from retrato.identifiers.country import country_code
from retrato.identifiers.folding import fold
from retrato.identifiers.place import city_key, region_key
from retrato.identifiers.placeholders import is_absent, is_null
from retrato.identifiers.postcode import looks_like_postcode, postcode_key
from retrato.identifiers.street import StreetReading, has_street_word, read_street, split_line

_NO_STREET = Issue("no_street", "the place is known, the street is not")
_PARTS = ("full", "street_number", "line2", "unit", "postcode", "city", "region", "country")


@dataclass(frozen=True)
class Address(IdentifierType):
    """An address, from its columns or from one line. The key is the street's name, its kind unless that is the usual one, the
    number and the unit; the kind comes after the name, so that `C/ Mayor 3` and `Mayor, 3` are one key.

    >>> Address().parse("C/ Mayor 3, 2º izq., 28013 Madrid").keys
    {'address': 'mayor 3 2 izq', 'street': 'mayor', 'postcode': '28013', 'city': 'madrid'}
    >>> Address().parse("Apt 4, 12 Oak Street").keys["address"], Address().parse("12 Oak Ave #4").keys["address"]
    ('oak 12 4', 'oak av 12 4')
    """

    region: str | None = None

    kind: ClassVar[str] = "address"
    fields: ClassVar[Mapping[str, Field]] = {
        "address": Field(
            "full",
            (
                "address", "direccion", "address 1", "address1", "address line 1", "addressline1", "address line", "street",
                "street address", "calle", "domicilio", "direccion 1", "direccion completa", "full address", "postal address",
                "mailing address", "home address", "direccion postal", "street name", "nombre via", "via", "nombre de la via",
                "addr", "addr1", "addr 1", "direccion envio", "direccion de envio", "billing address", "shipping address",
                "delivery address", "residence", "domicilio fiscal", "calle y numero", "nombre calle", "dir", "direcc",
                "street 1", "street1", "billing street", "mailing street", "shipping street",
            ),
        ),
        "street_number": Field(
            "street_number",
            (
                "street number", "street no", "house number", "house no", "numero", "number", "num", "numero calle", "numero de calle",
                "numero via", "nro", "no", "n", "num ext", "numero exterior", "no ext", "no exterior", "building number", "portal",
                "house num", "streetnumber", "altura",
            ),
        ),
        "address_line_2": Field(
            "line2",
            (
                "address 2", "address2", "address line 2", "addressline2", "direccion 2", "piso", "complemento", "complement",
                "resto direccion", "resto de la direccion", "address extra", "addr2", "addr 2", "piso y puerta", "street 2", "street2",
                "colonia", "building", "edificio", "referencia",
            ),
        ),
        "unit": Field(
            "unit",
            (
                "unit", "apt", "apartment", "flat", "suite", "unit number", "apartment number", "puerta", "departamento", "depto",
                "num int", "numero interior", "no int", "no interior", "flat number", "apto", "apartamento", "letra", "unit no",
            ),
        ),
        "postcode": Field(
            "postcode",
            (
                "postcode", "post code", "postal code", "postalcode", "zip", "zip code", "zipcode", "cp", "c p", "codigo postal",
                "cod postal", "codpostal", "codigopostal", "postal", "zip postal code", "distrito postal", "pcode", "eircode",
                "postcode fake", "billing zip", "shipping zip", "mailing zip",
            ),
        ),
        "city": Field(
            "city",
            (
                "city", "town", "suburb", "ciudad", "localidad", "poblacion", "municipio", "locality", "city town", "town city",
                "pueblo", "ciudad residencia", "billing city", "shipping city", "mailing city", "comuna", "alcaldia", "delegacion",
                "village", "post town", "city name",
            ),
        ),
        "region": Field(
            "region",
            (
                "region", "state", "province", "provincia", "estado federal", "state province", "county", "comunidad autonoma",
                "comunidad", "estado", "departamento estado", "state code", "billing state", "shipping state", "mailing state",
                "entidad federativa", "province code", "ccaa",
            ),
        ),
        "country": Field(
            "country",
            (
                "country", "pais", "country code", "nation", "codigo pais", "cod pais", "pais residencia", "pais de residencia",
                "country name", "country iso", "billing country", "shipping country", "mailing country", "nacion",
            ),
        ),
    }  # fmt: skip
    features: ClassVar[tuple[Feature, ...]] = (
        Feature("address", Scope.SHARED, "address", ("address", "street"), contact_point=True),
        Feature("postcode", Scope.SHARED, "postcode", ("postcode",)),
        Feature("city", Scope.SHARED, "place", ("city",)),
        Feature("region", Scope.SHARED, "place", ("region",)),
    )

    def parse_parts(self, parts: Mapping[str, str | None]) -> tuple[Identifier, ...]:
        """Read one row's address columns: at most one identifier."""
        raw = {name: text for name in _PARTS if (text := parts.get(name)) is not None and not is_null(text)}
        if not raw:
            return ()
        given = {name: text for name, text in raw.items() if not is_absent(fold(text)) or fold(text) in {"s n", "sn"}}
        whole = ", ".join(raw.values()) if len(raw) > 1 else next(iter(raw.values()))
        if not given.keys() - {"country"}:
            status = Status.PLACEHOLDER if not given else Status.POSSIBLE
            return (Identifier(self.kind, whole, None, status, parts=_country_part(given)),)
        return (self._read(whole, given),)

    def _read(self, raw: str, given: dict[str, str]) -> Identifier:
        line, places = split_line(given) if "full" in given else ("", {})
        country = country_code(given.get("country") or places.get("country")) or self.region
        known = {**places, **{name: given[name] for name in ("postcode", "city", "region", "country") if name in given}}
        street = read_street(line, given.get("street_number", ""), given.get("line2", ""), given.get("unit", ""))
        keys = {
            "address": street.key,
            "street": street.name,
            "postcode": postcode_key(known.get("postcode"), country),
            "city": city_key(known.get("city")),
            "region": region_key(known.get("region")),
        }
        issues = () if street.name else (_NO_STREET,)
        located = bool(street.number or keys["postcode"] or keys["city"])
        status = Status.VALID if street.name and located else Status.POSSIBLE
        value = _one_line(given)
        return Identifier(
            self.kind, raw, value, status, keys={name: key for name, key in keys.items() if key},
            parts=_parts(street, known), issues=issues,
        )  # fmt: skip

    def mask(self, value: str) -> str:
        """Nothing but the length of the words stays.

        >>> Address().mask("C/ Mayor 3")
        '*/ ***** *'
        """
        return "".join("*" if each.isalnum() else each for each in value)

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


def _country_part(given: Mapping[str, str]) -> dict[str, str]:
    return {"country": country_code(given["country"]) or given["country"].strip()} if "country" in given else {}


def _one_line(given: Mapping[str, str]) -> str:
    """The address as one line: `street number, line 2, unit, postcode city, region, country`."""
    tidy = {name: " ".join(text.split()) for name, text in given.items()}
    street, number = tidy.get("full", ""), tidy.get("street_number", "")
    if number and not re.search(rf"\b{re.escape(number)}\b", street):
        street = f"{street} {number}".strip()
    place = " ".join(tidy[name] for name in ("postcode", "city") if name in tidy)
    pieces = (street, tidy.get("line2", ""), tidy.get("unit", ""), place, tidy.get("region", ""), tidy.get("country", ""))
    return ", ".join(piece for piece in pieces if piece)


def _parts(street: StreetReading, known: Mapping[str, str]) -> dict[str, str]:
    found = {"street": street.display, "number": street.number, "unit": street.unit, **{k: v.strip() for k, v in known.items()}}
    if "country" in found:
        found["country"] = country_code(found["country"]) or found["country"]
    return {name: text for name, text in found.items() if text}
