"""The match model: what each level of each comparison is worth, for three kinds of pairs.

A pair is the *same* person, or two people of one *household* (or who share a contact point), or *unrelated* (Fellegi &
Sunter 1969, with one class more). The match weight of a pair is the base-2 log odds that it is the same person:

    weight = W(same) - log2(2^W(household) + 1),   W(class) = prior(class) + sum over features of weight(class, level)

where every term is relative to unrelated pairs; where there are labels, times the slope that calibrates it. Weights are
integers in units of 1/1024 bit, so that sums are exact whatever the engine and the order of addition.
"""

from __future__ import annotations

import json
import math
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, overload

from retrato.errors import ModelError
from retrato.matching.calibration import Calibration
from retrato.matching.comparisons import MISSING, Comparison

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy as np
    from numpy.typing import NDArray

#: Units of a bit.
BIT = 1024
#: No single level is worth more than this many bits either way.
MOST_BITS = 40.0
#: The weight of a decision: beyond any sum of match weights.
DECIDED = 1 << 40
FORMAT = 2


def units(bits: float) -> int:
    """Bits as fixed-point units, rounded half to even.

    >>> units(1.5)
    1536
    """
    return round(max(-MOST_BITS * 4, min(MOST_BITS * 4, bits)) * BIT)


def softplus(weight: int) -> int:
    """log2(1 + 2^weight) in units: what a competing class takes away.

    >>> softplus(0) == BIT
    True
    """
    bits = weight / BIT
    return round((bits + math.log2(1 + 2.0**-bits)) * BIT) if bits > 0 else round(math.log2(1 + 2.0**bits) * BIT)


@overload
def probability(weight: float) -> float: ...


@overload
def probability(weight: NDArray[Any]) -> NDArray[np.float64]: ...


def probability(weight: float | NDArray[Any]) -> float | NDArray[np.float64]:
    """The probability at a match weight in units, or the probabilities at an array of them.

    >>> probability(0), probability(DECIDED)
    (0.5, 1.0)
    """
    odds_against: float | NDArray[np.float64] = 2.0 ** (-weight / BIT)
    return 1 / (1 + odds_against)


def weight_at(chance: float) -> int:
    """The match weight in units at a probability.

    >>> weight_at(0.5)
    0
    """
    return units(math.log2(chance / (1 - chance)))


@dataclass(frozen=True, slots=True)
class FeatureWeights:
    """The levels of one feature: their shares among the three kinds of pairs, and so their weights.

    A model that knows no shares has `bits` instead, what each level says for the same person, and says nothing of
    households.
    """

    feature: str
    levels: tuple[str, ...]
    same: tuple[float, ...] = ()
    household: tuple[float, ...] = ()
    unrelated: tuple[float, ...] = ()
    bits: tuple[float, ...] = ()

    def _bits(self, shares: Sequence[float], level: int) -> int:
        if level == MISSING or not shares:
            return 0
        bits = math.log2(shares[level] / self.unrelated[level])
        return units(max(-MOST_BITS, min(MOST_BITS, bits)))

    def shares(self, level: int) -> dict[str, float]:
        """The shares of a level by kind of pair; empty where the model knows none."""
        kinds = {"same": self.same, "household": self.household, "unrelated": self.unrelated}
        return {kind: shares[level] for kind, shares in kinds.items() if shares}

    def same_weight(self, level: int) -> int:
        """log2(same / unrelated) in units; 0 where a side is missing."""
        if self.bits and level != MISSING:
            return units(self.bits[level])
        return self._bits(self.same, level)

    def household_weight(self, level: int) -> int:
        """log2(household / unrelated) in units; 0 where a side is missing."""
        return self._bits(self.household, level)


