"""Reads the hand-written full names in `tests/cases/identifiers/full_names.txt`: see its head for their form."""

from __future__ import annotations

from dataclasses import dataclass

from identifier_cases import FOLDER
from retrato.identifiers.folding import fold, squeeze
from retrato.identifiers.name import PersonName, suffix_form

#: Every case with such a number (from 1) is held out.
HELD_OUT_EVERY = 3


@dataclass(frozen=True)
class FullName:
    """A full name and the splits that are right: (given, family, second family), none for an organisation."""

    number: int
    raw: str
    language: str
    splits: tuple[tuple[str, str, str], ...]
    honorifics: tuple[str, ...]
    suffixes: tuple[str, ...]

    @property
    def organisation(self) -> bool:
        return not self.splits

    @property
    def held_out(self) -> bool:
        return self.number % HELD_OUT_EVERY == 0


def full_names() -> list[FullName]:
    lines = (FOLDER / "full_names.txt").read_text(encoding="utf-8").splitlines()
    written = [line for line in lines if line.strip() and not line.startswith("#")]
    return [_full_name(number, line) for number, line in enumerate(written, start=1)]


def read_right(case: FullName) -> bool:
    """Whether every part of a full name is read as it says, folded."""
    found = PersonName().parse(case.raw)
    organisation = any(issue.code == "organisation" for issue in found.issues)
    if organisation or case.organisation:
        return organisation and case.organisation
    split = tuple(fold(found.parts.get(name, "")) for name in ("given", "family", "second_family"))
    return (
        split in {tuple(fold(part) for part in each) for each in case.splits}
        and squeeze(found.parts.get("honorific", "")) in {squeeze(text) for text in case.honorifics}
        and found.parts.get("suffix", "") in {suffix_form(text) for text in case.suffixes}
    )


def _full_name(number: int, line: str) -> FullName:
    raw, language, splits, honorifics, suffixes = (*(cell.strip() for cell in line.split(" | ")), "-", "-")[:5]
    named = () if splits == "organisation" else tuple(_split(each) for each in splits.split(" or "))
    return FullName(number, raw, language, named, _texts(honorifics), _texts(suffixes))


def _split(text: str) -> tuple[str, str, str]:
    given, family, second = _texts(text, " + ")
    return given, family, second


def _texts(cell: str, separator: str = " or ") -> tuple[str, ...]:
    return tuple("" if text.strip() == "-" else text.strip() for text in cell.split(separator))
