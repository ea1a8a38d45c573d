"""What an identifier type must declare, so that its columns are recognised and its values compared."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from retrato.identifiers.base import Feature, Field, Scope
from retrato.identifiers.folding import fold
from retrato.matching.comparisons import LEVELS

if TYPE_CHECKING:
    from collections.abc import Iterator

_NAME = re.compile(r"[a-z][a-z0-9_]*")


def declared_badly(kind: Any) -> Iterator[str]:
    """What is wrong with the declarations of a type, in sentences; nothing for a type that is declared well.

    >>> from retrato.identifiers.email import Email
    >>> list(declared_badly(Email()))
    []
    """
    name = type(kind).__name__
    if not dataclasses.is_dataclass(kind) or not _hashable(kind):
        yield f"{name} is no frozen dataclass; write @dataclass(frozen=True) above it"
    if not _named(getattr(kind, "kind", None)):
        yield f"the kind of {name} must be a plain lower-case name"
        return
    fields, features = getattr(kind, "fields", None), getattr(kind, "features", None)
    if not isinstance(fields, Mapping) or not fields:
        yield f"{kind.kind} has no fields; declare at least one, such as {{'{kind.kind}': Field('text', (...,))}}"
    else:
        yield from _fields(kind)
    if not isinstance(features, tuple) or not all(isinstance(each, Feature) for each in features):
        yield f"the features of {kind.kind} must be a tuple of Feature (it may be empty)"
    else:
        yield from _features(kind)


def _hashable(value: object) -> bool:
    try:
        hash(value)
    except TypeError:
        return False
    return True


def _named(value: object) -> bool:
    return isinstance(value, str) and _NAME.fullmatch(value) is not None


def _fields(kind: Any) -> Iterator[str]:
    seen: dict[str, str] = {}
    fields: dict[Any, Any] = kind.fields
    for name, each in fields.items():
        if not _named(name) or not isinstance(each, Field) or not each.part:
            yield f"field {name} must have a plain lower-case name and be a Field with a part"
            continue
        headers: Any = each.headers
        if not isinstance(headers, tuple):
            yield f"the headers of field {name} are no tuple of texts"
            continue
        for header in headers:
            if not header or header != fold(header):
                yield f'header "{header}" of field {name} is not folded; write "{fold(header)}"'
            elif seen.setdefault(header, name) != name:
                yield f'header "{header}" is of the fields {seen[header]} and {name}; keep one'
    own = {each.part for each in kind.fields.values() if isinstance(each, Field)}
    for part in kind.context:
        if part in own:
            yield f"part {part} comes from a field of its own and cannot be context too"


def _features(kind: Any) -> Iterator[str]:
    features: tuple[Any, ...] = kind.features
    names = [each.name for each in features]
    for name in sorted({name for name in names if names.count(name) > 1}):
        yield f"there are two features {name}"
    for each in features:
        if not _named(each.name) and each.name != getattr(kind, "name", None):
            yield f"feature {each.name} must have a plain lower-case name"
        if each.comparison not in LEVELS:
            yield f'feature {each.name} has no comparison "{each.comparison}"; the comparisons are {", ".join(LEVELS)}'
        if not isinstance(each.scope, Scope):
            yield f"the scope of feature {each.name} must be Scope.PERSON or Scope.SHARED"
        if not isinstance(each.keys, tuple) or not each.keys:
            yield f"the keys of feature {each.name} must be a tuple of at least one name"
