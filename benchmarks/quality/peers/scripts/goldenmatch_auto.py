"""goldenmatch without any configuration: it is given the table and decides everything itself, as its README shows.

Its clusters are the documented result; the best threshold is searched among the scores of its pairs.
"""

from __future__ import annotations

import os

import goldenmatch
from exchange import Folder
from goldenmatch.core.autoconfig_controller import ControllerNotConfidentError


def main() -> None:
    """Deduplicate; where it refuses because it is not sure of its own choice, go on as its message says."""
    os.environ["GOLDENMATCH_AUTOCONFIG_MEMORY"] = "0"  # what it has learned from other tables stays out
    folder = Folder.from_arguments()
    records = folder.records()
    fields = records.drop_columns(["record"])
    try:
        result = goldenmatch.dedupe_df(fields)
    except ControllerNotConfidentError as refusal:
        print(refusal)
        result = goldenmatch.dedupe_df(fields, confidence_required=False)
    print(result.config)
    left, right, score = zip(*result.scored_pairs, strict=True) if result.scored_pairs else ((), (), ())
    folder.write_pairs(left, right, score)
    clusters = list(range(-len(records), 0))  # a record that it leaves alone is a cluster of its own
    for number, cluster in result.clusters.items():
        for record in cluster["members"]:
            clusters[record] = number
    folder.write_clusters(clusters, threshold=None)


if __name__ == "__main__":
    main()
