"""A text of which nobody says what it is: the fields that it can be read as."""

from __future__ import annotations

from typing import TYPE_CHECKING

from retrato.identifiers.base import Status
from retrato.identifiers.registry import configured, type_of

if TYPE_CHECKING:
    from collections.abc import Sequence

#: The fields that a text alone can be.
_FIELDS = (
    "email", "phone", "national_id", "name", "birth_date", "handle", "account_id", "device_id", "address", "postcode",
)  # fmt: skip


def readings(text: str, regions: Sequence[str | None] = (None,)) -> tuple[str, ...]:
    """The fields that a text can be read as, with phone numbers and documents as each region writes them.

    >>> "email" in readings("ana@example.com"), "phone" in readings("600 11 22 33", ["ES"])
    (True, True)
    """
    return tuple(field for field in _FIELDS if any(_reads(field, text, region) for region in regions))


def _reads(field: str, text: str, region: str | None) -> bool:
    if field == "name" and (set(text) & set("@0123456789")):
        return False
    kind = configured((type_of(field),), region=region)[0]
    found = kind.parse_parts({kind.fields[field].part: text})
    return any(each.status in (Status.VALID, Status.POSSIBLE) for each in found)
