"""What people enter beside their name: e-mail, phone, document, birth date, address; with what goes wrong."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from retrato.datasets.documents import write_documents
from retrato.datasets.formats import Flags, Ints, Strings, blank, day_text, pick, strings
from retrato.datasets.noise import MISTYPED_DOMAINS, PLACEHOLDER_BIRTH, PLACEHOLDER_EMAILS, PLACEHOLDER_PHONES, Mess
from retrato.datasets.phones import write_phones
from retrato.datasets.places import city_column, write_lines
from retrato.datasets.spelling import mistype

if TYPE_CHECKING:
    from retrato.datasets.population import Population


def relatives(population: Population, who: Ints) -> Ints:
    """Somebody of the household whose contact points one may give: the partner, else a parent, else oneself."""
    structure = population.people.structure
    partner, father, mother = structure.partner[who], structure.father[who], structure.mother[who]
    return np.select([partner >= 0, mother >= 0, father >= 0], [partner, mother, father], who)


def emails(rng: np.random.Generator, population: Population, who: Ints, mess: Mess) -> Strings:
    """The address that each person gives to a channel, as it arrives there."""
    contacts, count = population.contacts, len(who)
    draw = rng.random((6, count))
    value = contacts.email[who]
    second, work = contacts.second_email[who], contacts.work_email[who]
    value = np.where((second != "") & (draw[0] < mess.email_second), second, value)
    value = np.where((work != "") & (draw[1] < mess.email_work), work, value)
    relative = contacts.email[relatives(population, who)]
    value = np.where((draw[2] < mess.email_relative) & (relative != "") | (value == ""), relative, value)
    office = contacts.office[who]
    value = np.where((office >= 0) & (draw[3] < mess.email_office), contacts.office_email[office], value)
    value = _damaged_emails(rng, value, mess)
    value = np.where(draw[4] < mess.email_placeholder, pick(rng, PLACEHOLDER_EMAILS, count), value)
    return np.where(draw[5] < mess.email_missing, "", value)


def _damaged_emails(rng: np.random.Generator, value: Strings, mess: Mess) -> Strings:
    value = value.copy()
    draw = rng.random((3, len(value)))
    numbers = rng.integers(0, 1 << 30, len(value))
    for i, change, share in (
        (0, _tagged, mess.email_tag),
        (1, _slipped, mess.email_slip),
        (2, _cased, mess.email_case),
    ):
        rows = np.flatnonzero((draw[i] < share) & (value != ""))
        value[rows] = strings(
            change(text, number) for text, number in zip(value[rows], numbers[rows].tolist(), strict=True)
        )
    return value


def _tagged(address: str, number: int) -> str:
    local, domain = address.split("@")
    if domain != "gmail.com":
        return address
    if number % 2:
        return f"{local}+{('news', 'web', 'tienda', 'shop')[number // 2 % 4]}@{domain}"
    bare = local.replace(".", "")
    return f"{bare}@{domain}" if bare != local else f"{local[:3]}.{local[3:]}@{domain}" if len(local) > 4 else address


def _slipped(address: str, number: int) -> str:
    local, domain = address.split("@")
    known = MISTYPED_DOMAINS.get(domain)
    if known and number % 3:
        return f"{local}@{known[number // 3 % len(known)]}"
    return f"{mistype(local, number)}@{domain}"


def _cased(address: str, number: int) -> str:
    return address.upper() if number % 3 else address[:1].upper() + address[1:]


@dataclass(frozen=True)
class Numbers:
    """Telephone numbers that people give: 0 for none."""

    number: Ints
    mobile: Flags
    country: Ints


def numbers(rng: np.random.Generator, population: Population, who: Ints, time: Ints, mess: Mess) -> Numbers:
    """The number that each person gives at a moment: own mobile of that time, landline, office or a relative's."""
    structure, count = population.people.structure, len(who)
    draw = rng.random((5, count))
    value = _mobile_then(population, who, time, stale=draw[0] < mess.phone_stale)
    kin = relatives(population, who)
    of_kin = draw[1] < mess.phone_relative
    value = np.where(of_kin, _mobile_then(population, kin, time, stale=np.zeros(count, bool)), value)
    fixed = population.landline[structure.household[who]]
    home = (fixed > 0) & (draw[2] < mess.phone_fixed)
    office = population.contacts.office[who]
    at_work = (office >= 0) & (draw[3] < mess.phone_office)
    value = np.where(home, fixed, np.where(at_work, population.contacts.switchboard[office], value))
    value = np.where(draw[4] < mess.phone_missing, 0, value)
    return Numbers(value, ~home & ~at_work, structure.country[who])


