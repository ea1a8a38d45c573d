"""Why two records are one person, or why they are not."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, TypeAlias

import pyarrow as pa
import pyarrow.compute as pc

from retrato.engines.duckdb import DuckDBEngine
from retrato.errors import UnknownRecordError
from retrato.matching.comparisons import BANDS, MISSING, Comparison
from retrato.matching.model import BIT, probability, softplus, weight_at
from retrato.matching.rules import Decision
from retrato.profiles.survivorship import PIN
from retrato.resolution.comparing import Compared, compare, comparisons_of
from retrato.resolution.explanation import Evidence, Explanation

if TYPE_CHECKING:
    from retrato.matching.model import FellegiSunter
    from retrato.matching.rules import MatchRule
    from retrato.resolution.resolution import Resolution

#: A record as (source, record key), or a profile by its id.
RecordOrProfile: TypeAlias = tuple[str, str] | str


@dataclass(frozen=True, slots=True)
class _Pair:
    """A compared pair, and what was decided of it."""

    compared: Compared
    decision: Decision | None
    rule: MatchRule | None

    @property
    def says(self) -> Decision | None:
        """What a reviewer or a rule says, whatever the model."""
        return self.decision or (self.rule.decision if self.rule else None)

    def strength(self, *, together: bool) -> tuple[bool, bool, int, int, int, int]:
        """Sorts first the pair that tells why: decided the way things went, else with the most evidence for it."""
        fits = self.says is (Decision.SAME if together else Decision.DIFFERENT)
        agreeing = sum(MISSING < level < BANDS for level in self.compared.levels.values())
        reviewed = fits and self.decision is not None
        return reviewed, fits, self.compared.weight, agreeing, -self.compared.a, -self.compared.b


def explain(resolution: Resolution, a: RecordOrProfile, b: RecordOrProfile) -> Explanation:
    """See `Resolution.explain`."""
    first, second = _rows(resolution, a), _rows(resolution, b)
    pairs = sorted(
        {
            (one, other)
            for one in first.column("record").to_pylist()
            for other in second.column("record").to_pylist()
            if one != other
        }
    )
    if not pairs:
        raise UnknownRecordError("a record is not compared with itself")
    both = pa.concat_tables([first, second])
    features = both.take(pc.index_in(pc.unique(both.column("record")), both.column("record")))
    with DuckDBEngine(threads=1) as engine:
        engine.load("features", features)
        found = compare(engine, resolution, pairs, comparisons_of(resolution))
    rows = {row["record"]: row for row in features.to_pylist()}
    profile = {number: _profile_of(resolution, row) for number, row in rows.items()}
    decided = _decisions(resolution)
    rules = resolution.match_rules
    strongest = max(
        (
            _Pair(
                each,
                decided.get(frozenset((_name(rows[each.a]), _name(rows[each.b])))),
                None if each.rule is None else rules[each.rule],
            )
            for each in found
        ),
        key=lambda pair: pair.strength(together=profile[pair.compared.a] == profile[pair.compared.b]),
    )
    left, right = rows[strongest.compared.a], rows[strongest.compared.b]
    return _explanation(resolution, strongest, (left, right), (profile[left["record"]], profile[right["record"]]))


def _rows(resolution: Resolution, which: RecordOrProfile) -> pa.Table:
    """The rows of `features` of a record, or of all records of a profile."""
    features = resolution.tables["features"]
    if isinstance(which, str):
        current = resolution.current_id(which)
        members = resolution.assignments.filter(pc.equal(resolution.assignments.column("profile_id"), current))
        keys = set(zip(members.column("source").to_pylist(), members.column("record_key").to_pylist(), strict=True))
        candidates = features.filter(pc.is_in(features.column("record_key"), pa.array([key for _, key in keys])))
        rows = zip(
            candidates.column("source_name").to_pylist(), candidates.column("record_key").to_pylist(), strict=True
        )
        return candidates.filter(pa.array([row in keys for row in rows], pa.bool_()))
    source, key = which
    found = features.filter(
        pc.and_(pc.equal(features.column("source_name"), source), pc.equal(features.column("record_key"), key))
    )
    if not found.num_rows:
        raise UnknownRecordError(f"no record {key} in source {source}")
    return found


def _explanation(
    resolution: Resolution, pair: _Pair, sides: tuple[dict[str, Any], dict[str, Any]], profiles: tuple[str, str]
) -> Explanation:
    model, weight = resolution.model, pair.compared.weight
    decided_by = "model" if model else None
    alone = model is not None and weight > weight_at(resolution.ruleset.threshold)
    if pair.says is not None:
        alone = pair.says is Decision.SAME
    if pair.rule is not None:
        decided_by = f"rule: {pair.rule.name}"
    if pair.decision is not None:
        decided_by = f"decision: {pair.decision.value}"
    return Explanation(
        a=_name(sides[0]),
        b=_name(sides[1]),
        profiles=profiles,
        evidence=_all_evidence(resolution, pair.compared, sides),
        decided_by=decided_by,
        rule=None if pair.rule is None else pair.rule.because or pair.rule.name,
        alone=alone,
        together=profiles[0] == profiles[1],
        held_apart_by=_held_apart_by(resolution, profiles),
        threshold=resolution.ruleset.threshold,
        prior_bits=model.prior_same_weight / BIT if model else None,
        household_bits=-softplus(model.weights(pair.compared.levels)[1]) / BIT if model else None,
        calibration_bits=_calibration_bits(model, pair.compared) if model and model.calibration else None,
        weight_bits=weight / BIT if model else None,
        probability=probability(weight) if model else None,
    )


def _calibration_bits(model: FellegiSunter, compared: Compared) -> float:
    """What the calibration adds to a weight."""
    return (compared.weight - replace(model, calibration=None).weights(compared.levels)[0]) / BIT


def _name(row: dict[str, Any]) -> tuple[str, str]:
    return row["source_name"], row["record_key"]


def _profile_of(resolution: Resolution, row: dict[str, Any]) -> str:
    table = resolution.assignments
    source, key = _name(row)
    same = pc.and_(pc.equal(table.column("source"), source), pc.equal(table.column("record_key"), key))
    return str(table.filter(same).column("profile_id")[0].as_py())


def _held_apart_by(resolution: Resolution, profiles: tuple[str, str]) -> str | None:
    """The limit that keeps two profiles from being one."""
    both = pa.array(profiles)
    review = resolution.review
    rows = review.filter(
        pc.and_(pc.is_in(review.column("profile_a"), both), pc.is_in(review.column("profile_b"), both))
    )
    reasons = rows.column("held_apart_by").drop_null()
    return str(reasons[0]) if len(reasons) else None


def _decisions(resolution: Resolution) -> dict[frozenset[tuple[str, str]], Decision]:
    """What reviewers decided, by pair of records."""
    return {
        frozenset(((row["source_a"], row["key_a"]), (row["source_b"], row["key_b"]))): Decision(row["decision"])
        for row in resolution.decisions.to_pylist()
        if row["decision"] != PIN
    }


def _all_evidence(
    resolution: Resolution, pair: Compared, sides: tuple[dict[str, Any], dict[str, Any]]
) -> tuple[Evidence, ...]:
    """What every comparison says that has something on both sides: by bits, else from agreement to difference."""
    told = [
        (pair.levels[each.feature], _evidence(resolution, each, pair.levels[each.feature], sides))
        for each in comparisons_of(resolution)
        if pair.levels[each.feature] != MISSING
    ]
    order = sorted(
        told, key=lambda one: (-abs(one[1].bits or 0.0), one[0] if one[1].bits is None else 0, one[1].feature)
    )
    return tuple(each for _, each in order)


def _evidence(
    resolution: Resolution, comparison: Comparison, level: int, sides: tuple[dict[str, Any], dict[str, Any]]
) -> Evidence:
    weights = (
        next((each for each in resolution.model.features if each.feature == comparison.feature), None)
        if resolution.model
        else None
    )
    return Evidence(
        feature=comparison.feature,
        a=_shown(sides[0][comparison.key]),
        b=_shown(sides[1][comparison.key]),
        level=comparison.level_names[level],
        bits=weights.same_weight(level) / BIT if weights else None,
        same=weights.same[level] if weights and weights.same else None,
        unrelated=weights.unrelated[level] if weights and weights.unrelated else None,
    )


def _shown(value: str | list[str] | None) -> str | None:
    return ", ".join(value) if isinstance(value, list) else value
