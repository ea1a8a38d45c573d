"""A full name to its parts: which words are given names, which are surnames."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from retrato.identifiers.folding import fold
from retrato.identifiers.memory import remembered
from retrato.identifiers.name_keys import shown_unit
from retrato.identifiers.name_words import Traits, Unit, is_english_surname, is_spanish_surname, traits

if TYPE_CHECKING:
    from collections.abc import Sequence

_LINKS = frozenset({"y", "e", "i"})
#: How rare it is, in logarithms, to have so many given names and so many surnames: by kind of name, then by count.
#: Estimates from what registers of each kind hold.
_GIVEN_COUNTS = {"two": (-9.0, 0.0, -0.3, -4.0, -7.0), "one": (-9.0, 0.0, -0.2, -1.5, -3.0)}
_FAMILY_COUNTS = {"two": (-9.0, -1.0, 0.0, -4.0), "one": (-9.0, 0.0, -7.0, -12.0), "unsure": (-9.0, 0.0, -2.0, -7.0)}
#: How rare surnames first are where nothing else tells.
_TURNED = -2.5
_NEVER = -99.0
#: From this leaning on a word is a given name far more often than a surname.
_MOSTLY_GIVEN = 1.5
#: More surnames than these do not stand first.
_MOST_FAMILY = 3
#: An order is sure when the other one is so much less likely.
SURE_ORDER = 4.0


class Split(NamedTuple):
    """The units of a name, told apart."""

    given: tuple[Unit, ...]
    family: tuple[Unit, ...]
    turned: bool = False


class Decision(NamedTuple):
    """How many units are surnames and whether they stand first; how sure the order is (above 0: given names first)."""

    family: int
    turned: bool
    order: float


def split(found: Sequence[Unit], *, family_first: bool = False) -> Split:
    """Tell given names from surnames, in whatever order they stand.

    `family_first`: surnames stand first where the name itself does not tell.

    >>> from retrato.identifiers.name_words import units
    >>> [unit.text for unit in split(units("María del Carmen García de la Cruz")).given]
    ['María', 'del Carmen']
    >>> split(units("GARCIA LOPEZ JUAN CARLOS")).turned
    True
    """
    decision = decide(signature(found), family_first)
    if decision.turned:
        return Split(tuple(found[decision.family :]), tuple(found[: decision.family]), True)
    count = len(found) - decision.family
    return Split(tuple(found[:count]), tuple(found[count:]))


def settled(given: Sequence[Unit], family: Sequence[Unit]) -> tuple[Sequence[Unit], Sequence[Unit]]:
    """Given names and surnames so that their canonical form, given names first and no capitals, is read as it stands.

    >>> from retrato.identifiers.name_words import units
    >>> given, family = settled(units("García"), units("Ana"))
    >>> given[0].text, family[0].text
    ('Ana', 'García')
    """
    canonical = [shown_unit(unit) for unit in (*given, *family)]
    decision = decide(signature(canonical), False)
    if not decision.turned:
        return given, family
    together = [*given, *family]
    return together[decision.family :], together[: decision.family]


def signature(found: Sequence[Unit]) -> tuple[Traits, ...]:
    """What the tables know of the units of a name; two names with one signature are split alike."""
    known = [traits(unit) for unit in found]
    for position in range(1, len(found)):
        if found[position].whole == found[position - 1].whole:
            known[position] = known[position]._replace(repeated=True)
    return tuple(known)


@remembered(1 << 17)
def decide(known: tuple[Traits, ...], family_first: bool) -> Decision:
    """The likeliest of all splits of a name with these traits."""
    count = len(known)
    if count < 2:
        alone = count == 1 and (known[0].particle or known[0].leaning < -1)
        return Decision(int(alone), False, 0.0)
    known = _with_links(_with_capitals(known))
    kind = _kind(known)
    straight, families = max((_straight(known, kind, family), -family) for family in range(count))
    ways = range(1, min(count, _MOST_FAMILY + 1))
    turned, turned_families = max((_turned(known, kind, family), -family) for family in ways)
    told = [(_turned(known, kind, family), -family) for family in ways if _is_told(known, family)]
    order = straight - turned
    if told and max(told)[0] + _TURNED > straight:
        return Decision(-max(told)[1], True, order)
    if family_first and order < SURE_ORDER:
        return Decision(-turned_families, True, order)
    return Decision(-families, False, order)


def _with_capitals(known: tuple[Traits, ...]) -> tuple[Traits, ...]:
    """Surnames written in capitals among given names that are not (`DUPONT Marie`)."""
    capitals = [unit.upper for unit in known if not unit.initial]
    if all(capitals) or not any(capitals):
        return known
    return tuple(
        unit if unit.initial else unit._replace(leaning=unit.leaning + (-3.0 if unit.upper else 1.0)) for unit in known
    )


def _with_links(known: tuple[Traits, ...]) -> tuple[Traits, ...]:
    """Surnames before a `y` (`Ramón y Cabrera`)."""
    if not any(unit.linked for unit in known[1:]):
        return known
    linked = (*(unit.linked for unit in known[1:]), False)
    return tuple(unit._replace(leaning=-3.0) if before else unit for unit, before in zip(known, linked, strict=True))


def _kind(known: tuple[Traits, ...]) -> str:
    culture = sum(unit.culture for unit in known)
    return "two" if culture > 0 else "one" if culture < 0 else "unsure"


def _straight(known: tuple[Traits, ...], kind: str, family: int) -> float:
    """The score of given names first and so many surnames last."""
    count = len(known) - family
    if not family:
        pair = len(known) == 2 and _is_given_pair(known[0], known[1], kind)
        return _given_score(known, kind) - 0.5 if pair else _NEVER
    return _given_score(known[:count], kind) + _family_score(known[count:], kind)


def _is_given_pair(first: Traits, second: Traits, kind: str) -> bool:
    """Whether two words may be two given names, with no surname (`Jorge Luis`, `María Rosa`)."""
    if first.devoted and second.devotion == 2:
        return True
    if second.only_given:
        return first.pairing or (first.only_given and kind != "one") or (first.leaning > 0 and kind == "two")
    return first.pairing and kind == "two" and second.leaning >= _MOSTLY_GIVEN


def _turned(known: tuple[Traits, ...], kind: str, family: int) -> float:
    """The score of so many surnames first."""
    bonus = 3.0 if _is_eastern(known, family) else 0.0
    return _given_score(known[family:], kind) + _family_score(known[:family], kind) + bonus


def _is_told(known: tuple[Traits, ...], family: int) -> bool:
    """Whether the words themselves tell that surnames stand first: a surname is there, and a given name after it."""
    first, after = known[0], known[family]
    if _is_eastern(known, family):
        return True
    surname = first.leaning <= -1 or (family == 2 and -1 < first.leaning < 0 and known[1].leaning <= -2)
    return surname and after.leaning >= 0 and not after.initial and not after.particle


def _is_eastern(known: tuple[Traits, ...], family: int) -> bool:
    """Whether a surname of the East stands before words that no table has."""
    first = known[0]
    return first.eastern and family == 1 and first.leaning < 0 and all(-2 < unit.leaning < 0 for unit in known[1:])


def _given_score(known: tuple[Traits, ...], kind: str) -> float:
    score = _at(_GIVEN_COUNTS["two" if kind == "two" else "one"], _named_count(known))
    for position, unit in enumerate(known):
        if unit.devotion and position and known[position - 1].devoted:
            score += 3.0 if unit.devotion == 2 else 0.0
        else:
            score += -3.0 if unit.repeated else unit.leaning
    return score


def _family_score(known: tuple[Traits, ...], kind: str) -> float:
    score = _at(_FAMILY_COUNTS[kind], len(known))
    for unit in known:
        score += -1.5 if unit.devotion == 2 else 3.0 if unit.repeated else -unit.leaning
    return score


def _named_count(known: tuple[Traits, ...]) -> int:
    """Given names, those with a devotion and initials counted with the one before them."""
    return len(known) - sum(1 for unit in known[1:] if unit.devotion or unit.initial)


def _at(scores: tuple[float, ...], count: int) -> float:
    return scores[count] if count < len(scores) else scores[-1] - 3.0 * (count - len(scores) + 1)


def is_two_surnames(found: Sequence[Unit]) -> bool:
    """Whether a surname column holds a first and a second surname, as in Spain, and not one double-barrelled surname.

    >>> from retrato.identifiers.name_words import units
    >>> [is_two_surnames(units(text)) for text in ("García López", "Lloyd Webber", "Ortega y Gasset")]
    [True, False, True]
    """
    if len(found) != 2:
        return False
    first, second = found
    if fold(second.text.split()[0]) in _LINKS and second.whole != second.core:
        return True
    known = is_spanish_surname(first.core), is_spanish_surname(second.core)
    return all(known) or (any(known) and not (is_english_surname(first.core) or is_english_surname(second.core)))
