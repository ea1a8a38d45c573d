"""Whoever talks to him next finds him, and the result knows how good it is."""

from __future__ import annotations

import pytest

from retrato.datasets import PEDRO
from retrato.evaluation.truth import evaluate_tables


@pytest.mark.parametrize("known", ["phone", "email", "national_id"])
def test_whoever_answers_finds_pedro(story, known) -> None:
    (profile,) = story.ids(PEDRO)
    found = story.resolution.find(**{known: getattr(PEDRO, known)})
    assert profile in [each.profile_id for each in found[:3]]
    assert all(each.reasons for each in found)


def test_the_result_knows_how_good_it_is(story) -> None:
    found = evaluate_tables(story.resolution.assignments, story.data.truth).pairwise
    counts = story.resolution.report["counts"]
    assert counts["expected_precision"] == pytest.approx(found.precision, abs=0.02)
    assert counts["expected_recall"] == pytest.approx(found.recall, abs=0.04)
    profiles = story.resolution.profiles.to_pylist()
    assert all(row["expected_precision"] == 1 for row in profiles if row["records"] == 1)
    assert all(0.5 < row["expected_precision"] <= 1 and 0 < row["expected_recall"] <= 1 for row in profiles)
