"""The fast path of national ids: shapes over whole columns, and the library for what has one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from retrato.identifiers.columns.codes import COUNTING, combined, filler, matches, trimmed, without
from retrato.identifiers.columns.tables import encoded_parts
from retrato.identifiers.country import country_code
from retrato.identifiers.document_checks import evidence, library
from retrato.identifiers.document_names import LABEL_LIKE, RUN_IN_LABEL, named, open_to
from retrato.identifiers.documents import DOCUMENTS, NOBODY

if TYPE_CHECKING:
    from collections.abc import Iterator

    from retrato.identifiers.documents import Document
    from retrato.identifiers.national_id import NationalId

#: One text of letters, digits and separators; no several, no other script, nothing a sheet has damaged.
_PLAIN = r"^ *[0-9A-Za-z](?:[0-9A-Za-z. /_-]{3,38}[0-9A-Za-z])? *$"
_DECIMAL = r"^ *[0-9]+\.0+ *$"
_SAME_DIGITS = "^[a-z]*(?:" + "|".join(f"(?:{digit}[a-z]*)+" for digit in "0123456789") + ")$"
_NOBODY = pa.array(sorted(NOBODY))


def accept_national_id(kind: NationalId, table: pa.Table) -> pa.Table | None:
    """Those documents that the library confirms as they are written; the type is the one that `parse_parts` finds."""
    if kind.namespace and not any(named(kind.namespace.lower(), region) for region in (None, kind.region)):
        return None
    texts = combined(table.column("text"))
    plain = pc.and_not(matches(texts, _PLAIN), matches(texts, rf"{LABEL_LIKE}|{_DECIMAL}"))
    items = np.flatnonzero(plain.to_numpy(zero_copy_only=False))
    written = pc.ascii_lower(trimmed(texts.take(pa.array(items))))
    bare = without(written, r"[. /_-]+")
    alone = np.flatnonzero(pc.invert(matches(bare, RUN_IN_LABEL)).to_numpy(zero_copy_only=False))
    written, bare, items = _taken(written, alone, items), _taken(bare, alone, items), items[alone]
    found = [
        _confirmed(kind, region, items[chosen], _taken(written, chosen, items), _taken(bare, chosen, items))
        for region, chosen in _by_region(kind, table, items)
    ]
    return pa.concat_tables([each for part in found for each in part] or [_table([], pa.array([], pa.string()), "")])


def _taken(array: pa.Array, chosen: np.ndarray[Any, Any], items: np.ndarray[Any, Any]) -> pa.Array:
    return array if len(chosen) == len(items) else array.take(pa.array(chosen))


def _by_region(
    kind: NationalId, table: pa.Table, items: np.ndarray[Any, Any]
) -> Iterator[tuple[str | None, np.ndarray[Any, Any]]]:
    """Each region, and which of the rows lie in it."""
    if "country" not in table.column_names:
        yield kind.region, np.arange(len(items))
        return
    coded = combined(table.column("country")).take(pa.array(items)).dictionary_encode()
    regions = [country_code(text) or kind.region for text in coded.dictionary.to_pylist()]
    numbers = {region: number for number, region in enumerate(dict.fromkeys([*regions, kind.region]))}
    of_word = np.array([*(numbers[region] for region in regions), numbers[kind.region]])
    of_row = of_word[pc.fill_null(coded.indices, len(regions)).to_numpy()]
    for region, number in numbers.items():
        chosen = np.flatnonzero(of_row == number)
        if len(chosen):
            yield region, chosen


def _confirmed(
    kind: NationalId, region: str | None, items: np.ndarray[Any, Any], written: pa.Array, bare: pa.Array
) -> list[pa.Table]:
    """The rows of one region, document by document in the order of the reference."""
    left = np.arange(len(items))
    tables = []
    for document, pattern, separators in _tried(kind, region):
        if not len(left):
            break
        texts = _taken(bare, left, items)
        fits = matches(texts, f"^(?:{pattern})$")
        if separators:
            fits = pc.and_(fits, matches(_taken(written, left, items), f"^(?:{separators})$"))
        at = np.flatnonzero(fits.to_numpy(zero_copy_only=False))
        if not len(at):
            continue
        candidates = texts.take(pa.array(at))
        values = pc.ascii_upper(candidates)
        module = library(document.module) if document.module else None
        if module is not None:
            is_valid = module.is_valid
            valid = np.array([is_valid(value) for value in values.to_pylist()], bool)
        else:
            valid = np.full(len(at), document.confirmed)
        kept = valid & ~_fillers(candidates)
        chosen = pa.array(np.flatnonzero(kept))
        tables.append(_accepted(document, module, items[left[at[kept]]], candidates.take(chosen), values.take(chosen)))
        left = np.delete(left, at[valid])
    return tables


def _tried(kind: NationalId, region: str | None) -> list[tuple[Document, str, str]]:
    """The documents in order, each with its shape and the separators that the text must have."""
    if kind.namespace:
        return [(each, each.shape, "") for each in named(kind.namespace.lower(), region)]
    told = [(each, each.shape, each.written) for each in DOCUMENTS if each.written]
    both = [*told, *((each, shape, "") for each, shape in open_to(region))]
    return sorted(both, key=lambda each: DOCUMENTS.index(each[0]))


def _fillers(bare: pa.Array) -> np.ndarray[Any, Any]:
    """Where a confirmed number is a filler (`is_filler`), or looks like one."""
    counting = pc.or_(pc.is_in(bare, value_set=COUNTING), pc.is_in(bare, value_set=_NOBODY))
    mask: np.ndarray[Any, Any] = pc.or_(pc.or_(counting, matches(bare, _SAME_DIGITS)), filler(bare)).to_numpy(
        zero_copy_only=False
    )
    return mask


def _accepted(
    document: Document, module: Any, items: np.ndarray[Any, Any], bare: pa.Array, values: pa.Array
) -> pa.Table:
    keys = pc.utf8_slice_codeunits(bare, 0, document.kept) if document.kept else bare
    parts = None
    if document.tells:
        told = [evidence(document, each, module) for each in bare.to_pylist()]
        parts = [encoded_parts(each) if each else None for each in told]
    return _table(items, values, document.name, pc.binary_join_element_wise(document.name, keys, ":"), parts)


def _table(items: Any, values: pa.Array, name: str, keys: pa.Array | None = None, parts: Any = None) -> pa.Table:
    count = len(values)
    return pa.table(
        {
            "item": pa.array(items, pa.int64()),
            "value": values,
            "namespace": pa.repeat(pa.scalar(name), count),
            "parts": pa.nulls(count, pa.string()) if parts is None else pa.array(parts, pa.string()),
            "national_id": values if keys is None else keys,
        }
    )
