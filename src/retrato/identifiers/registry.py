"""All identifier types. A new type is one new file and one line here."""

from __future__ import annotations

import dataclasses
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, cast

from retrato.errors import ConfigurationError, Problem
from retrato.identifiers.account_id import AccountId
from retrato.identifiers.address import Address
from retrato.identifiers.attribute import Category, Date, Number, Text
from retrato.identifiers.consent_flag import ConsentFlag
from retrato.identifiers.coordinates import Coordinates
from retrato.identifiers.date import BirthDate
from retrato.identifiers.device_id import DeviceId
from retrato.identifiers.email import Email
from retrato.identifiers.handle import Handle
from retrato.identifiers.ip_address import IpAddress
from retrato.identifiers.moment import Moment
from retrato.identifiers.name import PersonName
from retrato.identifiers.national_id import NationalId
from retrato.identifiers.phone import Phone
from retrato.identifiers.sex import Sex

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from retrato.identifiers.base import IdentifierType


TYPES: tuple[IdentifierType, ...] = (
    PersonName(),
    Email(),
    Phone(),
    Address(),
    BirthDate(),
    Sex(),
    NationalId(),
    AccountId(),
    Handle(),
    DeviceId(),
    IpAddress(),
    Coordinates(),
    ConsentFlag(),
    Moment(),
    Category(),
    Text(),
    Number(),
    Date(),
)

#: Each field of the mapping vocabulary and the type that it feeds.
FIELDS = MappingProxyType({name: each for each in TYPES for name in each.fields})


def fields_of(types: Sequence[IdentifierType]) -> Mapping[str, IdentifierType]:
    """Each field of these types, and its type."""
    return FIELDS if types is TYPES else {name: each for each in types for name in each.fields}


def type_of(field: str, types: Sequence[IdentifierType] = TYPES) -> IdentifierType:
    """The type that a field of the mapping vocabulary feeds, with the field's namespace set where the type has one.

    >>> type_of("given_name").kind, type_of("handle.instagram").namespace
    ('name', 'instagram')
    >>> type_of("category.occupation").features[0].name
    'occupation'

    Raises `ConfigurationError` when there is no such field.
    """
    name, _, namespace = field.partition(".")
    fields = fields_of(types)
    found = fields.get(name)
    if found is None:
        raise ConfigurationError(
            [Problem(f"field {field}", "no such field", f"the fields are {', '.join(sorted(fields))}")]
        )
    return _with(found, namespace=namespace) if namespace else found


def configured(
    types: Sequence[IdentifierType] = TYPES, *, region: str | None = None, day_first: bool | None = None
) -> tuple[IdentifierType, ...]:
    """The types with the region (ISO 3166-1 alpha-2) and the order of dates set where a type has such an option.

    >>> {each.kind: each for each in configured(region="ES")}["phone"]
    Phone(region='ES')
    """
    options: dict[str, Any] = {} if region is None else {"region": region}
    if day_first is not None:
        options["day_first"] = day_first
    return tuple(_with(each, **options) for each in types)


def _with(identifier_type: IdentifierType, **options: Any) -> IdentifierType:
    type_as_dataclass: Any = identifier_type
    own = {each.name for each in dataclasses.fields(type_as_dataclass)}
    chosen = {name: value for name, value in options.items() if name in own}
    return cast("IdentifierType", dataclasses.replace(type_as_dataclass, **chosen)) if chosen else identifier_type
