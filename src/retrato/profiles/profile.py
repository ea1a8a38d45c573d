"""One portrait in memory: who this is, what speaks for it, and what happened."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, fields
from datetime import UTC, datetime
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from retrato.errors import UnknownRecordError
from retrato.profiles.consent import Consent, Consents
from retrato.profiles.context import Context
from retrato.profiles.interaction import Interaction, Used
from retrato.profiles.signals import SIGNALS, Signal, signals
from retrato.profiles.survivorship import (
    CONTENT,
    CURRENT_VERSION,
    NOT_RANKED,
    ONLY_VALUE,
    PINNED,
    SEVERAL_AT_ONCE,
    Strategy,
)
from retrato.profiles.timeline import Timeline

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from retrato.profiles.interaction_rules import InteractionRules
    from retrato.profiles.signals import SignalRule

_RECENT = 5
#: Signals up to this priority ask for something to be done.
_URGENT = 2
_INDENT = 18
_REASONS = {
    PINNED: "somebody has fixed it",
    CURRENT_VERSION: "the other stands only in an earlier version of its record",
    CONTENT: "nothing else told them apart, so the order of the values decides",
    **{each.value: each.sentence for each in Strategy},
}
#: The order of a portrait; what is not here follows by name.
_ORDER = (
    "birth_date", "sex", "national_id", "email", "phone", "handle", "address", "account_id", "device_id",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Value:
    """One value as one record holds it: a row of the table `values`, where the columns are described."""

    attribute: str
    kind: str
    value: str | None
    namespace: str = ""
    rank: int | None = None
    golden: bool = False
    raw: str | None = None
    parts: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    status: str = "valid"
    source: str = ""
    record_key: str = ""
    version: int = 0
    column_name: str | None = None
    observed_at: datetime | None = None
    support: int | None = None
    confidence: float | None = None
    rule: str = NOT_RANKED

    @classmethod
    def from_row(cls, row: Mapping[str, Any]) -> Value:
        """A value from a row of the table `values`."""
        known = {each.name: row[each.name] for each in fields(cls) if each.name in row}
        known["parts"] = MappingProxyType(json.loads(row.get("parts") or "{}"))
        return cls(**known)

    @property
    def name(self) -> str:
        """The attribute, with the namespace where there is one: `national_id.dni`."""
        plain = self.namespace in ("", self.attribute)
        return self.attribute if plain else f"{self.attribute}.{self.namespace}"

    @property
    def origin(self) -> str:
        """Where the value stands: source, record key and column."""
        column = f", column {self.column_name}" if self.column_name else ""
        return f"{self.source} {self.record_key}{column}"


@dataclass(frozen=True, slots=True)
class Member:
    """Another profile of the same household."""

    profile_id: str
    name: str | None = None


@dataclass(frozen=True, slots=True)
class Profile:
    """A customer: golden values, what else the records say, and the timeline.

    `values` holds every value of every record, best first within each attribute; `household` the other members of the
    household; `consents` what the customer allows and denies.

    >>> told = Value("birth_date", "birth_date", "1980-03-02", rank=1, golden=True, source="crm", record_key="7",
    ...              column_name="dob", support=1, rule="only_value")
    >>> profile = Profile("p1", values=(told,))
    >>> profile.get("birth_date")
    '1980-03-02'
    >>> print(profile.why("birth_date"))
    birth_date is 1980-03-02, from crm 7, column dob: held by 1 record. It is the only value.
    """

    id: str
    household_id: str | None = None
    values: tuple[Value, ...] = ()
    timeline: Timeline = field(default_factory=Timeline)
    household: tuple[Member, ...] = ()
    consents: Consents = field(default_factory=Consents)

    @classmethod
    def from_rows(
        cls,
        values_rows: Iterable[Mapping[str, Any]],
        timeline_rows: Iterable[Mapping[str, Any]] = (),
        identifier_rows: Iterable[Mapping[str, Any]] = (),
        consent_rows: Iterable[Mapping[str, Any]] = (),
        *,
        household_id: str | None = None,
        household: Iterable[Member] = (),
        rules: InteractionRules | None = None,
    ) -> Profile:
        """The portrait of the one profile that the rows of `values`, `timeline`, `event_identifiers` and `consents` are
        of.

        Raises `UnknownRecordError` when there are no rows, `ValueError` when they are of several profiles.
        """
        held, touches = list(values_rows), list(timeline_rows)
        ids = {row["profile_id"] for row in (*held, *touches)}
        if not ids:
            raise UnknownRecordError("no rows of this profile")
        if len(ids) > 1:
            raise ValueError(f"rows of {len(ids)} profiles where those of one are needed")
        values = sorted((Value.from_row(row) for row in held), key=_place)
        used: dict[int | None, list[Used]] = {}
        for row in identifier_rows:
            used.setdefault(row["event"], []).append(Used(row["kind"], row["value"], row["namespace"], row["status"]))
        interactions = (Interaction.from_row(row, tuple(used.get(row.get("event"), ()))) for row in touches)
        timeline = Timeline.as_found(interactions, rules)
        consents = Consents(tuple(map(Consent.from_row, consent_rows)))
        return cls(ids.pop(), household_id, tuple(values), timeline, tuple(household), consents)

    @property
    def attributes(self) -> Mapping[str, Value]:
        """The golden value of each attribute, by name (`phone`, `national_id.dni`)."""
        return MappingProxyType({each.name: each for each in self.values if each.golden})

    @property
    def name(self) -> str | None:
        """The golden name."""
        return self.get("name")

    @property
    def contact_points(self) -> Mapping[str, tuple[str, ...]]:
        """All distinct e-mails, phones, handles, accounts and devices that are not invalid, best first."""
        return MappingProxyType(
            {
                kind: tuple(dict.fromkeys(str(each.value) for each in self.ranked(kind) if each.status != "invalid"))
                for kind in sorted(SEVERAL_AT_ONCE & {each.kind for each in self.values})
            }
        )

    def golden(self, attribute: str) -> Value | None:
        """The golden value of an attribute; of several namespaces the first, unless it names one (`handle.x`)."""
        return next((each for each in self.ranked(attribute) if each.golden), None)

    def get(self, attribute: str, default: str | None = None) -> str | None:
        """The text of the golden value."""
        found = self.golden(attribute)
        return default if found is None else found.value

    def ranked(self, attribute: str) -> tuple[Value, ...]:
        """All rows of an attribute that take part in its ranking, best first."""
        return tuple(each for each in self.values if each.rank is not None and attribute in (each.attribute, each.name))

    def alternatives(self, attribute: str) -> tuple[Value, ...]:
        """What the records say of an attribute besides the golden value: one row for each other value, best first."""
        best = self.golden(attribute)
        if best is None:
            return ()
        others = {each.value: each for each in reversed(self.ranked(best.name)) if each.rank != best.rank}
        return tuple(sorted(others.values(), key=_place))

    def why(self, attribute: str) -> str:
        """Why the golden value is what it is: its origin, its support, the rule, and what came second."""
        best = self.golden(attribute)
        if best is None:
            return f"{attribute} is not known: no record of this profile has a usable value."
        count = f"{best.support} record{'' if best.support == 1 else 's'}"
        said = f"{best.name} is {best.value}, from {best.origin}: held by {count}."
        second = next(iter(self.alternatives(best.name)), None)
        if second is None or best.rule == ONLY_VALUE:
            return f"{said} It is the only value."
        return f"{said} It comes before {second.value} ({second.origin}) because {_REASONS[best.rule]} ({best.rule})."

    def context(self, at: datetime | None = None) -> Context:
        """What whoever answers next must know, at a moment (UTC, naive; None: now)."""
        return Context(self, datetime.now(UTC).replace(tzinfo=None) if at is None else at)

    def signals(self, at: datetime | None = None, *, rules: Iterable[SignalRule] = SIGNALS) -> tuple[Signal, ...]:
        """What somebody should act on at a moment, the most urgent first."""
        return signals(self.context(at), rules)

    def __str__(self) -> str:
        return self.text(recent=_RECENT)

    def text(self, *, recent: int | None = None, at: datetime | None = None) -> str:
        """The portrait to read: golden values, contact points, the context and what somebody should act on at a moment
        (None: now), and the last interactions (all of them for None).
        """
        title = f"{self.name or '(no name)'}  [{self.id}]"
        lines = [title, "=" * len(title)]
        rows = [("household", self._home())] if self.household_id else []
        context = self.context(at)
        rows += [*self._shown(), *context.lines()]
        rows += [("to do" if each.priority <= _URGENT else "to know", str(each)) for each in signals(context)]
        width = max((len(label) + 2 for label, _ in rows), default=0)
        lines += [f"{label:<{max(width, _INDENT)}}{text}" for label, text in rows]
        lines += ["", *self._history(recent)]
        return "\n".join(lines)

    def _home(self) -> str:
        others = ", ".join(each.name or each.profile_id for each in self.household)
        return f"{self.household_id} with {others}" if others else str(self.household_id)

    def _shown(self) -> Iterable[tuple[str, str]]:
        golden = [each for each in self.values if each.golden and each.kind != "name"]
        places = {name: place for place, name in enumerate(_ORDER)}
        for best in sorted(golden, key=lambda each: (places.get(each.kind, len(places)), each.name)):
            texts = [str(best.value)]
            if best.kind in SEVERAL_AT_ONCE:
                texts += [str(each.value) for each in self.alternatives(best.name) if each.status != "invalid"]
            label = best.attribute.replace("_", " ")
            yield label if best.name == best.attribute else f"{label} ({best.namespace})", ", ".join(texts)

    def _history(self, recent: int | None) -> list[str]:
        if not self.timeline:
            return ["no interactions"]
        latest = self.timeline if recent is None else self.timeline[-recent:]
        more = f", the last {len(latest)}" if len(latest) < len(self.timeline) else ""
        plural = "" if len(self.timeline) == 1 else "s"
        return [f"{len(self.timeline)} interaction{plural}{more}:", *str(latest).splitlines()]


def _place(value: Value) -> tuple[Any, ...]:
    unranked = value.rank is None
    origin = (value.source, value.record_key, value.version, value.column_name or "", value.raw or "")
    return (value.attribute, value.kind, value.namespace, unranked, value.rank or 0, not value.golden, *origin)
