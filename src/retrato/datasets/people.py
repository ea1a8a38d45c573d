"""The people: names as they run in families.

Spanish-speaking people have two surnames, the father's first and the mother's first (in Argentina most use one alone);
wives keep theirs, and the older ones in Latin America may be called by the husband's behind it. English-speaking
families have one, which most wives take. Sons named after the father are common.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from retrato.datasets.formats import Flags, Strings, blank
from retrato.datasets.names import draw_given, draw_surname
from retrato.datasets.places import CODES, COUNTRIES, ENGLISH

if TYPE_CHECKING:
    from retrato.datasets.households import Structure

#: Share with a second given name, by country: in Latin America two are the rule, in Spain the compounds of the list
#: suffice.
SECOND_GIVEN = {"ES": 0.10, "MX": 0.55, "AR": 0.60, "CL": 0.65, "CO": 0.55, "GB": 0.25, "US": 0.35}
#: First children named after the parent of their sex. No register counts them; a custom of Spanish-speaking families
#: above all, and the reason for the suffix Jr. in American ones.
NAMED_AFTER_FATHER = {"es": 0.14, "en": 0.07}
NAMED_AFTER_MOTHER = {"es": 0.06, "en": 0.01}
ONE_SURNAME_AR = 0.7
#: Share of wives who take the husband's surname, in English-speaking families: 79 % in the United States (Pew Research
#: Center, survey of April 2023); taken for Britain as well.
WIFE_TAKES_NAME = 0.79
#: Where wives born before 1970 may be called by the husband's surname after their own: López de García.
DE_MARIDO = ("MX", "AR", "CO")
_BEFORE_1970 = 0  # days from 1970


@dataclass(frozen=True)
class People:
    """Everybody's name, one row a person. Empty text where there is none."""

    structure: Structure
    given: Strings  # first given name, may be a compound: María José
    second_given: Strings
    surname: Strings
    second_surname: Strings
    maiden: Strings
    married: Strings  # `de` and the husband's surname, of those who may be called so
    suffix: Strings

    @property
    def english(self) -> Flags:
        """Who belongs to an English-speaking country."""
        return np.asarray(ENGLISH[self.structure.country], dtype=bool)

    def __len__(self) -> int:
        return len(self.given)


def name_people(rng: np.random.Generator, structure: Structure) -> People:
    """Give everyone a name.

    >>> from retrato.datasets.households import draw_structure
    >>> rng = np.random.default_rng(1)
    >>> people = name_people(rng, draw_structure(rng, 50))
    >>> all(people.given) and all(people.surname)
    True
    """
    count = len(structure.sex)
    english = ENGLISH[structure.country].astype(bool)
    given, second = _given_names(rng, structure, english)
    surname, other = blank(count), blank(count)
    for language, mask in (("es", ~english), ("en", english)):
        here = np.flatnonzero(mask)
        surname[here] = draw_surname(rng, language, len(here))
        other[here] = draw_surname(rng, language, len(here)) if language == "es" else ""

    maiden = blank(count)
    wives = english & (structure.sex == 0) & (structure.partner >= 0)
    wives &= structure.sex[structure.partner] == 1
    wives = np.flatnonzero(wives & (rng.random(count) < WIFE_TAKES_NAME))
    maiden[wives] = surname[wives]
    surname[wives] = surname[structure.partner[wives]]

    child = np.flatnonzero((structure.father >= 0) | (structure.mother >= 0))
    father, mother = structure.father[child], structure.mother[child]
    surname[child] = surname[np.where(father >= 0, father, mother)]
    known = ~english[child] & (mother >= 0) & (father >= 0)
    other[child[known]] = surname[mother[known]]

    single = (structure.country == CODES.index("AR")) & (rng.random(count) < ONE_SURNAME_AR)
    other[single] = ""
    suffix = _name_after_parents(rng, structure, english, given, second)
    married = _by_husband(structure, surname)
    return People(structure, given, second, surname, other, maiden, married, suffix)


def _by_husband(structure: Structure, surname: Strings) -> Strings:
    """`de` and the husband's surname, for the wives who may be called so."""
    married = blank(len(surname))
    there = np.isin(structure.country, [CODES.index(code) for code in DE_MARIDO])
    wives = there & (structure.sex == 0) & (structure.birth < _BEFORE_1970) & (structure.partner >= 0)
    wives = np.flatnonzero(wives & (structure.sex[structure.partner] == 1))
    married[wives] = "de " + surname[structure.partner[wives]]
    return married


def _given_names(rng: np.random.Generator, structure: Structure, english: Flags) -> tuple[Strings, Strings]:
    count = len(structure.sex)
    given, extra = blank(count), blank(count)
    years = 1970 + (structure.birth / 365.2425).astype(np.int64)
    for language, mask in (("es", ~english), ("en", english)):
        for sex in (0, 1):
            here = np.flatnonzero(mask & (structure.sex == sex))
            given[here] = draw_given(rng, language, sex, years[here])
            extra[here] = draw_given(rng, language, sex, years[here])
    share = np.array([SECOND_GIVEN[each.code] for each in COUNTRIES])[structure.country]
    compound = np.array([" " in name for name in given], dtype=bool)
    twofold = np.array([" " in name for name in extra], dtype=bool)
    has = (rng.random(count) < share) & ~compound & ~twofold & (given != extra)
    return given, np.where(has, extra, "")


def _name_after_parents(
    rng: np.random.Generator, structure: Structure, english: Flags, given: Strings, second: Strings
) -> Strings:
    """Rename first children after a parent of the same sex, in place; return the suffixes that some bear then (Jr.)."""
    suffix = blank(len(given))
    chance = rng.random(len(given))
    for sex, parent, shares in ((1, structure.father, NAMED_AFTER_FATHER), (0, structure.mother, NAMED_AFTER_MOTHER)):
        share = np.where(english, shares["en"], shares["es"])
        named = np.flatnonzero(structure.eldest & (structure.sex == sex) & (parent >= 0) & (chance < share))
        given[named], second[named] = given[parent[named]], second[parent[named]]
        if sex == 1:
            junior = named[structure.country[named] == CODES.index("US")]
            suffix[junior] = "Jr."
    return suffix
