"""A portrait as text and as JSON."""

from __future__ import annotations

from dataclasses import asdict, fields
from typing import TYPE_CHECKING, Any

from retrato.cli.screen import show
from retrato.profiles.signals import signals

if TYPE_CHECKING:
    from datetime import datetime

    from retrato import Profile


def show_portrait(profile: Profile, at: datetime | None = None) -> None:
    """Print the portrait, what is to be done at a moment (None: now), and the whole timeline."""
    show(profile.text(at=at))


def portrait_document(profile: Profile, at: datetime | None = None) -> dict[str, Any]:
    """A profile as plain data: golden values by attribute, every value with its provenance, the timeline, what is made
    of it, what is allowed, and the context at a moment (None: now).
    """
    context = profile.context(at)
    return {
        "profile_id": profile.id,
        "household_id": profile.household_id,
        "household": [asdict(member) for member in profile.household],
        "golden": {name: value.value for name, value in profile.attributes.items()},
        "values": [
            {each.name: getattr(value, each.name) for each in fields(value)} | {"parts": dict(value.parts)}
            for value in profile.values
        ],
        "consents": [asdict(consent) for consent in profile.consents],
        "context": context.row(),
        "signals": [
            {"name": each.name, "sentence": each.sentence, "priority": each.priority, "expires": each.expires}
            for each in signals(context)
        ],
        "timeline": [asdict(interaction) for interaction in profile.timeline],
        "repeats": [asdict(interaction) for interaction in profile.timeline.repeats],
        "threads": [asdict(thread) for thread in profile.timeline.threads],
        "journeys": [asdict(journey) for journey in profile.timeline.journeys],
        "hand_overs": [asdict(hand_over) for hand_over in profile.timeline.hand_overs],
    }
