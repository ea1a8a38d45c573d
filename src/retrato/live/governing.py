"""What a store is governed by: the rules, the model, what is compared, and how sources are read."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field, replace
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING

from retrato.errors import StoreError
from retrato.identifiers.base import Feature
from retrato.matching.accounts import ACCOUNT_FEATURES, MADE_OF
from retrato.matching.comparisons import Comparison, comparisons_for
from retrato.matching.model import FellegiSunter
from retrato.matching.rules import MatchRule
from retrato.pipeline.readings import Reading
from retrato.ruleset import Mode, Ruleset

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from retrato.identifiers.base import IdentifierType
    from retrato.resolution.resolution import Resolution


@dataclass(frozen=True)
class Governing:
    """Rules, model, features by kind, deterministic rules, and the readings of the sources by name.

    The ruleset names its blocking rules: which ones there are must not depend on what the store holds today.
    """

    ruleset: Ruleset
    model: FellegiSunter | None
    kinds: Mapping[str, tuple[Feature, ...]]
    match_rules: tuple[MatchRule, ...]
    readings: Mapping[str, Reading] = field(default_factory=lambda: MappingProxyType({}))

    @classmethod
    def of(cls, resolution: Resolution) -> Governing:
        """What a result of the batch was governed by. Raises StoreError for a result that does not say it."""
        report = resolution.report
        if "readings" not in report:
            raise StoreError("the result was made by an older version: resolve again, then load it")
        kinds = {name: tuple(map(Feature.from_dict, each)) for name, each in report["kinds"].items()}
        readings = (Reading.from_dict(each) for each in report["readings"])
        ruleset = resolution.ruleset
        if not ruleset.blocking:
            # without that of all records, which only a small batch can afford
            features = [feature for each in kinds.values() for feature in each]
            ruleset = replace(ruleset, blocking=ruleset.default_blocking(features, report["attributes"]))
        by_source = {each.source: each for each in readings}
        return cls(ruleset, resolution.model, kinds, resolution.match_rules, by_source)

    @cached_property
    def features(self) -> tuple[Feature, ...]:
        """What is compared, in a fixed order."""
        return tuple(feature for features in self.kinds.values() for feature in features)

    @cached_property
    def comparisons(self) -> tuple[Comparison, ...]:
        """How it is compared."""
        return comparisons_for(self.features)

    @cached_property
    def lists(self) -> frozenset[str]:
        """The matching keys of which a record can have several values."""
        return frozenset(key for feature in self._every() if feature.multivalued for key in feature.keys)

    @cached_property
    def keys(self) -> frozenset[str]:
        """All matching keys: those that are compared, those that serve other comparisons, and those for blocking."""
        return frozenset(key for feature in self._every() for key in feature.keys) | MADE_OF.keys()

    def _every(self) -> Iterator[Feature]:
        """What is compared, and what would be if records had it."""
        yield from self.features
        yield from ACCOUNT_FEATURES
        yield from (feature for each in self.types for feature in each.features)

    @property
    def types(self) -> tuple[IdentifierType, ...]:
        """All identifier types."""
        return self.ruleset.types

    @property
    def across_sources(self) -> bool:
        """Whether only records of different sources are compared."""
        return self.ruleset.mode is not Mode.DEDUPE

    def to_text(self) -> str:
        """As JSON, which `from_text` reads."""
        return json.dumps(
            {
                "ruleset": self.ruleset.to_toml(),
                "model": None if self.model is None else self.model.to_dict(),
                "kinds": {name: [asdict(each) for each in features] for name, features in self.kinds.items()},
                "match_rules": [asdict(each) for each in self.match_rules],
                "readings": [each.to_dict() for each in self.readings.values()],
            }
        )

    @classmethod
    def from_text(cls, text: str) -> Governing:
        """Read what `to_text` gives."""
        import tomllib

        data = json.loads(text)
        readings = (Reading.from_dict(each) for each in data["readings"])
        return cls(
            Ruleset.from_dict(tomllib.loads(data["ruleset"])),
            None if data["model"] is None else FellegiSunter.from_dict(data["model"]),
            {name: tuple(map(Feature.from_dict, each)) for name, each in data["kinds"].items()},
            tuple(map(MatchRule.from_dict, data["match_rules"])),
            {each.source: each for each in readings},
        )
