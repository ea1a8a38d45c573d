"""A question as one more record: its matching keys, its row beside the others, and the records that may be meant."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

import pyarrow as pa

from retrato.engines.compile.accounts import with_accounts
from retrato.engines.compile.template import column, query, table, tree
from retrato.errors import ConfigurationError, Problem
from retrato.identifiers.registry import TYPES, configured, fields_of, type_of
from retrato.matching.accounts import ACCOUNT_FEATURES
from retrato.matching.comparisons import BANDS, namespaces
from retrato.resolution.free_text import readings

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from retrato.engines.base import Engine
    from retrato.identifiers.base import Feature, IdentifierType

#: What a question knows: values by matching key.
Known: TypeAlias = "Mapping[str, list[str]]"

#: Records that one question is compared with at most.
MOST_CANDIDATES = 2000
#: From this Jaro-Winkler similarity of a name on a record is a candidate.
NAME_SIMILARITY = 0.85


class Asked(NamedTuple):
    """What is asked for: a key that a record may have, or "", and what is known by field, in each way to read it."""

    record_key: str
    readings: list[dict[str, str]]


def asked(
    text: str | None, fields: Mapping[str, str], regions: Sequence[str | None], own: Sequence[IdentifierType]
) -> Asked:
    """A text alone, read as all that it can be, or the fields taken together; `own` are the user's identifier types.

    Raises ConfigurationError unless there is either a text or fields.
    """
    if (text is None) == (not fields):
        raise ConfigurationError([Problem("find", "say what is known: either a text alone, or fields")])
    if text is not None:
        return Asked(text.strip(), [{field: text} for field in readings(text, regions, own)])
    key = fields.get("record_key", "").strip()
    return Asked(key, [{name: value for name, value in fields.items() if name != "record_key"}])


def known_keys(
    fields: Mapping[str, str], regions: Sequence[str | None], types: Sequence[IdentifierType] = TYPES
) -> Known:
    """The matching keys of what is known, phones and documents as each region writes them.

    Raises ConfigurationError for unknown fields.
    """
    there = fields_of(types)
    unknown = [name for name in fields if name.partition(".")[0] not in there]
    if unknown:
        hint = f"the fields are {', '.join(sorted((*there, 'record_key')))}"
        raise ConfigurationError(
            [Problem(f"find, {name}", "no such field", "" if place else hint) for place, name in enumerate(unknown)]
        )
    parts: dict[Any, dict[str, str | None]] = {}
    for name, text in fields.items():
        kind = type_of(name, types)
        parts.setdefault(kind, {})[kind.fields[name.partition(".")[0]].part] = text
    keys: dict[str, list[str]] = {}
    for kind, given in parts.items():
        for region in regions:
            for found in configured((kind,), region=region)[0].parse_parts(given):
                for key, value in found.keys.items():
                    if value and value not in keys.setdefault(key, []):
                        keys[key].append(value)
    return keys


def with_user_names(engine: Engine, known: Known, types: Sequence[IdentifierType] = TYPES) -> Known:
    """A question with what its e-mails and handles tell of names, and what its names may have become in those."""
    features = [feature for kind in types for feature in kind.features]
    lists = {key for feature in features if feature.multivalued for key in feature.keys}
    engine.load("keys", pa.table({key: [each if key in lists else each[0]] for key, each in known.items()}))
    (row,) = engine.fetch(with_accounts(query("SELECT * FROM keys"), engine.columns("keys"))).to_pylist()
    engine.drop("keys")
    derived = {key: row[key] for each in ACCOUNT_FEATURES for key in each.keys if row[key] is not None}
    return {**known, **{key: value if isinstance(value, list) else [value] for key, value in derived.items()}}


def candidates(engine: Engine, features: Sequence[Feature], known: Known) -> list[int]:
    """The records of the engine table `features` that share a key with the question or have a similar name.

    Of more than `MOST_CANDIDATES`, those that share most.
    """
    shared = tree("0")
    lists = {key for feature in features if feature.multivalued for key in feature.keys}
    for name, values in sorted(known.items()):
        if name.endswith(("_initial", "_sound", "_suffix")):
            continue
        for value in values:
            test = "list_contains(:c, :v)" if name in lists else ":c = :v"
            if name in ("given_name", "family_name", "second_family_name"):
                test = "jaro_winkler_similarity(:c, :v) >= :least"
            hit = tree(f"CASE WHEN {test} THEN 1 ELSE 0 END", c=column(name), v=value, least=NAME_SIMILARITY)
            shared = tree(":sum + :hit", sum=shared, hit=hit)
    found = engine.fetch(
        tree(
            "SELECT record FROM (SELECT record, :shared AS shared FROM features) WHERE shared > 0 "
            "ORDER BY shared DESC, record LIMIT :most",
            shared=shared,
            most=MOST_CANDIDATES,
        )
    )
    return [int(record) for record in found.column("record").to_pylist()]


def question_row(engine: Engine, features: Sequence[Feature], known: Known) -> dict[str, Any]:
    """The question as a row of `features`; columns that it says nothing of are left out."""
    row: dict[str, Any] = {"source": 0, "source_name": "", "record_key": ""}
    for feature in features:
        for key in feature.keys:
            if key in known:
                row[key] = known[key] if feature.multivalued else known[key][0]
        main = feature.keys[0]
        if main in known and not feature.multivalued:
            row[f"{main}_band"] = _band(engine, main, known[main][0])
        elif main in known:
            row[f"{main}_codes"] = _codes(engine, known[main])
            row[f"{main}_spaces"] = sorted(namespaces(known[main])) if feature.namespaced else [""]
    return row


def _band(engine: Engine, key: str, value: str) -> int:
    """The band of a value, which every record that holds it knows; 0 where none does."""
    band = tree(
        "SELECT max(:band) AS band FROM features WHERE :key = :value",
        band=column(f"{key}_band"),
        key=column(key),
        value=value,
    )
    return int(engine.fetch(band).column("band")[0].as_py() or 0)


def _codes(engine: Engine, values: list[str]) -> list[int]:
    """The codes of values whose bands are not known: one for every band, so that the candidate's own is met."""
    engine.load("asked", pa.table({"value": values}))
    codes = tree("SELECT hash(value) - hash(value) % :bands AS code FROM :t", bands=BANDS, t=table("asked"))
    found = engine.fetch(codes)
    return [code + band for code in found.column("code").to_pylist() for band in range(BANDS)]
