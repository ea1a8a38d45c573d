"""Results on disk: complete or not there, readable by their owner only, and the same bytes for the same table."""

from __future__ import annotations

import csv
import errno
import os
import stat
import subprocess
import sys
import textwrap
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import python_calamine

from retrato.errors import OutputError
from retrato.io.table_files import WRITERS
from retrato.io.writing import OutputFolder

TABLE = pa.table(
    {
        "name": ["Ana", "=HYPERLINK(1)", None],
        "phone": ["+34 600 112 233", "-", "@ana"],
        "rows": [1, -2, None],
        "share": [0.5, -1.25, float("nan")],
        "all": [["a", "b"], [], ["=x"]],
        "flag": [True, False, None],
    }
)
RESULT = '{"retrato": "0.1.0"}'


def names(folder: Path) -> list[str]:
    return sorted(each.name for each in folder.iterdir())


def write(folder: Path, text: str = RESULT) -> None:
    with OutputFolder(folder) as output:
        output.write_table("people", TABLE, "parquet")
        output.write_text("run.json", text)


def write_and_fail(folder: Path, reason: type[BaseException]) -> None:
    with OutputFolder(folder) as output:
        output.write_table("people", TABLE, "parquet")
        output.write_text("run.json", RESULT)
        raise reason


def test_a_folder_appears_complete_and_for_its_owner_only(tmp_path):
    out = tmp_path / "deep" / "out"
    with OutputFolder(out) as output:
        output.write_table("people", TABLE, "parquet")
        assert not out.exists()
        output.write_text("run.json", RESULT)
    assert names(out) == ["people.parquet", "run.json"]
    assert names(out.parent) == ["out"]
    assert stat.S_IMODE(out.stat().st_mode) == 0o700
    assert {stat.S_IMODE(each.stat().st_mode) for each in out.iterdir()} == {0o600}


@pytest.mark.parametrize("reason", [ValueError, KeyboardInterrupt])
def test_a_failure_leaves_nothing_behind(tmp_path, reason):
    with pytest.raises(reason):
        write_and_fail(tmp_path / "out", reason)
    assert names(tmp_path) == []


def test_a_failure_leaves_the_earlier_result(tmp_path):
    write(tmp_path / "out", '{"retrato": "first"}')
    with pytest.raises(KeyboardInterrupt):
        write_and_fail(tmp_path / "out", KeyboardInterrupt)
    assert names(tmp_path) == ["out"]
    assert (tmp_path / "out" / "run.json").read_text() == '{"retrato": "first"}'


def test_an_earlier_result_is_replaced_whole(tmp_path):
    with OutputFolder(tmp_path / "out") as output:
        output.write_text("gone.txt", "x")
        output.write_text("run.json", RESULT)
    write(tmp_path / "out")
    assert names(tmp_path / "out") == ["people.parquet", "run.json"]
    assert names(tmp_path) == ["out"]


def test_a_failing_swap_puts_the_earlier_result_back(tmp_path, monkeypatch):
    write(tmp_path / "out", '{"retrato": "first"}')
    rename = Path.rename

    def refuse(self, target):
        if self.name == "out.partial":
            raise OSError(errno.EIO, "Input/output error")
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", refuse)
    with pytest.raises(OutputError, match="Input/output error"):
        write(tmp_path / "out")
    assert names(tmp_path) == ["out"]
    assert (tmp_path / "out" / "run.json").read_text() == '{"retrato": "first"}'


@pytest.mark.parametrize("moment", ["before", "after"])
@pytest.mark.parametrize("renamed", ["out", "out.partial"])
def test_ctrl_c_around_a_rename_leaves_one_whole_result(tmp_path, monkeypatch, renamed, moment):
    write(tmp_path / "out", '{"retrato": "first"}')
    rename = Path.rename

    def interrupted(self, target):
        if self.name != renamed:
            return rename(self, target)
        if moment == "after":
            rename(self, target)
        raise KeyboardInterrupt

    monkeypatch.setattr(Path, "rename", interrupted)
    with pytest.raises(KeyboardInterrupt):
        write(tmp_path / "out", '{"retrato": "second"}')
    assert names(tmp_path) == ["out"]
    assert names(tmp_path / "out") == ["people.parquet", "run.json"]
    whole = "second" if (renamed, moment) == ("out.partial", "after") else "first"
    assert (tmp_path / "out" / "run.json").read_text() == f'{{"retrato": "{whole}"}}'


def test_ctrl_c_while_the_folder_is_made_leaves_nothing(tmp_path, monkeypatch):
    mkdir = Path.mkdir

    def interrupted(self, *arguments, **options):
        mkdir(self, *arguments, **options)
        raise KeyboardInterrupt

    monkeypatch.setattr(Path, "mkdir", interrupted)
    with pytest.raises(KeyboardInterrupt):
        write(tmp_path / "out")
    assert names(tmp_path) == []


