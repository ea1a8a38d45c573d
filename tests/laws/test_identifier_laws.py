"""What holds for every identifier type and any text."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from retrato.identifiers.base import IdentifierType, Scope, Status
from retrato.identifiers.folding import fold, squeeze
from retrato.identifiers.registry import FIELDS, TYPES, configured, type_of
from retrato.testing.laws import (
    Breach,
    cell_breaches,
    column_breaches,
    null_breaches,
    parts_of,
    recognition_breaches,
)
from retrato.testing.texts import NULLS

if TYPE_CHECKING:
    from collections.abc import Iterable

VARIANTS = (
    *TYPES,
    *(each for each in configured(region="ES", day_first=False) if each not in TYPES),
    type_of("handle.instagram"),
    type_of("account_id.crm"),
    type_of("national_id.es_dni"),
    type_of("category.occupation"),
)
WORDS = """
José María de la Cruz O'Brien Mc Donald Sr. Dr. Jr III García-López y del Ana & Luis S.L. mr mrs don ñ ß ŉ ǆ İ 李 ª º 🔥
ana @ gmail.com instagram.com/ @pedro ig: +34 600112233 0034 (0) ext 12 c.us 3.46001E+10 111111111 .0 45356.5 ٣ ½ ①
calle C/ Avda. nº 3 2º izq. 28013 Madrid España Flat 12B Oak Street IL 62704 s/n # km sn 1
1956-04-09 09/04/56 3 de mayo 10:22 pm Z +01:00 12345678Z X1234567L 0000 N/A null - . ; / , |
"""
FRAGMENTS = st.sampled_from(WORDS.split())
TEXTS = st.one_of(
    st.text(max_size=40),
    st.lists(FRAGMENTS, min_size=1, max_size=7).map(" ".join),
    st.lists(st.one_of(FRAGMENTS, st.text(max_size=3)), min_size=1, max_size=6).map("".join),
    st.text(alphabet="0123456789+-/.() ,:T", max_size=24),
)
LIGHT = settings(max_examples=150, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
each_type = pytest.mark.parametrize("kind", VARIANTS, ids=repr)


@given(st.text())
@settings(max_examples=400, deadline=None, derandomize=True)
@example("ŉ")
@example("İstanbul")
@example("½ ① ﬁ")
def test_folding_gives_ascii_words_and_folding_twice_changes_nothing(text: str) -> None:
    folded = fold(text)
    assert folded.isascii()
    assert folded == folded.lower().strip()
    assert "  " not in folded
    assert all(each.isalnum() or each == " " for each in folded)
    assert fold(folded) == folded
    assert squeeze(text) == folded.replace(" ", "")


def told(breaches: Iterable[Breach]) -> list[str]:
    return [f"{each.law}: {each.how}" for each in breaches]


@each_type
@given(text=TEXTS)
@LIGHT
def test_a_cell_breaks_no_law(kind: IdentifierType, text: str) -> None:
    for part in parts_of(kind):
        assert told(cell_breaches(kind, {part: text})) == []


@each_type
@given(texts=st.lists(st.one_of(st.none(), TEXTS), min_size=1, max_size=5))
@settings(max_examples=40, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
def test_a_column_is_read_like_its_cells(kind: IdentifierType, texts: list[str | None]) -> None:
    part = parts_of(kind)[0]
    assert told(column_breaches(kind, [{part: text} for text in texts])) == []


@each_type
@given(texts=st.lists(TEXTS.filter(str.strip), max_size=6))
@settings(max_examples=30, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
def test_recognition_is_a_share_for_known_fields(kind: IdentifierType, texts: list[str]) -> None:
    assert told(recognition_breaches(kind, texts)) == []


@each_type
def test_nothing_in_gives_nothing_out(kind: IdentifierType) -> None:
    for text in (None, *NULLS):
        assert told(null_breaches(kind, text)) == []
    assert kind.parse(None).status is Status.MISSING
    assert kind.parse_parts({}) == ()


def test_headers_are_folded_and_name_one_field_each() -> None:
    seen: dict[str, str] = {}
    for name, kind in FIELDS.items():
        for header in kind.fields[name].headers:
            assert header == fold(header), header
            assert seen.setdefault(header, name) == name, header


def test_features_are_told_apart_by_name_and_scope() -> None:
    features = [
        feature
        for kind in TYPES
        for feature in kind.features
        if kind.kind not in {"category", "text", "number", "date"}
    ]
    assert len({feature.name for feature in features}) == len(features)
    person = {feature.name for feature in features if feature.scope is Scope.PERSON}
    assert person == {"given_name", "name_suffix", "birth_date", "sex", "national_id", "account_id", "handle"}
