"""Ways to reach people: e-mail addresses, employers with a switchboard, social handles, cookies and devices."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from retrato.datasets.formats import (
    Flags,
    Ints,
    Strings,
    blank,
    digits,
    grouped,
    hexes,
    ordinals,
    pick,
    strings,
    weighted,
    zipf,
)
from retrato.datasets.names import nicknames, surname_pool
from retrato.datasets.phones import draw_phones
from retrato.datasets.places import COUNTRIES, Homes, city_column

if TYPE_CHECKING:
    from collections.abc import Iterable

    from retrato.datasets.people import People

#: Share of people over 14 who have these.
SECOND_EMAIL = 0.42  # an old or a second private address
SHARES_PARTNERS_EMAIL = 0.08  # uses the partner's address as the own one
EMPLOYED = 0.45  # of those between 18 and 66
WORK_EMAIL = 0.6  # of the employed
HAS_HANDLE = 0.7
HAS_APP = 0.45
#: Weights of the address patterns, in the order of `_patterns`.
PATTERNS = (0.20, 0.17, 0.06, 0.13, 0.05, 0.13, 0.08, 0.07, 0.05, 0.06)

_WORDS = """
    sol luna estrella lobo gato tigre mar cielo rosa angel rayo nube halcon princesa campeon musica
    futbol rock star sunny happy blue tiger wolf angel crazy lucky magic"""
_ACCENTS = str.maketrans("áàäâéèëêíìïîóòöôúùüûñçÁÀÄÂÉÈËÊÍÌÏÎÓÒÖÔÚÙÜÛÑÇ", "aaaaeeeeiiiioooouuuuncAAAAEEEEIIIIOOOOUUUUNC")


@dataclass(frozen=True)
class Contacts:
    """What reaches each person and each office, one row each; empty text or -1 where there is none.

    `mailboxes` holds every address, the first of them empty; the columns that end in `_mailbox` are positions in it, 0
    for none.
    """

    mailboxes: Strings
    own_mailbox: Ints
    second_mailbox: Ints
    work_mailbox: Ints
    office_mailbox: Ints
    handle: Strings
    cookies: Strings  # three a person: (people, 3)
    device: Strings
    office: Ints
    switchboard: Ints


def without_accents(values: Strings) -> Strings:
    """Drop accents and the tilde of ñ.

    >>> without_accents(strings(["Núñez"])).tolist()
    ['Nunez']
    """
    return strings(value if value.isascii() else value.translate(_ACCENTS) for value in values)


def slugs(values: Strings) -> Strings:
    """Fold names to what an address allows: lower-case ASCII letters.

    >>> slugs(strings(["María José", "de la Cruz", "O'Brien"])).tolist()
    ['mariajose', 'delacruz', 'obrien']
    """
    known = {value: "".join(filter(str.isalnum, value.translate(_ACCENTS).lower())) for value in set(values.tolist())}
    return strings(known[value] for value in values)


def draw_contacts(rng: np.random.Generator, people: People, homes: Homes) -> Contacts:
    """Draw the contact points of everybody; addresses and handles are unique but for couples who share one."""
    age, count = people.structure.age, len(people)
    adult = age >= 14
    office, site, switchboard = _offices(rng, people, homes)
    private = _unique(rng, _locals(rng, people), _domains(rng, people))
    has_second = adult & (rng.random(count) < SECOND_EMAIL)
    second = _unique(rng, _locals(rng, people), _domains(rng, people), taken=private)
    partner = people.structure.partner
    shared = (partner >= 0) & (rng.random(count) < SHARES_PARTNERS_EMAIL) & (np.arange(count) > partner)
    works = (office >= 0) & (rng.random(count) < WORK_EMAIL)
    work = blank(count)
    local = slugs(people.given[works]) + "." + slugs(people.surname[works])
    work[works] = _unique(rng, local, site[office[works]])
    handle = _unique(rng, _handles(rng, people), blank(count))
    has_handle = adult & (rng.random(count) < HAS_HANDLE)
    place = np.arange(count)
    return Contacts(
        np.concatenate([blank(1), private, second, work, strings("info@" + each for each in site)]),
        np.where(shared, 1 + partner, np.where(adult, 1 + place, 0)),
        np.where(has_second, 1 + count + place, 0),
        np.where(works, 1 + 2 * count + place, 0),
        1 + 3 * count + np.arange(len(site)),
        np.where(has_handle, strings(each.rstrip("@") for each in handle), ""),
        hexes(rng, 3 * count).reshape(count, 3),
        np.where(adult & (rng.random(count) < HAS_APP), hexes(rng, count), ""),
        office,
        switchboard,
    )


def _patterns(people: People, given: Strings, rows: Ints, which: int) -> Strings:
    """Addresses of one pattern; `which` is its position in PATTERNS."""
    first, second = slugs(people.surname[rows]), slugs(people.second_surname[rows])
    year = digits(1970 + (people.structure.birth[rows] / 365.2425).astype(np.int64), 4)
    initial = strings(each[:1] for each in given)
    short = strings(each[2:] for each in year)
    last = np.where(second == "", "", "." + second)
    start = strings(each[:3] for each in second)
    words = _WORDS.split()
    word = strings(words[len(each) * 7 % len(words)] for each in first + given)
    makers = (
        lambda: given + "." + first,
        lambda: given + first,
        lambda: given + "_" + first,
        lambda: initial + first,
        lambda: first + "." + given,
        lambda: given + first + short,
        lambda: given + "." + first + last,
        lambda: given + year,
        lambda: initial + first + start + short,
        lambda: word + short,
    )
    return np.asarray(makers[which](), dtype=object)


def _locals(rng: np.random.Generator, people: People) -> Strings:
    """The part before the @, from names by the usual patterns."""
    count = len(people)
    given = slugs(_everyday(rng, people))
    pattern = weighted(rng, PATTERNS, count)
    local = blank(count)
    for which in range(len(PATTERNS)):
        rows = np.flatnonzero(pattern == which)
        local[rows] = _patterns(people, given[rows], rows, which)
    return local


def _everyday(rng: np.random.Generator, people: People) -> Strings:
    """The given name that somebody goes by: whole, its first word, or a nickname."""
    words = strings(each.split()[0] for each in people.given)
    name = np.where(rng.random(len(people)) < 0.5, people.given, words)
    nick = rng.random(len(people))
    for language, english in (("es", False), ("en", True)):
        forms = nicknames(language)
        rows = np.flatnonzero((nick < 0.12) & (people.english == english))
        name[rows] = strings(forms.get(each, [each])[0] for each in people.given[rows])
    return np.asarray(name, dtype=object)


def _domains(rng: np.random.Generator, people: People) -> Strings:
    domain = blank(len(people))
    for i, place in enumerate(COUNTRIES):
        rows = np.flatnonzero(people.structure.country == i)
        pool = place.domains.split()
        domain[rows] = pick(rng, pool, len(rows), zipf(len(pool), shift=0.2, power=1.4))
    return domain


def _unique(rng: np.random.Generator, local: Strings, domain: Strings, taken: Iterable[str] = ()) -> Strings:
    """Join both sides with @; whoever comes later to a taken address adds a number, as people do."""
    address = np.asarray(local + "@" + domain, dtype=object)
    seen, late, attempt = set(taken), list(range(len(address))), 0
    numbers = blank(len(address))
    while late:
        again = []
        for i, number in zip(late, numbers, strict=True):
            text = f"{local[i]}{number}@{domain[i]}" if attempt else address[i]
            if text in seen:
                again.append(i)
            else:
                seen.add(text)
                address[i] = text
        late, attempt = again, attempt + 1
        numbers = grouped(rng.integers(1, 100 ** min(attempt, 4), len(late)))
    return address


def _handles(rng: np.random.Generator, people: People) -> Strings:
    count = len(people)
    given, surname = slugs(_everyday(rng, people)), slugs(people.surname)
    joint = strings([".", "_", ""])[rng.integers(0, 3, count)]
    tail = np.where(rng.random(count) < 0.4, digits(rng.integers(0, 100, count), 2), "")
    whole = rng.random(count) < 0.7
    return np.asarray(
        given + joint + np.where(whole, surname, strings(each[:1] for each in surname)) + tail, dtype=object
    )


def _offices(rng: np.random.Generator, people: People, homes: Homes) -> tuple[Ints, Strings, Ints]:
    """Employers of a few to some dozens: who works where; the site and the switchboard of each."""
    structure = people.structure
    works: Flags = (structure.age >= 18) & (structure.age <= 66) & (rng.random(len(people)) < EMPLOYED)
    employees = np.flatnonzero(works)
    total = max(len(employees) // 9, 1)
    # Colleagues live in one country: offices are dealt to countries as their people are.
    of_office = structure.country[rng.choice(employees, total)] if len(employees) else np.zeros(total, np.int64)
    office = np.full(len(people), -1, np.int64)
    for i in range(len(COUNTRIES)):
        here, staff = np.flatnonzero(of_office == i), employees[structure.country[employees] == i]
        if len(here):
            office[staff] = here[weighted(rng, zipf(len(here), shift=total / 20 + 2, power=0.8), len(staff))]
    english = np.array([COUNTRIES[i].language == "en" for i in of_office], dtype=bool)
    root = np.where(english, pick(rng, surname_pool("en"), total), pick(rng, surname_pool("es"), total))
    spanish = pick(
        rng, ["Talleres", "Asesoría", "Construcciones", "Clínica", "Gestoría", "Transportes", "Grupo"], total
    )
    ending = pick(rng, ["Ltd", "& Sons", "Partners", "Group", "Consulting", "Motors"], total)
    name = np.where(english, root + " " + ending, spanish + " " + root)
    suffix = strings([each.code.lower() for each in COUNTRIES])[of_office]
    site = (
        slugs(name)
        + np.where(ordinals(name) > 0, grouped(np.arange(total)), "")
        + "."
        + np.where(english, "com", suffix)
    )
    seat = homes.city[rng.integers(0, len(homes.city), total)]
    cities = np.array([len(each.cities) for each in COUNTRIES])[of_office]
    areas = city_column(_seats(of_office, seat % cities), "area_code")
    return office, np.asarray(site, dtype=object), draw_phones(rng, of_office, areas, mobile=False)


def _seats(country: Ints, city: Ints) -> Homes:
    empty = blank(len(country))
    return Homes(country, city, city, empty, empty, empty, empty)
