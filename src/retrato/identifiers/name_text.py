"""The text of a name before it is split: what is no name in it, forms of address, suffixes, couples, organisations."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

from retrato.identifiers.folding import fold, fold_word, squeeze
from retrato.identifiers.memory import remembered
from retrato.identifiers.name_words import (
    GENERATIONS,
    HONORIFICS,
    PARTICLES,
    SUFFIXES,
    is_given,
    is_undoubted_given,
    leaning,
)
from retrato.identifiers.placeholders import ABSENT
from retrato.identifiers.tables import listed, words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from retrato.identifiers.name_words import Unit

#: Texts that say that there is no name, folded.
ABSENT_NAMES = ABSENT | frozenset(listed("placeholders", "name"))
#: The first words of all of them.
_ABSENT_STARTS = frozenset(entry.partition(" ")[0] for entry in ABSENT_NAMES)
#: What is an honorific and no name when it stands alone in the column of given names.
LONE_HONORIFICS = HONORIFICS - {"don"}
#: Forms of address that a surname can follow at once.
BEFORE_SURNAMES = frozenset(listed("name_words", "before surname"))
_SPANISH_HONORIFIC_INITIALS = frozenset({"d.", "dª", "dª.", "d.ª", "dº", "da."})
#: Suffixes that are surnames as well: only after a whole name.
_SURNAME_SUFFIXES = frozenset({"neto", "filho", "sobrinho", "padre", "nieto"})
#: Of these, those that are suffixes only in small letters after a word that is not (`Juan Pérez nieto`).
_LOW_SUFFIXES = frozenset({"padre", "nieto"})
_LINKS = frozenset({"y", "e", "and", "und", "et"})

_BRACKETED_WORD = re.compile(r"\(\s*(h|[^\W\d_]{2,})\.?\s*\)(?=\s*(?:,|$))", re.IGNORECASE)
_BRACKETED = re.compile(r"\([^()]*\)|\[[^\[\]]*\]|\"[^\"]*\"|“[^”]*”|«[^»]*»")
_MARIA = re.compile(r"\b(M|Ma)\s?\.?\s?ª\.?", re.IGNORECASE)
_DONA = re.compile(r"\bD\s?\.?\s?ª\.?", re.IGNORECASE)
_NOT_NAME = re.compile(r"[^\w\s'’´`.,\-ªº·]|[\d_]")
_ORDINAL = re.compile(r"\b(\d+(?:st|nd|rd|th))\b\.?(\s*(?:,|$))?", re.IGNORECASE)
_COUPLE = re.compile(r"(\S+)\s+(?:&|\+|and|y|e)\s+([^\s,]+)(?=\s+\S)", re.IGNORECASE)
_COUPLE_LINK = re.compile(r"[&+]| (?:y|e|and) ", re.IGNORECASE)
_DOTTED = re.compile(r"(?<!\S)(?:[^\W\d_]+\.)+[^\W\d_]+\.?(?=[\s,]|$)")
_ABBREVIATED = re.compile(r"(?<=\w)\.(?=\w)")
_DASHES = re.compile(r"\s*[-‐–—]\s*")

_ORGANISATION_END = re.compile(
    r"(?:,?\s+(?:s\.?\s?l\.?(?:\s?u\.?|\s?p\.?|\s?l\.?)?|s\.?\s?a\.?(?:\s?u\.?)?|s\.?\s?c\.?(?:\s?p\.?)?|c\.?\s?b\.?"
    r"|s\.?\s?a\.?\s+de\s+c\.?\s?v\.?|s\.?\s?coop\.?|inc\.?|llc\.?|ltd\.?|plc\.?|gmbh|corp\.?|co\.|limited"
    r"|s\.?r\.?l\.?s?\.?|ltda?\.?|s\.?a\.?s\.?|llp|pty|kg|ag|ohg|ug|s\.?a\.?r\.?l\.?|s\.?p\.?a\.?|b\.?v\.?|n\.?v\.?"
    r"|lda\.?|eirl|oy|aps))\s*$",
    re.IGNORECASE,
)
ORGANISATION_WORDS = frozenset(listed("name_words", "organisation"))
ORGANISATION_SURNAMES = frozenset(listed("name_words", "organisation surname"))
ORGANISATION_ENDS = frozenset(listed("name_words", "legal form"))


def is_absent_name(text: str) -> bool:
    """Whether a text says that there is no name."""
    start = fold_word(text.partition(" ")[0]).partition(" ")[0]
    return not (start and start not in _ABSENT_STARTS) and fold(text) in ABSENT_NAMES


def cleaned(text: str) -> str:
    """The words of a name: without emoji, digits, brackets and what stands in them.

    >>> cleaned("Pedro (trabajo) 🌟"), cleaned("J.R. Ruiz - Gil")
    ('Pedro     ', 'J. R. Ruiz-Gil')
    """
    if text.replace(" ", "").isalpha() and "ª" not in text:
        return text
    if not text.isascii():
        text = unicodedata.normalize("NFC", text)
    if "(" in text:
        text = _BRACKETED_WORD.sub(_generation_in_brackets, text)
    if "(" in text or '"' in text or "[" in text or "“" in text or "«" in text:
        text = _BRACKETED.sub(" ", text)
    if "ª" in text:
        text = _DONA.sub("Dª ", _MARIA.sub("Mª ", text))
    text = _NOT_NAME.sub(" ", _ORDINAL.sub(_ordinal, text))
    if "." in text:
        text = _ABBREVIATED.sub(". ", _DOTTED.sub(_undotted, text))
    return _DASHES.sub("-", text) if "-" in text or "–" in text else text


def _generation_in_brackets(found: re.Match[str]) -> str:
    """A generation that stands in brackets at the end of a name (`Juan Pérez (h)`); anything else as it is."""
    return _generation_after_name(found) or found[0]


def _ordinal(found: re.Match[str]) -> str:
    """A number at the end of a name as a generation (`2nd`); any other is no name."""
    at_end = found[2] is not None
    return f"{(at_end and _generation_after_name(found)) or ' '}{found[2] or ''}"


def _generation_after_name(found: re.Match[str]) -> str:
    """The usual form of a generation, after a blank; nothing for any other word, or where no name stands before."""
    form = SUFFIXES.get(fold_word(found[1]), "")
    named = any(each.isalpha() for each in found.string[: found.start()])
    return f" {form}" if named and form in GENERATIONS else ""


def _undotted(found: re.Match[str]) -> str:
    """A form of address or a title without its dots (`Q.F.B.`, `Ph.D.`); anything else as it is."""
    word = squeeze(found[0])
    known = word in HONORIFICS or (word in SUFFIXES and found.start() > 0)
    return found[0].replace(".", "") if known else found[0]


def dressing(text: str, *, leading: bool = True) -> tuple[str, str, str]:
    """The honorific and the suffix of a name, and the name without them; not `leading`: of surnames after given names.

    >>> dressing("Mr. George Tilman Jr.")
    ('Mr.', 'Jr.', 'George Tilman')
    """
    tokens = text.replace(",", " , ").split() if "," in text else text.split()
    if not text.isalnum() and not text.replace(" ", "").isalnum():
        tokens = [word for word in tokens if word == "," or fold_word(word)]
    start = _after_honorifics(tokens) if leading else 0
    end = len(tokens)
    given = 0 if leading else 1
    while end - start > 1 and is_suffix(tokens[end - 1], end - start + given, tokens[end - 2]):
        end -= 1
        while end - start > 1 and tokens[end - 1] == ",":
            end -= 1
    if start == 0 and end == len(tokens):
        return "", "", text
    suffix = " ".join(word for word in tokens[end:] if word != ",")
    return " ".join(tokens[:start]), suffix, " ".join(tokens[start:end])


def _after_honorifics(tokens: Sequence[str]) -> int:
    """Where the name begins."""
    start, last = 0, len(tokens) - 1
    while start < last:
        if is_honorific(tokens[start], tokens[start + 1]):
            start += 1
        elif (
            start and start + 1 < last and fold_word(tokens[start]) in _LINKS and is_honorific(tokens[start + 1], None)
        ):
            start += 2
        else:
            break
    return start


def is_honorific(token: str, following: str | None) -> bool:
    """Whether the first word of a name is a form of address (`D.` only before a Spanish, `M.` before a French name)."""
    lowered = token.lower()
    if lowered in _SPANISH_HONORIFIC_INITIALS:
        return following is not None and fold_word(following) in words("given_es")
    if lowered == "m.":
        return following is not None and _is_foreign_given(fold_word(following))
    core = fold_word(token)
    return core in HONORIFICS and (core != "don" or (following is not None and is_undoubted_given(following)))


def may_be_honorific(token: str) -> bool:
    """Whether a word can be a form of address, whatever follows it."""
    lowered = token.lower()
    return lowered in _SPANISH_HONORIFIC_INITIALS or lowered == "m." or fold_word(token) in HONORIFICS


def _is_foreign_given(core: str) -> bool:
    own = words("given_es") | words("given_en") | words("given_pt")
    return core.partition(" ")[0] in words("given_other") - own


def is_suffix(token: str, count: int = 2, before: str = "") -> bool:
    """Whether the last of `count` words of a name is a generation or a title; `before` is the word before it, if known.

    >>> is_suffix("nieto", 3, "Pérez"), is_suffix("Nieto", 3, "Pérez"), is_suffix("nieto", 3, "pérez")
    (True, False, False)
    """
    core = fold_word(token)
    if core not in SUFFIXES or len(core) == 1:
        return False
    if core in _LOW_SUFFIXES and (before.islower() or not token.islower()):
        return False
    return core not in _SURNAME_SUFFIXES or (count > 2 and before.lower() not in PARTICLES)


@remembered(1 << 12)
def is_before_surname(honorific: str) -> bool:
    """Whether a surname can follow a form of address at once (`Sr.`, `Mrs`; not `Don`, `Sir`)."""
    return bool(honorific) and fold_word(honorific.rsplit(maxsplit=1)[-1]) in BEFORE_SURNAMES


def one_person(raw: str, text: str) -> tuple[str, bool]:
    """The first of a couple that shares one line (`Ana y Luis García`), and whether it is one."""
    if not _COUPLE_LINK.search(raw):
        return text, False
    couple = _COUPLE.match(raw.strip())
    if couple is None or leaning(fold(couple[1])) <= 0 or leaning(fold(couple[2])) <= 0:
        return text, False
    rest = cleaned(raw.strip()[couple.end() :])
    return f"{cleaned(couple[1]).strip()} {rest.strip()}", True


def is_organisation(text: str, found: Sequence[Unit]) -> bool:
    """Whether a name, given as written and as units, is that of a company or an institution.

    >>> from retrato.identifiers.name_words import units
    >>> [is_organisation(text, units(text)) for text in ("Talleres Ruiz, S.L.", "Pedro Ruiz", "Pedro Church")]
    [True, False, False]
    """
    doubtful = False
    for unit in found:
        if unit.core in ORGANISATION_WORDS:
            return True
        doubtful = doubtful or unit.core in ORGANISATION_SURNAMES
    if doubtful and not is_given(found[0].core):
        return True
    return bool(found) and found[-1].core in ORGANISATION_ENDS and _ORGANISATION_END.search(text) is not None
