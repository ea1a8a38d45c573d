"""The numbering plans of the installed `phonenumbers`, compiled to expressions over whole columns of digits.

Every method says of a column what the function of the library that it names says of one number, from the same
metadata (`PhoneMetadata`). Patterns run in RE2, which finds the same matches as `re` as long as there are no
look-arounds or back references; a plan that RE2 does not take is none (`plan_of` gives None), and its numbers are left
to the library.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from phonenumbers import COUNTRY_CODE_TO_REGION_CODE, PhoneMetadata, PhoneNumberType

if TYPE_CHECKING:
    from collections.abc import Iterable

    import numpy.typing as npt

    Bools = npt.NDArray[np.bool_]
    Ints = npt.NDArray[np.int64]

UNKNOWN = int(PhoneNumberType.UNKNOWN)
#: The types that the library looks for first, in its order.
_SPECIAL = ("premium_rate", "toll_free", "shared_cost", "voip", "personal_number", "pager", "uan", "voicemail")
_LONGEST_CODE = 3
#: Rewritings of RE2 name groups by one digit.
_MOST_GROUPS = 9
#: No number in a column of digits is as long.
_SIZES = 64
_EITHER = int(PhoneNumberType.FIXED_LINE_OR_MOBILE)
#: By twice "is of a fixed line" plus "is of a mobile".
_FIXED_AND_MOBILE = np.array([UNKNOWN, PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE, _EITHER], np.int64)


class _Start:
    """A pattern that numbers may start with; most are a few digits, for which no expression need be run."""

    def __init__(self, pattern: str | None) -> None:
        self.pattern = f"^(?:{pattern})" if pattern else None
        parts = pattern.split("|") if pattern else []
        self._literal = parts if all(map(str.isdigit, parts)) else None

    def starts(self, numbers: pa.StringArray) -> Bools:
        if self._literal is None:
            return _matching(numbers, self.pattern)
        found = np.zeros(len(numbers), bool)
        for part in self._literal:
            found |= _numpy(pc.starts_with(numbers, part))
        return found

    def stripped(self, numbers: pa.StringArray) -> pa.StringArray:
        """Numbers that start so, without it."""
        if self._literal is None:
            return pc.replace_substring_regex(numbers, self.pattern, "", max_replacements=1)
        found = numbers
        for part in reversed(self._literal):
            found = _chosen(_numpy(pc.starts_with(numbers, part)), _from(numbers, len(part)), found)
        return found


class Plan:
    """The numbering plan of one region, or of one calling code that belongs to no region."""

    def __init__(self, metadata: Any) -> None:
        self.metadata = metadata
        self.code = int(metadata.country_code)
        general = metadata.general_desc
        self._general = _whole(general)
        self._lengths = _among(general.possible_length)
        self._local_lengths = _among(general.possible_length_local_only)
        self._longest = max(general.possible_length)
        self._kinds = {name: getattr(metadata, name) for name in (*_SPECIAL, "fixed_line", "mobile")}
        special = [each for each in (_pattern(self._kinds[name]) for name in _SPECIAL) if each]
        self._special = f"^(?:{'|'.join(special)})$" if special else None
        prefix = metadata.national_prefix_for_parsing
        self._prefix = _Start(prefix)
        self._abroad = _Start(metadata.international_prefix)
        self._leading = f"^(?:{metadata.leading_digits})" if metadata.leading_digits is not None else None
        every = (self._general, self._special, self._prefix.pattern, self._abroad.pattern, self._leading)
        self._groups = re.compile(prefix).groups if prefix else 0
        if self._groups > _MOST_GROUPS:
            raise pa.ArrowInvalid("more groups than a rewriting can name")
        for pattern in (*every, *map(_whole, self._kinds.values())):
            if pattern:
                pc.match_substring_regex(pa.array([""]), pattern)

    def types(self, numbers: pa.StringArray) -> Ints:
        """The type of each national number, as `number_type` tells it; `UNKNOWN` is no valid number."""
        sizes = lengths_of(numbers)
        fixed = self._is("fixed_line", numbers, sizes)
        if self.metadata.same_mobile_and_fixed_line_pattern:
            found = np.where(fixed, _EITHER, UNKNOWN)
        else:
            mobile = self._is("mobile", numbers, sizes)
            found = _FIXED_AND_MOBILE[fixed * 2 + mobile]
        special = _matching(numbers, self._special)
        if special.any():
            rows = np.flatnonzero(special)
            found[rows] = self._special_types(numbers.take(pa.array(rows)), found[rows])
        general = _matching(numbers, self._general)
        found[~(general & self._lengths[sizes])] = UNKNOWN
        return found

    def _special_types(self, numbers: pa.StringArray, otherwise: Ints) -> Ints:
        sizes = lengths_of(numbers)
        found = otherwise.copy()
        for name in reversed(_SPECIAL):
            found[self._is(name, numbers, sizes)] = getattr(PhoneNumberType, name.upper())
        return found

    def _is(self, name: str, numbers: pa.StringArray, sizes: Ints) -> Bools:
        """Whether numbers are of a kind, as `_is_number_matching_desc` tells it."""
        kind = self._kinds[name]
        if _pattern(kind) is None:
            return np.zeros(len(numbers), bool)
        if not kind.possible_length:
            return _matching(numbers, _whole(kind))
        fit = _among(kind.possible_length)[sizes]
        return fit & _matching(numbers, _whole(kind)) if fit.any() else fit

    def leads(self, numbers: pa.StringArray) -> Bools | None:
        """Whether numbers start as those of this region do, where that tells the regions of a calling code apart."""
        return None if self._leading is None else _matching(numbers, self._leading)

    def significant(self, numbers: pa.StringArray) -> pa.StringArray:
        """Numbers without the national prefix, where what remains is long enough (the end of `parse`)."""
        without = self._stripped(numbers)
        return numbers if without is numbers else _chosen(~self._too_short(lengths_of(without)), without, numbers)

    def national(self, numbers: pa.StringArray, main: Plan) -> tuple[pa.StringArray, Bools, Bools]:
        """National numbers as they were dialled in this region; whether their calling code was there; whether surely.

        `main` is the plan of the first region with the same calling code, which reads numbers that have it. What starts
        with an international prefix of the region is not sure.
        """
        sure = ~self._abroad.starts(numbers)
        found = self.significant(numbers)
        code = str(self.code)
        own = _numpy(pc.starts_with(numbers, code))
        if own.any():
            rows = np.flatnonzero(own)
            whole = numbers.take(pa.array(rows))
            rest = self._stripped(_from(whole, len(code)))
            better = ~_matching(whole, self._general) & _matching(rest, self._general)
            own[rows] = better | self._too_long(lengths_of(whole))
            with_code = main.significant(rest.filter(pa.array(own[rows])))
            found = pc.replace_with_mask(found, pa.array(own), with_code)
        return found, own, sure

    def possible(self, numbers: pa.StringArray) -> Bools:
        """Whether numbers have a length that the plan has, with or without the area code (`is_possible_number`)."""
        return (self._lengths | self._local_lengths)[lengths_of(numbers)]

    def _stripped(self, numbers: pa.StringArray) -> pa.StringArray:
        """Numbers without the national prefix (`_maybe_strip_national_prefix_carrier_code`)."""
        rows = np.flatnonzero(self._prefix.starts(numbers))
        if not len(rows):
            return numbers
        before = numbers.take(pa.array(rows))
        after = self._prefix.stripped(before)
        shorter = lengths_of(after) < lengths_of(before)
        if not shorter.any():
            return numbers
        rows, before, after = rows[shorter], before.filter(pa.array(shorter)), after.filter(pa.array(shorter))
        rule = self.metadata.national_prefix_transform_rule
        if rule:
            last = pc.replace_substring_regex(before, f"{self._prefix.pattern}.*$", f"\\{self._groups}")
            changed = pc.replace_substring_regex(before, self._prefix.pattern, rule, max_replacements=1)
            after = _chosen(lengths_of(last) > 0, changed, after)
        worse = _matching(before, self._general) & ~_matching(after, self._general)
        stripped = np.zeros(len(numbers), bool)
        stripped[rows] = ~worse
        return pc.replace_with_mask(numbers, pa.array(stripped), after.filter(pa.array(~worse)))

    def _too_short(self, sizes: Ints) -> Bools:
        short: Bools = self._local_lengths[sizes] | ~(self._lengths[sizes] | (sizes > self._longest))
        return short

    def _too_long(self, sizes: Ints) -> Bools:
        long: Bools = (sizes > self._longest) & ~self._local_lengths[sizes]
        return long


_PLANS: dict[tuple[str, int], tuple[Any, Plan | None]] = {}


def plan_of(region: str, code: int = 0) -> Plan | None:
    """The plan of a region (`001`: of the calling code), compiled once; None if there is none or RE2 cannot tell it."""
    metadata = PhoneMetadata.metadata_for_region_or_calling_code(code, region)
    if metadata is None:
        return None
    known = _PLANS.get((region, code))
    if known is None or known[0] is not metadata:
        try:
            plan = Plan(metadata)
        except pa.ArrowInvalid:
            plan = None
        known = _PLANS[region, code] = (metadata, plan)
    return known[1]


def plans_of(code: int) -> tuple[tuple[str, Plan], ...]:
    """The regions of a calling code with their plans, in the order in which the library asks them; none if unsure."""
    regions = COUNTRY_CODE_TO_REGION_CODE.get(code, ())
    found = tuple((region, plan_of(region, code)) for region in regions)
    return () if any(plan is None for _, plan in found) else cast("tuple[tuple[str, Plan], ...]", found)


def regions_and_types(code: int, numbers: pa.StringArray) -> tuple[Ints, Ints]:
    """The region of each national number, as its place among `plans_of(code)`, and its type.

    As `region_code_for_number` and `number_type` tell them: a lone region has all numbers of its calling code; of
    several, the first that has the leading digits, or for which the number is valid. The place is -1 for no region.
    """
    plans = plans_of(code)
    if len(plans) == 1:
        return np.zeros(len(numbers), np.int64), plans[0][1].types(numbers)
    places, types = np.full(len(numbers), -1, np.int64), np.full(len(numbers), UNKNOWN, np.int64)
    rows = np.arange(len(numbers))
    left = numbers
    for place, (_, plan) in enumerate(plans):
        if not len(rows):
            break
        leads = plan.leads(left)
        if leads is None:
            found = plan.types(left)
            here = found != UNKNOWN
            types[rows[here]] = found[here]
        else:
            here = leads
            types[rows[here]] = plan.types(left.filter(pa.array(here))) if here.any() else UNKNOWN
        places[rows[here]] = place
        rows, left = rows[~here], left.filter(pa.array(~here))
    return places, types


@cache
def calling_codes() -> Ints:
    """The calling code that each three first digits start with, 0 for none."""
    table = np.zeros(10**_LONGEST_CODE, np.int64)
    for first in range(10**_LONGEST_CODE):
        text = f"{first:03}"
        starts = (int(text[:size]) for size in range(1, _LONGEST_CODE + 1) if text[0] != "0")
        table[first] = next((code for code in starts if code in COUNTRY_CODE_TO_REGION_CODE), 0)
    return table


def lengths_of(numbers: pa.StringArray) -> Ints:
    """The number of digits of each text of digits."""
    return _numpy(pc.binary_length(numbers)).astype(np.int64)


def _among(lengths: Iterable[int]) -> Bools:
    """A table of which lengths are among some."""
    table = np.zeros(_SIZES, bool)
    table[[length for length in lengths if length > 0]] = True
    return table


def _pattern(kind: Any) -> str | None:
    return (kind.national_number_pattern or None) if kind is not None else None


def _whole(kind: Any) -> str | None:
    pattern = _pattern(kind)
    return f"^(?:{pattern})$" if pattern else None


def _matching(numbers: pa.StringArray, pattern: str | None) -> Bools:
    if pattern is None:
        return np.zeros(len(numbers), bool)
    return _numpy(pc.match_substring_regex(numbers, pattern))


def _numpy(values: pa.Array) -> npt.NDArray[Any]:
    return cast("npt.NDArray[Any]", values.to_numpy(zero_copy_only=False))


def _from(numbers: pa.StringArray, start: int) -> pa.StringArray:
    return pc.utf8_slice_codeunits(numbers, start)


def _chosen(condition: Bools, yes: pa.StringArray, no: pa.StringArray) -> pa.StringArray:
    if condition.all():
        return yes
    return pc.if_else(pa.array(condition), yes, no) if condition.any() else no
