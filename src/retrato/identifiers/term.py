"""Words of a vocabulary: what happened, on which channel, in which state. Two words for one thing become one term."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, ClassVar

from retrato.identifiers.base import Feature, Field, Identifier, IdentifierType, Issue, Status
from retrato.identifiers.folding import fold
from retrato.identifiers.placeholders import is_absent, is_null
from retrato.identifiers.tables import lines

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

UNKNOWN = Issue("unknown_term", "the text is no word of the vocabulary; it is kept as it is written")
_NO_TERM = Issue("not_a_term", "the text is too long for a word of a vocabulary")
#: Longer texts are no words but sentences.
_LONGEST = 60


@dataclass(frozen=True)
class Term(IdentifierType):
    """A word of the vocabulary `table`, and of what the user adds: pairs of a term and the texts that mean it.

    A text that is no word of it stands for itself, as `possible`.

    >>> Term("event_kinds").parse("Add to Cart").value, Term("event_kinds").parse("Llamada entrante").value
    ('cart', 'call')
    >>> found = Term("event_kinds").parse("Router replaced")
    >>> found.value, found.status.value
    ('router_replaced', 'possible')
    >>> Term("event_kinds", (("swap", ("router replaced",)),)).parse("Router replaced").value
    'swap'
    """

    table: str
    more: tuple[tuple[str, tuple[str, ...]], ...] = ()

    kind: ClassVar[str] = "term"
    fields: ClassVar[Mapping[str, Field]] = {"term": Field("text", ())}
    features: ClassVar[tuple[Feature, ...]] = ()

    @cached_property
    def words(self) -> Mapping[str, str]:
        """Every folded text of the vocabulary, with its term. What the user says of a text holds."""
        listed = {**_listed(self.table)}
        for term, texts in self.more:
            listed |= {fold(text): term for text in (term, *texts)}
        return listed

    def parse_parts(self, parts: Mapping[str, str | None]) -> tuple[Identifier, ...]:
        """Read one cell: at most one identifier."""
        text = parts.get("text")
        if text is None:
            return ()
        folded = fold(text)
        term = self.words.get(folded) or self.words.get(text.strip().lower())  # a sign of a currency folds to nothing
        if term is not None:
            return (Identifier(self.kind, text, term, Status.VALID),)
        if is_null(text):
            return ()
        if is_absent(folded):
            return (Identifier(self.kind, text, None, Status.PLACEHOLDER),)
        if not folded or len(folded) > _LONGEST:
            return (Identifier(self.kind, text, None, Status.INVALID, issues=(_NO_TERM,)),)
        return (Identifier(self.kind, text, folded.replace(" ", "_"), Status.POSSIBLE, issues=(UNKNOWN,)),)

    def recognise(self, sample: Sequence[str]) -> Mapping[str, float]:  # noqa: ARG002
        """Never: any word can stand in many columns."""
        return {}


def terms(table: str) -> tuple[str, ...]:
    """The terms of a vocabulary, in the order of its table.

    >>> terms("event_kinds")[:3]
    ('visit', 'view', 'search')
    """
    return tuple(dict.fromkeys(line.partition(":")[0] for line in lines(table)))


def _listed(table: str) -> Mapping[str, str]:
    found: dict[str, str] = {}
    for line in lines(table):
        term, _, texts = line.partition(":")
        for text in (fold(term), *texts.split(",")):
            found.setdefault(text.strip(), term)
    return found
