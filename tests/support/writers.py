"""A process that puts records into a store, one by one, and says after each that it is kept.

    python writers.py URL RECORDS.json [START]

Where RECORDS.json is a list of `[source, key, fields]`, taken from START on and round and round.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from retrato import IdentityStore, Record


def _say(what: object) -> None:
    sys.stdout.write(f"{what}\n")
    sys.stdout.flush()


def main() -> None:
    url, path, *start = sys.argv[1:]
    records = [Record(*each) for each in json.loads(Path(path).read_text("utf-8"))]
    first = int(start[0]) if start else 0
    with IdentityStore.open(url) as store:
        _say("ready")
        for place in range(first, first + len(records)):
            record = records[place % len(records)]
            store.ingest(record)
            _say(place % len(records))


if __name__ == "__main__":
    main()
