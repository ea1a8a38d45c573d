"""National documents: against python-stdnum alone, and what the table of documents promises."""

from __future__ import annotations

from importlib import import_module

import pytest

from differential_national_id import PATTERNS, compare
from retrato.identifiers.base import Status
from retrato.identifiers.document_checks import library
from retrato.identifiers.document_names import CALLED
from retrato.identifiers.documents import DOCUMENTS
from retrato.identifiers.handle import Handle
from retrato.identifiers.national_id import NationalId

LIBRARY_KINDS = {each.name: each.module for each in DOCUMENTS if each.module}


def test_nothing_differs_from_the_library_after_the_repairs() -> None:
    found = compare(50_000, seed=7)
    assert found.compared == 50_000
    assert found.disagreements == []
    assert set(found.repaired) >= {"separators", "label", "spreadsheet", "country", "zeros"}


def test_every_kind_that_the_library_knows_is_compared() -> None:
    assert set(PATTERNS) == set(LIBRARY_KINDS)
    assert {name for names in CALLED.values() for name in names} <= {each.name for each in DOCUMENTS}


@pytest.mark.parametrize(("name", "module"), LIBRARY_KINDS.items())
def test_the_copy_that_does_not_clean_reads_like_the_library(name: str, module: str) -> None:
    copy, original = library(module), import_module(f"stdnum.{module}")
    assert copy is not original
    texts = [
        pattern.replace("?", end).replace("YYMMDD", "850914") for pattern in PATTERNS[name] for end in "0123456789AKTWZ"
    ]
    texts = [text.replace("A", letter) for text in texts for letter in "ABKX"]
    assert [copy.is_valid(text) for text in texts] == [original.is_valid(text) for text in texts]


@pytest.mark.parametrize("kind", ["es_dni:12345678z"])
def test_all_ways_of_writing_a_dni_meet(kind: str) -> None:
    for text in ("12345678Z", "12345678-Z", "12.345.678 z", "ES12345678Z", "dni 12345678z", "DNI12345678Z"):
        assert NationalId(region="ES").parse(text).keys["national_id"] == kind, text
    for text in ("01234567L", "1234567L", "1234567-l", "ES1234567L", "1.234.567-L"):
        assert NationalId(region="ES").parse(text).keys["national_id"] == "es_dni:01234567l", text


def test_a_namespace_may_be_what_people_call_the_document() -> None:
    assert NationalId(namespace="DNI").parse("12345678Z").namespace == "es_dni"
    assert NationalId(namespace="dni", region="AR").parse("28391046").namespace == "ar_dni"
    assert NationalId(namespace="rfc").parse("RUGL880914A12").namespace == "mx_rfc"
    assert NationalId(namespace="dni").parse("AB-17").namespace == "dni"


def test_what_the_library_accepts_can_still_be_a_filler() -> None:
    for text in ("00000000T", "X0000000T", "XAXX010101000", "111.111.111-11"):
        assert NationalId().parse(text).status is Status.PLACEHOLDER


def test_a_handle_of_a_platform_keeps_to_its_rule() -> None:
    assert Handle("twitter").parse("ana_ruiz").status is Status.VALID
    assert Handle("twitter").parse("ana.ruiz").status is Status.INVALID
    assert Handle("forum").parse("ana.ruiz").status is Status.VALID
