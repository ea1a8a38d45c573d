"""Proof that an identifier type keeps its promises, for types of your own."""

from __future__ import annotations

from retrato.testing.proof import check_identifier_type

__all__ = ["check_identifier_type"]
