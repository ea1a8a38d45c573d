"""What a library's script reads and writes: a folder with `records.parquet` in, scored pairs and clusters out.

The scripts run in environments of their own, so nothing here needs more than pyarrow.
"""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
from pyarrow import parquet

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True)
class Folder:
    """The records of one set (`records`, in `set.json` its name), and a library's own folder for what it makes of them.

    Record i of the table has the number i, in its column `record` and in all results.
    """

    records_folder: Path
    out: Path

    @classmethod
    def from_arguments(cls) -> Folder:
        """The two folders that the command line names."""
        return cls(Path(sys.argv[1]), Path(sys.argv[2]))

    @property
    def set_name(self) -> str:
        """What the set is called."""
        return str(json.loads((self.records_folder / "set.json").read_text("utf-8"))["name"])

    def records(self) -> pa.Table:
        """One row a record: `record`, `source`, and a column a field."""
        return parquet.read_table(self.records_folder / "records.parquet")

    def write_pairs(self, left: Iterable[int], right: Iterable[int], score: Iterable[float]) -> None:
        """Write scored pairs, each once; the best threshold is searched among the scores."""
        columns = {"left": pa.array(left, pa.int64()), "right": pa.array(right, pa.int64())}
        parquet.write_table(pa.table({**columns, "score": pa.array(score, pa.float64())}), self.out / "pairs.parquet")

    def write_clusters(self, clusters: Iterable[Any], *, threshold: float | None, documented: bool = True) -> None:
        """Write the cluster of every record, in the order of the records.

        `threshold` is what the clusters were made with, `documented` says that it is the one that the docs name (or
        that the library has chosen itself). May be called once for each of several thresholds.
        """
        file = f"clusters-{'own' if threshold is None else threshold}.parquet"
        parquet.write_table(pa.table({"cluster": pa.array(list(clusters), pa.int64())}), self.out / file)
        self._note({"file": file, "threshold": threshold, "documented": documented})

    def write_threshold(self, threshold: float) -> None:
        """Name the documented threshold of a library that does not cluster: all its links are joined."""
        self._note({"file": None, "threshold": threshold, "documented": True})

    def _note(self, result: dict[str, Any]) -> None:
        with (self.out / "results.jsonl").open("a", encoding="utf-8") as file:
            file.write(json.dumps(result) + "\n")


class Labels:
    """A person who labels pairs, with the truth as the answer, and only so many times."""

    def __init__(self, folder: Folder, budget: int) -> None:
        self._people = parquet.read_table(folder.records_folder / "people.parquet")["person"].to_pylist()
        self.left = budget

    def same(self, a: int, b: int) -> bool:
        """Are these two records one person? Raises RuntimeError when the budget is spent."""
        if not self.left:
            raise RuntimeError("all labels are spent")
        self.left -= 1
        return bool(self._people[a] == self._people[b])
