"""The synthetic customers of eight channels: `omnichannel`."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from retrato.datasets import events as happenings
from retrato.datasets.answers import draw_answers
from retrato.datasets.arrival import arrived, seconds_column
from retrato.datasets.browsing import web_app_events
from retrato.datasets.channels import KEYS, RECORD_EXPORTS
from retrato.datasets.confusable import contact_traps, people_traps
from retrato.datasets.exports import FIRST_NUMBER, Export
from retrato.datasets.files import write_csv, write_export
from retrato.datasets.formats import Ints, digits, strings
from retrato.datasets.population import Population, draw_population
from retrato.datasets.presence import Rows, draw_rows, people_for
from retrato.datasets.story import PEOPLE, RECORDS, Touch
from retrato.datasets.story_events import EVENTS
from retrato.datasets.traps import noted
from retrato.errors import ConfigurationError, OutputError, Problem

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

#: The channels that the people of the story answer.
_STORY_ANSWERS = ("whatsapp", *[None] * (len(PEOPLE) - 1))
#: The story alone has 27 records; below this number it would be most of the data.
SMALLEST = 200

#: The event exports, their key column with prefix and width of its numbers, and how they are made.
EVENT_EXPORTS: dict[
    str, tuple[tuple[str, str, int], Callable[[np.random.Generator, happenings.World, int], Export]]
] = {
    "web_app_events": (("event_id", "EV", 8), web_app_events),
    "newsletter_events": (("event_id", "NE", 8), happenings.newsletter_events),
    "whatsapp_messages": (("message_id", "MSG", 8), happenings.whatsapp_messages),
    "call_centre": (("interaction_id", "CALL", 8), happenings.call_centre),
    "shop_till": (("numero_ticket", "T", 8), happenings.shop_till),
    "crm_activities": (("id_actividad", "ACT", 8), happenings.crm_activities),
}


@dataclass(frozen=True)
class Omnichannel:
    """One population as its channels see it, and the truth.

    `records` and `events` hold a table of strings for each export, by the name of its file. `truth` has `source`,
    `record_key`, `person_id`, `household_id`, `created_at` and `trap` for every record, `event_truth` has `source`,
    `event_key`, `person_id` (null where nobody is known) and `happened_at` for every event. `people` has `person_id`
    and `answers_on`, the channel that the person really answers (null for those of the story but Pedro). A person's
    household is who lives under one roof; the trap says what makes the record hard (`retrato.datasets.traps`). All
    moments are UTC.
    """

    records: dict[str, pa.Table]
    events: dict[str, pa.Table]
    truth: pa.Table
    event_truth: pa.Table
    people: pa.Table

    def write(self, folder: str | Path) -> list[Path]:
        """Write the exports as their channels would, and the truth to `truth/records.csv`, `events.csv`, `people.csv`.

        Returns the paths of the exports, records first; the truth is not among them. The folder is made if it is not
        there. Raises `OutputError` when it cannot be written.
        """
        root = Path(folder)
        try:
            root.mkdir(parents=True, exist_ok=True)
            paths = [write_export(root, name, table) for name, table in (*self.records.items(), *self.events.items())]
            self.write_truth(root)
        except OSError as error:
            reason = error.strerror or type(error).__name__
            raise OutputError(
                f"cannot write the exports to {root}: {reason}; choose a folder that you may write"
            ) from error
        return paths

    def write_truth(self, folder: str | Path) -> None:
        """Write the truth alone, to `truth/records.csv`, `truth/events.csv` and `truth/people.csv` in the folder."""
        truth = Path(folder) / "truth"
        truth.mkdir(parents=True, exist_ok=True)
        write_csv(self.truth, truth / "records.csv")
        write_csv(self.event_truth, truth / "events.csv")
        write_csv(self.people, truth / "people.csv")

    def batches(self, count: int) -> list[Omnichannel]:
        """The same customers in so many parts, in the order in which their records arrived.

        Every part has as many records as the others, but for moments that several share, and what happened since the
        part before; the last one has all the rest. A record arrives once, when it was made, as its export has it now.
        Every part has all the tables, some maybe without rows. Raises `ConfigurationError` for less than one part or
        more parts than records.

        >>> first, second = omnichannel(300, seed=1).batches(2)
        >>> first.truth.num_rows, second.truth.num_rows
        (150, 150)
        >>> max(first.truth["created_at"].to_pylist()) < min(second.truth["created_at"].to_pylist())
        True
        """
        if not 1 <= count <= self.truth.num_rows:
            hint = f"ask for 1 to {self.truth.num_rows}"
            raise ConfigurationError([Problem("batches, count", f"{count} parts cannot be made", hint)])
        made, happened = seconds_column(self.truth, "created_at"), seconds_column(self.event_truth, "happened_at")
        edges = np.sort(made)[np.arange(1, count) * len(made) // count - 1]
        records = arrived(self.records, self.truth, np.searchsorted(edges, made), count)
        events = arrived(self.events, self.event_truth, np.searchsorted(edges, happened), count)
        return [
            Omnichannel(tables, acts, truth, event_truth, self.people)
            for (tables, truth), (acts, event_truth) in zip(records, events, strict=True)
        ]


def omnichannel(
    n: int = 3_000, *, seed: int = 7, events: bool = True, events_per_record: float = happenings.PER_RECORD
) -> Omnichannel:
    """Make customers who are in several of eight channels: `n` records of about `n / 2.8` people, and their events.

    The same arguments give the same bytes. Pedro and his family (`retrato.datasets.PEDRO`) are always there. With
    `events=False` only the events of the story are made; else there are `events_per_record`. What the names, the
    households and the mess of each channel are drawn from is told in `retrato.datasets.names`, `households`, `noise`,
    `presence` and `events`.

    Raises `ConfigurationError` for fewer than 200 records or a negative seed or number.

    >>> customers = omnichannel(300, seed=1)
    >>> sum(table.num_rows for table in customers.records.values())
    300
    >>> customers.truth.column_names
    ['source', 'record_key', 'person_id', 'household_id', 'created_at', 'trap']
    """
    _check(n, seed, events_per_record)
    layout, named, making, happening, answering = (np.random.default_rng([seed, n, part]) for part in range(5))
    told = n - len(RECORDS)
    population = draw_population(named, people_for(told))
    rows = draw_rows(layout, population, told)
    made = _records(making, population, rows)
    answers_on = draw_answers(answering, len(population.people))
    world = happenings.World(population, made, rows.who, answers_on)
    acts = _events(happening, world, n * events_per_record if events else 0)
    records = _with_traps(_with_story(made, RECORDS, population), people_traps(population.people, rows.who))
    happened = _with_story(acts, EVENTS, population)
    person, household = _ids(population)
    return Omnichannel(
        {name: export.table() for name, export in records.items()},
        {name: export.table() for name, export in happened.items()},
        _truth(records, ("record_key", "created_at"), {"person_id": person, "household_id": household}),
        _truth(happened, ("event_key", "happened_at"), {"person_id": person}),
        pa.table({"person_id": person, "answers_on": pa.array([*answers_on, *_STORY_ANSWERS], pa.string())}),
    )


def _check(n: int, seed: int, events_per_record: float) -> None:
    problems = []
    if n < SMALLEST:
        problems.append(Problem("omnichannel, n", f"{n} records are too few", f"ask for {SMALLEST} or more"))
    if seed < 0:
        problems.append(Problem("omnichannel, seed", "a seed cannot be negative", "use a whole number from 0"))
    if events_per_record < 0:
        problems.append(Problem("omnichannel, events_per_record", "it cannot be negative", "use a number from 0"))
    if problems:
        raise ConfigurationError(problems)


def _records(rng: np.random.Generator, population: Population, rows: Rows) -> dict[str, Export]:
    sheets = {name: make(rng, population, rows.of(name)) for name, make in RECORD_EXPORTS.items()}
    shared = contact_traps(population, rows, sheets)
    exports = {}
    for name, sheet in sheets.items():
        mine = rows.of(name)
        key, prefix, width = KEYS[name]
        traps = sheet.traps | shared[name] | noted("repeated", np.bincount(mine.who)[mine.who] > 1)
        exports[name] = Export(key, sheet.columns, mine.created, mine.who, traps).keyed(prefix, width)
    return exports


def _events(rng: np.random.Generator, world: happenings.World, count: float) -> dict[str, Export]:
    exports = {}
    for name, ((_, prefix, width), make) in EVENT_EXPORTS.items():
        told = sum(touch.export == name for touch in EVENTS)
        wanted = max(round(count * happenings.SHARES[name]) - told, 0)
        exports[name] = make(rng, world, wanted).take(slice(0, wanted)).keyed(prefix, width)
    return exports


def _with_story(exports: dict[str, Export], touches: Sequence[Touch], population: Population) -> dict[str, Export]:
    """The exports with the rows of the story; its events are numbered, its records have their keys."""
    joined = {}
    for name, export in exports.items():
        mine = [touch for touch in touches if touch.export == name]
        if name in EVENT_EXPORTS:
            key, prefix, width = EVENT_EXPORTS[name][0]
            mine = [touch.with_value(key, prefix + digits([i], width)[0]) for i, touch in enumerate(mine, 1)]
        joined[name] = export.with_story(mine, len(population.people))
    return joined


def _with_traps(exports: dict[str, Export], of_people: Ints) -> dict[str, Export]:
    """The exports with the traps that lie in who somebody is, beside those that lie in what was entered."""
    return {name: export.trapped(of_people[export.who]) for name, export in exports.items()}


def _ids(population: Population) -> tuple[pa.Array, pa.Array]:
    """Person and household ids: the generated ones, then those of the story."""
    household = population.people.structure.household
    person = "P" + digits(FIRST_NUMBER + np.arange(len(household)), 7)
    home = "H" + digits(FIRST_NUMBER + household, 7)
    return (
        pa.array(np.concatenate([person, strings(each.person_id for each in PEOPLE)]), pa.string()),
        pa.array(np.concatenate([home, strings(each.household_id for each in PEOPLE)]), pa.string()),
    )


def _truth(exports: dict[str, Export], names: tuple[str, str], ids: dict[str, pa.Array]) -> pa.Table:
    parts = []
    for name, export in exports.items():
        source = pa.repeat(pa.scalar(name, pa.string()), len(export))
        parts.append(export.truth(*names, ids).add_column(0, "source", source))
    return pa.concat_tables(parts).combine_chunks()
