"""Device and cookie ids."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from retrato.identifiers.base import Feature, Field, Identifier, IdentifierType, Issue, Scope, Status
from retrato.identifiers.code import code_key, is_filler_code, lost_digits, pieces, undamaged, with_namespace
from retrato.identifiers.document_checks import library
from retrato.identifiers.folding import fold, squeeze
from retrato.identifiers.placeholders import is_absent, is_null, is_repeated
from retrato.identifiers.tables import headers

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pyarrow as pa


#: The longest id that is one (push tokens take two to three hundred characters).
LONGEST = 512
UUID = r"\{?([0-9a-f]{8})-?([0-9a-f]{4})-?([0-9a-f]{4})-?([0-9a-f]{4})-?([0-9a-f]{12})\}?"
#: The cookie `_ga`: version, depth of the domain, then the client id (Google, "How Google Analytics uses cookies").
GA_COOKIE = r"ga[0-9]\.[0-9](?:-[0-9])?\.([0-9]+\.[0-9]+)"
MAC = r"([0-9a-f]{2})[:-]([0-9a-f]{2})[:-]([0-9a-f]{2})[:-]([0-9a-f]{2})[:-]([0-9a-f]{2})[:-]([0-9a-f]{2})"
MAC_DOTTED = r"([0-9a-f]{2})([0-9a-f]{2})\.([0-9a-f]{2})([0-9a-f]{2})\.([0-9a-f]{2})([0-9a-f]{2})"
#: Ids that every device gives of which there is nothing to know: the MAC address since Android 6 and iOS 7, and the
#: Android id that a fault of Android 2.2 gave to a whole series.
EVERYBODYS = frozenset({"020000000000", "9774d56d682e549c"})
_LABEL = re.compile(r"imei\s*[:#]?\s*(?=\d)", re.IGNORECASE)
_UUID, _GA_COOKIE, _MAC, _MAC_DOTTED = (
    re.compile(pattern, re.IGNORECASE | re.ASCII) for pattern in (UUID, GA_COOKIE, MAC, MAC_DOTTED)
)
_COOKIE = re.compile(r"(?:GA\d\.\d\.|fb\.\d\.|amp-|ajs_)?\d{6,10}\.\d{8,13}|(?:GA\d|fb)\.\d\.[\w.-]{8,}", re.IGNORECASE)
_BAD_CHECK = Issue("check_digit", "the check digit does not fit")
_LOST = Issue("digits_lost", "a spreadsheet has rounded the number and lost its last digits")
_NO_IMEI = Issue("shape", "the text has not the shape of an IMEI")


@dataclass(frozen=True)
class DeviceId(IdentifierType):
    """A cookie, an app installation, an advertising id: it belongs to a machine that a family may share.

    UUIDs (the advertising ids of Android and iOS are such) are written with dashes and in lower case, the cookie of
    Google Analytics is its client id, MAC addresses have colons, an IMEI (namespace `imei`) has its check digit tested
    by python-stdnum. Anything else is an opaque text.

    >>> DeviceId(namespace="web").parse("GA1.2.1032.1709634120").keys["device_id"]
    'web:1032.1709634120'
    >>> DeviceId().parse("00000000-0000-0000-0000-000000000000").status.value
    'placeholder'
    """

    namespace: str = ""

    kind: ClassVar[str] = "device_id"
    checked: ClassVar[bool] = False
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

    def accept(self, table: pa.Table) -> pa.Table | None:
        """Read those cells at once that hold one id of the usual forms."""
        from retrato.identifiers.columns.device_id import accept_device_id

        return accept_device_id(self, table)

    def _read(self, raw: str, piece: str) -> Identifier:
        if lost_digits(piece):
            return Identifier(self.kind, raw, None, Status.INVALID, self.namespace, issues=(_LOST,))
        label = _LABEL.match(piece)
        value = canonical(piece)
        if is_absent(fold(piece)) or is_filler_device(device_key(value)):
            return Identifier(self.kind, raw, value, Status.PLACEHOLDER, self.namespace)
        if label or self.namespace.lower() == "imei":
            return self._imei(raw, squeeze(undamaged(piece[label.end() :] if label else piece)))
        if len(value) > LONGEST:
            return Identifier(self.kind, raw, None, Status.INVALID, self.namespace)
        keys = {"device_id": with_namespace(self.namespace, device_key(value))}
        return Identifier(self.kind, raw, value, Status.VALID, self.namespace, keys=keys)

    def _imei(self, raw: str, digits: str) -> Identifier:
        """An IMEI of 15 digits, or without its check digit (14), or with a software version in its place (16)."""
        namespace = self.namespace or "imei"
        if not (digits.isdigit() and 14 <= len(digits) <= 16):
            return Identifier(self.kind, raw, None, Status.INVALID, namespace, issues=(_NO_IMEI,))
        if is_repeated(digits) or is_repeated(digits[:14]):
            return Identifier(self.kind, raw, digits, Status.PLACEHOLDER, namespace)
        fits = bool(library("imei").is_valid(digits))
        keys = {"device_id": with_namespace(namespace, digits[:14])}
        status, issues = (Status.VALID, ()) if fits else (Status.INVALID, (_BAD_CHECK,))
        return Identifier(self.kind, raw, digits, status, namespace, keys=keys, issues=issues)

    def recognise(self, sample: Sequence[str]) -> Mapping[str, float]:
        """The share of cookies and hardware addresses; a UUID may be the id of anything, so it says less."""
        if not sample:
            return {}
        return {"device_id": sum(map(_likeness, sample)) / len(sample)}


def _likeness(text: str) -> float:
    written = text.strip()
    if _COOKIE.fullmatch(written) or _MAC.fullmatch(written):
        return 0.9
    return 0.35 if _UUID.fullmatch(written) else 0.0


def canonical(piece: str) -> str:
    """An id in the one form of its kind; an id of no known kind as it is.

    >>> canonical("{6F9619FF-8B86-D011-B42D-00CF4FC964FF}"), canonical("GA1.2.123.456")
    ('6f9619ff-8b86-d011-b42d-00cf4fc964ff', '123.456')
    """
    if found := _UUID.fullmatch(piece):
        return "-".join(found.groups()).lower()
    if found := _GA_COOKIE.fullmatch(piece):
        return found[1]
    if found := _MAC.fullmatch(piece) or _MAC_DOTTED.fullmatch(piece):
        return ":".join(found.groups()).lower()
    return piece


def device_key(value: str) -> str:
    """The matching key of a canonical id: as that of any code, but a MAC address has no colons (they end a namespace).

    >>> device_key("3c:22:fb:10:aa:07")
    '3c22fb10aa07'
    """
    return value.replace(":", "") if _MAC.fullmatch(value) else code_key(value)


def is_filler_device(key: str) -> bool:
    """Whether an id is the id of no device, or of all."""
    return key in EVERYBODYS or is_filler_code(key)
