"""A bar that shows how far a run is: on a terminal only."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from retrato.cli.exits import stop_if_asked

ProgressCallback = Callable[[str, float | None], None]


@contextmanager
def progress_bar(*, quiet: bool) -> Iterator[ProgressCallback]:
    """What `resolve(progress=…)` calls; no bar when nobody looks: output goes into a pipe, or quiet is asked for.

    Between two stages it also looks whether a signal has asked to stop.
    """
    if quiet or not (sys.stdout.isatty() and sys.stderr.isatty()):
        yield lambda *_: stop_if_asked()
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    from retrato.pipeline import STAGES

    columns = (TextColumn("{task.description:<10}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("", total=len(STAGES))

        def stage(name: str, seconds: float | None) -> None:
            stop_if_asked()
            progress.update(task, description=name, advance=0 if seconds is None else 1)

        yield stage
