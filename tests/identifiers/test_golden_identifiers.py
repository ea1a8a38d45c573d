"""Every golden case is read as it says."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from identifier_cases import Case, cases
from retrato.identifiers.account_id import AccountId
from retrato.identifiers.address import Address
from retrato.identifiers.consent_flag import ConsentFlag
from retrato.identifiers.coordinates import Coordinates
from retrato.identifiers.date import BirthDate
from retrato.identifiers.device_id import DeviceId
from retrato.identifiers.email import Email
from retrato.identifiers.handle import Handle
from retrato.identifiers.ip_address import IpAddress
from retrato.identifiers.name import PersonName
from retrato.identifiers.national_id import NationalId
from retrato.identifiers.phone import Phone

if TYPE_CHECKING:
    from retrato.identifiers.base import Identifier

TYPES: dict[str, Any] = {
    "name": PersonName(),
    "email": Email(),
    "phone": Phone(),
    "address": Address(),
    "date": BirthDate(),
    "national_id": NationalId(),
    "handle": Handle(),
    "device_id": DeviceId(),
    "account_id": AccountId(),
    "ip_address": IpAddress(),
    "coordinates": Coordinates(),
    "consent": ConsentFlag(),
}
CASES = [(name, case) for name in TYPES for case in cases(name)]


def details(found: Identifier) -> dict[str, str]:
    """Keys by their names, parts as `part:name`, the namespace as `namespace`."""
    shown = dict(found.keys) | {f"part:{name}": text for name, text in found.parts.items()}
    return shown | ({"namespace": found.namespace} if found.namespace else {})


@pytest.mark.parametrize(("name", "case"), CASES, ids=[case.where for _, case in CASES])
def test_golden_case(name: str, case: Case) -> None:
    options: dict[str, Any] = {
        key: value != "no" if key == "day_first" else value for key, value in case.options.items()
    }
    context = {"country": options.pop("country")} if "country" in options else {}
    kind = replace(TYPES[name], **options)
    first = next(iter(kind.fields.values())).part
    found = kind.parse_parts({**case.parts(first), **context})
    assert [(each.value, each.status.value) for each in found] == [(each.value, each.status) for each in case.expected]
    for identifier, expected in zip(found, case.expected, strict=True):
        shown = details(identifier)
        assert {key: shown.get(key, "") for key in expected.details} == expected.details
        assert tuple(issue.code for issue in identifier.issues) == expected.issues


@pytest.mark.parametrize("name", ["phone", "email", "name", "address", "date"])
def test_there_are_cases_enough(name: str) -> None:
    assert len(cases(name)) >= 60
