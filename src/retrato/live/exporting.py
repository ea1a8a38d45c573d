"""All that a store holds of a person, for whoever asks what is kept of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from retrato.live.saying import as_text
from retrato.live.versions import read

if TYPE_CHECKING:
    from retrato.profiles.profile import Profile
    from retrato.stores.rows import StoredChange, StoredDecision, StoredRecord, StoredSaying
    from retrato.stores.work import Work


def export(work: Work, profile: Profile) -> dict[str, Any]:
    """See `IdentityStore.export`."""
    records = work.records_of(profile.id)
    sayings = work.sayings([each.record for each in records])
    ids = work.ids_of(profile.id)
    decisions = work.decisions_about([(each.source, each.record_key) for each in records])
    return {
        "profile_id": profile.id,
        "former_ids": [each for each in ids if each != profile.id],
        "golden": {name: value.value for name, value in profile.attributes.items()},
        "records": [_record(each, [saying for saying in sayings if saying.record == each.record]) for each in records],
        "decisions": [_decision(each) for each in decisions],
        "changes": [_change(each) for each in work.changes_of(ids)],
    }


def _record(record: StoredRecord, versions: list[StoredSaying]) -> dict[str, Any]:
    return {
        "source": record.source,
        "record_key": record.record_key,
        "versions": [
            {
                "version": each.version,
                "created_at": as_text(each.created_at),
                "observed_at": as_text(each.observed_at),
                "known_at": as_text(each.known_at),
                "values": [said._asdict() for said in read(each.said)],
            }
            for each in versions
        ],
        "matching_keys": {name: list(key) if isinstance(key, tuple) else key for name, key in record.keys.items()},
    }


def _decision(decision: StoredDecision) -> dict[str, Any]:
    return {**decision._asdict(), "at": as_text(decision.at), "undone_at": as_text(decision.undone_at)}


def _change(change: StoredChange) -> dict[str, Any]:
    return {**change._asdict(), "at": as_text(change.at)}
