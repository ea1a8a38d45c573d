"""Finding a person by whatever is known: one more record, compared with those that share something with it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc

from retrato.engines.compile.template import column, table, tree
from retrato.engines.duckdb import DuckDBEngine
from retrato.errors import ConfigurationError, Problem
from retrato.identifiers.registry import FIELDS, configured, type_of
from retrato.matching.comparisons import BANDS, MISSING, namespaces
from retrato.matching.model import BIT, probability
from retrato.resolution.comparing import Compared, compare, comparisons_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from retrato.identifiers.base import Feature
    from retrato.resolution.resolution import Resolution

#: Records that one question is compared with at most.
MOST_CANDIDATES = 2000
#: From this Jaro-Winkler similarity of a name on a record is a candidate.
NAME_SIMILARITY = 0.85


@dataclass(frozen=True, slots=True)
class Found:
    """A profile that may be the one: how well it fits (match weight in bits), why, and the record that fits best."""

    profile_id: str
    score: float
    probability: float
    reasons: tuple[str, ...]
    name: str | None
    source: str
    record_key: str


def find(resolution: Resolution, fields: Mapping[str, str], *, limit: int = 10) -> list[Found]:
    """See `Resolution.find`."""
    keys = _keys(resolution, fields)
    known = {name: value for name, value in keys.items() if name in resolution.tables["features"].column_names}
    if not known:
        return []
    with DuckDBEngine(threads=1) as engine:
        candidates = _candidates(engine, resolution, known)
        if not candidates.num_rows:
            return []
        question = _question(engine, resolution.features, known, candidates)
    compared = compare(
        resolution,
        pa.concat_tables([candidates, question]),
        [(each, -1) for each in candidates.column("record").to_pylist()],
    )
    return _ranked(resolution, candidates, compared)[:limit]


def _keys(resolution: Resolution, fields: Mapping[str, str]) -> dict[str, list[str]]:
    """The matching keys of the question, by name."""
    unknown = [name for name in fields if name.partition(".")[0] not in FIELDS]
    if unknown:
        raise ConfigurationError(
            [
                Problem(f"find, {name}", "no such field", f"the fields are {', '.join(sorted(FIELDS))}")
                for name in unknown
            ]
        )
    parts: dict[Any, dict[str, str | None]] = {}
    for name, text in fields.items():
        kind = type_of(name)
        parts.setdefault(kind, {})[kind.fields[name.partition(".")[0]].part] = text
    regions = resolution.report["regions"] or [None]
    keys: dict[str, list[str]] = {}
    for kind, given in parts.items():
        for region in regions:
            for found in configured((kind,), region=region)[0].parse_parts(given):
                for key, value in found.keys.items():
                    if value and value not in keys.setdefault(key, []):
                        keys[key].append(value)
    return keys


def _candidates(engine: DuckDBEngine, resolution: Resolution, known: Mapping[str, list[str]]) -> pa.Table:
    """The records that share a key with the question, or have a similar name; those that share most come first."""
    engine.load("features", resolution.tables["features"])
    shared = tree("0")
    lists = {key for feature in resolution.features if feature.multivalued for key in feature.keys}
    for name, values in sorted(known.items()):
        if name.endswith(("_initial", "_sound")):
            continue
        for value in values:
            test = "list_contains(:c, :v)" if name in lists else ":c = :v"
            if name in ("given_name", "family_name", "second_family_name"):
                test = "jaro_winkler_similarity(:c, :v) >= :least"
            hit = tree(f"CASE WHEN {test} THEN 1 ELSE 0 END", c=column(name), v=value, least=NAME_SIMILARITY)
            shared = tree(":sum + :hit", sum=shared, hit=hit)
    return engine.fetch(
        tree(
            "SELECT * EXCLUDE (shared) FROM (SELECT *, :shared AS shared FROM features) WHERE shared > 0 "
            "ORDER BY shared DESC, record LIMIT :most",
            shared=shared,
            most=MOST_CANDIDATES,
        )
    )


def _question(
    engine: DuckDBEngine, features: tuple[Feature, ...], known: Mapping[str, list[str]], candidates: pa.Table
) -> pa.Table:
    """The question as a row of `features`, with record number -1."""
    row: dict[str, Any] = dict.fromkeys(candidates.column_names)
    row |= {"record": -1, "source": 0, "source_name": "", "record_key": ""}
    for feature in features:
        for key in feature.keys:
            if key in known:
                row[key] = known[key] if feature.multivalued else known[key][0]
        main = feature.keys[0]
        if feature.multivalued and main in known:
            row[f"{main}_codes"] = _codes(engine, known[main])
            row[f"{main}_spaces"] = sorted(namespaces(known[main])) if feature.namespaced else [""]
    return pa.Table.from_pylist([row], schema=candidates.schema)


def _codes(engine: DuckDBEngine, values: list[str]) -> list[int]:
    """The codes of values whose bands are not known: one for every band, so that the candidate's own is met."""
    engine.load("asked", pa.table({"value": values}))
    found = engine.fetch(tree("SELECT hash(value) - hash(value) % 8 AS code FROM :t", t=table("asked")))
    return [code + band for code in found.column("code").to_pylist() for band in range(BANDS)]


def _ranked(resolution: Resolution, candidates: pa.Table, compared: list[Compared]) -> list[Found]:
    ids = {
        record: (source, key)
        for record, source, key in zip(
            *(candidates.column(name).to_pylist() for name in ("record", "source_name", "record_key")), strict=True
        )
    }
    profile_of = _profiles_of(resolution, set(ids.values()))
    best: dict[str, tuple[tuple[float, int], Compared]] = {}
    for each in compared:
        profile = profile_of[ids[each.a]]
        rank = (_score(resolution, each), -each.a)
        if profile not in best or rank > best[profile][0]:
            best[profile] = (rank, each)
    names = _names(resolution, set(best))
    order = sorted(best.items(), key=lambda item: (-item[1][0][0], item[0]))
    return [
        Found(
            profile,
            round(rank[0], 2),
            round(probability(each.weight), 4) if resolution.model else 0.0,
            _reasons(resolution, each),
            names.get(profile),
            *ids[each.a],
        )
        for profile, (rank, each) in order
    ]


def _score(resolution: Resolution, each: Compared) -> float:
    """The match weight in bits; without a model, the number of fields that agree."""
    if resolution.model is not None:
        return each.weight / BIT
    return float(sum(MISSING < level < BANDS for level in each.levels.values()))


def _reasons(resolution: Resolution, each: Compared) -> tuple[str, ...]:
    return tuple(
        f"{comparison.feature}: {comparison.level_names[level]}"
        for comparison in comparisons_of(resolution)
        if (level := each.levels[comparison.feature]) != MISSING
    )


def _profiles_of(resolution: Resolution, wanted: set[tuple[str, str]]) -> dict[tuple[str, str], str]:
    table = resolution.assignments
    rows = table.filter(pc.is_in(table.column("record_key"), pa.array([key for _, key in wanted], pa.string())))
    names = ("source", "record_key", "profile_id")
    columns = zip(*(rows.column(name).to_pylist() for name in names), strict=True)
    return {(source, key): profile for source, key, profile in columns if (source, key) in wanted}


def _names(resolution: Resolution, profiles: set[str]) -> dict[str, str]:
    table = resolution.profiles
    rows = table.filter(pc.is_in(table.column("profile_id"), pa.array(sorted(profiles), pa.string())))
    columns = zip(rows.column("profile_id").to_pylist(), rows.column("name").to_pylist(), strict=True)
    return dict(columns)
