"""What a command shows: tables, text, or one JSON document."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

#: The width of tables in a pipe or a file, where nothing should be folded.
_UNFOLDED = 10_000


def printable(text: object) -> str:
    r"""A text as it can go to a terminal: control characters, which could steer it, are spelled out; lines stay lines.

    >>> printable("Ana\x1b[2J Ruiz")
    'Ana\\x1b[2J Ruiz'
    """
    return "".join(
        char if char.isprintable() or char == "\n" else char.encode("unicode_escape").decode("ascii")
        for char in str(text)
    )


def show(text: object = "") -> None:
    """Print a text on stdout."""
    print(printable(text))


def show_json(document: Mapping[str, Any] | Sequence[Any]) -> None:
    """Print one JSON document on stdout. Times are ISO 8601."""
    print(json.dumps(document, ensure_ascii=False, indent=1, default=str))


def show_table(rows: Iterable[Sequence[object]], headers: Sequence[str] = (), *, numbers: Sequence[int] = ()) -> None:
    """Print aligned columns; those in `numbers` stand to the right. On a terminal, long cells fold in their column."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    console = Console(file=sys.stdout, highlight=False, markup=False, emoji=False)
    if not console.is_terminal:
        console.width = _UNFOLDED
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), show_header=bool(headers), header_style="bold")
    lines = [[cell(value) for value in row] for row in rows]
    for place in range(len(headers) or max(map(len, lines), default=0)):
        table.add_column(
            headers[place] if headers else "", justify="right" if place in numbers else "left", overflow="fold"
        )
    for line in lines:
        table.add_row(*(Text(text) for text in line))
    console.print(table)


def cell(value: object) -> str:
    """A value as the text of a cell, on one line.

    >>> cell(12345), cell(None), cell(0.25)
    ('12,345', '', '0.25')
    """
    if value is None:
        return ""
    if isinstance(value, int) and not isinstance(value, bool):
        return f"{value:,}"
    return printable(str(value).replace("\n", " "))


def share(value: float | None, *, absent: str = "") -> str:
    """A share as per cent; what is there, but less than the smallest that is shown, is not shown as nothing.

    >>> share(0.985), share(0.0), share(0.0004), share(0.9999), share(None, absent="-")
    ('98%', '0%', '<1%', '>99%', '-')
    """
    if value is None:
        return absent
    if 0 < value < 0.005:
        return "<1%"
    return ">99%" if 0.995 <= value < 1 else f"{value:.0%}"
