"""What match quality is measured on: a name, the sources, and who is who."""

from __future__ import annotations

import os
import platform
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

import retrato
from public_sets import PUBLIC_SETS
from retrato.datasets import omnichannel

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pyarrow as pa

    from retrato.datasets import Omnichannel

PACKAGES = ("retrato", "duckdb", "pyarrow", "numpy", "scipy", "pandas", "phonenumbers")


@dataclass(frozen=True, slots=True)
class BenchSet:
    """One set: `truth` has `source`, `record_key`, `person_id`, and maybe `trap`; `target` is a pairwise F1."""

    name: str
    sources: tuple[retrato.Source, ...]
    truth: pa.Table
    target: float | None = None


def public() -> Iterator[BenchSet]:
    """The public sets whose files are in the folder that RETRATO_BENCH_DATA names; for the others a message."""
    named = os.environ.get("RETRATO_BENCH_DATA")
    if not named:
        print("RETRATO_BENCH_DATA names no folder")
    folder = Path(named) if named else None
    for each in PUBLIC_SETS:
        missing = each.files if folder is None else each.missing(folder)
        if missing:
            print(f"{each.name}: skipped, no {' and no '.join(missing)} (see benchmarks/quality/README.md)")
        elif folder is not None:
            yield BenchSet(each.name, tuple(each.sources(folder)), each.truth(folder), each.target)


def generated(records: int) -> BenchSet:
    """Customers of eight channels with this many contact records; their events are left out."""
    return as_set(omnichannel(records, seed=1, events=False), records)


def as_set(made: Omnichannel, records: int) -> BenchSet:
    """The records of customers that were made, and who is who."""
    sources = tuple(retrato.Source(name, table, region="ES") for name, table in made.records.items())
    return BenchSet(f"omnichannel {in_short(records)}", sources, made.truth)


def in_short(records: int) -> str:
    """A round number as people say it.

    >>> in_short(10_000), in_short(1_000_000)
    ('10 k', '1 M')
    """
    return f"{records // 1_000_000} M" if records >= 1_000_000 else f"{records // 1_000} k"


def versions() -> dict[str, str]:
    """What the measurements were made with."""
    return {"Python": platform.python_version(), **{name: version(name) for name in PACKAGES}}
