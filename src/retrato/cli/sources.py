"""From files and options to sources, with every problem that can be seen before anything is read."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from retrato.errors import Problem, SourceError, SourceNotFoundError
from retrato.records import Source, SourceKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

_REGION = re.compile(r"[A-Z]{2}")


@dataclass(slots=True)
class SourceOptions:
    """What the command line says of sources. What is wrong with it is added to `problems`."""

    files: Sequence[Path]
    events: Sequence[Path] = ()
    keys: Sequence[str] = ()
    maps: Sequence[str] = ()
    source_column: str | None = None
    region: str | None = None
    time_zone: str | None = None
    problems: list[Problem] = field(default_factory=list)

    def sources(self, configured: Sequence[Source] = ()) -> tuple[Source, ...]:
        """The sources of a run: those of the configuration file, then the files.

        A file that the configuration has, by its path or else by its name, is that source. What an option says comes
        before what the configuration says.
        """
        found = self._with_files(configured)
        names = [source.name for source in found]
        keys = _Told.by_source(self.keys, names)
        maps = _Told.by_source([text for text in self.maps if self._is_map(text)], names)
        region = self._region()
        if not found:
            self.problems.append(Problem("FILE", "there is no source", "name a file, or a [[source]] in --config"))
        return tuple(
            replace(
                source,
                key=self._key(source.name, keys) or source.key,
                mapping={**source.mapping, **_mapping(maps.common), **_mapping(maps.of(source.name))},
                source_column=self.source_column or source.source_column,
                region=region or source.region,
                time_zone=self.time_zone or source.time_zone,
            )
            for source in found
        )

    def _with_files(self, configured: Sequence[Source]) -> list[Source]:
        paths = self._paths()
        events = {path.resolve() for path in self.events}
        found = {source.name: source for source in configured}
        by_path = {Path(source.data).resolve(): source.name for source in configured}
        new = [path for path in paths if path.resolve() not in by_path]
        names = {**source_names(new), **{path: by_path[path.resolve()] for path in paths if path not in new}}
        for path in paths:
            former = found.get(names[path], Source(names[path], path))
            kind = SourceKind.EVENTS if path.resolve() in events else former.kind
            found[names[path]] = replace(former, data=path, kind=kind)
        return list(found.values())

    def _paths(self) -> list[Path]:
        """The files, then those that only `--events` names; a file may be named by both (`* --events calls.csv`)."""
        for option, paths in (("FILE", self.files), ("--events", self.events)):
            counts = Counter(path.resolve() for path in paths)
            twice = {path.resolve(): path for path in paths if counts[path.resolve()] > 1}.values()
            self.problems.extend(
                Problem(f"{option} {path}", "is given more than once", "give it once") for path in twice
            )
        first = {path.resolve(): path for path in reversed((*self.files, *self.events))}
        return [first[resolved] for resolved in dict.fromkeys(path.resolve() for path in (*self.files, *self.events))]

    def _is_map(self, text: str) -> bool:
        fit = all(half.strip() for half in _halves(text))
        if not fit:
            self.problems.append(Problem(f"--map {text}", "is no FIELD=COLUMN", "write such as --map phone=mobile_no"))
        return fit

    def _key(self, source: str, told: _Told) -> str | None:
        columns = told.of(source) or told.common
        if len(set(columns)) > 1:
            hint = "give one; SOURCE.COLUMN is for one source, COLUMN for all others"
            self.problems.append(Problem("--key", f"source {source} gets {len(set(columns))} key columns", hint))
        return columns[0] if columns else None

    def _region(self) -> str | None:
        region = self.region and self.region.strip().upper()
        if region is not None and not _REGION.fullmatch(region):
            self.problems.append(Problem("--region", "this is no country code", "write two letters, such as ES"))
        return region


@dataclass(frozen=True, slots=True)
class _Told:
    """What texts with or without the name of a source before them say: of that source, and of all."""

    own: Mapping[str, Sequence[str]]
    common: Sequence[str]

    @classmethod
    def by_source(cls, texts: Sequence[str], names: Sequence[str]) -> _Told:
        """Sort the texts by the source whose name and a dot they start with."""
        own: dict[str, list[str]] = {}
        common = []
        for text in texts:
            owner = owner_of(text, names)
            if owner is None:
                common.append(text)
            else:
                own.setdefault(owner, []).append(text.removeprefix(f"{owner}."))
        return cls(own, common)

    def of(self, source: str) -> Sequence[str]:
        """What is said of one source alone."""
        return self.own.get(source, ())


def _halves(pair: str) -> tuple[str, str]:
    name, _, column = pair.partition("=")
    return name.strip(), column


def _mapping(pairs: Sequence[str]) -> dict[str, str | Sequence[str]]:
    columns: dict[str, list[str]] = {}
    for name, column in map(_halves, pairs):
        columns.setdefault(name, []).append(column)
    return {name: found[0] if len(found) == 1 else tuple(dict.fromkeys(found)) for name, found in columns.items()}


def owner_of(text: str, names: Iterable[str], separator: str = ".") -> str | None:
    """The source whose name a text starts with, before the separator; the longest one where several do.

    >>> owner_of("crm.phone=mobile", ["crm", "web"]), owner_of("handle.instagram=user", ["crm", "web"])
    ('crm', None)
    """
    fitting = [name for name in names if text.startswith(f"{name}{separator}")]
    return max(fitting, key=len, default=None)


def source_names(paths: Sequence[Path]) -> dict[Path, str]:
    """The name of the source that each file is: its stem; where files share it, the file name, then with its folders.

    >>> list(source_names([Path("2023/crm.csv"), Path("2024/crm.csv"), Path("web.csv")]).values())
    ['2023/crm.csv', '2024/crm.csv', 'web']
    """
    forms = {path: _forms(path) for path in paths}
    level = dict.fromkeys(paths, 0)
    while True:
        names = {path: forms[path][level[path]] for path in paths}
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
