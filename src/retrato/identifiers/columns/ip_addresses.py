"""Internet addresses in whole columns."""

from __future__ import annotations

import ipaddress
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from retrato.identifiers.base import Status
from retrato.identifiers.columns.written import chunks
from retrato.identifiers.ip_address import SPECIAL

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from retrato.identifiers.columns.written import Written

#: The special networks of version 4 in order: first and last address, and what they are for.
_RANGES = sorted(
    (int(network.network_address), int(network.broadcast_address), code)
    for code, listed in SPECIAL.items()
    for network in map(ipaddress.ip_network, listed)
    if network.version == 4
)
_STARTS, _ENDS = (np.array([each[place] for each in _RANGES], np.int64) for place in (0, 1))
_CODES = pa.array(["", *(code for _, _, code in _RANGES)])
_STATUS = pa.array([Status.VALID.value, Status.PLACEHOLDER.value])
_SHORTEST, _LONGEST = len("1.1.1.1"), len("255.255.255.255")


_LEAST = np.array([256, 0, 10, 100])  # of a number without leading zeros, by how many digits it has


def accept_addresses(table: pa.Table) -> pa.Table:
    """The addresses of version 4 in their usual form: four numbers without leading zeros."""
    items, codes = [np.zeros(0, np.int64)], [np.zeros(0, np.int64)]
    for first, texts in chunks(table.column("text")):
        rows = np.flatnonzero((texts.lengths >= _SHORTEST) & (texts.lengths <= _LONGEST))
        address, good = _read(texts, rows)
        items.append(rows[good] + first)
        place = np.searchsorted(_STARTS, address[good], side="right")  # 0: before the first special network
        codes.append(np.where((place > 0) & (address[good] <= _ENDS[place - 1]), place, 0))
    item, code = pa.array(np.concatenate(items)), np.concatenate(codes)
    return pa.table(
        {
            "item": item,
            "value": table.column("text").take(item),
            "status": _STATUS.take(pa.array((code > 0).astype(np.int64))),
            "issues": _CODES.take(pa.array(code)),
        }
    )


def _read(texts: Written, rows: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """The addresses as numbers, and whether they are such."""
    place, address, good = np.zeros(len(rows), np.int64), np.zeros(len(rows), np.int64), np.ones(len(rows), bool)
    for part in range(4):
        number, count, going = np.zeros(len(rows), np.int64), np.zeros(len(rows), np.int64), np.ones(len(rows), bool)
        for step in range(3):
            digit, is_digit = texts.digits(rows, place + step, 1)
            going &= is_digit
            number = np.where(going, number * 10 + digit, number)
            count += going
        good &= (number < 256) & (number >= _LEAST[count])
        place += count
        if part < 3:
            good &= texts.among(rows, place, ".")
            place += 1
        address = address * 256 + number
    return address, good & (place == texts.lengths[rows])
