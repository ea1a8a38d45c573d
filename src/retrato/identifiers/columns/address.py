"""Addresses, a whole column at a time: street lines by their shape, everything else once a distinct value."""

from __future__ import annotations

import re
from json.encoder import encode_basestring as quoted
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from retrato.identifiers.address import says_nothing, with_number
from retrato.identifiers.address_line import split_tail
from retrato.identifiers.columns.distinct import Distinct, Pairs
from retrato.identifiers.columns.streets import StreetColumns, read_lines
from retrato.identifiers.country import country_code
from retrato.identifiers.place import city_key, region_key
from retrato.identifiers.placeholders import is_null
from retrato.identifiers.postcode import read_postcode
from retrato.identifiers.street import house_number_of, is_kinded, unit_of, unit_of_line2

if TYPE_CHECKING:
    from retrato.identifiers.address import Address

#: What a street line may hold: Latin letters and plain marks, single blanks; no semicolons, no quotes, no figures that
#: are no digits.
_PLAIN = r"^[!#-:<-\[\]-~¡-¬®-±´-¸º»¿-ɏ ]+$"
#: What takes a closer look: blanks and commas at the ends, decimal kilometres, a postcode and a city without a comma.
_ODD = r"  |^[ ,]|[ ,]$|(?i:km)\.? *[0-9]+[.,][0-9]|^[^,]*[0-9][^,]* [0-9]{5} [^0-9,]{3,}$"
_LONGEST = 200
_DIGIT = re.compile(r"[0-9]")
_OWN = ("street_number", "line2", "unit")
_PLACES = ("postcode", "city", "region", "country")
_CHUNK = 1 << 20


def accept_address(kind: Address, table: pa.Table) -> pa.Table | None:
    """Read the rows whose street line is plain text with a street that is located; all others stay out."""
    if "full" not in table.column_names:
        return None
    chunks = [_accepted(kind, table.slice(start, _CHUNK), start) for start in range(0, table.num_rows, _CHUNK)]
    return pa.concat_tables(chunks) if chunks else None


def _accepted(kind: Address, table: pa.Table, start: int) -> pa.Table:
    plain = _is_plain(table.column("full").combine_chunks())
    items = pc.indices_nonzero(plain).cast(pa.int64())
    rows = table if len(items) == table.num_rows else table.take(items)
    full = rows.column("full").combine_chunks()
    raw = {name: _part(rows, name) for name in (*_OWN, *_PLACES)}
    given = {name: part.mapped(told) for name, part in raw.items()}
    line, written = _lines(full)
    street, certain = _with_columns(read_lines(line), given)
    places = _places(kind, written, given)
    located = pc.or_(_filled(street.number), pc.or_(_filled(places.postcode), _filled(places.city)))
    good = pc.and_(pc.and_(certain, _filled(street.name)), pc.and_(located, pc.invert(places.foreign)))
    columns = {
        "item": pc.add(items, start),
        "value": _values(full, given),
        "raw": _joined(", ", full, *(part.texts() for part in raw.values() if not part.empty)),
        "parts": _shown(line, street, places.shown),
        "address": street.key,
        "street": street.name,
        "postcode": places.postcode,
        "city": places.city,
        "region": places.region,
    }
    found = pa.table(columns)
    return found if pc.all(good).as_py() else found.filter(good)


def _is_plain(full: pa.Array) -> pa.Array:
    """Whether a line is plain text that says something; null texts and absence words hold no digits."""
    plain = pc.and_(pc.match_substring_regex(full, _PLAIN), pc.invert(pc.match_substring_regex(full, _ODD)))
    plain = pc.and_(plain, pc.less(pc.utf8_length(full), _LONGEST))
    numbered = pc.match_substring_regex(full, "[0-9]")
    worded = Distinct.of(pc.if_else(numbered, None, full)).answers(lambda text: told(text) is not None, pa.bool_())
    return pc.fill_null(pc.and_(plain, pc.or_(numbered, pc.fill_null(worded, False))), False)


def told(text: str) -> str | None:
    """A part of an address unless it is a null text or an absence word.

    >>> told("Madrid"), told("sin datos"), told("NULL")
    ('Madrid', None, None)
    """
    if _DIGIT.search(text):
        return text
    return None if is_null(text) or (len(text) <= 30 and says_nothing(text)) else text


def _part(rows: pa.Table, name: str) -> Distinct:
    if name not in rows.column_names:
        return Distinct.nothing(rows.num_rows)
    return Distinct.of(rows.column(name).combine_chunks()).mapped(lambda text: None if is_null(text) else text)


def _lines(full: pa.Array) -> tuple[pa.Array, dict[str, Distinct]]:
    """The street lines, and the places that stood in them."""
    pieces = pc.split_pattern(full, ",", max_splits=1)
    starts = pieces.offsets.to_numpy()[:-1]
    broken = np.diff(pieces.offsets.to_numpy()) > 1
    if not broken.any():
        return full, {name: Distinct.nothing(len(full)) for name in _PLACES}
    head = pc.utf8_rtrim(pieces.values.take(pa.array(starts)), characters=" ")
    behind = pieces.values.take(pa.array(starts + 1, mask=~broken))
    tails = Distinct.of(pc.utf8_ltrim(behind, characters=" ,"))
    read = [split_tail(tail) for tail in tails.values]
    rest = pa.array([rest or None for rest, _ in read], pa.string()).take(tails.rows)
    places = {name: tails.said([found.get(name) for _, found in read]) for name in _PLACES}
    return _joined(", ", head, rest), places


