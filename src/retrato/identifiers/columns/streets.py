"""Street lines, a whole column at a time: words are looked up once, and each shape of line is read once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from retrato.identifiers.street_layout import layout
from retrato.identifiers.street_words import digits_of, words_in

if TYPE_CHECKING:
    from collections.abc import Sequence

    from retrato.identifiers.street_layout import Layout
    from retrato.identifiers.street_units import Items

Numbers = npt.NDArray[np.int64]


class StreetColumns(NamedTuple):
    """The parts of street lines as keys have them, a row a line; what is not there is empty."""

    name: pa.Array
    kind: pa.Array
    number: pa.Array
    unit: pa.Array
    key: pa.Array


class _Words(NamedTuple):
    """All words of the lines: `codes` of `texts`, those of line i from `starts[i]` on; and the lines' shapes."""

    texts: list[str]
    codes: Numbers
    starts: Numbers
    shapes: list[tuple[str, ...]]
    shape: Numbers


def read_lines(lines: pa.Array) -> StreetColumns:
    """Read street lines, which are not null and hold no white space but single blanks between words.

    >>> read_lines(pa.array(["Avda. Sur nº 3", "12B Oak Street"])).number.to_pylist()
    ['3', '12 b']
    """
    words = _words(lines)
    layouts = [layout(shape) for shape in words.shapes]
    kinds = pa.array([each.kind for each in layouts], pa.string())
    return StreetColumns(
        _joined(words, [each.name for each in layouts]),
        kinds.take(pa.array(words.shape)),
        _joined(words, [each.number for each in layouts]),
        _joined(words, [each.unit for each in layouts]),
        _joined(words, [_key(each) for each in layouts]),
    )


def _key(parts: Layout) -> Items:
    """The words of the key of an address: none without a street's name."""
    kind = (parts.kind,) if parts.kind else ()
    return (*parts.name, *kind, *parts.number, *parts.unit) if parts.name else ()


def _words(lines: pa.Array) -> _Words:
    pieces = pc.split_pattern(lines, " ")
    ends = pieces.offsets.to_numpy().astype(np.int64)
    encoded = pieces.values.slice(ends[0], ends[-1] - ends[0]).dictionary_encode()
    of_piece = [words_in(piece) for piece in encoded.dictionary.to_pylist()]
    vocabulary = {word: code for code, word in enumerate(dict.fromkeys(word for words in of_piece for word in words))}
    codes, counts = _expanded(
        np.array([vocabulary[word] for words in of_piece for word in words], np.int64),
        np.array([len(words) for words in of_piece], np.int64),
        encoded.indices.to_numpy().astype(np.int64),
    )
    starts = np.concatenate([[0], np.cumsum(counts)])[ends - ends[0]]
    classes = {name: code for code, name in enumerate(dict.fromkeys(word.class_ for word in vocabulary))}
    of_word = np.array([classes[word.class_] for word in vocabulary], np.uint16)
    shapes, shape = _shapes(of_word[codes], starts, list(classes))
    return _Words([word.text for word in vocabulary], codes, starts, shapes, shape)


def _shapes(
    classes: npt.NDArray[np.uint16], starts: Numbers, names: Sequence[str]
) -> tuple[list[tuple[str, ...]], Numbers]:
    """The distinct shapes of the lines, and which of them each line has: classes as bytes make a line one value."""
    offsets = pa.py_buffer((starts * 2).astype(np.int64))
    texts = pa.Array.from_buffers(pa.large_binary(), len(starts) - 1, [None, offsets, pa.py_buffer(classes)])
    encoded = texts.dictionary_encode()
    shapes = [
        tuple([names[code] for code in np.frombuffer(each, np.uint16).tolist()])
        for each in encoded.dictionary.to_pylist()
    ]
    return shapes, encoded.indices.to_numpy().astype(np.int64)


def _joined(words: _Words, items: Sequence[Items]) -> pa.Array:
    """The words that each shape has in one part, taken from its lines and joined by blanks."""
    size = len(words.texts)
    constants: dict[str, int] = {}
    flat: list[int] = []
    for each in items:
        for item in each:
            if isinstance(item, str):
                flat.append(-1 - constants.setdefault(item, len(constants)))
            else:
                flat.append(2 * item if item >= 0 else 2 * ~item + 1)
    counts = np.array([len(each) for each in items], np.int64)
    chosen, taken = _expanded(np.array(flat, np.int64), counts, words.shape)
    line = np.repeat(words.starts[:-1], taken)
    place = np.where(chosen >= 0, line + chosen // 2, 0)
    code = np.where(chosen >= 0, words.codes[place] + (chosen & 1) * size, 2 * size - 1 - chosen)
    texts = pa.array([*words.texts, *map(digits_of, words.texts), *constants], pa.string())
    offsets = np.concatenate([[0], np.cumsum(taken)])
    listed = pa.LargeListArray.from_arrays(pa.array(offsets), texts.take(pa.array(code)))
    return pc.binary_join(listed, " ").cast(pa.string())


def _expanded(values: Numbers, counts: Numbers, chosen: Numbers) -> tuple[Numbers, Numbers]:
    """The lists with the numbers `chosen`, one after another, and their lengths.

    List i has `counts[i]` of the `values`, behind those of the lists before it.
    """
    starts: Any = np.cumsum(counts) - counts
    taken = counts[chosen]
    ends = np.cumsum(taken)
    total = int(ends[-1]) if len(ends) else 0
    return values[np.repeat(starts[chosen] - (ends - taken), taken) + np.arange(total)], taken
