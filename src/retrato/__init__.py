"""retrato: one portrait per customer from scattered channel exports.

The names below are the public API; each is imported when it is first used, so that `import retrato` stays light.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from retrato.engines.duckdb import DuckDBEngine
    from retrato.errors import ConfigurationError, RetratoError, StoreError, UnknownRecordError
    from retrato.evaluation import evaluate
    from retrato.graph.limits import Limit
    from retrato.identifiers.term import Word
    from retrato.identifiers.value_sets import ValueSet
    from retrato.live import IdentityStore
    from retrato.matching.model import FellegiSunter
    from retrato.pipeline.inspect import inspect
    from retrato.profiles.audience import AudiencePolicy
    from retrato.profiles.consent import Reach
    from retrato.profiles.interaction_rules import InteractionRules
    from retrato.profiles.profile import Profile
    from retrato.profiles.survivorship import SurvivorshipRule
    from retrato.records import Query, Record, Source
    from retrato.resolution import Resolution, resolve
    from retrato.resolution.progress import progress_bar
    from retrato.ruleset import Ruleset

__version__ = "0.1.0"

_HOMES = {
    "AudiencePolicy": "retrato.profiles.audience",
    "ConfigurationError": "retrato.errors",
    "DuckDBEngine": "retrato.engines.duckdb",
    "FellegiSunter": "retrato.matching.model",
    "IdentityStore": "retrato.live",
    "InteractionRules": "retrato.profiles.interaction_rules",
    "Limit": "retrato.graph.limits",
    "Profile": "retrato.profiles.profile",
    "Query": "retrato.records",
    "Reach": "retrato.profiles.consent",
    "Record": "retrato.records",
    "Resolution": "retrato.resolution",
    "RetratoError": "retrato.errors",
    "Ruleset": "retrato.ruleset",
    "Source": "retrato.records",
    "StoreError": "retrato.errors",
    "SurvivorshipRule": "retrato.profiles.survivorship",
    "UnknownRecordError": "retrato.errors",
    "ValueSet": "retrato.identifiers.value_sets",
    "Word": "retrato.identifiers.term",
    "evaluate": "retrato.evaluation",
    "inspect": "retrato.pipeline.inspect",
    "progress_bar": "retrato.resolution.progress",
    "resolve": "retrato.resolution",
}

__all__ = [
    "AudiencePolicy",
    "ConfigurationError",
    "DuckDBEngine",
    "FellegiSunter",
    "IdentityStore",
    "InteractionRules",
    "Limit",
    "Profile",
    "Query",
    "Reach",
    "Record",
    "Resolution",
    "RetratoError",
    "Ruleset",
    "Source",
    "StoreError",
    "SurvivorshipRule",
    "UnknownRecordError",
    "ValueSet",
    "Word",
    "evaluate",
    "inspect",
    "progress_bar",
    "resolve",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(_HOMES[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
