"""Person names: given names, first and second surname, from split columns or from full names."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, ClassVar, NamedTuple

from retrato.identifiers.base import Feature, Field, Identifier, IdentifierType, Issue, Scope, Status
from retrato.identifiers.folding import fold, fold_word
from retrato.identifiers.name_split import (
    HONORIFICS,
    PARTICLES,
    SUFFIXES,
    Unit,
    is_given,
    is_honorific,
    is_organisation,
    is_suffix,
    is_surname,
    is_two_surnames,
    split,
    unglued,
    units,
)
from retrato.identifiers.phonetic import sound
from retrato.identifiers.placeholders import ABSENT, is_null
from retrato.identifiers.tables import headers, listed, synonyms

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


_ABSENT_NAMES = frozenset(listed("placeholders", "name"))
#: The first words of all that says that there is no name.
_ABSENT_STARTS = frozenset(words.partition(" ")[0] for words in ABSENT | _ABSENT_NAMES)
_BRACKETED = re.compile(r"\([^()]*\)|\[[^\[\]]*\]|\"[^\"]*\"|“[^”]*”|«[^»]*»")
_MARIA = re.compile(r"\b(M|Ma)\s?\.?\s?ª\.?", re.IGNORECASE)
_NOT_NAME = re.compile(r"[^\w\s'’´`.,\-ªº·]|[\d_]")
_ORDINAL = re.compile(r"\b\d+(?:st|nd|rd|th)\b")
_COUPLE = re.compile(r"(\S+)\s+(?:&|\+|and|y|e)\s+([^\s,]+)(?=\s+\S)", re.IGNORECASE)
_COUPLE_LINK = re.compile(r"[&+]| (?:y|e|and) ", re.IGNORECASE)
_ABBREVIATED = re.compile(r"(?<=\w)\.(?=\w)")
_DASHES = re.compile(r"\s*[-‐–—]\s*")
#: Particles left out of surname keys: people write them or not. Others (van, von, mc…) are joined to what follows.
_DROPPED = frozenset(
    {"de", "del", "la", "las", "los", "da", "das", "do", "dos", "y", "e", "i", "d", "des", "zu", "af", "av", "al", "el"}
)
_LOW = frozenset(
    {
        "de",
        "del",
        "la",
        "las",
        "los",
        "da",
        "das",
        "do",
        "dos",
        "di",
        "du",
        "van",
        "von",
        "der",
        "den",
        "y",
        "e",
        "i",
        "zu",
    }
)

#: A longer text is no name.
_LONGEST = 300
#: The parts of a name in columns, in the order in which people write them.
_COLUMNS = ("honorific", "given", "family", "second_family", "suffix")
#: What is an honorific and no name when it stands alone in the column of given names.
_LONE_HONORIFICS = HONORIFICS - {"don"}

_ORGANISATION = Issue("organisation", "the name is that of an organisation")
_TURNED = Issue("surname_first", "the surname stands before the given name")
_UNSPLIT = Issue("one_word", "the name is one word")
_COUPLED = Issue("several_people", "the name is that of a couple; the first one is taken")
_NO_NAME = Issue("not_a_name", "the text has no letters of a name")


@dataclass(frozen=True)
class PersonName(IdentifierType):
    """A person's name. Columns of given name and surname are trusted; a full name is split with the help of name lists.

    Keys: `given_name` is the whole given name; `given_root` its first word with nicknames undone (`pepe` → `jose`),
    `given_initial` its first letter; `family_name` the first surname, without `de la` and the like and with `Mc`,
    `van`, `O'` joined on; `family_sound` how it sounds; `second_family_name` the second surname.

    >>> PersonName().parse("Ruiz García, Mª José").parts
    {'given': 'Mª José', 'family': 'Ruiz', 'second_family': 'García'}
    >>> keys = PersonName().parse("PEPE DE LA CRUZ").keys
    >>> keys["given_root"], keys["family_name"]
    ('jose', 'cruz')
    """

    kind: ClassVar[str] = "name"
    fields: ClassVar[Mapping[str, Field]] = {
        "name": Field("full", headers("name")),
        "given_name": Field("given", headers("given_name")),
        "family_name": Field("family", headers("family_name")),
        "second_family_name": Field("second_family", headers("second_family_name")),
        "honorific": Field("honorific", headers("honorific")),
        "name_suffix": Field("suffix", headers("name_suffix")),
    }
    features: ClassVar[tuple[Feature, ...]] = (
        Feature("given_name", Scope.PERSON, "given_name", ("given_name", "given_root", "given_initial")),
        Feature("family_name", Scope.SHARED, "family_name", ("family_name", "family_sound")),
        Feature("second_family_name", Scope.SHARED, "family_name", ("second_family_name",)),
    )

    def parse_parts(self, parts: Mapping[str, str | None]) -> tuple[Identifier, ...]:
        """Read one row's name columns: at most one identifier."""
        written = {name: text for name, text in parts.items() if text and not is_null(text)}
        if "given" in written or "family" in written or "second_family" in written:
            return (self._from_columns(written),)
        return (self._from_full(written["full"], written),) if "full" in written else ()

    def _from_full(self, full: str, written: Mapping[str, str]) -> Identifier:
        if len(full) < 40 and _is_absent_name(full):
            return Identifier(self.kind, full, None, Status.PLACEHOLDER)
        if len(full) > _LONGEST:
            return Identifier(self.kind, full, None, Status.INVALID, issues=(_NO_NAME,))
        cleaned = _cleaned(full)
        honorific, suffix, cleaned = _dressing(cleaned)
        if not cleaned.strip(" ,.-'’"):
            return Identifier(self.kind, full, None, Status.INVALID, issues=(_NO_NAME,))
        found = units(cleaned)
        if is_organisation(full, found):
            return self._organisation(full)
        issues: tuple[Issue, ...] = ()
        if _COUPLE_LINK.search(full):
            cleaned, issues = _one_person(full, cleaned)
            found = units(cleaned)
        given: Sequence[Unit]
        family: Sequence[Unit]
        if "," in cleaned:
            given, family, own_honorific, own_suffix = _with_comma(cleaned)
            honorific, suffix = honorific or own_honorific, suffix or own_suffix
        else:
            parted = split(found)
            given, family, turned = parted.given, parted.family, parted.turned
            issues = (*issues, _TURNED) if turned else issues
        return self._named(
            full, given, family[:1], family[1:], issues=issues,
            dress=(written.get("honorific") or honorific, written.get("suffix") or suffix),
        )  # fmt: skip

    def _organisation(self, raw: str) -> Identifier:
        value = " ".join(raw.split())
        return Identifier(self.kind, raw, value, Status.POSSIBLE, issues=(_ORGANISATION,))

    def _from_columns(self, written: Mapping[str, str]) -> Identifier:
        raw = " ".join([written[name] for name in _COLUMNS if name in written])
        read = {name: text for name, text in written.items() if len(text) <= _LONGEST}
        given_name = _given_column(read.get("given", ""))
        family_name = _family_column(read.get("family", ""))
        second_name = _second_column(read.get("second_family", ""))
        if not (given_name.named or family_name.named or second_name.named):
            return Identifier(self.kind, raw, None, Status.PLACEHOLDER)
        honorific = given_name.dress[0]
        given: Sequence[Unit] = given_name.units
        family: Sequence[Unit] = family_name.units
        second: Sequence[Unit] = second_name.units
        if given_name.is_honorific and family_name.named:
            honorific, given = honorific or given_name.text, ()
        if not given and not family and not second:
            return Identifier(self.kind, raw, None, Status.INVALID, issues=(_NO_NAME,))
        if given and not family and not second:
            if len(given) > 1 and not is_given(given[-1].core) and is_surname(given[-1].core):
                parted = split(list(given))
                given, family, second = parted.given, parted.family[:1], parted.family[1:]
        elif not second and "-" not in family_name.text and is_two_surnames(family):
            family, second = family[:1], family[1:]
        suffix = family_name.dress[1] or given_name.dress[1]
        dress = (written.get("honorific") or honorific, written.get("suffix") or suffix)
        return self._named(raw, given, family, second, dress=dress)

    def _named(
        self, raw: str, given: Sequence[Unit], family: Sequence[Unit], second: Sequence[Unit], *,
        issues: tuple[Issue, ...] = (), dress: tuple[str, str],
    ) -> Identifier:  # fmt: skip
        shown: dict[str, str] = {}
        keys: dict[str, str] = {}
        if given:
            shown["given"], of_given = _given_reading(tuple(given))
            keys.update(of_given)
        if family:
            shown["family"], keys["family_name"], keys["family_sound"] = _family_reading(tuple(family))
        if second:
            shown["second_family"], keys["second_family_name"], _ = _family_reading(tuple(second))
        value = " ".join(shown.values())
        if len(value) < 16 and _is_absent_name(value):
            return Identifier(self.kind, raw, value, Status.PLACEHOLDER)
        if dress[0]:
            shown["honorific"] = dress[0].strip()
        if dress[1]:
            shown["suffix"] = SUFFIXES.get(fold(dress[1]), dress[1].strip())
        if given and family:
            return Identifier(self.kind, raw, value, Status.VALID, "", keys, shown, issues)
        issues = (*issues, _UNSPLIT) if len(given) + len(family) == 1 else issues
        return Identifier(self.kind, raw, value, Status.POSSIBLE, "", keys, shown, issues)

    def recognise(self, sample: Sequence[str]) -> Mapping[str, float]:
        """By the name lists: the shares of given names, of surnames, and of texts that begin with one and go on."""
        if not sample:
            return {}
        given = family = full = 0
        for text in sample:
            found = _sample_units(text)
            if not found:
                continue
            known = is_given(found[0].core)
            surname = is_surname(found[-1].core)
            full += len(found) > 1 and (known or surname) and len(found) < 7
            given += known and (len(found) == 1 or (is_given(found[-1].core) and not surname))
            family += surname and not known and len(found) < 3
        total = len(sample)
        return {"name": 0.9 * full / total, "given_name": 0.9 * given / total, "family_name": 0.9 * family / total}


