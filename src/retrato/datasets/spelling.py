"""Names as a channel has them: shortened, reordered, misheard, mistyped, in capitals, without accents."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from retrato.datasets.contacts import without_accents
from retrato.datasets.formats import Flags, Floats, Ints, Strings, strings, weighted
from retrato.datasets.names import nicknames
from retrato.datasets.traps import noted, without

if TYPE_CHECKING:
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
    """The parts of names as they were written down, one row a record, and the traps that lie in them."""

    given: Strings
    surname: Strings
    second: Strings
    swapped: Flags  # the surnames are taken for the given name, and the other way round
    given_traps: Ints
    surname_traps: Ints

    @property
    def surnames(self) -> Strings:
        """Both surnames, or the one there is."""
        return _joined(self.surname, self.second)

    @property
    def traps(self) -> Ints:
        """The traps of a name that has a field for each part."""
        return self.given_traps | self.surname_traps | noted("swapped_names", self.swapped)

    def fields(self) -> tuple[Strings, Strings, Strings]:
        """Given name and surnames as they stand in fields of their own, some in the wrong ones."""
        turned = self.swapped
        return (
            np.where(turned, self.surnames, self.given),
            np.where(turned, self.given, self.surname),
            np.where(turned, "", self.second),
        )


def spell(rng: np.random.Generator, people: People, who: Ints, mess: Mess) -> Spelled:
    """Write down the names of the people of these records with the habits of a channel."""
    draw = rng.random((9, len(who)))
    english = people.english[who]
    given, given_traps, short = _given(rng, people, who, mess, draw[:3])
    surname, second, surname_traps = _surnames(people, who, mess, draw[3:6], short)
    in_given, in_surname = _slips(rng, given, surname, english, mess)
    plain, case = draw[6] < mess.accents_lost, draw[7]
    upper, lower = case < mess.upper, case > 1 - mess.lower
    shown = [_dressed(part, plain, upper, lower) for part in (given, surname, second)]
    return Spelled(
        shown[0],
        shown[1],
        shown[2],
        draw[8] < mess.swapped,
        given_traps | noted("name_typo", in_given),
        surname_traps | noted("name_typo", in_surname),
    )


def _given(
    rng: np.random.Generator, people: People, who: Ints, mess: Mess, draw: Floats
) -> tuple[Strings, Ints, Flags]:
    """Given names before any slip, their traps, and which are written in short if there is a short form."""
    given, extra = people.given[who], people.second_given[who]
    alone = (extra != "") & (draw[0] < mess.second_given_alone)
    drop = (extra == "") | (draw[0] < mess.second_given_lost)
    given = np.where(alone, extra, np.where(drop, given, given + " " + extra))
    traps = noted("other_given", alone) | noted("second_given_missing", drop & ~alone & (extra != ""))
    called = _nicknamed(rng, given, people.english[who], draw[1] < mess.nickname)
    traps |= noted("nickname", called != given)
    short = draw[2] < mess.abbreviated
    written = called.copy()
    rows = np.flatnonzero(short)
    written[rows] = strings(" ".join(_SHORT.get(word, word) for word in name.split(" ")) for name in called[rows])
    return written, traps | noted("abbreviated", written != called), short


def _surnames(people: People, who: Ints, mess: Mess, draw: Floats, short: Flags) -> tuple[Strings, Strings, Ints]:
    """First and second surnames before any slip, and their traps."""
    maiden, suffix, second = people.maiden[who], people.suffix[who], people.second_surname[who]
    as_maiden = (maiden != "") & (draw[0] < mess.maiden)
    surname = np.where(as_maiden, maiden, people.surname[who])
    surname = np.where((suffix != "") & ~short & (draw[0] > 0.5), surname + " " + suffix, surname)
    lost = (second != "") & (draw[1] < mess.second_surname_lost)
    by_husband = (people.married[who] != "") & (draw[0] < mess.married)
    second = np.where(by_husband, people.married[who], np.where(lost, "", second))
    traps = noted("surname_changed", as_maiden | by_husband) | noted("second_surname_missing", lost & ~by_husband)
    joined = (second != "") & (draw[2] < mess.surnames_joined)
    return np.where(joined, surname + " " + second, surname), np.where(joined, "", second), traps


def _dressed(part: Strings, plain: Flags, upper: Flags, lower: Flags) -> Strings:
    part = part.copy()
    part[plain] = without_accents(part[plain])
    part[upper] = strings(each.upper() for each in part[upper])
    part[lower] = strings(each.lower() for each in part[lower])
    return part


def whole(rng: np.random.Generator, spelled: Spelled, mess: Mess) -> tuple[Strings, Ints]:
    """Join the parts into one field, in the style of the channel; empty where the name is missing. With their traps."""
    count = len(spelled.given)
    style = weighted(rng, mess.styles, count)
    surnames = spelled.surnames
    turned = spelled.swapped & (style == 0)
    full = np.where(turned, surnames + " " + spelled.given, spelled.given + " " + surnames)
    initials = strings(each[:1] + "." for each in spelled.given)
    name = np.select(
        [style == 0, style == 1, style == 2],
        [full, spelled.given, initials + " " + surnames],
        surnames + ", " + spelled.given,
    )
    both = spelled.given_traps | spelled.surname_traps | noted("swapped_names", turned)
    # What befell a part does not show where the part is left out.
    alone = spelled.given_traps | noted("given_only", style == 1)
    first = without(both, "name_typo", "abbreviated", "second_given_missing") | noted("initial", style == 2)
    first |= spelled.surname_traps
    missing = rng.random(count) < mess.name_missing
    traps = np.select([missing, style == 1, style == 2], [noted("nameless", missing), alone, first], both)
    return np.where(missing, "", name), traps


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


def _slips(
    rng: np.random.Generator, given: Strings, surname: Strings, english: Flags, mess: Mess
) -> tuple[Flags, Flags]:
    """Mistype and mishear, in place: the surname twice as often as the given name. Returns which were changed."""
    count = len(given)
    in_surname = rng.random(count) < 0.67
    draw = rng.random((2, count))
    numbers = rng.integers(0, 1 << 30, count)
    before = given.copy(), surname.copy()
    for column, mask in ((surname, in_surname), (given, ~in_surname)):
        rows = np.flatnonzero(mask & (draw[0] < mess.typed))
        column[rows] = strings(mistype(text, i) for text, i in zip(column[rows], numbers[rows].tolist(), strict=True))
        rows = np.flatnonzero(mask & (draw[1] < mess.heard))
        languages = np.where(english[rows], "en", "es")
        triples = zip(column[rows], numbers[rows].tolist(), languages, strict=True)
        column[rows] = strings(mishear(text, i, str(language)) for text, i, language in triples)
    return given != before[0], surname != before[1]


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
