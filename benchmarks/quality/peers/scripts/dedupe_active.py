"""dedupe with 60 labels, each for the pair that it asks for, then its own clustering; as its README and examples do.

Its `partition` at .5 is the documented result; the same scores clustered at other thresholds are what the best is
searched among.
"""

from __future__ import annotations

import random

import dedupe
import numpy as np
from dedupe import variables
from exchange import Folder, Labels

EXACT = ("device_id", "account_id", "handle", "sex", "national_id", "phone")
LEFT_OUT = ("record", "source", "full_name", "phone_2", "country", "region", "unit")
THRESHOLDS = (0.1, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99)
DOCUMENTED = 0.5


def main() -> None:
    """Label, train, score once, cluster at each threshold."""
    random.seed(1)
    np.random.seed(1)
    folder = Folder.from_arguments()
    table = folder.records()
    names = [name for name in table.column_names if name not in LEFT_OUT]
    data = dict(enumerate({name: row[name] or None for name in names} for row in table.to_pylist()))
    matcher = dedupe.Dedupe([_variable(name) for name in names], num_cores=2)
    matcher.prepare_training(data)
    numbers = {id(row): number for number, row in data.items()}
    answers = Labels(folder, budget=60)
    while answers.left:
        for a, b in matcher.uncertain_pairs():
            same = answers.same(numbers[id(a)], numbers[id(b)])
            matcher.mark_pairs({"match": [(a, b)] if same else [], "distinct": [] if same else [(a, b)]})
    matcher.train()
    scores = matcher.score(matcher.pairs(data))
    for threshold in THRESHOLDS:
        clusters = list(range(-len(data), 0))
        for number, (members, _) in enumerate(matcher.cluster(scores, threshold)):
            for record in members:
                clusters[int(record)] = number
        folder.write_clusters(clusters, threshold=threshold, documented=threshold == DOCUMENTED)


def _variable(name: str) -> variables.base.FieldType:
    kind = variables.Exact if name in EXACT else variables.String
    return kind(name, has_missing=True)


if __name__ == "__main__":
    main()
