"""retrato: one portrait per customer from scattered channel exports."""

from __future__ import annotations

__version__ = "0.1.0"
