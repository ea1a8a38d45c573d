"""Columns of names: each distinct text or word is read once, and rows are put together by its number."""

from __future__ import annotations

from json.encoder import encode_basestring as _quoted
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from retrato.identifiers.columns.full_name import accept_full
from retrato.identifiers.columns.name_rows import Names, Part, absent, honorifics, named_rows, suffixes
from retrato.identifiers.columns.names_by_word import WORD, given_fields, tied, worded
from retrato.identifiers.name_column import LONGEST, family_column, given_column, second_column
from retrato.identifiers.name_keys import family_reading, given_reading
from retrato.identifiers.name_split import is_two_surnames
from retrato.identifiers.placeholders import is_null

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from retrato.identifiers.name import PersonName
    from retrato.identifiers.name_words import Unit

_PLAIN_GIVEN = rf"^{WORD}(?: {WORD}){{0,3}}$"
_MISSING, _READ, _LEFT = 0, 1, 2


def accept_name(kind: PersonName, table: pa.Table) -> pa.Table:
    """The rows whose names are plain: from columns of given name and surname, or from full names."""
    columns = {name: table.column(name).combine_chunks() for name in table.column_names}
    dress = honorifics(columns), suffixes(columns)
    if "given" not in columns and "family" not in columns and "second_family" not in columns:
        return accept_full(kind, columns.get("full"), np.arange(table.num_rows), dress=dress)
    given = _read_given(columns.get("given"))
    family, second = _read(columns.get("family"), _family), _read(columns.get("second_family"), _second)
    parted = _accept_columns(given, family, second, dress=dress)
    if "full" not in columns:
        return parted
    size = table.num_rows
    missing = [part.states[part.numbers(size)] == _MISSING for part in (given, family, second)]
    items = np.flatnonzero(missing[0] & missing[1] & missing[2])
    return pa.concat_tables([parted, accept_full(kind, columns["full"], items, dress=dress)])


class _Texts(NamedTuple):
    """The distinct texts of a column as read: their state and what they give, and which one each row has."""

    codes: NDArray[np.int64] | None
    states: NDArray[np.int8]
    fields: dict[str, pa.Array]

    def numbers(self, size: int) -> NDArray[np.int64]:
        return np.full(size, len(self.states) - 1) if self.codes is None else self.codes


def _read(column: pa.Array | None, read: Callable[[str], dict[str, Any] | None]) -> _Texts:
    """Read each distinct text; the last entry stands for no text."""
    codes, texts = (None, []) if column is None else _encoded(column)
    found: list[dict[str, Any]] = []
    states = np.full(len(texts) + 1, _LEFT, np.int8)
    states[-1] = _MISSING
    for number, text in enumerate(texts):
        one = None
        if not text or is_null(text):
            states[number] = _MISSING
        elif len(text) <= LONGEST and (one := read(text)) is not None:
            states[number] = _READ
        found.append(one or {})
    names = dict.fromkeys(name for one in found for name in one)
    fields = {name: pa.array([*(one.get(name) for one in found), None]) for name in names}
    return _Texts(codes, states, fields)


def _read_given(column: pa.Array | None) -> _Texts:
    """Read each distinct text of given names, those of plain words by their words."""
    if column is None:
        return _read(None, _given)
    codes, texts = _encoded(column)
    distinct = pa.array(texts, pa.string())
    short = pc.less_equal(pc.utf8_length(distinct), LONGEST)
    fits = pc.and_(short, pc.match_substring_regex(distinct, _PLAIN_GIVEN))
    plain = np.flatnonzero(fits.to_numpy(zero_copy_only=False))
    found = worded(tied(distinct.take(pa.array(plain))))
    read, pieces = np.zeros(len(texts), bool), []
    for count in (1, 2, 3):
        numbers, words = found.of_count(count)
        if count == 1:
            named = np.array([not is_null(texts[number]) for number in plain[numbers]], bool)
            numbers, words = numbers[named], words[named]
        read[plain[numbers]] = True
        if len(numbers):
            fields = given_fields(found.words, words, range(count))
            raw = distinct.take(pa.array(plain[numbers]))
            known = {"raw": raw, **fields, "absent": pa.repeat(False, len(numbers))}
            pieces.append((plain[numbers], pa.table(known)))
    left = np.flatnonzero(~read)
    rest = _read(distinct.take(pa.array(left)), _given)
    states = np.full(len(texts) + 1, _READ, np.int8)
    states[np.append(left, len(texts))] = rest.states
    if rest.fields:
        pieces.append((np.append(left, len(texts)), pa.table(rest.fields)))
    return _Texts(codes, states, _in_order(pieces, len(states)))


