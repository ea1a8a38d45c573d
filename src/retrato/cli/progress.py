"""The bar of a command: on a terminal only."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

from retrato.cli.exits import stop_if_asked

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from retrato.pipeline.run import Step


@contextmanager
def progress_bar(*, quiet: bool) -> Iterator[Callable[[Step], None]]:
    """What `resolve(progress=…)` calls; no bar when nobody looks: output goes into a pipe, or quiet is asked for.

    Between two stages it also looks whether a signal has asked to stop.
    """
    if quiet or not (sys.stdout.isatty() and sys.stderr.isatty()):
        yield lambda _: stop_if_asked()
        return
    from retrato.resolution.progress import progress_bar as bar

    with bar() as draw:

        def step(each: Step) -> None:
            stop_if_asked()
            draw(each)

        yield step
