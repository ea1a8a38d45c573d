"""The columns of a profile table: fixed ones, and one for every plain attribute of the data."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

#: Column to part, of the golden name and of the golden address.
NAME_PARTS: Mapping[str, str] = {
    "given_name": "given",
    "family_name": "family",
    "second_family_name": "second_family",
}
ADDRESS_PARTS: Mapping[str, str] = {
    "street": "street",
    "postcode": "postcode",
    "city": "city",
    "region": "region",
    "country": "country",
}
#: Kinds of which a profile shows the golden value.
SINGLE = ("name", "birth_date", "sex", "address")
#: Column to kind, for the kinds of which a profile shows all valid and possible values, best first.
LISTS: Mapping[str, str] = {
    "emails": "email",
    "phones": "phone",
    "national_ids": "national_id",
    "account_ids": "account_id",
    "handles": "handle",
    "device_ids": "device_id",
}
FIXED = (
    "profile_id", "household_id", "records", "sources", "first_seen", "last_seen",
    "name", *NAME_PARTS, "birth_date", "sex", *LISTS,
    "address", *ADDRESS_PARTS, "confidence", "expected_precision", "expected_recall",
)  # fmt: skip


def attribute_columns(attributes: Iterable[str]) -> dict[str, str]:
    """The column of each plain attribute: its name, with `attribute_` before it when that is taken, and a number if
    need be.

    Names are compared without case, as engines do.

    >>> attribute_columns(["city", "tier", "Tier"])
    {'Tier': 'Tier', 'city': 'attribute_city', 'tier': 'attribute_tier'}
    """
    taken = {name.lower() for name in FIXED}
    columns: dict[str, str] = {}
    for attribute in sorted(set(attributes)):
        column = attribute
        number = 1
        while column.lower() in taken:
            column = f"attribute_{attribute}" if number == 1 else f"attribute_{attribute}_{number}"
            number += 1
        taken.add(column.lower())
        columns[attribute] = column
    return columns
