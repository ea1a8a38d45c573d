"""National ids with their check digits."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from retrato.identifiers.base import Feature, Field, Identifier, IdentifierType, Issue, Scope, Status
from retrato.identifiers.code import code_key, is_filler_code, lost_digits, pieces, undamaged, with_namespace
from retrato.identifiers.country import country_code
from retrato.identifiers.document_checks import evidence, library
from retrato.identifiers.document_names import labelled, named
from retrato.identifiers.document_reading import Reading, best_reading, open_reading
from retrato.identifiers.documents import NOBODY, whole
from retrato.identifiers.folding import fold, squeeze
from retrato.identifiers.placeholders import is_absent, is_null, is_repeated
from retrato.identifiers.tables import headers

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pyarrow as pa


#: What Mexican codes may hold, and folding would change.
_MEXICAN = re.compile(r"[&Ññ]")
_NOT_MEXICAN = re.compile(r"[^a-z0-9ñ&]")
_BAD_CHECK = Issue("check_digit", "the check digit does not fit")
_BAD_SHAPE = Issue("shape", "the text has not the shape of that document")
_FILLER = Issue("filler", "the digits are a filler")
_LOST = Issue("digits_lost", "a spreadsheet has rounded the number and lost its last digits")


@dataclass(frozen=True)
class NationalId(IdentifierType):
    """A national document.

    Its type is the namespace: given (`NationalId(namespace="es_dni")`, or as people call it, `"dni"`), or told by a
    label, the shape and the country. What no type fits keeps its letters and digits, without a namespace and with
    status `possible`. Where the type has a module in python-stdnum, `valid` says that the module confirms the value.

    >>> NationalId(region="ES").parse("12.345.678-z").keys["national_id"]
    'es_dni:12345678z'
    >>> NationalId().parse("53412087A").status.value
    'invalid'
    >>> NationalId().parse("CURP: HEGG560427MVZRRL04").parts["birth_date"]
    '1956-04-27'
    """

    region: str | None = None
    namespace: str = ""

    kind: ClassVar[str] = "national_id"
    fields: ClassVar[Mapping[str, Field]] = {
        "national_id": Field("text", headers("national_id")),
    }
    features: ClassVar[tuple[Feature, ...]] = (
        Feature("national_id", Scope.PERSON, "identifier", ("national_id",), multivalued=True, namespaced=True),
    )
    context: ClassVar[tuple[str, ...]] = ("country",)

    def parse_parts(self, parts: Mapping[str, str | None]) -> tuple[Identifier, ...]:
        """Read one cell, which may hold several documents."""
        text = parts.get("text")
        if text is None or is_null(text):
            return ()
        region = country_code(parts.get("country")) or self.region
        found = pieces(text)
        return tuple(self._read(text if len(found) == 1 else piece, piece, region) for piece in found)

    def accept(self, table: pa.Table) -> pa.Table | None:
        """Read those documents at once that the library confirms as they are written."""
        from retrato.identifiers.columns.national_id import accept_national_id

        return accept_national_id(self, table)

    def _read(self, raw: str, piece: str, region: str | None) -> Identifier:
        if is_absent(fold(piece)):
            return Identifier(self.kind, raw, None, Status.PLACEHOLDER, self.namespace)
        label, rest = labelled(piece)
        written = rest or piece
        if lost_digits(written):
            return Identifier(self.kind, raw, None, Status.INVALID, self.namespace, issues=(_LOST,))
        bare = bare_text(undamaged(written))
        if not label and bare[:1].isalpha():
            label, rest = labelled(bare)
            bare = rest or bare
        if len(bare) > 40 or not any(each.isdigit() for each in bare):
            return Identifier(self.kind, raw, None, Status.INVALID, self.namespace, issues=(_BAD_SHAPE,))
        reading = self._reading(written, bare, label, region)
        if is_filler(bare, reading.status) or (reading.fitted and is_filler(reading.fitted, reading.status)):
            return Identifier(self.kind, raw, bare.upper(), Status.PLACEHOLDER, self.namespace, issues=(_FILLER,))
        return self._identifier(raw, reading, reading.fitted or bare)

    def _reading(self, written: str, bare: str, label: str, region: str | None) -> Reading:
        """The document that fits, and how well: as the namespace says, as the label says, or as the shape tells."""
        namespace = self.namespace.lower()
        if namespace:
            given = named(namespace, region)
            own = {namespace[:2].upper()} | ({region} if region else set())
            exact = len(given) == 1 and given[0].name == namespace
            return best_reading(bare, [(each, each.shape) for each in given], lambda _: True, own) or Reading(
                namespace if exact else self.namespace, Status.INVALID if exact else Status.POSSIBLE
            )
        own = {region} if region else set()
        said = named(label, region) if label else ()
        found = best_reading(bare, [(each, each.shape) for each in said], lambda _: True, own)
        return found or open_reading(written.strip().lower(), bare, region) or Reading("", Status.POSSIBLE)

    def _identifier(self, raw: str, reading: Reading, bare: str) -> Identifier:
        document, status = reading.document, reading.status
        key, parts = bare, {}
        issues: tuple[Issue, ...] = ()
        if reading.issue is not None:
            key, issues = reading.completed, (reading.issue,)
        elif status is Status.INVALID:
            issues = (_BAD_CHECK if reading.fitted else _BAD_SHAPE,)
        if document is not None and document.kept:
            key = key[: document.kept]
        if document is not None and document.tells and status is Status.VALID:
            parts = evidence(document, bare, library(document.module))
        keys = {"national_id": with_namespace(reading.name, code_key(key))}
        return Identifier(self.kind, raw, bare.upper(), status, reading.name, keys=keys, parts=parts, issues=issues)

    def recognise(self, sample: Sequence[str]) -> Mapping[str, float]:
        """The share of values whose check letter or digits fit a type that its shape tells."""
        if not sample:
            return {}
        fits = sum(1 for text in sample if len(text) < 30 and self.parse(text).status is Status.VALID)
        return {"national_id": 0.95 * fits / len(sample)}


def bare_text(text: str) -> str:
    """A text without separators, folded; the `Ñ` and the `&` of a Mexican RFC stay.

    >>> bare_text("12.345.678-Z"), bare_text("ÑU&E 561231 GR8"), bare_text("A&B 12")
    ('12345678z', 'ñu&e561231gr8', 'ab12')
    """
    if _MEXICAN.search(text):
        kept = _NOT_MEXICAN.sub("", text.lower())
        if any(whole(document.shape).fullmatch(kept) for document in named("rfc", None)):
            return kept
    return squeeze(text)


def is_filler(bare: str, status: Status) -> bool:
    """Whether the letters and digits of a number stand for nobody, or its digits are repeated or count.

    >>> is_filler("00000000t", Status.VALID), is_filler("12345678z", Status.VALID), is_filler("123456789", Status.VALID)
    (True, False, True)
    """
    digits = "".join([each for each in bare if each.isdigit()])
    counting = is_repeated(digits) and (bare.isdigit() or (len(digits) > 6 and status is not Status.VALID))
    return bare in NOBODY or is_filler_code(bare) or (len(digits) > 5 and len(set(digits)) == 1) or counting