def _with_columns(street: StreetColumns, given: dict[str, Distinct]) -> tuple[StreetColumns, pa.Array]:
    """The street with the number and the unit of columns of their own, and which rows are told so for certain."""
    number, line2, unit = (given[name] for name in _OWN)
    if number.empty and line2.empty and unit.empty:
        return street, pa.repeat(True, len(street.name))
    kinded = pc.fill_null(line2.answers(is_kinded, pa.bool_()), False)
    certain = pc.or_(_filled(street.number), pc.invert(kinded))
    own = pc.fill_null(number.answers(house_number_of), "")
    both = pc.and_(pc.and_(_filled(own), _filled(street.number)), pc.not_equal(own, street.number))
    house = pc.if_else(_filled(own), own, street.number)
    own_units = (pc.fill_null(line2.answers(unit_of_line2), ""), pc.fill_null(unit.answers(unit_of), ""))
    units = _spaced(pc.if_else(both, street.number, ""), street.unit, *own_units)
    key = _spaced(street.name, street.kind, house, units)
    return street._replace(number=house, unit=units, key=key), certain


class _Places(NamedTuple):
    """Keys of the places, whether the postcode has no form of the row's country, and the places for display."""

    postcode: pa.Array
    city: pa.Array
    region: pa.Array
    foreign: pa.Array
    shown: dict[str, pa.Array]


def _places(kind: Address, written: dict[str, Distinct], given: dict[str, Distinct]) -> _Places:
    known = {name: given[name].or_else(written[name]) for name in _PLACES}
    country = known["country"].mapped(country_code)
    read = Pairs.of(known["postcode"], country, lambda text, code: _postcode(text, code, kind.region))
    return _Places(
        read.column(lambda found: found[0]),
        known["city"].answers(city_key),
        known["region"].answers(region_key),
        pc.fill_null(read.column(lambda found: found[2], pa.bool_()), False),
        {
            "city": known["city"].answers(lambda text: _member("city", text.strip())),
            "country": known["country"].answers(lambda text: _member("country", country_code(text) or text.strip())),
            "postcode": read.column(lambda found: _member("postcode", found[1])),
            "region": known["region"].answers(lambda text: _member("region", text.strip())),
        },
    )


def _postcode(text: str, told: str | None, usual: str | None) -> tuple[str | None, str, bool]:
    """The key of a postcode, its form for display, and whether its country has no such form."""
    found = read_postcode(text, told or usual)
    if found is None:
        return None, text.strip(), False
    return found.key, found.written if found.valid else text.strip(), told is not None and found.valid is False


def _values(full: pa.Array, given: dict[str, Distinct]) -> pa.Array:
    """The addresses as one line."""
    tidy = {name: part.mapped(lambda text: " ".join(text.split())) for name, part in given.items()}
    street = full
    if not tidy["street_number"].empty:
        numbers = tidy["street_number"].texts()
        told = pc.is_valid(numbers)
        pairs = zip(full.filter(told).to_pylist(), numbers.filter(told).to_pylist(), strict=True)
        street = pc.replace_with_mask(full, told, pa.array([with_number(*each) for each in pairs], pa.string()))
    place = _either(" ", tidy["postcode"], tidy["city"])
    others = [tidy[name] for name in ("line2", "unit")], [tidy[name] for name in ("region", "country")]
    before, after = ([part.texts() for part in parts if not part.empty] for parts in others)
    return _joined(", ", street, *before, *place, *after)


def _either(mark: str, first: Distinct, second: Distinct) -> list[pa.Array]:
    """Two columns joined, or the one that has values; none if none has."""
    texts = [part.texts() for part in (first, second) if not part.empty]
    if len(texts) < 2:
        return texts
    return [pc.coalesce(pc.binary_join_element_wise(*texts, mark), *texts)]


def _shown(lines: pa.Array, street: StreetColumns, places: dict[str, pa.Array]) -> pa.Array:
    """The parts as JSON text, as `encoded_parts` writes it: by name, and the street is always there."""
    number = Distinct.of(street.number).answers(lambda text: _member("number", text))
    unit = Distinct.of(street.unit).answers(lambda text: f', "unit": {quoted(text)}' if text else "")
    members = (places["city"], places["country"], number, places["postcode"], places["region"])
    return pc.binary_join_element_wise(
        pa.scalar("{"), *members, pa.scalar('"street": "'), lines, pa.scalar('"'), unit, pa.scalar("}"), "",
        null_handling="replace", null_replacement="",
    )  # fmt: skip


def _member(name: str, text: str) -> str:
    return f'"{name}": {quoted(text)}, ' if text else ""


def _filled(texts: pa.Array) -> pa.Array:
    return pc.fill_null(pc.not_equal(texts, ""), False)


def _spaced(first: pa.Array, *others: pa.Array) -> pa.Array:
    """Texts that may be empty, joined by blanks."""
    joined = first
    for each in others:
        both = pc.and_(_filled(joined), _filled(each))
        one = pc.if_else(_filled(each), each, joined)
        joined = pc.if_else(both, pc.binary_join_element_wise(joined, each, " "), one)
    return joined


def _joined(mark: str, *texts: pa.Array) -> pa.Array:
    """Texts joined by a mark, without those that are null; the first is none of them.

    Arrow loses a row that has nothing but nulls.
    """
    return pc.binary_join_element_wise(*texts, mark, null_handling="skip") if len(texts) > 1 else texts[0]
