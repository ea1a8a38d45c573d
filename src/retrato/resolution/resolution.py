"""`Resolution`: the tables of a result, and the questions that it answers."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, get_args

import pyarrow as pa
import pyarrow.compute as pc

from retrato.errors import ConfigurationError, Problem, ResultError, UnknownRecordError
from retrato.identifiers.base import Feature
from retrato.io.writing import Format, OutputFolder
from retrato.matching.model import FellegiSunter
from retrato.matching.rules import MatchRule
from retrato.profiles.audience import AudiencePolicy
from retrato.profiles.metrics import METRICS
from retrato.profiles.profile import Member, Profile
from retrato.resolution.acquisition import acquisition
from retrato.resolution.audience import Audience, audience
from retrato.resolution.explaining import RecordOrProfile, explain
from retrato.resolution.finding import Found, find
from retrato.resolution.saving import SavedTables, check_format, write_rest
from retrato.resolution.tables import TABLES
from retrato.ruleset import Ruleset

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from retrato.resolution.explanation import Explanation

Frame = Literal["arrow", "pandas", "polars"]


class Resolution:
    """What `resolve()` gives. Tables are Arrow; `table(name, "pandas")` gives another kind.

    - `assignments`: `source, record_key, profile_id, household_id`, a row a record
    - `profiles`: a row a profile, its golden values; `values`: a row a value, with rank and provenance
    - `links`: the pairs that hold profiles together, with weight (bits), probability and evidence; `review`: the pairs
      of profiles that may be one, likeliest first
    - `timeline`: every interaction in order, and `event_identifiers` what came with each; `threads`, `journeys` and
      `hand_overs`: what belongs together, how customers came to a conversion, and where one channel handed over
    - `contexts`: what whoever answers next must know, a row a profile; `channels`: what passed on each channel;
      `purchases`: what was bought
    - `consents`: what everybody allows and denies, a row a profile and choice in force; `unreachable`: contact points
      from which things come back
    - `households`: a row a member; `crosswalk`: keys of the sources to profiles
    - `contact_points`: who holds each phone, e-mail and the like, and what that makes of it, a row a value and profile
    - `changes`, `household_changes` and `redirects`: what happened to the ids of the previous result
    - `decisions`: what reviewers decided of pairs of records
    - `rejected`: rows that could not be read
    - `quality`: how good the values are, a row a source, field and column
    """

    def __init__(
        self, tables: Mapping[str, pa.Table], ruleset: Ruleset, model: FellegiSunter | None, report: Mapping[str, Any]
    ) -> None:
        self.tables = tables
        self.ruleset = ruleset
        self.model = model
        self.report = dict(report)

    assignments: pa.Table = property(lambda self: self.tables["assignments"])
    profiles: pa.Table = property(lambda self: self.tables["profiles"])
    values: pa.Table = property(lambda self: self.tables["values"])
    links: pa.Table = property(lambda self: self.tables["links"])
    review: pa.Table = property(lambda self: self.tables["review"])
    timeline: pa.Table = property(lambda self: self.tables["timeline"])
    threads: pa.Table = property(lambda self: self.tables["threads"])
    journeys: pa.Table = property(lambda self: self.tables["journeys"])
    hand_overs: pa.Table = property(lambda self: self.tables["hand_overs"])
    contexts: pa.Table = property(lambda self: self.tables["contexts"])
    channels: pa.Table = property(lambda self: self.tables["channels"])
    purchases: pa.Table = property(lambda self: self.tables["purchases"])
    consents: pa.Table = property(lambda self: self.tables["consents"])
    unreachable: pa.Table = property(lambda self: self.tables["unreachable"])
    households: pa.Table = property(lambda self: self.tables["households"])
    crosswalk: pa.Table = property(lambda self: self.tables["crosswalk"])
    changes: pa.Table = property(lambda self: self.tables["changes"])
    household_changes: pa.Table = property(lambda self: self.tables["household_changes"])
    redirects: pa.Table = property(lambda self: self.tables["redirects"])
    rejected: pa.Table = property(lambda self: self.tables["rejected"])
    decisions: pa.Table = property(lambda self: self.tables["decisions"])
    quality: pa.Table = property(lambda self: self.tables["quality"])
    contact_points: pa.Table = property(lambda self: self.tables["contact_points"])

    def table(self, name: str, kind: Frame = "arrow") -> Any:
        """A table as Arrow, pandas or polars.

        Raises KeyError for an unknown name, ConfigurationError for another kind.
        """
        if kind not in get_args(Frame):
            known = ", ".join(get_args(Frame))
            raise ConfigurationError([Problem("table", f"no kind {kind!r}", f"the kinds are {known}")])
        found = self.tables[name]
        if kind == "pandas":
            return found.to_pandas()
        if kind == "polars":
            import polars

            return polars.from_arrow(found)
        return found

    @property
    def features(self) -> tuple[Feature, ...]:
        """The features that were compared."""
        return tuple(Feature.from_dict(each) for features in self.report["kinds"].values() for each in features)

    @property
    def match_rules(self) -> tuple[MatchRule, ...]:
        """The deterministic rules that held in the run."""
        return tuple(map(MatchRule.from_dict, self.report["rules"]))

    def current_id(self, profile_id: str) -> str:
        """The id that an id of today or of an earlier run stands for now. Raises UnknownRecordError."""
        if pc.any(pc.equal(self.profiles.column("profile_id"), profile_id)).as_py():
            return profile_id
        redirects = self.tables["redirects"]
        found = redirects.filter(pc.equal(redirects.column("old_id"), profile_id)).column("new_id").to_pylist()
        if found and found[0] is not None:
            return str(found[0])
        gone = " (it was deleted)" if found else ""
        raise UnknownRecordError(f"no profile {profile_id}{gone}")

    def profile(self, profile_id: str) -> Profile:
        """The portrait of one profile, with its timeline; an id of an earlier run leads to its successor.

        Raises UnknownRecordError.
        """
        current = self.current_id(profile_id)
        values = self.values.filter(pc.equal(self.values.column("profile_id"), current))
        timeline = self.timeline.filter(pc.equal(self.timeline.column("profile_id"), current))
        used = self.tables["event_identifiers"]
        used = used.filter(pc.is_in(used.column("event"), timeline.column("event").drop_null().combine_chunks()))
        household_id, household = self._household(current)
        return Profile.from_rows(
            values.to_pylist(),
            timeline.to_pylist(),
            used.to_pylist(),
            self.consents.filter(pc.equal(self.consents.column("profile_id"), current)).to_pylist(),
            household_id=household_id,
            household=household,
            rules=self.ruleset.interactions,
        )

    def _household(self, profile_id: str) -> tuple[str | None, list[Member]]:
        """The household of a profile and its other members."""
        own = self.households.filter(pc.equal(self.households.column("profile_id"), profile_id))
        if not own.num_rows:
            return None, []
        home = own.column("household_id")[0].as_py()
        members = self.households.filter(pc.equal(self.households.column("household_id"), home)).to_pylist()
        return home, [Member(each["profile_id"], each["name"]) for each in members if each["profile_id"] != profile_id]

    def find(self, text: str | None = None, /, *, limit: int = 10, **fields: str) -> list[Found]:
        """The profiles that fit what is known, likeliest first, each with its reasons: `find(phone="600 11 22 33")`.

        Fields are those of the mapping vocabulary (`name`, `phone`, `email`, `birth_date`, `national_id`, `postcode`,
        …) and `record_key`, and are taken together. A text alone, `find("600 11 22 33")`, is tried as everything that
        it can be read as. Whoever has a record with exactly the key comes first.

        Raises ConfigurationError for an unknown field, and unless there is either a text or fields.
        """
        return find(self, text, fields, limit=limit)

    def audience(
        self,
        purpose: str,
        *,
        channel: str | Sequence[str] | None = None,
        where: str | None = None,
        policy: AudiencePolicy | None = None,
        at: datetime | None = None,
    ) -> Audience:
        """Whom a campaign may reach for a purpose: each person once, each contact point once, and why not the others.

        `channel` is one or several (None: those of the policy). `where` is a condition in SQL over the columns of
        `profiles` and `contexts`: `"city = 'Madrid' AND open_carts > 0"`. `at` is when it is to go out (UTC; None:
        now). Raises ConfigurationError for all that is wrong with these.
        """
        return audience(self, purpose, channel, where, policy or AudiencePolicy(), at)

    def metrics(self, spend: Mapping[str, float] | None = None) -> dict[str, pa.Table]:
        """The figures of a manager, by the names of `retrato.profiles.metrics.METRICS`.

        With `spend`, what was spent on each first channel, there is also `acquisition`: `channel, spend, customers,
        buyers, cost_per_customer, cost_per_buyer`. Raises ConfigurationError for a channel on which nobody came.
        """
        found = {name: self.tables[f"metric_{name}"] for name in METRICS}
        return found if spend is None else found | {"acquisition": acquisition(found["first_touch"], spend)}

    def explain(self, a: RecordOrProfile, b: RecordOrProfile) -> Explanation:
        """Why two records are one person, or not: `explain(("crm", "17"), ("web", "a3"))`.

        Two profiles are explained by their strongest pair of records. Raises UnknownRecordError.
        """
        return explain(self, a, b)

    def save(self, folder: str | Path, format: Format = "parquet") -> Path:  # noqa: A002 - the word that users know
        """Write everything to a folder, all or nothing; files are readable by their owner only. Returns the folder.

        Raises OutputError, and ConfigurationError for an unknown format. `review` is also written as `review.csv`, to
        be filled in and given back as `decisions`.
        """
        check_format(format)
        with OutputFolder(folder) as output:
            for name in TABLES:
                output.write_table(name, self.tables[name], "parquet")
            write_rest(
                output, self.tables, ruleset=self.ruleset, model=self.model, report=self.report, as_format=format
            )
        return Path(folder)

    @classmethod
    def load(cls, folder: str | Path) -> Resolution:
        """A saved result; its tables are read when they are asked for.

        Raises ResultError when the folder does not hold a complete one.
        """
        root = Path(folder)
        try:
            report = json.loads((root / "run.json").read_text("utf-8"))
            tables = SavedTables(root)
        except (OSError, ValueError, pa.ArrowInvalid) as error:
            raise ResultError(f"{root} is not a complete result of retrato ({type(error).__name__})") from error
        model = FellegiSunter.load(root / "model.json") if (root / "model.json").exists() else None
        return cls(tables, Ruleset.load(root / "ruleset.toml"), model, report)

    def __repr__(self) -> str:
        counts = self.report["counts"]
        return (
            f"<Resolution: {counts['records']:,} records, {counts['profiles']:,} profiles, "
            f"{counts['households']:,} households, {counts['interactions']:,} interactions>"
        )
