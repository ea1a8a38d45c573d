"""What it has cost to win customers: what was spent on each channel beside those who came on it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa

from retrato.errors import ConfigurationError, Problem

if TYPE_CHECKING:
    from collections.abc import Mapping


def acquisition(first_touch: pa.Table, spend: Mapping[str, float]) -> pa.Table:
    """`channel, spend, customers, buyers, cost_per_customer, cost_per_buyer`, a row a channel of `spend`.

    `first_touch` has `channel, customers, buyers`. Raises ConfigurationError for a channel on which nobody came, and
    for a spend below zero.

    >>> came = pa.table({"channel": ["ads", "ads", "shop"], "customers": [3, 1, 5], "buyers": [1, 1, 4]})
    >>> acquisition(came, {"ads": 100.0}).to_pylist()[0]["cost_per_buyer"]
    50.0
    """
    came: dict[str, list[int]] = {}
    for row in first_touch.to_pylist():
        counts = came.setdefault(row["channel"], [0, 0])
        counts[0] += row["customers"]
        counts[1] += row["buyers"]
    known = f"customers came on {', '.join(sorted(filter(None, came)))}"
    problems = [Problem(f"spend on {each}", "nobody came on this channel", known) for each in spend if each not in came]
    problems += (Problem(f"spend on {each}", "an amount is not below 0") for each, paid in spend.items() if paid < 0)
    if problems:
        raise ConfigurationError(problems)
    rows = [
        {
            "channel": channel,
            "spend": float(spend[channel]),
            "customers": came[channel][0],
            "buyers": came[channel][1],
            "cost_per_customer": spend[channel] / came[channel][0],
            "cost_per_buyer": spend[channel] / came[channel][1] if came[channel][1] else None,
        }
        for channel in sorted(spend)
    ]
    return pa.Table.from_pylist(rows, schema=_SCHEMA)


_SCHEMA = pa.schema(
    {
        "channel": pa.string(), "spend": pa.float64(), "customers": pa.int64(), "buyers": pa.int64(),
        "cost_per_customer": pa.float64(), "cost_per_buyer": pa.float64(),
    }
)  # fmt: skip
