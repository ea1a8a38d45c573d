"""Figures for each trap: how well a result does with the records that something makes hard."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from retrato.evaluation.scores import Scores

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

Codes = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class TrapFigures:
    """The pairs of records in which at least one record holds a trap, and the records that hold it.

    `pairs`, `true_pairs` and `shared_pairs` are those that the result joins, the truth joins, and both join.
    `over_merged_records` are the records with the trap in a cluster of more than one person.
    """

    records: int
    pairs: int
    true_pairs: int
    shared_pairs: int
    over_merged_records: int

    @property
    def missed(self) -> int:
        """Pairs of one person that the result does not join."""
        return self.true_pairs - self.shared_pairs

    @property
    def false(self) -> int:
        """Pairs of two people that the result joins."""
        return self.pairs - self.shared_pairs

    @property
    def scores(self) -> Scores:
        """Precision, recall and F1 over these pairs."""
        return Scores.of(found=self.pairs, right=self.shared_pairs, wanted=self.true_pairs)

    def to_dict(self) -> dict[str, Any]:
        """The same as plain dictionaries and numbers."""
        return {**asdict(self), "missed": self.missed, "false": self.false, **asdict(self.scores)}


def pairs_in(sizes: Codes) -> int:
    """The number of pairs within groups of these sizes.

    >>> pairs_in(np.array([1, 2, 4]))
    7
    """
    return int((sizes * (sizes - 1) // 2).sum())


def trap_figures(found: Codes, wanted: Codes, traps: Sequence[str]) -> dict[str, TrapFigures]:
    """The figures of every trap, the one with the most wrong pairs first; clusters and people are numbered from 0.

    A record with several traps, joined by `+`, counts for each.

    >>> figures = trap_figures(np.array([0, 0, 1]), np.array([0, 1, 1]), ["twin", "twin+typo", "none"])
    >>> [(name, each.records, each.false, each.missed) for name, each in figures.items()]
    [('twin', 2, 1, 1), ('typo', 1, 1, 1), ('none', 1, 0, 1)]
    """
    label, labels = pd.factorize(np.asarray(traps, dtype=object))
    holders: dict[str, list[int]] = {}
    for i, text in enumerate(labels):
        for name in dict.fromkeys(str(text).split("+")):
            holders.setdefault(name, []).append(i)
    people = int(wanted.max()) + 1
    _, cell = np.unique(found * np.int64(people) + wanted, return_inverse=True)
    mixed = _mixed(found, cell)
    groups = [(each, np.bincount(each)) for each in (found, wanted, cell)]
    figures = {}
    for name, of in holders.items():
        holds = np.isin(label, of)
        pairs, true_pairs, shared = (pairs_in(sizes) - _pairs_without(each, sizes, holds) for each, sizes in groups)
        over_merged = int((holds & mixed[found]).sum())
        figures[name] = TrapFigures(int(holds.sum()), pairs, true_pairs, shared, over_merged)
    return dict(sorted(figures.items(), key=lambda each: (-each[1].missed - each[1].false, -each[1].records, each[0])))


def _pairs_without(group: Codes, sizes: Codes, holds: npt.NDArray[np.bool_]) -> int:
    """Pairs within groups in which neither record holds the trap."""
    return pairs_in(sizes - np.bincount(group[holds], minlength=len(sizes)))


def _mixed(found: Codes, cell: Codes) -> npt.NDArray[np.bool_]:
    """Which clusters hold more than one person; `cell` numbers the pairs of cluster and person that there are."""
    first = np.full(int(cell.max()) + 1, -1, dtype=np.int64)
    first[cell] = found
    return np.asarray(np.bincount(first, minlength=int(found.max()) + 1) > 1)


def trap_table(figures: Mapping[str, TrapFigures]) -> list[str]:
    """The figures as lines of text, one a trap."""
    titles = ("records", "precision", "recall", "missed pairs", "false pairs", "over-merged")
    lines = [f"{'trap':<24}" + "".join(f"{title:>13}" for title in titles)]
    for name, each in figures.items():
        scores = each.scores
        counts = f"{each.missed:>13}{each.false:>13}{each.over_merged_records:>13}"
        lines.append(f"{name:<24}{each.records:>13}{scores.precision:>13.4f}{scores.recall:>13.4f}{counts}")
    return lines
