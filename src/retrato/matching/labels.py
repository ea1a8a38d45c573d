"""Labels in a fit: pairs that somebody calls one person or two, believed as far as the data bear them out.

A label is an observation with an error rate, as an annotator is to Dawid & Skene (1979): `P(label | class)` joins what
the levels say of the pair. The two rates, pairs of one person called different and other pairs called same, are
estimated with the rest of the model and never pass one half, where a label says nothing. A labelled pair counts for
several unlabelled ones (Nigam et al. 2000), but all labels together never for more than the unlabelled pairs of a
class. So right labels settle which of several fits is the one that is meant, and wrong ones lose their say.

A. P. Dawid, A. M. Skene: Maximum likelihood estimation of observer error-rates using the EM algorithm. Applied
Statistics 28(1), 1979. K. Nigam, A. McCallum, S. Thrun, T. Mitchell: Text classification from labeled and unlabeled
documents using EM. Machine Learning 39, 2000.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from retrato.matching.conditioning import under_rules

if TYPE_CHECKING:
    from collections.abc import Callable

    from scipy import sparse

Floats = NDArray[np.float64]

#: A labelled pair counts for at most this many unlabelled ones.
MOST_EACH = 10.0
#: The error rates before anything is known, as labels seen: right ones, wrong ones.
RIGHT, WRONG = 19.0, 1.0
MOST_WRONG = 0.5


@dataclass(frozen=True, slots=True)
class LabelledPatterns:
    """Level patterns of labelled candidate pairs: `levels` (P, F) with -1 for missing, `rules` (P,) as bits.

    `same` and `different` (P,) are the labels of each.
    """

    levels: NDArray[np.int8]
    rules: NDArray[np.uint64]
    same: Floats
    different: Floats


class LabelEvidence:
    """What labels add to the counts of a fit, and how far they are believed.

    `missed` is the share of pairs of one person that are called different, `false` that of other pairs called same.
    """

    def __init__(
        self, labels: LabelledPatterns, masks: NDArray[np.bool_], hot: Callable[[NDArray[np.int8]], sparse.csr_matrix]
    ) -> None:
        found = under_rules(labels.levels, labels.rules, masks)
        self._hot = hot(found.levels)
        self._counts = np.stack([labels.same[found.source], labels.different[found.source]])
        self._shares = np.full(3, 1 / 3)
        self.missed = self.false = WRONG / (RIGHT + WRONG)

    def _likelihood(self) -> Floats:
        """P(label | class) (2, 3): labels same and different; one person, household, unrelated."""
        called_same = np.array([1 - self.missed, self.false, self.false])
        return np.stack([called_same, 1 - called_same])

    def counts(self, level: Floats, unlabelled: Floats) -> Floats:
        """The pairs to add at each level (3, L), given level shares (3, L) and the unlabelled pairs by class (3,).

        Estimates the error rates anew from the same posterior.
        """
        log = self._hot @ np.log(level).T + np.log(self._shares)
        log = log[None] + np.log(self._likelihood())[:, None]
        chance = np.exp(log - log.max(axis=2, keepdims=True))
        chance /= chance.sum(axis=2, keepdims=True)
        found = chance * self._counts[:, :, None]
        by_label = found.sum(axis=1)
        self._learn(by_label)
        mass = by_label.sum(axis=0)
        each = np.minimum(MOST_EACH, unlabelled / np.maximum(mass, 1e-9))
        return np.asarray((self._hot.T @ found.sum(axis=0)).T * each[:, None])

    def _learn(self, by_label: Floats) -> None:
        """The class shares of the labelled pairs and the error rates, from expected pairs by label and class (2, 3)."""
        total = by_label.sum(axis=0) + 1.0
        self._shares = total / total.sum()
        missed, others = by_label[1, 0], by_label[:, 1:].sum(axis=1)
        self.missed = min(MOST_WRONG, (missed + WRONG) / (by_label[:, 0].sum() + RIGHT + WRONG))
        self.false = min(MOST_WRONG, (others[0] + WRONG) / (others.sum() + RIGHT + WRONG))
