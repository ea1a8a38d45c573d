"""Types against the libraries that they stand on, over many generated texts; fails when they disagree anywhere.

Run by `make bench-identifiers`. The comparisons are those of the test suite, over more texts.
"""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path

ROOT = Path(__file__).parents[2]
RESULTS = Path(__file__).parent / "results" / "differential.txt"
COUNTS = {"phone": 1_000_000, "email": 200_000, "national_id": 200_000}


def main() -> int:
    """Compare, print, keep the lines, and give the number of disagreements."""
    sys.path.insert(0, str(ROOT / "tests" / "support"))
    lines, disagreements = [], 0
    for kind, count in COUNTS.items():
        found = import_module(f"differential_{kind}").compare(count, seed=1)
        lines.append(f"{kind}: {found}")
        print("\n  ".join([lines[-1], *found.disagreements]), flush=True)
        disagreements += len(found.disagreements)
    RESULTS.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return 1 if disagreements else 0


if __name__ == "__main__":
    sys.exit(main())
