"""The other formats: Parquet, Excel, JSON, tables in memory, queries; and files that are not there."""

from __future__ import annotations

import datetime as dt
import json
import sqlite3
from decimal import Decimal
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import sqlalchemy
import xlsxwriter

from retrato.engines.duckdb import DuckDBEngine
from retrato.errors import SourceError, SourceNotFoundError
from retrato.io.readers import json_lines, read
from retrato.io.readers.text import text_array, text_of
from retrato.records import Query, Source

if TYPE_CHECKING:
    from pathlib import Path

UTC = dt.UTC
MIXED = pa.table(
    {
        "id": [1, 2],
        "phone": [600112233.0, None],
        "amount": [1.5, float("nan")],
        "vip": [True, None],
        "born": [dt.date(1980, 2, 3), None],
        "seen": [dt.datetime(2024, 1, 2, 3, 4, 5, 120000), dt.datetime(2024, 1, 2)],
        "seen_utc": pa.array([dt.datetime(2024, 1, 2, 3, 4, 5, tzinfo=UTC), None], pa.timestamp("us", "Europe/Madrid")),
        "total": [Decimal("12.50"), Decimal("7.00")],
        "emails": [["a@x.org", "b@x.org"], []],
        "home": [{"city": " Vigo ", "geo": {"lat": 1.0}}, None],
        "name": ["Ana", "  "],
    }
)
EXPECTED = [
    (1, "1", "600112233", "1.5", "true", "1980-02-03", "2024-01-02T03:04:05.12", "2024-01-02T03:04:05Z", "12.50",
     "a@x.org; b@x.org", "Vigo", '{"lat": 1.0}', "Ana"),
    (2, "2", None, None, None, None, "2024-01-02", None, "7", None, None, None, None),
]  # fmt: skip
COLUMNS = (
    "id", "phone", "amount", "vip", "born", "seen", "seen_utc", "total", "emails", "home.city", "home.geo", "name",
)  # fmt: skip


@pytest.fixture(scope="module")
def engine():
    with DuckDBEngine(threads=1) as opened:
        yield opened


def load(engine, data, **options):
    engine.drop("raw_0", "rejected")
    found = read(Source("web", data, **options), engine, "raw_0")
    return found, engine.connection.execute("SELECT * FROM raw_0 ORDER BY _row").fetchall()


def rejects(engine):
    return engine.connection.execute("SELECT source, line, reason, text FROM rejected ORDER BY line").fetchall()


def test_arrow_tables_become_text(engine):
    found, rows = load(engine, MIXED)
    assert found.columns == COLUMNS
    assert rows == EXPECTED
    assert found.file == "Arrow table"


def test_parquet_reads_like_the_table_it_was(engine, tmp_path):
    pq.write_table(MIXED, tmp_path / "a.parquet")
    found, rows = load(engine, tmp_path / "a.parquet")
    assert (found.columns, rows) == (COLUMNS, EXPECTED)


def test_polars_reads_like_arrow(engine):
    frame = pl.from_arrow(MIXED)
    assert load(engine, frame)[1] == EXPECTED
    assert load(engine, frame.lazy())[1] == EXPECTED


def test_a_duckdb_relation_of_another_connection_reads(engine):
    with DuckDBEngine(threads=1) as other:
        relation = other.connection.sql(
            "SELECT 600112233::DOUBLE AS phone, DATE '2020-01-02' AS d, [1, 2] AS l, 3::HUGEINT h"
        )
        found, rows = load(engine, relation)
    assert rows == [(1, "600112233", "2020-01-02", "1; 2", "3")]
    assert found.file == "DuckDB relation"


def test_pandas_tables_become_text(engine):
    frame = pd.DataFrame(
        {
            "phone": [600112233, None],
            "text": ["Ana", np.nan],
            "mixed": [1.0, "x"],
            "when": [pd.Timestamp("2024-01-02 03:04:05"), pd.NaT],
            "kind": pd.Categorical(["a", None]),
            "count": pd.array([7, None], dtype="Int64"),
            "flag": pd.array([True, None], dtype="boolean"),
            "period": pd.PeriodIndex(["2024-01", "2024-02"], freq="M"),
            "many": [["a", 2.0], None],
        }
    )
    _, rows = load(engine, frame)
    assert rows == [
        (1, "600112233", "Ana", "1", "2024-01-02T03:04:05", "a", "7", "true", "2024-01", "a; 2"),
        (2, None, None, "x", None, None, None, None, "2024-02", None),
    ]


def test_a_named_index_of_pandas_is_a_column(engine):
    found, rows = load(engine, pd.DataFrame({"name": ["Ana"]}, index=pd.Index(["k1"], name="key")))
    assert found.columns == ("key", "name")
    assert rows == [(1, "k1", "Ana")]


