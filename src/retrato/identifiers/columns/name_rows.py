"""Rows of the answer for names, put together from parts that have been read."""

from __future__ import annotations

from json.encoder import encode_basestring as _quoted
from typing import TYPE_CHECKING, NamedTuple, Self

import pyarrow as pa
import pyarrow.compute as pc

from retrato.identifiers.folding import fold
from retrato.identifiers.name import generation, suffix_form
from retrato.identifiers.name_text import ABSENT_NAMES
from retrato.identifiers.placeholders import is_null

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import numpy as np
    from numpy.typing import NDArray

_COLUMNS = (
    "value", "raw", "issues", "parts",
    "given_name", "given_root", "given_initial", "family_name", "family_sound", "second_family_name",
    "name_suffix",
)  # fmt: skip
_SCHEMA = pa.schema([("item", pa.int64()), *((name, pa.string()) for name in _COLUMNS)])
#: The words of all texts that say that there is no name.
_ABSENT_WORDS = frozenset(word for text in ABSENT_NAMES for word in text.split())


def absent(text: str) -> bool:
    """Whether a text can be a part of one that says that there is no name."""
    return all(word in _ABSENT_WORDS for word in fold(text).split())


class Part(NamedTuple):
    """A column that goes into the parts as it is: its texts (null where there is none), their JSON and their keys."""

    raw: pa.Array | None
    parts: pa.Array | None
    key: pa.Array | None

    def taken(self, items: NDArray[np.int64]) -> Self:
        """The rows with these numbers."""
        if self.raw is None or self.parts is None or self.key is None:
            nothing = pa.nulls(len(items), pa.string())
            return type(self)(nothing, pa.repeat("", len(items)), nothing)
        rows = pa.array(items)
        return type(self)(self.raw.take(rows), self.parts.take(rows), self.key.take(rows))


def honorifics(columns: Mapping[str, pa.Array]) -> Part:
    """The column of forms of address."""
    return _part(columns.get("honorific"), "honorific", str.strip)


def suffixes(columns: Mapping[str, pa.Array]) -> Part:
    """The column of suffixes, in their usual form, and the generations that they tell."""
    return _part(columns.get("suffix"), "suffix", suffix_form, generation)


def _part(
    column: pa.Array | None, name: str, shown: Callable[[str], str], key: Callable[[str], str] | None = None
) -> Part:
    if column is None:
        return Part(None, None, None)
    coded = column.dictionary_encode()
    texts = [text if text and not is_null(text) else None for text in coded.dictionary.to_pylist()]
    parts = ["" if text is None else f', "{name}": {_quoted(shown(text))}' for text in texts]
    keys = [None if text is None or key is None else key(text) or None for text in texts]
    codes = coded.indices.fill_null(len(texts))
    return Part(
        pa.array([*texts, None], pa.string()).take(codes),
        pa.array([*parts, ""], pa.string()).take(codes),
        pa.array([*keys, None], pa.string()).take(codes),
    )


def named_rows(
    items: NDArray[np.int64], raw: pa.Array, *, given: Mapping[str, pa.Array], family: Mapping[str, pa.Array],
    second: Mapping[str, pa.Array] | None, dress: tuple[Part, Part], issues: str = "",
) -> pa.Table:  # fmt: skip
    """Accepted rows from arrays that are as long as `items`; nothing in them needs an escape in JSON."""
    count = len(items)
    nothing = pa.nulls(count, pa.string())
    after = {"shown": nothing, "key": nothing} if second is None else second
    shown = after["shown"].cast(pa.string())
    last = pc.coalesce(pc.binary_join_element_wise(', "second_family": "', shown, '"', ""), "")
    parts = pc.binary_join_element_wise(
        '{"family": "', family["shown"], '", "given": "', given["shown"], '"',
        dress[0].parts, last, dress[1].parts, "}", "",
    )  # fmt: skip
    value = pc.binary_join_element_wise(given["shown"], family["shown"], shown, " ", null_handling="skip")
    columns = (
        pa.array(items, pa.int64()), value, raw, pa.repeat(issues, count), parts,
        given["key"], given["root"], given["initial"], family["key"], family["sound"], after["key"],
        dress[1].key,
    )  # fmt: skip
    return pa.Table.from_arrays(
        [each.cast(type_) for each, type_ in zip(columns, _SCHEMA.types, strict=True)], schema=_SCHEMA
    )


class Names:
    """Accepted rows as they come."""

    def __init__(self) -> None:
        self._tables = [_SCHEMA.empty_table()]

    def add(self, rows: pa.Table) -> None:
        """Add rows."""
        self._tables.append(rows)

    def table(self) -> pa.Table:
        """All rows together."""
        return pa.concat_tables(self._tables)
