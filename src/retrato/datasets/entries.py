"""What people enter beside their name: e-mail, phone, document, birth date, address; with what goes wrong."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from retrato.datasets.documents import write_documents
from retrato.datasets.formats import Flags, Ints, Strings, blank, day_text, pick, strings
from retrato.datasets.noise import MISTYPED_DOMAINS, PLACEHOLDER_BIRTH, PLACEHOLDER_EMAILS, PLACEHOLDER_PHONES, Mess
from retrato.datasets.phones import write_phones
from retrato.datasets.places import Homes, city_column, write_lines
from retrato.datasets.population import START
from retrato.datasets.spelling import mistype
from retrato.datasets.traps import noted

if TYPE_CHECKING:
    from retrato.datasets.population import Population


@dataclass(frozen=True)
class Told:
    """What was entered in one field, one row a record: the text and the traps that lie in it.

    `point` is the contact point behind a text, the same number for the same mailbox or telephone; 0 for none, for
    fillers and for what was mistyped.
    """

    text: Strings
    traps: Ints
    point: Ints

    def only(self, rows: Flags) -> Told:
        """The same where it was told at all."""
        return Told(np.where(rows, self.text, ""), np.where(rows, self.traps, 0), np.where(rows, self.point, 0))


def relatives(population: Population, who: Ints) -> Ints:
    """Somebody of the household whose contact points one may give: the partner, else a parent, else oneself."""
    structure = population.people.structure
    partner, father, mother = structure.partner[who], structure.father[who], structure.mother[who]
    return np.select([partner >= 0, mother >= 0, father >= 0], [partner, mother, father], who)


def emails(rng: np.random.Generator, population: Population, who: Ints, mess: Mess) -> Told:
    """The address that each person gives to a channel, as it arrives there."""
    contacts, count = population.contacts, len(who)
    draw = rng.random((6, count))
    point = contacts.own_mailbox[who]
    for chance, share, mailbox in (
        (draw[0], mess.email_second, contacts.second_mailbox[who]),
        (draw[1], mess.email_work, contacts.work_mailbox[who]),
    ):
        point = np.where((mailbox > 0) & (chance < share), mailbox, point)
    second = point != contacts.own_mailbox[who]
    relative = contacts.own_mailbox[relatives(population, who)]
    of_relative = (draw[2] < mess.email_relative) & (relative > 0) | (point == 0)
    office = contacts.office[who]
    at_office = (office >= 0) & (draw[3] < mess.email_office)
    point = np.where(at_office, contacts.office_mailbox[office], np.where(of_relative, relative, point))
    text, slipped = _damaged_emails(rng, contacts.mailboxes[point], mess)
    filled, missing = draw[4] < mess.email_placeholder, draw[5] < mess.email_missing
    text = np.where(filled, pick(rng, PLACEHOLDER_EMAILS, count), text)
    traps = noted("second_email", second & ~of_relative & ~at_office) | noted("office_contact", at_office)
    traps = np.where(filled, noted("placeholder", filled), traps | noted("identifier_typo", slipped))
    return Told(
        np.where(missing, "", text), np.where(missing, 0, traps), np.where(missing | filled | slipped, 0, point)
    )


def _damaged_emails(rng: np.random.Generator, value: Strings, mess: Mess) -> tuple[Strings, Flags]:
    """Addresses with tags, slips and capitals, and which of them are another address by a slip."""
    value = value.copy()
    draw = rng.random((3, len(value)))
    numbers = rng.integers(0, 1 << 30, len(value))
    slipped = np.zeros(len(value), dtype=bool)
    for i, change, share in (
        (0, _tagged, mess.email_tag),
        (1, _slipped, mess.email_slip),
        (2, _cased, mess.email_case),
    ):
        rows = np.flatnonzero((draw[i] < share) & (value != ""))
        changed = strings(
            change(text, number) for text, number in zip(value[rows], numbers[rows].tolist(), strict=True)
        )
        if change is _slipped:
            slipped[rows] = changed != value[rows]
        value[rows] = changed
    return value, slipped


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
    traps: Ints

    @property
    def point(self) -> Ints:
        """The telephone behind each number: numbers of two countries may have the same digits."""
        return np.where(self.number > 0, line_of(self.country, self.number), 0)


def line_of(country: Ints, number: Ints) -> Ints:
    """One whole number for a country and a national number."""
    return np.asarray((country + 1) * 10**11 + number)


def numbers(rng: np.random.Generator, population: Population, who: Ints, time: Ints, mess: Mess) -> Numbers:
    """The number that each person gives at a moment: own mobile of that time, landline, office or a relative's."""
    structure, count = population.people.structure, len(who)
    draw = rng.random((5, count))
    value, former = _mobile_then(population, who, time, stale=draw[0] < mess.phone_stale)
    kin = relatives(population, who)
    of_kin = draw[1] < mess.phone_relative
    value = np.where(of_kin, _mobile_then(population, kin, time, stale=np.zeros(count, bool))[0], value)
    fixed = population.landline[structure.household[who]]
    home = (fixed > 0) & (draw[2] < mess.phone_fixed)
    office = population.contacts.office[who]
    at_work = (office >= 0) & (draw[3] < mess.phone_office) & ~home
    value = np.where(home, fixed, np.where(at_work, population.contacts.switchboard[office], value))
    missing = draw[4] < mess.phone_missing
    traps = noted("office_contact", at_work & ~missing)
    traps |= noted("former_phone", former & ~of_kin & ~home & ~at_work & ~missing)
    return Numbers(np.where(missing, 0, value), ~home & ~at_work, structure.country[who], traps)


