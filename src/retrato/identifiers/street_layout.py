"""What each word of a street line is, told from the classes of the words alone: name, kind, house number, unit.

Reading looks at classes only (`street_words`), so that all lines of one shape are read by reading one of them. That is
what makes whole columns fast: a million streets have a few thousand shapes.
"""

from __future__ import annotations

from typing import NamedTuple

from retrato.identifiers.memory import remembered
from retrato.identifiers.street_segments import Role, Segment, segments_of
from retrato.identifiers.street_units import Item, Items, Shape, number_first, plain_items, unit_items
from retrato.identifiers.street_words import (
    ABBREVIATIONS,
    AFTER_NUMBER,
    ARTICLES,
    BEFORE_NUMBERED_ROADS,
    BOX_WORDS,
    CORNERS,
    DIRECTIONS,
    ENDS,
    NUMBER_WORDS,
    NUMBERED_ROADS,
    ORDINAL_WORDS,
    PARTICLES,
    RANGE,
    ROAD_LETTERS,
    SHORT,
    SLASH,
    UNIT_FORMS,
    UNIT_STARTS,
    UNIT_WORDS,
    WORD,
    after,
    before,
    house_number,
    is_number,
    is_plain_number,
    words_between_commas,
)


class Layout(NamedTuple):
    """The parts of a street line, each as the places of its words; `kind` as keys have it."""

    name: Items = ()
    kind: str = ""
    number: Items = ()
    unit: Items = ()


@remembered(1 << 16)
def layout(shape: Shape) -> Layout:
    """Tell the parts of a street line from the classes of its words.

    >>> layout(("calle", "W", "9", ",", "9", "izq"))
    Layout(name=(1,), kind='', number=(2,), unit=(4, 'izq'))
    >>> layout(("9", "W", "avenue", "apt", "9X"))
    Layout(name=(1,), kind='av', number=(0,), unit=(4,))
    """
    if not words_between_commas(shape):
        return Layout()
    box = _box(shape)
    if box is not None:
        return box
    segments = segments_of(shape)
    chosen = _street_of(segments)
    if chosen is None:
        return _without_street(shape, segments)
    street = _Line(shape, segments[chosen].places).read()
    return _with_others(shape, street, segments, chosen)


def _box(shape: Shape) -> Layout | None:
    """A post box: the words that announce it, then its number."""
    places = words_between_commas(shape)
    words = tuple(shape[place] for place in places)
    announced = any(
        words[: len(start)] == start
        for start in (
            ("pobox",), ("po", "box"), ("p", "o", "box"), ("post", "office", "box"), ("gpo", "box"), ("casilla",),
            ("apdo",), ("apartado",), ("caixa", "postal"), ("postfach",),
        )
    )  # fmt: skip
    if not announced or len(words) < 2:
        return None
    number = [place for place in places if shape[place] not in BOX_WORDS]
    return Layout(("po box",), "", tuple(number), ()) if number and is_number(shape[number[0]]) else None


def _street_of(segments: list[Segment]) -> int | None:
    """Which segment is the street: the first that says so, else an area, else the first words."""
    for roles in ({Role.STREET}, {Role.AREA}, {Role.WORDS}):
        for place, segment in enumerate(segments):
            if segment.role in roles:
                return place
    return None


def _without_street(shape: Shape, segments: list[Segment]) -> Layout:
    """Numbers and units alone: nothing that a street could be told by, unless it is a number with a unit."""
    first = segments[0].places
    if shape[first[0]] == "sn":
        return Layout(number=(first[0],))
    if UNIT_FORMS.get(shape[first[0]]) == "mz" and len(first) > 1:
        return Layout(
            unit_items(shape, first), "", (), unit_items(shape, [at for each in segments[1:] for at in each.places])
        )
    named = segments[0].role is Role.UNIT and any(shape[place] in {WORD, SHORT} for place in first)
    end = next((at for at, place in enumerate(first) if house_number(shape[place])), len(first)) if named else 0
    name = unit_items(shape, first[:end])
    number, rest = number_first(shape, first[end:]) if name or segments[0].role is Role.NUMBER else ((), first)
    others = [place for segment in segments[1:] for place in segment.places]
    return Layout(name, "", number, unit_items(shape, [*rest, *others]))


