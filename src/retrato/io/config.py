"""The configuration file of a run: `[[source]]` tables, and everything else for the ruleset.

```toml
precision = "high"            # goes to the ruleset, like every key that is not here

[[source]]
name = "crm"                  # default: the name of the file without its ending
file = "exports/crm.csv"      # relative to this file
key = "customer_no"
region = "ES"

[source.map]
phone = ["mobile", "landline"]
"category.segment" = "segment"
ignore = ["internal_notes"]
```
"""

from __future__ import annotations

import difflib
import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from retrato.errors import ConfigurationError, Problem
from retrato.records import Source, SourceKind

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

_TEXTS = ("name", "file", "key", "source_column", "region", "time_zone", "kind", "encoding", "delimiter")
_KNOWN = (*_TEXTS, "sheet", "unique", "map")


@dataclass(frozen=True, slots=True)
class Config:
    """What a configuration file says: its sources, and the tables and keys that the ruleset reads."""

    sources: tuple[Source, ...]
    ruleset: Mapping[str, Any] = field(default_factory=dict)


def load_config(path: str | Path) -> Config:
    r"""Read a configuration file.

    Raises `ConfigurationError` with every problem of the file and a hint for each; for text that is no TOML, with its
    line.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = Path(folder, "rules.toml")
    ...     _ = file.write_text('precision = "high"\n[[source]]\nfile = "crm.csv"\nregion = "ES"\n')
    ...     config = load_config(file)
    >>> config.sources[0].name, config.sources[0].region, config.ruleset
    ('crm', 'ES', {'precision': 'high'})
    """
    file = Path(path)
    document = _document(file)
    tables = document.pop("source", [])
    if not isinstance(tables, list) or not all(isinstance(each, dict) for each in tables):
        raise ConfigurationError([Problem(f"{file}, source", "it must be a list of tables", "write [[source]]")])
    problems = [problem for position, each in enumerate(tables, 1) for problem in _problems(file, position, each)]
    if problems:
        raise ConfigurationError(problems)
    return Config(tuple(_source(file, each) for each in tables), document)


def _document(file: Path) -> dict[str, Any]:
    where = str(file)
    try:
        return tomllib.loads(file.read_text("utf-8-sig"))
    except tomllib.TOMLDecodeError as error:
        raise ConfigurationError([Problem(where, f"this is no TOML: {error}", "mend that line")]) from error
    except UnicodeDecodeError as error:
        raise ConfigurationError([Problem(where, "it is not UTF-8", "save it as UTF-8")]) from error
    except FileNotFoundError as error:
        raise ConfigurationError([Problem(where, "there is no such file", _neighbour(file))]) from error
    except OSError as error:
        raise ConfigurationError([Problem(where, f"it cannot be read: {error.strerror}")]) from error


def _neighbour(file: Path) -> str:
    names = sorted(each.name for each in file.parent.glob("*.toml"))
    close = difflib.get_close_matches(file.name, names, n=1)
    return f'did you mean "{close[0]}"?' if close else ""


def _problems(file: Path, position: int, table: Mapping[str, Any]) -> Iterator[Problem]:
    where = f"{file}, source {table.get('name', position)}"
    for name in table:
        if name not in _KNOWN:
            close = difflib.get_close_matches(name, _KNOWN, n=1)
            hint = f'did you mean "{close[0]}"?' if close else "the keys are " + ", ".join(_KNOWN)
            yield Problem(where, f'no key "{name}"', hint)
    if "file" not in table:
        yield Problem(where, 'there is no "file"', 'write file = "export.csv"')
    for name in _TEXTS:
        if name in table and not (isinstance(table[name], str) and table[name]):
            yield Problem(f"{where}, {name}", "it must be text", f'write {name} = "..."')
    if not isinstance(table.get("sheet", ""), (str, int)):
        yield Problem(f"{where}, sheet", "it must be the name of a sheet or its number, from 0")
    if not isinstance(table.get("unique", False), bool):
        yield Problem(f"{where}, unique", "it must be true or false")
    if isinstance(table.get("kind"), str) and table["kind"] not in set(SourceKind):
        yield Problem(f"{where}, kind", f'no kind "{table["kind"]}"', 'write "records" or "events"')
    yield from _map_problems(where, table.get("map", {}))


def _map_problems(where: str, mapping: object) -> Iterator[Problem]:
    if not isinstance(mapping, dict):
        yield Problem(f"{where}, map", "it must be a table", "write [source.map] and below it FIELD = COLUMN")
        return
    for name, columns in _pairs(mapping):
        if not (isinstance(columns, str) or (isinstance(columns, list) and all(isinstance(c, str) for c in columns))):
            yield Problem(f"{where}, field {name}", "it must be a column or a list of columns")


def _pairs(mapping: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Fields and their columns; `category.segment = ...` without quotes is a nested table in TOML."""
    for name, value in mapping.items():
        if isinstance(value, dict):
            yield from _pairs(value, f"{prefix}{name}.")
        else:
            yield prefix + name, value


def _source(file: Path, table: Mapping[str, Any]) -> Source:
    data = file.parent / table["file"]
    mapping: dict[str, str | Sequence[str]] = dict(_pairs(table.get("map", {})))
    kind = SourceKind(table["kind"]) if "kind" in table else None
    plain = {name: table[name] for name in _KNOWN if name in table and name not in {"name", "file", "kind", "map"}}
    return Source(table.get("name", data.stem), data, mapping=mapping, kind=kind, **plain)
