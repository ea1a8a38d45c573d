"""The truth as a file, joined with the assignments of a result."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq

from retrato.errors import ConfigurationError, Problem, ResultError, SourceError, SourceNotFoundError
from retrato.evaluation.metrics import Coverage, Evaluation, evaluate

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

#: What the columns of a truth file may be called (compared in lower case), best first.
SOURCE_HEADERS = ("source", "source_name", "dataset", "origen", "fuente")
KEY_HEADERS = ("record_key", "record_id", "rec_id", "unique_id", "key", "id", "clave")
PERSON_HEADERS = (
    *("person_id", "true_person_id", "person", "truth", "true_id", "cluster", "cluster_id"),
    *("entity", "entity_id", "label", "persona", "id_persona"),
)

#: What the column may be called that says what makes a record hard.
TRAP_HEADERS = ("trap", "traps")

#: How many records of each kind a `Coverage` names.
EXAMPLES = 10


def read_truth(path: str | Path) -> pa.Table:
    r"""Read a truth file: one row a record, with the person that it belongs to.

    The file is CSV (UTF-8; comma, semicolon, tab or bar) or Parquet. Returns the text columns `source` (null when the
    file has none), `record_key` and `person_id`, and `trap` when the file has it (what makes the record hard, `none`
    where the cell is empty); rows without a key or a person are left out, they tell nothing. Raises
    `SourceNotFoundError` or `SourceError` when the file cannot be read or a record has two persons,
    `ConfigurationError` when a column is not there.

    >>> import tempfile
    >>> file = Path(tempfile.mkdtemp(), "truth.csv")
    >>> _ = file.write_text("id,cluster\n17,ana\n18,ana\n")
    >>> read_truth(file).to_pylist()[0]
    {'source': None, 'record_key': '17', 'person_id': 'ana'}
    """
    path = Path(path)
    if not path.is_file():
        raise SourceNotFoundError(f"truth file {path}: there is no such file")
    table = _read_parquet(path) if path.suffix.lower() in (".parquet", ".pq") else _read_csv(path)
    problems: list[Problem] = []
    key = _column(table, KEY_HEADERS, "record key", path, problems)
    person = _column(table, PERSON_HEADERS, "person", path, problems)
    if key is None or person is None:
        raise ConfigurationError(problems)
    source = _column(table, SOURCE_HEADERS, "source", path, [])
    columns = {
        "source": pa.nulls(len(table), pa.string()) if source is None else table[source].cast(pa.string()),
        "record_key": table[key].cast(pa.string()),
        "person_id": table[person].cast(pa.string()),
    }
    trap = _column(table, TRAP_HEADERS, "trap", path, [])
    if trap is not None:
        columns["trap"] = table[trap].cast(pa.string()).fill_null("none")
    said = ["source", "record_key", "person_id"]
    frame = pa.table(columns).to_pandas().dropna(subset=said[1:]).drop_duplicates(said)
    twice = int(frame.duplicated(["source", "record_key"]).sum())
    if twice:
        raise SourceError(f"truth file {path}: {twice} records have more than one person; keep one row a record")
    return pa.Table.from_pandas(
        frame, schema=pa.schema([(name, pa.string()) for name in columns]), preserve_index=False
    )


def evaluate_folder(folder: str | Path, truth: str | Path) -> Evaluation:
    """Hold the `assignments.parquet` of a result folder against a truth file.

    Records that only one side knows are counted and named in `coverage`, and take no part in the figures. A truth
    without a source column serves a result of one source. Raises what `read_truth` raises, `ResultError` when the
    folder holds no result, and `ConfigurationError` when the two have no record in common.
    """
    path = Path(folder) / "assignments.parquet"
    if not path.is_file():
        raise ResultError(f"{folder}: there is no assignments.parquet, so this is no result folder")
    try:
        assignments = pq.read_table(path, columns=["source", "record_key", "profile_id"])
    except (pa.ArrowInvalid, pa.ArrowKeyError, OSError) as error:
        raise ResultError(f"{path}: not an assignments file ({type(error).__name__})") from error
    return evaluate_tables(assignments, read_truth(truth))


def evaluate_tables(assignments: pa.Table, truth: pa.Table) -> Evaluation:
    """Hold assignments (`source, record_key, profile_id`) against a truth (`source, record_key, person_id`).

    A truth with the column `trap` gives figures for each trap as well.

    >>> names = ["source", "record_key"]
    >>> assignments = pa.table([["crm", "crm", "crm"], ["1", "2", "3"], ["p", "p", "q"]], names=[*names, "profile_id"])
    >>> truth = pa.table([["crm", "crm", "crm"], ["1", "2", "4"], ["ana", "ana", "luis"]], names=[*names, "person_id"])
    >>> figures = evaluate_tables(assignments, truth)
    >>> figures.records, figures.pairwise.f1
    (2, 1.0)
    >>> figures.coverage.examples_without_truth, figures.coverage.examples_without_result
    ((('crm', '3'),), (('crm', '4'),))
    """
    left, right = assignments.to_pandas(), truth.to_pandas()
    sources = sorted(left["source"].unique())
    if right["source"].isna().all():
        if len(sources) > 1:
            hint = f"add a column source with {', '.join(sources)}"
            raise ConfigurationError(
                [Problem("truth", f"no source column, and the result has {len(sources)} sources", hint)]
            )
        right["source"] = sources[0] if sources else ""
    joined = left.merge(right, on=["source", "record_key"], how="outer", indicator="side")
    both = joined[joined["side"] == "both"]
    if both.empty:
        raise ConfigurationError([_nothing_in_common(sources, sorted(right["source"].dropna().unique()))])
    only_result, only_truth = joined[joined["side"] == "left_only"], joined[joined["side"] == "right_only"]
    traps = both["trap"].fillna("none").tolist() if "trap" in both.columns else None
    figures = evaluate(both["profile_id"].to_numpy(), both["person_id"].to_numpy(), traps=traps)
    return figures.covering(Coverage(len(only_result), len(only_truth), _examples(only_result), _examples(only_truth)))


def _nothing_in_common(sources: Sequence[str], named: Sequence[str]) -> Problem:
    if not set(sources) & set(named):
        hint = f"the result has the sources {', '.join(sources)}; the truth names {', '.join(named) or 'none'}"
    else:
        hint = "the sources are the same, the record keys are not: compare both with the key column of the source"
    return Problem("truth", "no record of the result is in the truth", hint)


def _examples(rows: pd.DataFrame) -> tuple[tuple[str, str], ...]:
    """The first few records by source and key."""
    first = rows.sort_values(["source", "record_key"]).head(EXAMPLES)
    return tuple(zip(first["source"], first["record_key"], strict=True))


def _column(table: pa.Table, headers: tuple[str, ...], what: str, path: Path, problems: list[Problem]) -> str | None:
    """The column that has the best of the headers; none is a problem."""
    by_header = {name.strip().lower(): name for name in reversed(table.column_names)}
    for header in headers:
        if header in by_header:
            return str(by_header[header])
    problems.append(Problem(f"truth file {path}", f"no column for the {what}", f"call it {headers[0]}"))
    return None


def _read_parquet(path: Path) -> pa.Table:
    try:
        return pq.read_table(path)
    except (pa.ArrowInvalid, OSError) as error:
        raise SourceError(f"truth file {path}: not a Parquet file ({type(error).__name__})") from error


def _read_csv(path: Path) -> pa.Table:
    """Every column as text; empty cells are null. Arrow quotes rows in its errors, so their text is dropped."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            line = file.readline()
        delimiter = max(",;\t|", key=line.count)
        header = next(csv.reader([line], delimiter=delimiter), [])
        return pa_csv.read_csv(
            path,
            parse_options=pa_csv.ParseOptions(delimiter=delimiter),
            convert_options=pa_csv.ConvertOptions(
                column_types={name: pa.string() for name in header}, strings_can_be_null=True, null_values=[""]
            ),
        )
    except UnicodeDecodeError as error:
        raise SourceError(f"truth file {path}: not UTF-8 text; save it as UTF-8") from error
    except (pa.ArrowInvalid, csv.Error) as error:
        raise SourceError(f"truth file {path}: not a table that can be read as CSV ({type(error).__name__})") from error
