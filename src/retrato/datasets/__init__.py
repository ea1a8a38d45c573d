"""Synthetic data with the truth: customers of eight channels, and Pedro, who is always among them.

`omnichannel(n, seed=...)` makes `n` contact records and their events as channels would export them; `PEDRO` and the
other people of the story have fixed identities. numpy and Arrow are loaded on the first call.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from retrato.datasets.customers import Omnichannel, omnichannel
    from retrato.datasets.story import PEDRO, PEOPLE, StoryPerson

__all__ = ["PEDRO", "PEOPLE", "Omnichannel", "StoryPerson", "omnichannel"]


def __getattr__(name: str) -> Any:
    if name in ("Omnichannel", "omnichannel"):
        from retrato.datasets import customers

        return getattr(customers, name)
    if name in __all__:
        from retrato.datasets import story

        return getattr(story, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
