"""The population: people in households with everything that can be known of them, and how it changes over the years.

Over the six and a half years that the exports span, one in six people changes the mobile number and one household in
eight moves. A third of the numbers given up is handed to a stranger at least four months later. In the United States
more than 35 million numbers a year are given up and go to somebody else after 45 to 90 days (FCC, Second Report and
Order 18-177, 2018); a company sees both owners only if both are its customers, so the share here is that of a company
that serves most of its market.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from retrato.datasets.contacts import Contacts, draw_contacts
from retrato.datasets.documents import draw_documents
from retrato.datasets.formats import DAY, Flags, Ints, Strings, seconds_of
from retrato.datasets.households import TODAY, draw_structure
from retrato.datasets.people import People, name_people
from retrato.datasets.phones import draw_phones
from retrato.datasets.places import Homes, city_column, draw_homes

#: The exports hold records from START to END, seconds from 1970.
START = seconds_of("2019-01-01")
END = int(TODAY.astype(np.int64)) * DAY
CHANGED_MOBILE = 0.17
RECYCLED = 0.35  # of the numbers given up
MOVED = 0.13  # of the households
LANDLINE_YOUNG, LANDLINE_OLD = 0.18, 0.7  # by age of the head, under and over 50
PEOPLE_PER_HOUSEHOLD = 2.4


@dataclass(frozen=True)
class Population:
    """Everybody, one row a person; `homes`, `old_homes`, `moved` and `landline` one row a household."""

    people: People
    contacts: Contacts
    homes: Homes
    old_homes: Homes
    moved: Ints  # second of the move; before START for who never moved
    landline: Ints  # 0 for none
    mobile: Ints
    old_mobile: Ints
    changed: Ints  # second in which `mobile` took over from `old_mobile`; before START for who never changed
    recycled: Flags  # whose `mobile` was somebody else's `old_mobile`
    document_type: Strings
    document: Strings


def draw_population(rng: np.random.Generator, people: int) -> Population:
    """Draw about so many people.

    >>> population = draw_population(np.random.default_rng(1), 500)
    >>> 400 < len(population.people) < 600
    True
    """
    structure = draw_structure(rng, max(round(people / PEOPLE_PER_HOUSEHOLD), 1))
    named = name_people(rng, structure)
    first = np.flatnonzero(np.r_[True, structure.household[1:] != structure.household[:-1]])
    homes = draw_homes(rng, structure.country[first])
    old_homes = draw_homes(rng, structure.country[first])
    households = len(first)
    moved = np.where(rng.random(households) < MOVED, rng.integers(START, END, households), START - DAY)

    head_is_old = structure.age[first] >= 50
    has_landline = rng.random(households) < np.where(head_is_old, LANDLINE_OLD, LANDLINE_YOUNG)
    areas = city_column(homes, "area_code")
    landline = np.where(has_landline, draw_phones(rng, structure.country[first], areas, mobile=False), 0)
    mobiles = _mobiles(rng, structure.country, areas[structure.household])
    kind, number = draw_documents(rng, named, homes)
    contacts = draw_contacts(rng, named, homes)
    return Population(named, contacts, homes, old_homes, moved, landline, *mobiles, kind, number)


def _mobiles(rng: np.random.Generator, country: Ints, area: Strings) -> tuple[Ints, Ints, Ints, Flags]:
    """Everybody's mobile, the one before, when it changed, and whether it was somebody else's."""
    count = len(country)
    both = draw_phones(rng, np.concatenate([country, country]), np.concatenate([area, area]), mobile=True)
    mobile, spare = both[:count], both[count:]
    changes = rng.random(count) < CHANGED_MOBILE
    changed = np.where(changes, rng.integers(START + 180 * DAY, END - 180 * DAY, count), START - DAY)
    old_mobile = np.where(changes, spare, mobile)
    recycled = np.zeros(count, dtype=bool)
    for i in np.unique(country).tolist():
        here = np.flatnonzero(changes & (country == i))
        here = here[np.argsort(changed[here], kind="stable")]
        half = len(here) // 2
        givers, takers = here[:half], here[len(here) - half :]
        again = (rng.random(half) < 2 * RECYCLED) & (changed[takers] - changed[givers] > 120 * DAY)
        mobile[takers[again]] = old_mobile[givers[again]]
        recycled[takers[again]] = True
    return mobile, old_mobile, changed, recycled
