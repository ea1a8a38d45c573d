"""`resolve()`: the batch as one function."""

from __future__ import annotations

import json
import platform
from contextlib import contextmanager
from dataclasses import asdict, replace
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import pyarrow as pa

import retrato
from retrato.engines.compile.template import table, tree
from retrato.engines.duckdb import DuckDBEngine
from retrato.errors import ConfigurationError, DiskError, OutputError, Problem, ResultError
from retrato.io.writing import OutputFolder
from retrato.matching.classifiers import is_classifier
from retrato.matching.model import FellegiSunter
from retrato.matching.rules import Decision
from retrato.pipeline import run_stages
from retrato.pipeline.checkpoints import LIBRARIES, fingerprint
from retrato.pipeline.readings import readings_of
from retrato.pipeline.run import Progress, Run
from retrato.profiles.survivorship import PIN
from retrato.records import Source, SourceMapping, by_name
from retrato.resolution.resolution import Resolution
from retrato.resolution.saving import SavedTables, check_format, write_rest
from retrato.resolution.tables import MADE_FIRST, READ_AGAIN, TABLES
from retrato.ruleset import Ruleset

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from retrato.engines.base import Engine
    from retrato.engines.compile.template import Node
    from retrato.io.writing import Format
    from retrato.matching.classifiers import Classifier


class Decided(Protocol):
    """What knows decisions of people: an earlier result, an identity store."""

    @property
    def decisions(self) -> pa.Table:
        """`source_a, key_a, source_b, key_b, decision`."""


class Assigned(Protocol):
    """What has given ids to people: an earlier result, an identity store."""

    @property
    def assignments(self) -> pa.Table:
        """`source, record_key, profile_id, household_id`."""

    @property
    def redirects(self) -> pa.Table:
        """`old_id, new_id`."""


_DECISION_COLUMNS = ("source_a", "key_a", "source_b", "key_b", "decision")
#: What a pin needs besides; tables without pins can do without them.
_PIN_COLUMNS = ("attribute", "value")


def resolve(  # noqa: PLR0913 - one parameter a thing that a run can be given
    sources: Source | Iterable[Source],
    *,
    ruleset: Ruleset | None = None,
    model: FellegiSunter | Classifier | str | Path | None = None,
    engine: Engine | None = None,
    decisions: str | Path | pa.Table | Decided | None = None,
    labels: Any = None,
    previous: str | Path | Assigned | None = None,
    progress: Progress | None = None,
    out: str | Path | None = None,
    format: Format = "parquet",  # noqa: A002 - the word that users know
) -> Resolution:
    """Find who is who in the sources, and give one profile per customer.

    `model` is fitted on the data when there is none; a classifier of recordlinkage can take its place, fitted or not.
    `decisions` is a reviewed table (or a CSV or Parquet file, such as `review.csv` with its column `decision` filled in
    with `same` or `different`; a `pin` fixes the `value` of an `attribute` that the record `source_a, key_a` holds).
    `labels` are pairs or people that somebody knows: whatever a source may be, with the
    columns `source_a, key_a, source_b, key_b, label` (`same` or `different`) or `source, record_key, person_id`; they
    refine what is learned, and decide no pair by themselves. `previous` is an earlier result: its profile ids stay with
    the people they were given to. An identity store can be either of them. `progress` is called with every
    `retrato.pipeline.run.Step`; `progress_bar()` gives one that draws. An `engine` that is given stays open; the tables
    of the run are dropped from it, and tables of the caller's own that have their names are replaced.

    `out` is a folder for the result, as `Resolution.save` writes it (in `format`). Its tables then go from the engine
    to the disk, and into memory only when they are asked for. When such a run is interrupted, the stages that it has
    finished stay in `OUT.partial` (readable by you only), and the next run with the same files, rules and versions goes
    on from there; an engine that is already open, and data that are no files, keep nothing.

    Raises ConfigurationError (all problems of mappings and rules), SourceError, ModelError, ResultError, OutputError or
    EngineError.

    >>> import pandas as pd
    >>> crm = pd.DataFrame({"id": ["1", "2"], "email": ["ana@ruiz.es", "ANA@ruiz.es"], "first name": ["Ana", "Ana"]})
    >>> resolve(Source("crm", crm, key="id")).profiles.column("records").to_pylist()
    [2]
    """
    chosen = by_name(sources)
    fitted, classifier = _model(model)
    run = Run(
        DuckDBEngine() if engine is None else engine,
        chosen,
        _zoned(ruleset or Ruleset(), chosen),
        model=fitted,
        classifier=classifier,
        decisions=_decisions(decisions),
        labels=labels,
        previous=_previous(previous),
        progress=progress or (lambda _: None),
    )
    if out is not None:
        return _written(run, Path(out), format)
    with run.engine if engine is None else _borrowed(engine):
        run_stages(run)
        tables = {name: run.engine.fetch(query) for name, query in _results(run)}
        return Resolution(tables, run.ruleset, run.model, _report(run))


