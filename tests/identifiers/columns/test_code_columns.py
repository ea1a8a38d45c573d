"""The fast paths of national ids, accounts, devices and handles: they read as the cells do, and they read most."""

from __future__ import annotations

import random

import pyarrow as pa
import pytest

from differential_national_id import PATTERNS
from identifier_cases import cases
from retrato.identifiers.account_id import AccountId
from retrato.identifiers.base import IdentifierType, Status
from retrato.identifiers.device_id import DeviceId
from retrato.identifiers.handle import Handle
from retrato.identifiers.national_id import NationalId
from retrato.identifiers.placeholders import ABSENT, NULLS

REGIONS = (None, "ES", "MX", "AR", "CL", "CO", "PE", "BR", "US", "GB")
KINDS: tuple[IdentifierType, ...] = (
    *(NationalId(region=region) for region in REGIONS),
    *(NationalId(namespace=name) for name in ("es_dni", "nif", "mx_rfc", "pe_cui", "passport", "other")),
    NationalId(namespace="dni", region="AR"),
    *(AccountId(name) for name in ("", "crm")),
    *(DeviceId(name) for name in ("", "web", "imei")),
    *(Handle(name) for name in ("", "ig", "facebook", "linkedin", "telegram", "forum")),
)
CLEAN: tuple[tuple[IdentifierType, list[str]], ...] = (
    (NationalId(), ["47182036C", "47.182.036-c", "X0473921Y", "RUGL880914HDFZRS01", "RUGL880914A12", "15.730.384-8"]),
    (NationalId(region="CL"), ["157303848", "20-28391046-9", "912-70-3847"]),
    (NationalId(namespace="dni"), ["47182036C", "X0473921Y"]),
    (AccountId("crm"), ["0012345", "C-0017", "12345.0", "AB 12/3"]),
    (DeviceId(), ["GA1.2.10321.17096", "38400000-8CF0-11BD-B23E-10B96E40000D", "3C:22:FB:10:AA:07", "a17"]),
    (Handle("ig"), ["@ana.ruiz", "ana_ruiz", "https://t.me/anaruiz?start=1", "WWW.TikTok.com/@Ana/"]),
)
MARKS = "0123456789 .-/_:@;,#&ÑñáXZKtTeE+{}|%?=\u00a0½"


def texts() -> list[str | None]:
    """Golden cases and generated numbers, each also with a letter or two changed."""
    chance = random.Random(3)
    raw = [case.raw for name in ("national_id", "account_id", "device_id", "handle") for case in cases(name)]
    raw += [pattern.replace("?", end) for patterns in PATTERNS.values() for pattern in patterns for end in "0KZ"]
    changed = []
    for text in raw * 4:
        place = chance.randrange(len(text) + 1)
        kept = place + chance.randrange(2)
        changed.append(text[:place] + chance.choice(["", *MARKS]) + text[kept:])
    return [*raw, *changed, None]


TEXTS = texts()


@pytest.mark.parametrize("kind", KINDS, ids=repr)
def test_a_column_of_codes_is_read_like_its_cells(kind: IdentifierType) -> None:
    columns = {"text": pa.array(TEXTS, pa.string())}
    if isinstance(kind, NationalId):
        countries = ["ES", None, "México", "Chile", "xx", "PE", "CO", "BR"]
        columns["country"] = pa.array([countries[number % len(countries)] for number in range(len(TEXTS))])
    table = pa.table(columns)
    order = [("item", "ascending"), ("ordinal", "ascending")]
    assert kind.parse_table(table).sort_by(order).to_pylist() == kind.parse_rows(table).to_pylist()


@pytest.mark.parametrize(("kind", "clean"), CLEAN, ids=repr)
def test_clean_codes_need_no_second_reading(kind: IdentifierType, clean: list[str]) -> None:
    accepted = kind.accept(pa.table({"text": clean}))
    assert accepted is not None
    left = set(range(len(clean))) - set(accepted.column("item").to_pylist())
    assert [clean[item] for item in sorted(left) if kind.parse(clean[item]).status is Status.VALID] == []


def test_no_accepted_code_can_be_an_absence_word() -> None:
    assert not [word for word in ABSENT | NULLS if any(each.isdigit() for each in word)]


@pytest.mark.parametrize("kind", KINDS, ids=repr)
def test_a_masked_code_does_not_tell_it(kind: IdentifierType) -> None:
    for text in TEXTS:
        for found in kind.parse_parts({"text": text}):
            if found.value is not None and len(found.value) > 3:
                assert found.value not in kind.mask(found.value)
            if found.status is Status.VALID and found.value is not None:
                assert kind.parse(found.value).value == found.value
