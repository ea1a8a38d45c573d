"""Stage 3: identifiers to features: one row a record, with what agreement on each value is worth."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa

from retrato.engines.compile import features as sql
from retrato.engines.compile.accounts import with_accounts
from retrato.engines.compile.template import column, tree
from retrato.matching.accounts import ACCOUNT, ACCOUNT_FEATURES
from retrato.matching.comparisons import Split, comparisons_for
from retrato.matching.contact_classes import ROOTS

if TYPE_CHECKING:
    from retrato.identifiers.base import Feature
    from retrato.matching.model import FellegiSunter
    from retrato.pipeline.run import Run


def features(run: Run) -> None:
    """Make `features`, `value_bands` and `name_bands`; keep only the features that at least two records have."""
    tables = []
    for name, each in run.kinds.items():
        run.engine.create(f"record_{name}", sql.record_keys(f"keys_{name}", each))
        tables.append(f"record_{name}")
    known = {key for feature in run.features for key in feature.keys}
    run.engine.create("keys", with_accounts(sql.joined_keys(tables, list(run.kinds.values())), known))
    run.engine.drop(*tables)
    run.kinds = {ACCOUNT: ACCOUNT_FEATURES, **run.kinds}
    run.lists = frozenset(key for feature in run.features if feature.multivalued for key in feature.keys)
    run.kinds = {name: kept for name, each in run.kinds.items() if (kept := _present(run, each))}
    run.comparisons = comparisons_for(run.features)
    _bands(run)
    run.engine.create("features", sql.features_table(run.features))
    run.engine.drop("keys")


def _present(run: Run, features: tuple[Feature, ...]) -> tuple[Feature, ...]:
    def count(feature: Feature) -> int:
        key = column(feature.keys[0])
        found = run.engine.fetch(tree("SELECT count(:k) AS n FROM keys", k=key))
        return int(found.column("n")[0].as_py())

    return tuple(feature for feature in features if count(feature) >= 2)


def _bands(run: Run) -> None:
    known = {key for feature in run.features for key in feature.keys}
    run.engine.create("counted_bands", tree(_NO_BANDS))
    if run.model is not None:
        run.engine.load("model_bands", _model_bands(run.model))
    names = sql.name_bands() if run.model is None else sql.name_bands_of_model()
    run.engine.create("name_bands", names if ROOTS in known else tree(_NO_NAMES))
    rarity = []
    for feature, comparison in zip(run.features, run.comparisons, strict=True):
        if comparison.split is Split.RARITY:
            rarity.append(feature.name)
            run.engine.append("counted_bands", sql.rarity(feature))
        else:
            run.engine.append("counted_bands", sql.contact_class(feature, known))
    if run.model is None:
        run.engine.create("value_bands", tree("SELECT * FROM counted_bands"))
    else:
        run.engine.create("value_bands", sql.bands_of_model(rarity))
        run.engine.drop("model_bands")
    run.engine.drop("counted_bands")


def _model_bands(model: FellegiSunter) -> pa.Table:
    """`feature, code, band` of the values whose bands a model keeps."""
    rows = [
        (feature, code, band) for feature, bands in sorted(model.bands.items()) for code, band in sorted(bands.items())
    ]
    columns = list(zip(*rows, strict=True)) if rows else [(), (), ()]
    types = (pa.string(), pa.string(), pa.int8())
    arrays = [pa.array(values, kind) for values, kind in zip(columns, types, strict=True)]
    return pa.table(arrays, names=["feature", "code", "band"])


def frozen_bands(run: Run) -> dict[str, dict[str, int]]:
    """The rarity bands that a model fitted on this run keeps: feature, hash of the value, band."""
    rarity = [each.feature for each in run.comparisons if each.split is Split.RARITY]
    found = run.engine.fetch(sql.frozen_bands(rarity))
    bands: dict[str, dict[str, int]] = {}
    for feature, code, band in zip(
        *(found.column(name).to_pylist() for name in ("feature", "code", "band")), strict=True
    ):
        bands.setdefault(feature, {})[code] = band
    return bands


def known_columns(run: Run) -> frozenset[str]:
    """The columns of `features`."""
    return frozenset(run.engine.columns("features"))


_NO_NAMES = "SELECT '' AS value, CAST(0 AS TINYINT) AS band LIMIT 0"
_NO_BANDS = """
SELECT '' AS feature, '' AS value, CAST(0 AS TINYINT) AS band, CAST(0 AS BIGINT) AS holders,
  CAST(0 AS DOUBLE) AS pairs_within LIMIT 0
"""
