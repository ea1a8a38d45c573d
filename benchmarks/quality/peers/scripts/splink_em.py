"""Splink with its DuckDB backend: a Fellegi-Sunter model that is trained without labels.

The models of the public sets are those of its own examples (`docs/demos`: the tutorial, `deduplicate_50k_synthetic`,
`febrl3`, `febrl4`); that of the customers puts the same building blocks together, as the tutorial "Building your own
model" says. What its clusters are at .95, the threshold of its quick start, is the documented result.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import duckdb
from exchange import Folder
from splink import DuckDBAPI, Linker, SettingsCreator
from splink_models import MODELS, Model

if TYPE_CHECKING:
    import pyarrow as pa

THRESHOLD = 0.95


def main() -> None:
    """Train, predict, cluster."""
    folder = Folder.from_arguments()
    linker = trained(folder.records(), next(MODELS[name] for name in MODELS if folder.set_name.startswith(name)))
    predictions = linker.inference.predict(threshold_match_weight=-10)
    pairs = predictions.as_duckdbpyrelation().project("record_l, record_r, match_weight").to_arrow_table()
    folder.write_pairs(*(column.combine_chunks() for column in pairs.columns))
    found = linker.clustering.cluster_pairwise_predictions_at_threshold(predictions, THRESHOLD)
    clusters = found.as_duckdbpyrelation().project("record, cluster_id").order("record").to_arrow_table()
    numbers = (
        clusters["cluster_id"].combine_chunks().dictionary_encode().indices
    )  # they are texts when sources are linked
    folder.write_clusters(numbers.to_pylist(), threshold=THRESHOLD)


def trained(records: pa.Table, model: Model) -> Linker:
    """The linker with the parameters that its examples estimate, in their order."""
    connection = duckdb.connect()
    connection.register("flat", records)
    present = [name for name in records.column_names if records[name].null_count < len(records)]
    api = DuckDBAPI(connection=connection)
    rows = connection.sql(f"SELECT *, {model.derived} FROM flat")  # noqa: S608 - our own expressions
    sources = sorted(set(records["source"].to_pylist())) if model.link else []
    parts = [rows.filter(duckdb.ColumnExpression("source") == source) for source in sources] or [rows]
    settings = SettingsCreator(
        link_type="link_only" if model.link else "dedupe_only",
        unique_id_column_name="record",
        comparisons=model.comparisons(present),
        blocking_rules_to_generate_predictions=model.blocking,
    )
    linker = Linker([api.register(part) for part in parts] if model.link else api.register(rows), settings)
    training = linker.training
    training.estimate_probability_two_random_records_match(model.certain, recall=model.recall)
    training.estimate_u_using_random_sampling(max_pairs=model.random_pairs, seed=1)
    for rule in model.training:
        training.estimate_parameters_using_expectation_maximisation(
            rule, estimate_without_term_frequencies=model.without_frequencies
        )
    return linker


if __name__ == "__main__":
    main()
