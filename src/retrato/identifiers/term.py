"""Words of a vocabulary: what happened, on which channel, in which state. Two words for one thing become one term."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, ClassVar

from retrato.identifiers.base import Feature, Field, Identifier, IdentifierType, Issue, Status
from retrato.identifiers.folding import fold
from retrato.identifiers.placeholders import is_absent, is_null
from retrato.identifiers.tables import synonyms

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

UNKNOWN = Issue("unknown_term", "the text is no word of the vocabulary; it is kept as it is written")
_NO_TERM = Issue("not_a_term", "the text is too long for a word of a vocabulary")
#: Longer texts are no words but sentences.
_LONGEST = 60


@dataclass(frozen=True, slots=True)
class Word:
    """A term of the user's own, or further texts for one of the package's.

    >>> Word("webinar", ("webinar", "seminario web")).name
    'webinar'
    """

    name: str
    texts: tuple[str, ...] = ()


@dataclass(frozen=True)
class Term(IdentifierType):
    """A word of the vocabulary `table`, or of those that the user adds.

    A text that is no word of it stands for itself, as `possible`.

    >>> Term("event_kinds").parse("Add to Cart").value, Term("event_kinds").parse("Llamada entrante").value
    ('cart', 'call')
    >>> found = Term("event_kinds").parse("Router replaced")
    >>> found.value, found.status.value
    ('router_replaced', 'possible')
    >>> Term("event_kinds", (Word("swap", ("router replaced",)),)).parse("Router replaced").value
    'swap'
    """

    table: str
    more: tuple[Word, ...] = ()

    kind: ClassVar[str] = "term"
    fields: ClassVar[Mapping[str, Field]] = {"term": Field("text", ())}
    features: ClassVar[tuple[Feature, ...]] = ()

    @cached_property
    def words(self) -> Mapping[str, str]:
        """Every folded text of the vocabulary, with its term. What the user says of a text holds."""
        own = {fold(text): word.name for word in self.more for text in (word.name, *word.texts)}
        return {**synonyms(self.table), **own}

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