def _zoned(ruleset: Ruleset, sources: Iterable[Source]) -> Ruleset:
    """The rules with the time zone that all sources name, where they leave it open."""
    zones = {source.time_zone for source in sources}
    if ruleset.interactions.time_zone is not None or len(zones) != 1:
        return ruleset
    rules = replace(ruleset.interactions, time_zone=zones.pop())
    return ruleset if any(rules.problems()) else replace(ruleset, interactions=rules)


def _results(run: Run) -> Iterator[tuple[str, Node]]:
    """Each table of the result with its query; what no later one reads is dropped when the next is asked for."""
    for name, query in TABLES.items():
        made = MADE_FIRST.get(name)
        if made is not None:
            run.engine.create(made, tree("SELECT * FROM :view", view=table(name)))
        yield name, tree(query)
        if name not in READ_AGAIN:
            run.engine.drop(name, *([made] if made else []))


def _written(run: Run, out: Path, as_format: Format) -> Resolution:
    """The result of a run, written while it is made."""
    check_format(as_format)
    try:
        _write(run, out, as_format)
    except DiskError as error:
        raise OutputError(f"{out} cannot be written: {error}") from error
    return Resolution.load(out)


def _write(run: Run, out: Path, as_format: Format) -> None:
    given = run.engine
    fresh = given if isinstance(given, DuckDBEngine) and not given.is_open else None
    doing = None if fresh is None else fingerprint(run)
    with OutputFolder(out, doing=doing) as output:
        if fresh is not None:
            run.engine = replace(fresh, folder=output.work, database=output.work / "run.duckdb")
        with _borrowed(given) if fresh is None else run.engine:
            run_stages(run, remembered=None if doing is None else output.keep)
            with run.stage("write"):
                files = [
                    output.write_with(f"{name}.parquet", partial(run.engine.write, query))
                    for name, query in _results(run)
                ]
        tables = SavedTables(files[0].parent)
        write_rest(output, tables, ruleset=run.ruleset, model=run.model, report=_report(run), as_format=as_format)


def _model(
    given: FellegiSunter | Classifier | str | Path | None,
) -> tuple[FellegiSunter | None, Classifier | None]:
    """A model, or a classifier to make one of."""
    if given is None or isinstance(given, FellegiSunter):
        return given, None
    if isinstance(given, str | Path):
        return FellegiSunter.load(given), None
    if not is_classifier(given):
        what = f"{type(given).__name__} is no match model, and no classifier that tells how likely a match is"
        hint = "give a FellegiSunter, the path of a model.json, or a classifier of recordlinkage other than KMeans"
        raise ConfigurationError([Problem("model", what, hint)])
    return None, given


@contextmanager
def _borrowed(engine: Engine) -> Iterator[Engine]:
    """An engine of the caller: it stays open, and the tables that a run has made in it are dropped at the end."""
    former = set(engine.tables())
    try:
        yield engine
    finally:
        engine.drop(*sorted(set(engine.tables()) - former))