def test_long_numbers_in_object_columns_keep_every_digit(engine):
    _, rows = load(engine, pd.DataFrame({"a": pd.Series([123456789012345678, None], dtype=object), "b": ["1", "2"]}))
    assert rows[0][1] == "123456789012345678"


def test_json_lines_are_flattened_one_level(engine, tmp_path):
    lines = [
        {"id": 1, "contact": {"email": "a@x.org", "geo": {"lat": 1}}, "tags": ["a", "b"], "items": [{"sku": 1}]},
        {"id": 2, "vip": True, "phone": 600112233.0, "contact": None},
    ]
    text = json.dumps(lines[0]) + "\nnot json\n\n[1]\n" + json.dumps(lines[1]) + "\n"
    (tmp_path / "a.jsonl").write_text(text, encoding="utf-8-sig")
    found, rows = load(engine, tmp_path / "a.jsonl")
    by_name = [dict(zip(("_row", *found.columns), row, strict=True)) for row in rows]
    filled = [{name: value for name, value in row.items() if value is not None} for row in by_name]
    assert filled == [
        {
            "_row": 1,
            "id": "1",
            "contact.email": "a@x.org",
            "contact.geo": '{"lat": 1}',
            "tags": "a; b",
            "items": '[{"sku": 1}]',
        },
        {"_row": 5, "id": "2", "vip": "true", "phone": "600112233"},
    ]
    assert rejects(engine) == [("web", 2, "not JSON", "not json"), ("web", 4, "not a JSON object", "[1]")]


def test_the_order_of_json_columns_does_not_depend_on_the_rows(engine, tmp_path):
    lines = ['{"id": 1, "b": 2}', '{"id": 2, "a": 1, "b": 3}', '{"c": 3}']
    orders = set()
    for variant in (lines, lines[::-1]):
        (tmp_path / "a.jsonl").write_text("\n".join(variant))
        orders.add(load(engine, tmp_path / "a.jsonl")[0].columns)
    assert orders == {("c", "id", "a", "b")}


@pytest.mark.parametrize(
    "text", ['[{"id": 1}, {"id": 2}]', '{"total": 2, "contacts": [{"id": 1},\n {"id": 2}]}', '{"id": 1}\n{"id": 2}']
)
def test_json_documents_read_like_lines(engine, tmp_path, text):
    (tmp_path / "a.json").write_text(text)
    assert load(engine, tmp_path / "a.json")[1] == [(1, "1"), (2, "2")]


def workbook(path: Path) -> Path:
    with xlsxwriter.Workbook(path) as book:
        date = book.add_format({"num_format": "yyyy-mm-dd"})
        book.add_worksheet("portada")
        sheet = book.add_worksheet("clientes")
        sheet.write(0, 0, "Informe de clientes")
        sheet.write_row(2, 0, ["código", "tel", "alta", "activo"])
        sheet.write_row(3, 0, ["0034", 34600112233])
        sheet.write_datetime(3, 2, dt.datetime(2024, 1, 2), date)
        sheet.write(3, 3, True)
        sheet.write_row(5, 0, ["0035", 1.5])
        book.add_worksheet("otros").write_row(0, 0, ["x", "y"])
    return path


def test_excel_reads_the_first_sheet_with_content(engine, tmp_path):
    found, rows = load(engine, workbook(tmp_path / "a.xlsx"))
    assert found.columns == ("código", "tel", "alta", "activo")
    assert rows == [(4, "0034", "34600112233", "2024-01-02", "true"), (6, "0035", "1.5", None, None)]
    assert found.notes == (
        'sheet "clientes" was read; these were not: "otros"',
        "the header was found in row 3; the rows above it are titles and were not read",
        "1 blank rows were left out",
    )


@pytest.mark.parametrize("sheet", ["otros", 2])
def test_excel_reads_the_sheet_that_is_named_or_numbered(engine, tmp_path, sheet):
    found, rows = load(engine, workbook(tmp_path / "a.xlsx"), sheet=sheet)
    assert (found.columns, rows) == (("x", "y"), [])


def test_an_unknown_sheet_is_refused_with_a_hint(engine, tmp_path):
    with pytest.raises(SourceError, match='no sheet "cliente"; did you mean "clientes"'):
        load(engine, workbook(tmp_path / "a.xlsx"), sheet="cliente")
    with pytest.raises(SourceError, match="the sheet is empty"):
        load(engine, workbook(tmp_path / "a.xlsx"), sheet="portada")


@pytest.fixture
def database():
    connection = sqlite3.connect(":memory:")
    connection.execute("CREATE TABLE c (id INTEGER, phone REAL, name TEXT)")
    connection.execute("INSERT INTO c VALUES (1, 600112233.0, 'Ana'), (2, NULL, ' ')")
    yield connection
    connection.close()


