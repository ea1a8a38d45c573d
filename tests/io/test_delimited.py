"""CSV and its relatives: what reads, what is rejected, and that block boundaries do not matter."""

from __future__ import annotations

import codecs
import csv
import io
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from retrato.engines.duckdb import DuckDBEngine
from retrato.errors import SourceError
from retrato.io.readers import ReadSource, encoding, read
from retrato.io.readers.strict_rows import cells_of_any_size
from retrato.records import Source

if TYPE_CHECKING:
    from pathlib import Path

Rows = list[tuple[object, ...]]
NOISE = bytes(n * n * 31 % 257 % 256 for n in range(5000))


@pytest.fixture(scope="module")
def engine():
    with DuckDBEngine(threads=1) as opened:
        yield opened


def load(engine: DuckDBEngine, path: Path, data: bytes, **options: object) -> tuple[ReadSource, Rows, Rows]:
    """The source, its rows and its rejects (line, reason, text)."""
    path.write_bytes(data)
    engine.drop("raw_0", "rejected")
    found = read(Source("web", path, **options), engine, "raw_0")
    rows = engine.connection.execute("SELECT * FROM raw_0 ORDER BY _row").fetchall()
    rejects = engine.connection.execute("SELECT line, reason, text FROM rejected ORDER BY line").fetchall()
    assert found.rows == len(rows)
    assert found.rejected == len(rejects)
    return found, rows, rejects


def test_headers_and_cells_are_stripped_and_blank_cells_are_null(engine, tmp_path):
    found, rows, _ = load(engine, tmp_path / "a.csv", b"rec_id, given_name , surname\n1, ana ,\n2,  ,gil\n")
    assert found.columns == ("rec_id", "given_name", "surname")
    assert rows == [(2, "1", "ana", None), (3, "2", None, "gil")]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_detected(engine, tmp_path, delimiter):
    text = delimiter.join(["id", "name", "amount"]) + "\n" + delimiter.join(["1", '"Pérez, Ana; hija"', '"3,5"']) + "\n"
    _, rows, _ = load(engine, tmp_path / "a.txt", (text * 1).encode())
    assert rows == [(2, "1", "Pérez, Ana; hija", "3,5")]


@pytest.mark.parametrize(
    ("codec", "mark"),
    [
        ("utf-8", b""),
        ("utf-8", codecs.BOM_UTF8),
        ("utf-16-le", codecs.BOM_UTF16_LE),
        ("utf-16-be", codecs.BOM_UTF16_BE),
        ("utf-16-le", b""),
        ("utf-16-be", b""),
        ("utf-32-le", codecs.BOM_UTF32_LE),
        ("cp1252", b""),
        ("latin-1", b""),
    ],
)
def test_the_encoding_is_detected(engine, tmp_path, codec, mark):
    text = "código;nombre\n1;María José Núñez\n2;Peña\n"
    found, rows, _ = load(engine, tmp_path / "a.csv", mark + text.encode(codec))
    assert found.columns == ("código", "nombre")
    assert rows == [(2, "1", "María José Núñez"), (3, "2", "Peña")]


def test_the_euro_sign_of_windows_is_read(engine, tmp_path):
    _, rows, _ = load(engine, tmp_path / "a.csv", "id,total\n1,3 €\n".encode("cp1252"))
    assert rows == [(2, "1", "3 €")]


def test_a_byte_that_does_not_decode_costs_its_row_only(engine, tmp_path):
    data = "id,name\n1,Peña\n2,Mu".encode() + b"\xff" + "oz\n3,Ibáñez\n".encode()
    found, rows, rejects = load(engine, tmp_path / "a.csv", data)
    assert rows == [(2, "1", "Peña"), (4, "3", "Ibáñez")]
    assert rejects == [(3, "bytes that do not decode", "2,Mu\ufffdoz")]
    assert found.read_as == "utf-8, columns separated by comma"


@pytest.mark.parametrize("codec", ["ascii", "utf-8", "cp1252", "utf-16"])
def test_a_declared_encoding_is_obeyed(engine, tmp_path, codec):
    good = "id,name\n1,Ana\n".encode(codec)
    broken = b"2,\x81\xc3\n" if codec != "utf-16" else b"2\x00,\x00\x00\xdc\n\x00"
    _, rows, rejects = load(engine, tmp_path / "a.csv", good + broken, encoding=codec)
    assert rows == [(2, "1", "Ana")]
    assert [(line, reason) for line, reason, _ in rejects] == [(3, "bytes that do not decode")]


def test_ragged_rows_are_rejected_with_line_and_reason(engine, tmp_path):
    data = b'id,name,city\n1,"Ana\nMaria",Vigo\n2,Gil\n3,Luis,Lugo,Spain\n\n4,Eva,Jaca\n'
    _, rows, rejects = load(engine, tmp_path / "a.csv", data)
    assert rows == [(2, "1", "Ana\nMaria", "Vigo"), (7, "4", "Eva", "Jaca")]
    assert rejects == [
        (4, "too few columns: 2 instead of 3", "2,Gil"),
        (5, "too many columns: 4 instead of 3", "3,Luis,Lugo,Spain"),
    ]


