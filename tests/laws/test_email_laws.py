"""What holds for e-mail addresses in any cell."""

from __future__ import annotations

import pyarrow as pa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from retrato.identifiers.base import Identifier, Status
from retrato.identifiers.columns.tables import as_table
from retrato.identifiers.email import Email

WORDS = r"""
ana lopez @ @@ . , ; : < > ( ) [ ] " ' / | \ + - _ = ? & # * gmail.com gmial.com empresa.es café.es xn--caf-dma.es .es
mailto: ?subject= (at) arroba punto at dot İ ß ŉ 李 🔥 📧 ＠ 。 אב test x info ² ½ null N/A 600112233 ana@empresa.es
"a b" \" luis@hotmail.com
"""
FRAGMENTS = st.sampled_from([*WORDS.split(), " ", "\t", "\n", "\u200b", "\u00a0", "\u2028", "\u0301", "\x1c"])
CELLS = st.one_of(st.lists(FRAGMENTS, min_size=1, max_size=9).map("".join), st.text(max_size=20))
KINDS = st.sampled_from([Email(), Email(fillers=frozenset({"ana@empresa.es"}))])
LAW = settings(max_examples=200, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])


def essence(found: Identifier) -> tuple[str | None, Status, dict[str, str]]:
    return found.value, found.status, dict(found.keys)


@given(kind=KINDS, text=CELLS)
@LAW
def test_a_value_is_read_as_itself_with_the_same_keys(kind: Email, text: str) -> None:
    for found in kind.parse_parts({"text": text}):
        if found.value is not None and found.status is not Status.INVALID:
            assert [essence(each) for each in kind.parse_parts({"text": found.value})] == [essence(found)]


@given(kind=KINDS, text=CELLS)
@LAW
def test_a_masked_address_does_not_tell_the_address(kind: Email, text: str) -> None:
    for found in kind.parse_parts({"text": text}):
        assert found.value is None or len(found.value) < 4 or found.value not in kind.mask(found.value)


@given(kind=KINDS, texts=st.lists(st.one_of(st.none(), CELLS), max_size=6))
@LAW
def test_a_column_says_all_that_its_cells_say(kind: Email, texts: list[str | None]) -> None:
    read = as_table(kind.key_names(), ((item, kind.parse_parts({"text": text})) for item, text in enumerate(texts)))
    assert kind.parse_column(pa.array(texts, pa.string())).to_pylist() == read.to_pylist()
