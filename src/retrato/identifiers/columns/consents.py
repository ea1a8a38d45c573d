"""Consents in whole columns."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from retrato.identifiers.columns.dates import FILLER_DAYS, moments
from retrato.identifiers.columns.repeated import accept_repeated
from retrato.identifiers.consent_flag import FIRST_YEAR, GRANTED

if TYPE_CHECKING:
    from retrato.identifiers.consent_flag import ConsentFlag


def accept_consents(kind: ConsentFlag, table: pa.Table) -> pa.Table | None:
    """A column of few different texts, or the plain times of one of many: the consents given then."""
    few = accept_repeated(kind, table)
    if few is not None:
        return few
    item, when, _ = moments(table.column("text"), day_first=kind.reads_day_first)
    day = when.astype("datetime64[D]")
    chosen = (day >= np.datetime64(f"{FIRST_YEAR}-01-01")) & ~np.isin(day, FILLER_DAYS)
    time = pa.array(when[chosen], pa.timestamp("us")).cast(pa.string())
    count = len(time)
    return pa.table(
        {
            "item": item[chosen],
            "value": pa.repeat(pa.scalar(GRANTED), count),
            "namespace": pa.repeat(pa.scalar(kind.namespace), count),
            "parts": pc.binary_join_element_wise('{"time": "', time, '"}', ""),
        }
    )
