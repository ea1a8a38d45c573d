"""`python -m retrato`: the same as the command `retrato`."""

from __future__ import annotations

from retrato.cli import main

if __name__ == "__main__":
    main()