def _mobile_then(population: Population, who: Ints, time: Ints, *, stale: Flags) -> Ints:
    before = (time < population.changed[who]) | stale
    return np.where(before, population.old_mobile[who], population.mobile[who])


def phones(rng: np.random.Generator, given: Numbers, mess: Mess) -> Strings:
    """Numbers as the channel has them written, with slips and placeholders."""
    text = write_phones(rng, given.number, given.country, given.mobile, mess.habits)
    draw = rng.random((2, len(text)))
    rows = np.flatnonzero((draw[0] < mess.phone_slip) & (text != ""))
    text[rows] = strings(
        _digit_slip(each, i) for each, i in zip(text[rows], rng.integers(0, 1 << 30, len(rows)), strict=True)
    )
    return np.where(draw[1] < mess.phone_placeholder, pick(rng, PLACEHOLDER_PHONES, len(text)), text)


def _digit_slip(text: str, number: int) -> str:
    """Replace one of the last six digits, or exchange two."""
    places = [i for i, letter in enumerate(text) if letter.isdigit()]
    if len(places) < 6:
        return text
    at, letters = places[-1 - number % 6], list(text)
    if number // 6 % 2:
        letters[at] = str((int(letters[at]) + 1 + number // 12 % 9) % 10)
    elif letters[at - 1].isdigit():
        letters[at - 1], letters[at] = letters[at], letters[at - 1]
    return "".join(letters)


def documents(rng: np.random.Generator, population: Population, who: Ints, mess: Mess) -> tuple[Strings, Strings]:
    """The type and the number of the document that was shown or told, both empty where none was."""
    kind, number = population.document_type[who], population.document[who]
    text = write_documents(rng, kind, number)
    rows = np.flatnonzero((rng.random(len(who)) < mess.document_slip) & (text != ""))
    text[rows] = strings(
        _digit_slip(each, i) for each, i in zip(text[rows], rng.integers(0, 1 << 30, len(rows)), strict=True)
    )
    missing = rng.random(len(who)) < mess.document_missing
    return np.where(missing, "", kind), np.where(missing, "", text)


def birth_dates(rng: np.random.Generator, population: Population, who: Ints, mess: Mess, pattern: str) -> Strings:
    """Birth dates in the format of the channel: day and month exchanged, a year off, 1900-01-01, or missing."""
    birth, count = population.people.structure.birth[who], len(who)
    draw = rng.random((3, count))
    exchanged = pattern.replace("%d", "%_").replace("%m", "%d").replace("%_", "%m")
    low = (day_text(birth, "%d") <= "12").astype(bool)
    slip = draw[0] < mess.birth_slip
    text = day_text(np.where(slip & ~low, birth + 365, birth), pattern)
    text = np.where(slip & low, day_text(birth, exchanged), text)
    filler = day_text(np.array([np.datetime64(PLACEHOLDER_BIRTH, "D").astype(np.int64)]), pattern)[0]
    text = np.where(draw[1] < mess.birth_placeholder, filler, text)
    return np.where(draw[2] < mess.birth_missing, "", text)


@dataclass(frozen=True)
class Place:
    """An address at a moment, in its columns."""

    line: Strings
    postcode: Strings
    city: Strings
    region: Strings
    country: Ints


def places(rng: np.random.Generator, population: Population, who: Ints, time: Ints, mess: Mess) -> Place:
    """Where each person lived at a moment: the old home before the move, all empty where the channel did not ask."""
    household = population.people.structure.household[who]
    here = population.homes[household]
    moved_later = time < population.moved[household]
    there = population.old_homes[household]
    now = type(here)(
        *(np.where(moved_later, getattr(there, name), getattr(here, name)) for name in here.__dataclass_fields__)
    )
    missing = rng.random(len(who)) < mess.address_missing
    empty = blank(len(who))

    def asked(column: Strings) -> Strings:
        return np.where(missing, empty, column)

    return Place(
        asked(write_lines(rng, now)),
        asked(now.postcode),
        asked(city_column(now, "name")),
        asked(city_column(now, "region")),
        now.country,
    )
