"""The data sets that match quality is measured on: where their files are, what their columns are, and who is who.

A set maps columns to fields and nothing else: thresholds, rules and the model are those that every user gets.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa
from pyarrow import csv
from pyarrow import parquet as pq

import retrato

if TYPE_CHECKING:
    from collections.abc import Mapping

FEBRL_MAPPING = {
    "given_name": "given_name",
    "family_name": "surname",
    "street_number": "street_number",
    "address": "address_1",
    "address_line_2": "address_2",
    "city": "suburb",
    "postcode": "postcode",
    "region": "state",
    "birth_date": "date_of_birth",
    "national_id": "soc_sec_id",
}


@dataclass(frozen=True, slots=True)
class PublicSet:
    """A public data set: its files (one source each), the column of the key, the mapping, and what it has to reach."""

    name: str
    files: tuple[str, ...]
    key: str
    mapping: Mapping[str, str | tuple[str, ...]]
    target: float  # pairwise F1
    person: str  # a column, or a pattern whose group is found in the key

    def missing(self, folder: Path) -> tuple[str, ...]:
        """The files that the folder does not have."""
        return tuple(file for file in self.files if not (folder / file).is_file())

    def sources(self, folder: Path) -> list[retrato.Source]:
        """One source a file."""
        return [
            retrato.Source(Path(file).stem, folder / file, key=self.key, mapping=self.mapping) for file in self.files
        ]

    def truth(self, folder: Path) -> pa.Table:
        """The columns `source`, `record_key` and `person_id` of every record."""
        return pa.concat_tables(self._truth_of(folder / file) for file in self.files)

    def _truth_of(self, path: Path) -> pa.Table:
        table = read(path)
        keys = table[self.key].cast(pa.string())
        if "(" in self.person:
            people = pa.array([re.search(self.person, key)[1] for key in keys.to_pylist()])
        else:
            people = table[self.person].cast(pa.string())
        names = pa.array([path.stem] * len(table), pa.string())
        return pa.table({"source": names, "record_key": keys, "person_id": people})


def read(path: Path) -> pa.Table:
    """A file of the folder as it is, with the blanks around column names taken away."""
    if path.suffix == ".parquet":
        return pq.read_table(path)
    table = csv.read_csv(path)
    return table.rename_columns([name.strip() for name in table.column_names])


PUBLIC_SETS = (
    PublicSet("febrl3", ("febrl3.csv",), "rec_id", FEBRL_MAPPING, target=0.9995, person=r"rec-(\d+)-"),
    PublicSet("febrl4", ("febrl4a.csv", "febrl4b.csv"), "rec_id", FEBRL_MAPPING, target=0.9998, person=r"rec-(\d+)-"),
    PublicSet(
        "fake_1000",
        ("fake_1000.csv",),
        "unique_id",
        {
            "given_name": "first_name",
            "family_name": "surname",
            "birth_date": "dob",
            "city": "city",
            "email": "email",
            "ignore": "cluster",
        },
        target=0.985,
        person="cluster",
    ),
    PublicSet(
        "historical_50k",
        ("historical_figures_with_errors_50k.parquet",),
        "unique_id",
        {
            "given_name": "first_name",
            "family_name": "surname",
            "birth_date": "dob",
            "text.birth_place": "birth_place",
            "postcode": "postcode_fake",
            "sex": "gender",
            "category.occupation": "occupation",
            "ignore": ("cluster", "full_name", "first_and_surname"),
        },
        target=0.92,
        person="cluster",
    ),
)
