"""JSON: one object a line, or one document with a list of objects."""

from __future__ import annotations

import json
from collections.abc import Mapping
from itertools import islice
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from retrato.errors import SourceError
from retrato.io.readers.encoding import text_encoding
from retrato.io.readers.strict_rows import readable
from retrato.io.readers.text import flattened, texts_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from retrato.io.readers.raw_table import RawTable

SUFFIXES = (".jsonl", ".ndjson", ".json")
_ROWS = 1 << 15
#: So many bytes of texts wait until all columns are known; the texts of a larger file are read a second time.
_WAITING = 256 << 20


def read_json(path: Path, raw: RawTable) -> None:
    """Read JSON lines or a JSON document. Lines that hold no object are rejected.

    Columns stand in the order that the objects have them: by their earliest place in any object, then by name, so that
    the order of the rows does not matter. Raises `SourceError` when there is no object in the file.
    """
    encoding = text_encoding(path, raw.source.encoding, raw.where)
    document = _document(path, encoding)
    places: dict[str, int] = {}
    waiting: list[tuple[list[int], dict[str, pa.Array]]] = []
    size = 0
    for numbers, rows in _batches(_objects(path, encoding, document, raw)):
        here = _places(rows)
        for name, place in here.items():
            places[name] = min(place, places.get(name, place))
        if size <= _WAITING:
            waiting.append((numbers, _texts(rows, here)))
            size += sum(each.nbytes for each in waiting[-1][1].values())
        else:
            waiting.clear()
    if not places:
        raise SourceError(f"{raw.where}: there is no JSON object in it; give one object a line, or a list of objects")
    columns = sorted(places, key=lambda name: (places[name], name))
    raw.open(columns)
    again = ((numbers, _texts(rows, columns)) for numbers, rows in _batches(_objects(path, encoding, document, None)))
    for numbers, texts in waiting if size <= _WAITING else again:
        nothing = pa.nulls(len(numbers), pa.string())
        raw.add(pa.array(numbers, pa.int64()), [texts.get(name, nothing) for name in columns])


def _batches(objects: Iterator[tuple[int, dict[str, Any]]]) -> Iterator[tuple[list[int], list[dict[str, Any]]]]:
    """So many objects at a time, and their lines."""
    while batch := list(islice(objects, _ROWS)):
        numbers, rows = zip(*batch, strict=True)
        yield list(numbers), list(rows)


def _places(rows: Sequence[dict[str, Any]]) -> dict[str, int]:
    """The earliest place of each name in any of some objects."""
    places: dict[str, int] = {}
    for names in set(map(tuple, rows)):
        for place, name in enumerate(names):
            places[name] = min(place, places.get(name, place))
    return places


def _texts(rows: Sequence[dict[str, Any]], names: Iterable[str]) -> dict[str, pa.Array]:
    """The values of some names in each of some objects, as text."""
    return {name: texts_of([row.get(name) for row in rows]) for name in names}


def _document(path: Path, encoding: str) -> list[Any] | None:
    """The rows of a file that is one JSON document, or None when every line stands for itself."""
    with path.open(encoding=encoding, errors="surrogateescape", newline="\n") as file:
        first = next((line for line in file if line.strip(" \t\r\n\ufeff")), "")
        try:
            if isinstance(json.loads(first.lstrip("\ufeff")), dict):
                return None
        except ValueError:
            pass
        file.seek(0)
        try:
            whole = json.loads(file.read().lstrip("\ufeff"))
        except ValueError:
            return None
    if isinstance(whole, Mapping):
        lists = [value for value in whole.values() if isinstance(value, list)]
        return lists[0] if len(lists) == 1 and all(isinstance(each, Mapping) for each in lists[0]) else [whole]
    return whole if isinstance(whole, list) else None


def _objects(
    path: Path, encoding: str, document: list[Any] | None, raw: RawTable | None
) -> Iterator[tuple[int, dict[str, Any]]]:
    """Each object with its line (or its place in the document); what is none goes to the rejects of `raw`."""
    if document is not None:
        for number, value in enumerate(document, 1):
            if isinstance(value, dict):
                yield number, flattened(value)
            elif raw is not None:
                raw.reject(number, "not a JSON object", json.dumps(value, ensure_ascii=False))
        return
    with path.open(encoding=encoding, errors="surrogateescape", newline="\n") as file:
        for number, line in enumerate(file, 1):
            text = line.lstrip("\ufeff") if number == 1 else line
            if not text.strip():
                continue
            value, reason = _object(text)
            if value is not None:
                yield number, flattened(value)
            elif raw is not None:
                raw.reject(number, reason, readable(line))


def _object(line: str) -> tuple[dict[str, Any] | None, str]:
    try:
        if not line.isascii():
            line.encode("utf-8")
        value = json.loads(line)
    except (ValueError, RecursionError):
        return None, "not JSON" if readable(line) == line else "bytes that do not decode"
    return (value, "") if isinstance(value, dict) else (None, "not a JSON object")