def _in_order(pieces: Sequence[tuple[NDArray[np.int64], pa.Table]], size: int) -> dict[str, pa.Array]:
    """The rows of some tables by their numbers; those that no table has are null."""
    if not pieces:
        return {}
    places = np.full(size, -1)
    places[np.concatenate([numbers for numbers, _ in pieces])] = np.arange(sum(len(numbers) for numbers, _ in pieces))
    table = pa.concat_tables([piece for _, piece in pieces], promote_options="default").combine_chunks()
    chosen = pa.array(places, mask=places < 0)
    return {name: table.column(name).combine_chunks().take(chosen) for name in table.column_names}


def _encoded(column: pa.Array) -> tuple[NDArray[np.int64], list[str]]:
    """Each row's number of its distinct text, and these texts; rows without one have the number after the last."""
    coded = column.dictionary_encode()
    texts = coded.dictionary.to_pylist()
    return coded.indices.fill_null(len(texts)).to_numpy(zero_copy_only=False).astype(np.int64), texts


def _given(text: str) -> dict[str, Any] | None:
    column = given_column(text)
    if not column.named or column.dress != ("", "") or column.is_honorific or not column.units:
        return None
    shown, keys = given_reading(column.units)
    if not _is_plain(shown):
        return None
    return {"raw": text, "shown": shown, "key": keys["given_name"], "root": keys.get("given_root"),
            "initial": keys["given_initial"], "absent": absent(shown)}  # fmt: skip


def _family(text: str) -> dict[str, Any] | None:
    column = family_column(text)
    if not column.named or column.dress != ("", "") or not column.units:
        return None
    whole = _surnames(column.units)
    first, second = whole, None
    if "-" not in column.text and is_two_surnames(column.units):
        first, second = _surnames(column.units[:1]), _surnames(column.units[1:])
    if not all(_is_plain(part["shown"]) for part in (whole, first, second or whole)):
        return None
    return {
        "raw": text, **whole, **{f"first_{name}": value for name, value in first.items()},
        **{f"second_{name}": (second or {}).get(name) for name in whole},
    }  # fmt: skip


def _second(text: str) -> dict[str, Any] | None:
    column = second_column(text)
    if not column.named or column.dress != ("", "") or not column.units:
        return None
    surnames = _surnames(column.units)
    return {"raw": text, **surnames} if _is_plain(surnames["shown"]) else None


def _surnames(found: Sequence[Unit]) -> dict[str, Any]:
    shown, key, sound = family_reading(tuple(found))
    return {"shown": shown, "key": key, "sound": sound or None, "absent": absent(shown)}


def _is_plain(shown: str) -> bool:
    """Whether a text can stand in JSON as it is."""
    return bool(shown) and _quoted(shown) == f'"{shown}"'


def _accept_columns(given: _Texts, family: _Texts, second: _Texts, *, dress: tuple[Part, Part]) -> pa.Table:
    """Rows with a given name and a surname, and perhaps a second surname."""
    names = Names()
    if given.codes is None or family.codes is None:
        return names.table()
    size = len(given.codes)
    second_codes = second.numbers(size)
    states = given.states[given.codes], family.states[family.codes], second.states[second_codes]
    usable = (states[0] == _READ) & (states[1] == _READ) & (states[2] != _LEFT)
    for has_second in (True, False):
        items = np.flatnonzero(usable & ((states[2] == _READ) == has_second))
        if len(items):
            taken = _taken(given, given.codes[items]), _taken(family, family.codes[items])
            after = _taken(second, second_codes[items]) if has_second else None
            _add(names, items, taken, after=after, dress=dress)
    return names.table()


def _taken(texts: _Texts, codes: NDArray[np.int64]) -> dict[str, pa.Array]:
    chosen = pa.array(codes)
    return {name: array.take(chosen) for name, array in texts.fields.items()}


def _add(
    names: Names, items: NDArray[np.int64], taken: tuple[dict[str, pa.Array], dict[str, pa.Array]], *,
    after: dict[str, pa.Array] | None, dress: tuple[Part, Part],
) -> None:  # fmt: skip
    given, family = taken
    if after is None:
        second = {name: family[f"second_{name}"] for name in ("shown", "key")}
        first = {name: family[f"first_{name}"] for name in ("shown", "key", "sound")}
    else:
        second, first = after, family
    said = pc.and_(given["absent"], family["absent"])
    if after is not None:
        said = pc.and_(said, after["absent"])
    titles, ends = (part.taken(items) for part in dress)
    written = [titles.raw, given["raw"], family["raw"], *([after["raw"]] if after is not None else []), ends.raw]
    raw = pc.binary_join_element_wise(*written, " ", null_handling="skip")
    rows = named_rows(items, raw, given=given, family=first, second=second, dress=(titles, ends))
    names.add(rows.filter(pc.invert(said)))
