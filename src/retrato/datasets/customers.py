"""The synthetic customers of eight channels: `omnichannel`."""

from __future__ import annotations

import io
import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.csv

from retrato.datasets import events as happenings
from retrato.datasets.browsing import web_app_events
from retrato.datasets.channels import KEYS, RECORD_EXPORTS
from retrato.datasets.exports import FIRST_NUMBER, Export
from retrato.datasets.formats import Strings, digits, strings
from retrato.datasets.population import Population, draw_population
from retrato.datasets.presence import Rows, draw_rows, people_for
from retrato.datasets.story import PEOPLE, RECORDS
from retrato.datasets.story_events import EVENTS
from retrato.errors import ConfigurationError, OutputError, Problem

if TYPE_CHECKING:
    from collections.abc import Callable

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

#: Exports that are not plain UTF-8 CSV with commas: file suffix, encoding, delimiter.
_FILES = {
    "crm": (".csv", "cp1252", ";"),
    "crm_activities": (".csv", "cp1252", ";"),
    "web_form": (".jsonl", "utf-8", ""),
    "whatsapp": (".jsonl", "utf-8", ""),
    "shop_cards": (".csv", "utf-8-sig", ";"),
    "shop_till": (".csv", "utf-8-sig", ";"),
}


@dataclass(frozen=True)
class Omnichannel:
    """One population as its channels see it, and the truth.

    `records` and `events` hold a table of strings for each export, by the name of its file; `truth` has `source`,
    `record_key`, `person_id` and `household_id` for every record, `event_truth` has `source`, `event_key` and
    `person_id` for every event (null where nobody is known). A person's household is who lives under one roof.
    All moments are UTC.
    """

    records: dict[str, pa.Table]
    events: dict[str, pa.Table]
    truth: pa.Table
    event_truth: pa.Table

    def write(self, folder: str | Path) -> list[Path]:
        """Write the exports as their channels would, and the truth to `truth/records.csv` and `truth/events.csv`.

        Returns the paths of the exports, records first; the truth is not among them. The folder is made if it is not
        there. Raises `OutputError` when it cannot be written.
        """
        root = Path(folder)
        try:
            (root / "truth").mkdir(parents=True, exist_ok=True)
            paths = [_write(root, name, table) for name, table in (*self.records.items(), *self.events.items())]
            _csv(self.truth, root / "truth" / "records.csv", "utf-8", ",")
            _csv(self.event_truth, root / "truth" / "events.csv", "utf-8", ",")
        except OSError as error:
            reason = error.strerror or type(error).__name__
            raise OutputError(
                f"cannot write the exports to {root}: {reason}; choose a folder that you may write"
            ) from error
        return paths


def omnichannel(n: int = 3_000, *, seed: int = 7, events: bool = True) -> Omnichannel:
    """Make customers who are in several of eight channels: `n` records of about `n / 2.8` people, and their events.

    The same `n` and `seed` give the same bytes. Pedro and his family (`retrato.datasets.PEDRO`) are always there. With
    `events=False` only the events of the story are made; else there are 10/3 a record. What the names, the households
    and the mess of each channel are drawn from is told in `retrato.datasets.names`, `households`, `noise`, `presence`
    and `events`.

    Raises `ConfigurationError` for fewer than 200 records or a negative seed.

    >>> customers = omnichannel(300, seed=1)
    >>> sum(table.num_rows for table in customers.records.values())
    300
    >>> customers.truth.column_names
    ['source', 'record_key', 'person_id', 'household_id']
    """
    _check(n, seed)
    layout, named, making, happening = (np.random.default_rng([seed, n, part]) for part in range(4))
    told = n - len(RECORDS)
    population = draw_population(named, people_for(told))
    rows = draw_rows(layout, population, told)
    records = _records(making, population, rows)
    exports = _events(happening, population, records, rows, round(n * happenings.PER_RECORD) if events else 0)
    person, household = _ids(population)
    return Omnichannel(
        {name: export.table() for name, export in records.items()},
        {name: export.table() for name, export in exports.items()},
        _truth(records, "record_key", {"person_id": person, "household_id": household}),
        _truth(exports, "event_key", {"person_id": person}),
    )


def _check(n: int, seed: int) -> None:
    problems = []
    if n < SMALLEST:
        problems.append(Problem("omnichannel, n", f"{n} records are too few", f"ask for {SMALLEST} or more"))
    if seed < 0:
        problems.append(Problem("omnichannel, seed", "a seed cannot be negative", "use a whole number from 0"))
    if problems:
        raise ConfigurationError(problems)


def _records(rng: np.random.Generator, population: Population, rows: Rows) -> dict[str, Export]:
    exports = {}
    for name, make in RECORD_EXPORTS.items():
        mine = rows.of(name)
        key, prefix, width = KEYS[name]
        made = Export(key, make(rng, population, mine), mine.created, mine.who).keyed(prefix, width)
        exports[name] = made.with_story([touch for touch in RECORDS if touch.export == name], len(population.people))
    return exports


def _events(
    rng: np.random.Generator, population: Population, records: dict[str, Export], rows: Rows, count: int
) -> dict[str, Export]:
    own = {name: export.take(export.who < len(population.people)) for name, export in records.items()}
    world = happenings.World(population, own, rows.who)
    exports = {}
    for name, ((key, prefix, width), make) in EVENT_EXPORTS.items():
        touches = [touch for touch in EVENTS if touch.export == name]
        wanted = max(round(count * happenings.SHARES[name]) - len(touches), 0)
        made = make(rng, world, wanted).take(slice(0, wanted)).keyed(prefix, width)
        numbered = [touch.with_value(key, prefix + digits([i], width)[0]) for i, touch in enumerate(touches, 1)]
        exports[name] = made.with_story(numbered, len(population.people))
    return exports


def _ids(population: Population) -> tuple[Strings, Strings]:
    """Person and household ids: the generated ones, then those of the story."""
    household = population.people.structure.household
    person = "P" + digits(FIRST_NUMBER + np.arange(len(household)), 7)
    home = "H" + digits(FIRST_NUMBER + household, 7)
    return (
        np.concatenate([person, strings(each.person_id for each in PEOPLE)]),
        np.concatenate([home, strings(each.household_id for each in PEOPLE)]),
    )


def _truth(exports: dict[str, Export], key_name: str, ids: dict[str, Strings]) -> pa.Table:
    parts = []
    for name, export in exports.items():
        table = export.truth(key_name, ids)
        parts.append(table.add_column(0, "source", pa.array([name] * len(export), pa.string())))
    return pa.concat_tables(parts).combine_chunks()


def _write(root: Path, name: str, table: pa.Table) -> Path:
    suffix, encoding, delimiter = _FILES.get(name, (".csv", "utf-8", ","))
    path = root / f"{name}{suffix}"
    if suffix == ".jsonl":
        with path.open("w", encoding=encoding, newline="\n") as file:
            for batch in table.to_batches(max_chunksize=10_000):
                file.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in batch.to_pylist())
    else:
        _csv(table, path, encoding, delimiter)
    return path


def _csv(table: pa.Table, path: Path, encoding: str, delimiter: str) -> None:
    options = pa.csv.WriteOptions(delimiter=delimiter, quoting_style="needed", quoting_header="needed")
    buffer = io.BytesIO()
    pa.csv.write_csv(table, buffer, options)
    text = buffer.getvalue()
    path.write_bytes(text if encoding == "utf-8" else text.decode("utf-8").encode(encoding))
