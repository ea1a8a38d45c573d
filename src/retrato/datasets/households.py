"""Who lives with whom: singles, couples, families with children, single parents, people who share a flat.

Shares of household types and of the number of children are those of Spain in round figures: INE, Encuesta Continua de
Hogares 2020 (of 18.8 million households 26.1 % one person, 20.9 % couples without and 33.1 % with children, 10.4 % one
parent; of the couples with children 47 % have one, 44 % two, 9 % more). What is left there, families with others and
people who are no family, is people who share a flat here. Nobody is in two households.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from retrato.datasets.formats import Flags, Ints, weighted
from retrato.datasets.places import COUNTRIES

SINGLE, COUPLE, FAMILY, ONE_PARENT, SHARED_FLAT = range(5)
#: Share of households by type, in the order above.
TYPES = (0.26, 0.21, 0.33, 0.10, 0.10)
HEAD, PARTNER, CHILD, FLATMATE = range(4)
CHILDREN = (0.47, 0.44, 0.09)  # one, two, three
#: Of the second children those with the birth day of the first: with the children above about 11 twin births in 1,000,
#: as many as in the world of 2010 to 2015 (12.0; Monden, Pison, Smits: Twin Peaks, Human Reproduction 36, 2021).
TWINS = 0.03
SAME_SEX = 0.02  # of the couples

#: Population by band of five years from 20 (the head of a household), approximately Spain's pyramid of 2020.
AGE_BANDS = (4.5, 6.0, 7.0, 8.0, 9.5, 10.5, 10.0, 9.0, 8.0, 7.0, 6.0, 4.5, 3.5, 2.0)
#: The day on which the exports were made.
TODAY = np.datetime64("2025-06-30", "D")
YEAR = 365.2425


@dataclass(frozen=True)
class Structure:
    """The people before they have names, one row a person.

    `birth` is in days from 1970; `father`, `mother`, `partner` and `twin` are positions, -1 for none or unknown.
    """

    household: Ints
    role: Ints
    sex: Ints  # 0 woman, 1 man
    birth: Ints
    country: Ints
    father: Ints
    mother: Ints
    partner: Ints
    eldest: Flags  # the first child of the household
    twin: Ints  # the position of the twin, -1

    @property
    def age(self) -> Ints:
        """Full years on the day of the exports."""
        return ((int(TODAY.astype(np.int64)) - self.birth) / YEAR).astype(np.int64)


def draw_structure(rng: np.random.Generator, households: int) -> Structure:
    """Draw the people of so many households, in the order of the households.

    >>> people = draw_structure(np.random.default_rng(1), 1000)
    >>> len(people.household) > 2000 and int(people.household.max()) == 999
    True
    """
    kind = weighted(rng, TYPES, households)
    country = weighted(rng, [each.share for each in COUNTRIES], households)
    partnered = (kind == COUPLE) | (kind == FAMILY)
    children = np.where((kind == FAMILY) | (kind == ONE_PARENT), 1 + weighted(rng, CHILDREN, households), 0)
    mates = np.where(kind == SHARED_FLAT, 1 + weighted(rng, (0.5, 0.35, 0.15), households), 0)
    size = 1 + partnered + children + mates

    household = np.repeat(np.arange(households), size)
    first = np.cumsum(size) - size
    place = np.arange(len(household)) - first[household]
    role = np.select(
        [place == 0, partnered[household] & (place == 1), mates[household] > 0], [HEAD, PARTNER, FLATMATE], CHILD
    )
    sex = _sexes(rng, household, role, first)
    birth, twin = _births(rng, kind, household, role, first)
    father, mother = _parents(household, role, sex, first, partnered)
    child_place = place - 1 - partnered[household]
    head = first[household]
    couple = partnered[household]
    partner = np.where(couple & (role == HEAD), head + 1, np.where(role == PARTNER, head, -1))
    eldest = (role == CHILD) & (child_place == 0)
    return Structure(household, role, sex, birth, country[household], father, mother, partner, eldest, twin)


def _sexes(rng: np.random.Generator, household: Ints, role: Ints, first: Ints) -> Ints:
    sex = rng.integers(0, 2, len(role))
    same = rng.random(len(role)) < SAME_SEX
    of_head = sex[first[household]]
    return np.where(role == PARTNER, np.where(same, of_head, 1 - of_head), sex)


def _births(rng: np.random.Generator, kind: Ints, household: Ints, role: Ints, first: Ints) -> tuple[Ints, Ints]:
    count = len(role)
    today = int(TODAY.astype(np.int64))
    age = 20 + 5 * weighted(rng, AGE_BANDS, count) + 5 * rng.random(count)
    of_household = kind[household]
    raises = (of_household == FAMILY) | (of_household == ONE_PARENT)
    age = np.where(raises & (role == HEAD), 27 + 36 * rng.beta(2.0, 1.8, count), age)
    age = np.where(of_household == SHARED_FLAT, 19 + 21 * rng.beta(1.3, 2.0, count), age)
    of_head = age[first[household]]
    age = np.where(role == PARTNER, np.maximum(of_head + rng.normal(0, 3.5, count), 19), age)
    age = np.where(role == CHILD, np.maximum(of_head - rng.uniform(21, 38, count), 0.02), age)
    birth = today - (age * YEAR).astype(np.int64)
    second = np.flatnonzero((role[1:] == CHILD) & (role[:-1] == CHILD) & (household[1:] == household[:-1])) + 1
    second = second[(second < 2) | (role[second - 2] != CHILD)]  # only the first two children of a household
    second = second[rng.random(len(second)) < TWINS]
    birth[second] = birth[second - 1]
    twin = np.full(count, -1, np.int64)
    twin[second], twin[second - 1] = second - 1, second
    return birth, twin


def _parents(household: Ints, role: Ints, sex: Ints, first: Ints, partnered: Flags) -> tuple[Ints, Ints]:
    head = first[household]
    other = np.where(partnered[household], head + 1, -1)
    head_is_man = sex[head] == 1
    child = role == CHILD
    father = np.where(child, np.where(head_is_man, head, other), -1)
    mother = np.where(child, np.where(head_is_man, other, head), -1)
    return father, mother
