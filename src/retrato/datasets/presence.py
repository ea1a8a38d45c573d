"""Who is in which channel, how often and since when.

A person with any record has 1 + a negative binomial number of them (mean 3.0, one in four has one, one in thirty more
than eight). The first ones fall on different channels, drawn by age; about one further record in eight repeats a
channel, which is the same person registered twice. Children under 14 have none and a few adults neither.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from retrato.datasets.formats import DAY, Ints
from retrato.datasets.households import YEAR
from retrato.datasets.population import END, START, Population

CHANNELS = ("crm", "web_form", "whatsapp", "call_centre_contacts", "shop_cards", "newsletter", "social")
#: Weight of each channel by age: 14 to 29, 30 to 59, 60 and over.
WEIGHTS = np.array(
    [
        [0.24, 0.29, 0.19, 0.07, 0.08, 0.08, 0.05],
        [0.33, 0.23, 0.15, 0.11, 0.10, 0.07, 0.01],
        [0.38, 0.12, 0.09, 0.20, 0.15, 0.055, 0.005],
    ]
)
FURTHER_RECORDS = 2.05  # mean of the records after the first
SPREAD = 1.7  # shape of the negative binomial
SAME_CHANNEL = 0.14
#: Share of people who are customers at all: under 18, adults.
PRESENT = (0.35, 0.93)


def people_for(records: int) -> int:
    """How many people to draw so that there are enough for so many records: 2.36 a person, and four deviations more.

    >>> people_for(10_000)
    4660
    """
    return round(0.426 * records + 4 * math.sqrt(records))


@dataclass(frozen=True)
class Rows:
    """One row a record to be made: the person, the position of the channel, created and last updated (seconds)."""

    who: Ints
    channel: Ints
    created: Ints
    updated: Ints

    def of(self, channel: str) -> Rows:
        """The rows of one channel."""
        here = np.flatnonzero(self.channel == CHANNELS.index(channel))
        return Rows(self.who[here], self.channel[here], self.created[here], self.updated[here])


def draw_rows(rng: np.random.Generator, population: Population, records: int) -> Rows:
    """Decide on exactly `records` records of these people (fewer only if the population is too small for them)."""
    people = len(population.people)
    age = population.people.structure.age
    present = (age >= 14) & (rng.random(people) < np.where(age < 18, PRESENT[0], PRESENT[1]))
    count = np.where(present, 1 + rng.negative_binomial(SPREAD, SPREAD / (SPREAD + FURTHER_RECORDS), people), 0)
    group = np.digitize(age, [30, 60])
    # The Gumbel trick: channels in the order of a weighted draw without replacement, for everybody at once.
    order = np.argsort(-(np.log(WEIGHTS[group]) + rng.gumbel(size=(people, len(CHANNELS)))), axis=1)

    who = np.repeat(np.arange(people), count)
    turn = np.arange(len(who)) - np.repeat(np.cumsum(count) - count, count)
    again = (turn > 0) & (rng.random(len(who)) < SAME_CHANNEL)
    turn = np.where(again, (rng.random(len(who)) * np.maximum(turn, 1)).astype(np.int64), turn)
    turn = np.where(turn >= len(CHANNELS), rng.integers(0, 3, len(who)), turn)
    channel = order[who, turn]
    kept = np.sort(rng.permutation(len(who))[:records])
    who, channel = who[kept], channel[kept]
    created, updated = _times(rng, population, who)
    return Rows(who, channel, created, updated)


def _times(rng: np.random.Generator, population: Population, who: Ints) -> tuple[Ints, Ints]:
    """When each record was made, more of them lately, in waking hours, and when it was last touched."""
    span = END - START
    first = START + (span * rng.beta(1.6, 1.3, len(population.people))).astype(np.int64)
    first = np.maximum(first, ((population.people.structure.birth + 13 * YEAR) * DAY).astype(np.int64))
    later = (rng.exponential(500 * DAY, len(who))).astype(np.int64)
    created = first[who] + later % np.maximum(END - first[who], DAY)
    created = np.minimum(at_daytime(rng, created), END - DAY)
    touched = rng.random(len(who)) < 0.55
    wait = (rng.random(len(who)) ** 2 * (END - DAY - created)).astype(np.int64)
    updated = np.maximum(at_daytime(rng, created + wait), created)
    return created, np.where(touched, updated, created)


def at_daytime(rng: np.random.Generator, seconds: Ints) -> Ints:
    """Move moments to a waking hour of their day, most around noon and in the evening."""
    hour = np.where(rng.random(len(seconds)) < 0.5, rng.normal(12, 2, len(seconds)), rng.normal(19, 2, len(seconds)))
    within = (np.clip(hour, 7, 23.9) * 3600).astype(np.int64) + rng.integers(0, 60, len(seconds))
    return np.asarray(seconds // DAY * DAY + np.minimum(within, DAY - 1), dtype=np.int64)
