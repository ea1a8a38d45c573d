"""Identities: the ids that profiles and households keep from run to run, and the changes between two runs.

An id is derived once, from the smallest record of the profile at the time, and then belongs to that profile for good.
It is never given to anybody else, not even after the profile is gone. What becomes of an id when clusters change:

- A cluster takes the id of the former profile with which it shares most records. When two clusters want one id, the one
  with the larger share has it, and the other takes its second choice among the ids that nobody chose. Whoever is left
  gets a new id.
- A former id that no cluster took is *redirected* to the profile that has most of its records, or *deleted* when all
  its records are gone. Redirects of many runs are closed: they always lead to an id that stands, or to nothing.

The engines compute this relationally (`retrato.engines.compile.identities`); the functions here say what an id is.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from enum import StrEnum

#: Between the fields that an id is derived from: the ASCII unit separator, which no key contains.
SEPARATOR = "\x1f"
PROFILE_PREFIX = "p"
HOUSEHOLD_PREFIX = "h"
#: Hexadecimal digits of an id (64 bits: among a million profiles two equal hashes are expected once in 37 million
#: runs).
DIGITS = 16


class ChangeKind(StrEnum):
    """What happened to records or to an id between two runs.

    Every kind but the last three counts records that changed hands: each record whose id differs between two runs, or
    that is in one run only, is counted in exactly one row. `redirected` says what became of an id as such. Stores alone
    tell the last two: `value_changed` of records that say something else, or of values that were pinned, and
    `forgotten` instead of `deleted` of who was to be forgotten.
    """

    CREATED = "created"
    JOINED = "joined"
    MERGED = "merged"
    SPLIT = "split"
    MOVED = "moved"
    LEFT = "left"
    DELETED = "deleted"
    REDIRECTED = "redirected"
    VALUE_CHANGED = "value_changed"
    FORGOTTEN = "forgotten"

    @property
    def sentence(self) -> str:
        """The meaning, with `{id}`, `{other}` and `{records}` to fill in."""
        return _SENTENCES[self]


_SENTENCES = {
    ChangeKind.CREATED: "{id} is new, with {records} record(s) that were in no former one",
    ChangeKind.JOINED: "{records} record(s) that were in none before joined {id}",
    ChangeKind.MERGED: "{other} was merged into {id}, bringing {records} record(s)",
    ChangeKind.SPLIT: "{id} was split off {other} with {records} record(s)",
    ChangeKind.MOVED: "{records} record(s) moved from {other} to {id}; both had been there before",
    ChangeKind.LEFT: "{records} record(s) left {id} and are in none now",
    ChangeKind.DELETED: "{id} is gone with all its {records} record(s)",
    ChangeKind.REDIRECTED: "the id {id} now leads to {other}, which has {records} of its record(s)",
    ChangeKind.VALUE_CHANGED: "{records} record(s) of {id} say something else",
    ChangeKind.FORGOTTEN: "{id} was forgotten with all its {records} record(s)",
}


@dataclass(frozen=True, slots=True)
class Change:
    """One row of the change feed, for profiles or households.

    `other_id` is the former id that records came from, or, for a redirect, the id that it leads to.

    >>> print(Change(ChangeKind.MERGED, "p1", "p2", 3))
    p2 was merged into p1, bringing 3 record(s)
    """

    kind: ChangeKind
    id: str
    other_id: str | None
    records: int

    def concerns(self, id: str) -> bool:  # noqa: A002 - the word for it
        """Whether it is about an id, or what came of one."""
        return id in (self.id, self.other_id)

    def __str__(self) -> str:
        return self.kind.sentence.format(id=self.id, other=self.other_id, records=self.records)


def new_profile_id(source: str, record_key: str, attempt: int = 0) -> str:
    """The id of a new profile whose smallest record (by source, then record key) is the one given.

    `attempt` counts up while the id was ever given before.

    >>> new_profile_id("crm", "1")
    'p2bde3fa0067f5c35'
    >>> new_profile_id("crm", "1", attempt=1) == new_profile_id("crm", "1")
    False
    """
    return _derived(PROFILE_PREFIX, source, record_key, attempt)


def new_household_id(source: str, record_key: str, attempt: int = 0) -> str:
    """The id of a new household whose smallest record is the one given.

    >>> new_household_id("crm", "1")
    'h2bde3fa0067f5c35'
    """
    return _derived(HOUSEHOLD_PREFIX, source, record_key, attempt)


def _derived(prefix: str, source: str, record_key: str, attempt: int) -> str:
    fields = (source, record_key, str(attempt)) if attempt else (source, record_key)
    digest = hashlib.md5(SEPARATOR.join(fields).encode(), usedforsecurity=False)
    return prefix + digest.hexdigest()[:DIGITS]
