"""How a source of records was read, so that one more row of it can be read alike."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, fields, replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from retrato.identifiers.moment import Moment
from retrato.identifiers.registry import TYPES, configured
from retrato.pipeline.slots import Slot, slots_of
from retrato.records import ColumnMapping, Source, SourceKind, SourceMapping

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from retrato.identifiers.base import IdentifierType
    from retrato.pipeline.run import Run

_NOTHING: Mapping[str, Any] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Reading:
    """The columns of a source, the field of each, and what the whole columns have shown of their types.

    `settings` has what was shown for each slot (see `slots`), and `clock` for its times.

    >>> [slot.columns for slot in Reading("web", {"mail": "email", "first": "given_name"}).slots()]
    ['mail', 'first']
    """

    source: str
    fields: Mapping[str, str | None]
    key: str | None = None
    region: str | None = None
    time_zone: str | None = None
    unique: bool = False
    settings: tuple[Mapping[str, Any], ...] = ()
    clock: Mapping[str, Any] = field(default_factory=lambda: _NOTHING)

    def slots(self, types: Sequence[IdentifierType] = TYPES) -> tuple[Slot, ...]:
        """The identifiers of a row, in the order of its columns, with their types as the columns have shown them."""
        columns = tuple(ColumnMapping(column, name, 1.0, "") for column, name in self.fields.items())
        source = Source(self.source, None, region=self.region)
        plain = slots_of(0, source, SourceMapping(self.source, SourceKind.RECORDS, columns), types)
        if not self.settings:
            return plain
        return tuple(
            replace(slot, type=as_shown(slot.type, each)) for slot, each in zip(plain, self.settings, strict=True)
        )

    def moment(self) -> Moment:
        """How its times are read."""
        (kind,) = configured((Moment(time_zone=self.time_zone),), region=self.region)
        read: Moment = as_shown(kind, self.clock)
        return read

    def column(self, name: str) -> str | None:
        """The first column of a field."""
        return next((column for column, each in self.fields.items() if each == name), None)

    def to_dict(self) -> dict[str, Any]:
        """Plain data: what `from_dict` reads."""
        settings, clock = [dict(each) for each in self.settings], dict(self.clock)
        return asdict(replace(self, settings=(), clock={}, fields=dict(self.fields))) | {
            "settings": settings,
            "clock": clock,
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Reading:
        """Read what `to_dict` gives."""
        return cls(**{**data, "settings": tuple(data["settings"])})


def shown(kind: Any, plain: Any) -> dict[str, Any]:
    """What columns have shown of a type: a truth value, a word or a list of texts each."""
    now = {each.name: getattr(kind, each.name) for each in fields(kind)}
    found = {name: value for name, value in now.items() if value != getattr(plain, name)}
    return {name: sorted(value) if isinstance(value, frozenset) else value for name, value in found.items()}


def as_shown(kind: Any, settings: Mapping[str, Any]) -> Any:
    """A type with what columns have shown of it."""
    plain = {name: frozenset(value) if isinstance(value, list) else value for name, value in settings.items()}
    return replace(kind, **plain) if plain else kind


def readings_of(run: Run) -> Iterator[Reading]:
    """How each source of records was read in a run."""
    for number, (source, mapping) in enumerate(zip(run.sources, run.mappings, strict=True)):
        if mapping.kind is not SourceKind.RECORDS:
            continue
        key = source.key or mapping.first("record_key")
        columns = {each.column: each.field for each in mapping.columns}
        plain = Reading(source.name, columns, key, source.region, source.time_zone, source.unique)
        slots = [slot for slot in run.slots if slot.source_no == number]
        settings = tuple(
            shown(slot.type, each.type) for slot, each in zip(slots, plain.slots(run.ruleset.types), strict=True)
        )
        yield replace(plain, settings=settings, clock=run.clocks.get(source.name, {}))
