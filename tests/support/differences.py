"""What a differential test finds: a type against the library that it stands on."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field


@dataclass(slots=True)
class Differences:
    """How many texts were compared, how many of them a documented repair had changed first, and what disagreed."""

    compared: int = 0
    repaired: Counter[str] = field(default_factory=Counter)
    disagreements: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        repairs = ", ".join(f"{name} {count}" for name, count in sorted(self.repaired.items())) or "none"
        return f"{self.compared} compared, {len(self.disagreements)} disagreements; repaired: {repairs}"
