"""How a user names a record or a profile of a result."""

from __future__ import annotations

from typing import TYPE_CHECKING

from retrato.cli.sources import owner_of
from retrato.errors import UnknownRecordError

if TYPE_CHECKING:
    from retrato import Resolution


def reference(resolution: Resolution, text: str) -> tuple[str, str] | str:
    """A record `source:record_key` as a pair, or a profile id as it is.

    Raises `UnknownRecordError` when the text has a colon and no source of the result stands before it.
    """
    sources = sorted(set(resolution.assignments.column("source").to_pylist()))
    owner = owner_of(text, sources, ":")
    if owner is not None:
        return owner, text.removeprefix(f"{owner}:")
    if ":" in text:
        raise UnknownRecordError(f"{text}: no such source; the sources are {', '.join(sources)}")
    return text


def profile_id(resolution: Resolution, text: str) -> str:
    """The id of the profile that a text names: by its id, or by one of its records.

    Raises `UnknownRecordError` when there is no such record.
    """
    import pyarrow.compute as pc

    found = reference(resolution, text)
    if isinstance(found, str):
        return found
    source, key = found
    table = resolution.assignments
    rows = table.filter(pc.and_(pc.equal(table.column("source"), source), pc.equal(table.column("record_key"), key)))
    if not rows.num_rows:
        raise UnknownRecordError(f"no record {key} in source {source}")
    return str(rows.column("profile_id")[0].as_py())
