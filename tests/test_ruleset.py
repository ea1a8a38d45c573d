"""A ruleset from plain data tells all its problems at once, each in its own words."""

import pytest

from retrato import ConfigurationError, Ruleset


def told(data):
    with pytest.raises(ConfigurationError) as error:
        Ruleset.from_dict(data)
    return [str(problem) for problem in error.value.problems]


def test_its_own_problems_come_as_they_are():
    assert told({"precision": "x", "review_from": 2, "max_block": 1}) == [
        "precision: no wish 'x'; use one of recall, balanced, high or a probability",
        "review_from: a probability lies between 0 and 1",
        "max_block: a block holds at least 2 records",
    ]
    assert told({"survivorship": [{"attribute": "", "strategy": []}]}) == [
        'survivorship of (no attribute): the attribute has no name; use "*" for all others',
        "survivorship of (no attribute): there is no strategy; choose among verified_first, complete_first, "
        "most_recent, most_frequent, source_priority, longest",
    ]


def test_wrong_types_do_not_hide_wrong_values():
    found = told(
        {"precision": "x", "seed": "abc", "foo": 1, "survivorship": [{"attribute": "", "strategy": ["longest"]}]}
    )
    assert len(found) == 4
    assert any(problem.startswith("seed: ") for problem in found)
    assert "precision: no wish 'x'; use one of recall, balanced, high or a probability" in found
    assert not any("Value error" in problem for problem in found)
