"""Person names: given names, first and second surname, from split columns or from full names."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar, Literal, Self

from retrato.identifiers.base import Feature, Field, Identifier, IdentifierType, Issue, Scope, Status
from retrato.identifiers.folding import fold, squeeze
from retrato.identifiers.memory import remembered
from retrato.identifiers.name_column import LONGEST, family_column, given_column, second_column
from retrato.identifiers.name_keys import family_reading, given_reading
from retrato.identifiers.name_split import is_two_surnames, settled, split
from retrato.identifiers.name_text import (
    cleaned,
    dressing,
    is_absent_name,
    is_before_surname,
    is_organisation,
    is_suffix,
    one_person,
)
from retrato.identifiers.name_words import GENERATIONS, SUFFIXES, Unit, is_given, is_surname, leaning, traits, units
from retrato.identifiers.placeholders import is_null
from retrato.identifiers.tables import headers

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pyarrow as pa

#: The parts of a name in columns, in the order in which people write them.
_COLUMNS = ("honorific", "given", "family", "second_family", "suffix")
_ORGANISATION = Issue("organisation", "the name is that of an organisation")
_TURNED = Issue("surname_first", "the surname stands before the given name")
_UNSPLIT = Issue("one_word", "the name is one word")
_COUPLED = Issue("several_people", "the name is that of a couple; the first one is taken")
_NO_NAME = Issue("not_a_name", "the text has no letters of a name")
#: So often a name is read again until it stays as it is.
_DEEPEST = 3
#: So many full names must tell their order before the others follow them.
_ENOUGH = 50


@dataclass(frozen=True)
class PersonName(IdentifierType):
    """A person's name. Columns of given name and surname are trusted; a full name is split with the help of name lists.

    Keys: `given_name` is the whole given name; `given_root` its first word with nicknames undone (`pepe` → `jose`),
    `given_initial` its first letter; `family_name` the first surname, without `de la` and the like and with `Mc`,
    `van`, `O'` joined on; `family_sound` how it sounds; `second_family_name` the second surname; `name_suffix` the
    generation that a suffix tells (`Sr`, `Jr` or `hijo`, `III`), which titles do not.

    `order` is how full names stand whose words do not tell.

    >>> PersonName().parse("Ruiz García, Mª José").parts
    {'given': 'Mª José', 'family': 'Ruiz', 'second_family': 'García'}
    >>> keys = PersonName().parse("PEPE DE LA CRUZ").keys
    >>> keys["given_root"], keys["family_name"]
    ('jose', 'cruz')
    """

    order: Literal["given_first", "family_first"] = "given_first"

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
        Feature("name_suffix", Scope.PERSON, "suffix", ("name_suffix",)),
    )

    def parse_parts(self, parts: Mapping[str, str | None]) -> tuple[Identifier, ...]:
        """Read one row's name columns: at most one identifier."""
        written = {name: text for name, text in parts.items() if text and not is_null(text)}
        if "given" in written or "family" in written or "second_family" in written:
            return (self._from_columns(written),)
        return (self._from_full(written["full"], written),) if "full" in written else ()

    def accept(self, table: pa.Table) -> pa.Table | None:
        """Plain names: read once per distinct word or column text, and put together by their numbers."""
        from retrato.identifiers.columns.name import accept_name

        return accept_name(self, table)

    def inferred(self, columns: Mapping[str, pa.ChunkedArray]) -> tuple[Self, tuple[str, ...]]:
        """Full names that consistently stand surname first, as their own words show, are read so where they do not."""
        from retrato.identifiers.columns.name_order import told_order

        if "full" not in columns:
            return self, ()
        turned, told = told_order(columns["full"])
        if told < _ENOUGH or turned <= 0.9 * told:
            return self, ()
        sentence = (
            f"Of {told} full names whose words tell their order, {turned} stand surname first: all others are read so."
        )
        return replace(self, order="family_first"), (sentence,)

    def _from_full(self, full: str, written: Mapping[str, str], *, depth: int = 0) -> Identifier:
        if len(full) < 40 and is_absent_name(full):
            return Identifier(self.kind, full, None, Status.PLACEHOLDER)
        if len(full) > LONGEST:
            return Identifier(self.kind, full, None, Status.INVALID, issues=(_NO_NAME,))
        honorific, suffix, text = dressing(cleaned(full))
        found = units(text)
        if not found:
            return Identifier(self.kind, full, None, Status.INVALID, issues=(_NO_NAME,))
        if is_organisation(full, found):
            value = " ".join(full.split())
            return Identifier(self.kind, full, value, Status.POSSIBLE, issues=(_ORGANISATION,))
        issues: tuple[Issue, ...] = ()
        text, coupled = one_person(full, text)
        if coupled:
            issues, found = (_COUPLED,), units(text)
        given: Sequence[Unit]
        family: Sequence[Unit]
        if "," in text:
            given, family, own_honorific, own_suffix = self._with_comma(text)
            honorific, suffix = honorific or own_honorific, _suffix(suffix, own_suffix)
        elif is_before_surname(honorific) and len(found) < 3 and _are_surnames(found):
            given, family = (), found
        else:
            given, family, turned = split(found, family_first=self.order == "family_first")
            issues = (*issues, _TURNED) if turned else issues
        if given and family:
            given, family = settled(given, family)
        dress = (written.get("honorific") or honorific, _suffix(written.get("suffix", ""), suffix))
        found_name = self._named(full, given, family[:1], family[1:], issues=issues, dress=dress)
        return self._stable(found_name, (*given, *family), dress, depth=depth)

    def _stable(self, found: Identifier, named: Sequence[Unit], dress: tuple[str, str], *, depth: int) -> Identifier:
        """A name that is read again where its canonical form would not be (a title among its words)."""
        if found.status is not Status.VALID or found.value is None or depth > _DEEPEST:
            return found
        before, after, rest = dressing(found.value)
        alike = len(units(rest)) == len(named) and not one_person(rest, rest)[1]
        if alike and not (before or after):
            return found
        own = {"honorific": dress[0] or before, "suffix": _suffix(dress[1], after)}
        again = self._from_full(rest, {name: text for name, text in own.items() if text}, depth=depth + 1)
        return replace(again, raw=found.raw, issues=tuple(dict.fromkeys((*found.issues, *again.issues))))

    def _with_comma(self, text: str) -> tuple[Sequence[Unit], Sequence[Unit], str, str]:
        """Given names, surnames, honorific, suffix: `Surname, Jr., Given`, `Given Surname, Jr.`, `Name, job`."""
        honorifics: list[str] = []
        suffixes: list[str] = []
        pieces: list[str] = []
        for segment in text.split(","):
            honorific, own, rest = dressing(segment)
            honorifics += [honorific] if honorific else []
            alone = is_suffix(rest.strip())
            suffixes += [each for each in (rest.strip() if alone else "", own) if each]
            pieces += [rest] if rest.strip() and not alone else []
        before, after = units(pieces[0] if pieces else ""), units(" ".join(pieces[1:]))
        if not after or is_titled(before, after):
            given, family, _ = split(before, family_first=self.order == "family_first")
            return given, family, " ".join(honorifics), " ".join(suffixes)
        return after, before, " ".join(honorifics), " ".join(suffixes)

    def _from_columns(self, written: Mapping[str, str]) -> Identifier:
        raw = " ".join([written[name] for name in _COLUMNS if name in written])
        read = {name: text for name, text in written.items() if len(text) <= LONGEST}
        given_name = given_column(read.get("given", ""))
        family_name = family_column(read.get("family", ""))
        second_name = second_column(read.get("second_family", ""))
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
        suffix = ""
        for column in (given_name, family_name, second_name):
            suffix = _suffix(column.dress[1], suffix)
        dress = (written.get("honorific") or honorific, _suffix(written.get("suffix", ""), suffix))
        return self._named(raw, given, family, second, dress=dress)

    def _named(
        self, raw: str, given: Sequence[Unit], family: Sequence[Unit], second: Sequence[Unit], *,
        issues: tuple[Issue, ...] = (), dress: tuple[str, str],
    ) -> Identifier:  # fmt: skip
        shown: dict[str, str] = {}
        keys: dict[str, str] = {}
        if given:
            shown["given"], of_given = given_reading(tuple(given))
            keys.update(of_given)
        if family:
            shown["family"], keys["family_name"], sound = family_reading(tuple(family))
            keys.update({"family_sound": sound} if sound else {})
        if second:
            shown["second_family"], keys["second_family_name"], _ = family_reading(tuple(second))
        value = " ".join(shown.values())
        if len(value) < 16 and is_absent_name(value):
            return Identifier(self.kind, raw, value, Status.PLACEHOLDER)
        if dress[0]:
            shown["honorific"] = dress[0].strip()
        if dress[1]:
            shown["suffix"] = suffix_form(dress[1])
            told = generation(dress[1])
            keys.update({"name_suffix": told} if told else {})
        if given and family:
            return Identifier(self.kind, raw, value, Status.VALID, "", keys, shown, issues)
        issues = (*issues, _UNSPLIT) if len(given) + len(family) == 1 else issues
        return Identifier(self.kind, raw, value, Status.POSSIBLE, "", keys, shown, issues)

    def mask(self, value: str) -> str:
        """The initials.

        >>> PersonName().mask("Juan Carlos García López")
        'J*** C*** G*** L***'
        """
        masked = " ".join([f"{word[0]}***" for word in value.split()])
        return "***" if value in masked else masked

    def recognise(self, sample: Sequence[str]) -> Mapping[str, float]:
        """By the name lists: the shares of given names, of surnames, and of texts that begin with one and go on."""
        if not sample:
            return {}
        given = family = full = 0
        for text in sample:
            found = _sample_units(text)
            if not found:
                continue
            known, surname = leaning(found[0].core) > 0, leaning(found[-1].core) < -1
            full += len(found) > 1 and (known or surname) and len(found) < 7
            given += known and (len(found) == 1 or leaning(found[-1].core) > 0)
            family += surname and not known and len(found) < 3
        total = len(sample)
        return {"name": 0.9 * full / total, "given_name": 0.9 * given / total, "family_name": 0.9 * family / total}


