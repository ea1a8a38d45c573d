import pytest
from pydantic import TypeAdapter, ValidationError

from retrato.errors import ConfigurationError
from retrato.profiles.survivorship import DEFAULTS, Strategy, SurvivorshipRule, effective_rules


def test_a_rule_loads_from_a_dict():
    loaded = TypeAdapter(SurvivorshipRule).validate_python(
        {"attribute": "name", "strategy": ["source_priority", "longest"], "sources": ["crm"]}
    )
    assert loaded == SurvivorshipRule("name", (Strategy.SOURCE_PRIORITY, Strategy.LONGEST), ("crm",))


@pytest.mark.parametrize(
    "data",
    [{"attribute": "name", "strategy": ["newest"]}, {"attribute": "name", "strategy": ["longest"], "source": ["crm"]}],
)
def test_unknown_words_in_a_rule_are_refused(data):
    with pytest.raises(ValidationError):
        TypeAdapter(SurvivorshipRule).validate_python(data)


def test_all_problems_of_a_rule_are_told_together():
    with pytest.raises(ConfigurationError) as caught:
        SurvivorshipRule("", (Strategy.SOURCE_PRIORITY, Strategy.SOURCE_PRIORITY))
    assert len(caught.value.problems) == 3


def test_sources_without_source_priority_are_refused():
    with pytest.raises(ConfigurationError, match="need each other"):
        SurvivorshipRule("name", (Strategy.LONGEST,), sources=("crm",))


def test_two_rules_for_one_attribute_are_refused():
    rule = SurvivorshipRule("name", (Strategy.LONGEST,))
    with pytest.raises(ConfigurationError, match="two rules"):
        effective_rules([rule, rule])


def test_every_default_says_why():
    assert all(rule.explanation for rule in DEFAULTS)
    assert effective_rules()["*"] in DEFAULTS
