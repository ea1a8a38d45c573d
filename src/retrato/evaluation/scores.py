"""Precision, recall and F1."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Scores:
    """Precision, recall and their harmonic mean, each between 0 and 1.

    >>> Scores.of(found=4, right=3, wanted=6)
    Scores(precision=0.75, recall=0.5, f1=0.6)

    Nothing found is nothing wrong, and nothing wanted is nothing missed:

    >>> Scores.of(found=0, right=0, wanted=2)
    Scores(precision=1.0, recall=0.0, f1=0.0)
    """

    precision: float
    recall: float
    f1: float

    @classmethod
    def of(cls, *, found: int, right: int, wanted: int) -> Scores:
        """The scores of `right` hits among `found` claims, when `wanted` were there to be found."""
        return cls.mean(right / found if found else 1.0, right / wanted if wanted else 1.0)

    @classmethod
    def mean(cls, precision: float, recall: float) -> Scores:
        """The scores with the harmonic mean of a precision and a recall (0 when both are 0)."""
        total = precision + recall
        return cls(precision, recall, 2 * precision * recall / total if total else 0.0)
