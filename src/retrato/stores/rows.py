"""What a store gives: its rows as values."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from retrato.matching.similarity import KeyValue


class StoredRecord(NamedTuple):
    """A record as the store holds it: what others see of it."""

    record: int
    source: str
    record_key: str
    keys: dict[str, KeyValue]
    component: int
    profile: str


class StoredSaying(NamedTuple):
    """What a record says, as JSON, and when; times are microseconds of the epoch. Version 0 is the current one.

    `known_at` is when the store came to know it.
    """

    record: int
    version: int
    created_at: int | None
    observed_at: int | None
    known_at: int
    said: str


class StoredWord(NamedTuple):
    """A word of a name, of a kind, and what it is found by: how it sounds, and how it begins."""

    kind: str
    word: str
    sound: str
    start: str


class StoredDecision(NamedTuple):
    """What somebody has decided of two records, or as a pin of the value of an attribute that record `a` holds."""

    number: int
    decision: str
    source_a: str
    key_a: str
    source_b: str | None
    key_b: str | None
    attribute: str | None
    value: str | None
    author: str
    reason: str
    at: int
    undone_by: str | None
    undone_at: int | None

    @property
    def records(self) -> tuple[tuple[str, str], ...]:
        """The records that it is about, each by source and key."""
        one = (self.source_a, self.key_a)
        return (one,) if self.source_b is None or self.key_b is None else (one, (self.source_b, self.key_b))


class StoredChange(NamedTuple):
    """A row of the change feed."""

    cursor: int
    at: int
    kind: str
    profile_id: str
    other_profile_id: str | None
    records: int
