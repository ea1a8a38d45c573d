"""Traps are noted while records are made; here they are looked for in the exports, by other means."""

from __future__ import annotations

import collections
import re
from pathlib import Path

import numpy as np
import pytest

from retrato.datasets import PEDRO, Omnichannel, omnichannel
from retrato.datasets.households import draw_structure
from retrato.datasets.noise import PLACEHOLDER_BIRTH, PLACEHOLDER_EMAILS, PLACEHOLDER_PHONES, Mess
from retrato.datasets.people import name_people
from retrato.datasets.spelling import spell, whole
from retrato.datasets.traps import NONE, TRAPS, holds, noted, trap_text, traps_of, without

PHONES = ("telefono", "movil", "phone", "wa_id", "numero_llamante", "sms_number")
EMAILS = ("email", "correo", "email_address")
BIRTHS = ("fecha_nacimiento", "fecha_nac")
NAMES = (
    *("nombre", "apellido1", "apellido2", "first_name", "last_name", "profile_name"),
    *("nombre_llamante", "titular", "name", "display_name"),
)
FILLER_BIRTH = "/".join(reversed(PLACEHOLDER_BIRTH.split("-")))


@pytest.fixture(scope="module")
def customers() -> Omnichannel:
    return omnichannel(6_000, seed=3, events=False)


@pytest.fixture(scope="module")
def records(customers) -> list[dict[str, str]]:
    """Every record as a row with its truth, and its traps as a set."""
    truth = {(row["source"], row["record_key"]): row for row in customers.truth.to_pylist()}
    rows = []
    for source, table in customers.records.items():
        for row in table.to_pylist():
            told = truth[source, row[table.column_names[0]]]
            rows.append({**row, **told, "traps": frozenset(told["trap"].split("+"))})
    return rows


def values(row: dict[str, str], columns: tuple[str, ...]) -> list[str]:
    return [row[name] for name in columns if row.get(name)]


def phone_tail(text: str) -> str:
    return re.sub(r"\D", "", text.removesuffix("@c.us").removesuffix(".0"))[-8:]


def test_a_label_names_known_traps_each_once_gravest_first(records):
    order = [*TRAPS, NONE]
    for row in records:
        places = [order.index(name) for name in row["trap"].split("+")]
        assert places == sorted(set(places))
        assert NONE not in row["traps"] or row["trap"] == NONE


def test_every_trap_happens_and_none_is_everywhere(records):
    counts = collections.Counter(name for row in records for name in row["traps"])
    assert set(counts) == {*TRAPS, NONE}
    assert all(count < 0.4 * len(records) for count in counts.values())
    assert 0.15 < counts[NONE] / len(records) < 0.35


def test_twins_are_two_people_of_one_household_with_records(records):
    people = collections.defaultdict(set)
    for row in records:
        if "twin" in row["traps"]:
            people[row["household_id"]].add(row["person_id"])
    assert len(people) >= 3
    assert all(len(each) == 2 for each in people.values())


def test_parents_and_children_of_one_name_are_told_on_both_sides(records):
    people = collections.defaultdict(set)
    for row in records:
        if "same_name_parent" in row["traps"]:
            people[row["household_id"]].add(row["person_id"])
    assert len(people) > 10
    assert all(len(each) >= 2 for each in people.values())


def test_fillers_and_nothing_else_are_placeholders(records):
    for row in records:
        fillers = [each for each in values(row, EMAILS) if each in PLACEHOLDER_EMAILS]
        fillers += [each for each in values(row, PHONES) if each.removesuffix("@c.us") in PLACEHOLDER_PHONES]
        fillers += [each for each in values(row, BIRTHS) if each == FILLER_BIRTH]
        assert bool(fillers) == ("placeholder" in row["traps"])


def test_records_without_a_name_or_with_nothing_else_are_told(records):
    for row in records:
        assert ("nameless" in row["traps"]) == (not values(row, NAMES))
        known = values(row, (*EMAILS, *PHONES, *BIRTHS, "documento", "dni"))
        assert ("name_only" in row["traps"]) == (not known)


