"""Contact classes: how many people those who share a value seem to be, by their given names and birth dates.

This is the plain Python meaning, for one value; `engines/compile/features.py` says the same for all values at once.
Given names are folded ASCII and birth dates ISO dates.
"""

from __future__ import annotations

from bisect import bisect_left
from functools import partial
from typing import TYPE_CHECKING

from rapidfuzz.distance import Levenshtein

from retrato.matching.comparisons import CONTACT_EDGES, MANY_RECORDS, RARITY_EDGES

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from retrato.matching.comparisons import Bands

#: Among more different names, or birth dates, it does not matter whether some are others miswritten.
MOST_NAMES = 12
#: A name or a date that is miswritten differs in at most so many letters or digits,
MOST_EDITS = 2
#: a name in one of every so many letters at most.
LETTERS_AN_EDIT = 3
#: The key by which given names are told apart; a model keeps the rarity bands of its values under this name.
ROOTS = "given_root"
#: A name that seems to be another one miswritten is so many rarity bands rarer, or in the first one, and the other not.
BANDS_RARER = 3


def is_variant(name: str, other: str, bands: Bands) -> bool:
    """Whether a given name seems to be another one miswritten.

    It is much rarer, and close to the other or run together with the next. `bands` are the rarity bands of names.

    >>> bands = {"manuel": 3, "mario": 2, "maria": 3}
    >>> is_variant("maunel", "manuel", bands), is_variant("mario", "maria", bands)
    (True, False)
    """
    rare, common = bands.get(name, 0), bands.get(other, 0)
    if common < BANDS_RARER + rare and not common > rare == 0:
        return False
    if name.startswith(other) or other.startswith(name):
        return True
    edits = Levenshtein.distance(name, other, score_cutoff=MOST_EDITS)
    return edits <= min(MOST_EDITS, len(other) / LETTERS_AN_EDIT)


def is_misdated(date: str, other: str) -> bool:
    """Whether a date differs from a later one in two digits, or in the order of day and month.

    >>> is_misdated("1956-04-09", "1956-09-04"), is_misdated("1956-04-09", "1990-10-01")
    (True, False)
    """
    if date >= other:
        return False
    turned = date[:4] == other[:4] and date[5:7] == other[8:10] and date[8:10] == other[5:7]
    return turned or Levenshtein.distance(date, other, score_cutoff=MOST_EDITS) <= MOST_EDITS


def people(given_roots: Collection[str], birth_dates: Collection[str], bands: Bands) -> int | None:
    """How many people those who share a value seem to be; None where neither names nor birth dates are known.

    They are as many as they have different given names, or birth dates if those are more, without those that seem to
    be another one miswritten. `bands` are the rarity bands of given names.

    >>> people(["manuel", "maunel"], ["1956-04-09"], {"manuel": 3})
    1
    >>> people(["ana", "pedro"], [], {}), people([], [], {})
    (2, None)
    """
    named = _told_apart(given_roots, partial(is_variant, bands=bands))
    return max(named, _told_apart(birth_dates, is_misdated)) or None


def _told_apart(names: Collection[str], miswritten: Callable[[str, str], bool]) -> int:
    different = frozenset(names)
    if len(different) > MOST_NAMES:
        return len(different)
    return sum(not any(miswritten(name, other) for other in different) for name in different)


def contact_class(holders: int, given_roots: Collection[str], birth_dates: Collection[str], bands: Bands) -> int:
    """The number, in `CONTACT_CLASSES`, of the class of a value that records with these names and dates hold.

    `holders` is how many records hold it, and `bands` are the rarity bands of given names. Where all data
    know neither given names nor birth dates, the `rarity_band` takes its place.

    >>> contact_class(2, ["ana", "pedro"], [], {}), contact_class(9, [], [], {})
    (2, 1)
    """
    found = people(given_roots, birth_dates, bands) or 1
    if found == 1:
        return int(holders > MANY_RECORDS)
    return 2 + bisect_left(CONTACT_EDGES, found)


def rarity_band(holders: int) -> int:
    """The number, in `RARITY_BANDS`, of the band of a value that so many records hold.

    >>> rarity_band(2), rarity_band(3), rarity_band(100_000)
    (0, 1, 7)
    """
    return bisect_left(RARITY_EDGES, holders)
