"""The fast path of e-mail addresses takes the plain ones, and gives what the value parser gives."""

from __future__ import annotations

import random
import re

import email_validator
import pyarrow as pa
import pytest
from email_validator import rfc_constants

from differential_email import Cells
from retrato.identifiers import email_syntax
from retrato.identifiers.columns.email import accept_emails
from retrato.identifiers.columns.tables import as_table, completed
from retrato.identifiers.email import Email
from retrato.identifiers.email_syntax import canonical_address

PLAIN = [
    "ana.lopez@gmail.com", "ANA@Empresa.ES", " ana_maria-80@sub.empresa.co.uk ", "ana.b+web@googlemail.com",
    "info@empresa.es", "ana@gmial.com", "ventas+x@mailinator.com", "a.+x@empresa.es", "+a@gmail.com",
]  # fmt: skip
LEFT = [
    None, "", "N/A", "ana", "ana@empresa", "o'hara@empresa.es", "test@test.com", "aaaa@empresa.es", "123456@empresa.es",
    "x@noemail.es", "a@a.es", "ana@x.local", "ana@xn--caf-dma.es", "ana@café.es", "a@x.es; b@x.es", "<ana@empresa.es>",
    "ana..b@empresa.es", "ana@-empresa.es", "ana@empresa.e5", f"ana@{'x' * 64}.es", f"{'a' * 250}@x.es", "482913@x.es",
    "ana@x.es.", "a@yahoo.com,ar", "'ana@empresa.es",
]  # fmt: skip


def accepted(kind: Email, texts: list[str | None]) -> list[str | None]:
    table = accept_emails(kind, pa.table({"text": pa.array(texts, pa.string())}))
    assert table is not None
    return [texts[item] for item in table.column("item").to_pylist()]


def rows(kind: Email, table: pa.Table) -> tuple[list[dict[str, object]], list[dict[str, object]]]:
    """The accepted rows, and the same items as the value parser reads them."""
    found = accept_emails(kind, table)
    assert found is not None
    items = found.column("item").to_pylist()
    texts = table.column("text").to_pylist()
    read = as_table(kind.key_names(), ((item, kind.parse_parts({"text": texts[item]})) for item in items))
    return completed(table, found, kind).to_pylist(), read.to_pylist()


def test_plain_addresses_are_accepted_and_all_else_is_left() -> None:
    assert accepted(Email(), [*PLAIN, *LEFT]) == PLAIN
    assert accepted(Email(fillers=frozenset({"ana@empresa.es"})), ["Ana@empresa.es", "luis@empresa.es"]) == [
        "luis@empresa.es"
    ]


def test_accepted_rows_are_what_the_value_parser_gives() -> None:
    cells = Cells(random.Random(3))
    texts = [*PLAIN, *LEFT, *(cells.draw()[0] for _ in range(20_000))]
    own, read = rows(Email(), pa.table({"text": pa.chunked_array([texts[:7], texts[7:7], texts[7:]], pa.string())}))
    assert own == read
    assert len(own) > 2_000


def test_a_slice_of_a_table_is_read_from_where_it_begins() -> None:
    own, read = rows(Email(), pa.table({"text": [*PLAIN, *PLAIN]}).slice(3, 9))
    assert own == read
    assert len(own) == 9


@pytest.mark.parametrize("table", [pa.table({"text": pa.array([], pa.string())}), pa.table({"other": ["a@x.es"]})])
def test_nothing_in_gives_nothing_out(table: pa.Table) -> None:
    assert Email().parse_table(table).num_rows == 0


@pytest.mark.parametrize(
    ("module", "name", "changed", "address"),
    [
        (email_validator, "SPECIAL_USE_DOMAIN_NAMES", ["empresa.es"], "ana@empresa.es"),
        (rfc_constants, "EMAIL_MAX_LENGTH", 12, "ana.lopez@empresa.es"),
        (rfc_constants, "DNS_LABEL_LENGTH_LIMIT", 6, f"ana@{'empresa' * 9}.es"),
        (rfc_constants, "DOMAIN_MAX_LENGTH", 9, "ana@empresa.es"),
        (rfc_constants, "DOT_ATOM_TEXT", re.compile(r"[a-z]+\Z"), "ana.lopez@empresa.es"),
        (rfc_constants, "DOT_ATOM_TEXT_HOSTNAME", re.compile(r"[a-z]+\.[a-z]+\Z"), "ana@empresa2.es"),
        (rfc_constants, "DOMAIN_NAME_REGEX", re.compile(r"[a-r]\Z"), "ana@empresa.es"),
    ],
)
def test_the_rules_are_those_of_the_installed_library(
    monkeypatch: pytest.MonkeyPatch, module: object, name: str, changed: object, address: str
) -> None:
    """What the library would no longer accept by its own tables, neither way accepts without asking it."""
    asked: list[str] = []
    assert accepted(Email(), [address]) == [address]
    monkeypatch.setattr(module, name, changed)
    monkeypatch.setattr(email_syntax, "_ask", lambda: asked.append)
    caches = (email_syntax.plain_rules, email_syntax._patterns, email_syntax.is_plain_domain)
    for cache in caches:
        cache.cache_clear()
    try:
        assert accepted(Email(), [address]) == []
        assert canonical_address(address) is None
        assert asked == [address]
    finally:
        monkeypatch.undo()
        for cache in caches:
            cache.cache_clear()
