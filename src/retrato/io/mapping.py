"""From the columns of sources to the fields of the vocabulary: recognised, or as the user says."""

from __future__ import annotations

import difflib
from dataclasses import replace
from typing import TYPE_CHECKING

from retrato.errors import ConfigurationError, Problem
from retrato.identifiers.registry import TYPES, configured
from retrato.io.columns import Columns
from retrato.io.events_table import Verdict, verdict, with_event_fields
from retrato.io.foreign_keys import with_foreign_keys
from retrato.io.recognition import Guess, guess
from retrato.io.records_table import with_addresses, with_key, with_names, with_one_of_each, with_times
from retrato.records import EVENT_FIELDS, RECORD_FIELDS, ColumnMapping, Source, SourceKind, SourceMapping

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from retrato.engines.base import Engine
    from retrato.identifiers.base import IdentifierType
    from retrato.io.readers import ReadSource

#: A column that is mapped to this takes no part.
IGNORE = "ignore"
#: How like another column's name a name must be for it to be suggested.
_CLOSE = 0.7
#: The most columns that an error lists.
_READABLE = 40
_ATTRIBUTES = frozenset(("category", "text", "number", "date"))
_PLAIN = frozenset((*RECORD_FIELDS, *EVENT_FIELDS, IGNORE))


def map_sources(
    reads: Iterable[ReadSource], engine: Engine, types: Sequence[IdentifierType] = TYPES
) -> tuple[SourceMapping, ...]:
    """The mapping of every source, its region taken into account; each is mapped while the next may be read.

    Raises one `ConfigurationError` with every problem of every source, each with a hint.
    """
    known, found = [], []
    problems: list[Problem] = []
    for each in reads:
        known.append(each)
        problems += _problems(each, types)
        if not problems:
            found.append(map_source(each, engine, configured(types, region=each.source.region)))
    if problems:
        raise ConfigurationError(problems)
    return with_foreign_keys(found, known, engine)


def map_source(read: ReadSource, engine: Engine, types: Sequence[IdentifierType] = TYPES) -> SourceMapping:
    """The mapping of one source: what the user says, and for the other columns what headers and values tell.

    >>> import pandas as pd
    >>> from retrato.engines.duckdb import DuckDBEngine
    >>> from retrato.io.readers import read
    >>> data = pd.DataFrame({"id": ["a", "b"], "Correo": ["ana@example.com", "eva@example.org"], "cluster": [1, 2]})
    >>> with DuckDBEngine(threads=1) as engine:
    ...     mapping = map_source(read(Source("crm", data), engine, "raw_0"), engine)
    >>> [(each.column, each.field) for each in mapping.columns], mapping.kind.value
    ([('id', 'record_key'), ('Correo', 'email'), ('cluster', None)], 'records')

    Raises `ConfigurationError` with all that is wrong with the mapping that the user gives.
    """
    problems = _problems(read, types)
    if problems:
        raise ConfigurationError(problems)
    source = read.source
    columns = Columns(engine, read.table, read.columns)
    asked = _asked(source)
    given = {column: name for name, column in asked}
    guesses = [
        Guess(name, None, 1.0, "given") if name in given else guess(name, columns.sample(name), types)
        for name in read.columns
    ]
    found = _verdict(source, asked, guesses, columns)
    guesses = _settled(guesses, found.kind, columns, key_given=_key_given(source, asked))
    return SourceMapping(source.name, found.kind, tuple(_merged(guesses, asked, source, found.kind)), found.reason)


def _asked(source: Source) -> list[tuple[str, str]]:
    """What the user maps: pairs of field and column."""
    pairs = [(name, column) for name, columns in source.mapping.items() for column in _list(columns)]
    if source.source_column is not None:
        pairs.append(("source", source.source_column))
    return pairs


def _list(columns: str | Sequence[str]) -> Sequence[str]:
    return [columns] if isinstance(columns, str) else columns


def _key_given(source: Source, asked: Sequence[tuple[str, str]]) -> bool:
    return source.key is not None or any(name == "record_key" for name, _ in asked)


def _verdict(source: Source, asked: Sequence[tuple[str, str]], guesses: Sequence[Guess], columns: Columns) -> Verdict:
    if source.kind is not None:
        return Verdict(SourceKind(source.kind), "given")
    named = [name for name, _ in asked if name in EVENT_FIELDS]
    if "event_time" in named or "event_kind" in named:
        return Verdict(SourceKind.EVENTS, "the mapping names fields of events")
    return verdict(guesses, columns)


