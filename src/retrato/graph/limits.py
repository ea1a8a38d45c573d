"""Limits: how many different values of a kind one person can have."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `at_most` different values of `kind` for one person, or so many within some months.

    `kind` is `national_id`, `phone`, …: every namespace counts by itself, so that a passport stands beside an identity
    card. `national_id.es_dni` is one namespace alone, and `category.segment` a plain attribute.

    A limit is hard: whoever would break it is kept apart, whatever speaks for it. Values count when they are valid or
    possible; one that fails its check is most likely a slip of another and does not count. Without `within_months` the
    values that records have now count; with it also those that they had once, and two count together when less than so
    many months lie between what is known of the one and of the other. What has no date then does not count.

    >>> str(Limit("phone", 5, within_months=12))
    'at most 5 phone within 12 months'
    """

    kind: str
    at_most: int
    within_months: int | None = None

    def problems(self) -> Iterator[str]:
        """What is wrong with it, in sentences."""
        if self.at_most < 1:
            yield "at_most is at least 1; to leave a kind out, do not map its column"
        if self.within_months is not None and self.within_months < 1:
            yield "within_months is at least 1; leave it out for all time"

    def __str__(self) -> str:
        window = f" within {self.within_months} months" if self.within_months else ""
        return f"at most {self.at_most} {self.kind}{window}"