def _with_comma(cleaned: str) -> tuple[Sequence[Unit], Sequence[Unit], str, str]:
    """Given names, surnames, honorific, suffix: `Surname, Jr., Given`, `Given Surname, Jr.`, `Given Surname, title`."""
    honorifics: list[str] = []
    suffixes: list[str] = []
    pieces: list[str] = []
    for segment in cleaned.split(","):
        honorific, own, text = _dressing(segment)
        honorifics += [honorific] if honorific else []
        alone = is_suffix(text.strip())
        suffixes += [each for each in (text.strip() if alone else "", own) if each]
        pieces += [text] if text.strip() and not alone else []
    before, after = units(pieces[0] if pieces else ""), units(" ".join(pieces[1:]))
    titled = len(before) > 1 and bool(after) and is_given(before[0].core) and not is_given(after[0].core)
    if not after or titled:
        given, family, _ = split(before)
        return given, family, " ".join(honorifics), " ".join(suffixes)
    return after, before, " ".join(honorifics), " ".join(suffixes)


def _one_person(raw: str, cleaned: str) -> tuple[str, tuple[Issue, ...]]:
    """The first of a couple that shares one line (`Ana y Luis García`), with an issue that says so."""
    couple = _COUPLE.match(raw.strip())
    if couple is None or not (
        is_given(fold(couple[1])) and is_given(fold(couple[2])) and not is_surname(fold(couple[2]))
    ):
        return cleaned, ()
    rest = _cleaned(raw.strip()[couple.end() :])
    return f"{_cleaned(couple[1]).strip()} {rest.strip()}", (_COUPLED,)


