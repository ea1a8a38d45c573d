"""Stage 11: how good the values of each source and field are, counted over cells that were read once."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, TypeAlias

import pyarrow as pa

from retrato.engines.compile import quality as sql
from retrato.engines.compile.template import tree
from retrato.identifiers.attribute import Attribute
from retrato.identifiers.base import Status
from retrato.pipeline.quality import SCHEMA, FieldQuality, Format

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from retrato.engines.base import Engine
    from retrato.engines.compile.template import Node
    from retrato.pipeline.run import Run
    from retrato.pipeline.slots import Slot

#: The rows of a counting query.
Rows: TypeAlias = list[dict[str, Any]]

#: Up to this length one character would tell too much.
_TELLING = 3
#: Letters of an example that are shown.
_WIDEST = 80


def assess(run: Run) -> None:
    """Make `quality`, a row a source, field and column."""
    rows = [each.row() for each in assessed(run)]
    run.engine.load("quality", pa.Table.from_pylist(rows, schema=SCHEMA))


def assessed(run: Run, *, show_values: bool = False) -> tuple[FieldQuality, ...]:
    """The quality of every field of every source, after `normalise` and `events`; examples are masked unless asked."""
    found = [
        *measured(run, run.cells, run.slots, show_values=show_values),
        *measured(run, run.event_cells, run.event_slots, events=True, show_values=show_values),
    ]
    return tuple(sorted(found, key=lambda each: (each.source, each.field, each.column_name)))


def measured(
    run: Run, tables: Sequence[str], slots: Sequence[Slot], *, events: bool = False, show_values: bool = False
) -> Iterator[FieldQuality]:
    """The quality of each slot; `tables` are those of its cells and values in turn, as `read_cells` makes them."""
    channels = not events and any(_has_channels(run, slot) for slot in slots)
    rows = _rows_of_channels(run.engine) if channels else {}
    pairs = list(zip(tables[::2], tables[1::2], strict=True))
    names = not events and _find_names(run.engine, pairs)
    seen: set[int] = set()
    for cells, parsed in pairs:
        run.engine.create("_held", sql.held(cells, channels=channels, records=not events))
        for place, channel, counts in _counts(run.engine, cells, parsed, records=not events, names=names):
            seen.add(place)
            blank = _blank(run, slots[place])
            if channel:
                blank = replace(blank, source=channel, rows=rows[channel])
            yield _filled(blank, slots[place], counts, show_values=show_values)
    run.engine.drop("_held", "_holders", "_shared", "_names")
    yield from (_blank(run, slot) for place, slot in enumerate(slots) if place not in seen)


def _has_channels(run: Run, slot: Slot) -> bool:
    """Whether a column of the source says where each row comes from."""
    source = run.sources[slot.source_no]
    return source.source_column is not None or run.mappings[slot.source_no].first("source") is not None


def _rows_of_channels(engine: Engine) -> dict[str, int]:
    found = engine.fetch(tree("SELECT source, CAST(sum(versions) AS BIGINT) AS n FROM records GROUP BY source"))
    return dict(zip(*(found.column(name).to_pylist() for name in ("source", "n")), strict=True))


def _find_names(engine: Engine, pairs: Sequence[tuple[str, str]]) -> bool:
    """Make `_names(record, name)` of the given names that records have; whether there are any such columns."""
    found = False
    for cells, parsed in pairs:
        if "given_name" in engine.columns(parsed):
            (engine.append if found else engine.create)("_names", sql.given_names(cells, parsed))
            found = True
    return found


@dataclass(slots=True)
class _Counts:
    """What the counting queries give for one slot and source."""

    statuses: Rows = field(default_factory=list)
    shared: Rows = field(default_factory=list)
    names: Rows = field(default_factory=list)
    formats: Rows = field(default_factory=list)


def _counts(
    engine: Engine, cells: str, parsed: str, *, records: bool, names: bool
) -> Iterator[tuple[int, str, _Counts]]:
    """The counts of each slot and source of two tables."""
    engine.create("_holders", sql.holders("_held", parsed))
    engine.create("_shared", sql.most_shared("_holders"))
    queries: dict[str, Node] = {
        "statuses": sql.statuses("_held", parsed),
        "shared": tree("SELECT * FROM _shared"),
        "formats": sql.formats("_held", parsed),
    }
    if records and names:
        queries["names"] = sql.names_on_most_shared(cells, parsed, shared="_shared", names="_names")
    found: dict[tuple[int, str], _Counts] = {}
    for name, query in queries.items():
        for row in engine.fetch(query).to_pylist():
            getattr(found.setdefault((row["slot"], row["source"]), _Counts()), name).append(row)
    for (place, channel), counts in sorted(found.items(), key=lambda each: each[0]):
        yield place, channel, counts


def _blank(run: Run, slot: Slot) -> FieldQuality:
    """The quality of a slot without a value."""
    name = slot.attribute
    namespace = "" if isinstance(slot.type, Attribute) else getattr(slot.type, "namespace", "")
    read = run.reads[slot.source_no]
    title = f"{name}.{namespace}" if namespace else name
    return FieldQuality(read.source.name, title, slot.type.kind, slot.columns, read.rows)


def _filled(blank: FieldQuality, slot: Slot, counts: _Counts, *, show_values: bool) -> FieldQuality:
    values = sum(row["n"] for row in counts.statuses)
    by_status: Counter[str] = Counter()
    issues: Counter[str] = Counter()
    for row in counts.statuses:
        by_status[row["status"]] += row["n"]
        issues.update(dict.fromkeys(row["issues"].split(), row["n"]))
    shares = {status: round(by_status[status] / values, 6) for status in Status if status is not Status.MISSING}
    checked = slot.type.checked
    shared: dict[str, Any] = counts.shared[0] if counts.shared else {"different": 0, "shared": 0, "most": None}
    known = shared["most"] is not None
    return replace(
        blank,
        filled=sum(row["first"] for row in counts.statuses),
        values=values,
        distinct=shared["different"],
        valid=shares[Status.VALID] if checked else None,
        possible=shares[Status.POSSIBLE],
        invalid=shares[Status.INVALID],
        placeholder=shares[Status.PLACEHOLDER],
        unchecked=0.0 if checked else shares[Status.VALID],
        shared=shared["shared"] if known else None,
        most_records=shared["most"],
        most_names=counts.names[0]["names"] if counts.names else None,
        issues=dict(sorted(issues.items(), key=lambda each: (-each[1], each[0]))),
        formats=tuple(_format(row, slot, show_values=show_values) for row in counts.formats),
    )


def _format(row: dict[str, Any], slot: Slot, *, show_values: bool) -> Format:
    return Format(row["format"], row["share"], masked(row["raw"], slot, show_values=show_values))


def masked(text: str, slot: Slot | None, *, show_values: bool = False) -> str:
    """A text of a slot as its type masks it, if it is of the type; of any other the first character stays.

    A short text tells nothing at all, and a long one is cut.

    >>> masked("secret", None), masked("abc", None), masked("secret", None, show_values=True)
    ('s*****', '***', 'secret')
    """
    shown = text if len(text) <= _WIDEST else f"{text[: _WIDEST - 1]}…"
    if show_values:
        return shown
    if len(text) <= _TELLING:
        return "***"
    first = next(iter(slot.type.fields.values())).part if slot is not None else ""
    if slot is not None and first in slot.own:
        for found in slot.type.parse_parts({first: text}):
            if found.value is not None and found.status in (Status.VALID, Status.POSSIBLE):
                return slot.type.mask(found.value)
    return shown[:1] + "*" * (len(shown) - 1)
