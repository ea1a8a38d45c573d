"""All laws at once, over examples and hundreds of texts that are none, with the shortest text that breaks each."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from retrato.declarations import declared_badly
from retrato.identifiers.base import IdentifierType, Status
from retrato.testing.laws import (
    AGREEMENT,
    Breach,
    cell_breaches,
    column_breaches,
    null_breaches,
    parts_of,
    recognition_breaches,
)
from retrato.testing.texts import NULLS, texts

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from retrato.testing.laws import Cell

#: From this share of texts of every sort a type that takes them for its own would take any column.
_GREEDY = 0.5
#: How many shorter forms of a text are tried for one law.
_TRIES = 300
#: Laws whose breaches a shorter text can show as well.
_SHRINKING = frozenset(
    ("never raises", "well formed", "deterministic", "idempotent", AGREEMENT, "keys", "status", "mask")
)


def check_identifier_type(
    kind: IdentifierType | type[IdentifierType], examples: Iterable[str] = (), *, seed: int = 0
) -> None:
    """Prove that an identifier type keeps its promises; else raise one `AssertionError` that tells all breaches.

    `examples` are texts of the type as the data have them, all of which must be read; give a dozen in different forms.
    They are tried with hundreds of changes, beside texts of every other sort (`seed` draws some of them). The laws:

    - *declarations*: kind, fields, headers and features are well formed, and the comparisons are known;
    - *never raises*, whatever the text;
    - *nothing in, nothing out*: null texts (blank, `-`, `NULL`, `#N/A`) give no identifier;
    - *deterministic*: the same cell is read the same way twice;
    - *idempotent*: a valid canonical value is read as itself;
    - *value and column agree*: a whole column gives what its cells give one by one;
    - *keys* are folded ASCII and belong to a feature;
    - *status*: what is valid or possible has a value, placeholders have no keys, nothing is `missing`;
    - *mask*: the masked form of a value of 4 characters and more does not hold it;
    - *recognition*: `recognise` gives shares of the type's own fields, and does not take everything for its own.

    >>> from retrato.identifiers.email import Email
    >>> check_identifier_type(Email, ["ana@example.com", "Ana Ruiz <ANA@Example.com>"])
    >>> class Careless(Email):
    ...     def mask(self, value):
    ...         return f"<{value}>"
    >>> check_identifier_type(Careless(), ["ana@example.com"])
    Traceback (most recent call last):
    AssertionError: Careless breaks 1 law
      mask: the masked form holds the value (text: ...)
    """
    checked = kind() if isinstance(kind, type) else kind
    given = list(examples)
    breaches = [Breach("declarations", flaw) for flaw in declared_badly(checked)]
    if not breaches:  # what is declared badly cannot be asked
        breaches = _shortest(checked, _breaches(checked, given, seed))
    if breaches:
        raise AssertionError("\n".join(_report(type(checked).__name__, breaches)))


def _breaches(kind: IdentifierType, examples: Sequence[str], seed: int) -> Iterator[Breach]:
    for null in (None, *NULLS):
        yield from null_breaches(kind, null)
    tried = texts(examples, seed)
    cells = [*_cells(kind, tried)]
    readable = []
    for cell in cells:
        found = list(cell_breaches(kind, cell))
        yield from found
        if all(breach.law != "never raises" and "not a tuple" not in breach.how for breach in found):
            readable.append(cell)
    for names in dict.fromkeys(tuple(cell) for cell in readable):
        yield from column_breaches(kind, [*(cell for cell in readable if tuple(cell) == names), dict.fromkeys(names)])
    yield from _recognition(kind, examples, tried)
    yield from _examples(kind, examples)


def _cells(kind: IdentifierType, tried: Sequence[str]) -> Iterator[Cell]:
    """Each text in each part alone, and in all parts at once together with other texts."""
    parts = parts_of(kind)
    for part in parts:
        yield from ({part: text} for text in tried)
    together = (*parts, *kind.context)
    if len(together) > 1:
        for place, text in enumerate(tried):
            others = [tried[(place * 7 + step * 11) % len(tried)] for step in range(1, len(together))]
            yield dict(zip(together, (text, *others), strict=True))


def _recognition(kind: IdentifierType, examples: Sequence[str], tried: Sequence[str]) -> Iterator[Breach]:
    for sample in ((), examples, tried):
        yield from recognition_breaches(kind, sample)
    told: Mapping[str, float] = {}
    with suppress(Exception):  # that is told above
        told = kind.recognise(texts((), 0))
    for name, share in told.items():
        if share >= _GREEDY:
            yield Breach("recognition", f"recognise takes texts of every sort for {name}; be stricter, or give {{}}")


def _examples(kind: IdentifierType, examples: Sequence[str]) -> Iterator[Breach]:
    first = parts_of(kind)[0]
    for text in examples:
        with suppress(Exception):  # that is told elsewhere
            found = kind.parse_parts({first: text})
            if not any(each.status in (Status.VALID, Status.POSSIBLE) for each in found):
                yield Breach("examples", "an example is read as neither valid nor possible", {first: text})


def _shortest(kind: IdentifierType, breaches: Iterable[Breach]) -> list[Breach]:
    """One breach of each sort, with the shortest cell that shows it."""
    best: dict[tuple[str, str], Breach] = {}
    for breach in breaches:
        sort = (breach.law, breach.how)
        if sort not in best or _length(breach) < _length(best[sort]):
            best[sort] = breach
    return [_shrunk(kind, breach) for breach in best.values()]


def _length(breach: Breach) -> int:
    return sum(len(text or "") for text in (breach.cell or {}).values())


def _shrunk(kind: IdentifierType, breach: Breach) -> Breach:
    """The same breach with as much of the texts left out as can be."""
    if breach.cell is None or breach.law not in _SHRINKING:
        return breach
    cell, tries = dict(breach.cell), _TRIES
    for part in list(cell):
        size = len(cell[part] or "")
        while size and tries > 0:
            forms = _without(cell, part, size)
            tries -= len(forms)
            shorter = next((each for each in forms if _breaks(kind, each, breach)), None)
            if shorter is None:
                size //= 2
            else:
                cell = shorter
                size = min(size, len(cell[part] or ""))
    return Breach(breach.law, breach.how, cell)


def _without(cell: Cell, part: str, size: int) -> list[dict[str, str | None]]:
    """The cell without so many characters of a part, at every place that is a multiple of them."""
    text = cell[part] or ""
    return [{**cell, part: text[:start] + text[start + size :]} for start in range(0, len(text), size)]


def _breaks(kind: IdentifierType, cell: Cell, like: Breach) -> bool:
    """Whether a cell shows a breach of the same sort."""
    found = column_breaches(kind, [cell]) if like.law == AGREEMENT else cell_breaches(kind, cell)
    with suppress(Exception):  # a shorter text may break the type in another way
        return any((each.law, each.how) == (like.law, like.how) for each in found)
    return False


def _report(name: str, breaches: Sequence[Breach]) -> Iterator[str]:
    laws = len({breach.law for breach in breaches})
    yield f"{name} breaks {laws} law{'s' if laws > 1 else ''}"
    for breach in breaches:
        yield f"  {breach.law}: {breach.how}{_shown(breach.cell)}"


def _shown(cell: Cell | None) -> str:
    if cell is None:
        return ""
    if len(cell) == 1:
        return f" (text: {_short(next(iter(cell.values())))})"
    return f" ({', '.join(f'{part}: {_short(text)}' for part, text in cell.items() if text)})"


def _short(text: str | None) -> str:
    return repr(text) if text is None or len(text) <= 80 else f"{text[:80]!r} and {len(text) - 80} more characters"
