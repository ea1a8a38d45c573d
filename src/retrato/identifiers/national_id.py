"""National ids with their check digits."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Any, ClassVar

from retrato.identifiers.base import Feature, Field, Identifier, IdentifierType, Issue, Scope, Status
from retrato.identifiers.code import code_key, is_filler_code, pieces, undamaged, with_namespace
from retrato.identifiers.country import country_code
from retrato.identifiers.folding import fold, squeeze
from retrato.identifiers.placeholders import is_absent, is_null, is_repeated
from retrato.identifiers.tables import headers

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


#: name, country, shape (without separators, lower case), python-stdnum module, whether the shape alone tells it
_TYPES: tuple[tuple[str, str, str, str, bool], ...] = (
    ("es_dni", "ES", r"\d{8}[a-z]", "es.dni", True),
    ("es_nie", "ES", r"[xyz]\d{7}[a-z]", "es.nie", True),
    ("es_cif", "ES", r"[abcdefghjnpqrsuvw]\d{7}[0-9a-j]", "es.cif", True),
    ("mx_curp", "MX", r"[a-z]{4}\d{6}[hmx][a-z]{5}[a-z\d]\d", "mx.curp", True),
    ("mx_rfc", "MX", r"[a-zñ&]{3,4}\d{6}[a-z\d]{3}", "mx.rfc", True),
    ("it_codicefiscale", "IT", r"[a-z]{6}\d{2}[a-z]\d{2}[a-z]\d{3}[a-z]", "it.codicefiscale", True),
    ("cl_rut", "CL", r"\d{7,8}[\dk]", "cl.rut", False),
    ("ar_cuit", "AR", r"(?:20|23|24|25|26|27|30|33|34)\d{9}", "ar.cuit", False),
    ("ar_dni", "AR", r"\d{7,8}", "ar.dni", False),
    ("br_cpf", "BR", r"\d{11}", "br.cpf", False),
    ("co_nit", "CO", r"\d{8,16}", "co.nit", False),
    ("pe_cui", "PE", r"\d{8}[\da-k]?", "pe.cui", False),
    ("pe_ruc", "PE", r"(?:10|15|16|17|20)\d{9}", "pe.ruc", False),
    ("ec_ci", "EC", r"\d{10}", "ec.ci", False),
    ("do_cedula", "DO", r"\d{11}", "do.cedula", False),
    ("ve_rif", "VE", r"[vejpg]\d{9}", "ve.rif", False),
    ("pt_nif", "PT", r"\d{9}", "pt.nif", False),
    ("fr_nir", "FR", r"[12]\d{14}|[12]\d{4}2[ab]\d{8}", "fr.nir", False),
    ("gb_nino", "GB", r"[abceghj-prstw-z][abceghj-nprstw-z]\d{6}[a-d]", "", True),
    ("us_ssn", "US", r"\d{9}", "us.ssn", False),
)  # fmt: skip
_SEPARATED_SSN = re.compile(r"\d{3}-\d{2}-\d{4}", re.ASCII)
_SEPARATED_RUT = re.compile(r"\d{1,2}\.?\d{3}\.?\d{3}-[\dkK]", re.ASCII)
_SEPARATED_CPF = re.compile(r"\d{3}\.\d{3}\.\d{3}-\d{2}", re.ASCII)
_SEPARATED_CUIT = re.compile(r"\d{2}-\d{8}-\d", re.ASCII)
_TOLD = (
    (_SEPARATED_SSN, "us_ssn"),
    (_SEPARATED_RUT, "cl_rut"),
    (_SEPARATED_CPF, "br_cpf"),
    (_SEPARATED_CUIT, "ar_cuit"),
)
_LABEL = re.compile(
    r"^\s*(?:d\.?n\.?i|n\.?i\.?f|n\.?i\.?e|c\.?u\.?r\.?p|r\.?f\.?c|r\.?u\.?t|ssn|cpf|cuit|cuil|c\.?c|c\.?i)\b[.:\s#nº°]*",
    re.IGNORECASE,
)
_BAD_CHECK = Issue("check_digit", "the check digit does not fit")
_BAD_SHAPE = Issue("shape", "the text has not the shape of that document")
_FILLER = Issue("filler", "the digits are a filler")


@dataclass(frozen=True)
class NationalId(IdentifierType):
    """A national document.

    Its type is the namespace: given (`NationalId(namespace="es_dni")`), or told by shape and region. What no type fits
    keeps its letters and digits, without a namespace and with status `possible`.

    >>> NationalId(region="ES").parse("12.345.678-z").keys["national_id"]
    'es_dni:12345678z'
    >>> NationalId().parse("53412087A").status.value
    'invalid'
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

    def _read(self, raw: str, piece: str, region: str | None) -> Identifier:
        if is_absent(fold(piece)):
            return Identifier(self.kind, raw, None, Status.PLACEHOLDER, self.namespace)
        written = _LABEL.sub("", undamaged(piece)) or piece
        bare = squeeze(written)
        if len(bare) > 40 or not any(each.isdigit() for each in bare):
            return Identifier(self.kind, raw, None, Status.INVALID, self.namespace, issues=(_BAD_SHAPE,))
        digits = "".join(each for each in bare if each.isdigit())
        name, status, fitted = self._typed(written, bare, region)
        counting = is_repeated(digits) and (bare.isdigit() or (len(digits) > 6 and status is not Status.VALID))
        if is_filler_code(bare) or (len(digits) > 5 and len(set(digits)) == 1) or counting:
            return Identifier(self.kind, raw, bare.upper(), Status.PLACEHOLDER, self.namespace, issues=(_FILLER,))
        issues = () if status is not Status.INVALID else (_BAD_CHECK if fitted else _BAD_SHAPE,)
        keys = {"national_id": with_namespace(name, code_key(fitted or bare))}
        return Identifier(self.kind, raw, (fitted or bare).upper(), status, name, keys=keys, issues=issues)

    def _typed(self, written: str, bare: str, region: str | None) -> tuple[str, Status, str]:
        """The type that fits, how well, and the id in that type's own length."""
        if self.namespace:
            return self._given_type(bare)
        told = next((name for pattern, name in _TOLD if pattern.fullmatch(written.strip())), "")
        second = ("", Status.POSSIBLE, "")
        for name, country, pattern, module, alone in _types():
            if not (alone or country == region or name == told):
                continue
            candidate = (
                bare.zfill(9) if name == "es_dni" and region == "ES" and len(bare) == 8 and bare[-1].isalpha() else bare
            )
            if pattern.fullmatch(candidate) is None:
                continue
            if _is_valid(module, candidate):
                return name, Status.VALID, candidate
            if not second[0] and (country == region or name == told or name in {"es_dni", "es_nie", "mx_curp"}):
                second = (name, Status.INVALID, candidate)
        return second

    def _given_type(self, bare: str) -> tuple[str, Status, str]:
        for name, _, pattern, module, _ in _types():
            if name == self.namespace:
                if pattern.fullmatch(bare) is None:
                    return name, Status.INVALID, ""
                return name, Status.VALID if _is_valid(module, bare) else Status.INVALID, bare
        return self.namespace, Status.POSSIBLE, bare

    def recognise(self, sample: Sequence[str]) -> Mapping[str, float]:
        """The share of values whose check letter or digits fit a type that its shape tells."""
        if not sample:
            return {}
        fits = sum(1 for text in sample if len(text) < 30 and self.parse(text).status is Status.VALID)
        return {"national_id": 0.95 * fits / len(sample)}


@cache
def _types() -> tuple[tuple[str, str, re.Pattern[str], str, bool], ...]:
    return tuple((name, country, re.compile(shape), module, alone) for name, country, shape, module, alone in _TYPES)


@cache
def _module(name: str) -> Any:
    return import_module(f"stdnum.{name}")


def _is_valid(module: str, bare: str) -> bool:
    return not module or bool(_module(module).is_valid(bare.upper()))
