"""Types against the libraries that they stand on, over many generated texts; fails when they disagree anywhere.

Run by `make bench-identifiers`. The comparisons are those of the test suite, over more texts.
"""

from __future__ import annotations

import sys
from pathlib import Path

import differential_email
import differential_national_id
import differential_phone

RESULTS = Path(__file__).parent / "results" / "differential.txt"
COMPARED = (
    ("phone", differential_phone.compare, 1_000_000),
    ("email", differential_email.compare, 200_000),
    ("national_id", differential_national_id.compare, 200_000),
)


def main() -> int:
    """Compare, print, keep the lines, and give the number of disagreements."""
    lines, disagreements = [], 0
    for kind, compare, count in COMPARED:
        found = compare(count, seed=1)
        lines.append(f"{kind}: {found}")
        print("\n  ".join([lines[-1], *found.disagreements]), flush=True)
        disagreements += len(found.disagreements)
    RESULTS.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return 1 if disagreements else 0


if __name__ == "__main__":
    sys.exit(main())
