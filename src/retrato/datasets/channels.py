"""The record exports, channel by channel, each with its own columns, language, date and phone format.

| export | language | dates | phones | what it has |
|---|---|---|---|---|
| crm | Spanish | 31/12/2024, one in twelve 2024-12-31 | all | three names, document, two phones, address, consent |
| web_form | English | 2024-12-31T18:05:00Z | as typed | given and family name, e-mail, phone, cookie, consent |
| whatsapp | English | 31/12/2024, 18:05 | 34600112233@c.us | profile name with emoji |
| call_centre_contacts | Spanish | 31-12-2024 18:05 | number of the line | name as heard, sometimes a document |
| shop_cards | Spanish | 31/12/24 | as typed | "Apellidos, Nombre", loyalty card, birth date |
| newsletter | English | 2024-12-31 18:05:00 | mostly none | e-mail, sometimes a name, consent |
| social | English | 2024-12-31 | none | platform, handle, display name |
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from retrato.datasets import entries
from retrato.datasets.exports import Sheet
from retrato.datasets.formats import (
    DAY,
    Ints,
    Strings,
    blank,
    day_text,
    digits,
    grouped,
    ordinals,
    pick,
    strings,
    time_text,
)  # fmt: skip
from retrato.datasets.noise import MESS
from retrato.datasets.places import CODES, COUNTRIES
from retrato.datasets.spelling import spell, whole
from retrato.datasets.traps import noted

if TYPE_CHECKING:
    from collections.abc import Callable

    from retrato.datasets.population import Population
    from retrato.datasets.presence import Rows

Columns = dict[str, Strings]

#: Key column of each export, and how its keys are written: prefix and width of the number.
KEYS = {
    "crm": ("id_cliente", "C", 7),
    "web_form": ("submission_id", "F-", 7),
    "whatsapp": ("contact_id", "WA", 7),
    "call_centre_contacts": ("ficha", "L", 7),
    "shop_cards": ("numero_tarjeta", "27", 8),
    "newsletter": ("subscriber_id", "sub_", 7),
    "social": ("account_id", "soc", 7),
}

SOURCES = strings(["google", "facebook", "instagram", "direct", "newsletter", "referral"])
CAMPAIGNS = ("fibra-verano", "movil-5g", "black-friday", "vuelta-al-cole", "navidad", "plan-amigo")
_EMOJI = strings(["", " 🌸", " 💪", " 😊", "❤️", " ⚽", " 🐶", "✨", " 🇪🇸"])
_PLATFORMS = strings(["instagram", "facebook", "x", "tiktok"])


def crm(rng: np.random.Generator, population: Population, rows: Rows) -> Sheet:
    """The master file of the office."""
    mess, who, count = MESS["crm"], rows.who, len(rows.who)
    name = spell(rng, population.people, who, mess)
    kind, document = entries.documents(rng, population, who, mess)
    given = entries.numbers(rng, population, who, rows.created, mess)
    phone = entries.phones(rng, given, mess)
    # The form has a box for the landline and one for the mobile, and half the staff does not care.
    own_box = given.mobile & (rng.random(count) < 0.6)
    extra = entries.phones(rng, entries.numbers(rng, population, who, rows.updated, mess), mess)
    second = extra.only(rng.random(count) < 0.25)
    place = entries.places(rng, population, who, rows.updated, mess)
    sex = strings(["M", "H"])[population.people.structure.sex[who]]
    migrated = rng.random(count) < 0.08
    unsaid = rng.random(count) < 0.25
    birth = entries.birth_dates(rng, population, who, mess, "%d/%m/%Y")
    email = entries.emails(rng, population, who, mess)
    first_name, surname, second_surname = name.fields()
    columns = {
        "nombre": first_name,
        "apellido1": surname,
        "apellido2": second_surname,
        "sexo": np.where(unsaid, "", sex),
        "fecha_nacimiento": birth.text,
        "tipo_documento": kind,
        "documento": document.text,
        "email": email.text,
        "telefono": np.where(own_box, second.text, phone.text),
        "movil": np.where(own_box, phone.text, second.text),
        "direccion": place.lines(rng),
        "codigo_postal": place.postcode,
        "ciudad": place.city,
        "provincia": place.region,
        "pais": _country_names(rng, place.home.country),
        "segmento": pick(rng, ["particular", "autónomo", "empresa", ""], count, [0.7, 0.12, 0.06, 0.12]),
        "acepta_publicidad": pick(rng, ["S", "N", ""], count, [0.5, 0.35, 0.15]),
        "fecha_alta": np.where(migrated, day_text(rows.created // DAY), day_text(rows.created // DAY, "%d/%m/%Y")),
        "fecha_modificacion": time_text(rows.updated, "%d/%m/%Y", exact=False),
    }
    return _sheet(columns, name.traps | place.traps, email, phone, second, document, birth)


def _sheet(columns: Columns, traps: Ints, *told: entries.Told) -> Sheet:
    """The columns with the traps of all that stands in them: name and address, and whatever else was told."""
    bare = np.logical_and.reduce([each.text == "" for each in told])
    traps = np.bitwise_or.reduce([traps, *(each.traps for each in told)])
    return Sheet(columns, traps | noted("name_only", bare), tuple(each.point for each in told))


def web_form(rng: np.random.Generator, population: Population, rows: Rows) -> Sheet:
    """Requests from the site."""
    mess, who, count = MESS["web_form"], rows.who, len(rows.who)
    name = spell(rng, population.people, who, mess)
    place = entries.places(rng, population, who, rows.created, mess)
    unnamed = rng.random(count) < mess.name_missing
    first_name, surname, second_surname = name.fields()
    family = np.where(second_surname == "", surname, surname + " " + second_surname)
    cookie = population.contacts.cookies[who, rng.integers(0, 3, count)]
    alone = (rng.random(count) < 0.08) & ~name.swapped
    email = entries.emails(rng, population, who, mess)
    phone = entries.phones(rng, entries.numbers(rng, population, who, rows.created, mess), mess)
    columns = {
        "submitted_at": time_text(rows.created, gap="T") + "Z",
        "first_name": np.where(unnamed, "", first_name),
        "last_name": np.where(unnamed | alone, "", family),
        "email": email.text,
        "phone": phone.text,
        "postcode": place.postcode,
        "city": place.city,
        "country": strings(CODES)[place.home.country],
        "message": pick(rng, _REQUESTS, count),
        "marketing_consent": pick(rng, ["true", "false"], count, [0.45, 0.55]),
        "cookie_id": np.where(rng.random(count) < 0.8, cookie, ""),
        "utm_source": SOURCES[rng.integers(0, len(SOURCES), count)],
        "utm_campaign": pick(rng, ["", *CAMPAIGNS], count, [4, 1, 1, 1, 1, 1, 1]),
    }
    given_only = name.given_traps | noted("given_only", alone)
    named = np.select([unnamed, alone], [noted("nameless", unnamed), given_only], name.traps)
    return _sheet(columns, named | place.traps, email, phone)


_REQUESTS = (
    "",
    "Quiero más información",
    "Llámenme por favor",
    "Call me back",
    "¿Tienen cobertura en mi zona?",
    "Presupuesto",
)


def whatsapp(rng: np.random.Generator, population: Population, rows: Rows) -> Sheet:
    """The contacts of the business account."""
    mess, who, count = MESS["whatsapp"], rows.who, len(rows.who)
    given = entries.numbers(rng, population, who, rows.created, mess)
    name, traps = whole(rng, spell(rng, population.people, who, mess), mess)
    decorated = np.where((name != "") & (rng.random(count) < 0.18), name + pick(rng, _EMOJI, count), name)
    english = population.people.english[who]
    phone = entries.phones(rng, given, mess)
    columns = {
        "wa_id": phone.text + "@c.us",
        "profile_name": decorated,
        "language": np.where(english, "en", "es"),
        "opt_in": pick(rng, ["yes", "no", ""], count, [0.6, 0.1, 0.3]),
        "first_message_at": time_text(rows.created, "%d/%m/%Y", ", ", exact=False),
        "last_message_at": time_text(rows.updated, "%d/%m/%Y", ", ", exact=False),
    }
    return _sheet(columns, traps, phone)


def call_centre_contacts(rng: np.random.Generator, population: Population, rows: Rows) -> Sheet:
    """The cards that agents fill in during a call."""
    mess, who, count = MESS["call_centre_contacts"], rows.who, len(rows.who)
    place = entries.places(rng, population, who, rows.created, mess)
    name, traps = whole(rng, spell(rng, population.people, who, mess), mess)
    phone = entries.phones(rng, entries.numbers(rng, population, who, rows.created, mess), mess)
    document = entries.documents(rng, population, who, mess)[1]
    email = entries.emails(rng, population, who, mess)
    columns = {
        "nombre_llamante": name,
        "numero_llamante": phone.text,
        "dni": document.text,
        "correo": email.text,
        "poblacion": place.city,
        "observaciones": pick(
            rng, ["", "llamar por la tarde", "no insistir", "habla inglés", "VIP"], count, [8, 1, 0.3, 0.3, 0.2]
        ),
        "fecha_ficha": time_text(rows.created, "%d-%m-%Y", exact=False),
    }
    return _sheet(columns, traps | place.traps, phone, document, email)


def shop_cards(rng: np.random.Generator, population: Population, rows: Rows) -> Sheet:
    """The loyalty cards of the shops."""
    mess, who, count = MESS["shop_cards"], rows.who, len(rows.who)
    place = entries.places(rng, population, who, rows.created, mess)
    name, traps = whole(rng, spell(rng, population.people, who, mess), mess)
    phone = entries.phones(rng, entries.numbers(rng, population, who, rows.created, mess), mess)
    email = entries.emails(rng, population, who, mess)
    birth = entries.birth_dates(rng, population, who, mess, "%d/%m/%Y")
    columns = {
        "titular": name,
        "telefono": phone.text,
        "email": email.text,
        "fecha_nac": birth.text,
        "domicilio": np.where(rng.random(count) < 0.5, place.lines(rng), ""),
        "cp": place.postcode,
        "localidad": place.city,
        "tienda": _shops(rng, population, who),
        "publicidad": pick(rng, ["SI", "NO"], count, [0.6, 0.4]),
        "fecha_alta": day_text(rows.created // DAY, "%d/%m/%y"),
    }
    return _sheet(columns, traps | place.traps, phone, email, birth)


def newsletter(rng: np.random.Generator, population: Population, rows: Rows) -> Sheet:
    """The subscribers of the mailing tool."""
    mess, who, count = MESS["newsletter"], rows.who, len(rows.who)
    status = pick(rng, ["subscribed", "unsubscribed", "cleaned"], count, [0.82, 0.14, 0.04])
    email = entries.emails(rng, population, who, mess)
    name, traps = whole(rng, spell(rng, population.people, who, mess), mess)
    phone = entries.phones(rng, entries.numbers(rng, population, who, rows.created, mess), mess)
    columns = {
        "email_address": email.text,
        "name": name,
        "sms_number": phone.text,
        "language": np.where(population.people.english[who], "en", "es"),
        "opt_in": np.where(status == "subscribed", "yes", "no"),
        "status": status,
        "subscribed_at": time_text(rows.created),
        "last_changed": time_text(rows.updated),
    }
    return _sheet(columns, traps, email, phone)


def social(rng: np.random.Generator, population: Population, rows: Rows) -> Sheet:
    """The accounts that wrote to the company or were mentioned; one person may be on several platforms."""
    mess, who, count = MESS["social"], rows.who, len(rows.who)
    order = ordinals(grouped(who))
    platform = _PLATFORMS[(rng.integers(0, 4, count) * (order == 0) + order) % 4]
    # Whoever has no handle in the population took a number for one.
    own = population.contacts.handle[who]
    handle = np.where(own == "", "user" + digits(100_000 + who * 7 % 9_900_000, 7), own)
    name, traps = whole(rng, spell(rng, population.people, who, mess), mess)
    columns = {
        "platform": platform,
        "handle": np.where(rng.random(count) < 0.6, "@", "") + handle,
        "display_name": np.where(rng.random(count) < 0.15, name + pick(rng, _EMOJI, count), name),
        "profile_url": np.where(rng.random(count) < 0.4, "https://www." + platform + ".com/" + handle, ""),
    }
    email = entries.emails(rng, population, who, mess)
    place = entries.places(rng, population, who, rows.created, MESS["web_form"])
    columns |= {
        "email": email.text,
        "location": place.city,
        "followers": grouped(rng.lognormal(5, 1.4, count).astype(np.int64)),
        "first_seen": day_text(rows.created // DAY),
    }
    return _sheet(columns, traps | place.traps, email)


def _country_names(rng: np.random.Generator, country: Ints) -> Strings:
    names = blank(len(country))
    for i, place in enumerate(COUNTRIES):
        here = np.flatnonzero(country == i)
        names[here] = pick(rng, [*place.names, ""], len(here), [3, *[1] * (len(place.names) - 1), 1])
    return names


def _shops(rng: np.random.Generator, population: Population, who: Ints) -> Strings:
    code = strings(CODES)[population.people.structure.country[who]]
    return np.asarray(code + "-" + digits(1 + rng.integers(0, 12, len(who)), 2), dtype=object)


#: Every record export and how it is made.
RECORD_EXPORTS: dict[str, Callable[[np.random.Generator, Population, Rows], Sheet]] = {
    "crm": crm,
    "web_form": web_form,
    "whatsapp": whatsapp,
    "call_centre_contacts": call_centre_contacts,
    "shop_cards": shop_cards,
    "newsletter": newsletter,
    "social": social,
}
