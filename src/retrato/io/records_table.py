"""The columns of a table of records, each seen beside the others: names, addresses, the key, and the times."""

from __future__ import annotations

from typing import TYPE_CHECKING

from retrato.io.headers import LABELS, of_somebody_else, squeezed, words
from retrato.io.recognition import is_code

if TYPE_CHECKING:
    from collections.abc import Sequence

    from retrato.io.columns import Columns
    from retrato.io.recognition import Guess

_ADDRESS = frozenset(("address", "street_number", "address_line_2", "unit", "postcode", "city", "region", "country"))
_NEEDS_STREET = frozenset(("street_number", "address_line_2", "unit"))
#: Headers of keys, the surest first. The first group numbers rows; the second customers, here or in another system.
_ROW_KEYS = (
    "record key", "id", "unique id", "rec id", "record id", "row id", "key", "uuid", "guid", "uid", "pk", "clave",
    "codigo", "cod", "contact id", "contact key", "id contacto", "lead id", "crm id", "id registro",
)  # fmt: skip
_CUSTOMER_KEYS = (
    "customer id", "customer key", "customer number", "customer no", "customer code", "id cliente", "cliente id",
    "codigo cliente", "codigo de cliente", "cod cliente", "numero de cliente", "numero cliente", "num cliente",
    "n cliente", "client id", "client number", "user id", "id usuario", "subscriber id", "member id", "person id",
    "profile id", "account id", "external id", "id externo", "account number",
)  # fmt: skip
_RANK = {squeezed(header): rank for rank, header in enumerate((*_ROW_KEYS, *_CUSTOMER_KEYS))}
_NO_KEY = len(_ROW_KEYS) + len(_CUSTOMER_KEYS) + 2
_KEY_WORDS = frozenset(("id", "key", "clave", "codigo", "cod", "code", "ref", "referencia", "folio", "uuid"))


def customer_key_columns(names: Sequence[str]) -> list[str]:
    """The columns whose header numbers customers."""
    return [name for name in names if _RANK.get(squeezed(name), -1) >= len(_ROW_KEYS)]


def with_key(guesses: Sequence[Guess], columns: Columns, *, given: bool) -> list[Guess]:
    """Mark the column that is the key of the records; `given` when the user has said which.

    A card or contract number that is the key stays an account id too.
    """
    if given or not columns.rows:
        return list(guesses)
    named = sorted((_rank(each, first=each is guesses[0]), each.column) for each in guesses)
    named = [(rank, name) for rank, name in named if rank < _NO_KEY]
    counts = columns.distinct([name for _, name in named])
    chosen = next(
        (name for rank, name in named if _is_key(rank, counts[name], columns.filled[name], columns.rows)), None
    )
    result = []
    for each in guesses:
        if each.column != chosen:
            result.append(each)
            continue
        repeated = columns.filled[chosen] - counts[chosen]
        reason = f"{repeated} rows repeat a key and are versions" if repeated else "every value is different"
        result.append(each.become("record_key", 0.8 if repeated else 0.95, f"header; {reason}"))
        if each.base == "account_id" and squeezed(chosen) not in _RANK:
            result.append(each)
    return result


def _rank(each: Guess, *, first: bool) -> int:
    """How much a column looks like a key: the lower the surer, `_NO_KEY` for not at all."""
    listed = _RANK.get(squeezed(each.column))
    if listed is not None:
        return listed
    code = each.base in ("", "account_id") and is_code(each.sample)
    if not code or squeezed(each.column) in LABELS or of_somebody_else(each.column):
        return _NO_KEY
    return _NO_KEY - (2 if first else 1) if first or not _KEY_WORDS.isdisjoint(words(each.column)) else _NO_KEY


def _is_key(rank: int, distinct: int, filled: int, rows: int) -> bool:
    """Rows of one key are versions of one record, so a key of rows may repeat a little; a customer number may not."""
    if rank < len(_ROW_KEYS):
        return filled > 0 and distinct >= 0.9 * filled
    return distinct == filled >= 0.9 * rows


def with_names(guesses: Sequence[Guess]) -> list[Guess]:
    """Settle what depends on the other name columns: full names beside parts, and a `Nombre` that is all there is."""
    family = [each for each in guesses if each.base == "family_name"]
    given = [each for each in guesses if each.base == "given_name"]
    full = [each for each in guesses if each.base == "name"]
    result = []
    for each in guesses:
        changed = each
        if each.base == "given_name" and not family and _full(each) and not full:
            changed = each.become(
                "name", 0.8, "header says given_name, but the values are full names and no column has surnames"
            )
        elif each.base == "name" and family and not given and not _full(each):
            changed = each.become("given_name", 0.8, "header says name; the surnames stand in a column of their own")
        elif each.base == "name" and family and (given or len(full) > 1):
            changed = each.become(None, 0.0, "the full name again; its parts have columns of their own")
        elif each.base == "name" and each is not _surest(full):
            changed = each.become(None, 0.0, "another column holds the full name; carried along")
        result.append(changed)
    return result


def _full(each: Guess) -> bool:
    likely = each.likelihoods
    several = sum(len(text.split()) > 1 for text in each.sample) / len(each.sample) if each.sample else 0.0
    return several > 0.6 and likely.of("name") > likely.of("given_name")


def _surest(found: Sequence[Guess]) -> Guess:
    return max(found, key=lambda each: each.confidence)


def with_addresses(guesses: Sequence[Guess]) -> list[Guess]:
    """Drop the namespace of the only address, and parts of a street that has no street."""
    kinds = {_namespace(each) for each in guesses if each.base in _ADDRESS}
    only = len(kinds) == 1
    streets = {_namespace(each) for each in guesses if each.base == "address"}
    result = []
    for each in guesses:
        if each.base in _NEEDS_STREET and _namespace(each) not in streets:
            reason = f"header says {each.base}, but there is no street it could belong to; carried along"
            result.append(each.become(None, 0.0, reason))
        elif only and each.base in _ADDRESS and _namespace(each):
            result.append(each.become(each.base, each.confidence, each.reason))
        else:
            result.append(each)
    return result


def _namespace(each: Guess) -> str:
    return (each.field or "").partition(".")[2]


def with_times(guesses: Sequence[Guess]) -> list[Guess]:
    """A record has no time of an event: such a column is when the record was made, if no other says so."""
    created = any(each.base == "created_at" for each in guesses)
    times = [each for each in guesses if each.base == "event_time"]
    result = []
    for each in guesses:
        if each not in times:
            result.append(each)
        elif not created and each is _surest(times):
            result.append(each.become("created_at", 0.5, "a time without more said, in a table of records"))
        else:
            result.append(each.become(None, 0.0, "a time of something else than the record; carried along"))
    return result


def with_one_of_each(guesses: Sequence[Guess]) -> list[Guess]:
    """Fields that a person has once keep their surest column."""
    result = []
    for each in guesses:
        rivals = [other for other in guesses if other.field == each.field]
        if each.base in _ONCE and each is not _surest(rivals):
            result.append(each.become(None, 0.0, f'column "{_surest(rivals).column}" holds {each.base}; carried along'))
        else:
            result.append(each)
    return result


_ONCE = frozenset(("birth_date", "sex", "created_at", "updated_at"))
