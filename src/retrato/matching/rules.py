"""Deterministic rules: what always joins two records, or never does, whatever the model says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from retrato.matching.comparisons import BANDS, MISSING, Comparison


class Agreement(StrEnum):
    """What a condition asks of one comparison."""

    EQUAL = "equal"
    SIMILAR = "similar"  # equal, or any level but the weakest and "different"
    COMPATIBLE = "compatible"  # not "different": also the weakest level, or missing on either side
    DIFFERENT = "different"
    MISSING = "missing"


class Decision(StrEnum):
    """What a rule or a reviewer says of two records."""

    SAME = "same"
    DIFFERENT = "different"


@dataclass(frozen=True, slots=True)
class Condition:
    """One feature and the agreement that it must show."""

    feature: str
    agreement: Agreement

    def levels(self, comparison: Comparison) -> frozenset[int]:
        """The comparison levels that fulfil the condition."""
        different = BANDS + len(comparison.levels)
        return frozenset(
            {
                Agreement.EQUAL: range(BANDS),
                Agreement.SIMILAR: range(max(BANDS, different - 1)),
                Agreement.COMPATIBLE: range(MISSING, different),
                Agreement.DIFFERENT: (different,),
                Agreement.MISSING: (MISSING,),
            }[self.agreement]
        )


@dataclass(frozen=True, slots=True)
class MatchRule:
    """All conditions together decide; `because` is the sentence that an explanation shows.

    A rule on a feature that the data do not have never fires.
    """

    name: str
    decision: Decision
    when: tuple[Condition, ...]
    because: str = ""

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> MatchRule:
        """A rule from plain data, such as `dataclasses.asdict` makes of one."""
        when = tuple(Condition(each["feature"], Agreement(each["agreement"])) for each in data["when"])
        return cls(data["name"], Decision(data["decision"]), when, data["because"])

    def applies(self, levels: dict[str, int], comparisons: Sequence[Comparison]) -> bool:
        """Whether the rule fires at these levels (feature to level)."""
        known = {comparison.feature: comparison for comparison in comparisons}
        return bool(self.when) and all(
            each.feature in known and levels.get(each.feature, MISSING) in each.levels(known[each.feature])
            for each in self.when
        )


def _rule(name: str, decision: Decision, because: str, **when: str) -> MatchRule:
    conditions = tuple(Condition(feature, Agreement(agreement)) for feature, agreement in when.items())
    return MatchRule(name, decision, conditions, because)


#: Rules that hold beside the model.
DEFAULT_RULES = (
    _rule(
        "same_document",
        Decision.SAME,
        "they show the same national id, and neither name nor birth date speaks against it",
        national_id="equal",
        given_name="similar",
        family_name="similar",
        birth_date="compatible",
    ),
    _rule(
        "other_generation",
        Decision.DIFFERENT,
        "they bear one name in two generations (Sr and Jr, padre and hijo)",
        given_name="similar",
        family_name="similar",
        name_suffix="different",
    ),
)

#: Rules that decide alone where the data cannot support a model.
FALLBACK_RULES = (
    *DEFAULT_RULES,
    _rule("document", Decision.SAME, "they show the same national id", national_id="equal", given_name="compatible"),
    _rule("account", Decision.SAME, "they share an account id", account_id="equal", given_name="compatible"),
    _rule("handle", Decision.SAME, "they share a social handle", handle="equal", given_name="compatible"),
    _rule(
        "email_and_name", Decision.SAME, "they share an e-mail and a given name", email="equal", given_name="similar"
    ),
    _rule("phone_and_name", Decision.SAME, "they share a phone and a given name", phone="equal", given_name="similar"),
    _rule(
        "email_and_phone",
        Decision.SAME,
        "they share e-mail and phone",
        email="equal",
        phone="equal",
        given_name="compatible",
    ),
    _rule(
        "name_and_birth_date",
        Decision.SAME,
        "they have the same full name and birth date",
        given_name="equal",
        family_name="equal",
        birth_date="equal",
    ),
    _rule(
        "name_and_address",
        Decision.SAME,
        "they have the same full name and address",
        given_name="equal",
        family_name="equal",
        address="equal",
        birth_date="compatible",
    ),
)
