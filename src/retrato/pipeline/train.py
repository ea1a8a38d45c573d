"""Stage 5: what agreement is worth, learned from the pairs themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from retrato.engines.compile import features as feature_sql
from retrato.engines.compile import scoring as sql
from retrato.engines.compile.blocking import sampled_pairs
from retrato.engines.compile.comparisons import compared_pairs, level_column
from retrato.engines.compile.template import query, tree
from retrato.identifiers.base import Scope
from retrato.matching.comparisons import BANDS
from retrato.matching.model import FellegiSunter
from retrato.matching.rules import DEFAULT_RULES, FALLBACK_RULES
from retrato.matching.training import Patterns, TrainingData, ValueCounts, fit
from retrato.pipeline.features import frozen_bands, known_columns

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlglot import exp

    from retrato.identifiers.base import Feature
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
    """Fit `run.model` unless one was given; where the data cannot support one, say so and leave it to the rules."""
    run.match_rules = run.ruleset.match_rules
    if run.model is not None:
        run.model.check(run.comparisons)
        return
    reason = _unsupported(run)
    if reason is None:
        model = fit(_training_data(run))
        reason = _implausible(model, run.features)
        if reason is None:
            run.model = _with_bands(run, model)
            return
    run.notes.append(f"no match model: {reason}; deterministic rules decide alone")
    if run.match_rules == DEFAULT_RULES:
        run.match_rules = FALLBACK_RULES


def _unsupported(run: Run) -> str | None:
    if run.counts["records"] < LEAST_RECORDS:
        return f"{run.counts['records']} records are too few to learn from (at least {LEAST_RECORDS})"
    if len(run.comparisons) < LEAST_FEATURES:
        return "there is only one field to compare"
    if run.counts["pairs"] < LEAST_PAIRS:
        return f"{run.counts['pairs']} candidate pairs are too few to learn from (at least {LEAST_PAIRS})"
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
    return TrainingData(
        comparisons=run.comparisons,
        candidates=_patterns(run, sampled_pairs(share), rules=True),
        random=_random(run),
        masks=masks,
        values=_value_counts(run, pairs),
        pairs=pairs,
        share=share,
    )


def _admissible(records: np.ndarray, *, across: bool) -> float:
    """The number of pairs of records; across sources only those of different sources."""
    total = records.sum()
    return float((total**2 - (records**2).sum()) / 2 if across else total * (total - 1) / 2)


def _patterns(run: Run, pairs: exp.Query, *, rules: bool) -> Patterns:
    kept = ("a", "b", "rules") if rules else ("a", "b")
    compared = compared_pairs(pairs, run.comparisons, lists=run.lists, known=known_columns(run), kept=kept)
    found = run.engine.fetch(sql.patterns(compared, run.comparisons, rules=rules))
    levels = np.stack([found.column(level_column(each)).to_numpy() for each in run.comparisons], axis=1).astype(np.int8)
    bits = found.column("rules").to_numpy().astype(np.uint64) if rules else np.zeros(len(levels), np.uint64)
    return Patterns(levels, found.column("pairs").to_numpy().astype(float), bits)


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
    result = _patterns(run, pairs, rules=False)
    run.engine.drop("random_pairs")
    return result


def _value_counts(run: Run, pairs: float) -> tuple[ValueCounts, ...]:
    found = run.engine.fetch(feature_sql.agreeing_pairs(across_sources=run.across_sources)).to_pylist()
    agreeing = {each.feature: np.zeros(BANDS) for each in run.comparisons}
    for row in found:
        agreeing[row["feature"]][row["band"]] = row["pairs"]
    result = []
    for feature in run.features:
        groups: dict[str, list[float]] = {}
        for row in run.engine.fetch(feature_sql.comparable_records(feature)).to_pylist():
            groups.setdefault(row["space"], []).append(float(row["records"]))
        comparable = sum(_admissible(np.array(counts), across=run.across_sources) for counts in groups.values())
        result.append(ValueCounts(agreeing[feature.name], min(1.0, comparable / pairs)))
    return tuple(result)