def _mobile_then(population: Population, who: Ints, time: Ints, *, stale: Flags) -> tuple[Ints, Flags]:
    """The mobile of each person at a moment, and whether it is one that was given up since."""
    changed = population.changed[who]
    before = ((time < changed) | stale) & (changed >= START)
    return np.where(before, population.old_mobile[who], population.mobile[who]), before


def phones(rng: np.random.Generator, given: Numbers, mess: Mess) -> Told:
    """Numbers as the channel has them written, with slips and placeholders."""
    text = write_phones(rng, given.number, given.country, given.mobile, mess.habits)
    draw = rng.random((2, len(text)))
    rows = np.flatnonzero((draw[0] < mess.phone_slip) & (text != ""))
    changed = strings(
        _digit_slip(each, i) for each, i in zip(text[rows], rng.integers(0, 1 << 30, len(rows)), strict=True)
    )
    slipped = np.zeros(len(text), dtype=bool)
    slipped[rows] = changed != text[rows]
    text[rows] = changed
    filled = draw[1] < mess.phone_placeholder
    text = np.where(filled, pick(rng, PLACEHOLDER_PHONES, len(text)), text)
    traps = np.where(filled, noted("placeholder", filled), given.traps | noted("identifier_typo", slipped))
    return Told(text, traps, np.where(filled | slipped, 0, given.point))


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


def documents(rng: np.random.Generator, population: Population, who: Ints, mess: Mess) -> tuple[Strings, Told]:
    """The type and the number of the document that was shown or told, both empty where none was."""
    kind, number = population.document_type[who], population.document[who]
    text = write_documents(rng, kind, number)
    rows = np.flatnonzero((rng.random(len(who)) < mess.document_slip) & (text != ""))
    changed = strings(
        _digit_slip(each, i) for each, i in zip(text[rows], rng.integers(0, 1 << 30, len(rows)), strict=True)
    )
    slipped = np.zeros(len(text), dtype=bool)
    slipped[rows] = changed != text[rows]
    text[rows] = changed
    missing = rng.random(len(who)) < mess.document_missing
    none = np.zeros(len(who), np.int64)
    return np.where(missing, "", kind), Told(
        np.where(missing, "", text), noted("identifier_typo", slipped & ~missing), none
    )


def birth_dates(rng: np.random.Generator, population: Population, who: Ints, mess: Mess, pattern: str) -> Told:
    """Birth dates in the format of the channel: day and month exchanged, a year off, 1900-01-01, or missing."""
    birth, count = population.people.structure.birth[who], len(who)
    draw = rng.random((3, count))
    exchanged = pattern.replace("%d", "%_").replace("%m", "%d").replace("%_", "%m")
    low = (day_text(birth, "%d") <= "12").astype(bool)
    slip = draw[0] < mess.birth_slip
    right = day_text(birth, pattern)
    text = np.where(slip & ~low, day_text(birth + 365, pattern), right)
    text = np.where(slip & low, day_text(birth, exchanged), text)
    wrong = text != right
    filler = day_text(np.array([np.datetime64(PLACEHOLDER_BIRTH, "D").astype(np.int64)]), pattern)[0]
    filled, missing = draw[1] < mess.birth_placeholder, draw[2] < mess.birth_missing
    traps = np.where(filled, noted("placeholder", filled), noted("birth_date_wrong", wrong))
    text = np.where(filled, filler, text)
    return Told(np.where(missing, "", text), np.where(missing, 0, traps), np.zeros(count, np.int64))


@dataclass(frozen=True)
class Place:
    """Where somebody lived at a moment; the columns are empty where the channel did not ask."""

    home: Homes
    asked: Flags
    postcode: Strings
    city: Strings
    region: Strings
    traps: Ints

    def lines(self, rng: np.random.Generator) -> Strings:
        """The street lines, as somebody happened to write them."""
        text = blank(len(self.asked))
        text[self.asked] = write_lines(rng, self.home[self.asked])
        return text


def places(rng: np.random.Generator, population: Population, who: Ints, time: Ints, mess: Mess) -> Place:
    """Where each person lived at a moment: the old home before the move."""
    household = population.people.structure.household[who]
    here, there = population.homes[household], population.old_homes[household]
    moved_later = time < population.moved[household]
    now = type(here)(
        *(np.where(moved_later, getattr(there, name), getattr(here, name)) for name in here.__dataclass_fields__)
    )
    asked = rng.random(len(who)) >= mess.address_missing
    return Place(
        now,
        asked,
        np.where(asked, now.postcode, ""),
        np.where(asked, city_column(now, "name"), ""),
        np.where(asked, city_column(now, "region"), ""),
        noted("former_address", moved_later & asked),
    )
