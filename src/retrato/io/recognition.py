"""What one column holds: what its header says, weighed against what its values look like."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import TYPE_CHECKING

from retrato.identifiers.base import IdentifierType, Status
from retrato.identifiers.registry import TYPES
from retrato.io.events import DIRECTIONS, STATES
from retrato.io.headers import LABELS, HeaderMatch, header_match, of_somebody_else, squeezed

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

#: Kinds whose parser can tell a value that is none of theirs.
_CHECKED = frozenset({"email", "phone", "birth_date", "sex", "national_id", "moment", "ip_address", "consent"})
#: What values alone may say, and from which likelihood.
_TELLING = {
    "email": 0.7,
    "phone": 0.8,
    "handle": 0.8,
    "national_id": 0.9,
    "device_id": 0.8,
    "event_time": 0.8,
    "name": 0.75,
    "ip_address": 0.9,
    "coordinates": 0.9,
    "consent": 0.9,
}
#: The same for the fields of types that are not of this package.
_OWN_TELLING = 0.8
#: Fields whose values must look like another field for that one to win over the header.
_OVERRULING = {"email": 0.8, "phone": 0.8, "national_id": 0.9}
#: Codes of any shape: their values may look like a phone or a document without being one.
_CODES = frozenset({"account_id", "device_id"})
_NAMES = frozenset({"name", "given_name", "family_name", "second_family_name"})
_BUILT_IN = frozenset(each.kind for each in TYPES)
_MANY = 40  # more different honorifics, suffixes than there are


@dataclass(frozen=True, slots=True)
class Likelihoods:
    """How likely values are to be of each field, 0 to 1. A type reads them when one of its fields is asked for.

    >>> from retrato.identifiers.registry import TYPES
    >>> Likelihoods(("ana@example.com", "eva"), TYPES).of("email")
    0.5
    """

    sample: tuple[str, ...] = ()
    types: Sequence[IdentifierType] = ()
    _read: dict[str, Mapping[str, float]] = dataclasses.field(default_factory=dict, init=False, repr=False)

    def of(self, name: str) -> float:
        """The likelihood of a field; 0 for one that no type has."""
        kind = next((each for each in self.types if name in each.fields), None)
        if kind is None or not self.sample:
            return 0.0
        if kind.kind not in self._read:
            self._read[kind.kind] = kind.recognise(self.sample)
        return float(self._read[kind.kind].get(name, 0.0))


@dataclass(frozen=True, slots=True)
class Guess:
    """What a column is taken for (None for nothing), a confidence from 0 to 1, the reason, and its values."""

    column: str
    field: str | None
    confidence: float
    reason: str
    sample: tuple[str, ...] = ()
    likelihoods: Likelihoods = Likelihoods()

    @property
    def base(self) -> str:
        """The field without its namespace."""
        return (self.field or "").partition(".")[0]

    def become(self, name: str | None, confidence: float, reason: str) -> Guess:
        """The same column, taken for something else."""
        return dataclasses.replace(self, field=name, confidence=round(confidence, 2), reason=reason)


def guess(column: str, counted: Mapping[str, int], types: Sequence[IdentifierType]) -> Guess:
    """What a column holds, by its header and a sample of its different values, each with the rows that have it.

    >>> from retrato.identifiers.registry import TYPES
    >>> guess("contact", {"ana@example.com": 1, "eva@example.org": 2}, TYPES).field
    'email'
    """
    sample = tuple(counted)
    start = Guess(column, None, 0.0, "not recognised; carried along", sample, Likelihoods(sample, types))
    if squeezed(column) in LABELS:
        return start.become(None, 0.0, "looks like a label, not like something about the person; carried along")
    match = header_match(column, types)
    if match is None:
        return _by_values(start, types)
    if not sample:
        return start.become(match.name, match.confidence * 0.6, "header; there are no values")
    return _weighed(start, match, counted, types)


def _by_values(start: Guess, types: Sequence[IdentifierType]) -> Guess:
    telling = _TELLING | {name: _OWN_TELLING for each in types if _is_own(each) for name in each.fields}
    best = max(telling, key=lambda name: (start.likelihoods.of(name) / telling[name], name))
    score = start.likelihoods.of(best)
    if score < telling[best]:
        return start
    if of_somebody_else(start.column):
        return start.become(None, 0.0, f"holds values like {best}, but of somebody or something else; carried along")
    return start.become(best, 0.7 * score, f"{_percent(score)} of the values look like {best}")


def _is_own(kind: IdentifierType) -> bool:
    """Whether a type is one of the user's."""
    return kind.kind not in _BUILT_IN


