"""A portrait as text and as JSON."""

from __future__ import annotations

from dataclasses import asdict, fields
from typing import TYPE_CHECKING, Any

from retrato.cli.screen import show

if TYPE_CHECKING:
    from retrato import Profile


def show_portrait(profile: Profile) -> None:
    """Print the portrait with the whole timeline."""
    show(profile.text())


def portrait_document(profile: Profile) -> dict[str, Any]:
    """A profile as plain data: golden values by attribute, every value with its provenance, the timeline, and what is
    made of it.
    """
    return {
        "profile_id": profile.id,
        "household_id": profile.household_id,
        "household": [asdict(member) for member in profile.household],
        "golden": {name: value.value for name, value in profile.attributes.items()},
        "values": [
            {each.name: getattr(value, each.name) for each in fields(value)} | {"parts": dict(value.parts)}
            for value in profile.values
        ],
        "timeline": [asdict(interaction) for interaction in profile.timeline],
        "repeats": [asdict(interaction) for interaction in profile.timeline.repeats],
        "threads": [asdict(thread) for thread in profile.timeline.threads],
        "journeys": [asdict(journey) for journey in profile.timeline.journeys],
        "hand_overs": [asdict(hand_over) for hand_over in profile.timeline.hand_overs],
    }
