"""The exports of Pedro's story, written as their channels would, and what retrato makes of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from retrato import Profile, Resolution, Source, resolve
from retrato.datasets import Omnichannel, StoryPerson, omnichannel

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@dataclass(frozen=True)
class Story:
    """A population with Pedro in it, and the result of a run over its exports."""

    data: Omnichannel
    resolution: Resolution

    def records(self, person: StoryPerson) -> set[tuple[str, str]]:
        """Source and key of the records of a person, as the truth says."""
        rows = self.data.truth.to_pylist()
        return {(row["source"], row["record_key"]) for row in rows if row["person_id"] == person.person_id}

    def events(self, person: StoryPerson) -> set[tuple[str, str]]:
        """Source and key of the events of a person, as the truth says."""
        rows = self.data.event_truth.to_pylist()
        return {(row["source"], row["event_key"]) for row in rows if row["person_id"] == person.person_id}

    def ids(self, person: StoryPerson) -> set[str]:
        """The profiles that have records of a person."""
        mine = self.records(person)
        rows = self.resolution.assignments.to_pylist()
        return {row["profile_id"] for row in rows if (row["source"], row["record_key"]) in mine}

    def profile(self, person: StoryPerson) -> Profile:
        """The one profile of a person."""
        (only,) = self.ids(person)
        return self.resolution.profile(only)

    def rows(self, source: str, **values: str) -> Iterator[dict[str, str]]:
        """The rows of an export that have these values."""
        for row in (self.data.records | self.data.events)[source].to_pylist():
            if all(row[name] == value for name, value in values.items()):
                yield row


@pytest.fixture(scope="session")
def story(tmp_path_factory: pytest.TempPathFactory) -> Story:
    data = omnichannel(3000, seed=1)  # what `retrato demo` shows
    exports: list[Path] = data.write(tmp_path_factory.mktemp("exports"))
    return Story(data, resolve([Source(path.stem, path, region="ES") for path in exports]))
