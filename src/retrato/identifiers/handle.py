"""Handles on social platforms, from names and from profile addresses."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from retrato.identifiers.base import Feature, Field, Identifier, IdentifierType, Issue, Scope, Status
from retrato.identifiers.code import is_filler_code, with_namespace
from retrato.identifiers.folding import fold
from retrato.identifiers.placeholders import is_absent, is_null
from retrato.identifiers.platforms import PLATFORMS, Points, handle_key, read_address, rule_of
from retrato.identifiers.tables import headers

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pyarrow as pa


#: What a handle may look like where the platform is not known.
HANDLE = r"[\w.-]{1,60}"
_LABELLED = re.compile(r"([a-z][a-z ]{0,14})\s*:\s*@?(?=\S)", re.IGNORECASE)
_HANDLE = re.compile(HANDLE)
_SEPARATORS = re.compile(r"\s*[;|,\n]\s*|(?<!:)\s+(?=@)|\s+/\s+")
_NO_HANDLE = Issue("not_a_handle", "the text is no handle")
_RULE = Issue("platform_rule", "the platform does not allow such a handle")
_NO_PERSON = {
    Points.ORGANISATION: Issue("organisation", "the address is the page of an organisation"),
    Points.PHONE: Issue("phone", "the address is a phone number"),
    Points.ELSEWHERE: Issue("no_profile", "the address does not point to a profile"),
}


@dataclass(frozen=True)
class Handle(IdentifierType):
    """A handle without its `@`, in lower case. The platform comes from a profile address, else from the namespace.

    The id of a Messenger conversation (`messenger_psid`) is a handle too; it differs from page to page.

    >>> Handle().parse("https://www.instagram.com/Pedro.Ruiz/?hl=es").keys["handle"]
    'instagram:pedro.ruiz'
    >>> Handle(namespace="twitter").parse("@PedroR").value
    'pedror'
    """

    namespace: str = ""

    kind: ClassVar[str] = "handle"
    fields: ClassVar[Mapping[str, Field]] = {
        "handle": Field("text", headers("handle")),
    }
    features: ClassVar[tuple[Feature, ...]] = (
        Feature("handle", Scope.PERSON, "handle", ("handle",), multivalued=True, namespaced=True),
    )

    @property
    def platform(self) -> str:
        """The platform that the namespace names.

        >>> Handle("ig").platform, Handle("forum").platform
        ('instagram', 'forum')
        """
        return PLATFORMS.get(self.namespace.lower(), self.namespace)

    def parse_parts(self, parts: Mapping[str, str | None]) -> tuple[Identifier, ...]:
        """Read one cell, which may hold several handles."""
        text = parts.get("text")
        if text is None or is_null(text):
            return ()
        pieces = list(dict.fromkeys(piece.strip() for piece in _SEPARATORS.split(text) if piece.strip())) or [
            text.strip()
        ]
        return tuple(self._read(text if len(pieces) == 1 else piece, piece) for piece in pieces)

    def accept(self, table: pa.Table) -> pa.Table | None:
        """Read those cells at once that hold one handle, or one plain profile address."""
        from retrato.identifiers.columns.handle import accept_handle

        return accept_handle(self, table)

    def _read(self, raw: str, piece: str) -> Identifier:
        points, platform, name = _pointed(piece)
        platform = platform or self.platform
        value = name.strip().lstrip("@").strip().strip("/").lower()
        if points is not Points.PERSON:
            status = Status.POSSIBLE if points is Points.ORGANISATION and value else Status.INVALID
            return Identifier(self.kind, raw, value or None, status, platform, issues=(_NO_PERSON[points],))
        if is_null(value) or is_absent(fold(value)) or is_filler_code(handle_key(platform, value)):
            return Identifier(self.kind, raw, value or None, Status.PLACEHOLDER, platform)
        rule = rule_of(platform)
        keys = {"handle": with_namespace(platform, handle_key(platform, value))}
        if rule is not None and rule.fullmatch(value):
            return Identifier(self.kind, raw, value, Status.VALID, platform, keys=keys)
        if _HANDLE.fullmatch(value) is None:
            return Identifier(self.kind, raw, None, Status.INVALID, platform, issues=(_NO_HANDLE,))
        if rule is not None:
            return Identifier(self.kind, raw, value, Status.INVALID, platform, keys=keys, issues=(_RULE,))
        return Identifier(self.kind, raw, value, Status.VALID if platform else Status.POSSIBLE, platform, keys=keys)

    def recognise(self, sample: Sequence[str]) -> Mapping[str, float]:
        """The share of values that begin with `@` or are profile addresses."""
        if not sample:
            return {}
        told = sum(1 for text in sample if _tells_itself(text.strip()))
        return {"handle": told / len(sample)}


def _tells_itself(text: str) -> bool:
    if text.startswith("@"):
        return _HANDLE.fullmatch(text[1:]) is not None
    return "/" in text and bool(_pointed(text)[1])


def _pointed(piece: str) -> tuple[Points, str, str]:
    """What a text points to, the platform that it names (or nothing), and the name."""
    address = read_address(piece.strip().lstrip("@"))
    if address is not None:
        return address
    labelled = _LABELLED.match(piece)
    if labelled is not None:
        word = labelled[1].strip().lower()
        platform = PLATFORMS.get(word, word)
        if platform in PLATFORMS.values():
            rest = piece[labelled.end() :]
            return read_address(rest.strip().lstrip("@")) or (Points.PERSON, platform, rest)
    return Points.PERSON, "", piece
