"""The file of a source: is it there, and can it be opened."""

from __future__ import annotations

import difflib
from pathlib import Path
from typing import TYPE_CHECKING

from retrato.errors import SourceError, SourceNotFoundError

if TYPE_CHECKING:
    import os

#: How like the name of another file a name must be for it to be suggested; what both end in makes all a little alike.
_CLOSE = 0.75


def local_file(data: str | os.PathLike[str], name: str) -> Path:
    """The path of a source's file.

    Raises `SourceNotFoundError` (with names that stand nearby) when there is no such file, `SourceError` for a folder,
    an address of the net, a file that may not be read or one that is empty.
    """
    path = Path(data)
    where = f"source {name}"
    if "://" in str(data):
        raise SourceError(f"{where}: {data} is an address; retrato reads local files, so download it first")
    if not path.exists():
        raise SourceNotFoundError(f"{where}: there is no file {path}{_neighbours(path)}")
    if path.is_dir():
        raise SourceError(f"{where}: {path} is a folder; name the file in it")
    if not path.is_file():
        raise SourceError(f"{where}: {path} is no ordinary file; save the data in a file first")
    try:
        with path.open("rb") as file:
            first = file.read(1)
    except PermissionError as error:
        raise SourceError(f"{where}: {path} may not be read by you; change its permissions") from error
    if not first:
        raise SourceError(f"{where}: {path} is empty (0 bytes); export it again")
    return path


def _neighbours(path: Path) -> str:
    if not path.parent.is_dir():
        return f", and no folder {path.parent}"
    try:
        names = sorted(each.name for each in path.parent.iterdir() if each.is_file())
    except OSError:
        return ""
    by_folded = {name.casefold(): name for name in names}
    close = difflib.get_close_matches(path.name.casefold(), list(by_folded), n=3, cutoff=_CLOSE)
    same_stem = (name for name in by_folded if Path(name).stem == path.stem.casefold())
    close = list(dict.fromkeys((*close, *same_stem)))[:3]
    return "; did you mean " + " or ".join(f'"{by_folded[each]}"' for each in close) + "?" if close else ""
