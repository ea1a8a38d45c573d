"""What two records of one name tell by the generations that stand after it."""

from __future__ import annotations

import pytest

from retrato.identifiers.base import Scope
from retrato.identifiers.name import PersonName
from retrato.matching.blocking import DEFAULT_RULES, default_rules
from retrato.matching.comparisons import BANDS, MISSING, comparisons_for
from retrato.matching.rules import DEFAULT_RULES as MATCH_RULES
from retrato.matching.rules import Decision
from retrato.matching.similarity import Keys

FEATURES = PersonName().features
COMPARISONS = comparisons_for(FEATURES)
SUFFIX = next(each for each in COMPARISONS if each.feature == "name_suffix")


def levels(left: str, right: str) -> dict[str, int]:
    one, other = (Keys({**PersonName().parse(text).keys}) for text in (left, right))
    return {each.feature: each.level(one, other, {}) for each in COMPARISONS}


def decided(left: str, right: str) -> list[Decision]:
    found = levels(left, right)
    return [rule.decision for rule in MATCH_RULES if rule.applies(found, COMPARISONS)]


def test_a_generation_is_of_one_person_and_has_nothing_between_equal_and_different() -> None:
    assert SUFFIX.scope is Scope.PERSON
    assert SUFFIX.level_names[BANDS:] == ("different",)


@pytest.mark.parametrize(
    ("left", "right", "level"),
    [
        ("John Smith Sr.", "John Smith Jr.", BANDS),
        ("John Smith Jr.", "John Smith III", BANDS),
        ("Juan Pérez, padre", "Juan Pérez (h)", BANDS),
        ("John Smith Jr.", "SMITH, JR., JOHN", 0),
        ("John Smith Junior", "John Smith II", 0),
        ("Juan Pérez hijo", "Juan Pérez Jr", 0),
        ("John Smith", "John Smith Jr.", MISSING),
        ("John Smith Sr.", "John Smith, PhD", MISSING),
    ],
)
def test_father_and_son_differ_in_it(left: str, right: str, level: int) -> None:
    assert levels(left, right)["name_suffix"] == level


def test_a_rule_tells_namesakes_of_two_generations_apart() -> None:
    assert decided("John Smith Sr.", "Jon Smith Jr.") == [Decision.DIFFERENT]
    assert decided("John Smith Jr.", "John Smith II") == []
    assert decided("John Smith", "John Smith Jr.") == []
    assert decided("John Smith Sr.", "Peter Hale Jr.") == []  # the names tell enough


def test_nobody_is_compared_for_the_generation_alone() -> None:
    assert not any("name_suffix" in keys for keys in DEFAULT_RULES)
    for rule in default_rules(FEATURES, ()):
        assert "name_suffix" not in (*rule.keys, *rule.refine)
        assert "name_suffix" not in rule.masks(FEATURES, len(rule.refine))
