"""An explanation as a value: the evidence for and against two records, and how it is told."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Evidence:
    """What one comparison says: the values of both sides, the level, and what it is worth in bits.

    `same` and `unrelated` are the shares of the level among pairs of one person and among unrelated pairs (m and u).
    Bits and shares are None where no model was fitted.
    """

    feature: str
    a: str | None
    b: str | None
    level: str
    bits: float | None
    same: float | None
    unrelated: float | None


@dataclass(frozen=True, slots=True)
class Explanation:
    """The evidence for and against two records, and what became of them.

    `evidence` has what counts most first; without a model, what agrees first. `decided_by` is `decision: same` or
    `different` (a reviewer), `rule: NAME` or `model`, None when there is neither; `alone` is what that says of this
    pair, `together` whether the two are in one profile. `held_apart_by` is the limit that keeps them from being one
    though the evidence would join them. `rule` is the sentence of the rule that fired. `prior_bits`,
    `household_bits` (what is taken off because people of one household would agree on part of it too), the bits of
    the evidence and `calibration_bits` (None unless labels calibrated the model) add up to `weight_bits`. The numbers
    are None without a model.
    """

    a: tuple[str, str]
    b: tuple[str, str]
    profiles: tuple[str, str]
    evidence: tuple[Evidence, ...]
    decided_by: str | None
    rule: str | None
    alone: bool
    together: bool
    threshold: float
    held_apart_by: str | None = None
    prior_bits: float | None = None
    household_bits: float | None = None
    calibration_bits: float | None = None
    weight_bits: float | None = None
    probability: float | None = None

    def __str__(self) -> str:
        lines = [f"{':'.join(self.a)} and {':'.join(self.b)}: {self._verdict()}"]
        for each in self.evidence:
            bits = "" if each.bits is None else f"{each.bits:+6.1f} bits  "
            lines.append(f"  {bits}{each.feature}: {each.level}  ({each.a or '—'} | {each.b or '—'})")
        if not self.evidence:
            lines.append("  there is nothing that both of them have, so nothing could be compared")
        if self.weight_bits is not None:
            lines.append(
                f"  {self.prior_bits:+6.1f} bits  before any evidence: so rare is one person among all pairs of records"
            )
            lines.append(
                f"  {self.household_bits:+6.1f} bits  as people of one household would agree on part of it too"
            )
            if self.calibration_bits is not None:
                lines.append(
                    f"  {self.calibration_bits:+6.1f} bits  as labels show how sure the model may be of itself"
                )
            lines.append(f"  {self.weight_bits:+6.1f} bits in all: probability {self.probability:.4f}")
        if self.rule:
            lines.append(f"  rule: {self.rule}")
        return "\n".join(lines)

    def _verdict(self) -> str:
        if self.together:
            return f"one person, profile {self.profiles[0]}; {self._why_together()}"
        return f"two people, profiles {self.profiles[0]} and {self.profiles[1]}; {self._why_apart()}"

    def _why_together(self) -> str:
        if not self.alone:
            against = {"decision": "a reviewer said no to this pair", "rule": "a rule keeps this pair apart"}
            return f"through other records: {against.get(self._decider, 'this pair alone would not do')}"
        return {"decision": "a reviewer said so", "rule": "a rule joins them"}.get(
            self._decider, "this pair alone says so"
        )

    def _why_apart(self) -> str:
        if self.held_apart_by:
            return f"the evidence would join them, but {self.held_apart_by}"
        if self.alone:
            joins = {"decision": "a reviewer would join them", "rule": "a rule would join them"}
            would = joins.get(self._decider, "this pair alone would join them")
            return f"though {would}: other records speak against it, or no blocking rule brought the two together"
        if self._decider in ("decision", "rule"):
            return f"{'a reviewer' if self._decider == 'decision' else 'a rule'} keeps them apart"
        return "too little speaks for it" if self._decider == "model" else "no rule joins them"

    @property
    def _decider(self) -> str:
        return (self.decided_by or "").partition(":")[0]

    def to_dict(self) -> dict[str, Any]:
        """Plain data, safe for JSON."""
        return asdict(self)
