"""What goes to the screen, and how a command ends."""

import contextlib
import json
import signal
from datetime import datetime

import pytest
import typer

from retrato.cli.exits import plain_exits
from retrato.cli.progress import progress_bar
from retrato.cli.screen import show, show_json, show_table
from retrato.pipeline.run import Step


def test_a_value_cannot_steer_the_terminal(capsys):
    show("Ana\x1b]0;owned\x07\nRuiz")
    show_table([("Ana\x1b[2J", "two\nlines")], ("name", "text"))
    assert capsys.readouterr().out == "Ana\\x1b]0;owned\\x07\nRuiz\nname        text     \nAna\\x1b[2J  two lines\n"


def test_markup_in_values_is_shown_as_it_is(capsys):
    show_table([("[bold]Ana[/bold] :smile:", 12345)], ("name", "rows"), numbers=(1,))
    assert "[bold]Ana[/bold] :smile:  12,345" in capsys.readouterr().out


def test_json_keeps_letters_and_writes_times(capsys):
    show_json({"name": "Íñigo", "time": datetime(2024, 5, 2)})
    text = capsys.readouterr().out
    assert "Íñigo" in text
    assert json.loads(text)["time"] == "2024-05-02 00:00:00"


def test_a_signal_that_a_library_swallows_stops_the_run_at_the_next_stage():
    def work():
        with contextlib.suppress(KeyboardInterrupt):
            signal.raise_signal(signal.SIGTERM)
        with progress_bar(quiet=True) as progress:
            progress(Step("train", 0.5))
            pytest.fail("the run went on")

    with pytest.raises(typer.Exit) as stopped, plain_exits():
        work()
    assert stopped.value.exit_code == 130
