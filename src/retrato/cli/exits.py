"""How a command ends: exit codes, errors as plain sentences, and what a signal does."""

from __future__ import annotations

import errno
import os
import signal
import sys
import threading
import traceback
from contextlib import contextmanager
from enum import IntEnum
from typing import TYPE_CHECKING

import typer

from retrato.errors import (
    ConfigurationError,
    ModelError,
    OutputError,
    ResultError,
    RetratoError,
    SourceError,
    UnknownRecordError,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType


class ExitCode(IntEnum):
    """What the caller of a command learns without reading a word."""

    OK = 0
    FAILED = 1
    USAGE = 2
    UNREADABLE = 3
    INTERRUPTED = 130


EPILOG = (
    "Exit codes: 0 done; 1 failed; 2 an option, mapping or rule is wrong; 3 a source cannot be read; 130 interrupted."
)

#: Set this variable to see where an unexpected error comes from. Its text may show values of the data.
TRACEBACK_VARIABLE = "RETRATO_TRACEBACK"

_SIGNALS = ("SIGINT", "SIGTERM", "SIGHUP")


@contextmanager
def plain_exits() -> Iterator[None]:
    """Turn what goes wrong inside into a sentence on stderr and an exit code; let usage errors and exits pass."""
    with _interruptible():
        try:
            yield
        except BrokenPipeError:
            raise
        except KeyboardInterrupt:
            say("interrupted")
            raise typer.Exit(ExitCode.INTERRUPTED) from None
        except Exception as error:
            if getattr(error, "exit_code", None) is not None:
                raise
            say(sentence(error))
            if os.environ.get(TRACEBACK_VARIABLE):
                traceback.print_exception(error)
            raise typer.Exit(code_of(error)) from None


def code_of(error: Exception) -> ExitCode:
    """The exit code of an error.

    >>> code_of(SourceError("source crm: the file is empty"))
    <ExitCode.UNREADABLE: 3>
    """
    if isinstance(error, SourceError):
        return ExitCode.UNREADABLE
    if isinstance(error, OutputError):
        return ExitCode.FAILED
    if isinstance(error, ConfigurationError | ModelError | ResultError | UnknownRecordError):
        return ExitCode.USAGE
    return ExitCode.FAILED


def sentence(error: Exception) -> str:
    """What is said about an error: its own words if it is ours, else only its kind, for its words may quote values.

    >>> sentence(MemoryError())
    'memory ran out; give a --memory-limit, or fewer --threads'
    """
    if isinstance(error, ConfigurationError) and len(error.problems) > 1:
        return "\n".join((f"{len(error.problems)} problems", *(f"  {problem}" for problem in error.problems)))
    if isinstance(error, RetratoError):
        return str(error)
    if isinstance(error, MemoryError):
        return "memory ran out; give a --memory-limit, or fewer --threads"
    if isinstance(error, OSError) and error.errno is not None:
        full = error.errno in (errno.ENOSPC, errno.EDQUOT)
        where = f"{error.filename}: " if error.filename else ""
        return f"{where}{error.strerror}" + ("; free some space" if full else "")
    return f"unexpected {type(error).__name__}; set {TRACEBACK_VARIABLE}=1 to see where, and please report it"


def say(text: str) -> None:
    """Say something on stderr, where it does not mix with what a command gives."""
    print(f"retrato: {text}", file=sys.stderr)


_asked_to_stop = threading.Event()


def stop_if_asked() -> None:
    """Raise KeyboardInterrupt if a signal has asked to stop: libraries can swallow what its handler raises."""
    if _asked_to_stop.is_set():
        raise KeyboardInterrupt


@contextmanager
def _interruptible() -> Iterator[None]:
    """Make all signals that ask to stop raise KeyboardInterrupt.

    A signal that the parent process has switched off (nohup) stays so.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def stop(_number: int, _frame: FrameType | None) -> None:
        _asked_to_stop.set()
        raise KeyboardInterrupt

    _asked_to_stop.clear()
    ours = [number for name in _SIGNALS if (number := getattr(signal, name, None)) and _is_default(number)]
    former = {number: signal.signal(number, stop) for number in ours}
    try:
        yield
    finally:
        for number, handler in former.items():
            signal.signal(number, handler)


def _is_default(number: int) -> bool:
    return signal.getsignal(number) in (signal.SIG_DFL, signal.default_int_handler)
