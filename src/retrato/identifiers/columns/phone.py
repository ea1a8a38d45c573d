"""Phone numbers in whole columns: plainly written ones, read with the plans of the installed library."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from retrato.identifiers.columns.phone_digits import Digits
from retrato.identifiers.columns.phone_plans import (
    UNKNOWN,
    Plan,
    calling_codes,
    lengths_of,
    plan_of,
    plans_of,
    regions_and_types,
)
from retrato.identifiers.columns.tables import encoded_parts
from retrato.identifiers.phone import (
    ARGENTINA,
    ARGENTINE_MOBILE_DIGITS,
    NO_REGION,
    NOT_VALID,
    POSSIBLE_DIGITS,
    TAIL,
    TYPE_NAMES,
    region_of,
)
from retrato.identifiers.phone_repairs import CHAT_ID, LOST_PLUS_FROM, keeps_zero

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from retrato.identifiers.phone import Phone

    Bools: TypeAlias = NDArray[np.bool_]
    Ints: TypeAlias = NDArray[np.int64]

#: So many rows are read at a time.
_CHUNK = 1 << 17
#: Numbers of Mexico and Argentina may be read anew when they are not valid, if they have digits enough (`readings`).
_READ_ANEW = (52, 54)
_REGIONS_READ_ANEW = ("MX", "AR")
_FEWEST_READ_ANEW = 11
#: What the value parser rewrites, or the library passes over, without a look at the number: a WhatsApp id, a label.
_REWRITINGS = ((rf"(?i)^ *{CHAT_ID} *$", r"+\1"), (r"^\p{L}{1,12}[.:]{1,2} ?([+(0-9][^.]*)$", r"\1"))


class _Numbers(NamedTuple):
    """Rows of one calling code, with their national numbers as they were read."""

    rows: Ints
    code: int
    national: pa.StringArray
    #: `region_from`, and the repair that was needed
    said_by: str
    repair: str = ""

    def only(self, chosen: Bools) -> _Numbers:
        """Some of the rows."""
        if chosen.all():
            return self
        return self._replace(rows=self.rows[chosen], national=self.national.filter(pa.array(chosen)))


@dataclass(frozen=True, slots=True)
class _Accepted:
    """Accepted rows as the columns of the answer, of which lists of arrays grow."""

    columns: dict[str, list[pa.Array]]

    def add(self, rows: Ints, **columns: pa.Array | str | None) -> None:
        """Add rows; a column that is one text for all is given as such."""
        self.columns["item"].append(pa.array(rows))
        for name, values in columns.items():
            one = values is None or isinstance(values, str)
            whole = pa.repeat(pa.scalar(values, pa.string()), len(rows)) if one else values
            self.columns[name].append(whole)

    def table(self) -> pa.Table:
        types = {name: pa.int64() if name == "item" else pa.string() for name in self.columns}
        return pa.table({name: pa.chunked_array(each, types[name]) for name, each in self.columns.items()})


_COLUMNS = ("item", "value", "status", "issues", "parts", "phone", "phone_tail")


def accept_phones(kind: Phone, table: pa.Table) -> pa.Table | None:
    """The plainly written numbers of a table with the parts `text` and, where there is one, `country`.

    What is accepted: numbers with a plus or 00, national numbers with a region, and both as the spreadsheet left them
    (no plus, `.0`), where the plan says that they are valid; numbers with a plus that certainly are not; national
    numbers without a region, which are possible.
    """
    if "text" not in table.column_names:
        return None
    accepted = _Accepted({name: [] for name in _COLUMNS})
    column = table.column("text").cast(pa.string())
    regions, places = _regions(kind, table)
    first = 0
    for chunk in column.chunks:
        for start in range(0, len(chunk), _CHUNK):
            piece = chunk.slice(start, _CHUNK)
            items = np.arange(first, first + len(piece))
            digits = Digits(piece)
            _Reader(kind, digits, items, accepted).read(regions, places[items])
            rest = np.flatnonzero(~digits.plain)
            changed, texts = _rewritten(piece.take(pa.array(rest)))
            items = items[rest[changed]]
            _Reader(kind, Digits(texts), items, accepted).read(regions, places[items])
            first += len(piece)
    return accepted.table()


def _rewritten(texts: pa.StringArray) -> tuple[Bools, pa.StringArray]:
    """Texts that a rewriting makes plain ones: which they are, and how they read then."""
    before = texts
    for pattern, form in _REWRITINGS:
        texts = pc.replace_substring_regex(texts, pattern, form)
    changed = pc.fill_null(pc.not_equal(texts, before), fill_value=False)
    return changed.to_numpy(zero_copy_only=False), texts.filter(changed)


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


class _Reader:
    """One piece of a column: reads it and adds what it accepts."""

    def __init__(self, kind: Phone, digits: Digits, items: Ints, accepted: _Accepted) -> None:
        self._digits = digits
        self._items = items
        self._accepted = accepted
        self._fillers = pa.array(sorted(kind.fillers), pa.string()) if kind.fillers else None

    def read(self, regions: list[tuple[str | None, str]], places: Ints) -> None:
        digits = self._digits
        abroad = digits.plus | digits.zeros
        for numbers in self._international(np.flatnonzero(digits.plain & abroad)):
            invalid = self._add_valid(numbers)
            if invalid.any():
                wrong = numbers.only(invalid & digits.plus[numbers.rows])
                self._add_invalid(wrong.only(self._has_one_reading(wrong.rows)))
        home = digits.plain & ~abroad
        for place, (region, said_by) in enumerate(regions):
            rows = np.flatnonzero(home & (places == place))
            if len(rows):
                self._read_home(rows, region, said_by)

    def _international(self, rows: Ints, repair: str = "") -> Iterator[_Numbers]:
        """Rows that have a calling code, by this code. Those without one, or of which no plan is sure, are left."""
        skipped = np.where(self._digits.zeros[rows], 2, 0)
        codes = calling_codes()[self._digits.three(rows, skipped)]
        for code in np.unique(codes[codes > 0]).tolist():
            plans = plans_of(code)
            here = codes == code
            if plans:
                national = self._digits.numbers(rows[here], skipped[here] + len(str(code)))
                yield _Numbers(rows[here], code, plans[0][1].significant(national), "number", repair)

    def _read_home(self, rows: Ints, region: str | None, said_by: str) -> None:
        if region is None:
            self._read_homeless(rows)
            return
        plan = plan_of(region)
        plans = plans_of(plan.code) if plan else ()
        if plan is None or not plans:
            return
        main = plans[0][1]
        national, own_code, sure = plan.national(self._digits.numbers(rows), main)
        numbers = _Numbers(rows, plan.code, national, said_by)
        invalid = np.zeros(len(rows), bool)
        for chosen, said in ((sure & ~own_code, said_by), (sure & own_code, "number")):
            if chosen.any():
                invalid[chosen] = self._add_valid(numbers.only(chosen)._replace(said_by=said))
        if invalid.any():
            wrong = numbers.only(invalid)
            self._read_wrong(wrong.only(self._has_one_reading(wrong.rows, region)), plan, main)

    def _read_wrong(self, numbers: _Numbers, plan: Plan, main: Plan) -> None:
        """National numbers that are not valid, of which some have only lost their plus."""
        lost = self._may_have_lost_plus(numbers.rows) & ~main.possible(numbers.national)
        for abroad in self._international(numbers.rows[lost], "lost_plus"):
            self._add_valid(abroad)
        certain = numbers.only(~lost & (self._digits.first[numbers.rows] > 0))
        self._add_invalid(certain.only(~self._with_lost_zero(certain.rows, plan, main)))

    def _with_lost_zero(self, rows: Ints, plan: Plan, main: Plan) -> Bools:
        """Whether national numbers may be valid with a zero in front."""
        if not keeps_zero(plan.metadata.id):
            return np.zeros(len(rows), bool)
        digits = pc.binary_join_element_wise("0", self._digits.numbers(rows), "")
        national, _, sure = plan.national(digits, main)
        _, types = regions_and_types(plan.code, national)
        found: Bools = ~sure | (types != UNKNOWN)
        return found

    def _read_homeless(self, rows: Ints) -> None:
        long = self._digits.sizes[rows] >= LOST_PLUS_FROM
        possible = ~long & ~self._digits.zeros[rows]
        lost = long & self._may_have_lost_plus(rows) & self._has_one_reading(rows)
        for numbers in self._international(rows[lost], "lost_plus"):
            invalid = self._add_valid(numbers)
            possible |= np.isin(rows, numbers.rows[invalid])
        self._add_possible(rows[possible])

    def _may_have_lost_plus(self, rows: Ints) -> Bools:
        may: Bools = (self._digits.sizes[rows] >= LOST_PLUS_FROM) & (self._digits.first[rows] > 0)
        return may

    def _has_one_reading(self, rows: Ints, region: str | None = None) -> Bools:
        """Whether neither a (0) nor what is peculiar to Mexico and Argentina may have to be taken out."""
        anew = np.isin(self._digits.three(rows) // 10, _READ_ANEW) | (region in _REGIONS_READ_ANEW)
        once: Bools = ~self._digits.zero_in_brackets[rows] & ~(anew & (self._digits.sizes[rows] >= _FEWEST_READ_ANEW))
        return once

    def _add_valid(self, numbers: _Numbers) -> Bools:
        """Add the valid numbers that are no fillers; say which are not valid."""
        regions, types = regions_and_types(numbers.code, numbers.national)
        valid = types != UNKNOWN
        chosen = numbers if valid.all() else numbers.only(valid)
        if len(chosen.rows):
            kinds = np.stack([regions[valid], types[valid]])
            self._add(chosen, _parts(chosen, kinds), status="valid", issues="")
        invalid: Bools = ~valid
        return invalid

    def _add_invalid(self, numbers: _Numbers) -> None:
        """Add numbers that are not valid, if their E.164 form is read as itself again."""
        again = plans_of(numbers.code)[0][1].significant(numbers.national)
        numbers = numbers.only(pc.equal(again, numbers.national).to_numpy(zero_copy_only=False))
        if len(numbers.rows):
            self._add(numbers, None, status="invalid", issues=NOT_VALID.code)

    def _add(self, numbers: _Numbers, parts: pa.Array | None, **more: str) -> None:
        code = str(numbers.code)
        phone = pc.binary_join_element_wise(code, numbers.national, "")
        value = pc.binary_join_element_wise("+", phone, "")
        rows, keys = (
            self._items[numbers.rows],
            {"phone": _matching(numbers, phone), "phone_tail": _tail(numbers.national)},
        )
        columns = {"value": value, "parts": parts, **keys}
        if self._fillers is not None:
            held = pc.or_(pc.is_in(value, self._fillers), pc.is_in(numbers.national, self._fillers))
            usual = pc.invert(held)
            rows = rows[usual.to_numpy(zero_copy_only=False)]
            columns = {name: each.filter(usual) if each is not None else None for name, each in columns.items()}
        self._accepted.add(rows, **columns, **more)

    def _add_possible(self, rows: Ints) -> None:
        if not len(rows):
            return
        digits = self._digits.numbers(rows)
        national = pc.ascii_ltrim(digits, "0")
        sizes = lengths_of(national)
        usual = (sizes >= POSSIBLE_DIGITS[0]) & (sizes <= POSSIBLE_DIGITS[-1])
        if self._fillers is not None:
            held = pc.or_(pc.is_in(digits, self._fillers), pc.is_in(national, self._fillers))
            usual &= ~held.to_numpy(zero_copy_only=False)
        national = national.filter(pa.array(usual))
        self._accepted.add(
            self._items[rows[usual]],
            value=digits.filter(pa.array(usual)),
            status="possible",
            issues=NO_REGION.code,
            parts=None,
            phone=national,
            phone_tail=_tail(national),
        )


def _tail(national: pa.StringArray) -> pa.StringArray:
    if len(national) and lengths_of(national).max() > TAIL:
        return pc.utf8_slice_codeunits(national, -TAIL)
    return national


def _matching(numbers: _Numbers, phone: pa.StringArray) -> pa.StringArray:
    """The matching key of `matching_digits`."""
    if numbers.code != ARGENTINA:
        return phone
    mobile = pc.and_(
        pc.starts_with(numbers.national, "9"), pc.equal(pc.binary_length(numbers.national), ARGENTINE_MOBILE_DIGITS)
    )
    without = pc.utf8_slice_codeunits(numbers.national, 1)
    return pc.if_else(mobile, pc.binary_join_element_wise(str(numbers.code), without, ""), phone)


def _parts(numbers: _Numbers, kinds: Ints) -> pa.Array:
    """The parts of valid numbers as JSON text; `kinds` has the place of the region and the type of each."""
    plans = plans_of(numbers.code)
    coded = kinds[0] * (UNKNOWN + 1) + kinds[1]
    texts = np.zeros(int(coded.max()) + 1, np.int64)
    distinct = np.flatnonzero(np.bincount(coded))
    texts[distinct] = np.arange(len(distinct))
    repair = {"repair": numbers.repair} if numbers.repair else {}
    written = [
        encoded_parts(
            {
                "type": TYPE_NAMES[each % (UNKNOWN + 1)],
                "region": plans[each // (UNKNOWN + 1)][0],
                "region_from": numbers.said_by,
                **repair,
            }
        )
        for each in distinct.tolist()
    ]
    return pa.array(written, pa.string()).take(pa.array(texts[coded]))
