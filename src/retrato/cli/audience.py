"""`retrato audience`: whom a campaign may reach."""

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from retrato.cli.exits import say
from retrato.cli.options import Json, Result
from retrato.cli.screen import show, show_json, show_table
from retrato.errors import ConfigurationError, Problem

POLICY = "What you allow yourself"


def audience(  # noqa: PLR0913, PLR0917 - one parameter an option
    out: Result,
    purpose: Annotated[str, typer.Option(help="What for: marketing, newsletter, or any purpose of the data.")],
    channel: Annotated[
        list[str] | None, typer.Option(help="Only on this channel. Repeatable; all channels if not given.")
    ] = None,
    where: Annotated[
        str | None, typer.Option(metavar="CONDITION", help="Only whom this holds for: \"city = 'Madrid'\".")
    ] = None,
    to: Annotated[Path | None, typer.Option(metavar="FILE", help="A .csv or .parquet file for the people.")] = None,
    at: Annotated[
        datetime | None, typer.Option(metavar="TIME", help="When it is to go out (UTC); now when not given.")
    ] = None,
    reach: Annotated[
        str, typer.Option(help="How far a denial reaches: person, channel or contact.", rich_help_panel=POLICY)
    ] = "person",
    at_most: Annotated[
        str | None, typer.Option(metavar="N/DAYS", help="At most N contacts in so many days.", rich_help_panel=POLICY)
    ] = None,
    quiet_hours: Annotated[
        str, typer.Option(metavar="FROM-UNTIL", help="Hours in which nothing is sent.", rich_help_panel=POLICY)
    ] = "21-9",
    complaints: Annotated[
        bool, typer.Option("--to-complaining", help="Also those with an open complaint.", rich_help_panel=POLICY)
    ] = False,
    as_json: Json = False,
) -> None:
    """Choose whom a campaign may reach: each person once, each contact point once, on the channel that they prefer.

    Prints how many are left out, and why.
    """
    from retrato import Resolution
    from retrato.profiles.audience import SENTENCES, AudiencePolicy, Exclusion
    from retrato.profiles.consent import Reach

    if reach not in list(Reach):
        raise ConfigurationError([Problem("--reach", f"no reach {reach!r}", f"use {', '.join(Reach)}")])
    number, days = _numbers("--at-most", at_most, "/") if at_most else (None, 7)
    policy = AudiencePolicy(
        reach=Reach(reach),
        complaints=not complaints,
        at_most=number,
        days=days,
        quiet_hours=_numbers("--quiet-hours", quiet_hours, "-"),
    )
    found = Resolution.load(out).audience(purpose, channel=channel, where=where, policy=policy, at=at)
    if to is not None:
        say(f"written to {found.write(to)}")
    if as_json:
        show_json({"members": found.members.to_pylist(), "excluded": found.excluded.to_pylist()})
        return
    show(f"{found.members.num_rows:,} people can be reached")
    if found.channels:
        rows = [(channel, f"{count:,}") for channel, count in found.channels.items()]
        show_table(rows, ("channel", "people"), numbers=(1,))
    if found.reasons:
        left = [(f"{count:,}", SENTENCES[Exclusion(reason)]) for reason, count in found.reasons.items()]
        show_table(left, ("left out", "because"), numbers=(0,))


def _numbers(option: str, text: str, mark: str) -> tuple[int, int]:
    first, _, second = text.partition(mark)
    if not (first.strip().isdigit() and second.strip().isdigit()):
        raise ConfigurationError([Problem(option, f"{text!r} is no pair of numbers", f"write such as 4{mark}7")])
    return int(first), int(second)
