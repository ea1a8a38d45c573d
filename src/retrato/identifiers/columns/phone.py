"""Phone numbers in whole columns: plainly written ones, read with the plans of the installed library."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from retrato.identifiers.columns.phone_digits import Digits
from retrato.identifiers.columns.phone_plans import lengths_of, plans_of
from retrato.identifiers.columns.phone_readings import MANNERS, Numbers, Readings, Valid
from retrato.identifiers.columns.tables import encoded_parts
from retrato.identifiers.phone import (
    ARGENTINA,
    ARGENTINE_MOBILE_DIGITS,
    DAMAGED,
    EXTENDED,
    MOST_DIGITS_OF_ONE,
    NO_REGION,
    NOT_VALID,
    POSSIBLE_DIGITS,
    TAIL,
    TYPE_NAMES,
    region_of,
)
from retrato.identifiers.phone_repairs import CHAT_ID, ENOUGH_FOR_EACH

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from retrato.identifiers.phone import Phone

    Bools: TypeAlias = NDArray[np.bool_]
    Ints: TypeAlias = NDArray[np.int64]

#: So many rows are read at a time: every plan is compiled anew for each piece.
_CHUNK = 1 << 19
#: What the value parser rewrites, or the library passes over, without a look at the number: a WhatsApp id, a label, an
#: extension; each with the form of the number and that of the extension.
_REWRITINGS = (
    (rf"(?i)^ *{CHAT_ID} *$", r"+\1", None),
    (r"^\p{L}{1,12}[.:]{1,2} ?([+(0-9][^.]*)$", r"\1", None),
    (r"(?i)^([^a-z]*[0-9)]),? +ext\.? ?([0-9]{1,6})$", r"\1", r"\2"),
)
#: A cell of two plain numbers, as RE2 reads it.
_TWO = r"^ *([+(]?[0-9][0-9 ().-]*[0-9]) *[;|,/] *([+(]?[0-9][0-9 ().-]*[0-9]) *$"
_COLUMNS = ("item", "ordinal", "value", "raw", "status", "issues", "parts", "phone", "phone_tail")
_NUMBERS = {"item": pa.int64(), "ordinal": pa.int32()}


def accept_phones(kind: Phone, table: pa.Table) -> pa.Table | None:
    """The plainly written numbers of a table with the parts `text` and, where there is one, `country`.

    What is accepted: numbers with a plus or 00, national numbers with a region, and both as the spreadsheet left them
    (no plus, `.0`), where the plan says that they are valid; numbers that certainly are not; national numbers without a
    region, which are possible. WhatsApp ids, and numbers with a label or an extension, are read likewise; so are two
    numbers in a cell if both are such.
    """
    if "text" not in table.column_names:
        return None
    column = table.column("text").cast(pa.string())
    regions, places = _regions(kind, table)
    first = 0
    accepted = []
    for chunk in column.chunks:
        for start in range(0, len(chunk), _CHUNK):
            piece = chunk.slice(start, _CHUNK)
            here = places[first : first + len(piece)]
            found = [*_lone(kind, piece, regions, here), *_two(kind, piece, regions, here)]
            accepted += [each | {"item": pc.add(each["item"], first)} for each in found]
            first += len(piece)
    return _together(accepted)


def _together(found: list[dict[str, pa.Array]]) -> pa.Table:
    types = {name: _NUMBERS.get(name, pa.string()) for name in _COLUMNS}
    return pa.table({name: pa.chunked_array([each[name] for each in found], types[name]) for name in _COLUMNS})


def _regions(kind: Phone, table: pa.Table) -> tuple[list[tuple[str | None, str]], Ints]:
    """The regions that rows may have and who says so, and the place of each row's region among them."""
    own = (kind.own_region, "default")
    if "country" not in table.column_names:
        return [own], np.zeros(table.num_rows, np.int64)
    countries = table.column("country").cast(pa.string()).combine_chunks().dictionary_encode()
    if isinstance(countries, pa.ChunkedArray):
        countries = countries.unify_dictionaries().combine_chunks()
    named = [region_of(text) for text in countries.dictionary.to_pylist()]
    said = [(region, "country") if region else own for region in named]
    distinct = list(dict.fromkeys([own, *said]))
    place = np.array([distinct.index(each) for each in [*said, own]], np.int64)
    return distinct, place[pc.fill_null(countries.indices, len(said)).to_numpy(zero_copy_only=False)]


