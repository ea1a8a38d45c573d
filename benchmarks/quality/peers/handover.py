"""One set, written down for the libraries: its sources, its records in plain columns, and who is who."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pyarrow as pa
from pyarrow import parquet

from peers.flat import flat_records

if TYPE_CHECKING:
    import numpy.typing as npt

    from bench_sets import BenchSet


@dataclass(frozen=True, slots=True)
class Handover:
    """A folder that the scripts read, and the truth that they do not.

    `people` is the person of every record, numbered from 0; `traps` what makes it difficult, where the truth says that;
    `content` changes when the records or the truth do.
    """

    folder: Path
    people: npt.NDArray[np.int64]
    traps: list[str] | None
    content: str


def hand_over(bench_set: BenchSet, folder: Path) -> Handover:
    """Write the set to the folder. Raises ValueError when a record has no truth."""
    folder.mkdir(parents=True)
    sources = []
    for source in bench_set.sources:
        path = source.data if isinstance(source.data, Path) else folder / f"{source.name}.parquet"
        if path is not source.data:
            parquet.write_table(source.data, path)
        mapping = {field: [each] if isinstance(each, str) else list(each) for field, each in source.mapping.items()}
        described = {"name": source.name, "data": str(path), "key": source.key, "mapping": mapping}
        sources.append({**described, "region": source.region})
    (folder / "sources.json").write_text(json.dumps(sources), "utf-8")
    (folder / "set.json").write_text(json.dumps({"name": bench_set.name}), "utf-8")
    records = flat_records(bench_set.sources)
    truth = records[["source", "record_key"]].merge(bench_set.truth.to_pandas(), how="left", validate="1:1")
    people = pd.factorize(truth["person_id"])[0]
    if (people < 0).any():
        raise ValueError(f"{bench_set.name}: {(people < 0).sum()} records have no truth")
    records.insert(0, "record", np.arange(len(records)))
    parquet.write_table(pa.Table.from_pandas(records, preserve_index=False), folder / "records.parquet")
    parquet.write_table(pa.table({"person": people}), folder / "people.parquet")
    hashed = hashlib.sha256(pd.util.hash_pandas_object(records.assign(person=people)).to_numpy().tobytes())
    traps = truth["trap"].tolist() if "trap" in truth else None
    return Handover(folder, people, traps, hashed.hexdigest()[:16])
