"""The command `retrato`: one small module a command, over the same functions that Python code calls."""

from __future__ import annotations

from retrato.cli.app import app, main

__all__ = ["app", "main"]
