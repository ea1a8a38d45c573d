"""A command in a process of its own: how long it took, and how much memory it and all its children held at once."""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_PROC = Path("/proc")
_PAUSE = 0.25  # seconds between two looks at the memory


@dataclass(frozen=True, slots=True)
class Limits:
    """What a command may take: seconds of time, megabytes of memory."""

    seconds: float
    megabytes: float


@dataclass(frozen=True, slots=True)
class Ran:
    """What a command took, its children included, and why it did not finish (nothing when it did)."""

    seconds: float
    cpu_seconds: float
    megabytes: float
    failure: str = ""


def run(command: Sequence[str | Path], *, limits: Limits, log: Path, folder: Path, pause: float = _PAUSE) -> Ran:
    """Run a command in a folder until it ends or passes a limit; what it prints goes to the log."""
    started, peak, failure = time.perf_counter(), 0.0, ""
    before = _processor_time()
    with log.open("wb") as output:
        environment = {**os.environ, "PYTHONHASHSEED": "0"}  # sets in the same order, the same result
        process = subprocess.Popen(
            command, stdout=output, stderr=output, cwd=folder, env=environment, start_new_session=True
        )
        while process.poll() is None:
            peak = max(peak, _memory(process.pid))
            if time.perf_counter() - started > limits.seconds:
                failure = f"not finished after {limits.seconds / 60:.0f} minutes"
            elif peak > limits.megabytes:
                failure = f"more than {limits.megabytes / 1000:.0f} GB of memory"
            if failure:
                _end(process)
                break
            time.sleep(pause)
    if not failure and process.returncode:
        failure = _last_line(log)
    seconds = time.perf_counter() - started
    return Ran(seconds, _processor_time() - before, peak or _largest_child(), failure)


def _processor_time() -> float:
    """Seconds of all children that have ended."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def _end(process: subprocess.Popen[bytes]) -> None:
    """End the process and its children, which are a group of their own."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _memory(root: int) -> float:
    """Megabytes held by a process and its children; memory that they share counts once. 0 where `/proc` is not."""
    return sum(_own_memory(each) for each in _tree(root)) / 1000


def _tree(root: int) -> Iterator[int]:
    yield root
    for task in (_PROC / str(root) / "task").glob("*/children"):
        with suppress(OSError):
            for child in task.read_text().split():
                yield from _tree(int(child))


def _own_memory(process: int) -> float:
    """Kilobytes; of memory that several processes share, each has its part (the kernel's PSS)."""
    with suppress(OSError, IndexError, ValueError):
        text = (_PROC / str(process) / "smaps_rollup").read_text()
        return float(text.split("\nPss:", 1)[1].split(maxsplit=1)[0]) * 1.024
    return 0.0


def _largest_child() -> float:
    """Megabytes of the largest process that has ended: what is left to ask where there is no `/proc`."""
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    return peak / (1e6 if sys.platform == "darwin" else 1e3 / 1.024)


def _last_line(log: Path) -> str:
    lines = [line.strip() for line in log.read_text("utf-8", errors="replace").splitlines() if line.strip()]
    return lines[-1][:200] if lines else "ended without a word"
