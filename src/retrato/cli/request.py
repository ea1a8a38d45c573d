"""Everything that a run is asked for, checked together before anything is read."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from retrato.errors import ConfigurationError, ModelError, OutputError, Problem, ResultError

if TYPE_CHECKING:
    from retrato import DuckDBEngine, FellegiSunter, Ruleset, Source
    from retrato.cli.sources import SourceOptions

_SIZE = re.compile(r"\d+(\.\d+)?\s*([KMGT]i?)?B", re.IGNORECASE)
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Checked:
    """What a run needs, ready to use."""

    sources: tuple[Source, ...]
    ruleset: Ruleset
    model: FellegiSunter | None
    engine: DuckDBEngine


@dataclass(frozen=True, slots=True)
class Request:
    """The options of a run as they were given."""

    sources: SourceOptions
    out: Path
    config: Path | None = None
    previous: Path | None = None
    decisions: Path | None = None
    model: Path | None = None
    precision: str | None = None
    output_format: str = "parquet"
    threads: int | None = None
    memory_limit: str | None = None

    def checked(self) -> Checked:
        """The sources, rules, model and engine of the run.

        Raises one `ConfigurationError` with everything that is wrong with the options, and `OutputError` when they are
        right but the output folder cannot be written.
        """
        from retrato import DuckDBEngine, FellegiSunter

        problems: list[Problem] = []
        ...
