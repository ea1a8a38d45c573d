"""Results in folders: what is written beside the tables, and tables that are read when they are asked for."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, get_args

import pyarrow as pa
import pyarrow.compute as pc
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

    def rows(self, name: str, columns: Sequence[str], of: tuple[str, str] | None = None) -> pa.Table:
        """Some columns of a table, and of its rows those that have a text in a column."""
        file = self._files[name]
        wanted = list(dict.fromkeys([*columns, *([of[0]] if of else [])]))
        parts = (pa.table(batch) for batch in file.iter_batches(columns=wanted))
        schema = pa.schema([file.schema_arrow.field(each) for each in wanted])
        found = pa.concat_tables([schema.empty_table(), *(_of(part, of) for part in parts)])
        return found.select(list(columns))

    def __iter__(self) -> Iterator[str]:
        return iter(self._files)

    def __len__(self) -> int:
        return len(self._files)


def rows(
    tables: Mapping[str, pa.Table], name: str, columns: Sequence[str], of: tuple[str, str] | None = None
) -> pa.Table:
    """Some columns of a table of a result, and of its rows those that have a text in a column.

    What stands in files is not read as a whole.
    """
    if isinstance(tables, SavedTables):
        return tables.rows(name, columns, of)
    return _of(tables[name], of).select(list(columns))


def _of(table: pa.Table, of: tuple[str, str] | None) -> pa.Table:
    return table if of is None else table.filter(pc.equal(table.column(of[0]), of[1]))


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
