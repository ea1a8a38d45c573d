"""Calibration finds how sure weights may be of themselves, whatever share of the labels is wrong."""

from __future__ import annotations

import numpy as np
import pytest

from retrato.matching.calibration import LEAST_LABELS, Calibration, calibrate
from retrato.matching.model import FellegiSunter

BITS = np.linspace(-10, 10, 21)
EACH = 100


def labels(slope: float, shift: float = 0.0) -> np.ndarray:
    """How many of EACH pairs at every weight are one person."""
    return EACH / (1 + 2.0 ** -(slope * BITS + shift))


@pytest.mark.parametrize("slope", [0.5, 0.75, 1.0])
def test_finds_the_slope_drawn_towards_one(slope) -> None:
    found = calibrate(BITS, labels(slope), EACH - labels(slope))
    assert found.slope == pytest.approx(slope, abs=0.12)
    assert found.slope >= slope - 0.02


def test_labels_never_make_a_model_surer_of_itself() -> None:
    assert calibrate(BITS, labels(1.5), EACH - labels(1.5)).slope == 1.0


def test_how_the_pairs_were_picked_does_not_matter() -> None:
    # of pairs of one person sixteen times as many were picked: all odds are four bits higher
    found = calibrate(BITS, labels(1.0, 4.0), EACH - labels(1.0, 4.0))
    assert found.slope == pytest.approx(1.0, abs=0.1)


def test_labels_of_which_a_fifth_is_wrong_change_little() -> None:
    same = 0.8 * labels(1.0) + 0.2 * (EACH - labels(1.0))
    assert calibrate(BITS, same, EACH - same).slope == pytest.approx(1.0, abs=0.1)


@pytest.mark.parametrize("same", [EACH - labels(1.0), np.full(21, EACH / 2)], ids=["all wrong", "by chance"])
def test_labels_without_sense_change_nothing(same) -> None:
    assert calibrate(BITS, same, EACH - same).slope == pytest.approx(1.0, abs=0.02)


def test_a_few_labels_are_no_ground() -> None:
    few = np.array([LEAST_LABELS - 1.0, 0.0]), np.array([0.0, 1000.0])
    assert calibrate(np.array([5.0, -5.0]), *few) is None


def test_a_calibrated_model_reads_back() -> None:
    model = FellegiSunter((), 1e-4, 1e-5, calibration=Calibration(0.75, 200))
    assert FellegiSunter.from_dict(model.to_dict()) == model
    assert FellegiSunter.from_dict({**model.to_dict(), "calibration": None}).calibration is None
