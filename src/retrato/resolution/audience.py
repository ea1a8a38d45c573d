"""Whom a campaign may reach: `Resolution.audience`."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa
import sqlglot
from sqlglot import exp

from retrato.engines.compile.audience import ROUND, audience_steps, left_out, send_from
from retrato.engines.compile.template import tree
from retrato.engines.duckdb import DuckDBEngine
from retrato.errors import ConfigurationError, Problem
from retrato.io.table_files import WRITERS
from retrato.profiles.audience import SENTENCES, AudiencePolicy, Exclusion
from retrato.resolution.saving import rows

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from retrato.engines.base import Engine
    from retrato.engines.compile.template import Node
    from retrato.resolution.resolution import Resolution

#: The columns that are read of each table of a result.
_READ: Mapping[str, tuple[str, ...]] = {
    "channels": ("profile_id", "channel", "answered"),
    "consents": (
        "profile_id", "own", "choice", "contact_kind", "contact", "channel", "purpose", "time", "source", "key",
        "withdrawn",
    ),
    "contact_points": ("profile_id", "kind", "value", "class", "line", "valid_to"),
    "review": ("profile_a", "profile_b", "probability"),
    "unreachable": ("contact_kind", "contact"),
}  # fmt: skip
_SENT = ("profile_id", "direction", "kind", "time", "duplicate_of")
#: Functions that a condition may call beside those of standard SQL.
_FUNCTIONS = frozenset({"contains", "list_contains", "list_has_any", "starts_with", "ends_with"})


@dataclass(frozen=True, slots=True)
class Audience:
    """Whom a campaign may reach, and whom not.

    - `members`: `profile_id, household_id, name, channel, contact_kind, contact, language, hours_from, hours_until,
      send_from, consent_source, consent_key, consent_time`, a row a person
    - `excluded`: `profile_id, reason, sentence, other_profile_id`, a row for everybody else who was asked for
    """

    members: pa.Table
    excluded: pa.Table

    @property
    def reasons(self) -> Mapping[str, int]:
        """How many are left out for each reason, most frequent first."""
        return _counted(self.excluded, "reason")

    @property
    def channels(self) -> Mapping[str, int]:
        """How many are reached on each channel, most frequent first."""
        return _counted(self.members, "channel")

    def write(self, path: str | Path) -> Path:
        """Write the members as CSV or Parquet, as the name of the file says; cells are safe to open in a spreadsheet.

        The file is readable by its owner only. Raises ConfigurationError for another format.
        """
        target = Path(path)
        writer = WRITERS.get(target.suffix.removeprefix("."))
        if writer is None:
            known = ", ".join(f".{name}" for name in WRITERS)
            raise ConfigurationError([Problem(f"audience {target.name}", "no such format", f"name it {known}")])
        partial = target.with_name(f"{target.name}.partial")
        partial.touch(0o600)
        try:
            writer(self.members, partial)
            partial.replace(target)
        finally:
            partial.unlink(missing_ok=True)
        return target

    def __repr__(self) -> str:
        return f"<Audience: {self.members.num_rows:,} people, {self.excluded.num_rows:,} left out>"


def _counted(table: pa.Table, name: str) -> dict[str, int]:
    counts = table.column(name).value_counts().to_pylist()
    return {each["values"]: each["counts"] for each in sorted(counts, key=lambda x: (-x["counts"], x["values"]))}


def audience(
    resolution: Resolution,
    purpose: str,
    channel: str | Sequence[str] | None,
    where: str | None,
    policy: AudiencePolicy,
    at: datetime | None,
) -> Audience:
    """See `Resolution.audience`."""
    if channel is not None:
        policy = replace(policy, channels=(channel,) if isinstance(channel, str) else tuple(channel))
    condition, problems = _condition(where, _columns(resolution))
    problems += (Problem(f"audience, {place}", what) for place, what in policy.problems())
    if problems:
        raise ConfigurationError(problems)
    moment = datetime.now(UTC).replace(tzinfo=None, microsecond=0) if at is None else at
    with DuckDBEngine() as engine:
        _load(engine, resolution, policy)
        engine.create("asked", tree(_ASKED, condition=condition))
        for name, query in audience_steps(purpose, policy, moment):
            engine.create(name, query)
        assign(engine)
        zone = resolution.ruleset.interactions.zone
        members = engine.fetch(tree(_MEMBERS, send_from=send_from(moment, policy.quiet_hours, zone).subquery("w")))
        out = engine.fetch(left_out().order_by("profile_id"))
    sentences = [SENTENCES[Exclusion(each)] for each in out.column("reason").to_pylist()]
    named = out.rename_columns(["profile_id", "reason", "other_profile_id"])
    return Audience(members, named.add_column(2, "sentence", pa.array(sentences, pa.string())))


_ASKED = "SELECT p.profile_id FROM profiles AS p JOIN contexts AS c ON c.profile_id = p.profile_id WHERE :condition"
_NO_MEMBERS = "SELECT * EXCLUDE (turn, reason) FROM options LIMIT 0"
_MEMBERS = """
SELECT m.profile_id, p.household_id, p.name, m.channel, m.contact_kind, m.contact, x.language, x.hours_from,
  x.hours_until, w.send_from, m.source AS consent_source, m.key AS consent_key, m.time AS consent_time
