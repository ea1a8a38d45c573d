"""One population at several sizes: whether quality holds, the model stays the same, and how sure it may be of itself.

`make bench-scales` resolves generated customers, 10,000, 100,000 and 1,000,000 records, each in a process of its own,
and writes `results/scales.md`, `results/scales.json` and `results/calibration.svg`.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

import altair
import numpy as np
import pandas as pd
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components
from sqlglot import exp

from bench_sets import generated, in_short
from retrato import Ruleset, evaluate
from retrato.engines.compile.template import tree
from retrato.engines.duckdb import DuckDBEngine
from retrato.matching.model import probability
from retrato.pipeline import run_stages
from retrato.pipeline.run import Run
from retrato.records import by_name

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import pyarrow as pa

RESULTS = Path(__file__).parent / "results"
SIZES = (10_000, 100_000, 1_000_000)
#: A bin of predicted probability is judged with at least so many pairs.
LEAST_PAIRS = 500
#: Levels whose share among pairs of one person should not depend on how many people there are.
STEADY = {
    "given_name": ("same name, other form", "initial", "different"),
    "family_name": ("similar (0.92)", "different"),
    "birth_date": ("one edit", "different"),
    "national_id": ("one edit", "different"),
    "email": ("equal, one person", "equal, two people", "different"),
    "phone": ("equal, one person", "equal, two people", "same national number", "different"),
    "address": ("similar (0.95)", "different"),
}
_EXPLAINED = """
*Expected* is what the run itself says, without the truth. *Exact F1* is that of the truth, as far as exact values and
full names that nobody else has connect the records of a person, with no pair wrong: it falls with the number of people,
for more of them share their names. *Over-merged* are all records of profiles with more than one person, *misplaced* are
those that belong to anybody but the person with most of the records. Seconds and memory are those of the stages up to
the profile ids.
"""
#: What makes two records of one person certain for whoever reads them exactly, and knows whom each name belongs to.
EXACT = ("email", "phone_tail", "national_id", "device_id", "handle", "address")
NAMES = (("given_root", "family_name"), ("given_root", "family_name", "second_family_name"))


def measure(records: int) -> dict[str, Any]:
    """Resolve one size, hold it against the truth, and look at the probabilities of all compared pairs."""
    chosen = generated(records)
    with DuckDBEngine() as engine:
        run = Run(engine, by_name(chosen.sources), Ruleset())
        taken = _watch(run, chosen.truth)
        run_stages(run, until="identify")
        profiles = engine.fetch(tree("SELECT profile_id FROM assignments ORDER BY record")).column(0).to_numpy()
        return {
            "set": chosen.name,
            "seconds": round(sum(each["seconds"] for each in run.stages), 1),
            "megabytes": run.stages[-1]["peak_memory_mb"],
            "figures": evaluate(pd.factorize(profiles)[0], taken["person"]).to_dict(),
            "expected": {name: run.counts[name] for name in ("expected_precision", "expected_recall")},
            "connected": connected(_features(run), taken["person"]),
            "bins": taken["bins"],
            "shares": _steady(run),
        }


def _watch(run: Run, truth: pa.Table) -> dict[str, Any]:
    """A dict that gets `person` (by record) and `bins` while the run has its scores, which it drops later."""
    taken: dict[str, Any] = {}

    def take(stage: str, seconds: float | None) -> None:
        if stage == "score" and seconds is not None:
            taken["person"] = _people(run, truth)
            taken["bins"] = _bins(run, taken["person"])

    run.progress = take
    return taken


def _bins(run: Run, person: np.ndarray) -> list[dict[str, float]]:
    """Ten bins of the match probability of all compared pairs: how many are one person, as predicted and in truth."""
    scores = run.engine.fetch(tree("SELECT a, b, weight FROM scores"))
    a, b, weight = (scores.column(name).to_numpy() for name in ("a", "b", "weight"))
    chance = probability(weight)
    place = np.minimum((chance * 10).astype(int), 9)
    pairs, same = np.bincount(place, minlength=10), np.bincount(place, person[a] == person[b], 10)
    total = np.bincount(place, chance, 10)
    return [
        {"pairs": int(n), "predicted": float(t / n), "observed": float(s / n)}
        for n, s, t in zip(pairs, same, total, strict=True)
        if n
    ]


def _people(run: Run, truth: pa.Table) -> np.ndarray:
    """A number for the person of every record, by record."""
    keys = run.engine.fetch(tree("SELECT source, record_key FROM records ORDER BY record")).to_pandas()
    wanted = truth.select(["source", "record_key", "person_id"]).to_pandas()
    found = keys.merge(wanted, on=["source", "record_key"], how="left", validate="one_to_one")
    return np.asarray(pd.factorize(found["person_id"])[0])


def _features(run: Run) -> pd.DataFrame:
    known = set(run.engine.columns("features"))
    wanted = [name for name in dict.fromkeys((*EXACT, *(key for each in NAMES for key in each))) if name in known]
    query = exp.select("record", *(exp.column(name) for name in wanted)).from_("features").order_by("record")
    return run.engine.fetch(query).to_pandas()


def connected(features: pd.DataFrame, person: np.ndarray) -> dict[str, float]:
    """The figures of the truth itself, as far as exact values connect its records, with no pair wrong.

    Records of one person count as connected where they share a contact point, document or device exactly, or a full
    name that nobody else has, directly or by way of others. As more people share names, fewer records are connected.
    """
    pairs: list[np.ndarray] = []
    for name in EXACT:
        if name in features:
            held = features[["record", name]].dropna().explode(name).dropna()
            pairs.append(_chained(held["record"].to_numpy(), pd.factorize(held[name])[0], person))
    for keys in NAMES:
        whole = features[list(keys)].dropna().agg(" ".join, axis=1)
        owners = pd.Series(person[whole.index]).groupby(whole.to_numpy()).nunique()
        own = whole[whole.isin(owners[owners == 1].index)]
        pairs.append(_chained(own.index.to_numpy(), pd.factorize(own)[0], person))
    a, b = np.concatenate(pairs).T
    graph = coo_matrix((np.ones(len(a), np.int8), (a, b)), shape=(len(person), len(person)))
    best = evaluate(connected_components(graph, directed=False)[1], person)
    return {"recall": best.pairwise.recall, "f1": best.pairwise.f1}


def _chained(records: np.ndarray, values: np.ndarray, person: np.ndarray) -> np.ndarray:
    """Pairs of neighbours among the records (M,) that hold one value and are one person: enough to connect them."""
    order = np.lexsort((records, person[records], values))
    records, values = records[order], values[order]
    same = (values[1:] == values[:-1]) & (person[records[1:]] == person[records[:-1]])
    return np.stack([records[:-1][same], records[1:][same]], axis=1)


def _steady(run: Run) -> dict[str, float]:
    shares = {}
    for each in run.model.features if run.model else ():
        for level in STEADY.get(each.feature, ()):
            shares[f"{each.feature}: {level}"] = each.same[each.levels.index(level)]
    return shares


def page(rows: Sequence[dict[str, Any]]) -> str:
    """All of it as Markdown."""
    lines = ["# One population at several sizes", "", "Default configuration, no labels.", "", *_quality(rows)]
    lines += ["", "## How sure the model is of itself", "", "![predicted and observed](calibration.svg)", ""]
    lines += [*_calibration(rows), "", "## What agreement is worth", ""]
    lines += ["The share of each level among pairs of one person, as each fit has it.", "", *_shares(rows), ""]
    return "\n".join(lines)


def _quality(rows: Sequence[dict[str, Any]]) -> Iterator[str]:
    head = ("set", "precision", "expected", "recall", "expected", "F1", "exact F1", "B³ F1")
    yield f"| {' | '.join((*head, 'over-merged', 'misplaced', 'seconds', 'MB'))} |"
    yield "|---" + "|---:" * 11 + "|"
    for row in rows:
        figures, expected = row["figures"], row["expected"]
        pairwise, records = figures["pairwise"], figures["records"]
        cells = (
            row["set"],
            f"{pairwise['precision']:.4f}",
            f"{expected['expected_precision']:.4f}",
            f"{pairwise['recall']:.4f}",
            f"{expected['expected_recall']:.4f}",
            f"{pairwise['f1']:.4f}",
            f"{row['connected']['f1']:.4f}",
            f"{figures['b_cubed']['f1']:.4f}",
            f"{figures['over_merged_records'] / records:.2%}",
            f"{figures['misplaced_records'] / records:.2%}",
            f"{row['seconds']:,.0f}",
            f"{row['megabytes']:,}",
        )
        yield f"| {' | '.join(cells)} |"
    yield _EXPLAINED.rstrip()


def _calibration(rows: Sequence[dict[str, Any]]) -> Iterator[str]:
    yield "| predicted | " + " | ".join(f"{row['set']}: pairs, observed" for row in rows) + " |"
    yield "|---" + "|---:" * len(rows) + "|"
    for number in range(10):
        cells = []
        for row in rows:
            found = [each for each in row["bins"] if min(int(each["predicted"] * 10), 9) == number]
            cells += [f"{each['pairs']:,}: {each['predicted']:.3f} → {each['observed']:.3f}" for each in found] or ["–"]
        yield f"| {number / 10:.1f} to {(number + 1) / 10:.1f} | {' | '.join(cells)} |"
    for row in rows:
        judged = [each for each in row["bins"] if each["pairs"] >= LEAST_PAIRS]
        worst = max(abs(each["predicted"] - each["observed"]) for each in judged)
        yield ""
        yield f"{row['set']}: of {len(judged)} bins with at least {LEAST_PAIRS} pairs the worst is off by {worst:.3f}."


def _shares(rows: Sequence[dict[str, Any]]) -> Iterator[str]:
    yield "| level | " + " | ".join(row["set"] for row in rows) + " |"
    yield "|---" + "|---:" * len(rows) + "|"
    for name in rows[0]["shares"]:
        yield f"| {name} | " + " | ".join(f"{row['shares'][name]:.4f}" for row in rows) + " |"


def plot(rows: Sequence[dict[str, Any]], path: Path) -> None:
    """Predicted against observed, a line a size."""
    table = pd.DataFrame(
        [{"set": row["set"], **each} for row in rows for each in row["bins"] if each["pairs"] >= LEAST_PAIRS]
    )
    ideal = pd.DataFrame({"predicted": [0, 1], "observed": [0, 1]})
    even = altair.Chart(ideal).mark_line(strokeDash=[4, 4], color="gray")
    lines = altair.Chart(table).mark_line(point=True).encode(color=altair.Color("set", sort=None, title=None))
    axes = {
        "x": altair.X("predicted", title="predicted probability that a pair is one person"),
        "y": altair.Y("observed", title="share of pairs that are"),
    }
    (even.encode(**axes) + lines.encode(**axes)).properties(width=360, height=360).save(path)


def main() -> None:
    """Measure every size in a process of its own and write the results."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES)
    sizes = parser.parse_args().sizes
    rows = []
    for size in sizes:
        with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as hand:
            rows.append(hand.submit(measure, size).result())
        print(f"{in_short(size)}: F1 {rows[-1]['figures']['pairwise']['f1']:.4f}, {rows[-1]['seconds']} s", flush=True)
    print(page(rows))
    if tuple(sizes) == SIZES:
        (RESULTS / "scales.json").write_text(json.dumps(rows, indent=1) + "\n", "utf-8")
        (RESULTS / "scales.md").write_text(page(rows), "utf-8")
        plot(rows, RESULTS / "calibration.svg")


if __name__ == "__main__":
    main()
