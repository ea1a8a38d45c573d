"""One library on one set: run it, read what it made, and hold that against the truth."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from pyarrow import parquet

from peers.libraries import RETRATO
from peers.processes import Limits, run
from peers.thresholds import Pairs, best_threshold, joined
from retrato.evaluation import evaluate

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import numpy.typing as npt

    from peers.handover import Handover
    from peers.libraries import Library

    Codes = npt.NDArray[np.int64]


def measure(library: Library, handed: Handover, limits: Limits) -> dict[str, Any]:
    """What the table says of a library: its figures as documented and at the best threshold, its time and its memory.

    What did not finish has a `failure` instead of figures.
    """
    row: dict[str, Any] = {"library": library.name, "version": library.version, "labels": library.labels}
    row["recipe"] = library.recipe
    if not library.python.exists():
        return {**row, "failure": f"not installed: there is no {library.python}"}
    if len(handed.people) > library.most_records:
        return {**row, "failure": f"not tried on more than {library.most_records:,} records"}
    out = handed.folder / library.script.removesuffix(".py")
    out.mkdir()
    ran = run((*library.command, handed.folder, out), limits=limits, log=out / "log.txt", folder=out)
    row |= {"seconds": round(ran.seconds, 1), "megabytes": round(ran.megabytes)}
    if ran.failure:
        return {**row, "failure": ran.failure}
    figures = list(_figures(out, handed, traps=library is RETRATO))
    documented = next(each for each in figures if each["documented"])
    row["documented"] = documented
    if len(figures) > 1:
        row["best"] = max(figures, key=lambda each: float(each["pairwise"]["f1"]))
    return row


def not_measured(library: Library) -> dict[str, Any]:
    """The row of a library that has not been run on these records."""
    described = {"library": library.name, "version": library.version, "labels": library.labels}
    return {**described, "failure": "not measured on these records"}


def _figures(out: Path, handed: Handover, *, traps: bool) -> Iterator[dict[str, Any]]:
    for note, clusters in _clusterings(out, handed.people):
        figures = evaluate(clusters, handed.people, traps=handed.traps if traps else None).to_dict()
        yield {"threshold": note["threshold"], "documented": note["documented"], **figures}


def _clusterings(out: Path, people: Codes) -> Iterator[tuple[dict[str, Any], Codes]]:
    """Every clustering that a library made, then that of its scored pairs at the threshold that suits the truth."""
    pairs = _pairs(out / "pairs.parquet")
    for line in (out / "results.jsonl").read_text("utf-8").splitlines():
        note = json.loads(line)
        if note["file"] is not None:
            found = parquet.read_table(out / note["file"])["cluster"].to_numpy()
            yield note, pd.factorize(found)[0].astype(np.int64)
        elif pairs is not None:
            yield note, joined(pairs, len(people), note["threshold"])
    if pairs is not None:
        threshold = best_threshold(pairs, people)
        finite = threshold if np.isfinite(threshold) else None
        yield {"threshold": finite, "documented": False}, joined(pairs, len(people), threshold)


def _pairs(path: Path) -> Pairs | None:
    """The scored pairs, without those whose score is not a number."""
    if not path.is_file():
        return None
    table = parquet.read_table(path)
    left, right, score = (table[name].to_numpy() for name in ("left", "right", "score"))
    real = ~np.isnan(score)
    return Pairs(left[real], right[real], score[real])
