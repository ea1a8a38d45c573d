"""The result of a run: profiles, who is in them, why, and everything that can be asked of them."""

from __future__ import annotations

from retrato.resolution.explanation import Explanation
from retrato.resolution.finding import Found
from retrato.resolution.resolution import Resolution
from retrato.resolution.resolving import resolve

__all__ = ["Explanation", "Found", "Resolution", "resolve"]