@dataclass(frozen=True, slots=True)
class FellegiSunter:
    """A fitted model. Fixed in it: the levels, their weights, the prior, and the rarity bands of values.

    `bands` gives for a feature the rarity band (1 and more) of the values that at least three records held when the
    model was fitted, by a hash of the value; any other value is in band 0. `notes` say how it was fitted, in numbers.
    """

    features: tuple[FeatureWeights, ...]
    prior_same: float
    prior_household: float
    bands: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    notes: Mapping[str, Any] = field(default_factory=dict)
    calibration: Calibration | None = None

    @property
    def prior_same_weight(self) -> int:
        """log2 odds that a random pair is one person, in units."""
        return units(math.log2(self.prior_same / (1 - self.prior_same - self.prior_household)))

    @property
    def prior_household_weight(self) -> int:
        """log2 odds that a random pair is one household, in units."""
        return units(math.log2(max(self.prior_household, 1e-15) / (1 - self.prior_same - self.prior_household)))

    def weights(self, levels: Mapping[str, int]) -> tuple[int, int]:
        """The match weight of a pair, and its log2 odds of household against unrelated, both in units.

        `levels` gives the level of each feature; one that is not there is missing.
        """
        same, household = self.prior_same_weight, self.prior_household_weight
        for each in self.features:
            level = levels.get(each.feature, MISSING)
            same += each.same_weight(level)
            household += each.household_weight(level)
        weight = same - softplus(household)
        return weight if self.calibration is None else self.calibration.weight(weight), household

    def check(self, comparisons: Sequence[Comparison]) -> None:
        """Raise ModelError unless the model was fitted for these comparisons."""
        mine = {each.feature: each.levels for each in self.features}
        yours = {each.feature: each.level_names for each in comparisons}
        wrong = sorted(name for name in mine if name in yours and mine[name] != yours[name])
        missing = sorted(name for name in yours if name not in mine)
        if wrong or missing:
            raise ModelError(
                f"the model does not fit the data: other levels for {wrong or 'nothing'}, nothing known of "
                f"{missing or 'nothing'}; fit a new one by leaving the model out"
            )

    def to_dict(self) -> dict[str, Any]:
        """Plain data that a person can read: shares, weights in bits, bands as hashes."""
        return {
            "format": FORMAT,
            "prior": {"same": self.prior_same, "household": self.prior_household},
            "calibration": None if self.calibration is None else asdict(self.calibration),
            "features": [
                {
                    "feature": each.feature,
                    "levels": [
                        {
                            "level": name,
                            **each.shares(number),
                            "bits": each.bits[number] if each.bits else each.same_weight(number) / BIT,
                        }
                        for number, name in enumerate(each.levels)
                    ],
                }
                for each in self.features
            ],
            "notes": dict(self.notes),
            "bands": {
                name: {
                    str(band): sorted(h for h, b in bands.items() if b == band) for band in sorted(set(bands.values()))
                }
                for name, bands in self.bands.items()
            },
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> FellegiSunter:
        """Read what `to_dict` gives. Raises ModelError on anything else."""
        try:
            if data["format"] != FORMAT:
                raise ModelError(f"the model has format {data['format']}, this version reads {FORMAT}")
            features = tuple(_feature(each) for each in data["features"])
            bands = {
                name: {code: int(band) for band, codes in groups.items() for code in codes}
                for name, groups in data["bands"].items()
            }
            prior, line = data["prior"], data.get("calibration")
            return cls(
                features,
                float(prior["same"]),
                float(prior["household"]),
                bands,
                dict(data.get("notes", {})),
                None if line is None else Calibration(float(line["slope"]), int(line["labels"])),
            )
        except (KeyError, TypeError, AttributeError) as error:
            raise ModelError(f"this is no model of retrato: {type(error).__name__} at {error}") from error

    def save(self, path: str | Path) -> None:
        """Write the model as JSON."""
        Path(path).write_text(json.dumps(self.to_dict(), indent=1) + "\n", "utf-8")

    @classmethod
    def load(cls, path: str | Path) -> FellegiSunter:
        """Read a model from JSON. Raises ModelError."""
        try:
            return cls.from_dict(json.loads(Path(path).read_text("utf-8")))
        except (OSError, ValueError) as error:
            if isinstance(error, ModelError):
                raise
            raise ModelError(f"{path} cannot be read as a model: {type(error).__name__}") from error


def _feature(data: Mapping[str, Any]) -> FeatureWeights:
    levels = data["levels"]
    names = tuple(level["level"] for level in levels)
    if all("same" not in level for level in levels):
        return FeatureWeights(data["feature"], names, bits=tuple(float(level["bits"]) for level in levels))
    same, household, unrelated = (
        tuple(float(level[kind]) for level in levels) for kind in ("same", "household", "unrelated")
    )
    return FeatureWeights(data["feature"], names, same, household, unrelated)