def _lone(
    kind: Phone, texts: pa.StringArray, regions: list[tuple[str | None, str]], places: Ints
) -> list[dict[str, pa.Array]]:
    """The accepted rows of texts that are one number each."""
    digits = Digits(texts)
    extensions = _rewrite(texts, digits)
    plain = pc.is_null(extensions).to_numpy(zero_copy_only=False)
    readings = Readings(digits, regions, places)
    found = [_valid_columns(each, extensions, plain) for each in readings.valid]
    for wrong in readings.invalid:
        numbers = wrong.only(plain[wrong.rows])
        found.append(_columns(numbers) | _same(len(numbers.rows), status="invalid", issues=NOT_VALID.code, parts=None))
    found.append(_possible_columns(digits, readings.possible[plain[readings.possible]]))
    if kind.fillers:
        fillers = pa.array(sorted(kind.fillers), pa.string())
        found = [_without(each, fillers) for each in found]
    raw = [
        {"ordinal": pa.repeat(pa.scalar(0, pa.int32()), len(each["item"])), "raw": texts.take(each["item"])}
        for each in found
    ]
    return [_told(each, digits) | own for each, own in zip(found, raw, strict=True)]


def _two(
    kind: Phone, texts: pa.StringArray, regions: list[tuple[str | None, str]], places: Ints
) -> list[dict[str, pa.Array]]:
    """The rows of cells that hold two numbers and no doubt, both of which are accepted; the same twice is one."""
    rows = np.flatnonzero(_bools(pc.match_substring_regex(texts, _TWO)))
    if not len(rows):
        return []
    cells = texts.take(pa.array(rows))
    sides = [pc.replace_substring_regex(cells, _TWO, side) for side in (r"\1", r"\2")]
    sizes = [lengths_of(pc.replace_substring_regex(side, "[^0-9]", "")) for side in sides]
    doubtful = _bools(pc.match_substring(cells, "/")) & (
        (sizes[0] + sizes[1] <= MOST_DIGITS_OF_ONE) | (np.minimum(*sizes) < ENOUGH_FOR_EACH)
    )
    count = len(rows)
    numbers = pa.concat_arrays(sides)
    found = _together(_lone(kind, numbers, regions, np.tile(places[rows], 2)))
    items = found.column("item").to_numpy()
    values = np.full(2 * count, -1, np.int64)
    values[items] = found.column("value").combine_chunks().dictionary_encode().indices.to_numpy()
    both = (values[:count] >= 0) & (values[count:] >= 0) & ~doubtful
    again = values[:count] == values[count:]
    kept = both[items % count] & ~((items >= count) & again[items % count])
    items = items[kept]
    columns = {name: found.column(name).combine_chunks().filter(pa.array(kept)) for name in _COLUMNS}
    return [columns | {"item": pa.array(rows[items % count]), "ordinal": pa.array(items // count, pa.int32())}]


def _bools(values: pa.BooleanArray) -> Bools:
    found: Bools = pc.fill_null(values, fill_value=False).to_numpy(zero_copy_only=False)
    return found


def _told(columns: dict[str, pa.Array], digits: Digits) -> dict[str, pa.Array]:
    """With the issue of those that stand as decimals before their other issues."""
    decimal = digits.decimal[columns["item"].to_numpy()]
    if not decimal.any():
        return columns
    issues = columns["issues"]
    more = pc.binary_join_element_wise(DAMAGED.code, issues, " ")
    told = pc.if_else(pc.equal(issues, ""), DAMAGED.code, more)
    return columns | {"issues": pc.if_else(pa.array(decimal), told, issues)}


def _rewrite(texts: pa.StringArray, digits: Digits) -> pa.StringArray:
    """Put what rewritings make plain among the digits; return the extensions of all rows."""
    rest = np.flatnonzero(~digits.plain)
    some = texts.take(pa.array(rest))
    extensions = pa.nulls(len(texts), pa.string())
    for pattern, number, extension in _REWRITINGS:
        chosen = pc.fill_null(pc.match_substring_regex(some, pattern), fill_value=False)
        matched = some.filter(chosen)
        rows = rest[chosen.to_numpy(zero_copy_only=False)]
        digits.amend(rows, Digits(pc.replace_substring_regex(matched, pattern, number)))
        if extension:
            here = np.zeros(len(texts), bool)
            here[rows] = True
            own = pc.replace_substring_regex(matched, pattern, extension)
            extensions = pc.replace_with_mask(extensions, pa.array(here), own)
    return extensions


def _same(count: int, **columns: str | None) -> dict[str, pa.Array]:
    return {name: pa.repeat(pa.scalar(text, pa.string()), count) for name, text in columns.items()}


def _columns(numbers: Numbers) -> dict[str, pa.Array]:
    """What all numbers with a calling code have. `national` is for fillers alone."""
    phone = pc.binary_join_element_wise(str(numbers.code), numbers.national, "")
    return {
        "item": pa.array(numbers.rows),
        "value": pc.binary_join_element_wise("+", phone, ""),
        "phone": _matching(numbers, phone),
        "phone_tail": _tail(numbers.national),
        "national": numbers.national,
    }


def _valid_columns(found: Valid, extensions: pa.StringArray, plain: Bools) -> dict[str, pa.Array]:
    rows = found.numbers.rows
    parts = _parts(found)
    columns = _same(len(rows), status="valid", issues="")
    extended = ~plain[rows]
    if extended.any():
        # the extension comes first among the parts
        own = extensions.take(pa.array(rows))
        longer = pc.binary_join_element_wise('{"extension": "', own, '", ', pc.utf8_slice_codeunits(parts, 1), "")
        parts = pc.if_else(pa.array(extended), longer, parts)
        columns["issues"] = pc.if_else(pa.array(extended), EXTENDED.code, columns["issues"])
    return _columns(found.numbers) | columns | {"parts": parts}


def _possible_columns(digits: Digits, rows: Ints) -> dict[str, pa.Array]:
    written = digits.numbers(rows)
    national = pc.ascii_ltrim(written, "0")
    sizes = lengths_of(national)
    usual = (sizes >= POSSIBLE_DIGITS[0]) & (sizes <= POSSIBLE_DIGITS[-1])
    rows, written, national = rows[usual], written.filter(pa.array(usual)), national.filter(pa.array(usual))
    keys = {"phone": national, "phone_tail": _tail(national), "national": national}
    same = _same(len(rows), status="possible", issues=NO_REGION.code, parts=None)
    return {"item": pa.array(rows), "value": written} | keys | same


def _without(columns: dict[str, pa.Array], fillers: pa.StringArray) -> dict[str, pa.Array]:
    held = pc.or_(pc.is_in(columns["value"], fillers), pc.is_in(columns["national"], fillers))
    return {name: each.filter(pc.invert(held)) for name, each in columns.items()}


def _tail(national: pa.StringArray) -> pa.StringArray:
    if len(national) and lengths_of(national).max() > TAIL:
        return pc.utf8_slice_codeunits(national, -TAIL)
    return national


def _matching(numbers: Numbers, phone: pa.StringArray) -> pa.StringArray:
    """The matching key of `matching_digits`."""
    if numbers.code != ARGENTINA:
        return phone
    mobile = pc.and_(
        pc.starts_with(numbers.national, "9"), pc.equal(pc.binary_length(numbers.national), ARGENTINE_MOBILE_DIGITS)
    )
    without = pc.utf8_slice_codeunits(numbers.national, 1)
    return pc.if_else(mobile, pc.binary_join_element_wise(str(numbers.code), without, ""), phone)


def _parts(found: Valid) -> pa.StringArray:
    """The parts of valid numbers as JSON text: few different ones, so each is written once."""
    regions = [region for region, _ in plans_of(found.numbers.code)]
    size = max(TYPE_NAMES) + 1
    coded = (found.regions * size + found.types) * len(MANNERS) + found.numbers.manners
    distinct = np.flatnonzero(np.bincount(coded))
    place = np.zeros(len(regions) * size * len(MANNERS), np.int64)
    place[distinct] = np.arange(len(distinct))
    written = []
    for each in distinct.tolist():
        region_and_type, manner = divmod(each, len(MANNERS))
        region, kind = divmod(region_and_type, size)
        said_by, repair = MANNERS[manner]
        parts = {"type": TYPE_NAMES[kind], "region": regions[region], "region_from": said_by}
        written.append(encoded_parts(parts | ({"repair": repair} if repair else {})))
    return pa.array(written, pa.string()).take(pa.array(place[coded]))
