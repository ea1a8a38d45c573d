"""The command as a process of its own: pipes, terminals, encodings and signals."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

import interruptible
import slow_to_write

RETRATO = (sys.executable, "-m", "retrato")
HEAVY = {"duckdb", "numpy", "pandas", "phonenumbers", "pyarrow", "pydantic", "rapidfuzz", "scipy", "sqlglot"}


def run(*arguments, **options):
    return subprocess.run([*RETRATO, *map(str, arguments)], capture_output=True, check=False, **options)


def test_the_console_script_and_the_module_are_the_same():
    script = subprocess.run([Path(sys.executable).with_name("retrato"), "--version"], capture_output=True, check=True)
    assert script.stdout == run("--version").stdout


def test_help_tells_commands_and_exit_codes_without_loading_anything_heavy():
    program = (
        "import sys; from typer.testing import CliRunner; from retrato.cli import app; "
        "print(CliRunner().invoke(app, ['--help']).output); print('loaded:', *sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, encoding="utf-8", check=True)
    text, _, loaded = done.stdout.partition("loaded:")
    assert all(
        word in text for word in ("resolve", "inspect", "find", "explain", "evaluate", "demo", "130 interrupted")
    )
    assert HEAVY & set(loaded.split()) == set()


def test_a_pipe_gets_utf_8_whatever_the_locale_says(result):
    environment = {**os.environ, "LC_ALL": "C", "PYTHONIOENCODING": "latin-1"}
    told = run("find", result, "--phone", "600112233", "--json", env=environment)
    assert told.returncode == 0, told.stderr
    assert json.loads(told.stdout.decode("utf-8"))["found"][0]["name"] == "José Muñoz García"
    assert b"\x1b" not in run("profile", result, "crm:3").stdout


def test_errors_are_sentences_without_a_traceback(exports, tmp_path):
    done = run("resolve", exports / "no.csv", "--out", tmp_path / "out", encoding="utf-8")
    assert (done.returncode, done.stdout) == (3, "")
    assert done.stderr.startswith("retrato: source no: there is no file")
    assert "Traceback" not in done.stderr


def test_a_reader_that_goes_away_is_no_error_to_talk_about(result):
    command = subprocess.Popen([*RETRATO, "profile", result, "crm:1"], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    command.stdout.close()
    assert command.stderr.read() == b""
    command.stderr.close()
    command.wait()


@pytest.mark.skipif(not hasattr(os, "openpty"), reason="a terminal is needed")
def test_a_terminal_sees_the_stages(run_options, tmp_path):
    ours, theirs = os.openpty()
    command = subprocess.Popen([*RETRATO, *run_options, "--out", tmp_path / "out"], stdout=theirs, stderr=theirs)
    os.close(theirs)
    seen = b""
    try:
        while chunk := os.read(ours, 4096):
            seen += chunk
    except OSError:  # the other side has closed the terminal
        pass
    os.close(ours)
    assert command.wait() == 0
    assert b"normalise" in seen
    assert b"profiles" in seen


@pytest.fixture(scope="module")
def long_file(tmp_path_factory):
    """A file that takes long enough to be interrupted."""
    path = tmp_path_factory.mktemp("long") / "crm.csv"
    rows = (f"{n},Ana {n % 977},Ruiz {n % 1009},a{n % 40000}@example.com\n" for n in range(60000))
    path.write_text("id,first name,last name,email\n" + "".join(rows), encoding="utf-8")
    return path


@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM"])
def test_an_interrupted_run_leaves_nothing_but_what_it_has_finished(name, long_file, tmp_path):
    temporary, out = tmp_path / "temporary", tmp_path / "out"
    temporary.mkdir()
    command = subprocess.Popen(
        [sys.executable, interruptible.__file__, "resolve", long_file, "--out", out],
        env={**os.environ, "TMPDIR": str(temporary)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    work = tmp_path / "out.partial" / "work"
    while not list(work.glob("retrato-*")):  # the engine has made its folder: the run is on its way
        assert command.poll() is None, command.stderr.read()
        time.sleep(0.01)
    time.sleep(0.3)
    command.send_signal(getattr(signal, name))
    stdout, stderr = command.communicate()
    assert (command.returncode, stdout) == (130, b"")
    assert stderr.endswith(b"retrato: interrupted\n")
    assert list(temporary.iterdir()) == []
    assert not out.exists()
    kept = {each.name for each in (tmp_path / "out.partial").rglob("*")}
    assert kept in (set(), {"work", "doing", "run.duckdb"})
    assert (b"stays in" in stderr) == bool(kept)


def test_an_interrupt_while_the_result_is_written_keeps_the_earlier_one(run_options, result, tmp_path):
    out = tmp_path / "out"
    shutil.copytree(result, out)
    before = {each.name: each.read_bytes() for each in out.iterdir()}
    command = subprocess.Popen(
        [sys.executable, slow_to_write.__file__, *run_options, "--out", out],
        stderr=subprocess.PIPE,
    )
    assert command.stderr.readline() == b"half way\n"
    command.send_signal(signal.SIGINT)
    _, stderr = command.communicate()
    left = tmp_path / "out.partial"
    said = f"what was finished stays in {left}: the same command goes on from there, or delete the folder"
    assert (command.returncode, stderr.decode()) == (130, f"retrato: {said}\nretrato: interrupted\n")
    assert sorted(each.name for each in tmp_path.iterdir()) == ["out", "out.partial"]
    assert sorted(each.name for each in (left / "work").iterdir()) == ["doing", "run.duckdb"]
    assert {each.name: each.read_bytes() for each in out.iterdir()} == before
