"""The app: the commands, and what they have in common."""

import os
import sys
from io import TextIOWrapper
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from retrato import __version__
from retrato.cli.audience import audience
from retrato.cli.demo import demo
from retrato.cli.evaluate import evaluate
from retrato.cli.exits import EPILOG, plain_exits
from retrato.cli.explain import explain
from retrato.cli.find import find
from retrato.cli.generate import generate
from retrato.cli.inspect import inspect
from retrato.cli.metrics import metrics
from retrato.cli.profile import profile
from retrato.cli.quality import quality
from retrato.cli.resolve import resolve
from retrato.cli.store import store_app

COMMANDS = (resolve, inspect, quality, find, profile, audience, metrics, explain, evaluate, demo, generate)


class _Commands(TyperGroup):
    """Every command ends in one of the documented ways. Groups of commands are listed behind the others."""

    def list_commands(self, ctx: Any) -> list[str]:
        return sorted(super().list_commands(ctx), key=lambda name: isinstance(self.commands[name], TyperGroup))

    def invoke(self, ctx: Any) -> Any:
        with plain_exits():
            return super().invoke(ctx)


app = typer.Typer(
    cls=_Commands,
    name="retrato",
    help="One portrait per customer from scattered channel exports.",
    epilog=EPILOG,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
for _command in COMMANDS:
    app.command(_command.__name__, epilog=EPILOG)(_command)
app.add_typer(store_app, epilog=EPILOG)


def _version(wanted: bool) -> None:
    if wanted:
        print(f"retrato {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and exit.")
    ] = False,
) -> None:
    """One portrait per customer from scattered channel exports."""


def main() -> None:
    """Run the command line. What goes into a pipe or a file is UTF-8, whatever the locale says."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):  # not where a program has put something else in its place
            stream.reconfigure(encoding=None if stream.isatty() else "utf-8", errors="replace")
    os.environ.setdefault("ARROW_DEFAULT_MEMORY_POOL", "system")  # the pool of pyarrow keeps memory that others need
    app(prog_name="retrato")
