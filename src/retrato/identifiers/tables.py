"""Small text tables that ship with the package, read once."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from importlib.resources import files


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
