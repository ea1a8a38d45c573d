"""How far a run is: steps, rates, the time that is left."""

import io

import pytest
from rich.console import Console

from retrato import Source, progress_bar, resolve
from retrato.pipeline import STAGES
from retrato.pipeline.run import Step
from retrato.resolution.progress import Pace


@pytest.fixture
def clock():
    """A clock that the test sets."""

    class Clock:
        now = 0.0

        def __call__(self):
            return self.now

    return Clock()


def test_every_stage_begins_and_ends():
    import pandas as pd

    steps = []
    crm = Source("crm", pd.DataFrame({"id": ["1", "2"], "email": ["ana@ruiz.es", "ANA@ruiz.es"]}), key="id")
    resolve(crm, progress=steps.append)
    assert [step.stage for step in steps] == [stage.name for stage in STAGES for _ in range(2)]
    assert [step.seconds is None for step in steps] == [True, False] * len(STAGES)
    assert [step.done for step in steps] == sorted(step.done for step in steps)
    assert 0.8 < steps[-1].done <= 1
    ends = {step.stage: (step.rows, step.unit) for step in steps if step.seconds is not None}
    assert ends["features"] == (2, "records")
    assert ends["compare"] == (1, "pairs")
    assert ends["portray"] == (2, "values")


def test_the_time_left_is_judged_by_the_stages_that_are_over(clock):
    pace = Pace(clock)
    pace.step(Step("read", 0.0))
    assert pace.left() is None
    clock.now = 20.0
    pace.step(Step("read", 0.2, seconds=20.0, rows=1000, unit="rows"))
    assert (pace.said, pace.left()) == ("read: 1,000 rows, 50/s", 80.0)
    pace.step(Step("normalise", 0.2))
    clock.now = 50.0
    assert (pace.left(), pace.share()) == (50.0, 0.5)
    clock.now = 500.0
    assert (pace.left(), pace.share()) == (0.0, 0.99)


def test_stages_that_an_interrupted_run_had_finished_do_not_count_as_fast(clock):
    pace = Pace(clock)
    pace.step(Step("read", 0.5, seconds=0.0))
    pace.step(Step("compare", 0.5))
    clock.now = 10.0
    pace.step(Step("compare", 0.6, seconds=10.0, rows=5, unit="pairs"))
    assert pace.left() == pytest.approx(40.0)
    assert pace.share() == pytest.approx(0.6)


def test_the_bar_shows_stages_rates_and_what_is_left(clock):
    screen = io.StringIO()
    with progress_bar(Console(file=screen, force_terminal=True, width=120)) as step:
        step(Step("read", 0.0))
        step(Step("read", 0.5, seconds=2.0, rows=1000, unit="rows"))
    assert "read: 1,000 rows, 500/s" in screen.getvalue()
    assert "left" in screen.getvalue()
