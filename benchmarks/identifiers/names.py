"""How many hand-written full names are split right, beside nameparser and probablepeople, in one run.

The names and the splits that are right are in `tests/cases/identifiers/full_names.txt`; every third one is held out: it
is not looked at while rules and tables are improved. A name is right when every part of it is, folded. Two measures:

- *given and family*: the given names with middle names, and all surnames in one; a name that is one word of a chat
  channel counts too. Forms of address and suffixes must not be among them. Neither library knows a second surname.
- *all parts*: first and second surname apart, form of address, suffix; retrato only.

An organisation is right when it is told to be one, which nameparser never does.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import probablepeople
from nameparser import HumanName

from full_name_cases import FullName, full_names, read_right
from retrato.identifiers.folding import fold
from retrato.identifiers.name import PersonName

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    Parts = tuple[str, str] | None

RESULT = Path(__file__).parent / "results" / "names.txt"
_GIVEN = {"GivenName", "MiddleName", "FirstInitial", "MiddleInitial"}
_FAMILY = {"Surname", "LastInitial"}


def by_retrato(text: str) -> Parts:
    """Given names and surnames, or none for an organisation."""
    found = PersonName().parse(text)
    if any(issue.code == "organisation" for issue in found.issues):
        return None
    family = (found.parts.get("family", ""), found.parts.get("second_family", ""))
    return found.parts.get("given", ""), " ".join(family)


def by_nameparser(text: str) -> Parts:
    """First and middle names; last names."""
    found = HumanName(text)
    return f"{found.first} {found.middle}", found.last


def by_probablepeople(text: str) -> Parts:
    """Words by their labels; of two people the first."""
    try:
        tagged, kind = probablepeople.tag(text)
    except probablepeople.RepeatedLabelError as error:
        tagged, kind = {}, "Person"
        for word, label in error.parsed_string:
            tagged[label] = f"{tagged.get(label, '')} {word}"
    if kind == "Corporation":
        return None
    given = [word for label, word in tagged.items() if label in _GIVEN]
    return " ".join(given), " ".join(word for label, word in tagged.items() if label in _FAMILY)


READERS: dict[str, Callable[[str], Parts]] = {
    "retrato": by_retrato,
    "nameparser": by_nameparser,
    "probablepeople": by_probablepeople,
}


def is_right(case: FullName, found: Parts) -> bool:
    """Whether given names and surnames, all in one, are those of an accepted split."""
    if found is None or case.organisation:
        return found is None and case.organisation
    given, family = (fold(part) for part in found)
    return any((given, family) == (fold(first), fold(f"{last} {second}")) for first, last, second in case.splits)


def main() -> None:
    """Print the table and keep it."""
    cases = full_names()
    groups: dict[str, Sequence[FullName]] = {
        "all": cases,
        "persons": [case for case in cases if not case.organisation],
        "Spanish": [case for case in cases if case.language == "es"],
        "English": [case for case in cases if case.language == "en"],
        "others": [case for case in cases if case.language not in {"es", "en"}],
        "held out": [case for case in cases if case.held_out],
        "tuned on": [case for case in cases if not case.held_out],
    }
    lines = [
        f"{'share split right':<32}" + "".join(f"{f'{name} ({len(group)})':>16}" for name, group in groups.items())
    ]
    for name, read in READERS.items():
        right = {case.number: is_right(case, read(case.raw)) for case in cases}
        lines.append(_line(f"given and family: {name}", right, groups))
    own = {case.number: read_right(case) for case in cases}
    lines.append(_line("all parts: retrato", own, groups))
    table = "\n".join(lines) + "\n"
    print(table, end="")
    RESULT.parent.mkdir(exist_ok=True)
    RESULT.write_text(table, encoding="utf-8")


def _line(label: str, right: dict[int, bool], groups: dict[str, Sequence[FullName]]) -> str:
    shares = (sum(right[case.number] for case in group) / len(group) for group in groups.values())
    return f"{label:<32}" + "".join(f"{share:>16.1%}" for share in shares)


if __name__ == "__main__":
    main()