def test_a_stray_quote_does_not_swallow_the_file(engine, tmp_path):
    lines = ["id,name,city", '1,"Ana,Vigo', *(f"{n},Gil,Lugo" for n in range(2, 5000)), '5000,"Eva",Jaca']
    _, rows, rejects = load(engine, tmp_path / "a.csv", "\n".join(lines).encode())
    assert len(rows) == 4999
    assert rejects == [(2, "text after a closing quote", '1,"Ana,Vigo')]


def test_a_quote_that_is_never_closed_costs_its_line(engine, tmp_path):
    _, rows, rejects = load(engine, tmp_path / "a.csv", b'id,name\n1,Ana\n2,"Eva\n3,Gil')
    assert rows == [(2, "1", "Ana"), (4, "3", "Gil")]
    assert rejects == [(3, "a quote that is never closed", '2,"Eva')]


def test_a_stray_pair_of_quotes_over_many_lines_costs_one_line(engine, tmp_path):
    lines = ["id,name,city", '1,"Ana,Vigo', *(f"{n},Gil,Lugo" for n in range(2, 3000)), '3000,Jaca,tube 5"', "3001,a,b"]
    _, rows, rejects = load(engine, tmp_path / "a.csv", "\n".join(lines).encode())
    assert len(rows) == 3000
    assert rejects == [(2, "a stray quote", '1,"Ana,Vigo')]


def test_quotes_inside_cells(engine, tmp_path):
    data = b'id,name\n1,"say ""hi"", Ana"\n2,5" pipe\n3, "a,b"\n4,""\n5,"a" b\n'
    _, rows, rejects = load(engine, tmp_path / "a.csv", data)
    assert rows == [(2, "1", 'say "hi", Ana'), (3, "2", '5" pipe'), (4, "3", "a,b"), (5, "4", None)]
    assert rejects == [(6, "text after a closing quote", '5,"a" b')]


@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r"])
def test_line_ends_of_every_system(engine, tmp_path, end):
    _, rows, _ = load(engine, tmp_path / "a.csv", end.join([b"id,name", b"1,Ana", b"2,Eva", b""]))
    assert rows == [(2, "1", "Ana"), (3, "2", "Eva")]


def test_a_cell_of_ten_megabytes_reads_whole(engine, tmp_path):
    cell = "palabra, " * 1_150_000
    _, rows, _ = load(engine, tmp_path / "a.csv", f'id,notes,city\n1,"{cell}",Vigo\n2,x,Lugo\n'.encode())
    assert [(row[1], len(row[2]), row[3]) for row in rows] == [("1", len(cell) - 1, "Vigo"), ("2", 1, "Lugo")]


def test_zero_bytes_in_a_cell_stay_in_the_cell(engine, tmp_path):
    _, rows, _ = load(engine, tmp_path / "a.csv", b"id,name\n1,A\x00na\n2,Eva\n")
    assert rows == [(2, "1", "A\0na"), (3, "2", "Eva")]


def test_names_are_made_unique_whatever_their_case(engine, tmp_path):
    found, rows, _ = load(engine, tmp_path / "a.csv", b"id,Phone,phone,,phone_2,_row\n1,a,b,c,d,e\n")
    assert found.columns == ("id", "Phone", "phone_2", "column_4", "phone_2_2", "_row_2")
    assert rows == [(2, "1", "a", "b", "c", "d", "e")]
    assert len([note for note in found.notes if note.startswith("column ")]) == 4


def test_whole_numbers_written_as_floats_lose_the_fraction(engine, tmp_path):
    found, rows, _ = load(engine, tmp_path / "a.csv", b"id,phone,version\n1,600112233.0,1.0\n2,,2.0\n")
    assert rows == [(2, "1", "600112233", "1.0"), (3, "2", None, "2.0")]
    assert 'column "phone" holds whole numbers written with ".0", now without' in found.notes


def test_blank_rows_are_left_out_with_a_note(engine, tmp_path):
    found, rows, _ = load(engine, tmp_path / "a.csv", b"id;name\n1;Ana\n;\n\n ; \n2;Eva\n")
    assert [row[1] for row in rows] == ["1", "2"]
    assert "3 blank rows were left out" in found.notes


def test_the_separator_line_of_excel_is_obeyed(engine, tmp_path):
    _, rows, _ = load(engine, tmp_path / "a.csv", b"sep=;\r\nid;name\r\n1;Ana, Eva\r\n")
    assert rows == [(3, "1", "Ana, Eva")]


def test_dates_may_be_column_names(engine, tmp_path):
    assert load(engine, tmp_path / "a.csv", b"id,2024-01-31,2024-02-29\n1,2,3\n")[0].columns[1] == "2024-01-31"


def test_one_column_is_enough(engine, tmp_path):
    _, rows, _ = load(engine, tmp_path / "a.csv", b"email\nana@example.com\n\neva@example.com\n")
    assert rows == [(2, "ana@example.com"), (4, "eva@example.com")]