@pytest.mark.parametrize(("columns", "trap"), [(EMAILS, "shared_email"), (PHONES, "shared_phone")])
def test_contact_points_of_several_people_are_told_with_every_record_that_has_them(records, columns, trap):
    users, holders = collections.defaultdict(set), collections.defaultdict(list)
    for row in records:
        for text in values(row, columns):
            point = text.lower() if columns is EMAILS else phone_tail(text)
            users[point].add(row["person_id"])
            holders[point].append(row)
    fillers = {*PLACEHOLDER_EMAILS, *map(phone_tail, PLACEHOLDER_PHONES)}
    told = {trap, "recycled_phone", "office_contact", "identifier_typo"}
    shared = [point for point, people in users.items() if len(people) > 1 and point not in fillers]
    assert len(shared) > 30
    # the last eight digits of two numbers may be the same by chance
    found = [bool(row["traps"] & told) for point in shared for row in holders[point]]
    assert np.mean(found) > 0.98


def test_recycled_numbers_are_of_two_people_under_two_roofs(records):
    users = collections.defaultdict(set)
    for row in records:
        if "recycled_phone" in row["traps"]:
            for text in values(row, PHONES):
                users[phone_tail(text)].add((row["person_id"], row["household_id"]))
    assert sum(len({home for _, home in people}) > 1 for people in users.values()) >= 3


def test_the_story_has_its_traps_too(customers):
    rows = customers.truth.to_pylist()
    told = {(row["source"], row["record_key"]): row["trap"].split("+") for row in rows}
    mine = [row["trap"] for row in rows if row["person_id"] == PEDRO.person_id]
    assert all("same_name_parent" in label for label in mine)
    assert "recycled_phone" in told["whatsapp", "WA0000012"]  # Óscar has Pedro's number
    assert "office_contact" in told["web_form", "F-0000013"]
    assert "shared_email" in told["crm", "C0000008"]


@pytest.mark.parametrize(
    ("mess", "trap"),
    [
        ({"nickname": 1.0}, "nickname"),
        ({"typed": 1.0}, "name_typo"),
        ({"abbreviated": 1.0}, "abbreviated"),
        ({"second_given_alone": 1.0}, "other_given"),
        ({"maiden": 1.0, "married": 1.0}, "surname_changed"),
        ({"swapped": 1.0}, "swapped_names"),
    ],
)
def test_what_befalls_a_name_is_noted_where_it_shows(mess, trap):
    rng = np.random.default_rng(8)
    people = name_people(rng, draw_structure(rng, 2_000))
    who = np.arange(len(people))
    calm = dict.fromkeys(("second_given_lost", "second_surname_lost", "second_given_alone", "nickname"), 0.0)
    calm |= dict.fromkeys(("maiden", "married", "accents_lost"), 0.0)
    plain = spell(np.random.default_rng(1), people, who, Mess(**calm))
    changed = spell(np.random.default_rng(1), people, who, Mess(**{**calm, **mess}))
    differs = np.zeros(len(who), dtype=bool)
    for one, other in zip(plain.fields(), changed.fields(), strict=True):
        differs |= one != other
    assert differs.sum() > 20
    assert (holds(changed.traps, trap) == differs).mean() > 0.999


def test_what_befell_a_part_is_not_told_where_the_part_is_left_out():
    rng = np.random.default_rng(8)
    people = name_people(rng, draw_structure(rng, 500))
    mess = Mess(styles=(0, 1, 0, 0), second_surname_lost=1.0, typed=1.0)
    name, traps = whole(rng, spell(rng, people, np.arange(len(people)), mess), mess)
    assert holds(traps, "given_only").all()
    assert not holds(traps, "second_surname_missing").any()
    assert 0.2 < holds(traps, "name_typo").mean() < 0.4
    assert all(name)


def test_traps_are_joined_taken_back_and_told():
    both = noted("twin", np.array([True])) | noted("nickname", np.array([True]))
    assert both.tolist() == [traps_of("nickname twin")]
    assert trap_text(both).tolist() == ["twin+nickname"]
    assert trap_text(without(both, "twin", "nickname")).tolist() == [NONE]


def test_the_documentation_tells_every_trap_as_the_package_does():
    page = Path(__file__).parents[2] / "docs" / "reference" / "synthetic-customers.md"
    rows = re.findall(r"^\| `(\w+)` \| (.*?) \|", page.read_text(encoding="utf-8"), re.MULTILINE)
    assert rows[:-1] == list(TRAPS.items())
    assert rows[-1][0] == NONE
