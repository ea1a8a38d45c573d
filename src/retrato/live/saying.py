"""What one record says: its values as the identifier types read them, and the matching keys that come of them."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from retrato.errors import ConfigurationError, Problem
from retrato.identifiers.base import Identifier, Status
from retrato.identifiers.columns.tables import as_table
from retrato.identifiers.registry import fields_of
from retrato.identifiers.value_sets import BLOCKED, NEVER_LINKS, set_apart
from retrato.io.readers.text import text_of
from retrato.matching.accounts import account_keys
from retrato.pipeline.readings import Reading
from retrato.records import RECORD_FIELDS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from retrato.identifiers.base import IdentifierType
    from retrato.live.governing import Governing
    from retrato.matching.similarity import KeyValue
    from retrato.pipeline.slots import Slot
    from retrato.records import Record

#: Characters of a source or a record key at most.
LONGEST = 500
_RANKS = {Status.VALID: 0, Status.POSSIBLE: 1}
_UNUSABLE = (Status.PLACEHOLDER, Status.MISSING)


class Said(NamedTuple):
    """One value of a record, in the order of its columns."""

    attribute: str
    kind: str
    namespace: str
    value: str | None
    raw: str
    status: str
    issues: str
    parts: dict[str, str]
    column: str


class Row(NamedTuple):
    """A row of a source as it was read: values, matching keys, and times in microseconds of the epoch."""

    said: list[Said]
    keys: dict[str, KeyValue]
    created_at: int | None
    updated_at: int | None


class Reader:
    """Reads rows of the sources that a store knows, and of others by the names of fields.

    Raises ConfigurationError for columns that mean nothing, and for sources and keys that cannot be kept.
    """

    def __init__(self, governing: Governing) -> None:
        self._governing = governing
        self._slots: dict[tuple[str, tuple[str, ...]], tuple[Reading, tuple[Slot, ...]]] = {}
        self._apart = {kind for kind in governing.types if self._is_apart(kind)}

    def _is_apart(self, kind: IdentifierType) -> bool:
        rules = self._governing.ruleset
        return any(each.concerns(kind) for each in (*rules.blocked, *rules.never_links))

    def read(self, record: Record) -> Row:
        """Read a record, whose names are columns of its source or fields of the vocabulary."""
        _check(record)
        row = record.fields
        reading, slots = self._known(record.source, tuple(row))
        texts = _texts(record, row)
        said: list[Said] = []
        found: list[tuple[int, str, Identifier]] = []
        for number, slot in enumerate(slots):
            for ordinal, each in enumerate(self._identifiers(slot, texts)):
                place = _RANKS.get(each.status, 2) * 1_000_000 + number * 1_000 + ordinal
                found.append((place, slot.attribute, each))
                issues = " ".join(issue.code for issue in each.issues)
                said.append(
                    Said(
                        *(slot.attribute, each.kind, each.namespace, each.value, each.raw, str(each.status), issues),
                        dict(each.parts),
                        slot.columns,
                    )
                )
        times = (self._time(reading, row, name) for name in ("created_at", "updated_at"))
        return Row(said, self._keys(found), *times)

    def _known(self, source: str, names: tuple[str, ...]) -> tuple[Reading, tuple[Slot, ...]]:
        """How the columns of a row are read."""
        found = self._slots.get((source, names))
        if found is not None:
            return found
        known = self._governing.readings.get(source) or Reading(source, {})
        fields = {name: known.fields.get(name, name) for name in names if name not in known.fields}
        unknown = [name for name in fields if not self._is_field(name)]
        if unknown:
            hint = f"give a column of the source, or a field: {', '.join(sorted(fields_of(self._governing.types)))}"
            raise ConfigurationError(
                [
                    Problem(f"source {source}", f"{name} is neither a column nor a field", "" if place else hint)
                    for place, name in enumerate(unknown)
                ]
            )
        more = Reading(source, fields, region=known.region, time_zone=known.time_zone)
        slots = (*known.slots(self._governing.types), *more.slots(self._governing.types))
        found = self._slots[source, names] = (known, slots)
        return found

    def _is_field(self, name: str) -> bool:
        return name in RECORD_FIELDS or name.partition(".")[0] in fields_of(self._governing.types)

    def _identifiers(self, slot: Slot, texts: Mapping[str, str]) -> Sequence[Identifier]:
        if not any(column in texts for column in slot.own.values()):
            return ()
        found = slot.type.parse_parts({part: texts.get(column) for part, column in slot.parts.items()})
        return self._set_apart(slot.type, found) if found and slot.type in self._apart else found

    def _set_apart(self, kind: IdentifierType, found: Sequence[Identifier]) -> list[Identifier]:
        """The values without the keys of those that the rules block, or never let link anybody."""
        rules, names = self._governing.ruleset, kind.key_names()
        table = as_table(names, [(0, tuple(found))])
        table, _ = set_apart(kind, table, rules.blocked, BLOCKED, Status.PLACEHOLDER)
        table, _ = set_apart(kind, table, rules.never_links, NEVER_LINKS)
        told = {
            issue.code: issue for issue in (BLOCKED, NEVER_LINKS, *(issue for each in found for issue in each.issues))
        }
        return [
            Identifier(
                *(each.kind, each.raw, each.value, Status(row["status"]), each.namespace),
                {name: row[name] for name in names if row[name] is not None},
                each.parts,
                tuple(told[code] for code in (row["issues"] or "").split()),
            )
            for each, row in zip(found, table.to_pylist(), strict=True)
        ]

    def _keys(self, found: Iterable[tuple[int, str, Identifier]]) -> dict[str, KeyValue]:
        """The matching keys: the first value of each, or all where a record can have several."""
        features, lists = self._governing.kinds, self._governing.lists
        known: dict[str, dict[str, int]] = {}
        for place, attribute, each in found:
            if attribute not in features or each.status in _UNUSABLE:
                continue
            for name, value in each.keys.items():
                if value is not None:
                    places = known.setdefault(name, {})
                    places[value] = min(place, places.get(value, place))
        keys: dict[str, KeyValue] = {
            name: tuple(sorted(values)) if name in lists else min(values, key=values.__getitem__)
            for name, values in known.items()
        }
        return keys | account_keys(keys)

    def _time(self, reading: Reading, row: Mapping[str, Any], field: str) -> int | None:
        """A time of the row, in microseconds of the epoch."""
        name = field if field in row else reading.column(field)
        value = None if name is None else row.get(name)
        if isinstance(value, datetime | date):
            moment = microseconds(value)
            return moment if _FIRST <= moment <= _LAST else None
        text = text_of(value)
        read = None if text is None else reading.moment().parse(text).value
        return None if read is None else microseconds(datetime.fromisoformat(read))


def _texts(record: Record, row: Mapping[str, Any]) -> dict[str, str]:
    """The fields of a record that say something, as text."""
    found: dict[str, str] = {}
    problems: list[Problem] = []
    for name, value in row.items():
        try:
            text = text_of(value)
        except ValueError as error:
            problems.append(Problem(f"record {record.key} of source {record.source}, field {name}", str(error)))
        else:
            if text:
                found[name] = text
    if problems:
        raise ConfigurationError(problems)
    return found


def _check(record: Record) -> None:
    problems = [
        Problem(f"record of source {record.source!r}", f"the {name} {what}")
        for name, text in (("source", record.source), ("key", record.key))
        if (what := unfit(text))
    ]
    if problems:
        raise ConfigurationError(problems)


def unfit(text: object) -> str:
    """Why a text cannot be a source or a key, or nothing.

    >>> unfit("a" * 501)
    'has 501 characters; 1 to 500 can be kept'
    """
    if not isinstance(text, str):
        return f"is a text, not {type(text).__name__}"
    if not text or len(text) > LONGEST:
        return f"has {len(text)} characters; 1 to {LONGEST} can be kept"
    plain = "\0" not in text and text.isprintable()
    return "" if plain else "holds characters that cannot be written"


def microseconds(moment: datetime | date) -> int:
    """Microseconds of the epoch; a time without a zone is in UTC.

    >>> microseconds(datetime(1970, 1, 2))
    86400000000
    """
    if not isinstance(moment, datetime):
        moment = datetime.combine(moment, time())
    aware = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment
    since = aware - _EPOCH
    return (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds


def as_text(moment: int | None) -> str | None:
    """Microseconds of the epoch as a time in UTC, in words of ISO 8601.

    >>> as_text(1_700_000_000_000_000)
    '2023-11-14T22:13:20'
    """
    return None if moment is None else (_EPOCH + timedelta(microseconds=moment)).replace(tzinfo=None).isoformat()


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
#: The first and the last moment of the calendar in UTC; a time of another zone may be before or after.
_FIRST, _LAST = microseconds(datetime.min), microseconds(datetime.max)
