"""Columns that hold few distinct values: a function is asked once for each of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


class Distinct(NamedTuple):
    """A column of texts as its distinct values, and which of them each row has (null: none).

    >>> column = Distinct.of(pa.array(["a", None, "a"]))
    >>> column.values, column.answers(str.upper).to_pylist()
    (['a'], ['A', None, 'A'])
    """

    values: list[str]
    rows: pa.Array

    @classmethod
    def of(cls, texts: pa.Array) -> Distinct:
        """The distinct values of a column of texts."""
        encoded = texts.dictionary_encode()
        return cls(encoded.dictionary.to_pylist(), encoded.indices)

    @classmethod
    def nothing(cls, count: int) -> Distinct:
        """A column of nulls."""
        return cls([], pa.nulls(count, pa.int32()))

    @property
    def empty(self) -> bool:
        """Whether no row has a value."""
        return not self.values

    def answers(self, ask: Callable[[str], Any], type_: Any = None) -> pa.Array:
        """What a function says of each row's text, asked once a distinct text; null of null."""
        return pa.array([ask(text) for text in self.values], type_ or pa.string()).take(self.rows)

    def mapped(self, ask: Callable[[str], str | None]) -> Distinct:
        """The column of what a function says of each text."""
        said = [ask(text) for text in self.values]
        return self if said == self.values else self.said(said)

    def said(self, said: Sequence[str | None]) -> Distinct:
        """The column of other texts, one for each of the distinct values."""
        places = {text: place for place, text in enumerate(dict.fromkeys(text for text in said if text is not None))}
        chosen = [None if text is None else places[text] for text in said]
        return Distinct(list(places), pa.array(chosen, pa.int32()).take(self.rows))

    def texts(self) -> pa.Array:
        """The column as texts."""
        return pa.array(self.values, pa.string()).take(self.rows)

    def or_else(self, other: Distinct) -> Distinct:
        """The column, with the texts of another one where it has none."""
        if other.empty or self.empty:
            return self if other.empty else other
        return Distinct.of(pc.coalesce(self.texts(), other.texts()))


class Pairs(NamedTuple):
    """What a function says of two columns, asked once a distinct pair; nothing where the first has no text.

    >>> first, second = Distinct.of(pa.array(["a", None, "a"])), Distinct.of(pa.array(["b", "b", None]))
    >>> Pairs.of(first, second, lambda one, two: f"{one}{two}").column(str.upper).to_pylist()
    ['AB', None, 'ANONE']
    """

    said: list[Any]
    rows: pa.Array

    @classmethod
    def of(cls, first: Distinct, second: Distinct, ask: Callable[[str, str | None], Any]) -> Pairs:
        """Ask about each distinct pair."""
        width = len(second.values) + 1
        codes = pc.fill_null(first.rows, -1).to_numpy().astype(np.int64) * width
        codes += pc.fill_null(second.rows, width - 1).to_numpy()
        distinct, rows = _numbered(codes, (len(first.values) + 1) * width)
        others = [*second.values, None]
        said = [
            ask(first.values[code // width], others[code % width]) if code >= 0 else None for code in distinct.tolist()
        ]
        return cls(said, pa.array(rows))

    def column(self, part: Callable[[Any], Any], type_: Any = None) -> pa.Array:
        """A column of something in each answer; null where there is none."""
        found = [None if each is None else part(each) for each in self.said]
        return pa.array(found, type_ or pa.string()).take(self.rows)


def _numbered(codes: Any, size: int) -> tuple[Any, Any]:
    """The distinct codes, and the place of each row's code among them; negative codes are one."""
    if size > 4 * len(codes) + 1024:
        return np.unique(np.maximum(codes, -1), return_inverse=True)
    shifted = np.maximum(codes, -1) + 1
    present = np.zeros(size + 1, bool)
    present[shifted] = True
    distinct = np.flatnonzero(present)
    places = np.cumsum(present) - 1
    return distinct - 1, places[shifted]
