"""What one run knows: its inputs, its engine, and what each stage has found out for the next."""

from __future__ import annotations

import resource
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from retrato.ruleset import Mode, Ruleset

if TYPE_CHECKING:
    import pyarrow as pa

    from retrato.engines.base import Engine
    from retrato.identifiers.base import Feature
    from retrato.io.readers import ReadSource
    from retrato.matching.classifiers import Classifier
    from retrato.matching.comparisons import Comparison
    from retrato.matching.model import FellegiSunter
    from retrato.matching.rules import MatchRule
    from retrato.pipeline.slots import Slot
    from retrato.records import Source, SourceMapping


@dataclass(frozen=True, slots=True)
class Step:
    """A stage of a run begins, or (with `seconds`) has ended.

    `done` is the share of a usual run that is behind it, 0 to 1. At its end `rows` tells how much it had to do, counted
    in `unit`. Stages that an interrupted run had finished take 0 seconds.
    """

    stage: str
    done: float
    seconds: float | None = None
    rows: int | None = None
    unit: str = ""


#: Called with every step of a run.
Progress = Callable[[Step], None]


@dataclass(slots=True)
class Run:
    """One run. The tables themselves live in the engine under the names that ARCHITECTURE.md lists."""

    engine: Engine
    sources: tuple[Source, ...]
    ruleset: Ruleset
    model: FellegiSunter | None = None
    #: fitted or to be fitted, it takes the place of a model
    classifier: Classifier | None = None
    decisions: pa.Table | None = None
    #: as data of a source: a path, a table, a query
    labels: Any = None
    previous: Mapping[str, pa.Table] | None = None
    progress: Progress = lambda _: None
    #: the stage after which an interrupted run of the same input was taken up
    resumed_after: str | None = None
    reads: tuple[ReadSource, ...] = ()
    mappings: tuple[SourceMapping, ...] = ()
    #: the views that make up the view `identifiers`, and the tables that they read
    identifiers: list[str] = field(default_factory=list)
    cells: list[str] = field(default_factory=list)
    slots: tuple[Slot, ...] = ()
    #: what the times of each source have shown of the way in which they are written
    clocks: dict[str, dict[str, Any]] = field(default_factory=dict)
    #: the same for the identifiers of events
    event_cells: list[str] = field(default_factory=list)
    event_slots: tuple[Slot, ...] = ()
    kinds: Mapping[str, tuple[Feature, ...]] = field(default_factory=dict)
    #: the matching keys of which a record can have several values
    lists: frozenset[str] = frozenset()
    attributes: frozenset[str] = frozenset()
    comparisons: tuple[Comparison, ...] = ()
    effective_rules: tuple[frozenset[str], ...] = ()
    match_rules: tuple[MatchRule, ...] = ()
    notes: list[str] = field(default_factory=list)
    counts: dict[str, Any] = field(default_factory=dict)
    stages: list[dict[str, Any]] = field(default_factory=list)

    @property
    def features(self) -> tuple[Feature, ...]:
        """The features that the data have, in a fixed order."""
        return tuple(feature for features in self.kinds.values() for feature in features)

    @property
    def across_sources(self) -> bool:
        """Whether only records of different sources are compared."""
        return self.ruleset.mode is not Mode.DEDUPE

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Time a stage, and keep its seconds and the peak memory so far for `run.json`."""
        start, processor = time.perf_counter(), time.process_time()
        yield
        seconds = time.perf_counter() - start
        self.stages.append(
            {
                "stage": name,
                "seconds": round(seconds, 3),
                "cpu_seconds": round(time.process_time() - processor, 3),
                "peak_memory_mb": peak_memory_mb(),
            }
        )


def peak_memory_mb() -> int:
    """The largest resident size of this process so far, in MB (10^6 bytes)."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return round(peak / 1e6 if sys.platform == "darwin" else peak * 1024 / 1e6)
