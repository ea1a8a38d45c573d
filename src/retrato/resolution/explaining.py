"""Why two records are one person, or why they are not."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

import pyarrow as pa
import pyarrow.compute as pc

from retrato.errors import UnknownRecordError
from retrato.matching.comparisons import MISSING, Comparison
from retrato.matching.model import BIT, probability
from retrato.resolution.comparing import Compared, compare, comparisons_of

if TYPE_CHECKING:
    from retrato.resolution.resolution import Resolution

#: A record as (source, record key), or a profile by its id.
RecordOrProfile: TypeAlias = tuple[str, str] | str


@dataclass(frozen=True, slots=True)
class Evidence:
    """What one comparison says: the values of both sides, the level, and what it is worth in bits.

    `same` and `unrelated` are the shares of the level among pairs of one person and among unrelated pairs (m and u).
    """

    feature: str
    a: str | None
    b: str | None
    level: str
    bits: float
    same: float | None
    unrelated: float | None


@dataclass(frozen=True, slots=True)
class Explanation:
    """The evidence for and against two records, and what became of them."""

    a: tuple[str, str]
    b: tuple[str, str]
    profiles: tuple[str, str]
    evidence: tuple[Evidence, ...]
    prior_bits: float
    weight_bits: float
    probability: float
    threshold: float
    rule: str | None
    together: bool

    def __str__(self) -> str:
        lines = [f"{':'.join(self.a)} and {':'.join(self.b)}: {self._verdict()}"]
        for each in sorted(self.evidence, key=lambda one: (-abs(one.bits), one.feature)):
            values = f"{each.a or '—'} | {each.b or '—'}"
            lines.append(f"  {each.bits:+6.1f} bits  {each.feature}: {each.level}  ({values})")
        lines.append(
            f"  {self.prior_bits:+6.1f} bits  before any evidence: so rare is one person among all pairs of records"
        )
        lines.append(f"  {self.weight_bits:+6.1f} bits in all: probability {self.probability:.4f}")
        if self.rule:
            lines.append(f"  rule: {self.rule}")
        return "\n".join(lines)

    def _verdict(self) -> str:
        alone = self.probability >= self.threshold or self.rule is not None
        if self.together:
            why = "this pair alone says so" if alone else "through other records: this pair alone would not do"
            return f"one person, profile {self.profiles[0]}; {why}"
        why = (
            "though this pair alone would join them, other records speak against it"
            if alone
            else "too little speaks for it"
        )
        return f"two people, profiles {self.profiles[0]} and {self.profiles[1]}; {why}"

    def to_dict(self) -> dict[str, Any]:
        """Plain data, safe for JSON."""
        return asdict(self)


def explain(resolution: Resolution, a: RecordOrProfile, b: RecordOrProfile) -> Explanation:
    """See `Resolution.explain`."""
    first, second = _rows(resolution, a), _rows(resolution, b)
    pairs = [
        (one, other)
        for one in first.column("record").to_pylist()
        for other in second.column("record").to_pylist()
        if one != other
    ]
    if not pairs:
        raise UnknownRecordError("a record is not compared with itself")
    together = pa.concat_tables([first, second])
    features = together.take(pc.index_in(pc.unique(together.column("record")), together.column("record")))
    found = compare(resolution, features, pairs)
    best = max(found, key=lambda each: (each.weight, -each.a, -each.b))
    return _explanation(resolution, features, best)


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


def _explanation(resolution: Resolution, features: pa.Table, pair: Compared) -> Explanation:
    rows = {row["record"]: row for row in features.to_pylist()}
    left, right = rows[pair.a], rows[pair.b]
    ids = [(row["source_name"], row["record_key"]) for row in (left, right)]
    profiles = tuple(_profile_of(resolution, *each) for each in ids)
    model = resolution.model
    evidence = tuple(
        _evidence(resolution, each, pair.levels[each.feature], left, right)
        for each in comparisons_of(resolution)
        if pair.levels[each.feature] != MISSING
    )
    return Explanation(
        a=ids[0],
        b=ids[1],
        profiles=(profiles[0], profiles[1]),
        evidence=evidence,
        prior_bits=model.prior_same_weight / BIT if model else 0.0,
        weight_bits=pair.weight / BIT,
        probability=probability(pair.weight) if model else 0.0,
        threshold=resolution.ruleset.threshold,
        rule=resolution.match_rules[pair.rule].because if pair.rule is not None else None,
        together=profiles[0] == profiles[1],
    )


def _profile_of(resolution: Resolution, source: str, key: str) -> str:
    table = resolution.assignments
    same = pc.and_(pc.equal(table.column("source"), source), pc.equal(table.column("record_key"), key))
    return str(table.filter(same).column("profile_id")[0].as_py())


def _evidence(
    resolution: Resolution, comparison: Comparison, level: int, left: dict[str, Any], right: dict[str, Any]
) -> Evidence:
    weights = (
        next((each for each in resolution.model.features if each.feature == comparison.feature), None)
        if resolution.model
        else None
    )
    return Evidence(
        feature=comparison.feature,
        a=_shown(left[comparison.key]),
        b=_shown(right[comparison.key]),
        level=comparison.level_names[level],
        bits=weights.same_weight(level) / BIT if weights else 0.0,
        same=weights.same[level] if weights else None,
        unrelated=weights.unrelated[level] if weights else None,
    )


def _shown(value: str | list[str] | None) -> str | None:
    return ", ".join(value) if isinstance(value, list) else value
