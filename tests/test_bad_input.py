"""What goes wrong in practice, end to end: a clear message, the documented exit code, nothing lost or half-written.

Each case, and where it is proved:

- missing file: `tests/cli/test_cli_process.py` (a plain sentence, exit code 3), `tests/io/test_readers.py` (neighbours)
- empty file, binary junk: `tests/cli/test_cli_resolve.py` (exit code 3), `tests/io/test_readers.py`
- a header only: here, beside other sources and alone
- wrong encoding, ragged rows, duplicate keys, a null key, a cell of 10 MB: here, all in one file; one by one in
  `tests/io/test_delimited.py` (encodings, ragged rows, long cells) and `tests/pipeline/test_resolve.py` (keys)
- an unknown column in a mapping: `tests/cli/test_cli_resolve.py` (exit code 2), `tests/io/test_mapping.py`
- a full disk: here, where the limit on the size of files stands in for the disk, and where stdout is `/dev/full`;
  `tests/io/test_writing.py` (every format)
- no permission in the output folder: here, also for root; `tests/cli/test_cli_resolve.py` (a file as parent)
- Ctrl-C half way: here, with a second run behind it; `tests/cli/test_cli_process.py` (while reading and writing),
  `tests/io/test_writing.py` (between two renames)
"""

import json
import os
import signal
import stat
import subprocess
import sys
import tempfile
from pathlib import Path

import pyarrow.parquet as pq
import pytest

import slow_to_write
from retrato import Resolution, Source, resolve

LONG = 10_000_000
HEADER = "id;nombre;apellidos;telefono;email;notas"
GOOD = [f"{n};Ana;Ruiz Gil;60011220{n};ana{n}@ruiz.es;uno" for n in range(1, 4)]
ROWS: list[bytes] = [
    HEADER.encode(),
    *(row.encode() for row in GOOD),
    "4;José;Muñoz Soto;600112204;jose@soto.es;acentos de Windows".encode("cp1252"),
    "5;Íñigo;Núñez Peña;600112205;inigo@soto.es;acentos".encode(),
    b"6;muy;pocas",
    b"7;dem;asi;adas;co;lum;nas",
    b"2;Ana;Ruiz Sanz;600112202;ana2@sanz.es;dos",
    b";Eva;Gil Mas;600112207;eva@gil.es;sin clave",
    b"8;" + b"x" * LONG + b";Mora Gil;600112208;mora@gil.es;" + b"y" * LONG,
]
CONFIGURATION = """
[[source]]
name = "crm"
file = "crm.csv"
encoding = "utf-8"
key = "id"
region = "ES"
map = { "given_name" = "nombre", "family_name" = "apellidos", "text.note" = "notas" }

[[source]]
name = "web"
file = "web.csv"
"""


def run(*arguments, program=("-m", "retrato"), **options):
    """Run the command in a process of its own."""
    command = [sys.executable, *program, *map(str, arguments)]
    return subprocess.run(command, capture_output=True, encoding="utf-8", check=False, **options)


def content(folder: Path) -> dict[str, bytes]:
    return {each.name: each.read_bytes() for each in folder.iterdir()}


def names(folder: Path) -> list[str]:
    return sorted(each.name for each in folder.iterdir())


