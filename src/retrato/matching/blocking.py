"""Which pairs are worth comparing: those that agree on the keys of at least one blocking rule.

A block that is too large is *refined*: its records are blocked again with one more key, and once more if need be. What
is still too large then is left out and reported, never dropped in silence.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from retrato.identifiers.base import Feature, Scope
from retrato.matching.accounts import MADE_OF

_KEY = re.compile(r"(?P<name>[a-z][a-z0-9_]*)(?:\[:(?P<length>[1-9][0-9]?)\])?")


@dataclass(frozen=True, slots=True)
class BlockingKey:
    """A matching key, or its first `length` characters.

    >>> BlockingKey.parse("family_name[:3]")
    BlockingKey(name='family_name', length=3)
    """

    name: str
    length: int | None = None

    @classmethod
    def parse(cls, text: str) -> BlockingKey:
        """Read `name` or `name[:n]`. Raises ValueError on anything else."""
        found = _KEY.fullmatch(text)
        if not found:
            raise ValueError(f"a blocking key is name or name[:n], not {text!r}")
        length = found["length"]
        return cls(found["name"], int(length) if length else None)


@dataclass(frozen=True, slots=True)
class BlockingRule:
    """Compare the records that agree on all `keys`; blocks that are too large are refined with `refine`, in order.

    >>> str(BlockingRule(("family_name[:3]", "birth_date")))
    'family_name[:3] + birth_date'
    """

    keys: tuple[str, ...]
    refine: tuple[str, ...] = ()

    def __str__(self) -> str:
        return " + ".join(self.keys) or "all records"

    def parsed(self, depth: int = 0) -> tuple[BlockingKey, ...]:
        """The keys after `depth` refinements."""
        return tuple(BlockingKey.parse(text) for text in (*self.keys, *self.refine[:depth]))

    def masks(self, features: Sequence[Feature], depth: int = 0) -> frozenset[str]:
        """The features that the rule conditions on: agreeing on them is no evidence under this rule."""
        names = {key.name for key in self.parsed(depth)}
        names |= {key for name in names for key in MADE_OF.get(name, ())}
        return frozenset(feature.name for feature in features if names & set(feature.keys))


#: Refinements, best first: keys that split a block of strangers and keep a person together.
REFINEMENTS = ("given_root", "family_name", "birth_date", "postcode", "city", "email_local")

#: Default rules: kept where the data have all the keys. `*` stands for each plain text or category attribute.
DEFAULT_RULES: tuple[tuple[str, ...], ...] = (
    ("national_id",),
    ("account_id",),
    ("email",),
    ("phone_tail",),
    ("handle",),
    ("device_id",),
    ("email_local",),
    ("address",),
    ("given_name", "family_name"),
    ("name_starts",),
    ("account_forms",),
    ("given_root", "second_family_name"),
    ("family_name", "birth_date"),
    ("given_root", "birth_date"),
    ("birth_date", "postcode"),
    ("birth_date", "city"),
    ("birth_date", "*"),
    ("birth_date",),
    ("given_root", "postcode"),
    ("family_name", "postcode"),
    ("street[:4]", "postcode"),
    ("postcode", "*"),
    ("family_name[:4]", "city"),
    ("family_name[:4]", "*"),
    ("family_name[:3]", "postcode[:4]"),
    ("family_name[:3]", "given_name[:3]", "birth_date[:4]"),
    ("given_name[:3]", "birth_date[:7]"),
    ("family_sound", "given_initial"),
    ("family_name",),
    ("given_name",),
)

#: So few records are all compared with one another.
MOST_FOR_ALL = 1_000
ALL = BlockingRule(())

#: Plain attributes that default rules use at most, in the order of their names.
MOST_ATTRIBUTES = 2
_ATTRIBUTE_COMPARISONS = ("text", "category")


def default_rules(
    features: Sequence[Feature], attributes: Iterable[str], own: Iterable[str] = ()
) -> tuple[BlockingRule, ...]:
    """The default blocking rules for the features that the data have; `attributes` are the names of the plain ones.

    `own` are the names of features of types that are not of this package: those that tell a person, or a contact point,
    have a rule each.
    """
    keys = {key for feature in features for key in feature.keys}
    keys |= {name for name, of in MADE_OF.items() if of & keys}
    named = set(attributes)
    wild = sorted(
        feature.keys[0]
        for feature in features
        if feature.name in named and feature.comparison in _ATTRIBUTE_COMPARISONS
    )[:MOST_ATTRIBUTES]
    mine = set(own)
    telling = [each for each in features if each.name in mine and (each.scope is Scope.PERSON or each.contact_point)]
    rules: list[BlockingRule] = []
    for names in (*((each.keys[0],) for each in telling), *DEFAULT_RULES):
        for attribute in wild if "*" in names else [""]:
            chosen = tuple(attribute if name == "*" else name for name in names)
            if all(BlockingKey.parse(name).name in keys for name in chosen):
                rules.append(BlockingRule(chosen, _refinements(chosen, features, keys)))
    return tuple(rules)


def _refinements(chosen: Sequence[str], features: Sequence[Feature], keys: set[str]) -> tuple[str, ...]:
    used = BlockingRule(tuple(chosen)).masks(features)
    free = [
        name
        for name in REFINEMENTS
        if name in keys and not any(name in feature.keys for feature in features if feature.name in used)
    ]
    return tuple(free[:2])
