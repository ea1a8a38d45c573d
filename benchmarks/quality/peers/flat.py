"""Records as the other libraries take them: one row a record, one plain column a field, values already normalised.

Nobody is asked to parse what retrato parses: every library gets what retrato has read from the sources, and so the
difference between them is matching alone.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pandas as pd

from retrato.engines.compile.template import tree
from retrato.engines.duckdb import DuckDBEngine
from retrato.identifiers.folding import fold
from retrato.pipeline.normalise import normalise
from retrato.pipeline.read import read
from retrato.pipeline.run import Run
from retrato.records import by_name
from retrato.ruleset import Ruleset

if TYPE_CHECKING:
    from collections.abc import Iterable

    import retrato

#: Kinds whose value is one text: kind of identifier, name of the column. A second phone gets a column of its own.
_PLAIN = {
    "email": "email",
    "phone": "phone",
    "national_id": "national_id",
    "birth_date": "birth_date",
    "sex": "sex",
    "account_id": "account_id",
    "device_id": "device_id",
    "handle": "handle",
}
_NAME = {"given": "given_name", "family": "family_name", "second_family": "second_family_name"}
_ADDRESS = ("street", "number", "unit", "postcode", "city", "region", "country")
_FOLDED = {"street", "unit", "city", "region"}
#: With a namespace (which shop's card, which platform) the same digits are not the same thing.
_NAMESPACED = {"account_id", "handle"}

_VALUES = """
SELECT record, kind, attribute, namespace, coalesce(value, raw) AS value, parts
FROM identifiers
WHERE version = 0 AND status NOT IN ('placeholder', 'missing')
ORDER BY record, kind, attribute, status = 'valid' DESC, column_name, ordinal, value
"""


def flat_records(sources: Iterable[retrato.Source]) -> pd.DataFrame:
    """One row a record: `source`, `record_key`, and a column for every field that the sources have, null or a text."""
    with DuckDBEngine() as engine:
        run = Run(engine, by_name(sources), Ruleset())
        read(run)
        normalise(run)
        records = engine.fetch(tree("SELECT record, source, record_key FROM records ORDER BY record")).to_pandas()
        values = engine.fetch(tree(_VALUES)).to_pandas()
    flat: pd.DataFrame = records.set_index("record")
    for name, column in _columns(values):
        flat[name] = column
    return flat.reset_index(drop=True)


def _columns(values: pd.DataFrame) -> Iterable[tuple[str, pd.Series[Any]]]:
    """The columns of the flat table, by record."""
    first = values.groupby(["record", "attribute"], sort=False).nth(0)
    for kind in sorted(first["kind"].unique()):
        of_kind = first[first["kind"] == kind].set_index("record")
        if kind in _PLAIN:
            text = of_kind["value"]
            if kind in _NAMESPACED:
                text = of_kind["namespace"].fillna("") + ":" + text
            yield _PLAIN[kind], text
        elif kind == "name":
            parts = _parts(of_kind["parts"])
            yield "full_name", of_kind["value"].map(_folded)
            yield from ((_NAME[part], parts[part].map(_folded)) for part in _NAME if part in parts)
        elif kind == "address":
            parts = _parts(of_kind["parts"])
            for part in _ADDRESS:
                if part in parts:
                    yield part, parts[part].map(_folded if part in _FOLDED else _plain)
        elif kind not in ("consent", "coordinates"):
            for attribute, column in of_kind.groupby("attribute", sort=True):
                yield str(attribute), column["value"].map(_folded)
    second = values[values["kind"] == "phone"].drop_duplicates(["record", "value"])
    second = second.groupby("record", sort=False).nth(1).set_index("record")
    if len(second):
        yield "phone_2", second["value"]


def _parts(column: pd.Series[Any]) -> pd.DataFrame:
    """The parts of names or addresses, one column a part."""
    distinct = {text: json.loads(text) for text in column.dropna().unique()}
    return pd.DataFrame([distinct.get(text, {}) for text in column], index=column.index)


def _folded(text: object) -> str | None:
    return (fold(text) or None) if isinstance(text, str) else None


def _plain(text: object) -> str | None:
    return text if isinstance(text, str) else None
