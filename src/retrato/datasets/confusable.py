"""Who can be taken for whom: the traps that lie between people, found among those who have records.

What an address or a number is has been noted when it was given; here it is seen who else gave the same one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from retrato.datasets.entries import line_of
from retrato.datasets.formats import Flags, Ints, codes_of, strings
from retrato.datasets.story import PEOPLE
from retrato.datasets.traps import noted

if TYPE_CHECKING:
    from collections.abc import Mapping

    from retrato.datasets.exports import Sheet
    from retrato.datasets.people import People
    from retrato.datasets.population import Population
    from retrato.datasets.presence import Rows


def people_traps(people: People, present: Ints) -> Ints:
    """Twins, parents and children of one name, and namesakes: one row a person, those of the story last."""
    structure, count = people.structure, len(people)
    here = np.zeros(count, dtype=bool)
    here[present] = True
    twin = (structure.twin >= 0) & here[structure.twin]
    alike = np.zeros(count, dtype=bool)
    for parent in (structure.father, structure.mother):
        same = (parent >= 0) & here & here[parent]
        same &= (people.given == people.given[parent]) & (people.surname == people.surname[parent])
        alike[same] = True
        alike[parent[same]] = True
    told = [(each.household_id, each.given_name, each.family_name) for each in PEOPLE]
    return (
        noted("twin", np.concatenate([twin, np.zeros(len(told), dtype=bool)]))
        | noted("same_name_parent", np.concatenate([alike, [told.count(each) > 1 for each in told]]))
        | noted("namesake", _namesakes(people, here))
    )


def _namesakes(people: People, here: Flags) -> Flags:
    """Whose whole name is borne in another household too; those of the story are all there."""
    name = people.given + " " + people.surname + " " + people.second_surname
    told = strings(f"{each.given_name} {each.family_name} {each.second_family_name}" for each in PEOPLE)
    rows = np.flatnonzero(np.concatenate([here, np.ones(len(PEOPLE), dtype=bool)]))
    names = codes_of(np.concatenate([name, told])[rows])
    roofs = [-1 - int(each.household_id[1:]) for each in PEOPLE]
    roof = np.concatenate([people.structure.household, roofs])[rows]
    borne = np.zeros(len(people) + len(PEOPLE), dtype=bool)
    borne[rows] = _distinct_per(names, roof)[names] > 1
    return borne


def _distinct_per(code: Ints, of: Ints) -> Ints:
    """How many different values of `of` come with each code from 0."""
    low = of.min() if len(of) else 0
    span = of.max() - low + 1 if len(of) else 1
    pairs = np.unique(code * span + (of - low))
    return np.bincount(pairs // span)


def contact_traps(population: Population, rows: Rows, sheets: Mapping[str, Sheet]) -> dict[str, Ints]:
    """Shared and recycled contact points, by export."""
    who = {name: rows.of(name).who for name in sheets}
    points = np.concatenate([point for sheet in sheets.values() for point in sheet.points])
    owners = np.concatenate([who[name] for name, sheet in sheets.items() for _ in sheet.points])
    told = np.flatnonzero(points > 0)
    values, code = np.unique(points[told], return_inverse=True)
    shared = _distinct_per(code, owners[told]) > 1
    found = np.zeros(len(points), np.int64)
    found[told] = _sharing(population, values, shared)[code]
    traps, start = {}, 0
    for name, sheet in sheets.items():
        traps[name] = np.zeros(len(sheet.traps), np.int64)
        for point in sheet.points:
            traps[name] |= found[start : start + len(point)]
            start += len(point)
    return traps


def _sharing(population: Population, values: Ints, shared: Flags) -> Ints:
    """What it means that more than one person gave a contact point; what is an employer's has its own trap."""
    country, contacts = population.people.structure.country, population.contacts
    employed = contacts.office >= 0
    switchboards = line_of(country[employed], contacts.switchboard[contacts.office[employed]])
    private = shared & ~np.isin(values, switchboards) & ~np.isin(values, contacts.office_mailbox)
    mailbox = values <= len(contacts.mailboxes)
    handed_on = np.isin(values, line_of(country, population.mobile)[population.recycled])
    return (
        noted("shared_email", private & mailbox)
        | noted("shared_phone", private & ~mailbox & ~handed_on)
        | noted("recycled_phone", private & handed_on)
    )
