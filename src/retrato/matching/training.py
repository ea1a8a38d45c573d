"""Fitting the match model without labels.

The data are *patterns*: combinations of comparison levels with the number of candidate pairs that show them and the
blocking rules that produced those pairs. Every pair counts under *every* rule that produces it, with the features
masked that the rule conditions on; each rule has class shares of its own, the levels' shares `m` are common to all. A
sample of random pairs is one more rule. The classes:

* same person: every feature free;
* household: shared features free, person-specific features as for unrelated pairs, but for a small share that is alike
  (a child named after a parent, twins);
* unrelated: exact levels from the counts of values, less the pairs that are expected to match; other levels from the
  random pairs.

Labelled pairs, where there are some, are a group of their own: see `retrato.matching.labels`.

Expectation-maximisation after Dempster, Laird & Rubin (1977); the use on record pairs after Winkler (1988).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from retrato.identifiers.base import Scope
from retrato.matching.comparisons import BANDS, Comparison
from retrato.matching.conditioning import under_rules
from retrato.matching.labels import LabelEvidence, LabelledPatterns
from retrato.matching.model import FeatureWeights, FellegiSunter

if TYPE_CHECKING:
    from collections.abc import Sequence

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

SAME, HOUSEHOLD, UNRELATED = range(3)
#: Of random pairs no more than this share is taken for one household: the class is for pairs that share something.
MOST_HOUSEHOLD = 1e-5
ROUNDS = 5
MOST_STEPS = 200
TOLERANCE = 1e-5


@dataclass(frozen=True, slots=True)
class Patterns:
    """Level patterns of pairs: `levels` (P, F) with -1 for missing, `counts` (P,), `rules` (P,) as bits."""

    levels: NDArray[np.int8]
    counts: Floats
    rules: NDArray[np.uint64]


@dataclass(frozen=True, slots=True)
class ValueCounts:
    """How values are spread over the records, for one feature.

    `agreeing` (BANDS,) are the pairs of records that agree on a value, by band; `comparable` the share of all pairs in
    which both sides have the feature.
    """

    agreeing: Floats
    comparable: float


@dataclass(frozen=True, slots=True)
class TrainingData:
    """Everything that a fit reads.

    `masks` (R, F) says which features each rule conditions on; `pairs` is the number of all admissible pairs of
    records; `share` the share of the candidate pairs that `candidates` was counted on.
    """

    comparisons: tuple[Comparison, ...]
    candidates: Patterns
    random: Patterns
    masks: NDArray[np.bool_]
    values: tuple[ValueCounts, ...]
    pairs: float
    share: float = 1.0
    labels: LabelledPatterns | None = None


@dataclass(frozen=True, slots=True)
class _Table:
    """Masked patterns under rules, each once: one-hot levels `hot` (G, L), `counts` (G,), `rule` (G,).

    `row` and `source` (both N) tell for every pattern under every rule its row here and the candidate pattern that it
    comes from.
    """

    hot: sparse.csr_matrix
    counts: Floats
    rule: Ints
    row: Ints
    source: Ints


class _Offsets:
    """Where the levels of each feature stand in the one-hot columns."""

    def __init__(self, comparisons: Sequence[Comparison]) -> None:
        self.sizes = [len(each.level_names) for each in comparisons]
        self.starts = np.concatenate([[0], np.cumsum(self.sizes)]).astype(np.int64)
        self.width = int(self.starts[-1])

    def slices(self) -> list[slice]:
        return [slice(int(a), int(b)) for a, b in zip(self.starts[:-1], self.starts[1:], strict=True)]

    def hot(self, levels: NDArray[np.int8]) -> sparse.csr_matrix:
        there = levels >= 0
        indices = (levels.astype(np.int64) + self.starts[:-1])[there]
        indptr = np.concatenate([[0], np.cumsum(there.sum(axis=1))])
        return sparse.csr_matrix((np.ones(len(indices)), indices, indptr), shape=(len(levels), self.width))


def _under_rules(data: TrainingData, offsets: _Offsets) -> _Table:
    candidates = under_rules(data.candidates.levels, data.candidates.rules, data.masks)
    every = np.concatenate([candidates.levels, data.random.levels])
    rules = np.concatenate([candidates.rule, np.full(len(data.random.levels), len(data.masks))])
    counts = np.concatenate([data.candidates.counts[candidates.source], data.random.counts])
    rows = np.ascontiguousarray(np.column_stack([every + 1, rules]).astype(np.uint8))
    _, first, row = np.unique(rows.view(f"V{rows.shape[1]}").ravel(), return_index=True, return_inverse=True)
    return _Table(
        offsets.hot(every[first]),
        np.asarray(np.bincount(row, counts), np.float64),
        rules[first],
        row[: len(candidates.source)],
        candidates.source,
    )


class _Fit:
    """The state of one fit: shares per rule `pi` (R + 1, 3) and level shares `level` (3, L)."""

    def __init__(self, data: TrainingData) -> None:
        self.data = data
        self.offsets = _Offsets(data.comparisons)
        self.table = _under_rules(data, self.offsets)
        self.person = [each.scope is Scope.PERSON for each in data.comparisons]
        self.slices = self.offsets.slices()
        self.sampled = self._sampled_unrelated()
        self.bases = self._bases()
        self.labels = None if data.labels is None else LabelEvidence(data.labels, data.masks, self.offsets.hot)
        rules = len(data.masks) + 1
        self.pi = np.full((rules, 3), 1 / 3)
        self.level = np.zeros((3, self.offsets.width))

    def _sampled_unrelated(self) -> Floats:
        counts = self.offsets.hot(self.data.random.levels).T @ self.data.random.counts + 0.5
        for part in self.slices:
            counts[part] /= counts[part].sum()
        return np.asarray(counts)

    def unrelated(self, expected: Floats) -> Floats:
        """Level shares among unrelated pairs, given the expected related pairs at each level (L,)."""
        result = self.sampled.copy()
        # what is looked for in accounts after the names themselves, whose shares it is judged by
        for number, base in sorted(enumerate(self.bases), key=lambda each: each[1] is not None):
            part, values = self.slices[number], self.data.values[number]
            comparable = max(values.comparable * self.data.pairs, 1.0)
            raw = values.agreeing / comparable
            if base is None:
                floor = 0.005 * raw + 0.5 / comparable
                exact = np.maximum(raw - expected[part][:BANDS] / comparable, floor)
            else:
                drawn = values.comparable * float(self.data.random.counts.sum())
                exact = (raw * drawn + 1) / (drawn + 1 / np.maximum(result[self.slices[base]][:BANDS], 1e-12))
            exact *= min(1.0, 0.9 / exact.sum())
            rest = self.sampled[part][BANDS:]
            result[part] = np.concatenate([exact, rest / rest.sum() * (1 - exact.sum())])
        return result

    def _bases(self) -> list[int | None]:
        """For every feature the one whose values it looks for. How often strangers agree on a rare one no sample tells.

        So its share is expected to be that of the base feature, with as much certainty as one pair of the sample has
        (the mean of a gamma distribution, from an exponential one).
        """
        place = {each.feature: number for number, each in enumerate(self.data.comparisons)}
        looked_for = [each.looked_for for each in self.data.comparisons]
        return [None if each is None else place.get(each.feature) for each in looked_for]

    def start(self) -> None:
        unrelated = self.unrelated(np.zeros(self.offsets.width))
        self.level[UNRELATED] = unrelated
        for part, person in zip(self.slices, self.person, strict=True):
            size = part.stop - part.start
            same = np.full(size, 0.05)
            same[:BANDS] = 0.72 / BANDS
            same[-1] = 0.02
            same /= same.sum()
            self.level[SAME, part] = same
            self.level[HOUSEHOLD, part] = unrelated[part] if person else 0.4 * unrelated[part] + 0.6 * same

    def posterior(self) -> Floats:
        """Class probabilities of every row of the table (3, G)."""
        log = np.ascontiguousarray((self.table.hot @ np.log(self.level).T).T)
        log += np.log(np.maximum(self.pi, 1e-12)).T[:, self.table.rule]
        log -= np.maximum(np.maximum(log[SAME], log[HOUSEHOLD]), log[UNRELATED])
        np.exp(log, out=log)
        log /= log[SAME] + log[HOUSEHOLD] + log[UNRELATED]
        return log

    def run(self) -> int:
        for step in range(1, MOST_STEPS + 1):
            before = self.pi
            weight = self.posterior() * self.table.counts
            pi = np.stack([np.bincount(self.table.rule, each, len(self.pi)) for each in weight], axis=1)
            pi = (pi + 1e-2) / (pi + 1e-2).sum(axis=1, keepdims=True)
            pi[-1, HOUSEHOLD] = min(pi[-1, HOUSEHOLD], MOST_HOUSEHOLD)
            pi[-1] /= pi[-1].sum()
            self.pi = pi
            counts = (self.table.hot.T @ weight.T).T
            if self.labels is not None:
                unlabelled = weight[:, self.table.rule < len(self.pi) - 1].sum(axis=1)
                counts = counts + self.labels.counts(self.level, unlabelled)
            self._update(counts)
            if np.abs(self.pi - before).max() < TOLERANCE:
                return step
        return MOST_STEPS

    def _update(self, counts: Floats) -> None:
        unrelated = self.level[UNRELATED]
        for part, person in zip(self.slices, self.person, strict=True):
            same = counts[SAME, part] + 1e-2
            self.level[SAME, part] = same / same.sum()
            if not person:
                household = counts[HOUSEHOLD, part] + unrelated[part]
                self.level[HOUSEHOLD, part] = household / household.sum()
        self._tie_households()

    def _tie_households(self) -> None:
        """The person-specific features of two people of one household: as of strangers, but for those who are alike."""
        for part, person, each in zip(self.slices, self.person, self.data.comparisons, strict=True):
            if person:
                share = each.alike_at_home
                alike = share * self.level[SAME, part]
                self.level[HOUSEHOLD, part] = (1 - share) * self.level[UNRELATED, part] + alike

    def set_unrelated(self, shares: Floats) -> None:
        """Put in the level shares of unrelated pairs; the person-specific ones of households follow."""
        self.level[UNRELATED] = shares
        self._tie_households()

    def expected(self) -> tuple[Floats, Floats]:
        """From the candidates: expected related pairs at each level (L,), and expected pairs of each class (3,).

        Related is what is not as unrelated for the feature: for person-specific features one person, for shared ones a
        household too.
        """
        source, chance = self.table.source, self.posterior()[:, self.table.row]
        patterns = len(self.data.candidates.counts)
        counts = self.data.candidates.counts / self.data.share
        hot = self.offsets.hot(self.data.candidates.levels)
        at_level = []
        for related in (chance[SAME], 1 - chance[UNRELATED]):
            best = np.zeros(patterns)
            np.maximum.at(best, source, related)
            at_level.append(np.asarray(hot.T @ (best * counts)))
        levels = at_level[1]
        for part, person in zip(self.slices, self.person, strict=True):
            if person:
                levels[part] = at_level[0][part]
        times = np.maximum(np.bincount(source, minlength=patterns), 1)
        mean = np.stack([np.bincount(source, each, patterns) / times for each in chance], axis=1)
        return levels, counts @ mean


def fit(data: TrainingData) -> FellegiSunter:
    """Fit the model. Deterministic: no random start; the same patterns give the same model."""
    state = _Fit(data)
    state.start()
    expected = np.zeros(state.offsets.width)
    steps = []
    for number in range(ROUNDS):
        if number:
            expected, _ = state.expected()
        state.set_unrelated(state.unrelated(expected))
        steps.append(state.run())
    _, classes = state.expected()
    return _model(state, classes, steps)


def falling(same: Floats, unrelated: Floats) -> Floats:
    """Level shares of one person (L,) with which an exact agreement is worth no more for a value that more people have.

    Neighbouring bands that would say otherwise, mostly ones that hardly any pair is in, are pooled: pool adjacent
    violators (Ayer et al. 1955, An empirical distribution function for sampling with incomplete information).

    >>> falling(np.array([0.1, 0.3, *[0.0] * 6, 0.6]), np.array([0.1, 0.1, *[0.1] * 6, 0.2])).round(2).tolist()
    [0.2, 0.2, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.6]
    """
    pools: list[tuple[float, float, int]] = []
    for mine, others in zip(same[:BANDS].tolist(), unrelated[:BANDS].tolist(), strict=True):
        pools.append((mine, others, 1))
        while len(pools) > 1 and pools[-1][0] * pools[-2][1] > pools[-2][0] * pools[-1][1]:
            last, before = pools.pop(), pools.pop()
            pools.append((last[0] + before[0], last[1] + before[1], last[2] + before[2]))
    ratio = np.concatenate([np.full(size, mine / others) for mine, others, size in pools])
    return np.concatenate([unrelated[:BANDS] * ratio, same[BANDS:]])


def _model(state: _Fit, classes: Floats, steps: list[int]) -> FellegiSunter:
    data = state.data
    features = tuple(
        FeatureWeights(
            each.feature,
            each.level_names,
            tuple(float(share) for share in falling(state.level[SAME, part], state.level[UNRELATED, part])),
            tuple(float(share) for share in state.level[HOUSEHOLD, part]),
            tuple(float(share) for share in state.level[UNRELATED, part]),
        )
        for each, part in zip(data.comparisons, state.slices, strict=True)
    )
    notes = {
        "pairs": float(data.pairs),
        "candidates": float(data.candidates.counts.sum() / data.share),
        "sampled": data.share,
        "expected_same": float(classes[SAME]),
        "expected_household": float(classes[HOUSEHOLD]),
        "steps": steps,
        "rule_shares": [[float(each) for each in row] for row in state.pi[:-1]],
    }
    if state.labels is not None:
        notes["wrong_labels"] = {"same": float(state.labels.false), "different": float(state.labels.missed)}
    return FellegiSunter(
        features,
        prior_same=float(max(classes[SAME], 1e-3) / data.pairs),
        prior_household=float(max(classes[HOUSEHOLD], 1e-3) / data.pairs),
        notes=notes,
    )
