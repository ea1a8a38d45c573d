"""A text of which nobody says what it is: the fields that it can be read as."""

from __future__ import annotations

from typing import TYPE_CHECKING

from retrato.identifiers.base import Status
from retrato.identifiers.registry import configured, type_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from retrato.identifiers.base import IdentifierType

#: The fields that a text alone can be.
_FIELDS = (
    "email", "phone", "national_id", "name", "birth_date", "handle", "account_id", "device_id", "address", "postcode",
)  # fmt: skip


def readings(text: str, regions: Sequence[str | None] = (None,), own: Sequence[IdentifierType] = ()) -> tuple[str, ...]:
    """The fields that a text can be read as, with phone numbers and documents as each region writes them.

    `own` are types that are not of this package: a text can be what their first field holds.

    >>> "email" in readings("ana@example.com"), "phone" in readings("600 11 22 33", ["ES"])
    (True, True)
    """
    fields = {field: type_of(field) for field in _FIELDS} | {next(iter(each.fields)): each for each in own}
    return tuple(
        field for field, kind in fields.items() if any(_reads(field, kind, text, region) for region in regions)
    )


def _reads(field: str, kind: IdentifierType, text: str, region: str | None) -> bool:
    if field == "name" and (set(text) & set("@0123456789")):
        return False
    (kind,) = configured((kind,), region=region)
    found = kind.parse_parts({kind.fields[field].part: text})
    return any(each.status in (Status.VALID, Status.POSSIBLE) for each in found)
