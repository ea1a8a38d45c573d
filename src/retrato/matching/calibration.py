"""Calibration: how sure match weights may be of themselves, as labels show it.

The slope of Platt scaling (Platt 1999), drawn towards leaving everything as it is, and for labels of which some are
wrong: the likelihood of a label is `(1 - missed) p + false (1 - p)`, its error rates being estimated with the slope
(Dawid & Skene 1979). Which pairs get a label is somebody's choice, and that shifts the odds by an unknown amount while
it leaves the slope alone (Prentice & Pyke 1979). So a shift is estimated with the slope and not used: at a probability
of one half, and in the order of any two pairs, nothing changes. Pairs picked from a result, linked ones and those for
review, look easier to tell apart than all pairs are: so labels can make a model less sure of itself, and never surer.

J. Platt: Probabilistic outputs for support vector machines. Advances in Large Margin Classifiers, 1999. R. L. Prentice,
R. Pyke: Logistic disease incidence models and case-control studies. Biometrika 66(3), 1979.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from retrato.matching.labels import MOST_WRONG, RIGHT, WRONG

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

#: Units of the slope.
UNIT = 1024
#: With fewer labels of either kind on compared pairs there is no calibration.
LEAST_LABELS = 50
#: How far the slope is expected to be from 1, and the shift from 0 (standard deviations of normal priors).
SLOPE_DEVIATION = 0.25  # of its natural logarithm
SHIFT_DEVIATION = 5.0  # bits
#: Weights beyond this many bits count as this many: what is certain tells nothing about the line.
MOST_CERTAIN = 20.0


@dataclass(frozen=True, slots=True)
class Calibration:
    """The slope that match weights are multiplied by, and on how many labels it rests.

    Slopes are whole 1/1024, so that products are exact; what is not a whole unit of weight is cut off.

    >>> Calibration(slope=0.5, labels=200).weight(4096)
    2048
    """

    slope: float
    labels: int

    def weight(self, weight: int) -> int:
        """The calibrated weight of a weight, both in units of 1/1024 bit."""
        return math.floor(weight * self.slope)


def calibrate(weights: Floats, same: Floats, different: Floats) -> Calibration | None:
    """The calibration for pairs with these match weights (N,) in bits and labels, `same` and `different` (N,).

    None with fewer than `LEAST_LABELS` labels of either kind.

    >>> bits = np.array([-8.0, -4.0, 0.0, 4.0, 8.0])  # twice as sure as it should be
    >>> same = 1000 / (1 + 2 ** (-bits / 2))
    >>> 0.4 < calibrate(bits, same, 1000 - same).slope < 0.7
    True
    """
    from scipy.optimize import minimize
    from scipy.special import expit

    if min(same.sum(), different.sum()) < LEAST_LABELS:
        return None
    bits = np.clip(weights, -MOST_CERTAIN, MOST_CERTAIN)

    def loss(at: Floats) -> float:
        log_slope, shift = at[0], at[1]
        missed, false = MOST_WRONG * expit(at[2:])
        chance = expit((math.exp(log_slope) * bits + shift) * math.log(2))
        called_same = (1 - missed) * chance + false * (1 - chance)
        likelihood = same @ np.log(called_same) + different @ np.log1p(-called_same)
        rates = sum(RIGHT * math.log1p(-rate) + WRONG * math.log(rate) for rate in (missed, false))
        line = (log_slope / SLOPE_DEVIATION) ** 2 + (shift / SHIFT_DEVIATION) ** 2
        return float(line / 2 - likelihood - rates)

    start = np.array([0.0, 0.0, *[math.log(WRONG / (MOST_WRONG * (RIGHT + WRONG) - WRONG))] * 2])
    never_surer = [(None, 0.0), (None, None), (None, None), (None, None)]
    found = minimize(loss, start, method="L-BFGS-B", bounds=never_surer).x
    return Calibration(slope=round(math.exp(found[0]) * UNIT) / UNIT, labels=round(float(same.sum() + different.sum())))
