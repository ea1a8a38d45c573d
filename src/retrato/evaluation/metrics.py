"""How well clusters agree with the truth: pairs, records and whole clusters, each with precision, recall and F1.

A *cluster* is a set of records that the result calls one person, a *true cluster* the set that is one person.

- *pairwise* counts pairs of records in one cluster: n(n-1)/2 in a cluster of n (Menestrina et al. 2010);
- *B³* takes, for each record, the share of its cluster that is its person (precision) and the share of its person
  that is in its cluster (recall), and then the mean over the records (Bagga, Baldwin 1998);
- *exact* counts the clusters that are a true cluster, no record more and none less, singletons included
  (Menestrina et al. 2010).

A. Bagga, B. Baldwin: Algorithms for scoring coreference chains. LREC workshop on linguistic coreference, 1998.
D. Menestrina, S. E. Whang, H. Garcia-Molina: Evaluating entity resolution results. PVLDB 3(1), 2010.
"""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from retrato.errors import ConfigurationError, Problem
from retrato.evaluation.scores import Scores
from retrato.evaluation.traps import Codes, TrapFigures, pairs_in, trap_figures, trap_table

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True, slots=True)
class Coverage:
    """The records that only one side knows and that no figure counts; the examples are `(source, record_key)`."""

    without_truth: int
    without_result: int
    examples_without_truth: tuple[tuple[str, str], ...] = ()
    examples_without_result: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Evaluation:
    """A result held against the truth.

    `pairs`, `true_pairs` and `shared_pairs` are pairs of records that the result joins, the truth joins, and both join.
    An over-merged cluster holds more than one true person; `over_merged_records` are all records of such clusters, and
    `misplaced_records` those of them that belong to anybody but the person with the most records in the cluster. A
    split person is in more than one cluster.
    `coverage` is there when the labels came from files, `by_trap` when the truth says what makes its records hard: the
    figures of every trap, the one with the most wrong pairs first.
    """

    records: int
    clusters: int
    true_clusters: int
    exact_clusters: int
    pairs: int
    true_pairs: int
    shared_pairs: int
    pairwise: Scores
    b_cubed: Scores
    exact: Scores
    over_merged_clusters: int
    over_merged_records: int
    misplaced_records: int
    split_people: int
    coverage: Coverage | None = None
    by_trap: dict[str, TrapFigures] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """The same figures as plain dictionaries, lists and numbers, ready for JSON.

        >>> evaluate([1, 1, 2], [1, 1, 1]).to_dict()["pairwise"]
        {'precision': 1.0, 'recall': 0.3333333333333333, 'f1': 0.5}
        """
        figures = asdict(self)
        if self.coverage is None:
            del figures["coverage"]
        if self.by_trap:
            figures["by_trap"] = {name: each.to_dict() for name, each in self.by_trap.items()}
        else:
            del figures["by_trap"]
        return figures

    def covering(self, coverage: Coverage) -> Evaluation:
        """The same figures, with what was left out of them."""
        return replace(self, coverage=coverage)

    def __str__(self) -> str:
        lines = [f"{'':<22}{'precision':>10}{'recall':>10}{'F1':>10}"]
        for title, scores in (("pairwise", self.pairwise), ("B³", self.b_cubed), ("exact clusters", self.exact)):
            lines.append(f"{title:<22}{scores.precision:>10.4f}{scores.recall:>10.4f}{scores.f1:>10.4f}")
        counts: list[tuple[str, int]] = [
            ("records", self.records),
            ("clusters", self.clusters),
            ("true clusters", self.true_clusters),
            ("exact clusters", self.exact_clusters),
            ("over-merged clusters", self.over_merged_clusters),
            ("records in them", self.over_merged_records),
            ("of somebody else", self.misplaced_records),
            ("split people", self.split_people),
        ]
        if self.coverage is not None:
            counts.append(("records without truth", self.coverage.without_truth))
            counts.append(("truth without record", self.coverage.without_result))
        lines += ["", *(f"{title:<22}{count:>10,}" for title, count in counts)]
        if self.by_trap:
            lines += ["", *trap_table(self.by_trap)]
        return "\n".join(lines)


