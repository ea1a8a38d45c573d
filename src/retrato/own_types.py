"""Identifier types that are not of this package: how a ruleset names them, and what is taken already."""

from __future__ import annotations

import inspect
import re
import sys
from importlib import import_module, invalidate_caches
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from retrato.declarations import declared_badly
from retrato.errors import ConfigurationError, Problem
from retrato.identifiers.base import IdentifierType
from retrato.identifiers.registry import TYPES
from retrato.records import EVENT_FIELDS, RECORD_FIELDS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

_REFERENCE = re.compile(r"(?P<module>[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*):(?P<name>[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*)")
#: Words of a mapping that are no fields of a type.
_RESERVED = (*RECORD_FIELDS, *EVENT_FIELDS, "ignore")
#: Columns that the table of matching keys has beside the keys.
_RESERVED_KEYS = ("record", "source", "source_name", "record_key", "place")


def own_types(given: Iterable[object]) -> tuple[IdentifierType, ...]:
    """The types that are given: as objects, as classes, or as texts `"package.module:Name"`.

    A module is looked for where Python looks for modules, and then in the current folder.

    >>> from retrato.identifiers.sex import Sex
    >>> own_types(["retrato.identifiers.sex:Sexo", Sex()])
    Traceback (most recent call last):
    retrato.errors.ConfigurationError: identifier_types 0: ... has no "Sexo"; it has ...
    identifier_types 1: the kind "sex" is taken by a type of retrato; ...

    Raises one `ConfigurationError` with all that is wrong with them.
    """
    problems: list[Problem] = []
    found: list[IdentifierType] = []
    for number, each in enumerate(given):
        where = f"identifier_types {number}"
        try:
            kind = _object(each, where)
        except ConfigurationError as error:
            problems.extend(error.problems)
            continue
        flaws = list(declared_badly(kind))
        problems.extend(Problem(where, flaw) for flaw in flaws)
        if not flaws:
            problems.extend(Problem(where, *taken) for taken in _taken(kind, found))
            if _written(kind) is None:
                name = type(kind).__name__
                hint = f"give an instance of it a name in its module, such as {kind.kind.upper()} = {name}(...)"
                problems.append(Problem(where, f"this {name} is configured, and nothing could name it later", hint))
            found.append(kind)
    if problems:
        raise ConfigurationError(problems)
    return tuple(found)


def reference(kind: IdentifierType) -> str:
    """The text that names a type in a rules file.

    >>> from retrato.identifiers.phone import Phone
    >>> reference(Phone())
    'retrato.identifiers.phone:Phone'
    """
    written = _written(kind)
    return written if written is not None else f"{type(kind).__module__}:{type(kind).__qualname__}"


def _written(kind: IdentifierType) -> str | None:
    """The class where an instance without options is the same, else the name that the module has for the instance."""
    home = type(kind)
    try:
        if home() == kind:
            return f"{home.__module__}:{home.__qualname__}"
    except TypeError:  # it needs options
        pass
    names = vars(sys.modules[home.__module__]) if home.__module__ in sys.modules else {}
    return next((f"{home.__module__}:{name}" for name in sorted(names) if _is(names[name], kind)), None)


def _is(one: object, other: IdentifierType) -> bool:
    return type(one) is type(other) and one == other


def _object(given: object, where: str) -> IdentifierType:
    """One type, from whatever names it."""
    found: Any = _imported(given, where) if isinstance(given, str) else given
    if isinstance(found, type) and issubclass(found, IdentifierType):
        try:
            found = found()
        except TypeError as error:
            hint = "give the options defaults, or name an instance" if not inspect.isabstract(found) else ""
            raise ConfigurationError([Problem(where, f"{found.__name__} cannot be made: {error}", hint)]) from error
    if not isinstance(found, IdentifierType):
        what = f'"{given}"' if isinstance(given, str) else f"this {type(given).__name__}"
        hint = "derive it from retrato.identifiers.base.IdentifierType"
        raise ConfigurationError([Problem(where, f"{what} is no identifier type", hint)])
    return found


def _imported(text: str, where: str) -> object:
    match = _REFERENCE.fullmatch(text)
    if match is None:
        raise ConfigurationError([Problem(where, f'"{text}" names no type', 'write "package.module:Name"')])
    found: Any = _module(match["module"], where)
    for name in match["name"].split("."):
        if not hasattr(found, name):
            there = [each for each, value in sorted(vars(found).items()) if _is_type(value)]
            hint = f"it has {', '.join(there)}" if there else "it has no identifier type at all"
            raise ConfigurationError([Problem(where, f'{match["module"]} has no "{name}"', hint)])
        found = getattr(found, name)
    return found


def _is_type(value: object) -> bool:
    if isinstance(value, type):
        return issubclass(value, IdentifierType) and not inspect.isabstract(value)
    return isinstance(value, IdentifierType)


def _module(name: str, where: str) -> object:
    """The module; one of the current folder is found when there is no other, and hides nothing that is installed."""
    try:
        if find_spec(name.partition(".")[0]) is None and _is_here(name.partition(".")[0]):
            sys.path.append(str(Path.cwd()))  # it stays: other processes must find the module too
            invalidate_caches()
        return import_module(name)
    except ModuleNotFoundError as error:
        if error.name is not None and (name == error.name or name.startswith(f"{error.name}.")):
            hint = "install it, or run in the folder where it is"
            raise ConfigurationError([Problem(where, f"there is no module {name}", hint)]) from error
        raise ConfigurationError([Problem(where, f"module {name} needs {error.name}", "install that")]) from error
    except Exception as error:
        what = f"module {name} cannot be imported: {type(error).__name__}: {error}"
        raise ConfigurationError([Problem(where, what, "mend it")]) from error


def _is_here(package: str) -> bool:
    return Path(f"{package}.py").is_file() or Path(package).is_dir()


def _taken(kind: IdentifierType, others: Sequence[IdentifierType]) -> Iterator[tuple[str, str]]:
    """What a type calls like something of another type, each as a sentence and a hint."""
    everyone = (*((each, "a type of retrato") for each in TYPES), *((each, type(each).__name__) for each in others))
    rename = "call it otherwise"
    for name in kind.fields:
        if name in _RESERVED:
            yield f'the field "{name}" is a word of every mapping', rename
    for name in kind.key_names():
        if name in _RESERVED_KEYS:
            yield f'the key "{name}" is a column of matching itself', rename
    for other, owner in everyone:
        if kind.kind == other.kind:
            yield f'the kind "{kind.kind}" is taken by {owner}', rename
            continue
        for name in sorted(set(kind.fields) & set(other.fields)):
            yield f'the field "{name}" is taken by {owner}', rename
        for name in sorted({each.name for each in kind.features} & {each.name for each in other.features}):
            yield f'the feature "{name}" is taken by {owner}', rename
        for name in sorted(set(kind.key_names()) & set(other.key_names())):
            yield f'the key "{name}" is taken by {owner}', rename
    for other in others:
        mine, theirs = _headers(kind), _headers(other)
        for header in sorted(mine & theirs):
            yield f'the header "{header}" is taken by {type(other).__name__}', "keep it in one of the two"


def _headers(kind: IdentifierType) -> set[str]:
    return {header for each in kind.fields.values() for header in each.headers}
