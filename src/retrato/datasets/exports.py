"""An export while it is being made: columns of text, a moment and a person for every row, then keys."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from retrato.datasets.formats import Flags, Ints, Strings, digits, strings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from retrato.datasets.story import Touch

#: Numbers below are for the fixed keys of the story.
FIRST_NUMBER = 1_000


@dataclass(frozen=True)
class Export:
    """Rows of one export: `who` is the position of the person, -1 for nobody known; empty text stands for no value."""

    key: str
    columns: dict[str, Strings]
    time: Ints
    who: Ints

    def __len__(self) -> int:
        return len(self.who)

    def take(self, rows: Ints | Flags | slice) -> Export:
        """Some of the rows."""
        columns = {name: column[rows] for name, column in self.columns.items()}
        return replace(self, columns=columns, time=self.time[rows], who=self.who[rows])

    def keyed(self, prefix: str, width: int) -> Export:
        """Put the rows in the order of time and number them."""
        ordered = self.take(np.argsort(self.time, kind="stable"))
        keys = prefix + digits(FIRST_NUMBER + np.arange(len(self)), width)
        return replace(ordered, columns={self.key: keys, **ordered.columns})

    def with_story(self, touches: Sequence[Touch], first_person: int) -> Export:
        """Put the rows of the story where they belong in time; its people are numbered from `first_person`."""
        if not touches:
            return self
        told = {name: strings(touch.values.get(name, "") for touch in touches) for name in self.columns}
        columns = {name: np.concatenate([column, told[name]]) for name, column in self.columns.items()}
        time = np.concatenate([self.time, np.array([touch.seconds for touch in touches], dtype=np.int64)])
        cast = [first_person + touch.person if touch.person >= 0 else -1 for touch in touches]
        who = np.concatenate([self.who, np.array(cast, dtype=np.int64)])
        joined = replace(self, columns=columns, time=time, who=who)
        return joined.take(np.argsort(time, kind="stable"))

    def table(self) -> pa.Table:
        """The rows as a table of strings, null where there is no value."""
        arrays = {name: pa.array(_nulled(column, column == ""), pa.string()) for name, column in self.columns.items()}
        return pa.table(arrays)

    def truth(self, key_name: str, ids: dict[str, Strings]) -> pa.Table:
        """The key of every row and the ids, by column, of the person behind it; null for nobody known."""
        known = np.where(self.who < 0, 0, self.who)
        columns = {key_name: pa.array(self.columns[self.key], pa.string())}
        for name, column in ids.items():
            columns[name] = pa.array(_nulled(column[known], self.who < 0), pa.string())
        return pa.table(columns)


def _nulled(column: Strings, missing: Flags) -> Strings:
    column = column.copy()
    column[missing] = None
    return column