FROM members AS m
CROSS JOIN :send_from
JOIN profiles AS p ON p.profile_id = m.profile_id
LEFT JOIN contexts AS x ON x.profile_id = m.profile_id
ORDER BY m.profile_id
"""


def _columns(resolution: Resolution) -> dict[str, str]:
    """The columns that a condition may name, with the alias of their table."""
    schemas = {"p": resolution.profiles.schema, "c": resolution.contexts.schema}
    return {name: alias for alias, schema in reversed(schemas.items()) for name in schema.names}


def _load(engine: Engine, resolution: Resolution, policy: AudiencePolicy) -> None:
    for name in ("profiles", "contexts"):
        engine.load(name, resolution.tables[name])
    for name, columns in _READ.items():
        engine.load(name, rows(resolution.tables, name, columns))
    of_attribute = ("attribute", policy.deceased)
    engine.load("values", rows(resolution.tables, "values", ("profile_id", "attribute", "value"), of_attribute))
    sent = rows(resolution.tables, "timeline", _SENT, ("direction", "out" if policy.at_most is not None else ""))
    engine.load("timeline", sent)


def assign(engine: Engine) -> None:
    """Give everybody the best of `options` that nobody else has, round by round: make `members`."""
    engine.create("members", tree(_NO_MEMBERS))
    while True:
        engine.create("round", tree(ROUND))
        if not engine.count("round"):
            return
        engine.append("members", tree("SELECT * FROM round"))


def _condition(where: str | None, columns: Mapping[str, str]) -> tuple[Node, list[Problem]]:
    """A condition over the columns of `profiles` and `contexts`, as a syntax tree that reads nothing else."""
    if where is None:
        return exp.true(), []
    try:
        parsed = sqlglot.parse_one(f"SELECT 1 WHERE {where}", read="duckdb")
    except sqlglot.errors.SqlglotError:
        return exp.true(), [Problem("audience, where", "no condition", "write such as city = 'Madrid' AND spent > 100")]
    found = parsed.args.get("where")
    problems: list[Problem] = []
    alone = found is not None and {name for name, value in parsed.args.items() if value} == {"expressions", "where"}
    if found is None or not alone or any(isinstance(node, (exp.Query, exp.Table)) for node in found.walk()):
        return exp.true(), [Problem("audience, where", "a condition may read nothing but profiles and contexts")]
    unknown = (call.name for call in found.find_all(exp.Anonymous) if call.name.lower() not in _FUNCTIONS)
    problems += (Problem("audience, where", f"no function {name}") for name in unknown)
    for each in found.find_all(exp.Column):
        if each.name not in columns:
            problems.append(Problem("audience, where", f"no column {each.name}", "see profiles and contexts"))
        else:
            each.set("table", exp.to_identifier(columns[each.name]))
    return found.this, problems
