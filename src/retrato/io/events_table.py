"""Is a table one of events, and if so, which columns hold what."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from retrato.identifiers.attribute import read_number
from retrato.identifiers.moment import read_moment
from retrato.io.events import event_match, is_sign, is_strong
from retrato.io.headers import words
from retrato.io.recognition import Guess, is_code, is_direction
from retrato.io.records_table import customer_key_columns
from retrato.records import SourceKind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from retrato.io.columns import Columns

_NAMES = frozenset(("name", "given_name", "family_name", "second_family_name"))
_CONTACTS = frozenset(("email", "phone", "handle", "national_id"))
#: Identifiers that join an event to a person, whatever else its header may say of an event.
_JOINS = frozenset(("email", "phone", "handle", "device_id", "national_id", "account_id"))
#: What else may stand in a table of events: a choice that was made there.
_KEPT = _JOINS | {"consent"}
_CUSTOMER = frozenset(("customer", "user", "account", "member", "subscriber"))


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the rows of a table are, and why."""

    kind: SourceKind
    reason: str


def event_guesses(guesses: Sequence[Guess]) -> dict[str, tuple[str, int]]:
    """The columns that may hold an event field: the field and the rank of its header (0 speaks first)."""
    found: dict[str, tuple[str, int]] = {}
    for each in guesses:
        match = event_match(each.column)
        if each.base == "event_time":
            match = match if match is not None and match[0] in ("event_time", "due_at") else ("event_time", 50)
        if match is None or (each.base in _JOINS and not _may_be_customer_key(each, match[0])):
            continue
        if _fits(match[0], each):
            found[each.column] = match
    return found


def _may_be_customer_key(each: Guess, field: str) -> bool:
    namespace = (each.field or "").partition(".")[2]
    return field == "customer_key" and each.base == "account_id" and (not namespace or namespace in _CUSTOMER)


def _fits(field: str, each: Guess) -> bool:
    """Whether the values can be of this event field."""
    sample = each.sample
    if not sample:
        return True
    if field in ("event_time", "due_at"):
        return sum(read_moment(text) is not None for text in sample) > 0.5 * len(sample)
    if field in ("amount", "satisfaction"):
        return sum(read_number(text) is not None for text in sample) > 0.7 * len(sample)
    if field == "direction":
        return is_direction(sample)
    if field == "customer_key":
        return is_code(sample) or each.base != "name"
    return True


def verdict(guesses: Sequence[Guess], columns: Columns) -> Verdict:
    """Whether the rows are events: they have a time, something that happened, and are not one a person.

    Created and updated columns alone never make an event table.
    """
    found = event_guesses(guesses)
    happened = [name for name, (field, _) in found.items() if field not in ("event_time", "customer_key", "event_id")]
    happened += [each.column for each in guesses if is_sign(each.column) and each.column not in happened]
    strong = [name for name, (field, _) in found.items() if is_strong(field, name)]
    named = any(each.base in _NAMES for each in guesses)
    time = _time(guesses, found, created=bool(strong) and len(happened) > 1 and not named)
    if time is None:
        created = any(each.base in ("created_at", "updated_at") for each in guesses)
        said = "its times are those of the record" if created else "no column says when something happened"
        return Verdict(SourceKind.RECORDS, said)
    if not happened and not strong:
        return Verdict(SourceKind.RECORDS, f'column "{time}" is a time, but nothing says what happened')
    if not strong and (named or len(happened) < 2) and _one_row_each(guesses, columns, least=0.5 if named else 0.8):
        return Verdict(SourceKind.RECORDS, "there is about one row a person")
    signs = ", ".join(f'"{name}"' for name in dict.fromkeys((*strong, *happened)))
    return Verdict(SourceKind.EVENTS, f'column "{time}" says when, and {signs} what happened')


def _time(guesses: Sequence[Guess], found: dict[str, tuple[str, int]], *, created: bool) -> str | None:
    times = [(rank, name) for name, (field, rank) in found.items() if field == "event_time"]
    if times:
        return min(times)[1]
    made = [each.column for each in guesses if each.base == "created_at"]
    return made[0] if created and made else None


def _one_row_each(guesses: Sequence[Guess], columns: Columns, *, least: float) -> bool:
    """Whether some contact or customer number hardly repeats: at least this share of its values differ."""
    contacts = [each.column for each in guesses if each.base in _CONTACTS]
    names = list(dict.fromkeys((*contacts, *customer_key_columns(columns.names))))
    counts = columns.distinct(names)
    return any(columns.filled[name] and counts[name] >= least * columns.filled[name] for name in names)


def with_event_fields(guesses: Sequence[Guess], columns: Columns) -> list[Guess]:
    """The columns of a table of events: event fields, and the identifiers that join its rows to people."""
    found = event_guesses(guesses)
    own = _own_number(guesses, columns) if "event_id" not in {field for field, _ in found.values()} else None
    if own is not None:
        found[own] = ("event_id", 0)
    best: dict[str, tuple[int, str]] = {}
    for name, (field, rank) in found.items():
        best[field] = min(best.get(field, (rank, name)), (rank, name))
    if "event_time" not in best:
        best["event_time"] = (0, next((each.column for each in guesses if each.base == "created_at"), ""))
    chosen = {name: field for field, (_, name) in best.items()}
    result = []
    for each in guesses:
        if each.column == own:
            result.append(each.become("event_id", 0.8, "a number that every row has and none shares"))
        elif each.column in chosen:
            confidence = 0.9 if each.column in found else 0.6
            result.append(each.become(chosen[each.column], confidence, "header, in a table of events"))
        elif each.base in _KEPT or each.field is None:
            result.append(each)
        else:
            result.append(each.become(None, 0.0, f"{each.base} does not join an event to a person; carried along"))
    return result


def _own_number(guesses: Sequence[Guess], columns: Columns) -> str | None:
    """The first column that numbers the rows: a code by header and values, filled and different in each."""
    possible = [
        each.column
        for each in guesses
        if each.field is None and is_code(each.sample) and not _NUMBERS.isdisjoint(words(each.column))
    ]
    counts = columns.distinct(possible)
    return next((name for name in possible if counts[name] == columns.rows), None)


_NUMBERS = frozenset(
    ("id", "numero", "num", "number", "no", "nro", "key", "codigo", "ref", "referencia", "folio", "uuid")
)
