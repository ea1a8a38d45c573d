"""The event exports: what people did, channel by channel, in small journeys.

An event export is made of journeys (a visit with its views and cart, a call with its ticket, a mailing with its
opens). Each is a template of kinds, drawn by weight. Some journeys belong to nobody known: cookies that never say who
they are, callers from unknown numbers, customers who pay and leave. Shares of the exports are in `SHARES`.

| export | identified by | times |
|---|---|---|
| web_app_events | cookie or device; e-mail and customer number once logged in | 2024-12-31T18:05:00Z |
| newsletter_events | subscriber and e-mail | 2024-12-31 18:05:00 |
| whatsapp_messages | WhatsApp id | 31/12/2024 18:05:00 |
| call_centre | caller's number, sometimes the card of the contact | 31-12-2024 18:05:00 |
| shop_till | loyalty card, phone, e-mail or nothing | 31/12/2024 18:05 |
| crm_activities | customer number | 31/12/2024 18:05 |
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from retrato.datasets import entries
from retrato.datasets.answers import is_answered
from retrato.datasets.channels import CAMPAIGNS
from retrato.datasets.exports import Export
from retrato.datasets.formats import DAY, Flags, Ints, Strings, blank, digits, pick, strings, time_text, weighted
from retrato.datasets.noise import MESS, MISTYPED_DOMAINS
from retrato.datasets.places import COUNTRIES
from retrato.datasets.population import END, START, Population
from retrato.datasets.presence import at_daytime

#: Events for one record over all exports, and how they fall on the exports.
PER_RECORD = 10 / 3
SHARES = {
    "web_app_events": 0.42,
    "newsletter_events": 0.22,
    "whatsapp_messages": 0.11,
    "call_centre": 0.08,
    "shop_till": 0.10,
    "crm_activities": 0.07,
}
Templates = Sequence[tuple[float, str]]


@dataclass(frozen=True)
class World:
    """What events are drawn from: the population, the record exports and who is in them."""

    population: Population
    records: Mapping[str, Export]
    present: Ints  # the person of every record: who has more records acts more
    answers_on: Strings  # the channel that each person answers


@dataclass(frozen=True)
class Steps:
    """Journeys taken apart: one row an event, `journey` its position, `place` its turn within."""

    journey: Ints
    place: Ints
    kind: Strings


def journeys_for(templates: Templates, events: int) -> int:
    """How many journeys give at least so many events."""
    weights = np.array([weight for weight, _ in templates])
    lengths = np.array([len(text.split()) for _, text in templates])
    return int(events / (weights @ lengths / weights.sum()) * 1.05) + 40


def steps_of(which: Ints, templates: Templates) -> Steps:
    """Lay out the kinds of every journey, by the position of its template."""
    parts = [text.split() for _, text in templates]
    lengths = np.array([len(part) for part in parts])
    flat = strings(kind for part in parts for kind in part)
    starts = np.cumsum(lengths) - lengths
    journey = np.repeat(np.arange(len(which)), lengths[which])
    place = np.arange(len(journey)) - np.repeat(np.cumsum(lengths[which]) - lengths[which], lengths[which])
    return Steps(journey, place, flat[starts[which[journey]] + place])


def draw_templates(rng: np.random.Generator, templates: Templates, count: int) -> Ints:
    """Draw a template for each journey."""
    return weighted(rng, [weight for weight, _ in templates], count)


def lately(rng: np.random.Generator, after: Ints) -> Ints:
    """A waking moment between each given one and the end of the exports, more of them late."""
    moment = after + ((END - DAY - after) * rng.beta(1.5, 1.1, len(after))).astype(np.int64)
    return np.minimum(at_daytime(rng, moment), END - DAY)


def currencies(population: Population, who: Ints) -> Strings:
    """The currency of each person's country; euros for nobody known."""
    country = np.where(who < 0, 0, population.people.structure.country[np.maximum(who, 0)])
    return strings(place.currency for place in COUNTRIES)[country]


