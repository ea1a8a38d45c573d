"""From files and options to sources: names, keys, mappings, with every problem that can be seen before anything is read."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from retrato.errors import Problem, SourceError, SourceNotFoundError
from retrato.records import Source, SourceKind

_REGION = re.compile(r"[A-Z]{2}")


@dataclass(slots=True)
class SourceOptions:
    """What the command line says of sources, and what is wrong with it."""

    files: Sequence[Path]
    events: Sequence[Path] = ()
    keys: Sequence[str] = ()
    maps: Sequence[str] = ()
    source_column: str | None = None
    region: str | None = None
    problems: list[Problem] = field(default_factory=list)

    def sources(self) -> tuple[Source, ...]:
        """The sources in the order of the files; what is wrong is added to `problems`."""
        paths = self._paths()
        names = source_names(paths)
        keys = self._by_source("--key", self.keys, names.values())
        maps = self._by_source("--map", self.maps, names.values())
        events = {path.resolve() for path in self.events}
        region = self._region()
        return tuple(
            Source(
                name,
                path,
                key=self._key(name, keys[name]),
                source_column=self.source_column,
                mapping=self._mapping(name, maps[name]),
                kind=SourceKind.EVENTS if path.resolve() in events else None,
                region=region,
            )
            for path, name in names.items()
        )

    def _paths(self) -> list[Path]:
        """The files, then those that only `--events` names; a file may be named by both (`exports/* --events exports/calls.csv`)."""
        for option, paths in (("FILE", self.files), ("--events", self.events)):
            counts = Counter(path.resolve() for path in paths)
            twice = dict.fromkeys(str(path) for path in paths if counts[path.resolve()] > 1)
            self.problems.extend(Problem(option, f"{path} is given more than once", "give it once") for path in twice)
        return list({path.resolve(): path for path in reversed((*self.files, *self.events))}.values())[::-1]

    def _by_source(self, option: str, texts: Sequence[str], names: Iterable[str]) -> dict[str, list[str]]:
        """What each source is told: options that start with its name and a dot, and those that name no source."""
        told: dict[str, list[str]] = {name: [] for name in names}
        for text in texts:
            owner = owner_of(text, told)
            rest = text if owner is None else text.removeprefix(f"{owner}.")
            if option == "--map" and not all(part.strip() for part in _halves(rest)):
                self.problems.append(Problem(f"{option} {text}", "is no FIELD=COLUMN", "write --map phone=mobile_no"))
                continue
            for name in told if owner is None else (owner,):
                told[name].append(rest)
        return told

    def _key(self, name: str, columns: Sequence[str]) -> str | None:
        distinct = list(dict.fromkeys(columns))
        if len(distinct) > 1:
            hint = f"write --key {name}.COLUMN once for it"
            self.problems.append(Problem(f"--key, source {name}", f"{len(distinct)} key columns", hint))
        return distinct[0] if distinct else None

    @staticmethod
    def _mapping(_name: str, pairs: Sequence[str]) -> dict[str, str | Sequence[str]]:
        mapping: dict[str, list[str]] = {}
        for pair in pairs:
            name, column = _halves(pair)
            columns = mapping.setdefault(name.strip(), [])
            if column not in columns:
                columns.append(column)
        return {name: columns[0] if len(columns) == 1 else tuple(columns) for name, columns in mapping.items()}

    def _region(self) -> str | None:
        if self.region is None:
            return None
        region = self.region.strip().upper()
        if not _REGION.fullmatch(region):
            self.problems.append(Problem("--region", "is no country code", "use two letters of ISO 3166, such as ES"))
        return region


def _halves(pair: str) -> tuple[str, str]:
    name, _, column = pair.partition("=")
    return name, column


def owner_of(text: str, names: Iterable[str], separator: str = ".") -> str | None:
    """The source whose name a text starts with, before the separator; the longest one where several do.

    >>> owner_of("crm.phone=mobile", ["crm", "web"]), owner_of("handle.instagram=user", ["crm", "web"])
    ('crm', None)
    """
    fitting = [name for name in names if text.startswith(f"{name}{separator}")]
    return max(fitting, key=len, default=None)


def source_names(paths: Sequence[Path]) -> dict[Path, str]:
    """The name of the source that each file is: its stem; where two share it, the file name, then with its folders.

    >>> list(source_names([Path("2023/crm.csv"), Path("2024/crm.csv"), Path("web.csv")]).values())
    ['2023/crm.csv', '2024/crm.csv', 'web']
    """
    forms = {path: _forms(path) for path in paths}
    level = dict.fromkeys(paths, 0)
    while True:
        names = {path: forms[path][min(level[path], len(forms[path]) - 1)] for path in paths}
        counts = Counter(names.values())
        shared = [path for path in paths if counts[names[path]] > 1 and level[path] < len(forms[path]) - 1]
        if not shared:
            return names
        for path in shared:
            level[path] += 1


def _forms(path: Path) -> list[str]:
    parts = path.resolve().parts
    return [path.stem, *("/".join(parts[-count:]) for count in range(1, len(parts) + 1))]


def check_files(sources: Sequence[Source]) -> None:
    """Look whether every file is there and can be opened, before anything is read.

    Raises `SourceNotFoundError` or `SourceError` with a sentence for every file that is not.
    """
    from retrato.io.readers.files import local_file

    wrong: list[SourceError] = []
    for source in sources:
        try:
            local_file(source.data, source.name)
        except SourceError as error:
            wrong.append(error)
    if wrong:
        missing = all(isinstance(error, SourceNotFoundError) for error in wrong)
        raise (SourceNotFoundError if missing else SourceError)("\n".join(map(str, wrong)))
