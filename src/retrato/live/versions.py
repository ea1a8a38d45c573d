"""What records have said, as a store keeps it: versions in order, and the values in them."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from retrato.live.saying import Said
from retrato.profiles.profile import Value
from retrato.stores.rows import StoredSaying
from retrato.stores.statements import now

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from retrato.live.saying import Row
    from retrato.stores.rows import StoredRecord

_EPOCH = datetime(1970, 1, 1)


def saying_of(number: int, row: Row) -> StoredSaying:
    """What a row says, as the store keeps it."""
    observed_at = row.created_at if row.updated_at is None else row.updated_at
    return StoredSaying(number, 0, row.created_at, observed_at, now(), said_of(row))


def said_of(row: Row) -> str:
    """The values of a row as JSON."""
    return json.dumps([list(each) for each in row.said], separators=(",", ":"))


def read(said: str) -> list[Said]:
    """The values that `said_of` has written."""
    return [Said(*row) for row in json.loads(said)]


def with_version(earlier: Sequence[StoredSaying], new: StoredSaying) -> list[StoredSaying] | None:
    """The versions of a record with a new one among them, numbered; None if it says nothing new.

    That which was observed last is version 0. One without a time is what the record says from now on: it is new if it
    says something else than the current one. One with a time is new unless the record said the same then.
    """
    known = (
        earlier[:1] if new.observed_at is None else [each for each in earlier if each.observed_at == new.observed_at]
    )
    if any(says_the_same(each, new) for each in known):
        return None
    place = 0
    if new.observed_at is not None:
        place = sum(each.observed_at is not None and each.observed_at > new.observed_at for each in earlier)
    versions = [*earlier[:place], new, *earlier[place:]]
    created_at = min((each.created_at for each in versions if each.created_at is not None), default=None)
    return [each._replace(version=number, created_at=created_at) for number, each in enumerate(versions)]


def says_the_same(one: StoredSaying, other: StoredSaying) -> bool:
    """Whether two versions say the same, whenever they did."""
    return _what(one.said) == _what(other.said)


def _what(said: str) -> list[tuple[str, ...]]:
    """What values say, whoever has written them down: in one order, and without what follows from the rest."""
    return sorted(
        (each.attribute, each.kind, each.namespace, each.value or "", each.raw, each.column) for each in read(said)
    )


def values_of(records: Iterable[StoredRecord], sayings: Iterable[StoredSaying]) -> list[Value]:
    """What records say, as values that are not ranked yet."""
    by_number = {each.record: each for each in records}
    return [
        Value(
            *(each.attribute, each.kind, each.value, each.namespace),
            raw=each.raw,
            parts=each.parts,
            status=each.status,
            source=by_number[saying.record].source,
            record_key=by_number[saying.record].record_key,
            version=saying.version,
            column_name=each.column,
            observed_at=None if saying.observed_at is None else _EPOCH + timedelta(microseconds=saying.observed_at),
        )
        for saying in sayings
        for each in read(saying.said)
    ]