@pytest.fixture(scope="module")
def exports(tmp_path_factory):
    """A folder with `crm.csv`, where everything is wrong, `web.csv`, which has a header only, and `few.csv`."""
    folder = tmp_path_factory.mktemp("exports")
    (folder / "crm.csv").write_bytes(b"\n".join(ROWS) + b"\n")
    (folder / "web.csv").write_text("uid,first name,last name,e-mail\n", encoding="utf-8")
    (folder / "few.csv").write_text("\n".join([HEADER, *GOOD]) + "\n", encoding="utf-8")
    (folder / "run.toml").write_text(CONFIGURATION, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def messy(exports, tmp_path_factory):
    """The run over everything that is wrong: the process that ended, and its folder."""
    out = tmp_path_factory.mktemp("messy") / "out"
    return run("resolve", "--config", exports / "run.toml", "--out", out, "--json"), out


def table(folder: Path, name: str) -> list[dict[str, object]]:
    return pq.read_table(folder / f"{name}.parquet").to_pylist()


def test_bad_rows_do_not_stop_a_run(messy):
    done, out = messy
    assert (done.returncode, done.stderr) == (0, "")
    assert "soto" not in done.stdout.lower()
    assert [each.name for each in out.parent.iterdir()] == ["out"]


def test_every_row_is_a_record_or_told_with_file_line_and_reason(messy):
    done, out = messy
    rejected = [(Path(row["file"]).name, row["line"], row["reason"]) for row in table(out, "rejected")]
    assert [(file, line) for file, line, _ in rejected] == [("crm.csv", 5), ("crm.csv", 7), ("crm.csv", 8)]
    assert "do not decode" in rejected[0][2]
    assert "too few columns: 3 instead of 6" in rejected[1][2]
    assert "too many columns: 7 instead of 6" in rejected[2][2]
    assert [row["text"] for row in table(out, "rejected")][1:] == ["6;muy;pocas", "7;dem;asi;adas;co;lum;nas"]
    crm = next(each for each in json.loads(done.stdout)["run"]["counts"]["sources"] if each["source"] == "crm")
    assert (crm["rows"], crm["rejected"]) == (len(ROWS) - 1 - 3, 3)


def test_rows_with_one_key_are_versions_of_one_record(messy):
    _, out = messy
    keys = [row["record_key"] for row in table(out, "assignments")]
    assert len(set(keys)) == len(keys) == 6
    emails = {row["value"]: row["version"] for row in table(out, "values") if row["record_key"] == "2"}
    assert (emails["ana2@ruiz.es"] == 0) != (emails["ana2@sanz.es"] == 0)


def test_a_row_without_a_key_gets_one_and_is_told(messy):
    done, out = messy
    (key,) = {row["record_key"] for row in table(out, "values") if row["value"] == "eva@gil.es"}
    assert key not in {"", None, *"12345678"}
    assert "source crm: 1 records without a key got one from their content" in json.loads(done.stdout)["run"]["notes"]


def test_a_cell_of_ten_megabytes_is_kept_and_matches_nobody(messy):
    _, out = messy
    rows = [row for row in table(out, "values") if row["record_key"] == "8"]
    raw = {row["attribute"]: len(row["raw"]) for row in rows}
    assert raw["note"] == LONG
    assert raw["name"] > LONG
    assert {row["value"] for row in rows} >= {"mora@gil.es", "+34600112208"}


def test_a_source_with_a_header_only_is_told(messy):
    done, _ = messy
    report = json.loads(done.stdout)["run"]
    (web,) = (each for each in report["counts"]["sources"] if each["source"] == "web")
    assert (web["rows"], web["rejected"]) == (0, 0)
    assert "source web: there are no rows below the header" in report["notes"]


def test_nothing_but_a_header_gives_an_empty_result_that_reads_back(exports, tmp_path):
    nobody = resolve(Source("web", exports / "web.csv"))
    assert (nobody.profiles.num_rows, nobody.assignments.num_rows) == (0, 0)
    again = Resolution.load(nobody.save(tmp_path / "out"))
    assert again.tables == nobody.tables


SMALL_DISK = """
import resource, signal
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (4000, 4000))
from retrato.cli import main
main()
"""


@pytest.mark.skipif(sys.platform == "win32", reason="limits on file sizes are those of POSIX")
def test_a_full_disk_keeps_the_earlier_result(messy, exports):
    _, out = messy
    before = content(out)
    done = run("resolve", exports / "few.csv", "--out", out, program=("-c", SMALL_DISK))
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith(f"retrato: {out} cannot be written: ")
    assert "File too large" in done.stderr
    assert "Traceback" not in done.stderr
    assert names(out.parent) == ["out"]
    assert content(out) == before


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="/dev/full is needed")
def test_a_full_disk_behind_stdout_is_told(messy):
    _, out = messy
    with Path("/dev/full").open("w") as full:
        command = [sys.executable, "-m", "retrato", "find", out, "--email", "eva@gil.es"]
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, encoding="utf-8", check=False)
    assert (done.returncode, done.stderr) == (1, "retrato: No space left on device; free some space\n")


# What the command loads may be out of reach for nobody, so it runs once before: there the parent is a file.
AS_NOBODY = """
import os, sys
from typer.testing import CliRunner
from retrato.cli import app, main
*asked, out = sys.argv[1:]
CliRunner().invoke(app, [*asked, __import__("retrato").__file__ + "/out"])
if os.geteuid() == 0:
    os.setgroups([])
    os.setgid(65534)
    os.setuid(65534)
sys.argv = ["retrato", *asked, out]
main()
"""


@pytest.fixture
def open_folder():
    """A folder that everybody may look into (pytest's own are closed to others)."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        yield folder
        folder.chmod(0o700)


@pytest.mark.skipif(not hasattr(os, "setuid"), reason="permissions are those of POSIX")
def test_a_folder_that_may_not_be_written_is_told_before_anything_is_read(exports, open_folder):
    out = open_folder / "out"
    open_folder.chmod(0o555)
    done = run("resolve", exports / "crm.csv", "--out", out, program=("-c", AS_NOBODY))
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == (
        f"retrato: {out} cannot be written: you may not write in {open_folder}; name another folder\n"
    )
    assert names(open_folder) == []


def stopped_half_way(arguments, number):
    """The exit code and stderr of a run that gets a signal when half of its result is written."""
    command = subprocess.Popen(
        [sys.executable, slow_to_write.__file__, *map(str, arguments)], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    try:
        assert command.stderr.readline() == b"half way\n"
        command.send_signal(number)
    finally:
        _, said = command.communicate()
    return command.returncode, said


@pytest.mark.skipif(sys.platform == "win32", reason="signals are those of POSIX")
def test_a_run_after_ones_that_were_stopped_half_way_works(exports, tmp_path):
    out = tmp_path / "out"
    arguments = ("resolve", exports / "few.csv", "--out", out)
    assert stopped_half_way(arguments, signal.SIGKILL)[0] == -signal.SIGKILL
    assert names(tmp_path) == ["out.partial"]  # nothing that could be taken for a result
    code, said = stopped_half_way(arguments, signal.SIGINT)  # it has gone on where the first was killed
    assert (code, said.decode().splitlines()[-1]) == (130, "retrato: interrupted")
    assert names(tmp_path) == ["out.partial"]
    assert names(tmp_path / "out.partial") == ["work"]
    assert run(*arguments).returncode == 0
    assert names(tmp_path) == ["out"]
    assert stat.S_IMODE(out.stat().st_mode) == 0o700
    assert len(Resolution.load(out).assignments) == 3
