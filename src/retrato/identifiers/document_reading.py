"""Which national document a text without separators is, and how well it fits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from retrato.identifiers.base import Issue, Status
from retrato.identifiers.document_checks import library
from retrato.identifiers.document_names import open_to, told_by_separators
from retrato.identifiers.documents import whole

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    from retrato.identifiers.documents import Document

#: Shapes so telling that a wrong check digit is a typing error and not another document.
_TELLING = frozenset({"es_dni", "es_nie", "mx_curp"})
_NO_LETTER = Issue("letter_missing", "the check letter is missing")
_NO_ZEROS = Issue("zeros_missing", "the number seems to have lost its leading zeros")


@dataclass(frozen=True, slots=True)
class Reading:
    """What a text was taken for: the namespace, how well it fits, the document and the text in its own form.

    `completed` is the number with what it seems to lack, where nothing proves that (`issue` says what it is): zeros
    that no check digit confirms, or the check letter.
    """

    name: str
    status: Status
    document: Document | None = None
    fitted: str = ""
    completed: str = ""
    issue: Issue | None = None


def open_reading(written: str, bare: str, region: str | None) -> Reading | None:
    """What a text is by its shape, its separators (`written`: in lower case) and its country alone, or None.

    >>> open_reading("12.345.670-k", "12345670k", None).name
    'cl_rut'
    """
    told = told_by_separators(written)
    own = {region} if region else set()
    return best_reading(bare, open_to(region, told), lambda each: each.country == region or each in told, own)


def best_reading(
    bare: str, choice: Sequence[tuple[Document, str]], meant: Callable[[Document], bool], own: Collection[str]
) -> Reading | None:
    """The first document of the choice that fits: as it is written, then repaired, then without its letter.

    `meant` says of which documents a repair or a wrong check digit is believed; `own` are the countries whose people
    leave the letter out. None: nothing fits.
    """
    second: Reading | None = None
    for document, shape in choice:
        if whole(shape).fullmatch(bare) is None:
            continue
        status = confirmed(document, bare)
        if status is Status.VALID:
            return Reading(document.name, status, document, bare)
        if status is Status.POSSIBLE or meant(document) or document.name in _TELLING:
            reading = Reading(document.name, status, document, bare)
            second = reading if second is None or _rank(reading) > _rank(second) else second
    return _repaired(bare, choice, meant) or _unlettered(bare, choice, own) or second


def confirmed(document: Document, bare: str) -> Status:
    """Whether a text with the shape of a document is confirmed, refused, or neither."""
    if document.module:
        return Status.VALID if library(document.module).is_valid(bare.upper()) else Status.INVALID
    return Status.VALID if document.confirmed else Status.POSSIBLE


def _rank(reading: Reading) -> int:
    return reading.status is Status.POSSIBLE


def _repaired(bare: str, choice: Sequence[tuple[Document, str]], meant: Callable[[Document], bool]) -> Reading | None:
    for document, shape in choice:
        for text, start in _mended(bare, document, meant(document)):
            if whole(shape).fullmatch(text) is None:
                continue
            status = confirmed(document, text)
            if status is not Status.VALID:
                continue
            if document.checked or len(text) <= len(start) or confirmed(document, start) is Status.VALID:
                return Reading(document.name, status, document, text)
            return Reading(document.name, Status.POSSIBLE, document, start, completed=text, issue=_NO_ZEROS)
    return None


def _mended(bare: str, document: Document, meant: bool) -> list[tuple[str, str]]:
    """The text without the prefix of its country, and with the zeros that sheets eat or people add.

    Each with the text that it was made of, where zeros were put in or taken away.
    """
    abroad = [bare[2:]] if document.country and bare.startswith(document.country.lower()) else []
    texts = [(each, each) for each in abroad]
    if meant:
        for start in (bare, *abroad):
            for pattern, form in document.forms:
                found = whole(pattern).fullmatch(start)
                if found is not None:
                    texts.append((found.expand(form), start))
                    break
    return texts


def _unlettered(bare: str, choice: Sequence[tuple[Document, str]], own: Collection[str]) -> Reading | None:
    for document, _ in choice:
        if document.unlettered and document.country in own and whole(document.unlettered).fullmatch(bare):
            full = bare + library(document.module).calc_check_digit(bare).lower()
            return Reading(document.name, Status.POSSIBLE, document, bare, completed=full, issue=_NO_LETTER)
    return None
