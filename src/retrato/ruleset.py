"""Everything that a user can decide about a run, in one frozen value that is loadable from and savable to TOML."""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from retrato.errors import ConfigurationError, Problem
from retrato.graph.limits import Limit
from retrato.identifiers.attribute import Attribute
from retrato.identifiers.registry import TYPES
from retrato.identifiers.value_sets import ValueSet
from retrato.matching.blocking import BlockingKey, BlockingRule, default_rules
from retrato.matching.rules import DEFAULT_RULES, MatchRule
from retrato.own_types import own_types, reference
from retrato.profiles.interaction_rules import InteractionRules
from retrato.profiles.survivorship import SurvivorshipRule

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from retrato.identifiers.base import Feature, IdentifierType


class Mode(StrEnum):
    """Where the same person may be found twice."""

    DEDUPE = "dedupe"  # anywhere
    LINK = "link"  # only across sources
    ONE_TO_ONE = "one_to_one"  # across sources, and once in each


#: The probability that two records must reach for each wish.
WISHES = {"recall": 0.2, "balanced": 0.5, "high": 0.95}


@dataclass(frozen=True, slots=True)
class Ruleset:
    """The rules of a run. Every default is meant to be right for data that nobody has looked at.

    `blocking` empty: chosen from the fields that the data have. `precision` is a wish (`"recall"`, `"balanced"`,
    `"high"`) or the probability that a link must have. `review_from` is the probability from which a pair that was not
    linked is shown to a reviewer. `max_block` is the most records that a block may hold before it is refined.
    `never_compared_bits` is what a pair inside a cluster counts that no blocking rule brought together.
    `limits` say how many different values of a kind one person can have. Values that are `blocked` are read as
    placeholders; those that `never_links` names stay what they are, but bring no two records together.
    `interactions` says what events are called, and what becomes of anonymous ones.
    `identifier_types` are types beside those of the package: `IdentifierType` objects or classes, or texts
    `"package.module:Name"`; they are objects when the ruleset is made.

    >>> Ruleset(precision="high").threshold
    0.95
    """

    __pydantic_config__: ClassVar[Any] = {"extra": "forbid"}

    mode: Mode = Mode.DEDUPE
    precision: str | float = "balanced"
    review_from: float = 0.05
    blocking: tuple[BlockingRule, ...] = ()
    max_block: int = 50
    match_rules: tuple[MatchRule, ...] = DEFAULT_RULES
    survivorship: tuple[SurvivorshipRule, ...] = ()
    never_compared_bits: float = -1.0
    limits: tuple[Limit, ...] = ()
    blocked: tuple[ValueSet, ...] = ()
    never_links: tuple[ValueSet, ...] = ()
    interactions: InteractionRules = field(default_factory=InteractionRules)
    seed: int = 0
    identifier_types: tuple[Any, ...] = ()

    def __post_init__(self) -> None:
        problems = list(self._problems())
        try:
            object.__setattr__(self, "identifier_types", own_types(self.identifier_types))
        except ConfigurationError as error:
            problems.extend(error.problems)
        else:
            problems.extend(self._unknown_kinds())
        if problems:
            raise ConfigurationError(problems)

    def _problems(self) -> list[Problem]:
        problems = []
        if isinstance(self.precision, str) and self.precision not in WISHES:
            problems.append(
                Problem("precision", f"no wish {self.precision!r}", f"use one of {', '.join(WISHES)} or a probability")
            )
        elif not isinstance(self.precision, str) and not 0 < self.precision < 1:
            problems.append(Problem("precision", "a probability lies between 0 and 1"))
        if not 0 < self.review_from < 1:
            problems.append(Problem("review_from", "a probability lies between 0 and 1"))
        if self.max_block < 2:
            problems.append(Problem("max_block", "a block holds at least 2 records"))
        for number, rule in enumerate(self.blocking):
            for key in (*rule.keys, *rule.refine):
                try:
                    BlockingKey.parse(key)
                except ValueError as error:
                    problems.append(Problem(f"blocking {number}", str(error)))
        problems += (Problem(where, what) for where, each in self._about_values() for what in each.problems())
        problems += (Problem(f"interactions.{where}", what) for where, what in self.interactions.problems())
        return problems

    def _about_values(self) -> Iterator[tuple[str, Limit | ValueSet]]:
        """What is said of single kinds, each with its place."""
        for name in ("limits", "blocked", "never_links"):
            for number, each in enumerate(getattr(self, name)):
                yield f"{name} {number}", each

    def _unknown_kinds(self) -> Iterator[Problem]:
        plain = {each.kind for each in TYPES if isinstance(each, Attribute)}
        kinds = {each.kind for each in self.types}
        for where, each in self._about_values():
            kind, _, name = each.kind.partition(".")
            if kind not in kinds:
                close = difflib.get_close_matches(kind, kinds, n=1)
                hint = f'did you mean "{close[0]}"?' if close else f"the kinds are {', '.join(sorted(kinds))}"
                yield Problem(where, f'no kind of identifier "{kind}"', hint)
            elif kind in plain and not name:
                yield Problem(where, f'which "{kind}"?', f"name the attribute: {kind}.NAME")

    @property
    def own_types(self) -> tuple[IdentifierType, ...]:
        """The identifier types that the user adds, ready to use."""
        return self.identifier_types

    def default_blocking(self, features: Sequence[Feature], attributes: Iterable[str]) -> tuple[BlockingRule, ...]:
        """The blocking rules where the ruleset names none, for the features and plain attributes that the data have."""
        own = [feature.name for each in self.own_types for feature in each.features]
        return default_rules(features, attributes, own)

    @property
    def types(self) -> tuple[IdentifierType, ...]:
        """All identifier types of the run; those that the user adds come first, so that their headers win."""
        return (*self.own_types, *TYPES)

    @property
    def threshold(self) -> float:
        """The probability that a link must have."""
        return WISHES[self.precision] if isinstance(self.precision, str) else self.precision

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Ruleset:
        """Read plain data. Raises ConfigurationError with every problem and its place."""
        import pydantic

        try:
            return pydantic.TypeAdapter(cls).validate_python(dict(data))
        except pydantic.ValidationError as error:
            found = error.errors(include_input=False, include_url=False)
        problems = [problem for each in found for problem in _problems_of(each)]
        wrong = {str(each["loc"][0]) for each in found if each["loc"]}
        if wrong:  # the values themselves are only checked when all of them have the right types
            try:
                cls.from_dict({name: value for name, value in data.items() if name not in wrong})
            except ConfigurationError as error:
                problems.extend(error.problems)
        raise ConfigurationError(problems)

    @classmethod
    def load(cls, path: str | Path) -> Ruleset:
        """Read a TOML file. Raises ConfigurationError with every problem."""
        try:
            data = tomllib.loads(Path(path).read_text("utf-8"))
        except OSError as error:
            raise ConfigurationError([Problem(str(path), f"cannot be read ({error.strerror})")]) from error
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise ConfigurationError([Problem(str(path), f"is no TOML: {error}")]) from error
        data.pop("source", None)
        return cls.from_dict(data)

    def to_dict(self) -> dict[str, Any]:
        """Plain data: what `from_dict` reads."""
        data: dict[str, Any] = asdict(replace(self, identifier_types=()))
        data["identifier_types"] = tuple(reference(each) for each in self.own_types)
        return data

    def to_toml(self) -> str:
        """The ruleset as TOML text: what `load` reads."""
        import tomli_w

        return tomli_w.dumps(_plain(self.to_dict()))

    def save(self, path: str | Path) -> None:
        """Write the ruleset as TOML."""
        Path(path).write_text(self.to_toml(), "utf-8")


def _problems_of(error: Mapping[str, Any]) -> list[Problem]:
    """What pydantic says, and what our own checks said before pydantic wrapped it."""
    own = error.get("ctx", {}).get("error")
    if isinstance(own, ConfigurationError):
        return list(own.problems)
    where = ".".join(str(part) for part in error["loc"]) or "ruleset"
    return [Problem(where, str(own) if isinstance(own, ValueError) else error["msg"])]


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _plain(each) for key, each in value.items() if each is not None}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    return value.value if isinstance(value, StrEnum) else value
