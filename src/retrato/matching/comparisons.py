"""How two records are compared, one feature at a time: an ordered list of levels, the first that holds counts.

The level of exact agreement is split: by how rare the value is (`RARITY`, for values that many people have) or by who
shares it (`CONTACT`, for contact points). So `Zubizarreta` is worth more than `García`, and a switchboard less than a
mobile.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple, Protocol

from retrato.matching.similarity import (
    Both,
    CrossEqual,
    EditsAtMost,
    Equal,
    InitialOf,
    JaroWinklerAtLeast,
    Keys,
    PrefixEqual,
    Primitive,
    RatioAtLeast,
    StandsIn,
    TokensShared,
    texts,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from retrato.identifiers.base import Feature, Scope


class Split(StrEnum):
    """What the level of exact agreement is split by."""

    RARITY = "rarity"
    CONTACT = "contact"


#: Upper ends (records that hold the value) of the rarity bands; the last band has no end.
RARITY_EDGES = (2, 8, 40, 200, 1500, 10_000, 70_000)
RARITY_BANDS = ("held by 2", *(f"held by ≤ {edge}" for edge in RARITY_EDGES[1:]), "held by more")
#: Contact-point classes by how many people seem to share the value, which is how many different given names or birth
#: dates they have; the second is for values with many records and at most one of each.
CONTACT_CLASSES = (
    "one person",
    "one person, many records",
    "two people",
    "3-4 people",
    "5-12 people",
    "13-40 people",
    "41-200 people",
    "more people",
)
#: Upper ends (people) of the classes from the third on; the last has no end.
CONTACT_EDGES = (2, 4, 12, 40, 200)
#: Of one person are many records, if they are more than this.
MANY_RECORDS = 8
BANDS = 8

MISSING = -1


@dataclass(frozen=True, slots=True)
class Level:
    """One level below exact agreement: its name and the test."""

    name: str
    test: Primitive


class Bands(Protocol):
    """The band or class of each value of a feature."""

    def get(self, value: str, default: int, /) -> int:
        """The band of a value, or the default where nothing is known of it."""


class LookedFor(NamedTuple):
    """What is looked for in accounts: the feature, and the key of the texts in which its values may stand.

    A value that is the `other` key of that side says nothing: the account is made of that.
    """

    feature: str
    texts: str
    other: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """The comparison of one feature.

    Levels are numbered: 0 to 7 exact agreement by band or class, then `levels` in order, then everything else; -1 where
    either side is missing, and where the values are not equal and `silent` holds: that says nothing either way.
    """

    feature: str
    key: str
    scope: Scope
    split: Split
    levels: tuple[Level, ...]
    namespaced: bool = False
    silent: tuple[Primitive, ...] = ()
    #: the value of one side is looked for where the other side has none of its own: exact agreement means that it is
    #: found
    looked_for: LookedFor | None = None
    #: how often two people of one household agree as one person does: those who are named after another, twins
    alike_at_home: float = 0.0
    #: only where none of these comparisons is possible
    instead_of: tuple[Comparison, ...] = ()

    @property
    def everywhere(self) -> bool:
        """Whether the comparison is made wherever both sides have a value, so that counts of values tell its chance."""
        return self.looked_for is None and not self.instead_of

    @property
    def keys(self) -> set[str]:
        """The keys of which a record needs one to be compared: the value, or the texts in which it is looked for."""
        return {self.key, self.looked_for.texts} if self.looked_for else {self.key}

    @property
    def tells_again(self) -> tuple[str, ...]:
        """The features that tell the same and tell it better: of a pair, or of several pairs together, one counts."""
        return (*(each.feature for each in self.instead_of), *((self.looked_for.feature,) if self.looked_for else ()))

    @property
    def level_names(self) -> tuple[str, ...]:
        """The name of every level, by number."""
        bands = RARITY_BANDS if self.split is Split.RARITY else CONTACT_CLASSES
        return (*(f"equal, {band}" for band in bands), *(level.name for level in self.levels), "different")

    def level(self, left: Keys, right: Keys, bands: Bands) -> int:
        """The level of two records; `bands` gives the band of each exactly agreeing value."""
        if self.looked_for is not None:
            return self._found(left, right, bands, self.looked_for)
        if not self.is_possible(left, right):
            return MISSING
        mine, yours = left[self.key], right[self.key]
        if isinstance(mine, str) and isinstance(yours, str):  # mostly
            if mine == yours:
                return bands.get(mine, 0)
        elif common := set(texts(mine)) & set(texts(yours)):
            return min(bands.get(value, 0) for value in common)
        if any(each.holds(left, right) for each in self.silent):
            return MISSING
        return self._fuzzy(left, right)

    def is_possible(self, left: Keys, right: Keys) -> bool:
        """Whether there is something to compare, which may still say nothing."""
        if self.looked_for is not None:
            return self._found(left, right, {}, self.looked_for) != MISSING
        mine, yours = left[self.key], right[self.key]
        if not mine or not yours or (self.namespaced and not namespaces(texts(mine)) & namespaces(texts(yours))):
            return False
        return not any(each.is_possible(left, right) for each in self.instead_of)

    def _found(self, left: Keys, right: Keys, bands: Bands, looked_for: LookedFor) -> int:
        """The level where one side has the value and the other only texts that it may stand in."""
        possible = False
        for one, other in ((left, right), (right, left)):
            value, there = one[self.key], other[looked_for.texts]
            own = other[looked_for.other]
            if isinstance(value, str) and there is not None and other[looked_for.feature] is None and value != own:
                possible = True
                if any(value in text for text in texts(there)):
                    return bands.get(value, 0)
        return self._fuzzy(left, right) if possible else MISSING

    def _fuzzy(self, left: Keys, right: Keys) -> int:
        for number, each in enumerate(self.levels, BANDS):
            if each.test.holds(left, right):
                return number
        return BANDS + len(self.levels)


def namespaces(values: Sequence[str]) -> set[str]:
    """The namespaces of values: what stands before the first colon, or nothing.

    >>> sorted(namespaces(("es_dni:12345678z", "a1")))
    ['', 'es_dni']
    """
    return {value.partition(":")[0] if ":" in value else "" for value in values}


def _given_name(key: str) -> tuple[Level, ...]:
    return (
        Level("same name, other form", Equal("given_root")),
        Level("initial, and the name in an account", StandsIn("given_letters", "accounts", initial=key)),
        Level("initial", InitialOf(key)),
        Level("given and family name swapped", CrossEqual(key, "family_name")),
        Level("similar (0.92)", JaroWinklerAtLeast(key, 0.92)),
        Level("similar (0.85)", JaroWinklerAtLeast(key, 0.85)),
        Level("words shared", TokensShared(key)),
        Level("similar (0.7)", JaroWinklerAtLeast(key, 0.7)),
    )


def _family_name(key: str) -> tuple[Level, ...]:
    crossed = "second_family_name" if key == "family_name" else "family_name"
    return (
        Level("given and family name swapped", CrossEqual(key, "given_name")),
        *_initial_of_surname(key),
        Level("similar (0.92)", JaroWinklerAtLeast(key, 0.92)),
        Level("the other surname", CrossEqual(key, crossed)),
        Level("similar (0.85)", JaroWinklerAtLeast(key, 0.85)),
        Level("words shared", TokensShared(key)),
        Level("similar (0.7)", JaroWinklerAtLeast(key, 0.7)),
    )


def _initial_of_surname(key: str) -> tuple[Level, ...]:
    in_account = StandsIn("family_letters", "accounts", initial=key)
    found = () if key == "second_family_name" else (Level("initial, and the name in an account", in_account),)
    return (*found, Level("initial", InitialOf(key)))


def _date(key: str) -> tuple[Level, ...]:
    return (
        Level("one edit", EditsAtMost(key, 1)),
        Level("two edits", EditsAtMost(key, 2)),
        Level("same year", PrefixEqual(key, 4)),
        Level("up to five edits", EditsAtMost(key, 5)),
    )


def _identifier(key: str) -> tuple[Level, ...]:
    return (
        Level("one edit", EditsAtMost(key, 1, 6)),
        Level("two edits", EditsAtMost(key, 2, 6)),
    )


def _phone(key: str) -> tuple[Level, ...]:
    return (
        Level("same national number", Equal("phone_tail")),
        Level("one edit", EditsAtMost(key, 1, 8)),
        Level("two edits", EditsAtMost(key, 2, 8)),
    )


def _email(key: str) -> tuple[Level, ...]:
    return (
        Level("same local part", Equal("email_local")),
        Level("each made of the name", Both("own_user_names")),  # how close they are, the names have told
        Level("one edit", EditsAtMost(key, 1)),
        Level("two edits", EditsAtMost(key, 2)),
        Level("similar (0.92)", JaroWinklerAtLeast(key, 0.92)),
    )


def _address(key: str) -> tuple[Level, ...]:
    return (
        Level("similar (0.95)", JaroWinklerAtLeast(key, 0.95)),
        Level("words shared", TokensShared(key)),
        Level("same street", Equal("street")),
        Level("similar (0.85)", JaroWinklerAtLeast(key, 0.85)),
        Level("similar (0.7)", JaroWinklerAtLeast(key, 0.7)),
    )


def _postcode(key: str) -> tuple[Level, ...]:
    return (
        Level("one edit", EditsAtMost(key, 1, 4)),
        Level("two edits", EditsAtMost(key, 2, 4)),
        Level("same district", PrefixEqual(key, 2)),
        Level("same city", Equal("city")),
    )


def _place(key: str) -> tuple[Level, ...]:
    return (
        Level("similar (0.9)", JaroWinklerAtLeast(key, 0.9)),
        Level("words shared", TokensShared(key)),
        Level("similar (0.7)", JaroWinklerAtLeast(key, 0.7)),
    )


def _city(key: str) -> tuple[Level, ...]:
    return (*_place(key), Level("same region", Equal("region")))


def _category(key: str) -> tuple[Level, ...]:
    return (Level("similar (0.9)", JaroWinklerAtLeast(key, 0.9)),)


def _text(key: str) -> tuple[Level, ...]:
    return _place(key)


def _number(key: str) -> tuple[Level, ...]:
    return (Level("within 1 %", RatioAtLeast(key, 0.99)), Level("within 10 %", RatioAtLeast(key, 0.9)))


def _user_name(key: str) -> tuple[Level, ...]:
    return (
        Level("one edit", EditsAtMost(key, 1, 8)),
        Level("two edits", EditsAtMost(key, 2, 8)),
    )


def _numbered_user_name(key: str) -> tuple[Level, ...]:
    return (Level("one edit", EditsAtMost(key, 1, 8)),)


def _given_name_in_account(key: str) -> tuple[Level, ...]:
    return (
        Level("the name without nickname in it", StandsIn("given_root", "accounts")),
        Level("its first three letters in it", StandsIn(key, "accounts", 3)),
        Level("begins with the initial", StandsIn(key, "accounts", 1, start=True)),
    )


def _family_name_in_account(key: str) -> tuple[Level, ...]:
    return (Level("its first four letters in it", StandsIn(key, "accounts", 4)),)


#: The levels of each comparison that a feature can name.
LEVELS = {
    "user_name": _user_name,
    "numbered_user_name": _numbered_user_name,
    "given_name_in_account": _given_name_in_account,
    "family_name_in_account": _family_name_in_account,
    "given_name": _given_name,
    "family_name": _family_name,
    "suffix": lambda _: (),  # generations have nothing between equal and different
    "date": _date,
    "identifier": _identifier,
    "handle": _identifier,
    "phone": _phone,
    "email": _email,
    "address": _address,
    "postcode": _postcode,
    "city": _city,
    "place": _place,
    "category": _category,
    "text": _text,
    "number": _number,
}


#: Differences that say nothing: namesakes get addresses that differ only in a number (`ana.ruiz7@…`, `ana.ruiz12@…`),
#: so beyond the names these neither speak for one person nor against. Nor do local parts that are the same because they
#: are made of the name.
SILENT: dict[str, tuple[Primitive, ...]] = {
    "email": (Equal("email_letters"), CrossEqual("own_user_names", "account_names")),
    "handle": (Equal("account_names"),),
    "numbered_user_name": (Equal("account_names"),),
}


#: Of two people of one household so many have one given name (a child named after a parent) or one birth date (twins).
ALIKE_AT_HOME = {"given_name": 0.02, "given_name_in_account": 0.02, "date": 0.01}
#: Comparisons of the value of a feature with texts of the other side.
LOOKED_FOR = {
    "given_name_in_account": LookedFor("given_name", "accounts", "family_letters"),
    "family_name_in_account": LookedFor("family_name", "accounts", "given_letters"),
}
#: Features that only count where others say nothing. Where somebody lives counts once, as closely as it is known.
INSTEAD_OF = {
    "city": ("postcode",),
    "region": ("postcode", "city"),
    "user_name": ("email", "handle", "family_name", "family_name_in_account"),
    "numbered_user_name": ("email", "handle"),
}


def comparison_for(feature: Feature) -> Comparison:
    """The default comparison of a feature.

    >>> from retrato.identifiers.sex import Sex
    >>> comparison_for(Sex().features[0]).level_names[-2:]
    ('similar (0.9)', 'different')
    """
    key = feature.keys[0]
    return Comparison(
        feature=feature.name,
        key=key,
        scope=feature.scope,
        split=Split.CONTACT if feature.contact_point else Split.RARITY,
        levels=LEVELS[feature.comparison](key),
        namespaced=feature.namespaced,
        silent=SILENT.get(feature.comparison, ()),
        looked_for=LOOKED_FOR.get(feature.comparison),
        alike_at_home=ALIKE_AT_HOME.get(feature.comparison, 0.0),
    )


def comparisons_for(features: Sequence[Feature]) -> tuple[Comparison, ...]:
    """The default comparisons of the features that the data have."""
    found = tuple(comparison_for(feature) for feature in features)
    own = {each.feature: each for each in found}
    return tuple(
        replace(each, instead_of=tuple(own[name] for name in INSTEAD_OF.get(feature.name, ()) if name in own))
        for feature, each in zip(features, found, strict=True)
    )