def _settled(guesses: list[Guess], kind: SourceKind, columns: Columns, *, key_given: bool) -> list[Guess]:
    """Each column seen beside the others."""
    if kind is SourceKind.EVENTS:
        return with_event_fields(guesses, columns)
    settled = with_key(guesses, columns, given=key_given)
    for step in (with_names, with_addresses, with_times, with_one_of_each):
        settled = step(settled)
    return settled


def _merged(
    guesses: Iterable[Guess], asked: Sequence[tuple[str, str]], source: Source, kind: SourceKind
) -> Iterator[ColumnMapping]:
    """What was guessed, with what the user says in its place; a field that the user maps has no other columns."""
    taken = {name for name, _ in asked}
    key_field = "event_id" if kind is SourceKind.EVENTS else "record_key"
    if source.key is not None:
        taken.add(key_field)
    for each in guesses:
        named = [name for name, column in asked if column == each.column]
        if each.column == source.key:
            yield ColumnMapping(each.column, key_field, 1.0, "given as the key")
        for name in named:
            if name == IGNORE:
                yield ColumnMapping(each.column, None, 1.0, "ignored, as the mapping says")
            else:
                yield ColumnMapping(each.column, name, 1.0, "given")
        if named or each.column == source.key:
            continue
        if each.field in taken:
            yield ColumnMapping(each.column, None, 0.0, f"the mapping names another column for {each.field}")
        else:
            yield ColumnMapping(each.column, each.field, each.confidence, each.reason)


def _problems(read: ReadSource, types: Sequence[IdentifierType]) -> list[Problem]:
    source = read.source
    where = f"source {source.name}"
    asked = _asked(source)
    wanted = [(f"{where}, field {name}", name, column) for name, column in asked]
    if source.key is not None:
        wanted.append((f"{where}, key", "record_key", source.key))
    problems = []
    listed = False  # the columns of a source are told once
    for at, name, column in wanted:
        found = list(_field_problem(at, name, types))
        if column not in read.columns:
            absent = f'no column "{column}"'
            if found:
                found[0] = replace(found[0], what=f"{found[0].what}, and {absent}")
            else:
                hint = _suggestion(column, read.columns, close_from=_CLOSE)
                if not hint and not listed:
                    hint, listed = _listed(read.columns), True
                found = [Problem(at, absent, hint)]
        problems.extend(found)
    mapped = [column for _, column in asked]
    for column in dict.fromkeys(column for column in mapped if mapped.count(column) > 1):
        names = " and ".join(name for name, other in asked if other == column)
        problems.append(Problem(where, f'column "{column}" is mapped to {names}', "map it once"))
    return problems


def _field_problem(at: str, name: str, types: Sequence[IdentifierType]) -> Iterator[Problem]:
    base, _, namespace = name.partition(".")
    fields = {field: each for each in types for field in each.fields}
    if base not in fields and base not in _PLAIN:
        yield Problem(at, "no such field", _suggestion(base, (*fields, *_PLAIN)))
    elif base in _ATTRIBUTES and not namespace and base not in EVENT_FIELDS:
        yield Problem(at, "an attribute needs a name", f'write "{base}.NAME"')
    elif namespace and (base not in fields or not _has_namespaces(fields[base])):
        yield Problem(at, f'{base} has no namespaces, so "{namespace}" has no place', f'write "{base}"')


def _has_namespaces(kind: IdentifierType) -> bool:
    return hasattr(kind, "namespace") or kind.kind == "address"


def _suggestion(name: str, known: Iterable[str], *, close_from: float = 0.6) -> str:
    by_folded = {each.casefold(): each for each in sorted(known)}
    close = difflib.get_close_matches(name.casefold(), list(by_folded), n=1, cutoff=close_from)
    return f'did you mean "{by_folded[close[0]]}"?' if close else ""


def _listed(columns: Sequence[str]) -> str:
    """The columns of a source, so many as can be read."""
    names = [f'"{name}"' for name in columns[:_READABLE]]
    rest = len(columns) - len(names)
    return f"the columns are {', '.join(names)}" + (f" and {rest} more" if rest else "")
