"""An export while it is being made: columns of text, a moment and a person for every row, then keys."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from retrato.datasets.formats import Flags, Ints, Strings, digits, strings
from retrato.datasets.traps import trap_text, traps_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from retrato.datasets.story import Touch

#: Numbers below are for the fixed keys of the story.
FIRST_NUMBER = 1_000


@dataclass(frozen=True)
class Sheet:
    """The columns of one record export, the traps of its rows, and the contact points that they hold, 0 for none."""

    columns: dict[str, Strings]
    traps: Ints
    points: tuple[Ints, ...]


@dataclass(frozen=True)
class Export:
    """Rows of one export: `who` is the position of the person, -1 for nobody known; empty text stands for no value.

    Events have no traps.
    """

    key: str
    columns: dict[str, Strings]
    time: Ints
    who: Ints
    traps: Ints | None = None

    def __len__(self) -> int:
        return len(self.who)

    def take(self, rows: Ints | Flags | slice) -> Export:
        """Some of the rows."""
        columns = {name: column[rows] for name, column in self.columns.items()}
        traps = None if self.traps is None else self.traps[rows]
        return replace(self, columns=columns, time=self.time[rows], who=self.who[rows], traps=traps)

    def keyed(self, prefix: str, width: int) -> Export:
        """Number the rows in the order of time."""
        number = np.empty(len(self), dtype=np.int64)
        number[np.argsort(self.time, kind="stable")] = FIRST_NUMBER + np.arange(len(self))
        return replace(self, columns={self.key: prefix + digits(number, width), **self.columns})

    def trapped(self, traps: Ints) -> Export:
        """Add traps to those of the rows."""
        return replace(self, traps=traps if self.traps is None else self.traps | traps)

    def with_story(self, touches: Sequence[Touch], first_person: int) -> Export:
        """Add the rows of the story; its people are numbered from `first_person`."""
        if not touches:
            return self
        told = {name: strings(touch.values.get(name, "") for touch in touches) for name in self.columns}
        columns = {name: np.concatenate([column, told[name]]) for name, column in self.columns.items()}
        time = np.concatenate([self.time, np.array([touch.seconds for touch in touches], dtype=np.int64)])
        cast = [first_person + touch.person if touch.person >= 0 else -1 for touch in touches]
        who = np.concatenate([self.who, np.array(cast, dtype=np.int64)])
        traps = self.traps
        if traps is not None:
            traps = np.concatenate([traps, np.array([traps_of(touch.traps) for touch in touches], dtype=np.int64)])
        return replace(self, columns=columns, time=time, who=who, traps=traps)

    @property
    def _order(self) -> pa.Array:
        return pa.array(np.argsort(self.time, kind="stable"))

    def table(self) -> pa.Table:
        """The rows in the order of time as a table of strings, null where there is no value."""
        arrays = {name: pa.array(column, pa.string(), mask=column == "") for name, column in self.columns.items()}
        return pa.table(arrays).take(self._order)

    def truth(self, key_name: str, time_name: str, ids: dict[str, pa.Array]) -> pa.Table:
        """The key of every row, the ids, by column, of the person behind it (null for nobody known), time and traps.

        The rows are in the order of `table`.
        """
        columns = {key_name: pa.array(self.columns[self.key], pa.string())}
        person = pa.array(self.who, mask=self.who < 0)
        for name, column in ids.items():
            columns[name] = column.take(person)
        columns[time_name] = pa.array(self.time, pa.timestamp("s", "UTC"))
        if self.traps is not None:
            columns["trap"] = pa.array(trap_text(self.traps), pa.string())
        return pa.table(columns).take(self._order)
