"""Exact identifiers: records that share a value are one person, unless more than 20 records hold the value.

The full name together with the birth date counts as an identifier too.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from exchange import Folder
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

IDENTIFIERS = ("email", "phone", "phone_2", "national_id", "account_id", "device_id", "handle", "name_and_birth_date")
MOST_HOLDERS = 20


def main() -> None:
    """Join the records that share an identifier."""
    folder = Folder.from_arguments()
    records = folder.records().to_pandas()
    if "birth_date" in records:
        records["name_and_birth_date"] = records["full_name"] + " " + records["birth_date"]
    present = [name for name in IDENTIFIERS if name in records]
    columns = [records[["record", name]].set_axis(["record", "value"], axis=1) for name in present]
    kinds = [name.removesuffix("_2") for name in present]
    held = pd.concat(columns, keys=kinds, names=["kind", None]).reset_index("kind").dropna().drop_duplicates()
    groups = held.groupby(["kind", "value"])["record"]
    held = held[groups.transform("size") <= MOST_HOLDERS]
    first = held.groupby(["kind", "value"])["record"].transform("min")
    edges = (np.ones(len(held), np.int8), (first.to_numpy(), held["record"].to_numpy()))
    graph = coo_array(edges, shape=(len(records), len(records)))
    folder.write_clusters(connected_components(graph, directed=False)[1], threshold=None)


if __name__ == "__main__":
    main()
