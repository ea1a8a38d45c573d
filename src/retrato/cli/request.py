"""Everything that a run is asked for, checked together before anything is read."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from retrato.errors import ConfigurationError, ModelError, OutputError, Problem

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from retrato import DuckDBEngine, FellegiSunter, Ruleset, Source
    from retrato.cli.sources import SourceOptions
    from retrato.io.config import Config


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
    out: Path | None = None
    config: Path | None = None
    previous: Path | None = None
    decisions: Path | None = None
    labels: Path | None = None
    model: Path | None = None
    precision: str | None = None
    output_format: str = "parquet"
    threads: int | None = None
    memory_limit: str | None = None
    _problems: list[Problem] = field(default_factory=list, init=False)

    def checked(self) -> Checked:
        """The sources, rules, model and engine of the run.

        Raises one `ConfigurationError` with everything that is wrong with the options; then `OutputError` when the
        output folder may not be written, or `SourceError` when files are missing or empty.
        """
        from retrato import DuckDBEngine, FellegiSunter, Ruleset
        from retrato.cli.sources import check_files
        from retrato.io.writing import OutputFolder

        model = None
        config = self._config()
        sources = self.sources.sources(config.sources)
        ruleset = Ruleset()
        with self._collecting():
            ruleset = Ruleset.from_dict(config.ruleset)
        with self._collecting("--precision"):
            ruleset = replace(ruleset, **self._wish())
        if self.model is not None:
            with self._collecting("--model"):
                model = FellegiSunter.load(self.model)
        self._check_places()
        self._check_machine()
        problems = [*self.sources.problems, *self._problems]
        if problems:
            raise ConfigurationError(problems)
        if self.out is not None:
            OutputFolder(self.out).check_writable()
        check_files(sources)
        return Checked(sources, ruleset, model, DuckDBEngine(self.threads, self.memory_limit))

    @contextmanager
    def _collecting(self, option: str = "") -> Iterator[None]:
        """Keep what is found to be wrong inside, as a problem of the option, and go on."""
        try:
            yield
        except ConfigurationError as error:
            self._problems.extend(replace(each, where=option or each.where) for each in error.problems)
        except (ModelError, OutputError) as error:
            self._problems.append(Problem(option, str(error)))

    def _config(self) -> Config:
        from retrato.io.config import Config, load_config

        config = Config(())
        if self.config is not None:
            with self._collecting():
                config = load_config(self.config)
        return config

    def _wish(self) -> dict[str, Any]:
        if self.precision is None:
            return {}
        try:
            return {"precision": float(self.precision)}
        except ValueError:
            return {"precision": self.precision}

    def _check_places(self) -> None:
        from retrato.io.writing import MARK, OutputFolder

        if self.out is not None:
            with self._collecting("--out"):
                OutputFolder(self.out)
        if self.previous is not None and not (self.previous / MARK).is_file():
            self._problems.append(Problem(f"--previous {self.previous}", "is no folder with a result of retrato"))
        for option, file in (("--decisions", self.decisions), ("--labels", self.labels)):
            if file is not None and not file.is_file():
                self._problems.append(Problem(f"{option} {file}", "there is no such file"))
        if self.output_format == "xlsx" and find_spec("xlsxwriter") is None:
            self._problems.append(
                Problem("--format xlsx", "xlsxwriter is not installed", "pip install 'retrato[excel]', or use csv")
            )

    def _check_machine(self) -> None:
        from retrato.engines.duckdb import size_in_bytes

        if self.threads is not None and self.threads < 1:
            self._problems.append(Problem("--threads", "a run needs at least 1"))
        if self.memory_limit is not None and size_in_bytes(self.memory_limit) is None:
            self._problems.append(Problem("--memory-limit", "this is no size", "write such as 4GB"))
