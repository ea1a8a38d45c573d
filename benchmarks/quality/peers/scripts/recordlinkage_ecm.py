"""recordlinkage with its ECM classifier: no labels; pairs that share a block, compared by its own similarities.

Blocks, comparisons and the cut of .85 at which a similarity counts as agreement are those of its documentation; it
does not cluster, so the pairs that it calls links are joined. A probability of .5 is the documented threshold.
"""

from __future__ import annotations

import recordlinkage
from exchange import Folder

DOCUMENTED = 0.5
AGREES = 0.85
FEWEST = 0.01  # share of the pairs
FUZZY = ("given_name", "family_name", "second_family_name", "street", "city", "email", "birth_place")
EXACT = (
    *("birth_date", "national_id", "phone", "account_id", "device_id", "handle", "number", "postcode"),
    *("region", "sex", "occupation"),
)
BLOCKS = (
    *("email", "phone", "national_id", "account_id", "device_id", "handle", "birth_date"),
    ("given_name", "family_name"),
    ("family_name", "postcode"),
    ("given_name", "postcode"),
)


def main() -> None:
    """Index, compare, classify."""
    folder = Folder.from_arguments()
    records = folder.records().to_pandas().set_index("record")
    index = recordlinkage.Index()
    for block in BLOCKS:
        keys = [block] if isinstance(block, str) else list(block)
        if set(keys) <= set(records.columns):
            index.block(keys)
    pairs = index.index(records.drop(columns="source"))
    compare = recordlinkage.Compare(n_jobs=2)
    for name in FUZZY:
        if name in records:
            compare.string(name, name, method="jarowinkler", threshold=AGREES, label=name)
    for name in EXACT:
        if name in records:
            compare.exact(name, name, label=name)
    agreement = compare.compute(pairs, records)
    # a field on which next to nobody agrees drives its parameters to 0 and all probabilities to "not a number"
    agreement = agreement.loc[:, agreement.mean() >= FEWEST]
    classifier = recordlinkage.ECMClassifier()
    classifier.fit(agreement)
    score = classifier.prob(agreement)
    left, right = (score.index.get_level_values(side).to_numpy() for side in (0, 1))
    folder.write_pairs(left, right, score.to_numpy())
    folder.write_threshold(DOCUMENTED)


if __name__ == "__main__":
    main()
