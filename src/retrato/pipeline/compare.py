"""Stage 5: every candidate pair to its comparison vector, a level for each feature."""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Lock
from typing import TYPE_CHECKING, Any, Self

import numpy as np
import pyarrow as pa

from retrato.engines.compile.comparisons import level_column
from retrato.engines.compile.template import query
from retrato.pipeline.coded import find_levels

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import DTypeLike, NDArray

    from retrato.pipeline.run import Run

    #: makes a column of a name and a type, with a place for each pair
    Make = Callable[[str, DTypeLike], NDArray[Any] | "_OnDisk"]

_PAIR: dict[str, DTypeLike] = {"a": np.int32, "b": np.int32, "rules": np.uint64}
#: The share of the engine's memory that pairs may take beside it.
_SHARE = 3


def compare(run: Run) -> None:
    """Make `comparison_vectors(a, b, rules, level_<feature>, …)`: whatever asks for levels later reads them there.

    One comparison after the other goes over all pairs, so that the keys of the records are read once. Pairs that memory
    does not hold are laid in files.
    """
    with _columns(run) as column:
        columns = {name: column(name, kind) for name, kind in _PAIR.items()}
        _fill(run, columns)
        levels = [column(level_column(each), np.int8) for each in run.comparisons]
        find_levels(run, columns["a"], columns["b"], levels)
        columns |= {level_column(each): found for each, found in zip(run.comparisons, levels, strict=True)}
        make = run.engine.load
        for part in _parts(run):
            make("comparison_vectors", pa.table({name: each[part] for name, each in columns.items()}))
            make = run.engine.add


def _width(run: Run) -> int:
    """Bytes of a pair with its levels."""
    return sum(np.dtype(kind).itemsize for kind in _PAIR.values()) + len(run.comparisons)


def _room(run: Run) -> int:
    """How many pairs memory has room for."""
    return max(run.engine.memory // _SHARE // _width(run), 1)


def _parts(run: Run) -> Iterator[slice]:
    """The places of all pairs, in parts that fit into memory; one that is empty where there are none."""
    count, room = run.counts["pairs"], _room(run)
    return (slice(start, min(start + room, count)) for start in range(0, max(count, 1), room))


@contextmanager
def _columns(run: Run) -> Iterator[Make]:
    """What makes columns for all pairs: in memory, or in files that are gone at the end."""
    count = run.counts["pairs"]
    if count <= _room(run):
        yield lambda _, kind: np.empty(count, kind)
        return
    with TemporaryDirectory(dir=run.engine.scratch) as folder, ExitStack() as files:
        yield lambda name, kind: files.enter_context(_OnDisk(Path(folder, name), kind, count))


class _OnDisk:
    """A column of numbers in a file, of which parts are read and written; threads take turns."""

    def __init__(self, path: Path, kind: DTypeLike, count: int) -> None:
        self._file, self._kind, self._count = path.open("w+b"), np.dtype(kind), count
        self._lock = Lock()

    def __len__(self) -> int:
        return self._count

    def __getitem__(self, part: slice) -> NDArray[Any]:
        start, stop, _ = part.indices(self._count)
        with self._lock:
            self._file.seek(start * self._kind.itemsize)
            return np.frombuffer(self._file.read((stop - start) * self._kind.itemsize), self._kind)

    def __setitem__(self, part: slice, values: NDArray[Any]) -> None:
        with self._lock:
            self._file.seek(part.indices(self._count)[0] * self._kind.itemsize)
            self._file.write(np.ascontiguousarray(values, self._kind).data)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()


def _fill(run: Run, columns: dict[str, NDArray[Any] | _OnDisk]) -> None:
    parts, start = len(list(_parts(run))), 0
    for part in range(parts):
        found = run.engine.fetch(query("SELECT a, b, rules FROM pairs WHERE a % :n = :part", n=parts, part=part))
        for name, each in columns.items():
            each[start : start + found.num_rows] = found.column(name).to_numpy()
        start += found.num_rows
