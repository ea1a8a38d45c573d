"""custmatch with 300 labels: 100 pairs at random and twice 100 that it asks for, then its run, as its README shows.

The threshold that it chooses itself is the documented result.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pandas as pd
from custmatch import io, labels, pipeline, schema
from custmatch.blocking import candidates_for
from custmatch.core import features, profile_contacts
from custmatch.incremental import STATE
from custmatch.models import load_model, p_match
from exchange import Folder, Labels

if TYPE_CHECKING:
    from pathlib import Path

FIELDS = {
    "given_name": "first_name",
    "family_name": "last_name",
    "birth_date": "date_of_birth",
    "number": "addr_number",
    "street": "addr_street",
    "unit": "addr_unit",
    "email": "email",
    "phone": "phone",
    "national_id": "ssn",
}
#: What its own fields do not cover, and how it compares them.
EXTRA = {
    "second_family_name": "similarity",
    "postcode": "similarity",
    "city": "similarity",
    "device_id": "exact",
    "account_id": "exact",
    "handle": "exact",
    "birth_place": "exact",
    "occupation": "exact",
    "sex": "exact",
}
#: Blocks beside its own (names with streets, e-mail, phone), "for data that is not shaped like a customer file": after
#: the example in its `schema.py`. On customers they make its result worse.
BLOCKS = (("last_name", "date_of_birth"), ("first_name", "date_of_birth"), ("ssn",), ("postcode",))
LARGEST_BLOCK = 200


def main() -> None:
    """Label, run, and score the candidate pairs with the model of the run."""
    folder = Folder.from_arguments()
    config = configuration(folder)
    answers = Labels(folder, budget=300)
    asked, file = folder.out / "asked.csv", folder.out / "labels.csv"
    labels.sample(config, 100, asked)
    label(asked, file, answers)
    for _ in range(2):
        labels.sample_active(config, file, answers.left // (2 if answers.left > 100 else 1), asked)
        label(asked, file, answers)
    run = folder.out / "run"
    print(json.dumps(pipeline.run(config, file, run), default=str)[:2000])
    threshold = float(load_model(run / STATE)["threshold"])
    keys, pairs, score = scored_pairs(config, run)
    records = [int(key.rsplit(":", 1)[1]) for key in keys]
    folder.write_pairs([records[a] for a in pairs[:, 0]], [records[b] for b in pairs[:, 1]], score)
    found = pd.read_csv(run / "clusters.csv").sort_values("record_id")
    folder.write_clusters(found["customer_id"].to_list(), threshold=threshold)


def configuration(folder: Folder) -> Path:
    """Its config file: the columns that the records have, under its own names."""
    records = folder.records().to_pandas()
    records.to_csv(folder.out / "records.csv", index=False)
    extra = {name: compare for name, compare in EXTRA.items() if name in records}
    columns = {"record_id": "record", **{theirs: ours for ours, theirs in FIELDS.items() if ours in records}}
    config: dict[str, Any] = {
        "sources": [{"name": "all", "path": "records.csv", "columns": {**columns, **{name: name for name in extra}}}],
        "extra_fields": [{"name": name, "compare": compare} for name, compare in extra.items()],
        "trusted_ids": [name for name in ("account_id",) if name in records],
    }
    if not {"email", "phone"} & {*records}:
        config["extra_blocking"] = [block for block in BLOCKS if {*block} <= {*columns, *extra}]
        config["max_block"] = LARGEST_BLOCK
    if "phone_2" in records:
        config["sources"][0]["columns"]["phone_2"] = "phone_2"
        config["aliases"] = {"phone": ["phone_2"]}
    path = folder.out / "config.json"
    path.write_text(json.dumps(config), "utf-8")
    return path


def label(asked: Path, file: Path, answers: Labels) -> None:
    """Answer the pairs of `asked` and add them to the labels."""
    frame = pd.read_csv(asked, dtype=str)
    numbers = [frame[side].str.rsplit(":", n=1).str[1].astype(int) for side in ("a", "b")]
    frame["label"] = ["1" if answers.same(a, b) else "0" for a, b in zip(*numbers, strict=True)]
    former = [pd.read_csv(file, dtype=str)] if file.exists() else []
    pd.concat([*former, frame]).to_csv(file, index=False)


def scored_pairs(config: Path, run: Path) -> tuple[Any, Any, Any]:
    """The keys of the records, the candidate pairs and their scores, as the run has them before it links."""
    frame, settings = io.load(config)
    profiles = {name: profile_contacts(frame, name) for name in ("email", "phone")}
    saved = load_model(run / STATE)
    pairs = candidates_for(frame, profiles, settings, rules=saved["rules"])[0]
    columns = features(frame, pairs, profiles, **schema.feature_options_for(frame, settings))
    return io.key(frame), pairs, p_match(saved["forest"], columns)


if __name__ == "__main__":
    main()
