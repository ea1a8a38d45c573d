"""Small text tables that ship with the package, read once."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


def lines(name: str) -> Iterator[str]:
    """The lines of a table in `identifiers/data`, without comments and blank lines."""
    text = files("retrato.identifiers").joinpath("data", f"{name}.txt").read_text(encoding="utf-8")
    for line in text.splitlines():
        stripped = line.partition("#")[0].strip()
        if stripped:
            yield stripped


@cache
def words(name: str) -> frozenset[str]:
    """All words of a table, whatever the line they stand on.

    >>> "maria" in words("given_es")
    True
    """
    return frozenset(word for line in lines(name) for word in line.split())


@cache
def synonyms(name: str) -> dict[str, str]:
    """A table with lines `canonical: form, form, …`, as a mapping from each form to its canonical word.

    >>> synonyms("nicknames")["pepe"]
    'jose'
    """
    found: dict[str, str] = {}
    for line in lines(name):
        canonical, _, forms = line.partition(":")
        for form in forms.split(","):
            found.setdefault(form.strip(), canonical.strip())
    return found


@cache
def listed(name: str, group: str) -> tuple[str, ...]:
    """The entries of one group of a table with lines `group: entry, entry, …`, in order.

    >>> "sin datos" in listed("placeholders", "absent")
    True
    """
    own = (line.partition(": ")[2] for line in lines(name) if line.partition(":")[0] == group)
    return tuple(entry for line in own for entry in line.split(", "))


def headers(field: str) -> tuple[str, ...]:
    """The headers by which a field of the mapping vocabulary is recognised (table `headers`).

    >>> headers("family_name")[:3]
    ('family name', 'surname', 'last name')
    """
    return listed("headers", field)