def _sample_units(text: str) -> list[Unit]:
    if len(text) > 60 or any(each.isdigit() or each in "@/:;" for each in text):
        return []
    return units(_cleaned(text).replace(",", " "))


def _is_absent_name(text: str) -> bool:
    start = fold_word(text.partition(" ")[0]).partition(" ")[0]
    if start and start not in _ABSENT_STARTS:
        return False
    folded = fold(text)
    return folded in ABSENT or folded in _ABSENT_NAMES


class _Column(NamedTuple):
    """A name column as read: whether it names somebody, honorific and suffix, the rest as text and as units."""

    named: bool
    dress: tuple[str, str]
    text: str
    units: tuple[Unit, ...]
    is_honorific: bool = False


@lru_cache(maxsize=1 << 16)
def _given_column(text: str) -> _Column:
    column = _column(text)
    honorific, suffix, rest = _dressing(column)
    found = tuple(units(rest.replace(",", " ")))
    return _Column(bool(column), (honorific, suffix), rest, found, fold(rest) in _LONE_HONORIFICS)


@lru_cache(maxsize=1 << 16)
def _family_column(text: str) -> _Column:
    column = _column(text)
    _, suffix, rest = _dressing(column, leading=False)
    return _Column(bool(column), ("", suffix), rest, tuple(units(rest.replace(",", " "))))


@lru_cache(maxsize=1 << 16)
def _second_column(text: str) -> _Column:
    column = _column(text)
    return _Column(bool(column), ("", ""), column, tuple(units(column)))


def _column(text: str) -> str:
    """A name column without what is no name; empty for an absence word."""
    if not text:
        return ""
    if len(text) < 40 and _is_absent_name(text):
        return ""
    return _cleaned(text)


