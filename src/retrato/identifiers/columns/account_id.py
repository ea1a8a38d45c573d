"""The fast path of account ids: codes as they are, without the `.0` of a table of numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc

from retrato.identifiers.account_id import DAMAGED, LONGEST
from retrato.identifiers.columns.codes import combined, filler, joined, matches, rows, trimmed, without

if TYPE_CHECKING:
    from retrato.identifiers.account_id import AccountId

#: One code with a digit in it: no separator of several, no power of ten, no other script.
_CODE = r"^ *(?:[A-Za-z][A-Za-z ._/#-]*)?[0-9][A-Za-z0-9 ._/#-]*$"


def accept_account_id(kind: AccountId, table: pa.Table) -> pa.Table:
    """Those cells that hold one code."""
    texts = combined(table.column("text"))
    items = rows(matches(texts, _CODE))
    written = trimmed(texts.take(items))
    decimals = matches(written, r"^[0-9]{2,15}\.0+$")
    damaged = bool(pc.any(decimals).as_py())
    values = pc.if_else(decimals, pc.replace_substring_regex(written, r"\.0+$", ""), written) if damaged else written
    keys = without(pc.ascii_lower(values), r" +")
    kept = rows(pc.and_not(pc.less_equal(pc.binary_length(values), LONGEST), filler(keys)))
    columns = {
        "item": items.take(kept),
        "value": values.take(kept),
        "namespace": pa.repeat(pa.scalar(kind.namespace), len(kept)),
        "account_id": joined(kind.namespace, keys.take(kept)),
    }
    if damaged:
        columns["issues"] = pc.if_else(decimals.take(kept), DAMAGED.code, "")
    return pa.table(columns)