def test_a_query_over_a_db_api_connection_reads(engine, database):
    found, rows = load(engine, Query("SELECT * FROM c WHERE id > ? ORDER BY id", database, (0,)))
    assert found.columns == ("id", "phone", "name")
    assert rows == [(1, "1", "600112233", "Ana"), (2, "2", None, None)]


def test_a_query_over_sqlalchemy_reads(engine):
    target = sqlalchemy.create_engine("sqlite://", poolclass=sqlalchemy.pool.StaticPool)
    with target.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE c (id INTEGER)")
        connection.exec_driver_sql("INSERT INTO c VALUES (1), (2)")
        assert load(engine, Query("SELECT id FROM c WHERE id = :id", connection, {"id": 2}))[1] == [(1, "2")]
    assert load(engine, Query("SELECT id FROM c WHERE id = ?", target, (1,)))[1] == [(1, "1")]
    with pytest.raises(SourceError, match="no such table: d"):
        load(engine, Query("SELECT * FROM d", target))
    target.dispose()


def test_a_query_that_fails_says_why(engine, database):
    with pytest.raises(SourceError, match=r"source web \(query\).*no such table: clients"):
        load(engine, Query("SELECT * FROM clients", database))
    with pytest.raises(SourceError, match="returns no rows"):
        load(engine, Query("UPDATE c SET id = 1", database))
    with pytest.raises(SourceError, match="no DB-API or SQLAlchemy connection"):
        load(engine, Query("SELECT 1", object()))


def test_a_missing_file_names_its_neighbours(engine, tmp_path):
    (tmp_path / "clientes.csv").write_text("id\n1\n")
    with pytest.raises(SourceNotFoundError, match=r'did you mean "clientes.csv"\?'):
        load(engine, tmp_path / "cliente.csv")
    with pytest.raises(FileNotFoundError, match="no folder"):
        load(engine, tmp_path / "nowhere" / "a.csv")


@pytest.mark.parametrize(
    ("name", "data", "message"),
    [
        ("a.csv", b"", r"is empty \(0 bytes\)"),
        ("a.parquet", b"PAR1 nothing else", "no complete Parquet file"),
        ("a.xlsx", b"no workbook", "no workbook that can be read"),
        ("a.docx", b"text", 'files that end in ".docx" are not read; known endings are .csv'),
        ("a.jsonl", b"\x89PNG\r\n", "a PNG picture"),
        ("a.json", b"[1, 2]", "no JSON object"),
    ],
)
def test_bad_files_are_refused_with_a_clear_message(engine, tmp_path, name, data, message):
    (tmp_path / name).write_bytes(data)
    with pytest.raises(SourceError, match=message):
        load(engine, str(tmp_path / name))


def test_folders_addresses_and_strange_objects_are_refused(engine, tmp_path):
    with pytest.raises(SourceError, match="is a folder"):
        load(engine, tmp_path)
    with pytest.raises(SourceError, match="is an address"):
        load(engine, "https://example.org/a.csv")
    with pytest.raises(SourceError, match="dict is no source"):
        load(engine, {"a": [1]})


def test_rejects_of_all_sources_stand_in_one_table(engine, tmp_path):
    engine.drop("rejected")
    for name in ("one", "two"):
        (tmp_path / f"{name}.csv").write_text("a,b\n1\n")
        read(Source(name, tmp_path / f"{name}.csv"), engine, f"raw_{name}")
    assert [row[0] for row in sorted(rejects(engine))] == ["one", "two"]


@pytest.mark.parametrize("column", sorted(set(MIXED.column_names) - {"seen_utc", "home"}))  # zones go, structs split
def test_whole_columns_and_single_values_give_the_same_text(column):
    values = MIXED.column(column)
    assert text_array(values).to_pylist() == [_plain(text_of(value)) for value in values.to_pylist()]


def _plain(text: str | None) -> str | None:
    return text.replace(".120000", ".12") if text else text


def test_objects_that_cannot_all_wait_are_read_a_second_time(engine, tmp_path, monkeypatch) -> None:
    lines = ['{"b": 1, "a": null}', "[]", '{"a": "x"}', '{"c": [1, 2], "b": 1.0}']
    (tmp_path / "a.jsonl").write_text("\n".join(lines))
    at_once = load(engine, tmp_path / "a.jsonl")
    monkeypatch.setattr(json_lines, "_WAITING", -1)
    monkeypatch.setattr(json_lines, "_ROWS", 1)
    assert load(engine, tmp_path / "a.jsonl") == at_once
    assert (at_once[0].columns, at_once[0].rejected) == (("a", "b", "c"), 1)


def test_a_value_without_a_text_is_named_by_row_and_column(engine):
    itself = []
    itself.append(itself)
    frame = pd.DataFrame({"name": ["Ana", "Eva"], "tags": pd.Series([None, itself], dtype=object)})
    with pytest.raises(SourceError, match="row 2, column tags: a list that cannot be written as text"):
        load(engine, frame)
