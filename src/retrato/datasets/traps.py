"""What makes a record hard to match: the traps, and the label that each record gets for those it holds.

A trap is noted while the record is made, one bit for each, and never guessed from what stands in the export. A record
may hold several: its label names them all, joined by `+`, in the order of `TRAPS`, so the first is the gravest.
"""

from __future__ import annotations

import numpy as np

from retrato.datasets.formats import Flags, Ints, Strings, strings

#: Every trap and when a record holds it: first what leads to somebody else, then what hides that two records are one
#: person's, then what is only less than could be known.
TRAPS = {
    "twin": "a twin, born the same day and living under the same roof, has records too",
    "same_name_parent": "a parent or child has records too, with the same given name and first surname",
    "namesake": "somebody of another household has records too, with the same given name and surnames",
    "recycled_phone": "a number that was given up by one person and handed to a stranger; both have records with it",
    "office_contact": "the switchboard or the info@ address of an employer",
    "shared_phone": "a landline or a mobile with which others of the household have records too",
    "shared_email": "an address with which others of the household have records too",
    "placeholder": "an e-mail, phone or birth date that only fills the field",
    "name_only": "nothing but a name, a handle or a place: no e-mail, phone, document or birth date",
    "nameless": "no name",
    "swapped_names": "given name and surnames have changed places",
    "surname_changed": "the maiden name of a wife who took her husband's, or `de` and his for one who did not",
    "other_given": "called by the second given name",
    "nickname": "a nickname or short form for the given name",
    "initial": "an initial for the given name",
    "given_only": "the given name without a surname",
    "abbreviated": "a given name abbreviated: Mª, Fco., Wm.",
    "name_typo": "a name mistyped or misheard",
    "identifier_typo": "an e-mail, phone or document mistyped",
    "birth_date_wrong": "day and month of the birth date exchanged, or the year wrong",
    "former_phone": "the number of before the person changed it",
    "former_address": "the address of before the household moved",
    "second_email": "a second private address, or the one at work",
    "second_given_missing": "the second given name is left out",
    "second_surname_missing": "the second surname is left out",
    "repeated": "the person has another record in the same export",
}
NONE = "none"
_BITS = {name: 1 << place for place, name in enumerate(TRAPS)}


def noted(name: str, where: Flags) -> Ints:
    """Note a trap for the rows that hold it; what is noted is joined with `|`.

    >>> trap_text(noted("nickname", np.array([True, False])) | noted("twin", np.array([True, False]))).tolist()
    ['twin+nickname', 'none']
    """
    return np.where(where, np.int64(_BITS[name]), np.int64(0))


def without(traps: Ints, *names: str) -> Ints:
    """Take traps back: what a row lost again on its way into the export."""
    return np.asarray(traps & ~np.int64(sum(_BITS[name] for name in names)))


def holds(traps: Ints, name: str) -> Flags:
    """Which rows hold a trap."""
    return np.asarray((traps & _BITS[name]) != 0)


def traps_of(names: str) -> int:
    """The bits of traps that are named with blanks between them.

    >>> trap_text(np.array([traps_of("shared_email nickname")])).tolist()
    ['shared_email+nickname']
    """
    return sum(_BITS[name] for name in names.split())


def trap_text(traps: Ints) -> Strings:
    """The label of every row."""
    kinds, which = np.unique(traps, return_inverse=True)
    labels = ("+".join(name for name, bit in _BITS.items() if kind & bit) or NONE for kind in kinds.tolist())
    return strings(labels)[which]
