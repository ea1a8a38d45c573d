"""Finding a person by whatever is known: one more record, compared with those that share something with it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc

from retrato.engines.duckdb import DuckDBEngine
from retrato.matching.comparisons import BANDS, MISSING
from retrato.matching.model import BIT, probability
from retrato.resolution.asking import Known, asked, candidates, known_keys, question_row, with_user_names
from retrato.resolution.comparing import Compared, compare, comparisons_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from retrato.matching.comparisons import Comparison
    from retrato.resolution.resolution import Resolution


@dataclass(frozen=True, slots=True)
class Found:
    """A profile that may be the one: how well it fits, why, and the record that fits best.

    `score` is the match weight in bits; without a model the number of fields that agree, and `probability` None. Both
    are None for a profile that was found by its record key alone.
    """

    profile_id: str
    score: float | None
    probability: float | None
    reasons: tuple[str, ...]
    name: str | None
    source: str
    record_key: str


def find(resolution: Resolution, text: str | None, fields: Mapping[str, str], *, limit: int = 10) -> list[Found]:
    """See `Resolution.find`."""
    regions = resolution.report["regions"] or [None]
    key, ways = asked(text, fields, regions, resolution.ruleset.own_types)
    questions = [known_keys(each, regions, resolution.ruleset.types) for each in ways]
    named = _by_record_key(resolution, key) if key else ()
    found = keys_first(named, _fitting(resolution, questions))[:limit]
    names = _names(resolution, {each.profile_id for each in found})
    return [replace(each, name=names.get(each.profile_id)) for each in found]


def _by_record_key(resolution: Resolution, key: str) -> Iterable[Found]:
    """The profiles of the records that have exactly this key, by source."""
    rows = resolution.assignments.filter(pc.equal(resolution.assignments.column("record_key"), key)).to_pylist()
    for row in sorted(rows, key=lambda row: row["source"]):
        yield Found(row["profile_id"], None, None, (f"record key of {row['source']}",), None, row["source"], key)


def keys_first(named: Iterable[Found], fitting: Mapping[str, Found]) -> list[Found]:
    """Those that were found by their record key, then the others, those that fit best first; each once."""
    first: dict[str, Found] = {}
    for each in named:
        also = first.get(each.profile_id) or fitting.get(each.profile_id)
        first[each.profile_id] = each if also is None else replace(also, reasons=each.reasons + also.reasons)
    others = [each for each in fitting.values() if each.profile_id not in first]
    return [*first.values(), *sorted(others, key=lambda each: (-(each.score or 0.0), each.profile_id))]


def keep_best(best: dict[str, Found], found: Found) -> None:
    """Of what was found of each profile, keep what fits best, with the reasons of all."""
    former = best.get(found.profile_id, found)
    higher, other = (found, former) if (found.score or 0) > (former.score or 0) else (former, found)
    best[found.profile_id] = replace(higher, reasons=tuple(dict.fromkeys((*higher.reasons, *other.reasons))))


def reasons(comparisons: Iterable[Comparison], levels: Iterable[int]) -> tuple[str, ...]:
    """What was compared, and what came of it: a level for each comparison."""
    return tuple(
        f"{comparison.feature}: {comparison.level_names[level]}"
        for comparison, level in zip(comparisons, levels, strict=True)
        if level != MISSING
    )


def _fitting(resolution: Resolution, questions: Sequence[Known]) -> Mapping[str, Found]:
    """The profiles that fit any question: each by its best, with the reasons of all."""
    features = resolution.tables["features"]
    columns = set(features.column_names)
    with DuckDBEngine(threads=1) as engine:
        full = [with_user_names(engine, each, resolution.ruleset.types) for each in questions if each]
        known = [{key: values for key, values in each.items() if key in columns} for each in full]
        comparisons = [each for each in comparisons_of(resolution) if any(each.keys & set(keys) for keys in known)]
        if not comparisons:
            return {}
        engine.load("features", features)
        pairs = [
            (record, -number)
            for number, keys in enumerate(known, 1)
            for record in candidates(engine, resolution.features, keys)
        ]
        rows = [
            dict.fromkeys(columns) | question_row(engine, resolution.features, keys) | {"record": -number}
            for number, keys in enumerate(known, 1)
        ]
        engine.add("features", pa.Table.from_pylist(rows, schema=features.schema))
        compared = compare(engine, resolution, pairs, comparisons)
    owners = _owners(resolution, {each.a for each in compared})
    best: dict[str, Found] = {}
    for number in range(1, len(known) + 1):
        for found in _best(resolution, [each for each in compared if each.b == -number], owners):
            keep_best(best, found)
    return best


def _best(
    resolution: Resolution, compared: Iterable[Compared], owners: Mapping[int, tuple[str, str, str]]
) -> Iterable[Found]:
    """What fits the one question best, of each profile."""
    comparisons = comparisons_of(resolution)
    best: dict[str, Compared] = {}
    for each in sorted(compared, key=lambda each: (-_score(resolution, each), each.a)):
        best.setdefault(owners[each.a][0], each)
    for profile, each in best.items():
        _, source, key = owners[each.a]
        chance = round(probability(each.weight), 4) if resolution.model else None
        score = round(_score(resolution, each), 2)
        levels = [each.levels.get(comparison.feature, MISSING) for comparison in comparisons]
        yield Found(profile, score, chance, reasons(comparisons, levels), None, source, key)


def _score(resolution: Resolution, each: Compared) -> float:
    """The match weight in bits; without a model, the number of fields that agree."""
    if resolution.model is not None:
        return each.weight / BIT
    return float(sum(MISSING < level < BANDS for level in each.levels.values()))


def _owners(resolution: Resolution, records: set[int]) -> dict[int, tuple[str, str, str]]:
    """Profile, source and record key of records, by their numbers."""
    names = ("record", "source_name", "record_key")
    features = resolution.tables["features"].select(names)
    rows = features.filter(pc.is_in(features.column("record"), pa.array(sorted(records), features.schema[0].type)))
    ids = {record: (source, key) for record, source, key in zip(*rows.to_pydict().values(), strict=True)}
    table = resolution.assignments.select(("source", "record_key", "profile_id"))
    keys = pa.array(sorted({key for _, key in ids.values()}), pa.string())
    table = table.filter(pc.is_in(table.column("record_key"), keys))
    profile = {(source, key): found for source, key, found in zip(*table.to_pydict().values(), strict=True)}
    return {record: (profile[each], *each) for record, each in ids.items()}


def _names(resolution: Resolution, profiles: set[str]) -> dict[str, str]:
    table = resolution.profiles.select(("profile_id", "name"))
    rows = table.filter(pc.is_in(table.column("profile_id"), pa.array(sorted(profiles), pa.string())))
    return dict(zip(*rows.to_pydict().values(), strict=True))
