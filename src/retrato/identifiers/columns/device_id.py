"""The fast path of device ids: one replacement for each form that an id is written in."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from retrato.identifiers.columns.codes import combined, filler, joined, matches, rows, trimmed, without
from retrato.identifiers.device_id import EVERYBODYS, GA_COOKIE, LONGEST, MAC, MAC_DOTTED, UUID

if TYPE_CHECKING:
    from retrato.identifiers.device_id import DeviceId

#: One id with a digit in it: no separator of several, no power of ten, no label, no other script.
_ID = r"^ *\{?(?:[A-Za-z][A-Za-z ._/:-]*)?[0-9][A-Za-z0-9 ._/:-]*\}? *$"
_COLONS = r"\1:\2:\3:\4:\5:\6"
#: Each form that is rewritten, what it becomes, and how long a text of it can be.
_FORMS = (
    (r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", "", (36, 36)),
    (UUID, r"\1-\2-\3-\4-\5", (32, 38)),
    (GA_COOKIE, r"\1", (9, 60)),
    (MAC, _COLONS, (17, 17)),
    (MAC_DOTTED, _COLONS, (14, 14)),
)
_EVERYBODYS = pa.array(sorted(EVERYBODYS))


def _rewritten(values: pa.Array) -> pa.Array:
    """The ids in the one form of their kind."""
    lower = pc.ascii_lower(values)
    length = pc.binary_length(values)
    done = pa.array(np.zeros(len(values), bool))
    for pattern, form, (least, most) in _FORMS:
        near = pc.and_not(pc.and_(pc.greater_equal(length, least), pc.less_equal(length, most)), done)
        places = rows(near)
        texts = lower.take(places)
        places = places.filter(matches(texts, f"^(?:{pattern})$"))
        if not len(places):
            continue
        texts = lower.take(places)
        mask = np.zeros(len(values), bool)
        mask[places.to_numpy()] = True
        written = pa.array(mask)
        done = pc.or_(done, written)
        values = pc.replace_with_mask(
            values, written, pc.replace_substring_regex(texts, f"^(?:{pattern})$", form) if form else texts
        )
    return values


def accept_device_id(kind: DeviceId, table: pa.Table) -> pa.Table | None:
    """Those cells that hold one id of a usual form."""
    if kind.namespace.lower() == "imei":
        return None
    texts = combined(table.column("text"))
    items = rows(matches(texts, _ID))
    values = trimmed(texts.take(items))
    unlabelled = rows(pc.invert(pc.starts_with(pc.ascii_lower(values), "imei")))
    items, values = items.take(unlabelled), _rewritten(values.take(unlabelled))
    keys = without(pc.ascii_lower(values), " +")
    hardware = matches(values, f"^(?:{MAC})$")
    if pc.any(hardware).as_py():
        keys = pc.replace_with_mask(keys, hardware, pc.replace_substring(keys.filter(hardware), ":", ""))
    nobodys = pc.or_(filler(keys), pc.is_in(keys, value_set=_EVERYBODYS))
    kept = rows(pc.and_not(pc.less_equal(pc.binary_length(values), LONGEST), nobodys))
    return pa.table(
        {
            "item": items.take(kept),
            "value": values.take(kept),
            "namespace": pa.repeat(pa.scalar(kind.namespace), len(kept)),
            "device_id": joined(kind.namespace, keys.take(kept)),
        }
    )
