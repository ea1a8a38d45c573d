"""Columns of digits to numbers of numbering plans: which are valid, certainly invalid, or possible anywhere."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from retrato.identifiers.columns.phone_plans import UNKNOWN, calling_codes, plan_of, plans_of, regions_and_types
from retrato.identifiers.phone_repairs import LOST_PLUS_FROM, keeps_zero

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from retrato.identifiers.columns.phone_digits import Digits
    from retrato.identifiers.columns.phone_plans import Plan

    Bools: TypeAlias = NDArray[np.bool_]
    Ints: TypeAlias = NDArray[np.int64]

#: How the calling code became known: `region_from`, and the repair that it took.
MANNERS = (("number", ""), ("country", ""), ("default", ""), ("number", "lost_plus"), ("number", "mexican"))
_BY_NUMBER, _LOST_PLUS, _MENDED = 0, 3, 4
#: How Mexican numbers with the old prefix of mobiles start, and how many digits they have.
_OLD_MEXICAN, _OLD_MEXICAN_DIGITS = 521, 13
#: Numbers of Mexico and Argentina may be read anew when they are not valid, if they have digits enough (`readings`).
_MEXICO, _ARGENTINA = (52, "MX"), (54, "AR")
_FEWEST_OF_MEXICO, _FEWEST_OF_ARGENTINA = 11, 12


class Numbers(NamedTuple):
    """Rows of one calling code: their national numbers, and how the code is known (places in `MANNERS`)."""

    rows: Ints
    code: int
    national: pa.StringArray
    manners: Ints

    def only(self, chosen: Bools) -> Numbers:
        """Some of the rows."""
        if chosen.all():
            return self
        return Numbers(self.rows[chosen], self.code, self.national.filter(pa.array(chosen)), self.manners[chosen])


class Valid(NamedTuple):
    """Valid numbers with the region (its place among `plans_of` the code) and the type of each."""

    numbers: Numbers
    regions: Ints
    types: Ints


class Readings:
    """All that is certain of the plain rows of a column; `regions` are those of the rows (`places`) and who says so."""

    def __init__(self, digits: Digits, regions: Sequence[tuple[str | None, str]], places: Ints) -> None:
        self._digits = digits
        self._regions = regions
        self._places = places
        self.valid: list[Valid] = []
        self.invalid: list[Numbers] = []
        #: numbers that are not valid, unless they have lost their plus
        self._doubtful: list[Numbers] = []
        #: rows of national numbers without a region
        self.possible = np.zeros(0, np.int64)
        abroad = digits.plus | digits.zeros
        first = self._international(np.flatnonzero(digits.plain & abroad), _BY_NUMBER)
        home = [np.flatnonzero(digits.plain & ~abroad & (places == place)) for place in range(len(regions))]
        none = np.zeros(0, np.int64)
        nowhere = np.concatenate([none, *(home[place] for place, (region, _) in enumerate(regions) if region is None)])
        for place, (region, said_by) in enumerate(regions):
            if region is not None and len(home[place]):
                first += self._national(home[place], region, said_by)
        wrong = self._sorted_out(first)
        self._sorted_out(self._mexican(np.concatenate([nowhere, *(each.rows for each in wrong)])))
        lost = [self._without_region(nowhere), *map(self._wrong, wrong)]
        unread = self._sorted_out(self._international(np.concatenate(lost), _LOST_PLUS))
        known = np.concatenate([none, *(each.rows for each in unread)])
        self.possible = np.concatenate([self.possible, nowhere[np.isin(nowhere, known)]])
        for each in self._doubtful:
            uncoded = calling_codes()[digits.three(each.rows)] == 0
            self._add_invalid(each.only(uncoded | np.isin(each.rows, known)))

    def _international(self, rows: Ints, manner: int) -> list[Numbers]:
        """Rows that have a calling code, by this code. Those without one, or of which no plan is sure, are left."""
        skipped = np.where(self._digits.zeros[rows], 2, 0)
        codes = calling_codes()[self._digits.three(rows, skipped)]
        found = []
        for code in np.unique(codes[codes > 0]).tolist():
            plans = plans_of(code)
            if plans:
                here = codes == code
                national = self._digits.numbers(rows[here], skipped[here] + len(str(code)))
                some = rows[here]
                found.append(Numbers(some, code, plans[0][1].significant(national), np.full(len(some), manner)))
        return found

    def _national(self, rows: Ints, region: str, said_by: str) -> list[Numbers]:
        """Rows of a region, as they are dialled there; none if its plan is not sure."""
        plan = plan_of(region)
        plans = plans_of(plan.code) if plan else ()
        if plan is None or not plans:
            return []
        national, own_code, sure = plan.national(self._digits.numbers(rows), plans[0][1])
        manners = np.where(own_code, _BY_NUMBER, MANNERS.index((said_by, "")))
        return [Numbers(rows, plan.code, national, manners).only(sure)]

    def _mexican(self, rows: Ints) -> list[Numbers]:
        """Rows that are Mexican without the old prefix of mobiles (`+52 1`): the same repair as in `readings`."""
        old = (self._digits.three(rows) == _OLD_MEXICAN) & (self._digits.sizes[rows] == _OLD_MEXICAN_DIGITS)
        rows = rows[old & ~self._digits.zero_in_brackets[rows]]
        code, plans = _MEXICO[0], plans_of(_MEXICO[0])
        if not plans or not len(rows):
            return []
        national = self._digits.numbers(rows, len(str(_OLD_MEXICAN)))
        return [Numbers(rows, code, plans[0][1].significant(national), np.full(len(rows), _MENDED))]

    def _sorted_out(self, read: Iterable[Numbers]) -> list[Numbers]:
        """Keep the valid ones and return the others; each plan is asked once."""
        by_code: dict[int, list[Numbers]] = {}
        for each in read:
            by_code.setdefault(each.code, []).append(each)
        wrong = []
        for code, group in by_code.items():
            rows, manners = (np.concatenate([each[part] for each in group]) for part in (0, 3))
            numbers = Numbers(rows, code, pa.concat_arrays([each.national for each in group]), manners)
            regions, types = regions_and_types(code, numbers.national)
            valid = types != UNKNOWN
            self.valid.append(Valid(numbers.only(valid), regions[valid], types[valid]))
            if not valid.all():
                wrong.append(numbers.only(~valid))
        return wrong

    def _wrong(self, numbers: Numbers) -> Ints:
        """Keep those that no other reading can make valid; return the rows that may have lost their plus."""
        digits = self._digits
        plus = numbers.only(digits.plus[numbers.rows])
        self._add_invalid(plus.only(self._has_one_reading(plus.rows)))
        lost = [np.zeros(0, np.int64)]
        home = numbers.only(~(digits.plus | digits.zeros)[numbers.rows])
        for place in np.unique(self._places[home.rows]).tolist():
            region = self._regions[place][0]
            plan = plan_of(region) if region else None
            if region is None or plan is None:
                continue
            main = plans_of(plan.code)[0][1]
            here = home.only(self._places[home.rows] == place)
            here = here.only(self._has_one_reading(here.rows, region))
            may = self._may_have_lost_plus(here.rows) & ~main.possible(here.national)
            lost.append(here.rows[may])
            mended = self._mended_by_zero(here.rows, plan, main)
            self._add_invalid(here.only(~may & ~mended))
            self._doubtful.append(here.only(may & ~mended))
        return np.concatenate(lost)

    def _add_invalid(self, numbers: Numbers) -> None:
        """Keep numbers that are not valid, if their E.164 form is read as itself again."""
        if len(numbers.rows):
            again = plans_of(numbers.code)[0][1].significant(numbers.national)
            self.invalid.append(numbers.only(pc.equal(again, numbers.national).to_numpy(zero_copy_only=False)))

    def _mended_by_zero(self, rows: Ints, plan: Plan, main: Plan) -> Bools:
        """Whether national numbers may be valid without the zero in front, or with one where there is none."""
        led = self._digits.first[rows] == 0
        found = np.zeros(len(rows), bool)
        found[led] = self._may_be_valid(self._digits.numbers(rows[led], 1), plan, main)
        if keeps_zero(plan.metadata.id):
            digits = pc.binary_join_element_wise("0", self._digits.numbers(rows[~led]), "")
            found[~led] = self._may_be_valid(digits, plan, main)
        return found

    def _may_be_valid(self, digits: pa.StringArray, plan: Plan, main: Plan) -> Bools:
        national, _, sure = plan.national(digits, main)
        _, types = regions_and_types(plan.code, national)
        found: Bools = ~sure | (types != UNKNOWN)
        return found

    def _without_region(self, rows: Ints) -> Ints:
        """Keep what is possible as it stands; return the rows that may have lost their plus."""
        long = self._digits.sizes[rows] >= LOST_PLUS_FROM
        self.possible = rows[~long]
        lost: Ints = rows[long & self._may_have_lost_plus(rows) & self._has_one_reading(rows)]
        return lost

    def _may_have_lost_plus(self, rows: Ints) -> Bools:
        may: Bools = (self._digits.sizes[rows] >= LOST_PLUS_FROM) & (self._digits.first[rows] > 0)
        return may

    def _has_one_reading(self, rows: Ints, region: str | None = None) -> Bools:
        """Whether neither a (0) nor what is peculiar to Mexico and Argentina may have to be taken out."""
        sizes, first, code = self._digits.sizes[rows], self._digits.first[rows], self._digits.three(rows) // 10
        mexican = ((code == _MEXICO[0]) | (region == _MEXICO[1])) & (sizes >= _FEWEST_OF_MEXICO)
        argentine = ((code == _ARGENTINA[0]) | (region == _ARGENTINA[1])) & (sizes >= _FEWEST_OF_ARGENTINA)
        # one digit more can only be the 9 or the 0 before area code and number
        argentine &= (sizes != _FEWEST_OF_ARGENTINA + 1) | np.isin(first, (0, 9))
        once: Bools = ~self._digits.zero_in_brackets[rows] & ~mexican & ~argentine
        return once