def _cleaned(text: str) -> str:
    """The words of a name: without emoji, digits, brackets and what stands in them."""
    if text.replace(" ", "").isalpha() and "ª" not in text:
        return text
    if not text.isascii():
        text = unicodedata.normalize("NFC", text)
    if "(" in text or '"' in text or "[" in text or "“" in text or "«" in text:
        text = _BRACKETED.sub(" ", text)
    if "ª" in text:
        text = _MARIA.sub("Mª ", text)
    text = _NOT_NAME.sub(" ", _ORDINAL.sub(" ", text))
    if "." in text:
        text = _ABBREVIATED.sub(". ", text)
    return _DASHES.sub("-", text) if "-" in text or "–" in text else text


def _dressing(text: str, *, leading: bool = True) -> tuple[str, str, str]:
    """The honorific and the suffix of a name, and the name without them."""
    words = text.replace(",", " , ").split() if "," in text else text.split()
    if not text.isalnum() and not text.replace(" ", "").isalnum():
        words = [word for word in words if word == "," or fold_word(word)]
    start, end = 0, len(words)
    while leading and end - start > 1 and is_honorific(words[start], words[start + 1]):
        start += 1
    while end - start > 1 and words[end - 1] != "," and is_suffix(words[end - 1]):
        end -= 1
        while end - start > 1 and words[end - 1] == ",":
            end -= 1
    if start == 0 and end == len(words):
        return "", "", text
    suffix = " ".join(word for word in words[end:] if word != ",")
    return " ".join(words[:start]), suffix, " ".join(words[start:end])


@lru_cache(maxsize=1 << 16)
def _surname(whole: str) -> str:
    """The key of a surname: `de la cruz` → `cruz`, `mc donald` → `mcdonald`, `van der berg` → `vanderberg`."""
    words = whole.split()
    if len(words) == 1:
        return unglued(whole)
    kept = [word if word in PARTICLES else f"{word} " for word in words[:-1] if word not in _DROPPED]
    return "".join((*kept, words[-1]))


@lru_cache(maxsize=1 << 16)
def _given_reading(found: tuple[Unit, ...]) -> tuple[str, Mapping[str, str]]:
    """How given names are shown, and their keys."""
    keys = {"given_name": _given(" ".join([unit.whole for unit in found]))}
    root = _root(found[0].core)
    if root:
        keys["given_root"] = root
    keys["given_initial"] = found[0].core[0]
    return _shown(found), keys


@lru_cache(maxsize=1 << 16)
def _family_reading(found: tuple[Unit, ...]) -> tuple[str, str, str]:
    """How surnames are shown, their key, and how they sound."""
    key = " ".join([_surname(unit.whole) for unit in found])
    return _shown(found), key, sound(key)


@lru_cache(maxsize=1 << 16)
def _given(whole: str) -> str:
    """The key of a whole given name: written abbreviations are undone (`ma jose` → `maria jose`)."""
    full = synonyms("name_abbreviations")
    return " ".join([full.get(word, word) for word in whole.split()])


@lru_cache(maxsize=1 << 16)
def _root(core: str) -> str:
    """The first given name with nicknames and abbreviations undone; nothing for an initial."""
    first = core.partition(" ")[0]
    return "" if len(first) < 2 else synonyms("nicknames").get(first, first)


def _shown(found: Sequence[Unit]) -> str:
    """Names with the capitals that people write, word by word, so that it does not matter how words are grouped."""
    text = " ".join([_cased(unit.text) for unit in found])
    return text.strip(" -")


@lru_cache(maxsize=1 << 16)
def _cased(unit: str) -> str:
    if unit.istitle():
        return unit
    *particles, core = unit.split(" ")
    flat = [_cased_particle(word) if word.isupper() or unit.islower() else word for word in particles]
    return " ".join([*flat, _titled_word(core) if _is_flat(core) else core])


def _cased_particle(word: str) -> str:
    return word.lower() if word.lower() in _LOW else _titled_word(word)


def _is_flat(word: str) -> bool:
    """Whether a word is all in capitals, or has none."""
    return word.isupper() or word.islower()


def _capital(letter: str) -> str:
    upper = letter.upper()
    return upper if len(upper) == 1 else letter


@lru_cache(maxsize=1 << 16)
def _titled_word(word: str) -> str:
    """A word in title case, with `Mc`, `O'` and hyphens as people write them."""
    lowered = word.lower()
    if len(lowered) != len(word) or lowered.upper().lower() != lowered:
        return word
    pieces = re.split(r"([-'’])", lowered)
    joined = "".join(_capital(piece[:1]) + piece[1:] for piece in pieces)
    return "Mc" + joined[2:3].upper() + joined[3:] if joined.startswith("Mc") and len(joined) > 4 else joined