def _report(run: Run) -> dict[str, Any]:
    """What `run.json` says: versions, parameters, counts, notes and stages; never a personal value."""
    report = {
        "retrato": retrato.__version__,
        "python": platform.python_version(),
        "libraries": {name: version(name) for name in LIBRARIES},
        "parameters": {
            "mode": run.ruleset.mode.value,
            "precision": run.ruleset.precision,
            "threshold": run.ruleset.threshold,
            "engine": run.engine.name,
            "threads": run.engine.threads,
            "memory_limit": run.engine.memory_limit,
        },
        "mapping": [_mapping(each) for each in run.mappings],
        "readings": [each.to_dict() for each in readings_of(run)],
        "regions": sorted({source.region for source in run.sources if source.region}),
        "kinds": {name: [asdict(feature) for feature in features] for name, features in run.kinds.items()},
        "attributes": sorted(run.attributes),
        "rules": [asdict(rule) for rule in run.match_rules],
        "counts": run.counts,
        "notes": run.notes,
        "stages": run.stages,
        "resumed_after": run.resumed_after,
    }
    plain: dict[str, Any] = json.loads(json.dumps(report))  # as it reads back from run.json
    return plain


def _mapping(each: SourceMapping) -> dict[str, Any]:
    columns = [
        {
            "column": column.column,
            "field": column.field,
            "confidence": round(column.confidence, 2),
            "reason": column.reason,
        }
        for column in each.columns
    ]
    return {"source": each.source, "kind": each.kind.value, "columns": columns}


def _decisions(given: str | Path | pa.Table | Decided | None) -> pa.Table | None:
    if given is None:
        return None
    if isinstance(given, str | Path):
        table = _read_table(Path(given))
    else:
        table = given if isinstance(given, pa.Table) else given.decisions
    missing = [name for name in _DECISION_COLUMNS if name not in table.column_names]
    if missing:
        raise ConfigurationError(
            [
                Problem("decisions", f"no column {name}", f"the columns are {', '.join(_DECISION_COLUMNS)}")
                for name in missing
            ]
        )
    given_columns = (*_DECISION_COLUMNS, *(name for name in _PIN_COLUMNS if name in table.column_names))
    columns = {name: [_plain(value) for value in table.column(name).to_pylist()] for name in given_columns}
    columns |= {name: [None] * table.num_rows for name in _PIN_COLUMNS if name not in columns}
    columns["decision"] = [value.lower() if value else None for value in columns["decision"]]
    known = {PIN, *(decision.value for decision in Decision)}
    problems = [
        Problem(
            f"decisions, row {row}",
            "the decision is neither same nor different, nor pin",
            "leave it empty to decide nothing",
        )
        for row, value in enumerate(columns["decision"], 1)
        if value and value not in known
    ]
    problems += [
        Problem(f"decisions, row {row}", "a pin names no attribute, or no value", "fill in both")
        for row, pin in enumerate(zip(*(columns[name] for name in ("decision", *_PIN_COLUMNS)), strict=True), 1)
        if pin[0] == PIN and not all(pin)
    ]
    if problems:
        raise ConfigurationError(problems)
    taken = pa.table({name: pa.array(values, pa.string()) for name, values in columns.items()})
    return taken.filter(pa.array([bool(value) for value in columns["decision"]], pa.bool_()))


def _plain(value: object) -> str | None:
    text = "" if value is None else str(value).strip()
    return text or None


def _read_table(path: Path) -> pa.Table:
    from pyarrow import csv, parquet

    try:
        if path.suffix == ".parquet":
            return parquet.read_table(path)
        types = dict.fromkeys((*_DECISION_COLUMNS, *_PIN_COLUMNS), pa.string())
        return csv.read_csv(path, convert_options=csv.ConvertOptions(column_types=types, strings_can_be_null=True))
    except (OSError, pa.ArrowInvalid) as error:
        raise ConfigurationError([Problem(f"decisions {path}", f"cannot be read ({type(error).__name__})")]) from error


def _previous(given: str | Path | Assigned | None) -> Mapping[str, pa.Table] | None:
    if given is None:
        return None
    earlier = Resolution.load(given) if isinstance(given, str | Path) else given
    try:
        return {"previous": earlier.assignments, "previous_redirects": earlier.redirects}
    except KeyError as error:
        raise ResultError(f"the previous result has no table {error}: it is not complete") from error
