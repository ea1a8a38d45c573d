"""Coordinates in whole columns."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from retrato.identifiers.coordinates import DECIMALS, LAST_LATITUDE, LAST_LONGITUDE, NOWHERE

if TYPE_CHECKING:
    from numpy.typing import NDArray

_NUMBER = r"-?\d{1,3}\.\d{1,15}"
_PAIR = rf"^(?P<latitude>{_NUMBER})(?:, ?|;)(?P<longitude>{_NUMBER})$"
_ALONE = rf"^{_NUMBER}$"
_SCALE = 10**DECIMALS
#: Digits behind the point up to which a number is exact, and the units of the last of them in one of the canonical.
_EXACT = 9
_UNITS = 10 ** (_EXACT - DECIMALS)
_IS_EXACT = rf"\.\d{{1,{_EXACT}}}$"


def accept_coordinates(table: pa.Table) -> pa.Table:
    """Pairs of numbers with decimal points that are somewhere on the globe, in one text or in two parts."""
    if "text" in table.column_names:
        texts = table.column("text").combine_chunks()
        pairs = pc.extract_regex(texts, _PAIR)
        latitudes, longitudes = (pc.struct_field(pairs, name) for name in ("latitude", "longitude"))
        raw, good = texts, pc.is_valid(pairs)
    elif {"latitude", "longitude"} <= set(table.column_names):
        latitudes, longitudes = (table.column(name).combine_chunks() for name in ("latitude", "longitude"))
        raw = pc.binary_join_element_wise(latitudes, longitudes, ", ")
        good = pc.and_(*(pc.match_substring_regex(each, _ALONE) for each in (latitudes, longitudes)))
    else:
        nothing = pa.array([], pa.string())
        return pa.table({"item": pa.array([], pa.int64()), "value": nothing, "raw": nothing})
    items = np.flatnonzero(pc.fill_null(good, fill_value=False).to_numpy(zero_copy_only=False))
    chosen = pa.array(items)
    (north, first), (east, second) = _rounded(latitudes.take(chosen)), _rounded(longitudes.take(chosen))
    sure = first & second & (np.abs(north) < LAST_LATITUDE * _SCALE) & (np.abs(east) < LAST_LONGITUDE * _SCALE)
    sure &= np.maximum(np.abs(north), np.abs(east)) > 2 * float(NOWHERE) * _SCALE
    latitude, longitude = _canonical(north[sure]), _canonical(east[sure])
    rows = chosen.filter(pa.array(sure))
    parts = pc.binary_join_element_wise('{"latitude": "', latitude, '", "longitude": "', longitude, '"}', "")
    value = pc.binary_join_element_wise(latitude, longitude, ",")
    return pa.table({"item": rows, "value": value, "raw": raw.take(rows), "parts": parts})


def _rounded(texts: pa.StringArray) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Numbers in units of the last canonical digit, rounded half to even, and whether that is certain."""
    degrees = pc.cast(texts, pa.float64()).to_numpy(zero_copy_only=False)
    units = np.rint(np.abs(degrees) * 10**_EXACT).astype(np.int64)
    whole, behind = np.divmod(units, _UNITS)
    middle = behind * 2 == _UNITS
    whole += (behind * 2 > _UNITS) | (middle & (whole % 2 == 1))
    exact = pc.match_substring_regex(texts, _IS_EXACT).to_numpy(zero_copy_only=False)
    return np.where(degrees < 0, -whole, whole), exact | ~middle


def _canonical(units: NDArray[np.int64]) -> pa.StringArray:
    """Degrees as text with five digits behind the point."""
    whole, behind = (pa.array(each).cast(pa.string()) for each in np.divmod(np.abs(units), _SCALE))
    sign = pc.if_else(pa.array(units < 0), "-", "")
    return pc.binary_join_element_wise(sign, whole, ".", pc.utf8_lpad(behind, DECIMALS, "0"), "")
