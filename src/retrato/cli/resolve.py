"""`retrato resolve`: from exports to profiles."""

import time
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from retrato.cli.exits import say
from retrato.cli.options import MACHINE, RULES, Config, Events, Files, Json, Keys, Maps, Region, SourceColumn, TimeZone
from retrato.cli.screen import show, show_json

if TYPE_CHECKING:
    from collections.abc import Iterator


class Format(StrEnum):
    """How the tables of a result are written."""

    PARQUET = "parquet"
    CSV = "csv"
    XLSX = "xlsx"


def resolve(  # noqa: PLR0913, PLR0917 - one parameter an option
    out: Annotated[
        Path, typer.Option(metavar="OUT", help="The folder for the result; an earlier result there is replaced.")
    ],
    files: Files = None,
    config: Config = None,
    keys: Keys = None,
    source_column: SourceColumn = None,
    maps: Maps = None,
    events: Events = None,
    region: Region = None,
    time_zone: TimeZone = None,
    previous: Annotated[
        Path | None, typer.Option(metavar="OUT", help="An earlier result: profile ids stay.", rich_help_panel=RULES)
    ] = None,
    decisions: Annotated[
        Path | None, typer.Option(metavar="FILE", help="A reviewed review.csv.", rich_help_panel=RULES)
    ] = None,
    labels: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Pairs or people that you know, to learn from.", rich_help_panel=RULES),
    ] = None,
    model: Annotated[
        Path | None, typer.Option(metavar="FILE", help="A model.json to use as it is.", rich_help_panel=RULES)
    ] = None,
    precision: Annotated[
        str | None,
        typer.Option(metavar="WISH", help="recall, balanced, high, or a probability.", rich_help_panel=RULES),
    ] = None,
    output_format: Annotated[
        Format, typer.Option("--format", help="Also write the tables in this format.")
    ] = Format.PARQUET,
    threads: Annotated[
        int | None, typer.Option(help="How many cores to use; all if not given.", rich_help_panel=MACHINE)
    ] = None,
    memory_limit: Annotated[
        str | None,
        typer.Option(metavar="SIZE", help="Such as 4GB; the rest goes to disk.", rich_help_panel=MACHINE),
    ] = None,
    as_json: Json = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print nothing but errors.")] = False,
) -> None:
    """Find who is who in the exports, and write one profile per customer.

    A source is called what its file is called, without the ending. Columns are recognised by their headers and values,
    and the command inspect shows what they are taken for.
    """
    from retrato import resolve as resolve_sources
    from retrato.cli.progress import progress_bar
    from retrato.cli.request import Request
    from retrato.cli.sources import SourceOptions
    from retrato.cli.summary import show_summary, summary

    start = time.perf_counter()
    run = Request(
        SourceOptions(files or (), events or (), keys or (), maps or (), source_column, region, time_zone),
        out=out,
        config=config,
        previous=previous,
        decisions=decisions,
        labels=labels,
        model=model,
        precision=precision,
        output_format=output_format.value,
        threads=threads,
        memory_limit=memory_limit,
    ).checked()
    with _saying_what_stays(out), progress_bar(quiet=quiet or as_json) as progress:
        resolution = resolve_sources(
            run.sources,
            ruleset=run.ruleset,
            model=run.model,
            engine=run.engine,
            decisions=decisions,
            labels=labels,
            previous=previous,
            progress=progress,
            out=out,
            format=output_format.value,
        )
    seconds = round(time.perf_counter() - start, 1)
    if as_json:
        show_json({"out": str(out), "seconds": seconds, "summary": summary(resolution), "run": resolution.report})
    elif not quiet:
        show_summary(resolution)
        if resolution.report["resumed_after"]:
            show(f"\nan interrupted run was taken up after its stage {resolution.report['resumed_after']}")
        show(f"\n{seconds} seconds; the result is in {out}")


@contextmanager
def _saying_what_stays(out: Path) -> "Iterator[None]":
    """When a run does not come to its end, tell where what it has finished is kept."""
    from retrato.io.writing import unfinished

    try:
        yield
    except BaseException:
        left = unfinished(out)
        if left is not None:
            say(f"what was finished stays in {left}: the same command goes on from there, or delete the folder")
        raise
