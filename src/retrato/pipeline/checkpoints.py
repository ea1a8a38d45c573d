"""What a run has finished, kept in its engine beside the tables, so that an interrupted run can go on.

After each stage the table `run_state(stage, state)` says which one it was, and as JSON what later stages read of the
`Run`. A stage that did not come to its end is done again: until then the tables that it reads are not dropped.
"""

from __future__ import annotations

import hashlib
import json
import os
import platform
from dataclasses import asdict, fields, replace
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa

import retrato
from retrato.engines.compile.template import query
from retrato.identifiers.base import Feature
from retrato.io.readers import ReadSource
from retrato.matching.comparisons import comparisons_for
from retrato.matching.model import FellegiSunter
from retrato.matching.rules import MatchRule
from retrato.pipeline.normalise import source_slots
from retrato.pipeline.readings import as_shown, shown
from retrato.records import SourceKind, SourceMapping

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from retrato.pipeline.run import Run
    from retrato.pipeline.slots import Slot

_STATE = "run_state"
#: What of a `Run` is JSON as it stands.
_PLAIN = ("identifiers", "cells", "event_cells", "clocks", "notes", "counts", "stages")
#: What can make another result of the same input.
LIBRARIES = ("duckdb", "pyarrow", "sqlglot", "phonenumbers", "rapidfuzz")
_CHUNK = 1 << 22


def keep(run: Run, stage: str) -> None:
    """Remember that a stage is finished."""
    state = {
        **{name: getattr(run, name) for name in _PLAIN},
        "reads": [
            {each.name: getattr(read, each.name) for each in fields(read) if each.name != "source"}
            for read in run.reads
        ],
        "mappings": [asdict(each) for each in run.mappings],
        "slots": [
            shown(slot.type, plain.type) for slot, plain in zip(run.slots, _slots(run, SourceKind.RECORDS), strict=True)
        ]
        if run.slots
        else None,
        "events": bool(run.event_slots),
        "kinds": {name: [asdict(feature) for feature in features] for name, features in run.kinds.items()},
        "lists": sorted(run.lists),
        "attributes": sorted(run.attributes),
        "compared": bool(run.comparisons),
        "effective_rules": [sorted(each) for each in run.effective_rules],
        "match_rules": [asdict(each) for each in run.match_rules],
        "model": None if run.model is None else run.model.to_dict(),
    }
    run.engine.load(_STATE, pa.table({"stage": [stage], "state": [json.dumps(state)]}))


def restore(run: Run) -> str | None:
    """Put a fresh run of the same input where an interrupted one was; the last stage that it finished, or None."""
    if not run.engine.columns(_STATE):
        return None
    found = run.engine.fetch(query("SELECT stage, state FROM run_state")).to_pylist()[0]
    state = json.loads(found["state"])
    for name in _PLAIN:
        setattr(run, name, state[name])
    run.reads = tuple(_read(source, each) for source, each in zip(run.sources, state["reads"], strict=True))
    run.mappings = tuple(SourceMapping.from_dict(each) for each in state["mappings"])
    if state["slots"] is not None:
        plain = _slots(run, SourceKind.RECORDS)
        run.slots = tuple(
            replace(slot, type=as_shown(slot.type, each)) for slot, each in zip(plain, state["slots"], strict=True)
        )
    if state["events"]:
        run.event_slots = tuple(_slots(run, SourceKind.EVENTS))
    run.kinds = {name: tuple(map(Feature.from_dict, each)) for name, each in state["kinds"].items()}
    run.lists = frozenset(state["lists"])
    run.attributes = frozenset(state["attributes"])
    if state["compared"]:
        run.comparisons = comparisons_for(run.features)
    run.effective_rules = tuple(map(frozenset, state["effective_rules"]))
    run.match_rules = tuple(map(MatchRule.from_dict, state["match_rules"]))
    if state["model"] is not None:
        run.model = FellegiSunter.from_dict(state["model"])
    return str(found["stage"])


def _read(source: Any, state: dict[str, Any]) -> ReadSource:
    return ReadSource(source, **{**state, "columns": tuple(state["columns"]), "notes": tuple(state["notes"])})


def _slots(run: Run, kind: SourceKind) -> Sequence[Slot]:
    return source_slots(run, [number for number, each in enumerate(run.mappings) if each.kind is kind])


def fingerprint(run: Run) -> str | None:
    """A hash of all that decides the result: input, rules and versions. None where that cannot be told.

    Files are hashed by content; of tables in memory, of queries, classifiers and identifier types of the user's own
    nothing tells whether they are the same next time.
    """
    pieces = hashlib.sha256()
    for piece in _pieces(run):
        if piece is None:
            return None
        pieces.update(hashlib.sha256(piece).digest())
    return pieces.hexdigest()


def _pieces(run: Run) -> Iterator[bytes | None]:
    versions = [retrato.__version__, platform.python_version(), *map(version, LIBRARIES)]
    yield json.dumps([versions, run.engine.name]).encode()
    yield None if run.ruleset.own_types or run.classifier is not None else run.ruleset.to_toml().encode()
    for source in run.sources:
        named = {each.name: getattr(source, each.name) for each in fields(source) if each.name != "data"}
        yield json.dumps(named, default=dict, sort_keys=True).encode()
        yield _content(source.data)
    yield b"" if run.labels is None else _content(run.labels)
    yield b"" if run.model is None else json.dumps(run.model.to_dict()).encode()
    tables = {"decisions": run.decisions, **(run.previous or {})}
    for name, table in sorted(tables.items()):
        yield name.encode()
        yield b"" if table is None else _arrow(table)


def _content(data: Any) -> bytes | None:
    """The path of a file, which stands in `rejected`, and a hash of what is in it; None for data that are no file."""
    if not isinstance(data, str | os.PathLike) or not Path(data).is_file():
        return None
    found = hashlib.sha256()
    with Path(data).open("rb") as file:
        while chunk := file.read(_CHUNK):
            found.update(chunk)
    return str(data).encode() + found.digest()


def _arrow(table: pa.Table) -> bytes:
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table.combine_chunks())
    return hashlib.sha256(sink.getvalue()).digest()
