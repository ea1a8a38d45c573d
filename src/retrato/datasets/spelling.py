"""Names as a channel has them: shortened, reordered, misheard, mistyped, in capitals, without accents."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from retrato.datasets.contacts import without_accents
from retrato.datasets.formats import Flags, Ints, Strings, strings, weighted
from retrato.datasets.names import nicknames

if TYPE_CHECKING:
    from collections.abc import Callable

    from retrato.datasets.noise import Mess
    from retrato.datasets.people import People

#: Neighbours on the keyboard, for the slips of fingers.
_NEIGHBOURS = dict(
    zip("abcdefghijklmnopqrstuvwxyz", "snvfrghjkhjkjnbkoqwdtyuicexsza"[:26], strict=True),
    é="e", á="a", í="i", ó="o", ú="u", ñ="n",
)  # fmt: skip

#: What is written for what is heard, by language.
_HEARD = {
    "es": (
        ("b", "v"), ("v", "b"), ("ll", "y"), ("y", "ll"), ("z", "s"), ("ce", "se"), ("ci", "si"), ("ge", "je"),
        ("gi", "ji"),
        ("que", "ke"), ("qui", "ki"), ("x", "s"), ("h", ""), ("rr", "r"), ("s", "z"),
    ),
    "en": (
        ("ph", "f"), ("ck", "k"), ("th", "t"), ("ee", "ea"), ("ie", "y"), ("y", "ie"), ("c", "k"), ("ll", "l"),
        ("tt", "t"),
        ("nn", "n"), ("ai", "ay"), ("ou", "u"), ("gh", ""), ("z", "s"), ("e", "a"),
    ),
}  # fmt: skip

_SHORT = {
    "María": "Mª",
    "Francisco": "Fco.",
    "Antonio": "Ant.",
    "Fernando": "Fdo.",
    "William": "Wm.",
    "Thomas": "Thos.",
}


@dataclass(frozen=True)
class Spelled:
    """The parts of names as they were written down, one row a record."""

    given: Strings
    surname: Strings
    second: Strings

    def mapped(self, change: Callable[[Strings], Strings]) -> Spelled:
        """Apply one change to all three parts."""
        return Spelled(change(self.given), change(self.surname), change(self.second))


def spell(rng: np.random.Generator, people: People, who: Ints, mess: Mess) -> Spelled:
    """Write down the names of the people of these records with the habits of a channel."""
    count = len(who)
    english = people.english[who]
    given, extra = people.given[who], people.second_given[who]
    draw = rng.random((9, count))
    alone = (extra != "") & (draw[0] < mess.second_given_alone)
    drop = (extra == "") | (draw[0] < mess.second_given_lost)
    given = np.where(alone, extra, np.where(drop, given, given + " " + extra))
    given = _nicknamed(rng, given, english, draw[1] < mess.nickname)
    short = draw[2] < mess.abbreviated
    given = strings(
        " ".join(_SHORT.get(word, word) for word in name.split(" ")) if cut else name
        for name, cut in zip(given, short, strict=True)
    )
    maiden = people.maiden[who]
    surname = np.where((maiden != "") & (draw[3] < mess.maiden), maiden, people.surname[who])
    surname = np.where(
        (people.suffix[who] != "") & ~short & (draw[3] > 0.5), surname + " " + people.suffix[who], surname
    )
    second = np.where(draw[4] < mess.second_surname_lost, "", people.second_surname[who])
    joined = (second != "") & (draw[5] < mess.surnames_joined)
    surname, second = np.where(joined, surname + " " + second, surname), np.where(joined, "", second)
    _slips(rng, given, surname, english, mess)
    plain, case = draw[6] < mess.accents_lost, draw[7]
    upper, lower = case < mess.upper, case > 1 - mess.lower
    return Spelled(given, surname, second).mapped(lambda part: _dressed(part, plain, upper, lower))


def _dressed(part: Strings, plain: Flags, upper: Flags, lower: Flags) -> Strings:
    part = part.copy()
    part[plain] = without_accents(part[plain])
    part[upper] = strings(each.upper() for each in part[upper])
    part[lower] = strings(each.lower() for each in part[lower])
    return part


def whole(rng: np.random.Generator, spelled: Spelled, mess: Mess) -> Strings:
    """Join the parts into one field, in the style of the channel; empty where the name is missing."""
    count = len(spelled.given)
    style = weighted(rng, mess.styles, count)
    surnames = _joined(spelled.surname, spelled.second)
    initials = strings(each[:1] + "." for each in spelled.given)
    name = np.select(
        [style == 0, style == 1, style == 2],
        [_joined(spelled.given, surnames), spelled.given, _joined(initials, surnames)],
        surnames + ", " + spelled.given,
    )
    return np.where(rng.random(count) < mess.name_missing, "", name)


def _joined(first: Strings, second: Strings) -> Strings:
    return np.asarray(first + np.where(second == "", "", " ") + second, dtype=object)


def _nicknamed(rng: np.random.Generator, given: Strings, english: Flags, chosen: Flags) -> Strings:
    given = given.copy()
    for language, mask in (("es", ~english), ("en", english)):
        forms = nicknames(language)
        rows = np.flatnonzero(chosen & mask)
        turn = rng.integers(0, 6, len(rows)).tolist()
        given[rows] = strings(_nickname(forms, name, i) for name, i in zip(given[rows], turn, strict=True))
    return given


def _nickname(forms: dict[str, list[str]], name: str, turn: int) -> str:
    known = forms.get(name) or forms.get(name.partition(" ")[0])
    return known[turn % len(known)] if known else name


def _slips(rng: np.random.Generator, given: Strings, surname: Strings, english: Flags, mess: Mess) -> None:
    """Mistype and mishear, in place: the surname twice as often as the given name."""
    count = len(given)
    in_surname = rng.random(count) < 0.67
    draw = rng.random((2, count))
    numbers = rng.integers(0, 1 << 30, count)
    for column, mask in ((surname, in_surname), (given, ~in_surname)):
        rows = np.flatnonzero(mask & (draw[0] < mess.typed))
        column[rows] = strings(mistype(text, i) for text, i in zip(column[rows], numbers[rows].tolist(), strict=True))
        rows = np.flatnonzero(mask & (draw[1] < mess.heard))
        languages = np.where(english[rows], "en", "es")
        triples = zip(column[rows], numbers[rows].tolist(), languages, strict=True)
        column[rows] = strings(mishear(text, i, str(language)) for text, i, language in triples)


def mistype(text: str, number: int) -> str:
    """Change one letter as fingers do: a neighbour key, two letters exchanged, one lost, one doubled. `number` decides.

    >>> mistype("Navarro", 5), mistype("Navarro", 6)
    ('Naavrro', 'Naarro')
    """
    if len(text) < 3:
        return text
    place = 1 + number // 4 % (len(text) - 1)
    before, letter, after = text[:place], text[place], text[place + 1 :]
    match number % 4:
        case 0:
            return before + _NEIGHBOURS.get(letter.lower(), letter) + after
        case 1 if after:
            return before + after[0] + letter + after[1:]
        case 2:
            return before + after
        case _:
            return before + letter + letter + after


def mishear(text: str, number: int, language: str) -> str:
    """Spell a name as it may sound: b for v, no h, y for ll, s for z. `number` decides among what fits.

    >>> mishear("Ibáñez", 0, "es"), mishear("Hernández", 1, "es"), mishear("Philip", 0, "en")
    ('Iváñez', 'Ernández', 'Filip')
    """
    lower = text.lower()
    fitting = [rule for rule in _HEARD[language] if rule[0] in lower and not (rule[0] == "h" and "ch" in lower)]
    if not fitting:
        return text
    old, new = fitting[number % len(fitting)]
    at = lower.index(old)
    changed = text[:at] + new + text[at + len(old) :]
    return changed[:1].upper() + changed[1:] if text[:1].isupper() else changed
