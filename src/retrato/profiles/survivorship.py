"""Which value speaks for a profile: a rule per attribute, read aloud as a list of strategies.

A person's records disagree. For every attribute (and namespace: a passport does not compete with a DNI, nor a shipping
address with a home address) the distinct values are ranked by the strategies of the attribute's rule, one after the
other, and the first is the *golden* value. Nothing is thrown away: the others keep their rank and their provenance.

Four things hold whatever the rule:

- Placeholders, missing values and texts that could not be read are never ranked.
- A value that somebody has *pinned* comes first; of several pinned ones that which was pinned last.
- Values that only a superseded version of a record holds come after all current ones.
- What is still equal is decided by content: the value itself, then source, then record key.

Survivorship per attribute follows the strategies of Bleiholder and Naumann, "Data Fusion" (ACM Computing Surveys,
2009).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

from retrato.errors import ConfigurationError, Problem

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


class Strategy(StrEnum):
    """One way to prefer a value over another.

    - `verified_first`: valid before possible before invalid.
    - `complete_first`: with all its essential parts (`ESSENTIAL_PARTS`) before without.
    - `most_recent`: the latest time at which any record showed it; unknown times last.
    - `most_frequent`: the number of records that agree. Accents and case make no difference to words, and a name has
      the agreement of its shorter forms as well: "Pedro García" speaks for "Pedro García López".
    - `source_priority`: the order of the rule's `sources`.
    - `longest`: the number of bytes in UTF-8, so that "García" says more than "Garcia".
    """

    VERIFIED_FIRST = "verified_first"
    COMPLETE_FIRST = "complete_first"
    MOST_RECENT = "most_recent"
    MOST_FREQUENT = "most_frequent"
    SOURCE_PRIORITY = "source_priority"
    LONGEST = "longest"

    @property
    def sentence(self) -> str:
        """What the strategy prefers, in words that follow "because"."""
        return _SENTENCES[self]


_SENTENCES = {
    Strategy.VERIFIED_FIRST: "it passed more checks",
    Strategy.COMPLETE_FIRST: "it is complete",
    Strategy.MOST_RECENT: "it was seen more recently",
    Strategy.MOST_FREQUENT: "more records agree with it",
    Strategy.SOURCE_PRIORITY: "its source has priority",
    Strategy.LONGEST: "it says more",
}

#: What the column `rule` says where no strategy decided: there was one candidate, a pin, a version, the content, or no
#: candidate at all.
ONLY_VALUE = "only_value"
PINNED = "pinned"
CURRENT_VERSION = "current_version"
CONTENT = "content"
NOT_RANKED = "not_ranked"

#: The rule of attributes that have none of their own.
ANY_ATTRIBUTE = "*"

#: Attributes of which one person may well have several at once, so that one value says nothing against another.
SEVERAL_AT_ONCE = frozenset({"email", "phone", "account_id", "handle", "device_id"})

#: Kinds whose values are words, which agree when they differ by accents and case alone.
IN_WORDS = frozenset({"name", "address", "category", "text"})

#: Parts without which a value of a kind is not complete: of each group at least one.
ESSENTIAL_PARTS: Mapping[str, tuple[tuple[str, ...], ...]] = {
    "name": (("given",), ("family",)),
    "address": (("street",), ("postcode", "city")),
}

#: Votes of one record for a value, in tenths, by status; a superseded version has half a vote.
VOTES: Mapping[str, int] = {"valid": 10, "possible": 6, "invalid": 2}
#: The votes, in tenths, that stand for "none of these": half a record.
DOUBT = 5


#: What a decision is called that pins a value.
PIN = "pin"


class Pin(NamedTuple):
    """A value that somebody has fixed: it speaks for whoever the record is of. `attribute` is as `Value.name` has it.

    >>> Pin("crm", "7", "national_id.dni", "12345678Z").attribute
    'national_id.dni'
    """

    source: str
    record_key: str
    attribute: str
    value: str


@dataclass(frozen=True, slots=True)
class SurvivorshipRule:
    """How the golden value of one attribute is chosen: strategies in order, each deciding what the one before left
    equal.

    `sources` is the order for `source_priority`, most trusted first; sources that are not listed come last.

    Raises `ConfigurationError` when the rule cannot decide anything.

    >>> rule = SurvivorshipRule("phone", (Strategy.SOURCE_PRIORITY, Strategy.MOST_RECENT), sources=("crm", "web"))
    >>> str(rule)
    'phone: source_priority (crm, web), most_recent'
    """

    __pydantic_config__: ClassVar[Any] = {"extra": "forbid"}

    attribute: str
    strategy: tuple[Strategy, ...]
    sources: tuple[str, ...] = ()
    explanation: str = ""

    def __post_init__(self) -> None:
        where = f"survivorship of {self.attribute or '(no attribute)'}"
        problems = []
        if not self.attribute:
            problems.append(Problem(where, "the attribute has no name", f'use "{ANY_ATTRIBUTE}" for all others'))
        if not self.strategy:
            problems.append(Problem(where, "there is no strategy", f"choose among {', '.join(Strategy)}"))
        if len(set(self.strategy)) < len(self.strategy):
            problems.append(Problem(where, "a strategy stands there twice", "the second could never decide"))
        if (Strategy.SOURCE_PRIORITY in self.strategy) != bool(self.sources):
            problems.append(Problem(where, "source_priority and sources need each other", "give both or neither"))
        if problems:
            raise ConfigurationError(problems)

    def __str__(self) -> str:
        order = f" ({', '.join(self.sources)})"
        steps = (each.value + (order if each is Strategy.SOURCE_PRIORITY else "") for each in self.strategy)
        return f"{self.attribute}: {', '.join(steps)}"


_CONTACT = (Strategy.VERIFIED_FIRST, Strategy.MOST_RECENT, Strategy.MOST_FREQUENT)
_FACT = (Strategy.VERIFIED_FIRST, Strategy.MOST_FREQUENT, Strategy.MOST_RECENT)

#: The rules that hold unless the user gives others.
DEFAULTS: tuple[SurvivorshipRule, ...] = (
    SurvivorshipRule(
        "name",
        (Strategy.COMPLETE_FIRST, Strategy.MOST_FREQUENT, Strategy.LONGEST, Strategy.MOST_RECENT),
        explanation="People rarely change names, and channels shorten them: what most agree with, in its fullest form.",
    ),
    SurvivorshipRule("birth_date", _FACT, explanation="It never changes, so a majority corrects a typing error."),
    SurvivorshipRule("sex", _FACT, explanation="It hardly ever changes, so a majority corrects a wrong click."),
    SurvivorshipRule("national_id", _FACT, explanation="The check digit tells typing errors, the majority the rest."),
    SurvivorshipRule("account_id", _FACT, explanation="Issued by a system: the number that most records carry."),
    SurvivorshipRule(
        "address",
        (
            Strategy.COMPLETE_FIRST,
            Strategy.MOST_RECENT,
            Strategy.VERIFIED_FIRST,
            Strategy.MOST_FREQUENT,
            Strategy.LONGEST,
        ),
        explanation="People move: the newest address that a letter could reach; all its parts come from one record.",
    ),
    SurvivorshipRule("email", _CONTACT, explanation="Mailboxes are given up: the newest that can receive anything."),
    SurvivorshipRule("phone", _CONTACT, explanation="Numbers are given up: the newest that can exist."),
    SurvivorshipRule("handle", _CONTACT, explanation="Handles are changed: the newest."),
    SurvivorshipRule("device_id", _CONTACT, explanation="Devices are replaced: the newest."),
    SurvivorshipRule(
        ANY_ATTRIBUTE,
        (Strategy.VERIFIED_FIRST, Strategy.MOST_RECENT, Strategy.MOST_FREQUENT, Strategy.LONGEST),
        explanation="Nothing is known about what it means, so the newest word counts.",
    ),
)


def effective_rules(rules: Sequence[SurvivorshipRule] = ()) -> Mapping[str, SurvivorshipRule]:
    """The rule of each attribute: the given ones, and the defaults for the rest (`"*"` is everything else).

    Raises `ConfigurationError` when an attribute has two rules.

    >>> mine = SurvivorshipRule("sex", (Strategy.MOST_RECENT,))
    >>> effective_rules([mine])["sex"] is mine
    True
    """
    attributes = [rule.attribute for rule in rules]
    twice = sorted({name for name in attributes if attributes.count(name) > 1})
    if twice:
        raise ConfigurationError(
            [Problem(f"survivorship of {name}", "there are two rules", "keep one") for name in twice]
        )
    return {rule.attribute: rule for rule in (*DEFAULTS, *rules)}
