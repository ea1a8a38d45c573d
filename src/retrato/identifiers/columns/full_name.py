"""Full names of plain words: each distinct word is read once, each kind of name is split once."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from retrato.identifiers.columns.name_rows import Names, named_rows
from retrato.identifiers.columns.names_by_word import WORD, Words, given_fields, tied, worded
from retrato.identifiers.name_split import Decision, decide

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from retrato.identifiers.columns.name_rows import Part
    from retrato.identifiers.name import PersonName

_PLAIN = rf"^{WORD}(?: {WORD}){{1,8}}$"
_WITH_COMMA = rf"^{WORD}(?: {WORD}){{0,4}}, {WORD}(?: {WORD}){{0,4}}$"
#: Names of more words than this, and the longest text, are left.
_MOST_WORDS = 6
_LONGEST = 100


class _Rows(NamedTuple):
    """Names of as many words each: their rows, the texts as they came and the numbers of their words."""

    items: NDArray[np.int64]
    raw: pa.Array
    codes: NDArray[np.int64]


def accept_full(
    kind: PersonName, column: pa.Array | None, items: NDArray[np.int64], *, dress: tuple[Part, Part]
) -> pa.Table:
    """The plain full names among some rows: `Ana María Ruiz Gil`, `RUIZ GIL ANA`, `Ruiz, Ana`."""
    names = Names()
    if column is None or not len(items):
        return names.table()
    texts = column if len(items) == len(column) else column.take(pa.array(items))
    short = pc.less(pc.utf8_length(texts), _LONGEST)
    for pattern, comma in ((_PLAIN, False), (_WITH_COMMA, True)):
        chosen = pc.and_(short, pc.match_substring_regex(texts, pattern)).fill_null(False)
        rows = chosen.to_numpy(zero_copy_only=False)
        if rows.any():
            _accept(kind, names, texts.filter(chosen), items[rows], comma=comma, dress=dress)
    return names.table()


def _accept(
    kind: PersonName, names: Names, texts: pa.Array, items: NDArray[np.int64], *, comma: bool, dress: tuple[Part, Part]
) -> None:
    together = tied(texts)
    before = None
    if comma:
        head = pc.list_element(pc.split_pattern(together, ", "), 0)
        before = pc.count_substring(head, " ").to_numpy(zero_copy_only=False) + 1
        together = pc.replace_substring(together, ", ", " ")
    found = worded(together)
    words = found.words
    for count in range(2, _MOST_WORDS + 1):
        numbers, codes = found.of_count(count)
        person = ~words.ending[codes[:, -1]]
        numbers, codes = numbers[person], codes[person]
        if len(numbers):
            rows = _Rows(items[numbers], texts.take(pa.array(numbers)), codes)
            if before is None:
                _add_split(kind, names, rows, words=words, dress=dress)
            else:
                _add_parted(names, rows, before[numbers], words=words, dress=dress)


def _add_split(kind: PersonName, names: Names, rows: _Rows, *, words: Words, dress: tuple[Part, Part]) -> None:
    """Names that are split by the kinds of their words."""
    decisions, which = _decisions(rows.codes, words.kind[rows.codes], words, family_first=kind.order == "family_first")
    count = rows.codes.shape[1]
    for family, turned in sorted({(each.family, each.turned) for each in decisions}):
        if 0 < family < min(count, 3):
            same = np.array([(each.family, each.turned) == (family, turned) for each in decisions])
            at = (0, family) if turned else (count - family, count)
            _add(names, rows, same[which], at=at, words=words, dress=dress, issues="surname_first" if turned else "")


def _add_parted(
    names: Names, rows: _Rows, before: NDArray[np.int64], *, words: Words, dress: tuple[Part, Part]
) -> None:
    """Names that a comma parts: as many surnames before it, given names after it."""
    first = words.given[rows.codes[:, 0]]
    for family in (1, 2):
        same = before == family
        if family < rows.codes.shape[1]:
            titled = first & ~words.given[rows.codes[:, family]] & (family > 1)
            _add(names, rows, same & ~titled, at=(0, family), words=words, dress=dress, issues="")


def _decisions(
    codes: NDArray[np.int64], kinds: NDArray[np.int64], words: Words, *, family_first: bool
) -> tuple[list[Decision], NDArray[np.int64]]:
    """The split of each distinct signature, and which of them each row has."""
    kinds = 2 * kinds
    kinds[:, 1:] += words.whole[codes[:, 1:]] == words.whole[codes[:, :-1]]
    base = 2 * len(words.kinds)
    packed = np.zeros(len(codes), np.int64)
    for position in range(codes.shape[1]):
        packed = packed * base + kinds[:, position]
    _, firsts, which = np.unique(packed, return_index=True, return_inverse=True)
    found = []
    for row in kinds[firsts]:
        known = [words.kinds[number // 2] for number in row]
        marked = [each._replace(repeated=True) if number % 2 else each for each, number in zip(known, row, strict=True)]
        found.append(decide(tuple(marked), family_first))
    return found, which


def _stands(codes: NDArray[np.int64], words: Words) -> NDArray[np.bool_]:
    """Whether given names and surnames after them would be read so."""
    decisions, which = _decisions(codes, words.shown[codes], words, family_first=False)
    return ~np.array([each.turned for each in decisions])[which]


def _add(
    names: Names, rows: _Rows, same: NDArray[np.bool_], *, at: tuple[int, int], words: Words,
    dress: tuple[Part, Part], issues: str,
) -> None:  # fmt: skip
    """Rows with the surnames from one place to another."""
    start, end = at
    of_given = [position for position in range(rows.codes.shape[1]) if not start <= position < end]
    if same.any():
        same = same.copy()
        same[same] = _stands(rows.codes[same][:, [*of_given, *range(start, end)]], words)
    if not same.any():
        return
    codes, items = rows.codes[same], rows.items[same]
    given = given_fields(words, codes, of_given)
    family = {name: words.fields[name].take(pa.array(codes[:, start])) for name in ("shown", "key", "sound")}
    second = None
    if end - start > 1:
        second = {name: words.fields[name].take(pa.array(codes[:, start + 1])) for name in ("shown", "key")}
    taken = (dress[0].taken(items), dress[1].taken(items))
    raw = rows.raw.filter(pa.array(same))
    names.add(named_rows(items, raw, given=given, family=family, second=second, dress=taken, issues=issues))