def evaluate(
    predicted: Sequence[Any] | npt.NDArray[Any],
    truth: Sequence[Any] | npt.NDArray[Any],
    *,
    traps: Sequence[str] | None = None,
) -> Evaluation:
    """Hold cluster labels against true labels; position i of both is the same record.

    Labels are any hashable values (text, numbers); only which of them are equal matters. `traps` says of each record
    what makes it hard, several things joined by `+`; then `by_trap` has figures for each. Raises `ConfigurationError`
    when the lengths differ, there is no record, or a label is missing.

    Three records of Ana and two of Luis; one record of Ana went to Luis:

    >>> figures = evaluate(["p1", "p1", "p2", "p2", "p2"], ["ana", "ana", "ana", "luis", "luis"])
    >>> figures.pairs, figures.true_pairs, figures.shared_pairs
    (4, 4, 2)
    >>> figures.pairwise
    Scores(precision=0.5, recall=0.5, f1=0.5)

    B³ precision is (1 + 1 + 1/3 + 2/3 + 2/3) / 5, B³ recall (2/3 + 2/3 + 1/3 + 1 + 1) / 5:

    >>> round(figures.b_cubed.precision, 4), round(figures.b_cubed.recall, 4)
    (0.7333, 0.7333)

    No cluster is exactly a person, the second one holds two of them, and Ana is in two clusters:

    >>> figures.exact_clusters, figures.over_merged_clusters, figures.over_merged_records, figures.split_people
    (0, 1, 3, 1)
    >>> figures.misplaced_records
    1
    """
    found, wanted = _codes(predicted, "predicted"), _codes(truth, "truth")
    if len(found) != len(wanted):
        raise ConfigurationError(
            [Problem("evaluate", f"{len(found)} predicted labels for {len(wanted)} true ones", "align them by record")]
        )
    if traps is not None and len(traps) != len(wanted):
        raise ConfigurationError(
            [Problem("evaluate", f"{len(traps)} traps for {len(wanted)} true labels", "align them by record")]
        )
    if not len(found):
        raise ConfigurationError([Problem("evaluate", "no record to evaluate")])
    sizes, true_sizes = np.bincount(found), np.bincount(wanted)
    cells, shared = np.unique(found * np.int64(len(true_sizes)) + wanted, return_counts=True)
    cluster, person = np.divmod(cells, len(true_sizes))
    figures = _figures((sizes, true_sizes), (cluster, person, shared))
    return figures if traps is None else replace(figures, by_trap=trap_figures(found, wanted, traps))


def _figures(sizes: tuple[Codes, Codes], cells: tuple[Codes, Codes, Codes]) -> Evaluation:
    """The figures of a contingency table: row and column sums, and its filled cells (row, column, count)."""
    cluster_sizes, person_sizes = sizes
    cluster, person, shared = cells
    records = int(cluster_sizes.sum())
    pairs, true_pairs, shared_pairs = (
        pairs_in(cluster_sizes),
        pairs_in(person_sizes),
        pairs_in(shared),
    )
    exact = int(((shared == cluster_sizes[cluster]) & (shared == person_sizes[person])).sum())
    over_merged = np.bincount(cluster, minlength=len(cluster_sizes)) > 1
    largest = np.zeros(len(cluster_sizes), np.int64)
    np.maximum.at(largest, cluster, shared)
    return Evaluation(
        records=records,
        clusters=len(cluster_sizes),
        true_clusters=len(person_sizes),
        exact_clusters=exact,
        pairs=pairs,
        true_pairs=true_pairs,
        shared_pairs=shared_pairs,
        pairwise=Scores.of(found=pairs, right=shared_pairs, wanted=true_pairs),
        # fsum is exactly rounded, so the order of the records cannot show in the last digit
        b_cubed=Scores.mean(
            math.fsum(shared * (shared / cluster_sizes[cluster])) / records,
            math.fsum(shared * (shared / person_sizes[person])) / records,
        ),
        exact=Scores.of(found=len(cluster_sizes), right=exact, wanted=len(person_sizes)),
        over_merged_clusters=int(over_merged.sum()),
        over_merged_records=int(cluster_sizes[over_merged].sum()),
        misplaced_records=records - int(largest.sum()),
        split_people=int((np.bincount(person, minlength=len(person_sizes)) > 1).sum()),
    )


def _codes(labels: Sequence[Any] | npt.NDArray[Any], where: str) -> Codes:
    """Labels as numbers from 0."""
    values = labels if isinstance(labels, np.ndarray) else pd.Series(list(labels), dtype=object).to_numpy()
    if values.ndim != 1:
        raise ConfigurationError(
            [Problem(f"evaluate, {where}", f"labels in {values.ndim} dimensions", "give one label a record")]
        )
    codes, _ = pd.factorize(values)
    missing = int((codes < 0).sum())
    if missing:
        raise ConfigurationError(
            [Problem(f"evaluate, {where}", f"{missing} labels are missing", "leave those records out")]
        )
    return codes.astype(np.int64)
