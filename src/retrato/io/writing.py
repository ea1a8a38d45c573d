"""Results on disk, all or nothing: a folder is complete or it is not there.

Everything is written beside the target, in `OUT.partial`, and then renamed, so that a crash, a full disk or Ctrl-C
leaves the earlier result in place. Files can be read by their owner only (folder 0700, files 0600).

A long run can keep what it has finished in `OUT.partial/work`. When it does not come to its end, that stays, and the
next run for the same folder takes it up, if it is to do the very same.
"""

from __future__ import annotations

import errno
import json
import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Literal, Self

from retrato.errors import DiskError, OutputError
from retrato.io.table_files import WRITERS

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType

    import pyarrow as pa

Format = Literal["parquet", "csv", "xlsx"]

#: The file that tells a folder of results from any other; it is written last.
MARK = "run.json"
_DOING = "doing"


class OutputFolder:
    """A folder of results that is being written.

    Enter it, write, and leave: leaving renames it into place, an exception removes what was written. A folder that
    exists is only replaced when it is an earlier result (its `run.json` has the key `retrato`) or empty; otherwise
    making an `OutputFolder` raises `OutputError`, as does anything the disk refuses. `check_writable` asks beforehand.
    `doing` names what is to be done, such as a hash of all input: `work` as an unfinished run has left it is kept for
    whoever is doing the same.

    >>> import tempfile
    >>> import pyarrow as pa
    >>> with tempfile.TemporaryDirectory() as home:
    ...     with OutputFolder(Path(home, "out")) as output:
    ...         output.write_table("people", pa.table({"name": ["Ana"]}), "csv")
    ...         output.write_text("run.json", '{"retrato": "0.1.0"}')
    ...     sorted(each.name for each in Path(home, "out").iterdir())
    ['people.csv', 'run.json']
    """

    def __init__(self, folder: str | Path, *, doing: str | None = None) -> None:
        self.folder = Path(folder)
        self._doing = doing
        self._keeps = False
        self._partial = _partial_of(self.folder)
        self._old = self.folder.with_name(self.folder.name + ".old")
        self._check()

    @property
    def work(self) -> Path:
        """A folder for what is needed on the way, which is gone when the result is there."""
        return self._partial / "work"

    def keep(self) -> None:
        """From now on keep `work` where the result is not finished, for the next who is doing the same."""
        self._keeps = True

    def _check(self) -> None:
        if self.folder.name in ("", ".."):
            raise OutputError(f"{self.folder} is no folder that can be replaced; name a new one")
        if self.folder.exists() and not self.folder.is_dir():
            raise OutputError(f"{self.folder} is a file; name another folder for the output")
        if not self.folder.exists() or is_result(self.folder):
            return
        try:
            if any(self.folder.iterdir()):
                raise OutputError(f"{self.folder} holds other files; name a new folder, or one with an earlier result")
        except PermissionError as error:
            raise OutputError(f"{self.folder} may not be read by you; name another folder for the output") from error

    def __enter__(self) -> Self:
        self._check()
        self.check_writable()
        try:
            self._guarded(self._make)
        except BaseException:
            self._clear()
            raise
        return self

    def check_writable(self) -> None:
        """See that the folder can be made, so that a long run does not fail at its end. Raises `OutputError`."""
        parent = self.folder.absolute().parent
        while not parent.exists() and parent != parent.parent:
            parent = parent.parent
        if not parent.is_dir() or not os.access(parent, os.W_OK | os.X_OK):
            raise OutputError(f"{self.folder} cannot be written: you may not write in {parent}; name another folder")

    def _make(self) -> None:
        if not self.folder.exists() and is_result(self._old):
            self._old.rename(self.folder)  # an earlier run died between two renames
        self.folder.parent.mkdir(parents=True, exist_ok=True)
        if self._old.exists():
            shutil.rmtree(self._old)
        self._keeps = self._doing is not None and _text(self.work / _DOING) == self._doing
        self._clear()
        if self._keeps:
            return
        self._partial.mkdir(mode=0o700)
        self.work.mkdir(mode=0o700)
        if self._doing is not None:
            (self.work / _DOING).write_text(self._doing, "utf-8")

    def _clear(self) -> None:
        """Remove what an unfinished run has left, but for its work where that is kept."""
        if not self._keeps:
            shutil.rmtree(self._partial, ignore_errors=True)
            return
        for each in self._partial.iterdir():
            if each != self.work:
                each.unlink()
        for each in self.work.iterdir():
            if each.is_dir():
                shutil.rmtree(each)  # what a killed run had no place for in memory

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is not None:
            self._clear()
            return
        try:
            self._guarded(self._swap)
        except BaseException:
            self._clear()
            raise

    def _swap(self) -> None:
        """Put the new folder in place; the old one stays until it is there."""
        self._keeps = False
        shutil.rmtree(self.work, ignore_errors=True)
        for each in self._partial.iterdir():
            _flush(each)
        try:
            if self.folder.exists():
                self.folder.rename(self._old)
            self._partial.rename(self.folder)
        finally:  # also for Ctrl-C between the two renames, or behind them
            if not self.folder.exists() and self._old.exists():
                self._old.rename(self.folder)
            shutil.rmtree(self._old, ignore_errors=True)

    def write_table(self, name: str, data: pa.Table, format: Format) -> None:  # noqa: A002
        """Write a table as `NAME.parquet`, `NAME.csv` or `NAME.xlsx`; `retrato.io.table_files` tells how each looks."""
        self._write(f"{name}.{format}", lambda path: WRITERS[format](data, path))

    def write_with(self, name: str, write: Callable[[Path], object]) -> Path:
        """Let somebody else write a file; where it will stand until the result is in place."""
        self._write(name, write)
        return self._partial / name

    def write_text(self, name: str, text: str) -> None:
        """Write a text file, UTF-8 with line feeds."""
        self._write(name, lambda path: path.write_text(text, encoding="utf-8", newline="\n"))

    def _write(self, name: str, write: Callable[[Path], object]) -> None:
        path = self._partial / name

        def create_and_write() -> None:
            os.close(os.open(path, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600))
            write(path)

        self._guarded(create_and_write)

    def _guarded(self, step: Callable[[], None]) -> None:
        """Turn what the system refuses into an error that says what to do."""
        try:
            step()
        except (OutputError, DiskError):
            raise
        except OSError as error:
            raise OutputError(f"{self.folder} cannot be written: {_advice(error)}") from error


def is_result(folder: Path) -> bool:
    """Whether a folder is a result of a run: its `run.json` says which version of retrato wrote it."""
    try:
        found = json.loads((folder / MARK).read_text("utf-8"))
    except (OSError, ValueError):
        return False
    return isinstance(found, dict) and "retrato" in found


def unfinished(folder: str | Path) -> Path | None:
    """Where a run for this folder has left what it had finished, if it did."""
    left = _partial_of(Path(folder))
    return left if (left / "work").is_dir() else None


def _partial_of(folder: Path) -> Path:
    return folder.with_name(folder.name + ".partial")


def _text(path: Path) -> str | None:
    return path.read_text("utf-8") if path.is_file() else None


def _advice(error: OSError) -> str:
    if error.errno in (errno.ENOSPC, errno.EDQUOT) or "No space left" in str(error):
        return "the disk is full; free some space or name a folder on another disk"
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return "you may not write there; change the permissions or name another folder"
    return f"{error.strerror or type(error).__name__}; name another folder"


def _flush(path: Path) -> None:
    """Make sure that a file is on the disk before it is renamed into place."""
    with path.open("rb+") as file:
        os.fsync(file.fileno())
