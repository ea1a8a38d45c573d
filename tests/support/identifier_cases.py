"""Reads the golden cases in `tests/cases/identifiers`: see the head of each file for their form."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).parent.parent / "cases" / "identifiers"
_PART = re.compile(r"([a-z_0-9]+)=(.*)", re.DOTALL)


@dataclass(frozen=True)
class Expected:
    value: str | None
    status: str
    details: dict[str, str]
    issues: tuple[str, ...]


@dataclass(frozen=True)
class Case:
    where: str
    raw: str
    options: dict[str, str]
    expected: tuple[Expected, ...]

    def parts(self, first: str) -> dict[str, str | None]:
        """The parts of the case: one text, or `part=text ++ part=text`."""
        if not _PART.match(self.raw):
            return {first: self.raw}
        named = (_PART.fullmatch(each.strip()) for each in self.raw.split("++"))
        return {each[1]: each[2] for each in named if each}


def cases(name: str) -> list[Case]:
    lines = (FOLDER / f"{name}.txt").read_text(encoding="utf-8").splitlines()
    numbered = [
        (number, line) for number, line in enumerate(lines, start=1) if line.strip() and not line.startswith("#")
    ]
    return [_case(f"{name}.txt:{number}", line) for number, line in numbered]


def _case(where: str, line: str) -> Case:
    raw, options, *rest = (cell.strip() for cell in line.split(" | "))
    chosen = {} if options == "-" else dict(option.split("=") for option in options.split())
    assert len(rest) % 3 == 0, where
    return Case(where, raw, chosen, tuple(_expected(*rest[i : i + 3]) for i in range(0, len(rest), 3)))


def _expected(value: str, status: str, details: str) -> Expected:
    words = [] if details == "-" else [each.strip() for each in details.split(";")]
    issues = tuple(each[1:] for each in words if each.startswith("!"))
    named = dict(each.split("=", 1) for each in words if not each.startswith("!"))
    return Expected(None if value == "-" else value, status, named, issues)
