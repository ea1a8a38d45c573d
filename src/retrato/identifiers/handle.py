"""Handles on social platforms, from names and from profile addresses."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from retrato.identifiers.base import Feature, Field, Identifier, IdentifierType, Issue, Scope, Status
from retrato.identifiers.code import code_key, is_filler_code, with_namespace
from retrato.identifiers.folding import fold
from retrato.identifiers.placeholders import is_absent, is_null
from retrato.identifiers.tables import headers, synonyms

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


_PLATFORMS = synonyms("handle_platforms")
_URL = re.compile(
    r"(?:https?://)?(?:(?:www|m|mobile|web|es|es-es|mx|uk|ar)\.)?([a-z\-]+\.[a-z]{2,4})/(.+)", re.IGNORECASE
)
_PATH_WORDS = frozenset(
    {"in", "pub", "u", "user", "users", "c", "channel", "add", "profile", "people", "company", "pages", "t", "s"}
)
_LABELLED = re.compile(r"([a-z]{1,10})\s*:\s*@?(?=\S)", re.IGNORECASE)
_HANDLE = re.compile(r"[\w.\-]{2,60}")
_SEPARATORS = re.compile(r"\s*[;|,\n]\s*|(?<!:)\s+(?=@)|\s+/\s+")
_NO_HANDLE = Issue("not_a_handle", "the text is no handle")


@dataclass(frozen=True)
class Handle(IdentifierType):
    """A handle without its `@`, in lower case. The platform comes from a profile address, else from the namespace.

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
        Feature("handle", Scope.PERSON, "identifier", ("handle",), multivalued=True, namespaced=True),
    )

    def parse_parts(self, parts: Mapping[str, str | None]) -> tuple[Identifier, ...]:
        """Read one cell, which may hold several handles."""
        text = parts.get("text")
        if text is None or is_null(text):
            return ()
        pieces = list(dict.fromkeys(piece.strip() for piece in _SEPARATORS.split(text) if piece.strip())) or [
            text.strip()
        ]
        return tuple(self._read(text if len(pieces) == 1 else piece, piece) for piece in pieces)

    def _read(self, raw: str, piece: str) -> Identifier:
        platform, name = _platform_and_name(piece)
        platform = platform or _PLATFORMS.get(self.namespace.lower(), self.namespace)
        value = name.strip().lstrip("@").strip().strip("/").lower()
        key = code_key(value)
        if is_null(value) or is_absent(fold(value)) or is_filler_code(key):
            return Identifier(self.kind, raw, value or None, Status.PLACEHOLDER, platform)
        if _HANDLE.fullmatch(value) is None:
            return Identifier(self.kind, raw, None, Status.INVALID, platform, issues=(_NO_HANDLE,))
        keys = {"handle": with_namespace(platform, key)}
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
    return "/" in text and bool(_platform_and_name(text)[0])


def _platform_and_name(piece: str) -> tuple[str, str]:
    address = _URL.fullmatch(piece)
    if address is not None and address[1].lower() in _PLATFORMS:
        if "profile.php?id=" in address[2]:
            return "facebook", address[2].partition("profile.php?id=")[2].partition("&")[0]
        steps = [step for step in address[2].partition("?")[0].partition("#")[0].split("/") if step]
        named = [step for step in steps if step.lower() not in _PATH_WORDS] or [""]
        return _PLATFORMS[address[1].lower()], named[0]
    labelled = _LABELLED.match(piece)
    if labelled is not None:
        word = labelled[1].lower()
        platform = _PLATFORMS.get(word, word)
        if platform in _PLATFORMS.values():
            return platform, piece[labelled.end() :]
    return "", piece
