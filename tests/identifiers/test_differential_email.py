"""E-mail addresses are judged and written as email-validator does."""

from __future__ import annotations

from differential_email import REPAIRS, compare


def test_generated_cells_are_read_as_the_library_reads_their_addresses() -> None:
    found = compare(50_000, seed=7)
    assert found.disagreements == []
    assert set(REPAIRS) | {"several", "other"} == set(found.repaired)