def suffix_form(text: str) -> str:
    """The usual form of a suffix (`jnr` → `Jr`)."""
    return SUFFIXES.get(fold(text), text.strip())


@remembered(1 << 12)
def generation(text: str) -> str:
    """The generation that a suffix tells, by its first word that tells one; nothing for titles.

    >>> [generation(text) for text in ("Jr.", "hijo", "PhD, II", "3rd", "Sr", "MD")]
    ['jr', 'jr', 'jr', 'iii', 'sr', '']
    """
    words = fold(text).split()
    forms = [SUFFIXES.get(squeeze(text), ""), *(SUFFIXES.get(word, "") for word in words if len(word) > 1)]
    return next((GENERATIONS[form] for form in forms if form in GENERATIONS), "")


def _suffix(written: str, found: str) -> str:
    """A suffix as written apart, with the one found in the name before it where only that tells a generation."""
    if not written or (generation(found) and not generation(written)):
        return f"{found} {written}".strip()
    return written


def is_titled(before: Sequence[Unit], after: Sequence[Unit]) -> bool:
    """Whether what follows a comma is no given name but something else, such as a job."""
    return len(before) > 1 and is_given(before[0].core) and not is_given(after[0].core)


def _are_surnames(found: Sequence[Unit]) -> bool:
    """Whether units that follow a form of address are surnames alone."""
    if len(found) == 1:
        return not is_given(found[0].core)
    return all(traits(unit).leaning <= -2 for unit in found)


def _sample_units(text: str) -> list[Unit]:
    if len(text) > 60 or any(each.isdigit() or each in "@/:;" for each in text):
        return []
    return units(cleaned(text).replace(",", " "))
