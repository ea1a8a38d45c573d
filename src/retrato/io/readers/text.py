"""Values of any type as text: 600112233.0 is 600112233, a date is ISO 8601, nothing is NULL."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.types as pt

_EXACT = 2**53  # whole floats below this are exact


def text_of(value: Any) -> str | None:
    """One value as text, or None for none of it (None, NaN, NaT, NA).

    Lists of plain values are joined with "; "; what is nested deeper becomes JSON. Raises ValueError for what has no
    text: a list that holds itself or is nested too deep, a number of too many digits, an object whose `str` fails.

    >>> [text_of(value) for value in (600112233.0, 1.5, True, float("nan"), date(2020, 1, 2), ["a", 1.0])]
    ['600112233', '1.5', 'true', None, '2020-01-02', 'a; 1']
    """
    if value is None or isinstance(value, str):
        return value
    try:
        return _text_of(value)
    except Exception as error:  # whatever a stranger's `str` raises; its words may be personal
        raise ValueError(f"a {type(value).__name__} that cannot be written as text") from error


def _text_of(value: Any) -> str | None:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Mapping):
        return _json(value)
    if isinstance(value, (list, tuple, set, frozenset)) or type(value).__name__ == "ndarray":
        return _joined(list(value))
    if isinstance(value, Decimal) and value.is_snan():
        return None
    if type(value).__name__ == "NAType" or value != value:  # noqa: PLR0124 - NaN and NaT alone differ from themselves
        return None
    return _plain(value)


def _plain(value: Any) -> str:
    if hasattr(value, "item") and type(value).__module__ == "numpy":
        return text_of(value.item()) or ""
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < _EXACT else repr(value)
    if isinstance(value, Decimal):
        return _without_zeros(format(value, "f"))
    if isinstance(value, datetime):
        text = value.isoformat()
        return text.removesuffix("T00:00:00") if value.tzinfo is None else text
    if isinstance(value, (date, time)):
        return value.isoformat()
    if isinstance(value, (bytes, bytearray, memoryview)):
        return _decoded(bytes(value))
    return str(value)


def _json(value: Any) -> str:
    return json.dumps(_keyed_by_text(value), ensure_ascii=False, sort_keys=True, default=text_of)


def _keyed_by_text(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {text_of(key) or "": _keyed_by_text(each) for key, each in value.items()}
    return [_keyed_by_text(each) for each in value] if isinstance(value, (list, tuple)) else value


def _joined(values: list[Any]) -> str | None:
    if any(isinstance(value, (Mapping, list, tuple)) for value in values):
        return _json(values)
    texts = [text for value in values if (text := text_of(value))]
    return "; ".join(texts) or None


def _without_zeros(text: str) -> str:
    whole, point, fraction = text.partition(".")
    return whole if point and not fraction.strip("0") else text


def _decoded(data: bytes) -> str:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.hex()


def flattened(row: dict[str, Any]) -> dict[str, Any]:
    """A row of JSON whose nested objects are taken apart one level: `{"a": {"b": 1}}` has the column `a.b`.

    >>> flattened({"id": 1, "address": {"city": "Vigo", "geo": {"x": 1}}})
    {'id': 1, 'address.city': 'Vigo', 'address.geo': {'x': 1}}
    """
    if dict not in map(type, row.values()):
        return row
    flat: dict[str, Any] = {}
    for name, value in row.items():
        if isinstance(value, dict) and value:
            flat.update({f"{name}.{child}": inner for child, inner in value.items()})
        else:
            flat[name] = value
    return flat


def text_columns(table: pa.Table) -> tuple[list[str], list[pa.ChunkedArray]]:
    """The columns of an Arrow table as text, structs taken apart one level."""
    flat = table.flatten()
    return flat.column_names, [text_array(each) for each in flat.columns]


def text_array(cells: pa.ChunkedArray) -> pa.ChunkedArray:
    """One Arrow column as text; the same texts as `text_of` gives one by one."""
    kind = cells.type
    if pt.is_string(kind) or pt.is_large_string(kind):
        return cells
    if pt.is_dictionary(kind):
        return text_array(cells.cast(kind.value_type))
    if pt.is_floating(kind):
        return _floats(cells)
    if pt.is_boolean(kind) or pt.is_integer(kind) or pt.is_date(kind) or pt.is_null(kind):
        return cells.cast(pa.string())
    if pt.is_timestamp(kind):
        return _moments(cells)
    return pa.chunked_array([texts_of(cells.to_pylist())])


def texts_of(values: Sequence[Any]) -> pa.Array:
    """Many values as text; those that are texts already are taken as they stand.

    >>> texts_of(["a", None]).to_pylist(), texts_of(["a", 1.0]).to_pylist()
    (['a', None], ['a', '1'])
    """
    try:
        return pa.array(values, pa.string())
    except (pa.ArrowException, TypeError):
        return pa.array([text_of(value) for value in values], pa.string())


def _floats(cells: pa.ChunkedArray) -> pa.ChunkedArray:
    wide = cells.cast(pa.float64())
    whole = pc.and_(pc.equal(wide, pc.floor(wide)), pc.less(pc.abs(wide), float(_EXACT)))
    as_integers = pc.if_else(whole, wide, None).cast(pa.int64()).cast(pa.string())
    as_floats = pc.if_else(pc.is_nan(wide), None, cells.cast(pa.string()))
    return pc.coalesce(as_integers, as_floats)


def _moments(cells: pa.ChunkedArray) -> pa.ChunkedArray:
    zone = cells.type.tz
    if zone is not None:
        cells = cells.cast(pa.timestamp(cells.type.unit, "UTC"))
    text = cells.cast(pa.string())
    text = pc.replace_substring_regex(text, r"\.(\d*?)0*(Z?)$", r".\1\2")
    text = pc.replace_substring_regex(text, r"\.(Z?)$", r"\1")
    if zone is None:
        text = pc.replace_substring_regex(text, " 00:00:00$", "")
    return pc.replace_substring(text, " ", "T")
