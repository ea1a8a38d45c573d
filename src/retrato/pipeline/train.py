"""Stage 6: what agreement is worth, learned from the pairs themselves."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from retrato.engines.compile import features as feature_sql
from retrato.engines.compile.blocking import sampled_pairs
from retrato.engines.compile.template import query, tree
from retrato.identifiers.base import Scope
from retrato.matching.comparisons import BANDS, MISSING
from retrato.matching.model import FellegiSunter
from retrato.matching.rules import DEFAULT_RULES, FALLBACK_RULES
from retrato.matching.training import Patterns, TrainingData, ValueCounts, fit
from retrato.pipeline.classify import classified
from retrato.pipeline.coded import with_levels_by_codes
from retrato.pipeline.features import frozen_bands
from retrato.pipeline.labels import calibrated, label_patterns
from retrato.pipeline.patterns import patterns

if TYPE_CHECKING:
    from collections.abc import Sequence

    from retrato.engines.compile.template import Node
    from retrato.identifiers.base import Feature
    from retrato.matching.labels import LabelledPatterns
    from retrato.pipeline.run import Run

#: Candidate pairs that the model is estimated on; more are sampled.
MOST_PAIRS = 4_000_000
RANDOM_PAIRS = 300_000
#: With fewer records or candidate pairs nothing can be learned.
LEAST_RECORDS = 50
LEAST_PAIRS = 30
LEAST_FEATURES = 2
#: What less than this share of strangers agree on, records of one person agree on this often, over all such fields.
SELDOM = 0.2
LEAST_AGREEMENT = 0.3


def train(run: Run) -> None:
    """Fit `run.model` unless one was given; where the data cannot support one, say so and leave it to the rules.

    Labels take part in the fit and calibrate the model, a given one too.
    """
    run.match_rules = run.ruleset.match_rules
    labels = label_patterns(run)
    if run.model is not None:
        run.model.check(run.comparisons)
    elif run.classifier is not None and run.comparisons:
        run.model = _with_bands(run, classified(run, run.classifier, labels))
    else:
        run.model = _fitted(run, labels)
    if run.model is not None and labels is not None:
        run.model = calibrated(run, run.model, labels)


def _fitted(run: Run, labels: LabelledPatterns | None) -> FellegiSunter | None:
    reason = _unsupported(run)
    if reason is None:
        model = fit(replace(_training_data(run), labels=labels))
        reason = _implausible(model, run.features)
        if reason is None:
            return _with_bands(run, model)
    run.notes.append(f"no match model: {reason}; deterministic rules decide alone")
    if run.match_rules == DEFAULT_RULES:
        run.match_rules = FALLBACK_RULES
    return None


def _learned_from(run: Run) -> Node:
    """Which candidate pairs a rule has made that tells something."""
    return tree("rules & :learned <> 0", learned=(1 << len(run.effective_rules)) - 1)


def _unsupported(run: Run) -> str | None:
    if run.counts["records"] < LEAST_RECORDS:
        return f"{run.counts['records']} records are too few to learn from (at least {LEAST_RECORDS})"
    if len(run.comparisons) < LEAST_FEATURES:
        return "there is only one field to compare"
    told = _learned_from(run)
    counted = run.engine.fetch(tree("SELECT count(*) AS n FROM comparison_vectors WHERE :told", told=told))
    pairs = counted.column("n")[0].as_py()
    if pairs < LEAST_PAIRS:
        return f"{pairs} candidate pairs are too few to learn from (at least {LEAST_PAIRS})"
    return None


def _implausible(model: FellegiSunter, features: Sequence[Feature]) -> str | None:
    """Why a fit does not describe one person, if it does not.

    Without duplicates in the data, the class of one person settles on something else, such as one neighbourhood. That
    shows in what a person has one of and strangers seldom share: given name and birth date hardly agree.
    """
    agreeing = {each.feature: sum(each.same[:BANDS]) for each in model.features}
    strangers = {each.feature: sum(each.unrelated[:BANDS]) for each in model.features}
    if sum(agreeing[name] > strangers[name] for name in agreeing) < LEAST_FEATURES:
        return "the estimate found no fields whose agreement speaks for the same person"
    one_each = [
        agreeing[each.name]
        for each in features
        if each.scope is Scope.PERSON and not each.multivalued and strangers[each.name] < SELDOM
    ]
    if one_each and sum(one_each) / len(one_each) < LEAST_AGREEMENT:
        return "the data seem to hold no duplicates: what the estimate found are not records of one person"
    return None


def _with_bands(run: Run, model: FellegiSunter) -> FellegiSunter:
    notes = {**model.notes, "records": run.counts["records"]}
    return FellegiSunter(model.features, model.prior_same, model.prior_household, frozen_bands(run), notes)


def _training_data(run: Run) -> TrainingData:
    share = min(1.0, MOST_PAIRS / max(run.counts["pairs"], 1))
    records = run.engine.fetch(tree("SELECT source, count(*) AS n FROM features GROUP BY source ORDER BY source"))
    pairs = _admissible(np.array(records.column("n").to_pylist(), float), across=run.across_sources)
    names = [each.feature for each in run.comparisons]
    masks = np.array([[name in mask for name in names] for mask in run.effective_rules])
    random = _random(run)
    return TrainingData(
        comparisons=run.comparisons,
        candidates=patterns(run, sampled_pairs("comparison_vectors", share).where(_learned_from(run)), rules=True),
        random=random,
        masks=masks,
        values=_value_counts(run, pairs, random),
        pairs=pairs,
        share=share,
    )


def _admissible(records: np.ndarray, *, across: bool) -> float:
    """The number of pairs of records; across sources only those of different sources."""
    total = records.sum()
    return float((total**2 - (records**2).sum()) / 2 if across else total * (total - 1) / 2)


def _random(run: Run) -> Patterns:
    """Levels of pairs drawn at random (of all pairs, where there are few).

    The draw is seeded, and as record numbers follow the content, it does not depend on the order of rows.
    """
    records = run.counts["records"]
    if records * (records - 1) // 2 <= RANDOM_PAIRS:
        low, high = np.triu_indices(records, 1)
    else:
        drawn = np.random.default_rng(run.ruleset.seed).integers(0, records, (2, RANDOM_PAIRS), dtype=np.int64)
        low, high = np.sort(drawn[:, drawn[0] != drawn[1]], axis=0)
    run.engine.load("random_pairs", pa.table({"a": pa.array(low, pa.int32()), "b": pa.array(high, pa.int32())}))
    pairs = query("SELECT * FROM random_pairs")
    if run.across_sources:
        pairs = query(
            """
            SELECT p.* FROM random_pairs p JOIN features l ON l.record = p.a JOIN features r ON r.record = p.b
            WHERE l.source <> r.source
            """
        )
    run.engine.load("random_pairs", with_levels_by_codes(run, run.engine.fetch(pairs)))
    result = patterns(run, query("SELECT * FROM random_pairs"), rules=False)
    run.engine.drop("random_pairs")
    return result


def _value_counts(run: Run, pairs: float, random: Patterns) -> tuple[ValueCounts, ...]:
    found = run.engine.fetch(feature_sql.agreeing_pairs(across_sources=run.across_sources)).to_pylist()
    agreeing = {each.feature: np.zeros(BANDS) for each in run.comparisons}
    for row in found:
        agreeing[row["feature"]][row["band"]] = row["pairs"]
    result = []
    for place, (feature, comparison) in enumerate(zip(run.features, run.comparisons, strict=True)):
        if not comparison.everywhere:
            result.append(_counted(random.levels[:, place], random.counts, pairs))
            continue
        groups: dict[str, list[float]] = {}
        for row in run.engine.fetch(feature_sql.comparable_records(feature)).to_pylist():
            groups.setdefault(row["space"], []).append(float(row["records"]))
        comparable = sum(_admissible(np.array(counts), across=run.across_sources) for counts in groups.values())
        result.append(ValueCounts(agreeing[feature.name], min(1.0, comparable / pairs)))
    return tuple(result)


def _counted(levels: np.ndarray, counts: np.ndarray, pairs: float) -> ValueCounts:
    """How values agree where counts of values do not tell it: as among pairs drawn at random."""
    there = levels != MISSING
    drawn = counts.sum()
    agreeing = np.bincount(levels[there & (levels < BANDS)], counts[there & (levels < BANDS)], BANDS)
    return ValueCounts(agreeing * pairs / drawn, float(counts[there].sum() / drawn))
