"""What must be in a store after all that was acknowledged, and what else may be: the step that nobody acknowledged."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from retrato import IdentityStore
    from writers import Said

Key = tuple[str, str]
#: The field that tells the versions of a record apart.
MARK = "text.mark"


class Decided(NamedTuple):
    """A decision that is in force: its records, and its number if anybody was told."""

    a: Key
    b: Key
    number: int | None


@dataclass
class Expected:
    """The records that are there, the marks of their versions, the decisions in force by reason, and who is gone."""

    records: set[Key] = field(default_factory=set)
    marks: dict[Key, set[str]] = field(default_factory=dict)
    decisions: dict[str, Decided] = field(default_factory=dict)
    forgotten: set[Key] = field(default_factory=set)

    def after(self, steps: Sequence[Any], said: Sequence[Said]) -> tuple[Expected, Expected | None]:
        """What is there after the steps that are done; and after the one that was only begun, if there is one."""
        known, begun = deepcopy(self), None
        for each in said:
            if each.word == "begins":
                begun = each
            else:
                known.take(steps[each.place], begun.answer if begun else None, each.answer)
                begun = None
        if begun is None:
            return known, None
        further = deepcopy(known)
        further.take(steps[begun.place], begun.answer, None)
        return known, further

    def take(self, step: Sequence[Any], concerned: list[list[str]] | None, answer: Any) -> None:
        """One step that is done."""
        word, *rest = step
        if word == "ingest":
            key = rest[0], rest[1]
            if key not in self.forgotten:
                self.records.add(key)
                self.marks.setdefault(key, set()).add(rest[2][MARK])
        elif word == "same":
            a, b, reason = rest
            self.decisions[reason] = Decided(tuple(a), tuple(b), answer)
        elif word == "undo":
            self.decisions = {
                reason: each for reason, each in self.decisions.items() if rest[0] not in (reason, each.number)
            }
        else:
            gone = {(source, key) for source, key in concerned or ()}
            self.records -= gone
            self.forgotten |= gone
            self.marks = {key: each for key, each in self.marks.items() if key not in gone}
            self.decisions = {
                reason: each for reason, each in self.decisions.items() if gone.isdisjoint((each.a, each.b))
            }

    def differences(self, store: IdentityStore) -> Iterator[str]:
        """What of this is not so in a store."""
        records = {(row["source"], row["record_key"]) for row in store.assignments.to_pylist()}
        yield from _differ("records", self.records, records)
        yield from _differ("decisions", self.decisions.keys(), set(store.decisions.column("reason").to_pylist()))
        marks = {(*key, mark) for key, some in self.marks.items() for mark in some}
        yield from _differ("versions", marks, marks_of(store))


def marks_of(store: IdentityStore) -> set[tuple[str, str, str]]:
    """The marks of all versions of all records."""
    kind, _, attribute = MARK.partition(".")
    return {
        (each.source, each.record_key, each.value)
        for profile in sorted(set(store.assignments.column("profile_id").to_pylist()))
        for each in store.profile(profile).values
        if (each.kind, each.namespace) == (kind, attribute) and each.value
    }


def _differ(what: str, expected: Any, found: Any) -> Iterator[str]:
    if expected - found:
        yield f"{len(expected - found)} {what} are missing"
    if found - expected:
        yield f"{len(found - expected)} {what} are there that should not be"
