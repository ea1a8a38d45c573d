"""What every identifier type promises, each law as a function that tells how a type breaks it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

from retrato.identifiers.base import Identifier, Issue, Status
from retrato.identifiers.columns.tables import TEXT_COLUMNS, encoded_parts

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from retrato.identifiers.base import IdentifierType

#: The parts of one cell or row.
Cell: TypeAlias = "Mapping[str, str | None]"

AGREEMENT = "value and column agree"
_CODE = re.compile(r"[a-z][a-z0-9_]*")
#: Values shorter than this cannot be masked: every letter would tell them.
_TELLING = 4


@dataclass(frozen=True, slots=True)
class Breach:
    """A law that is broken: its name, how, and the cell that shows it (None: no cell is needed)."""

    law: str
    how: str
    cell: Cell | None = None


def parts_of(kind: IdentifierType) -> tuple[str, ...]:
    """The own parts of a type, in order, each once."""
    return tuple(dict.fromkeys(field.part for field in kind.fields.values()))


def cell_breaches(kind: IdentifierType, cell: Cell) -> Iterator[Breach]:
    """How the type breaks a law with one cell."""
    try:
        found: Any = kind.parse_parts(cell)
        again: Any = kind.parse_parts(cell)
    except Exception as error:
        yield Breach("never raises", f"parse_parts raises {type(error).__name__}", cell)
        return
    if not isinstance(found, tuple) or not all(isinstance(each, Identifier) for each in found):
        yield Breach("well formed", f"parse_parts gives a {type(found).__name__}, not a tuple of Identifier", cell)
        return
    if found != again:
        yield Breach("deterministic", "the same cell is read in two ways", cell)
    for each in found:
        for law, how in (*_form(kind, each), *_keys(kind, each), *_statuses(each), *_masks(kind, each)):
            yield Breach(law, how, cell)
    if len(parts_of(kind)) == 1 or set(cell) == {parts_of(kind)[0]}:
        for law, how in _repeats(kind, found):
            yield Breach(law, how, cell)


def _form(kind: IdentifierType, found: Any) -> Iterator[tuple[str, str]]:
    law = "well formed"
    if found.kind != kind.kind:
        yield law, f"the kind of an identifier is {found.kind!r}, not {kind.kind!r}"
    if not isinstance(found.raw, str) or not isinstance(found.namespace, str):
        yield law, "raw and namespace must be texts"
    if found.value is not None and not (isinstance(found.value, str) and found.value):
        yield law, "a value must be a text that is not empty, or None"
    if not all(isinstance(name, str) and isinstance(text, str) for name, text in found.parts.items()):
        yield law, "parts must be texts"
    for issue in found.issues:
        if not isinstance(issue, Issue) or not _CODE.fullmatch(issue.code) or not issue.sentence:
            yield law, "an issue must be an Issue with a plain lower-case code and a sentence"
        elif any(each.isdigit() for each in found.raw) and _tells(issue.sentence, found.raw.strip()):
            yield law, f"the sentence of issue {issue.code} tells the value"


def _tells(sentence: str, text: str) -> bool:
    return len(text) >= _TELLING and text in sentence


def _keys(kind: IdentifierType, found: Identifier) -> Iterator[tuple[str, str]]:
    unknown = sorted(set(found.keys) - set(kind.key_names()))
    if unknown:
        yield "keys", f"no feature has the key {', '.join(unknown)}"
    for name, key in found.keys.items():
        if not isinstance(key, str) or not key:
            yield "keys", f"key {name} is empty; leave it out"
        elif not key.isascii() or key != key.lower() or key != " ".join(key.split()) or not key.isprintable():
            yield "keys", f"key {name} is not folded ASCII; see retrato.identifiers.folding.fold"


def _statuses(found: Any) -> Iterator[tuple[str, str]]:
    law = "status"
    if not isinstance(found.status, Status):
        yield law, "the status must be a Status"
        return
    if found.status is Status.MISSING:
        yield law, "an identifier has the status missing; give no identifier"
    if found.value is None and (found.status is Status.VALID or (found.status is Status.POSSIBLE and not found.parts)):
        yield law, f"a {found.status} identifier has no value"
    if found.status is Status.PLACEHOLDER and found.keys:
        yield law, "a placeholder has keys, and would match other placeholders"
    if found.value is None and found.keys:
        yield law, "an identifier without a value has keys"


def _masks(kind: IdentifierType, found: Identifier) -> Iterator[tuple[str, str]]:
    value = found.value
    if not isinstance(value, str) or len(value) < _TELLING or not any(each.isalnum() for each in value):
        return
    try:
        masked = kind.mask(value)
    except Exception as error:
        yield "never raises", f"mask raises {type(error).__name__}"
        return
    if value in masked:
        yield "mask", "the masked form holds the value"


def _repeats(kind: IdentifierType, found: Sequence[Identifier]) -> Iterator[tuple[str, str]]:
    law = "idempotent"
    for each in found:
        if each.value is None or each.status not in (Status.VALID, Status.POSSIBLE):
            continue
        try:
            again = kind.parse(each.value)
        except Exception as error:
            yield "never raises", f"parse raises {type(error).__name__}"
            return
        if each.status is Status.VALID and again.value != each.value:
            yield law, "a canonical value is read as another value"


def null_breaches(kind: IdentifierType, text: str | None) -> Iterator[Breach]:
    """How the type finds something in a text that says nothing."""
    for part in parts_of(kind):
        cell = {part: text}
        try:
            found = kind.parse_parts(cell)
        except Exception as error:
            yield Breach("never raises", f"parse_parts raises {type(error).__name__}", cell)
            continue
        if found:
            yield Breach("nothing in, nothing out", "a null text gives an identifier", cell)


def column_breaches(kind: IdentifierType, cells: Sequence[Cell]) -> Iterator[Breach]:
    """How a whole column is read otherwise than its cells one by one.

    The cells must have the same parts and must be such that `parse_parts` reads them.
    """
    import pyarrow as pa

    law = AGREEMENT
    names = list(dict.fromkeys(name for cell in cells for name in cell))
    table = pa.table({name: pa.array([cell.get(name) for cell in cells], pa.string()) for name in names})
    try:
        parsed = kind.parse_table(table).sort_by([("item", "ascending"), ("ordinal", "ascending")])
    except Exception as error:
        yield Breach(law, f"parse_table raises {type(error).__name__}", cells[0] if len(cells) == 1 else None)
        return
    wanted = ("item", "ordinal", *TEXT_COLUMNS, *kind.key_names())
    if list(parsed.column_names) != list(wanted):
        yield Breach(law, f"parse_table gives the columns {', '.join(parsed.column_names)}, not {', '.join(wanted)}")
        return
    rows: dict[int, list[dict[str, object]]] = {}
    for row in parsed.to_pylist():
        rows.setdefault(row.pop("item"), []).append(row)
    for item, cell in enumerate(cells):
        expected = [_row(kind, ordinal, each) for ordinal, each in enumerate(kind.parse_parts(cell))]
        got = rows.get(item, [])
        if got != expected:
            yield Breach(law, _difference(expected, got), cell)


def _row(kind: IdentifierType, ordinal: int, found: Identifier) -> dict[str, object]:
    """One identifier as `parse_table` must tell it."""
    return {
        "ordinal": ordinal,
        "namespace": found.namespace,
        "value": found.value,
        "raw": found.raw,
        "status": str(found.status),
        "issues": " ".join(issue.code for issue in found.issues),
        "parts": encoded_parts(found.parts) if found.parts else None,
        **{name: found.keys.get(name) for name in kind.key_names()},
    }


def _difference(expected: Sequence[dict[str, object]], got: Sequence[dict[str, object]]) -> str:
    if len(expected) != len(got):
        return "a column gives another number of identifiers than its cell alone"
    names = [name for one, other in zip(expected, got, strict=True) for name in one if one[name] != other[name]]
    return f"a column gives another {', '.join(dict.fromkeys(names))} than its cell alone"


def recognition_breaches(kind: IdentifierType, texts: Sequence[str]) -> Iterator[Breach]:
    """How `recognise` breaks its promise for a sample of texts."""
    law = "recognition"
    try:
        told = kind.recognise(texts)
    except Exception as error:
        yield Breach("never raises", f"recognise raises {type(error).__name__}")
        return
    unknown = sorted(set(told) - set(kind.fields))
    if unknown:
        yield Breach(law, f"recognise tells of {', '.join(unknown)}, which the type has not")
    if not all(0 <= share <= 1 for share in told.values()):
        yield Breach(law, "recognise gives a share that is not between 0 and 1")
    if not texts and told:
        yield Breach(law, "recognise tells something of a column without values")