def _weighed(start: Guess, match: HeaderMatch, counted: Mapping[str, int], types: Sequence[IdentifierType]) -> Guess:
    """The header's field, unless the values contradict it."""
    kind = next(each for each in types if match.field in each.fields)
    valid = _share_read(counted, kind, match.field)
    if valid is not None and valid < 1:  # a number that is foreign to the region is still a number
        valid = max(valid, start.likelihoods.of(match.field))
    own = valid if valid is not None else max(map(start.likelihoods.of, kind.fields), default=0.0)
    other = _overruling(start, kind) if own < 0.3 else None
    if other is not None:
        score = start.likelihoods.of(other)
        reason = f"header says {match.field}, but {_percent(score)} of the values look like {other}"
        return start.become(other, 0.8 * score, reason)
    wrong = _contradiction(start.sample, match.field, valid)
    if wrong:
        return start.become(None, 0.0, f"header says {match.field}, but {wrong}; carried along")
    if valid is None:
        return start.become(match.name, match.confidence, "header")
    return start.become(
        match.name, match.confidence * (0.5 + 0.5 * valid), f"header; {_percent(valid)} of the values fit"
    )


def _share_read(counted: Mapping[str, int], kind: IdentifierType, name: str) -> float | None:
    """The share of rows whose value the type can read, placeholders aside; None for types that read anything."""
    if kind.kind not in _CHECKED and not (_is_own(kind) and kind.checked):
        return None
    part = kind.fields[name].part
    rows: dict[bool, int] = {True: 0, False: 0}
    for text, count in counted.items():
        found = kind.parse_parts({part: text})
        if found and found[0].status is not Status.PLACEHOLDER:
            rows[found[0].status is not Status.INVALID] += count
    told = sum(rows.values())
    return rows[True] / told if told else 1.0


def _overruling(start: Guess, kind: IdentifierType) -> str | None:
    candidates = {
        name: start.likelihoods.of(name)
        for name, least in _OVERRULING.items()
        if name not in kind.fields
        and (name == "email" or kind.kind not in _CODES)
        and start.likelihoods.of(name) >= least
    }
    return max(candidates, key=lambda name: (candidates[name], name), default=None)


def _contradiction(sample: Sequence[str], name: str, valid: float | None) -> str:
    """Why these values cannot be of this field, or nothing."""
    if valid is not None and valid < 0.3:
        return f"{_percent(1 - valid)} of the values are none"
    if name in _NAMES and _share(sample, lambda text: any(each.isdigit() for each in text)) > 0.5:
        return "most values have digits"
    if name in ("honorific", "name_suffix") and len(sample) > _MANY:
        return "it has too many different values"
    if name == "region" and is_state(sample):
        return "the values are states of something"
    if name == "address" and is_direction(sample):
        return "the values are directions of a message"
    return ""


def is_direction(sample: Sequence[str]) -> bool:
    """Whether the values say in and out."""
    return bool(sample) and len(sample) <= 6 and all(squeezed(text) in DIRECTIONS for text in sample)


def is_state(sample: Sequence[str]) -> bool:
    """Whether most values are states of an order, a ticket or a customer."""
    return len(sample) <= _MANY and _share(sample, lambda text: squeezed(text) in STATES) > 0.5


def is_code(sample: Sequence[str]) -> bool:
    """Whether most values are codes: one word with a digit in it."""
    return _share(sample, lambda text: any(each.isdigit() for each in text) and " " not in text) > 0.5


def _share(sample: Sequence[str], test: Callable[[str], bool]) -> float:
    return sum(map(test, sample)) / len(sample) if sample else 0.0


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %"