def amounts(rng: np.random.Generator, currency: Strings, point: str = ".") -> Strings:
    """Prices in the currency, with a decimal point or comma."""
    scale = {"EUR": 1, "USD": 1, "GBP": 1, "MXN": 20, "ARS": 900, "CLP": 950, "COP": 4200}
    value = rng.lognormal(3.4, 0.8, len(currency)) * np.array([scale[each] for each in currency], dtype=float)
    return strings(f"{each:.2f}".replace(".", point) for each in value.tolist())


def newsletter_events(rng: np.random.Generator, world: World, count: int) -> Export:
    """Mailings to the subscribers: sent, opened, clicked, bounced."""
    templates = (
        (0.50, "email_sent"), (0.17, "email_sent email_opened"), (0.30, "email_sent email_opened email_clicked"),
        (0.02, "email_sent email_bounced"), (0.01, "email_sent email_opened unsubscribe"),
    )  # fmt: skip
    total = journeys_for(templates, count)
    source = world.records["newsletter"]
    row = rng.integers(0, len(source), total)
    address = source.columns["email_address"][row]
    wrong = {domain for forms in MISTYPED_DOMAINS.values() for domain in forms}
    dead = np.array([each.lower().rpartition("@")[2] in wrong for each in address], dtype=bool)
    clicked = is_answered(rng, world.answers_on, source.who[row], "email")
    drawn = draw_templates(rng, templates, total)
    which = np.where(dead, 3, np.where(clicked, 2, np.where(drawn == 2, 1, drawn)))
    steps = steps_of(which, templates)
    # Mailings go out every other week at ten; opened the same day or the next.
    fortnight = 14 * DAY
    sent = np.minimum(lately(rng, source.time[row]) // fortnight + 1, (END - DAY) // fortnight) * fortnight + 10 * 3600
    delay = np.minimum(rng.exponential(5 * 3600, total) + 60, 20 * 3600).astype(np.int64)
    time = sent[steps.journey] + steps.place * delay[steps.journey]
    campaign = strings(CAMPAIGNS)[sent // fortnight % len(CAMPAIGNS)] + "-" + digits(sent // fortnight % 1000, 3)
    columns = {
        "timestamp": time_text(time),
        "type": steps.kind,
        "channel": blank(len(time), "email"),
        "direction": np.where(steps.place == 0, "out", "in"),
        "campaign": campaign[steps.journey],
        "subscriber_id": source.columns["subscriber_id"][row][steps.journey],
        "email": address[steps.journey],
    }
    return Export("event_id", columns, time, source.who[row][steps.journey])


_QUESTIONS = strings(
    ["Hola, buenas", "¿Me pueden llamar?", "Tengo una duda con la factura", "No funciona internet",
        "Hi, is anyone there?",
     "¿Cuánto cuesta la fibra?", "Gracias", "Ok perfecto", "Quiero cambiar de tarifa"]
)  # fmt: skip
_ANSWERS = strings(
    ["¡Hola! ¿En qué podemos ayudarle?", "Le llamamos hoy por la tarde", "Lo miramos y le decimos",
        "Thanks for your message",
     "Su petición queda registrada", "¿Me facilita su DNI?"]
)  # fmt: skip
AGENTS = strings(["A. Molina", "C. Rey", "J. Ward", "L. Pardo", "M. Sosa", "N. Byrne", "R. Tapia", "S. Cano"])


def whatsapp_messages(rng: np.random.Generator, world: World, count: int) -> Export:
    """Conversations with the contacts; one in twelve with a number that is no contact."""
    # Whoever does not answer leaves it at what the company has said.
    templates = ((0.63, "m m"), (0.26, "m m m"), (0.07, "m m m m"), (0.04, "m m m m m m"))
    total = journeys_for(templates, count)
    source = world.records["whatsapp"]
    row = rng.integers(0, len(source), total)
    unknown = rng.random(total) < 0.08
    stranger = "346" + digits(rng.integers(10_000_000, 99_999_999, total), 8) + "@c.us"
    going_on = 1 + draw_templates(rng, templates[1:], total)
    answered = is_answered(rng, world.answers_on, np.where(unknown, -1, source.who[row]), "whatsapp")
    steps = steps_of(np.where(answered, going_on, 0), templates)
    events = len(steps.journey)
    time = lately(rng, source.time[row])[steps.journey] + steps.place * rng.integers(40, 900, total)[steps.journey]
    outgoing = steps.place % 2 == 1
    said = np.where(
        outgoing, _ANSWERS[rng.integers(0, len(_ANSWERS), events)], _QUESTIONS[rng.integers(0, len(_QUESTIONS), events)]
    )
    columns = {
        "sent_at": time_text(time, "%d/%m/%Y"),
        "type": blank(events, "message"),
        "channel": blank(events, "whatsapp"),
        "direction": np.where(outgoing, "out", "in"),
        "wa_id": np.where(unknown, stranger, source.columns["wa_id"][row])[steps.journey],
        "conversation_id": "CONV-" + digits(FIRST_THREAD + steps.journey, 7),
        "agent": np.where(outgoing, AGENTS[rng.integers(0, len(AGENTS), events)], ""),
        "text": said,
    }
    return Export("message_id", columns, time, np.where(unknown, -1, source.who[row])[steps.journey])


#: Threads of the story have lower numbers.
FIRST_THREAD = 1_000


def call_centre(rng: np.random.Generator, world: World, count: int) -> Export:
    """Calls with the tickets that they open and close, and the survey after; one caller in five is unknown."""
    templates = (
        (0.60, "call"), (0.14, "call ticket"), (0.14, "call ticket ticket"), (0.12, "call ticket ticket survey"),
    )  # fmt: skip
    total = journeys_for(templates, count)
    source = world.records["call_centre_contacts"]
    row = rng.integers(0, len(source), total)
    carded = rng.random(total) < 0.45
    nobody = ~carded & (rng.random(total) < 0.35)
    who = np.where(carded, source.who[row], _somebody(rng, world, total))
    time = lately(rng, np.where(carded, source.time[row], START))
    shown = entries.numbers(rng, world.population, who, time, MESS["call_centre"])
    numbers = entries.phones(rng, shown, MESS["call_centre"]).text
    written = source.columns["numero_llamante"][row]
    numbers = np.where(carded & (written != ""), written, numbers)
    stranger = pick(rng, ["6", "7", "9"], total) + digits(rng.integers(10_000_000, 99_999_999, total), 8)
    steps = steps_of(draw_templates(rng, templates, total), templates)
    events = len(steps.journey)
    wait = np.array([0, 180, 3 * DAY, 4 * DAY])[steps.place] + rng.integers(0, 100, events) * (steps.place > 0)
    ticketed = (steps.kind == "ticket") | (steps.kind == "survey")
    moment = np.minimum(time[steps.journey] + wait, END - 1)
    columns = {
        "started_at": time_text(moment, "%d-%m-%Y"),
        "type": steps.kind,
        "channel": blank(events, "phone"),
        "direction": np.where(steps.kind == "survey", "out", "in"),
        "caller_number": np.where(nobody, stranger, numbers)[steps.journey],
        "ficha": np.where(carded, source.columns["ficha"][row], "")[steps.journey],
        "agent": AGENTS[rng.integers(0, len(AGENTS), total)][steps.journey],
        "reason": pick(rng, ["avería", "factura", "alta", "baja", "tarifa", "información", "reclamación"], total)[
            steps.journey
        ],
        "ticket_id": np.where(ticketed, "TCK-" + digits(FIRST_THREAD + steps.journey, 7), ""),
        "status": np.select([steps.kind != "ticket", steps.place == 1], ["", "open"], "closed"),
        "satisfaction": np.where(steps.kind == "survey", pick(rng, "12345", events, [1, 1, 2, 4, 3]), ""),
        "duration_s": np.where(steps.kind == "call", digits(rng.integers(20, 999, events), 3), ""),
    }
    return Export("interaction_id", columns, moment, np.where(nobody, -1, who)[steps.journey])


def _somebody(rng: np.random.Generator, world: World, count: int) -> Ints:
    return world.present[rng.integers(0, len(world.present), count)]


def shop_till(rng: np.random.Generator, world: World, count: int) -> Export:
    """Visits to the shops: known by card, by the phone or e-mail for the receipt, or not at all."""
    source = world.records["shop_cards"]
    row = rng.integers(0, len(source), count)
    how = weighted(rng, (0.45, 0.12, 0.07, 0.36), count)
    carded: Flags = how == 0
    who = np.where(carded, source.who[row], _somebody(rng, world, count))
    time = lately(rng, np.where(carded, source.time[row], START))
    mess = MESS["shop_till"]
    kind = pick(rng, ["payment", "order", "store_visit"], count, [0.75, 0.1, 0.15])
    bought = kind != "store_visit"
    known = np.where(how == 3, -1, who)
    currency = currencies(world.population, known)
    columns = {
        "fecha": time_text(time, "%d/%m/%Y", exact=False),
        "tipo": kind,
        "canal": blank(count, "shop"),
        "tienda": np.where(carded, source.columns["tienda"][row], "ES-" + digits(1 + rng.integers(0, 12, count), 2)),
        "vendedor": AGENTS[rng.integers(0, len(AGENTS), count)],
        "numero_tarjeta": np.where(carded, source.columns["numero_tarjeta"][row], ""),
        "telefono": np.where(
            how == 1, entries.phones(rng, entries.numbers(rng, world.population, who, time, mess), mess).text, ""
        ),
        "email": np.where(how == 2, entries.emails(rng, world.population, who, mess).text, ""),
        "pedido": np.where(kind == "order", "PED-" + digits(FIRST_THREAD + np.arange(count), 7), ""),
        "articulo": np.where(
            bought, pick(rng, ["router", "funda", "móvil", "cargador", "auriculares", "tablet"], count), ""
        ),
        "importe": np.where(bought, amounts(rng, currency, ","), ""),
        "moneda": np.where(bought, currency, ""),
    }
    return Export("numero_ticket", columns, time, known)


def crm_activities(rng: np.random.Generator, world: World, count: int) -> Export:
    """What the office noted: contracts, messages sent, surveys."""
    source = world.records["crm"]
    row = rng.integers(0, len(source), count)
    kind = pick(rng, ["sms", "contract", "survey", "call", "ticket"], count, [0.40, 0.22, 0.13, 0.15, 0.10])
    who, time = source.who[row], lately(rng, source.time[row])
    missed = (kind == "call") & ~is_answered(rng, world.answers_on, who, "phone")
    currency = currencies(world.population, who)
    number = digits(FIRST_THREAD + np.arange(count), 7)
    contract, ticket, sms = kind == "contract", kind == "ticket", kind == "sms"
    columns = {
        "fecha": time_text(time, "%d/%m/%Y", exact=False),
        "tipo": np.where(missed, "call_missed", kind),
        "canal": np.select([sms, kind == "call", kind == "survey"], ["sms", "phone", "email"], "office"),
        "sentido": np.where(contract | ticket, "in", "out"),
        "id_cliente": source.columns["id_cliente"][row],
        "expediente": np.select([contract, ticket], ["CT-" + number, "EXP-" + number], ""),
        "estado": np.select([contract, ticket], ["signed", pick(rng, ["open", "closed"], count, [0.3, 0.7])], ""),
        "campana": np.where(sms, pick(rng, CAMPAIGNS, count), ""),
        "importe": np.where(contract, amounts(rng, currency, ","), ""),
        "moneda": np.where(contract, currency, ""),
        "satisfaccion": np.where(kind == "survey", pick(rng, "12345", count, [1, 1, 2, 4, 3]), ""),
        "agente": AGENTS[rng.integers(0, len(AGENTS), count)],
        "compromiso": blank(count),
        "texto": blank(count),
    }
    return Export("id_actividad", columns, time, who)
