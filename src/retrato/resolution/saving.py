"""Results in folders: what is written beside the tables, and tables that are read when they are asked for."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, get_args

import pyarrow as pa
from pyarrow import parquet

from retrato.errors import ConfigurationError, Problem
from retrato.io.writing import Format
from retrato.resolution.tables import TABLES

if TYPE_CHECKING:
    from pathlib import Path

    from retrato.io.writing import OutputFolder
    from retrato.matching.model import FellegiSunter
    from retrato.ruleset import Ruleset


class SavedTables(Mapping[str, pa.Table]):
    """The tables of a result in a folder, each read when it is first asked for.

    The files are opened at once, so that the tables stay those of one result when another takes its place. Raises
    OSError or ArrowInvalid where one is missing or is no Parquet.
    """

    def __init__(self, folder: Path) -> None:
        self._files = {name: parquet.ParquetFile(folder / f"{name}.parquet") for name in TABLES}
        self._read: dict[str, pa.Table] = {}

    def __getitem__(self, name: str) -> pa.Table:
        if name not in self._read:
            found = self._files[name].read()
            # whether a column happens to have no NULL is not part of what a table is
            schema = pa.schema([field.with_nullable(nullable=True) for field in found.schema])
            self._read[name] = pa.Table.from_arrays(found.columns, schema=schema)
        return self._read[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._files)

    def __len__(self) -> int:
        return len(self._files)


def check_format(chosen: str) -> None:
    """Raise ConfigurationError for a format that nothing is written in."""
    if chosen not in get_args(Format):
        known = ", ".join(get_args(Format))
        raise ConfigurationError([Problem("save", f"no format {chosen!r}", f"the formats are {known}")])


def write_rest(
    output: OutputFolder,
    tables: Mapping[str, pa.Table],
    *,
    ruleset: Ruleset,
    model: FellegiSunter | None,
    report: Mapping[str, Any],
    as_format: Format,
) -> None:
    """Everything of a result but the Parquet tables, which stay Parquet whatever people want to look at."""
    if as_format != "parquet":
        for name in TABLES:
            if name != "features":
                output.write_table(name, tables[name], as_format)
    if as_format != "csv":
        output.write_table("review", tables["review"], "csv")
    if model is not None:
        output.write_text("model.json", json.dumps(model.to_dict(), indent=1) + "\n")
    output.write_text("ruleset.toml", ruleset.to_toml())
    output.write_text("run.json", json.dumps(report, indent=1, ensure_ascii=False) + "\n")
