"""The libraries that are measured: how each is run, and what it is given."""

from __future__ import annotations

import hashlib
import sys
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

HERE = Path(__file__).parent
ENVIRONMENTS = HERE.parents[2] / ".venv"


@dataclass(frozen=True, slots=True)
class Library:
    """One library: its script, the distribution whose environment it runs in (none: ours), and how many labels it gets.

    `most_records` is the largest set that it is tried on.
    """

    name: str
    script: str
    distribution: str | None = None
    labels: int = 0
    most_records: int = 200_000

    @property
    def python(self) -> Path:
        """The interpreter of its environment."""
        if self.distribution is None:
            return Path(sys.executable)
        return ENVIRONMENTS / f"peer-{self.distribution}" / "bin" / "python"

    @property
    def version(self) -> str:
        """The pinned version; of what has no environment of its own, that of retrato."""
        if self.distribution is None:
            return version("retrato")
        pins = (HERE / "requirements" / f"{self.distribution}.txt").read_text("utf-8").splitlines()
        return next(pin.split("==")[1] for pin in pins if pin.startswith(f"{self.distribution}=="))

    @property
    def command(self) -> tuple[Path, Path]:
        """The command that runs its script; two folders follow."""
        return self.python, HERE / "scripts" / self.script

    @property
    def recipe(self) -> str:
        """A text that changes when its script, what belongs to the script, or its pins do."""
        kin = sorted((HERE / "scripts").glob(f"{self.script.split('_', 1)[0]}_*.py"))
        pins = [] if self.distribution is None else [HERE / "requirements" / f"{self.distribution}.txt"]
        return hashlib.sha256(b"".join(path.read_bytes() for path in (*kin, *pins))).hexdigest()[:16]


RETRATO = Library("retrato", "retrato_default.py", most_records=10_000_000)
PEERS = (
    Library("exact ids", "exact_ids.py", most_records=10_000_000),
    Library("Splink", "splink_em.py", "splink", most_records=10_000_000),
    Library("goldenmatch", "goldenmatch_auto.py", "goldenmatch"),
    Library("custmatch", "custmatch_forest.py", "custmatch", labels=300, most_records=10_000_000),
    Library("dedupe", "dedupe_active.py", "dedupe", labels=60, most_records=20_000),
    Library("recordlinkage ECM", "recordlinkage_ecm.py", "recordlinkage"),
)
