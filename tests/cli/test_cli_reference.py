"""The page on the command line tells every command, option and exit code."""

import re
from pathlib import Path

import pytest
import typer

from retrato.cli import app
from retrato.cli.exits import ExitCode

PAGE = (Path(__file__).parents[2] / "docs" / "reference" / "command-line.md").read_text(encoding="utf-8")
COMMANDS = typer.main.get_command(app).commands


def test_every_command_has_a_section():
    sections = re.findall(r"^## retrato (\w+)", PAGE, re.MULTILINE)
    assert sections == list(COMMANDS)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_option_of_a_command_is_there_and_no_other(name):
    section = PAGE.partition(f"## retrato {name}\n")[2].partition("\n## ")[0]
    told = set(re.findall(r"^\| .*", section, re.MULTILINE))
    options = {option for row in told for option in re.findall(r"`(--[\w-]+)", row.split("|")[1])}
    known = {option for each in COMMANDS[name].params for option in each.opts if option.startswith("--")}
    assert options == known - {"--help"}


def test_every_exit_code_is_there():
    assert [int(code) for code in re.findall(r"^\| `(\d+)` \|", PAGE, re.MULTILINE)] == [
        code.value for code in ExitCode
    ]
