"""retrato as every user runs it: the sources as they are, the default configuration, no labels."""

from __future__ import annotations

import json

from exchange import Folder

import retrato


def main() -> None:
    """Resolve the sources; the profile of a record is its cluster."""
    folder = Folder.from_arguments()
    described = json.loads((folder.records_folder / "sources.json").read_text("utf-8"))
    assignments = retrato.resolve([retrato.Source(**each) for each in described]).assignments.to_pandas()
    profiles = assignments.set_index(["source", "record_key"])["profile_id"]
    keys = folder.records().select(["source", "record_key"]).to_pandas()
    found = profiles.loc[list(keys.itertuples(index=False, name=None))]
    folder.write_clusters(found.astype("category").cat.codes.tolist(), threshold=None)


if __name__ == "__main__":
    main()
