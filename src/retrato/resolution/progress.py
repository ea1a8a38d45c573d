"""How far a run is, for somebody who waits: a bar in the terminal or in the notebook, with rates and the time left."""

from __future__ import annotations

import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from rich.console import Console, RenderableType

    from retrato.pipeline.run import Step

#: Before this share of a run nothing can be said about the time that is left.
_TELLING = 0.05


@dataclass(slots=True)
class Pace:
    """What the steps of a run tell about the time that it takes.

    >>> from retrato.pipeline.run import Step
    >>> pace = Pace(clock=iter([0.0, 0.0, 30.0, 30.0, 40.0]).__next__)
    >>> pace.step(Step("compare", 0.0))
    >>> pace.step(Step("compare", 0.25, seconds=30.0, rows=600_000, unit="pairs"))
    >>> pace.step(Step("train", 0.25))
    >>> pace.said, pace.left()
    ('compare: 600,000 pairs, 20,000/s', 80.0)
    """

    clock: Callable[[], float] = time.perf_counter
    stage: str = ""
    #: the last finished stage and its rate
    said: str = ""
    _started: float = field(init=False)
    _reused: float = 0.0
    _done: float = 0.0
    _whole: float | None = None

    def __post_init__(self) -> None:
        self._started = self.clock()

    def step(self, step: Step) -> None:
        """Take note of a step."""
        self.stage, self._done = step.stage, step.done
        elapsed = self.clock() - self._started
        if step.seconds == 0.0:
            self._reused = step.done  # an interrupted run had done it
        own = step.done - self._reused
        if own >= _TELLING:
            self._whole = elapsed / own * (1 - self._reused)
        if step.seconds and step.rows:
            self.said = f"{step.stage}: {step.rows:,} {step.unit}, {step.rows / step.seconds:,.0f}/s"

    def left(self) -> float | None:
        """Seconds that are left, judged by those that the stages so far have taken; None at the beginning."""
        return None if self._whole is None else max(self._whole - (self.clock() - self._started), 0.0)

    def share(self) -> float:
        """How much is done, 0 to 1: stages that are under way count by their time."""
        if self._whole is None:
            return self._done
        passed = (self.clock() - self._started) / self._whole * (1 - self._reused) + self._reused
        return min(max(passed, self._done), 0.99)


@contextmanager
def progress_bar(console: Console | None = None) -> Iterator[Callable[[Step], None]]:
    """A bar for `resolve(progress=…)`, on stderr or in the cell of a notebook; it is gone when the run is over.

    >>> with progress_bar() as progress:
    ...     pass  # resolve(sources, progress=progress)
    """
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn

    pace = Pace()

    class Bar(Progress):
        """Asks the pace each time that it is drawn."""

        def get_renderables(self) -> Iterable[RenderableType]:
            left = pace.left()
            said = "" if left is None else f"{int(left) // 60}:{int(left) % 60:02} left"
            for task in self.task_ids:
                self.update(task, completed=pace.share(), description=pace.stage, left=said, said=pace.said)
            yield from super().get_renderables()

    columns = (
        TextColumn("{task.description:<10}"),
        BarColumn(),
        TaskProgressColumn(),
        TimeElapsedColumn(),
        TextColumn("{task.fields[left]}"),
        TextColumn("{task.fields[said]}", style="dim"),
    )
    with Bar(*columns, console=console or Console(stderr=True), transient=True) as bar:
        bar.add_task("", total=1.0, left="", said="")
        yield pace.step
