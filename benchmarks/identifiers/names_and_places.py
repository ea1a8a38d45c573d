"""Names and addresses of customers: parts of generated ones, put together anew so that nearly all are distinct."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from retrato.datasets import omnichannel

NAMES = ("nombre", "apellido1", "apellido2")
PLACES = ("codigo_postal", "ciudad", "provincia", "pais")


def names_and_places(n: int, seed: int = 1) -> pa.Table:
    """Make a table of `n` rows: a key, three columns of a name, street line, and four columns of a place."""
    known = omnichannel(60_000, seed=seed, events=False).records["crm"]
    rng = np.random.default_rng(seed)

    def drawn(name: str, rows: np.ndarray) -> pa.ChunkedArray:
        return known.column(name).take(pa.array(rows))

    columns = {"id": pa.array(np.char.add("C", (rng.permutation(n) + 10_000_000).astype(str)))}
    columns |= {name: drawn(name, rng.integers(0, known.num_rows, n)) for name in NAMES}
    rows = rng.integers(0, known.num_rows, n)
    number = pa.array(rng.integers(1, 400, n).astype(str))
    # the first number of each street line is another one
    columns["direccion"] = pc.binary_join_element_wise(
        pc.replace_substring_regex(drawn("direccion", rows), r"\d+.*$", ""),
        number,
        pc.replace_substring_regex(drawn("direccion", rows), r"^\D*\d*", ""),
        "",
    )
    columns |= {name: drawn(name, rows) for name in PLACES}
    return pa.table(columns)
