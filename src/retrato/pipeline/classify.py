"""A classifier of recordlinkage as the match model of a run: fitted on the run's own pairs, unless it comes fitted."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING

import numpy as np

from retrato.engines.compile.blocking import sampled_pairs
from retrato.errors import ConfigurationError, Problem
from retrato.matching import classifiers
from retrato.matching.vectors import vector_names, vectors
from retrato.pipeline.patterns import patterns

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from retrato.matching.classifiers import Classifier
    from retrato.matching.labels import LabelledPatterns
    from retrato.matching.model import FellegiSunter
    from retrato.matching.vectors import Columns
    from retrato.pipeline.run import Run

#: Candidate pairs that a classifier without labels is fitted on; more are sampled.
MOST_FITTED = 500_000


def classified(run: Run, classifier: Classifier, labels: LabelledPatterns | None) -> FellegiSunter:
    """The classifier as a match model of the run; the one that was given is not changed.

    Raises ConfigurationError when it needs labels of both kinds and there are none, ModelError when it cannot be a
    model of these data.
    """
    share = min(1.0, MOST_FITTED / max(run.counts["pairs"], 1))
    found = patterns(run, sampled_pairs("comparison_vectors", share), rules=False)
    used = copy.deepcopy(classifier)
    if not classifiers.is_fitted(used):
        if getattr(used.kernel, "random_state", 0) is None:
            used.kernel.set_params(random_state=run.ruleset.seed)
        columns = classifiers.columns_for(used, run.comparisons)
        if classifiers.learns_alone(used):
            used.fit(_frame(run, found.levels, found.counts, columns))
        else:
            _fit_on_labels(run, used, _needed(used, labels), columns)
    return classifiers.as_model(used, run.comparisons, found.levels)


def _needed(classifier: Classifier, labels: LabelledPatterns | None) -> LabelledPatterns:
    if labels is None or not labels.same.any() or not labels.different.any():
        raise ConfigurationError(
            [
                Problem(
                    "model",
                    f"{type(classifier).__name__} learns from labels, and there are none of both kinds",
                    "give labels, or a classifier that is fitted",
                )
            ]
        )
    return labels


def _fit_on_labels(run: Run, classifier: Classifier, labels: LabelledPatterns, columns: Columns) -> None:
    levels = np.concatenate([labels.levels, labels.levels])
    frame = _frame(run, levels, np.concatenate([labels.same, labels.different]), columns)
    classifier.fit(frame, _numbered(int(labels.same.sum())))


def _frame(run: Run, levels: NDArray[np.int8], counts: NDArray[np.float64], columns: Columns) -> pd.DataFrame:
    """A row a pair."""
    import pandas as pd

    rows = np.repeat(np.arange(len(levels)), counts.astype(np.int64))
    return pd.DataFrame(
        vectors(levels, run.comparisons, columns)[rows],
        index=_numbered(len(rows)),
        columns=list(vector_names(run.comparisons, columns)),
    )


def _numbered(pairs: int) -> pd.MultiIndex:
    """Names for so many pairs."""
    import pandas as pd

    return pd.MultiIndex.from_arrays([np.arange(pairs), np.arange(pairs)])