def test_what_a_crashed_run_left_is_taken_up(tmp_path):
    write(tmp_path / "out.old", '{"retrato": "first"}')
    (tmp_path / "out.partial").mkdir()
    with pytest.raises(KeyboardInterrupt):
        write_and_fail(tmp_path / "out", KeyboardInterrupt)
    assert names(tmp_path) == ["out"]


def test_folders_with_other_things_are_refused(tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "run.json").write_text('{"other": "tool"}')
    (tmp_path / "file").write_text("x")
    with pytest.raises(OutputError, match="holds other files"):
        OutputFolder(tmp_path / "mine")
    with pytest.raises(OutputError, match="is a file"):
        OutputFolder(tmp_path / "file")
    assert names(tmp_path / "mine") == ["run.json"]
    (tmp_path / "empty").mkdir()
    write(tmp_path / "empty")
    assert names(tmp_path / "empty") == ["people.parquet", "run.json"]


@pytest.mark.parametrize(
    ("code", "message"),
    [
        (errno.ENOSPC, "the disk is full; free some space"),
        (errno.EACCES, "you may not write there; change the permissions"),
    ],
)
def test_what_the_disk_refuses_is_told_with_what_to_do(tmp_path, monkeypatch, code, message):
    def refuse(*_, **__):
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(pq, "write_table", refuse)
    with pytest.raises(OutputError, match=message):
        write(tmp_path / "out")
    assert names(tmp_path) == []


@pytest.mark.skipif(sys.platform == "win32", reason="limits on file sizes are those of POSIX")
def test_a_disk_that_fills_up_half_way_leaves_nothing(tmp_path):
    program = textwrap.dedent(
        f"""
        import resource, signal
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, 10_000))
        import numpy as np, pyarrow as pa
        from retrato.errors import OutputError
        from retrato.io.writing import OutputFolder
        for format in ("parquet", "csv", "xlsx"):
            try:
                with OutputFolder({str(tmp_path / "out")!r}) as output:
                    output.write_table("numbers", pa.table({{"n": np.random.default_rng(1).random(50_000)}}), format)
            except OutputError as error:
                print(error)
        """
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.count("cannot be written") == 3
    assert names(tmp_path) == []


@pytest.mark.parametrize("ending", sorted(WRITERS))
def test_the_same_table_gives_the_same_bytes(tmp_path, ending):
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        WRITERS[ending](TABLE, tmp_path / name / f"t.{ending}")
    assert (tmp_path / "one" / f"t.{ending}").read_bytes() == (tmp_path / "two" / f"t.{ending}").read_bytes()


def test_parquet_keeps_the_table_as_it_is(tmp_path):
    WRITERS["parquet"](TABLE, tmp_path / "t.parquet")
    assert str(pq.read_table(tmp_path / "t.parquet").to_pydict()) == str(TABLE.to_pydict())


def test_csv_guards_formulas_and_joins_lists(tmp_path):
    WRITERS["csv"](TABLE, tmp_path / "t.csv")
    rows = list(csv.reader((tmp_path / "t.csv").read_text(encoding="utf-8").splitlines()))
    assert rows == [
        ["name", "phone", "rows", "share", "all", "flag"],
        ["Ana", "+34 600 112 233", "1", "0.5", "a; b", "true"],
        ["'=HYPERLINK(1)", "'-", "-2", "-1.25", "", "false"],
        ["", "'@ana", "", "", "'=x", ""],
    ]


def test_excel_holds_texts_as_texts(tmp_path):
    WRITERS["xlsx"](TABLE, tmp_path / "people.xlsx")
    book = python_calamine.CalamineWorkbook.from_path(str(tmp_path / "people.xlsx"))
    assert book.sheet_names == ["people"]
    assert book.get_sheet_by_index(0).to_python() == [
        ["name", "phone", "rows", "share", "all", "flag"],
        ["Ana", "+34 600 112 233", 1.0, 0.5, "a; b", True],
        ["=HYPERLINK(1)", "-", -2.0, -1.25, "", False],
        ["", "@ana", "", "", "=x", ""],
    ]


def test_excel_says_what_it_cannot_hold(tmp_path, monkeypatch):
    with pytest.raises(OutputError, match="has 1048576 rows and Excel holds 1048575"):
        WRITERS["xlsx"](pa.table({"n": pa.nulls(1_048_576)}), tmp_path / "t.xlsx")
    with pytest.raises(OutputError, match="a cell of 40000 letters"):
        WRITERS["xlsx"](pa.table({"n": ["x" * 40_000]}), tmp_path / "t.xlsx")
    monkeypatch.setitem(sys.modules, "xlsxwriter", None)
    with pytest.raises(OutputError, match=r"pip install 'retrato\[excel\]'"):
        WRITERS["xlsx"](TABLE, tmp_path / "t.xlsx")
