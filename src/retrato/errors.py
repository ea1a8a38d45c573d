"""Every error that retrato raises.

```text
RetratoError
├── ConfigurationError (ValueError)    all problems of a mapping, a ruleset or an option, together
├── SourceError (ValueError)           a source that cannot be read at all
│   └── SourceNotFoundError (FileNotFoundError)
├── ModelError (ValueError)            a model file that does not fit the data or the version
├── ResultError (ValueError)           a folder that is not a complete result of retrato
│   └── OutputError (OSError)          the output folder cannot be written
├── StoreError (RuntimeError)          an identity store that cannot be opened, read or written
├── UnknownRecordError (KeyError)      a record or profile id that the result does not hold
└── EngineError (RuntimeError)         the engine refused a relation; its message has no values
    └── DiskError (OSError)            the disk refused the engine
```

Messages name files, rows, columns and options, never the personal values that stand there.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


class RetratoError(Exception):
    """The base of every error of this package."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong with a configuration: where, what, and what to do.

    >>> str(Problem("source crm, field phone", 'no column "mobile"', 'did you mean "mobile_no"?'))
    'source crm, field phone: no column "mobile"; did you mean "mobile_no"?'
    """

    where: str
    what: str
    hint: str = ""

    def __str__(self) -> str:
        sentence = f"{self.where}: {self.what}"
        return f"{sentence}; {self.hint}" if self.hint else sentence


class ConfigurationError(RetratoError, ValueError):
    """All problems of a mapping, a ruleset or the options of a run, reported together."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


class SourceError(RetratoError, ValueError):
    """A source that cannot be read: what was expected, what was found, what to do."""


class SourceNotFoundError(SourceError, FileNotFoundError):
    """A source whose file does not exist."""

    def __str__(self) -> str:
        return str(self.args[0])


class ModelError(RetratoError, ValueError):
    """A model file that cannot be used: another version, or other fields than the data."""


class ResultError(RetratoError, ValueError):
    """A folder that does not hold a complete result."""


class OutputError(ResultError, OSError):
    """An output folder that cannot be written."""

    def __str__(self) -> str:
        return str(self.args[0])


class UnknownRecordError(RetratoError, KeyError):
    """A record key or profile id that the result does not hold."""

    def __str__(self) -> str:
        return str(self.args[0])


class StoreError(RetratoError, RuntimeError):
    """An identity store that cannot be opened, read or written: what was expected, what to do."""


class EngineError(RetratoError, RuntimeError):
    """The engine refused to run a relation."""


class DiskError(EngineError, OSError):
    """The engine could not read or write its files: its message is what the system says."""

    def __str__(self) -> str:
        return str(self.args[0])
