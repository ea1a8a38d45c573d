"""What holds for every identifier type and any text."""

from __future__ import annotations

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from retrato.identifiers.base import IdentifierType, Scope, Status
from retrato.identifiers.folding import fold, squeeze
from retrato.identifiers.registry import FIELDS, TYPES, configured, type_of

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


@each_type
@given(text=TEXTS)
@LIGHT
def test_no_text_is_too_strange_and_what_is_found_is_well_formed(kind: IdentifierType, text: str) -> None:
    names = set(kind.key_names())
    for part in dict.fromkeys(field.part for field in kind.fields.values()):
        for found in kind.parse_parts({part: text}):
            assert found.kind == kind.kind
            assert set(found.keys) <= names
            assert all(key and key.isascii() for key in found.keys.values())
            assert found.status is not Status.MISSING
            if found.status is Status.PLACEHOLDER:
                assert not found.keys
            assert found.value is None or found.value


@each_type
@given(text=TEXTS)
@LIGHT
def test_a_canonical_value_is_read_as_itself(kind: IdentifierType, text: str) -> None:
    for found in kind.parse_parts({next(iter(kind.fields.values())).part: text}):
        if found.value is not None and found.status is Status.VALID:
            assert kind.parse(found.value).value == found.value


@each_type
@given(texts=st.lists(st.one_of(st.none(), TEXTS), max_size=5))
@settings(max_examples=40, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
def test_a_column_is_read_like_its_cells(kind: IdentifierType, texts: list[str | None]) -> None:
    part = next(iter(kind.fields.values())).part
    table = kind.parse_column(pa.table({part: pa.array(texts, pa.string())}))
    rows = table.to_pylist()
    expected = [
        (item, ordinal, each)
        for item, text in enumerate(texts)
        for ordinal, each in enumerate(kind.parse_parts({part: text}))
    ]
    assert len(rows) == len(expected)
    for row, (item, ordinal, each) in zip(rows, expected, strict=True):
        assert (row["item"], row["ordinal"], row["value"], row["raw"]) == (item, ordinal, each.value, each.raw)
        assert (row["status"], row["namespace"]) == (each.status.value, each.namespace)
        assert {name: row[name] for name in kind.key_names() if row[name] is not None} == dict(each.keys)


@each_type
@given(texts=st.lists(TEXTS.filter(str.strip), min_size=1, max_size=6))
@settings(max_examples=30, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
def test_recognition_is_a_share_for_known_fields(kind: IdentifierType, texts: list[str]) -> None:
    told = kind.recognise(texts)
    assert set(told) <= set(kind.fields)
    assert all(0 <= share <= 1 for share in told.values())


@each_type
def test_nothing_in_gives_nothing_out(kind: IdentifierType) -> None:
    for text in (None, "", "  ", "-", "NULL", "nan", "#N/A"):
        for field in kind.fields.values():
            assert kind.parse_parts({field.part: text}) == ()
    assert kind.parse(None).status is Status.MISSING
    assert kind.parse_parts({}) == ()
    assert kind.recognise([]) == {}


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
    assert person == {"given_name", "birth_date", "sex", "national_id", "account_id", "handle"}
