"""Mapped columns to slots: which columns of a source feed which identifier type."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from retrato.identifiers.attribute import Attribute
from retrato.identifiers.registry import TYPES, configured, type_of
from retrato.records import EVENT_FIELDS, RECORD_FIELDS, Source, SourceMapping

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from retrato.identifiers.base import IdentifierType

_NOT_IDENTIFIERS = frozenset((*RECORD_FIELDS, *EVENT_FIELDS))


@dataclass(frozen=True, slots=True)
class Slot:
    """One identifier of a source: its type as configured for the source, and the column of each part."""

    source_no: int
    type: IdentifierType
    own: Mapping[str, str]  # part -> column
    context: Mapping[str, str]  # part that comes from elsewhere in the row -> column

    @property
    def attribute(self) -> str:
        """What the profile calls the values."""
        return self.type.name if isinstance(self.type, Attribute) else self.type.kind

    @property
    def parts(self) -> dict[str, str]:
        """Every part and its column."""
        return {**self.own, **self.context}

    @property
    def columns(self) -> str:
        """The columns, as provenance tells them."""
        return ", ".join(self.own.values())


def slots_of(
    number: int, source: Source, mapping: SourceMapping, types: Sequence[IdentifierType] = TYPES
) -> tuple[Slot, ...]:
    """The slots of one source, in the order of its columns.

    Columns of one composite type (name, address) and one namespace make one slot; a part that comes a second time opens
    another.
    """
    open_slots: list[tuple[IdentifierType, dict[str, str]]] = []
    for column, name in _identifier_columns(mapping):
        (kind,) = configured((type_of(name, types),), region=source.region)
        part = kind.fields[name.partition(".")[0]].part
        composite = len(kind.fields) > 1
        for known, parts in open_slots:
            if composite and known == kind and part not in parts:
                parts[part] = column
                break
        else:
            open_slots.append((kind, {part: column}))
    country = mapping.first("country")
    result = []
    for kind, parts in open_slots:
        context = {"country": country} if country and "country" in kind.context else {}
        result.append(Slot(number, kind, parts, context))
    return tuple(result)


def _identifier_columns(mapping: SourceMapping) -> Iterator[tuple[str, str]]:
    for each in mapping.columns:
        if each.field is not None and each.field not in _NOT_IDENTIFIERS:
            yield each.column, each.field


def by_dictionary(slots: Sequence[Slot]) -> list[dict[int, Slot]]:
    """Slots that can share parsed values (the same configured type and the same parts), by their places in `slots`."""
    groups: dict[tuple[IdentifierType, tuple[str, ...]], dict[int, Slot]] = {}
    for place, slot in enumerate(slots):
        groups.setdefault((slot.type, tuple(sorted(slot.parts))), {})[place] = slot
    return list(groups.values())
