"""What labels say: read with the sources, and joined with the candidate pairs before training."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
from sqlglot import exp

from retrato.engines.compile import labels as sql
from retrato.engines.compile import scoring
from retrato.engines.compile.template import column, query, tree
from retrato.errors import ConfigurationError, Problem
from retrato.evaluation.truth import KEY_HEADERS, PERSON_HEADERS, SOURCE_HEADERS
from retrato.graph.components import components
from retrato.io.readers import read as read_source
from retrato.matching.calibration import LEAST_LABELS, calibrate
from retrato.matching.labels import LabelledPatterns
from retrato.matching.model import BIT
from retrato.pipeline.patterns import level_matrix
from retrato.records import Source, SourceKind

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from retrato.engines.compile.template import Node
    from retrato.matching.model import FellegiSunter
    from retrato.pipeline.run import Run

#: The columns of labelled pairs, and what else each may be called.
PAIR_COLUMNS: Mapping[str, tuple[str, ...]] = {
    "source_a": ("source_a",),
    "key_a": ("key_a",),
    "source_b": ("source_b",),
    "key_b": ("key_b",),
    "label": ("label", "decision"),
}
PEOPLE_COLUMNS: Mapping[str, tuple[str, ...]] = {
    "source": SOURCE_HEADERS,
    "record_key": KEY_HEADERS,
    "person": PERSON_HEADERS,
}
#: Of these, what may be left out where only one source has records.
_SOURCES = ("source_a", "source_b", "source")
_SHAPES = "labels are pairs (source_a, key_a, source_b, key_b, label) or people (source, record_key, person_id)"


def read_labels(run: Run) -> None:
    """Make `labels`, as pairs or as people, from what the run was given.

    Raises ConfigurationError with everything that is wrong with its columns and labels, SourceError when it cannot be
    read.
    """
    if run.labels is None:
        return
    found = read_source(Source("labels", run.labels), run.engine, "raw_labels")
    values = _values(run, found.columns)
    rows = exp.select("_row", *(exp.alias_(value, name, quoted=True) for name, value in values.items()))
    run.engine.create("labels", rows.from_("raw_labels"))
    run.engine.drop("raw_labels")
    if "label" in values:
        wrong = run.engine.fetch(query(_WRONG)).column("_row").to_pylist()
        if wrong:
            raise ConfigurationError(
                [
                    Problem(
                        f"labels, row {row}", "the label is neither same nor different", "leave it empty to say nothing"
                    )
                    for row in wrong
                ]
            )
        run.engine.create("labels", query("SELECT * EXCLUDE (_row) FROM labels WHERE label IS NOT NULL"))


def _values(run: Run, columns: Sequence[str]) -> dict[str, Node]:
    """What each wanted column is made of."""
    names = {name.strip().lower(): name for name in reversed(columns)}
    shape = PAIR_COLUMNS if any(f"key_{side}" in names for side in "ab") else PEOPLE_COLUMNS
    chosen = {wanted: next((names[each] for each in known if each in names), None) for wanted, known in shape.items()}
    sources = [
        source
        for source, mapping in zip(run.sources, run.mappings, strict=True)
        if mapping.kind is SourceKind.RECORDS and source.source_column is None and mapping.first("source") is None
    ]
    only = sources[0].name if len(sources) == 1 else None
    problems = [
        Problem("labels", f"no column {wanted}", _SHAPES)
        for wanted, name in chosen.items()
        if name is None and not (only and wanted in _SOURCES)
    ]
    if problems:
        raise ConfigurationError(problems)
    values: dict[str, Node] = {
        wanted: exp.convert(only) if name is None else column(name) for wanted, name in chosen.items()
    }
    if "label" in values:
        values["label"] = tree("lower(:label)", label=values["label"])
    return values


def label_patterns(run: Run) -> LabelledPatterns | None:
    """The labelled candidate pairs as patterns; None without labels. What is wrong with the labels is noted."""
    if run.labels is None:
        return None
    engine = run.engine
    pairs = "label" in engine.columns("labels")
    rows = engine.count("labels")
    if pairs:
        engine.create("label_rows", query(sql.PAIR_ROWS))
        problems = _first(run, query(sql.PAIR_PROBLEMS))
        engine.create("labelled", query(sql.LABELLED_BY_PAIRS))
    else:
        engine.create("known_rows", query(sql.PEOPLE_ROWS))
        problems = _first(run, query(sql.PEOPLE_PROBLEMS))
        engine.create("labelled", sql.labelled_by_people(across_sources=run.across_sources))
    counts = _first(run, query(sql.COUNTS))
    run.counts["labels"] = {"rows": rows, **problems, **counts, "broken_chains": _broken_chains(run)}
    _note(run)
    found = engine.fetch(scoring.patterns(query(sql.LABELLED_PAIRS), run.comparisons, rules=True, counts=sql.LABELS))
    engine.drop("label_rows", "known_rows", "labelled")
    if not (found.num_rows and run.comparisons):
        return None
    return LabelledPatterns(
        level_matrix(found, run.comparisons),
        found.column("rules").to_numpy().astype(np.uint64),
        found.column("same").to_numpy().astype(float),
        found.column("different").to_numpy().astype(float),
    )


def calibrated(run: Run, model: FellegiSunter, labels: LabelledPatterns) -> FellegiSunter:
    """The model with a calibration over the labelled pairs, if there are enough of them."""
    plain = replace(model, calibration=None)
    names = [each.feature for each in run.comparisons]
    weights = [plain.weights(dict(zip(names, row, strict=True)))[0] / BIT for row in labels.levels.tolist()]
    found = calibrate(np.array(weights), labels.same, labels.different)
    if found is None:
        run.notes.append(
            f"labels: no calibration, for that takes {LEAST_LABELS} labels of compared pairs of each kind, same and "
            "different"
        )
    return replace(model, calibration=found)


def _first(run: Run, question: Node) -> dict[str, Any]:
    row: dict[str, Any] = run.engine.fetch(question).to_pylist()[0]
    return row


def _broken_chains(run: Run) -> int:
    """How many pairs are labelled different whose records other labels join."""
    found = run.engine.fetch(query("SELECT a, b, same FROM labelled"))
    a, b, same = (found.column(name).to_numpy(zero_copy_only=False) for name in ("a", "b", "same"))
    joined = components(run.counts["records"], a[same], b[same])
    return int((joined[a[~same]] == joined[b[~same]]).sum())


def _note(run: Run) -> None:
    counts = run.counts["labels"]
    for name, text in _PROBLEMS.items():
        if counts[name]:
            run.notes.append(f"labels: {counts[name]} {text}")


_PROBLEMS = {
    "unknown": "rows name a record that no source has; they were left out",
    "own": "rows name one record twice; they were left out",
    "contradictory": "pairs or records are labelled both ways; they were left out",
    "broken_chains": "pairs are labelled different whose records other labels join; they were kept",
    "same_never_compared": "pairs labelled same are brought together by no blocking rule",
}
_WRONG = "SELECT _row FROM labels WHERE label NOT IN ('same', 'different') ORDER BY _row"
