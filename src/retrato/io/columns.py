"""What is asked of the columns of a raw table before they are recognised: how full, how distinct, and which values."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from sqlglot import exp

from retrato.engines.compile.template import column, table, tree

if TYPE_CHECKING:
    from collections.abc import Sequence

    from retrato.engines.base import Engine

SAMPLE = 200
_THINNED = 20_000  # rows that are enough to draw a sample from


@dataclass(frozen=True)
class Columns:
    """The columns of one raw table. Answers depend on its content only, not on the order of its rows."""

    engine: Engine
    table: str
    names: tuple[str, ...]

    @cached_property
    def rows(self) -> int:
        """The number of rows."""
        return self.engine.count(self.table)

    @cached_property
    def filled(self) -> dict[str, int]:
        """How many rows have a value, by column."""
        return self._counts(self.names, "count(:c)")

    def distinct(self, names: Sequence[str]) -> dict[str, int]:
        """How many different values there are, by column."""
        return self._counts(names, "count(DISTINCT :c)")

    def _counts(self, names: Sequence[str], count: str) -> dict[str, int]:
        if not names:
            return {}
        counts = [tree(count, c=column(name)) for name in names]
        answer = self.engine.fetch(exp.select(*counts).from_(table(self.table)))
        return {name: int(cell[0].as_py()) for name, cell in zip(names, answer.columns, strict=True)}

    def sample(self, name: str, size: int = SAMPLE) -> dict[str, int]:
        """Up to `size` different values, drawn by their hash, in their own order, with the rows that have each."""
        every = max(1, self.rows // max(_THINNED, 2 * size))
        values = self._hashed(name, size, every)
        return values if len(values) == size or every == 1 else self._hashed(name, size, 1)

    def pairs(self, name: str, beside: str, size: int) -> list[tuple[str, str | None]]:
        """Up to `size` different values of one column, each with what another column says beside it."""
        query = tree(
            "SELECT DISTINCT hash(:c) AS h, :c AS v, :b AS w FROM :t WHERE :c IS NOT NULL ORDER BY h, v, w LIMIT :size",
            c=column(name),
            b=column(beside),
            t=table(self.table),
            size=size,
        )
        _, values, others = self.engine.fetch(query).columns
        return list(zip(values.to_pylist(), others.to_pylist(), strict=True))

    def most_shared(self, name: str, size: int) -> dict[str, int]:
        """The values that most rows have, at least two each, with their rows; the most shared first."""
        query = tree(
            "SELECT count(*) AS n, :c AS v FROM :t WHERE :c IS NOT NULL GROUP BY 2 HAVING count(*) > 1"
            " ORDER BY n DESC, v LIMIT :size",
            c=column(name),
            t=table(self.table),
            size=size,
        )
        counts, values = self.engine.fetch(query).columns
        return dict(zip(values.to_pylist(), counts.to_pylist(), strict=True))

    def _hashed(self, name: str, size: int, every: int) -> dict[str, int]:
        query = tree(
            "SELECT count(*) AS n, :c AS v FROM :t WHERE :c IS NOT NULL AND hash(:c) % :every = 0"
            " GROUP BY 2 ORDER BY hash(v), v LIMIT :size",
            c=column(name),
            t=table(self.table),
            every=every,
            size=size,
        )
        counts, values = self.engine.fetch(query).columns
        return dict(sorted(zip(values.to_pylist(), counts.to_pylist(), strict=True)))
