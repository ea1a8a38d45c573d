"""Device and cookie ids."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from retrato.identifiers.base import Feature, Field, Identifier, IdentifierType, Scope, Status
from retrato.identifiers.code import code_key, is_filler_code, pieces, with_namespace
from retrato.identifiers.folding import fold
from retrato.identifiers.placeholders import is_absent, is_null
from retrato.identifiers.tables import headers

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


_UUID = re.compile(r"\{?[0-9a-f]{8}-?(?:[0-9a-f]{4}-?){3}[0-9a-f]{12}\}?", re.IGNORECASE)
_COOKIE = re.compile(r"(?:GA\d\.\d\.|fb\.\d\.|amp-|ajs_)?\d{6,10}\.\d{8,13}|(?:GA\d|fb)\.\d\.[\w.-]{8,}", re.IGNORECASE)
_MAC = re.compile(r"(?:[0-9a-f]{2}[:-]){5}[0-9a-f]{2}", re.IGNORECASE)


@dataclass(frozen=True)
class DeviceId(IdentifierType):
    """A cookie, an app installation, an advertising id: it belongs to a machine that a family may share.

    >>> DeviceId(namespace="web").parse("GA1.2.1032.1709634120").keys["device_id"]
    'web:ga1.2.1032.1709634120'
    >>> DeviceId().parse("00000000-0000-0000-0000-000000000000").status.value
    'placeholder'
    """

    namespace: str = ""

    kind: ClassVar[str] = "device_id"
    fields: ClassVar[Mapping[str, Field]] = {
        "device_id": Field("text", headers("device_id")),
    }
    features: ClassVar[tuple[Feature, ...]] = (
        Feature(
            "device_id",
            Scope.SHARED,
            "identifier",
            ("device_id",),
            contact_point=True,
            multivalued=True,
            namespaced=True,
        ),
    )

    def parse_parts(self, parts: Mapping[str, str | None]) -> tuple[Identifier, ...]:
        """Read one cell, which may hold several ids."""
        text = parts.get("text")
        if text is None or is_null(text):
            return ()
        found = pieces(text)
        return tuple(self._read(text if len(found) == 1 else piece, piece) for piece in found)

    def _read(self, raw: str, piece: str) -> Identifier:
        value = piece.strip("{}") if _UUID.fullmatch(piece) else piece
        key = code_key(value)
        if is_absent(fold(piece)) or is_filler_code(key):
            return Identifier(self.kind, raw, value, Status.PLACEHOLDER, self.namespace)
        if len(value) > 512:
            return Identifier(self.kind, raw, None, Status.INVALID, self.namespace)
        keys = {"device_id": with_namespace(self.namespace, key)}
        return Identifier(self.kind, raw, value, Status.VALID, self.namespace, keys=keys)

    def recognise(self, sample: Sequence[str]) -> Mapping[str, float]:
        """The share of cookies and hardware addresses; a UUID may be the id of anything, so it says less."""
        if not sample:
            return {}
        score = 0.0
        for text in sample:
            written = text.strip()
            score += (
                0.9
                if _COOKIE.fullmatch(written) or _MAC.fullmatch(written)
                else 0.35
                if _UUID.fullmatch(written)
                else 0.0
            )
        return {"device_id": score / len(sample)}