def test_a_header_only_is_an_empty_source(engine, tmp_path):
    found, rows, _ = load(engine, tmp_path / "a.csv", b"id,name\n")
    assert rows == []
    assert "there are no rows below the header" in found.notes


@pytest.mark.parametrize(
    ("data", "options", "message"),
    [
        (b"\x89PNG\r\n\x1a\n" + NOISE, {}, "a PNG picture"),
        (NOISE, {}, "full of control bytes"),
        (b"PK\x03\x04" + bytes(100), {}, "rename it to .xlsx"),
        (b"\n \n\n", {}, "there is nothing in it"),
        (b"1,ana@example.com\n2,eva@example.com\n", {}, "the first line holds values"),
        (b"1,Ana,+34 600 112 233\n2,Eva,600112234\n", {}, "the first line holds values"),
        (b"id,name\n1,Ana\n", {"encoding": "utf-9"}, 'did you mean "utf-8"'),
        (b"id,name\n1,Ana\n", {"encoding": "base64"}, "no text encoding"),
        ("id,año\n1,Ana\n".encode(), {"encoding": "ascii"}, "the header line cannot be read as ascii"),
        ("id,name\n".encode("utf-16-le"), {"encoding": "utf-8"}, "zero bytes"),
        (b"id,name\n1,Ana\n", {"delimiter": "::"}, "one plain character"),
        (b'"id,name\n1,Ana\n', {}, "the header line cannot be read"),
    ],
)
def test_what_is_no_table_is_refused_with_a_clear_message(engine, tmp_path, data, options, message):
    with pytest.raises(SourceError, match=message) as caught:
        load(engine, tmp_path / "a.csv", data, **options)
    assert "source web" in str(caught.value)
    assert "example.com" not in str(caught.value)


cell = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")) | st.sampled_from(',;"\n\r\t| '), max_size=12
)
tables = st.integers(2, 5).flatmap(lambda width: st.lists(st.lists(cell, min_size=width, max_size=width), max_size=12))


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=tables, delimiter=st.sampled_from(",;\t|"), end=st.sampled_from(["\n", "\r\n"]))
def test_what_the_csv_module_writes_reads_back_exactly(engine, tmp_path, rows, delimiter, end):
    out = io.StringIO(newline="")
    # The csv module of Python 3.11 leaves a bare carriage return unquoted when lines end otherwise.
    bare = end == "\n" and any("\r" in each for row in rows for each in row)
    quoting = csv.QUOTE_ALL if bare else csv.QUOTE_MINIMAL
    writer = csv.writer(out, delimiter=delimiter, lineterminator=end, quoting=quoting)
    width = len(rows[0]) if rows else 2
    writer.writerow([f"c{n}" for n in range(width)])
    writer.writerows(rows)
    _, found, rejects = load(engine, tmp_path / "a.csv", out.getvalue().encode(), delimiter=delimiter)
    expected = [tuple(each.strip() or None for each in row) for row in rows]
    assert rejects == []
    assert [row[1:] for row in found] == [row for row in expected if any(row)]


fragment = st.sampled_from([",", ",", '"', '"', "\n", "\n", "\r\n", "a", "b", "ñ", " ", "\r", "1,2,3\n", '"x,y",2,3\n'])


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.lists(fragment, max_size=40).map("".join), size=st.integers(1, 16), broken=st.booleans())
def test_the_size_of_blocks_changes_nothing(engine, tmp_path, text, size, broken):
    data = b"p,q,r\n" + text.encode() + (b"\xff,\xc3,3\n" if broken else b"")
    whole = load(engine, tmp_path / "a.csv", data, encoding="utf-8", delimiter=",")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("retrato.io.readers.strict_rows.CHUNK", size)
        patch.setattr("retrato.io.readers.delimited.analyse", _nothing_is_well_formed)
        strict = load(engine, tmp_path / "a.csv", data, encoding="utf-8", delimiter=",")
        patch.undo()
        patch.setattr("retrato.io.readers.strict_rows.CHUNK", size)
        small = load(engine, tmp_path / "a.csv", data, encoding="utf-8", delimiter=",")
    assert small == whole
    assert strict == whole


def _nothing_is_well_formed(buffer, delimiter, width):
    import numpy as np

    from retrato.io.readers.blocks import Block

    none = np.zeros(0, np.int64)
    return Block(none, none, none, broken=True)


def test_a_stream_in_small_pieces_is_the_same_text(tmp_path):
    path = tmp_path / "a.txt"
    for codec in ("utf-8-sig", "utf-16", "cp1252", "utf-32"):
        path.write_bytes("año;España\r\n".encode(codec))
        with path.open("rb") as file:
            stream = encoding.Utf8Stream(file, encoding.text_encoding(path, None, "here"))
            assert b"".join(iter(lambda stream=stream: stream.read(1), b"")).decode() == "año;España\r\n"


def test_the_limit_of_cells_is_put_back_when_the_last_reader_has_ended() -> None:
    before = csv.field_size_limit()
    with cells_of_any_size():
        with cells_of_any_size():
            pass
        assert csv.field_size_limit() > before
    assert csv.field_size_limit() == before
