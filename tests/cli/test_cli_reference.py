"""The page on the command line tells every command, option and exit code."""

import re
from pathlib import Path

import pytest
import typer

from retrato.cli import app
from retrato.cli.exits import ExitCode

PAGE = (Path(__file__).parents[2] / "docs" / "reference" / "command-line.md").read_text(encoding="utf-8")
SECTIONS = dict(re.findall(r"^#+ retrato ([\w ]+)\n(.*?)(?=^#+ retrato |\Z)", PAGE, re.MULTILINE | re.DOTALL))


def commands(group, before=""):
    """Every command by its words, as `--help` lists them; a group stands before what is in it."""
    for name in group.list_commands(None):
        command = group.commands[name]
        yield f"{before}{name}", command
        if hasattr(command, "commands"):
            yield from commands(command, f"{before}{name} ")


COMMANDS = dict(commands(typer.main.get_command(app)))


def test_every_command_has_a_section():
    assert list(SECTIONS) == list(COMMANDS)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_option_of_a_command_is_there_and_no_other(name):
    told = re.findall(r"^\| .*", SECTIONS[name], re.MULTILINE)
    options = {option for row in told for option in re.findall(r"`(--[\w-]+)", row.split("|")[1])}
    known = {option for each in COMMANDS[name].params for option in each.opts if option.startswith("--")}
    assert options == known - {"--help"}


def test_every_exit_code_is_there():
    assert [int(code) for code in re.findall(r"^\| `(\d+)` \|", PAGE, re.MULTILINE)] == [
        code.value for code in ExitCode
    ]
