"""What labels add to a fit: believed as far as the levels bear them out, and never more than the unlabelled pairs."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy import sparse

from retrato.identifiers.base import Feature, Scope
from retrato.matching.comparisons import BANDS, comparisons_for
from retrato.matching.labels import MOST_EACH, MOST_WRONG, LabelEvidence, LabelledPatterns
from retrato.matching.training import Patterns, TrainingData, ValueCounts, fit

# two features of two levels (agree, differ); classes: one person, household, unrelated
LEVEL = np.array([[0.9, 0.1, 0.9, 0.1], [0.02, 0.98, 0.8, 0.2], [0.02, 0.98, 0.02, 0.98]])
PATTERNS = np.array([[0, 0], [1, 0], [1, 1]], np.int8)
ENOUGH = np.array([1e6, 1e6, 1e6])


def hot(levels: np.ndarray) -> sparse.csr_matrix:
    rows = [[level == here and level >= 0 for level in row for here in (0, 1)] for row in levels]
    return sparse.csr_matrix(np.array(rows, float).reshape(len(levels), 4))


def evidence(same, different, masks=((False, False),), rules=(1, 1, 1)) -> LabelEvidence:
    patterns = LabelledPatterns(PATTERNS, np.array(rules, np.uint64), np.array(same, float), np.array(different, float))
    return LabelEvidence(patterns, np.array(masks), hot)


def settled(labels: LabelEvidence, unlabelled: np.ndarray = ENOUGH) -> np.ndarray:
    for _ in range(50):
        counts = labels.counts(LEVEL, unlabelled)
    return counts


def test_right_labels_are_believed() -> None:
    labels = evidence(same=(100, 0, 0), different=(0, 100, 100))
    counts = settled(labels)
    assert labels.missed < 0.03
    assert labels.false < 0.03
    assert counts[0, 0] == pytest.approx(100 * MOST_EACH, rel=0.02)


def test_the_share_of_wrong_labels_is_found() -> None:
    labels = evidence(same=(80, 20, 20), different=(20, 80, 80))
    settled(labels)
    assert labels.missed == pytest.approx(0.2, abs=0.05)
    assert labels.false == pytest.approx(0.2, abs=0.05)


def test_labels_that_are_all_wrong_lose_their_say() -> None:
    labels = evidence(same=(0, 100, 100), different=(100, 0, 0))
    counts = settled(labels)
    assert labels.missed == labels.false == MOST_WRONG
    assert counts[0, 0] > 0.9 * counts[:, 0].sum()


def test_labels_count_for_no_more_than_the_unlabelled_pairs_of_a_class() -> None:
    unlabelled = np.array([30.0, 50.0, 70.0])
    counts = settled(evidence(same=(1000, 0, 0), different=(0, 1000, 1000)), unlabelled)
    assert (counts[:, :2].sum(axis=1) <= unlabelled + 1e-6).all()


def test_what_a_rule_conditions_on_is_no_evidence() -> None:
    counts = settled(evidence(same=(100, 0, 0), different=(0, 100, 0), masks=((True, False),)))
    assert not counts[:, :2].any()


def test_a_pair_of_no_rule_adds_nothing() -> None:
    assert not settled(evidence(same=(100, 0, 0), different=(0, 100, 0), rules=(0, 0, 0))).any()


class HardPairs:
    """Pairs of which three fields tell little, most relatives: without labels a fit settles on something else."""

    pairs, same, related = 400_000, 1000, 3000
    comparisons = comparisons_for(
        (
            Feature("given_name", Scope.PERSON, "category", ("given_name",)),
            Feature("family_name", Scope.SHARED, "category", ("family_name",)),
            Feature("city", Scope.SHARED, "category", ("city",)),
        )
    )
    # shares of: rarest exact, similar, different
    of_one = ((0.45, 0.35, 0.2), (0.6, 0.2, 0.2), (0.6, 0.1, 0.3))
    of_relatives = ((0.05, 0.1, 0.85), (0.9, 0.05, 0.05), (0.97, 0.02, 0.01))
    of_strangers = ((0.05, 0.1, 0.85), (0.02, 0.05, 0.93), (0.1, 0.1, 0.8))

    def __init__(self) -> None:
        generator = np.random.default_rng(1)
        sizes = (self.same, self.related, self.pairs - self.same - self.related)
        drawn = zip((self.of_one, self.of_relatives, self.of_strangers), sizes, strict=True)
        every = np.concatenate([self._drawn(generator, shares, size) for shares, size in drawn])
        exact = every == 0
        masks = np.array([[False, True, True], [True, False, False], [False, True, False]])
        bits = np.zeros(self.pairs, np.uint64)
        for number, mask in enumerate(masks):
            bits |= exact[:, mask].all(axis=1).astype(np.uint64) << np.uint64(number)
        compared = bits > 0
        self.levels, self.rules = every[compared], bits[compared]
        self.truth = (np.arange(self.pairs) < self.same)[compared]
        random = every[generator.integers(0, self.pairs, 100_000)]
        self.data = TrainingData(
            comparisons=self.comparisons,
            candidates=self._patterns(self.levels, self.rules),
            random=self._patterns(random, np.zeros(len(random), np.uint64)),
            masks=masks,
            values=tuple(ValueCounts(np.eye(1, BANDS)[0] * exact[:, number].sum(), 1.0) for number in range(3)),
            pairs=float(self.pairs),
        )

    @staticmethod
    def _drawn(generator, shares, size) -> np.ndarray:
        columns = [generator.choice([0, BANDS, BANDS + 1], size, p=each) for each in shares]
        return np.stack(columns, axis=1).astype(np.int8)

    @staticmethod
    def _patterns(levels, bits) -> Patterns:
        both = np.column_stack([levels.astype(np.int64), bits.astype(np.int64)])
        rows, counts = np.unique(both, axis=0, return_counts=True)
        return Patterns(rows[:, :-1].astype(np.int8), counts.astype(float), rows[:, -1].astype(np.uint64))

    def fitted(self, number: int = 0, wrong: float = 0.0):
        """The fit with so many labels, half of them same, the others of pairs that look alike."""
        if not number:
            return fit(self.data)
        generator = np.random.default_rng(2)
        alike = ~self.truth & ((self.levels <= BANDS).sum(axis=1) >= 2)
        groups = (np.flatnonzero(self.truth), np.flatnonzero(alike))
        taken = np.concatenate([generator.choice(each, number // 2, replace=False) for each in groups])
        said = self.truth[taken] ^ (generator.random(len(taken)) < wrong)
        labels = LabelledPatterns(self.levels[taken], self.rules[taken], said.astype(float), (~said).astype(float))
        return fit(replace(self.data, labels=labels))

    def f1(self, model) -> float:
        """Of the compared pairs that are more likely one person than not."""
        names = [each.feature for each in self.comparisons]
        rows, inverse = np.unique(self.levels, axis=0, return_inverse=True)
        weights = [model.weights(dict(zip(names, row, strict=True)))[0] for row in rows.tolist()]
        found = (np.array(weights) > 0)[inverse.ravel()]
        return 2 * (found & self.truth).sum() / (found.sum() + self.truth.sum())


@pytest.fixture(scope="module")
def hard() -> HardPairs:
    return HardPairs()


@pytest.mark.parametrize("number", [50, 200])
@pytest.mark.parametrize("wrong", [0.0, 0.2])
def test_labels_settle_a_fit_that_the_data_alone_leave_open(hard, number, wrong) -> None:
    without, with_labels = hard.fitted(), hard.fitted(number, wrong)
    assert hard.f1(with_labels) > hard.f1(without) + 0.2

    def off(model) -> float:
        return abs(model.notes["expected_same"] - hard.same)

    assert off(with_labels) < off(without) / 5


def test_a_fit_with_labels_is_deterministic(hard) -> None:
    assert hard.fitted(50) == hard.fitted(50)