def _with_others(shape: Shape, street: Layout, segments: list[Segment], chosen: int) -> Layout:
    """The street with the house number and the unit that stand before and after it."""
    number, unit = street.number, list(street.unit)
    for segment in segments[chosen + 1 :]:
        if segment.role is Role.NUMBER and not number and not unit:
            number, rest = number_first(shape, segment.places)
            unit += unit_items(shape, rest)
        elif segment.role in {Role.NUMBER, Role.UNIT} or (number and segment.role is Role.STREET and segment.flat):
            unit += unit_items(shape, segment.places)
        elif not number and segment.role is Role.STREET and segment.flat:
            number, rest = number_first(shape, segment.places)  # a neighbourhood behind it
    for segment in segments[:chosen]:
        if segment.role is Role.NUMBER and not number:
            number, rest = number_first(shape, segment.places)
            unit += unit_items(shape, rest)
        elif segment.role in {Role.NUMBER, Role.UNIT}:
            unit += unit_items(shape, segment.places)
        elif segment.role is Role.WORDS and not number:
            unit += segment.places  # a house that has a name
    return Layout(street.name, street.kind, number, tuple(unit))


class _Line:
    """One segment that is the street, read from left to right."""

    def __init__(self, shape: Shape, places: tuple[int, ...]) -> None:
        self.shape = shape
        self.places = list(places)
        self.kind: str | None = None
        self.number: Items = ()
        self.unit: Items = ()

    def word(self, at: int) -> str:
        """The class of the word at a place of what is left; empty behind the end."""
        return self.shape[self.places[at]] if at < len(self.places) else ""

    def read(self) -> Layout:
        self._leading_unit()
        first, second = self.word(0), self.word(1)
        kinded = led = False
        if len(self.places) > 1 and first in before() and not (
            len(self.places) == 2 and second in after() and second not in before()
        ):  # fmt: skip
            kinded = True
            self._leading_kind()
        elif house_number(first) and second and second not in PARTICLES:
            led = True
            self._leading_number()
            if self.word(0) in AFTER_NUMBER and len(self.places) > 1:
                kinded, led = True, False
                self._leading_kind()
        elif not is_number(first):
            self._skip_particles()
        end = self._end_of_name(led=led, kinded=kinded)
        name, rest = self.places[:end], self.places[end:]
        if self.kind is None:
            name, self.kind = _suffix(self.shape, name)
        if led:
            rest = self._without_neighbourhood(rest)
        if not self.number:
            crossing = kinded and bool(name) and is_number(self.shape[name[0]])
            self.number, rest = number_first(self.shape, rest, crossing=crossing)
        return Layout(
            _name(self.shape, name, led=led), self.kind, self.number, (*unit_items(self.shape, rest), *self.unit)
        )

    def _leading_unit(self) -> None:
        """`Unit 5 12 Smith St`, `2/10 Smith St`."""
        if self.word(0) in UNIT_WORDS and self.word(0) not in before() and len(self.places) > 3:
            self.unit, self.places = (self.places[1],), self.places[2:]
            if self.word(0) == SLASH:
                self.places = self.places[1:]
        elif house_number(self.word(0)) and self.word(1) == SLASH and len(self.places) > 3:
            self.unit, self.places = (self.places[0],), self.places[2:]

    def _leading_kind(self) -> None:
        word, self.places = self.word(0), self.places[1:]
        self.kind = before()[word]
        if word == "cra" and not is_number(self.word(0)):
            self.kind = "ctra"
        if self.kind == "pol" and self.word(0) in {"ind", "industrial"} and len(self.places) > 1:
            self.places = self.places[1:]
        self._skip_particles()

    def _skip_particles(self) -> None:
        if len(self.places) > 1 and self.word(0) in PARTICLES:
            self.places = self.places[2 if len(self.places) > 2 and self.word(1) in ARTICLES else 1 :]

    def _leading_number(self) -> None:
        taken = 1
        while taken < len(self.places) - 1 and (
            is_plain_number(self.word(taken))
            or self.word(taken) in {RANGE, SLASH}
            or (is_number(self.word(taken)) and self.word(taken - 1) == RANGE)
            or (taken == 1 and self._is_number_letter())
        ):
            if is_plain_number(self.word(taken)) and self.word(taken + 1) in after():
                break
            taken += 1
        self.number = plain_items(self.shape, self.places[:taken])
        self.places = self.places[taken:]

    def _is_number_letter(self) -> bool:
        """Whether the second word is the letter of the number (`12 B Oak Street`), not the name's first word."""
        letter = self.word(1) in {"X", "a", "c", "d"} or self.word(1) == "bis"
        return letter and len(self.places) > 3

    def _end_of_name(self, *, led: bool, kinded: bool) -> int:
        for at in range(1, len(self.places)):
            word = self.word(at)
            if house_number(word):
                if kinded and self.word(at + 1) in PARTICLES:
                    continue
                if (led or kinded) and self._numbered_road(at):
                    continue
                return at
            if word in NUMBER_WORDS or self._announces_number(at):
                return at
            if word in CORNERS or word in {SLASH, RANGE}:
                return at
            if word in UNIT_STARTS and not self._names_on(at):
                return at
            if led and after().get(word) is not None and self._ends_street(at):
                return at + (2 if self.word(at + 1) in DIRECTIONS else 1)
        return len(self.places)

    def _ends_street(self, at: int) -> bool:
        """Whether the kind of street at a place is the street's last word, with a unit or a neighbourhood behind it."""
        following = self.word(at + 1)
        if self.word(at) in ENDS:
            return following not in after() and not is_number(following)
        if following in DIRECTIONS:
            return self.word(at + 2) == "" or self.word(at + 2) in UNIT_WORDS or is_number(self.word(at + 2))
        return following in UNIT_FORMS and following not in after() and following not in before()

    def _numbered_road(self, at: int) -> bool:
        """Whether a number is the name of the road (`Highway 71`, `County Road 12`, `Ctra. N-340`)."""
        word = self.word(at - 1)
        if self.kind in {"ctra", "autop"}:
            return at == 1 and word in ROAD_LETTERS
        return word in NUMBERED_ROADS and (at == 1 or self.word(at - 2) in BEFORE_NUMBERED_ROADS)

    def _announces_number(self, at: int) -> bool:
        """Whether a word says that the house number follows (`n 3`, `no 3`), or that there is none (`s n`)."""
        word = self.word(at)
        if word == "s":
            return self.word(at + 1) == "n" and at + 2 >= len(self.places)
        following = self.word(at + 1)
        return word in {"n", "no"} and (is_number(following) or UNIT_FORMS.get(following) == "ext")

    def _names_on(self, at: int) -> bool:
        """Whether a unit word stands within a street's name (`nueva puerta del sol 3`): longer words follow it."""
        following = self.word(at + 1)
        if following in UNIT_FORMS or following in NUMBER_WORDS or following in UNIT_WORDS:
            return False
        return following == "W" or (len(following) > 2 and following.islower())

    def _without_neighbourhood(self, rest: list[int]) -> list[int]:
        """What stands behind the street from the first word that a unit begins with."""
        starts = [at for at, place in enumerate(rest) if self._begins_unit(self.shape[place])]
        return rest[starts[0] :] if starts else []

    def _begins_unit(self, word: str) -> bool:
        return is_number(word) or word in UNIT_STARTS or word in UNIT_FORMS or word in NUMBER_WORDS


def _name(shape: Shape, places: list[int], *, led: bool) -> Items:
    items: list[Item] = []
    last = len(places) - 1
    for at, place in enumerate(places):
        word = shape[place]
        if word in {RANGE, SLASH}:
            continue
        if led and at == 0 and last > 0 and word in DIRECTIONS:
            items.append(DIRECTIONS[word])
        elif led and word in ORDINAL_WORDS:
            items.append(ORDINAL_WORDS[word])
        elif led and word in NUMBERED_ROADS and at < last:
            items.append(after().get(word, word) or place)
        elif word in ABBREVIATIONS and at < last:
            items.append(ABBREVIATIONS[word])
        else:
            items.append(place)
    return tuple(items)


def _suffix(shape: Shape, name: list[int]) -> tuple[list[int], str]:
    """The kind of street at the end of a name, and the direction behind it."""
    direction = ""
    words = [shape[place] for place in name]
    if len(name) > 2 and words[-1] in DIRECTIONS and words[-2] in after():
        direction, name, words = DIRECTIONS[words[-1]], name[:-1], words[:-1]
    if len(name) > 1 and words[-1] in after() and words[:-1] != ["the"]:
        return name[:-1], f"{after()[words[-1]]} {direction}".strip()
    return name, direction
