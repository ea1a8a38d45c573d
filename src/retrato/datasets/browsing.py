"""The web and app events: anonymous sessions, logins, carts that are left, paid, or paid later from another device."""

from __future__ import annotations

import numpy as np

from retrato.datasets import entries
from retrato.datasets.channels import CAMPAIGNS, SOURCES
from retrato.datasets.events import (
    FIRST_THREAD,
    Steps,
    World,
    amounts,
    currencies,
    draw_templates,
    journeys_for,
    lately,
    steps_of,
)  # fmt: skip
from retrato.datasets.exports import Export
from retrato.datasets.formats import DAY, Flags, Ints, Strings, blank, digits, hexes, pick, strings, time_text
from retrato.datasets.noise import MESS
from retrato.datasets.population import END, START

TEMPLATES = (
    (0.21, "visit"), (0.22, "visit view"), (0.18, "visit view view"), (0.09, "visit view view view view"),
    (0.12, "visit view cart"), (0.08, "visit view cart order payment"), (0.05, "visit view form"), (0.05, "push"),
    (0.00, "visit order payment"),
)  # fmt: skip
CART, PUSH, CONTINUED = 4, 7, 8
NOBODY = 0.28  # sessions of cookies that never say who they are
LOGGED_IN = 0.25
PAID_LATER = 0.30  # of the carts left behind, on another device of the same person
BORROWED = 0.04  # sessions on a device of the household
COOKIE_USE = (0.5, 0.35, 0.15)  # laptop, mobile, an earlier one
PAGES = strings(["/fibra", "/movil", "/tv", "/ofertas", "/ayuda", "/tarifas/familia", "/router", "/cobertura"])


def web_app_events(rng: np.random.Generator, world: World, count: int) -> Export:
    """Sessions on the site and in the app."""
    total = journeys_for(TEMPLATES, count)
    which = draw_templates(rng, TEMPLATES, total)
    who = world.present[rng.integers(0, len(world.present), total)]
    nobody = rng.random(total) < NOBODY
    start = lately(rng, np.full(total, START))
    cart = FIRST_THREAD + np.arange(total)
    later = np.flatnonzero((which == CART) & ~nobody & (rng.random(total) < PAID_LATER))
    which, who, nobody, cart = (
        np.concatenate([which, np.full(len(later), CONTINUED)]),
        np.concatenate([who, who[later]]),
        np.concatenate([nobody, nobody[later]]),
        np.concatenate([cart, cart[later]]),
    )
    start = np.concatenate([start, np.minimum(start[later] + rng.integers(3600, 2 * DAY, len(later)), END - 7200)])
    cookie, device = _devices(rng, world, who, nobody)
    # Push messages reach only the app; whoever lacks it gets none and visits instead.
    which = np.where((which == PUSH) & (device == ""), 0, which)
    email, customer = _logins(rng, world, who, nobody)
    steps = steps_of(which, TEMPLATES)
    time = start[steps.journey] + steps.place * rng.integers(15, 240, len(start))[steps.journey]
    columns = _columns(rng, steps, time, cart)
    at = steps.journey
    session_login = (rng.random(len(which)) < LOGGED_IN)[at]
    named: Flags = ~nobody[at] & (session_login | np.isin(steps.kind, ["order", "payment", "form"]))
    bought = np.isin(steps.kind, ["cart", "order", "payment"])
    currency = currencies(world.population, np.where(nobody, -1, who))
    price = amounts(rng, currency)
    columns |= {
        "platform": np.where(device == "", "web", "app")[at],
        "cookie_id": cookie[at],
        "device_id": device[at],
        "tracking_consent": _consents(np.where(device == "", cookie, device))[at],
        "email": np.where(named, email[at], ""),
        "id_cliente": np.where(named & session_login, customer[at], ""),
        "amount": np.where(bought, price[_first_of(cart)][at], ""),
        "currency": np.where(bought, currency[at], ""),
    }
    export = Export("event_id", columns, time, np.where(nobody, -1, who)[at])
    # A cart that is paid later stands beside its payment, so that whoever takes the first rows gets whole journeys.
    return export.take(np.argsort(cart[at] * 16 + (which[at] == CONTINUED) * 8 + steps.place, kind="stable"))


def _first_of(cart: Ints) -> Ints:
    """The position where each cart stands first: a cart that is paid later has one price."""
    return np.asarray(np.unique(cart, return_index=True)[1][np.unique(cart, return_inverse=True)[1]], dtype=np.int64)


def _devices(rng: np.random.Generator, world: World, who: Ints, nobody: Flags) -> tuple[Strings, Strings]:
    """Cookie and app device of each session; the app has no cookie, a browser no device."""
    count = len(who)
    contacts = world.population.contacts
    user = np.where(rng.random(count) < BORROWED, entries.relatives(world.population, who), who)
    cookie = contacts.cookies[user, rng.choice(3, count, p=COOKIE_USE)]
    # Strangers come back now and then: three sessions for one cookie of nobody.
    strange = hexes(rng, max(count // 3, 1))
    cookie = np.where(nobody, strange[rng.integers(0, len(strange), count)], cookie)
    in_app = ~nobody & (contacts.device[user] != "") & (rng.random(count) < 0.45)
    return np.where(in_app, "", cookie), np.where(in_app, contacts.device[user], "")


def _consents(devices: Strings) -> Strings:
    """What was answered to the banner on each device: the same every time, three in four agree."""
    return strings("true" if each[-1:] < "c" else "false" for each in devices)


def _logins(rng: np.random.Generator, world: World, who: Ints, nobody: Flags) -> tuple[Strings, Strings]:
    """The address and, for those in the CRM, the customer number of whoever logs in."""
    email = entries.emails(rng, world.population, who, MESS["web_app_events"]).text
    number = blank(len(world.population.people))
    crm = world.records["crm"]
    number[crm.who] = crm.columns["id_cliente"]
    return np.where(nobody, "", email), np.where(nobody, "", number[who])


def _columns(rng: np.random.Generator, steps: Steps, time: Ints, cart: Ints) -> dict[str, Strings]:
    count, kind = len(steps.kind), steps.kind
    bought = np.isin(kind, ["cart", "order", "payment"])
    from_campaign = (kind == "visit") & (rng.random(count) < 0.35)
    campaign = pick(rng, CAMPAIGNS, count)
    state = np.select([kind == "cart", kind == "order", kind == "payment"], ["open", "placed", "paid"], "")
    return {
        "event_time": time_text(time, gap="T") + "Z",
        "event_type": kind,
        "platform": blank(count),
        "direction": np.where(kind == "push", "out", "in"),
        "cookie_id": blank(count),
        "device_id": blank(count),
        "tracking_consent": blank(count),
        "email": blank(count),
        "id_cliente": blank(count),
        "page": np.where(kind == "push", "", PAGES[rng.integers(0, len(PAGES), count)]),
        "cart_id": np.where(bought, "CART-" + digits(cart[steps.journey], 7), ""),
        "state": state,
        "amount": blank(count),
        "currency": blank(count),
        "utm_source": np.where(from_campaign, SOURCES[rng.integers(0, len(SOURCES), count)], ""),
        "utm_campaign": np.where(from_campaign | (kind == "push"), campaign, ""),
    }
