"""What people call a national document, and which documents a text can be: by its name, its separators, its country."""

from __future__ import annotations

import re

from retrato.identifiers.documents import DOCUMENTS, Document, Told, whole
from retrato.identifiers.memory import remembered

_SEPARATED = tuple(each for each in DOCUMENTS if each.written)

#: What people call a document, and which kinds they may mean by it.
CALLED: dict[str, tuple[str, ...]] = {
    "es_nif": ("es_dni", "es_nie", "es_cif", "es_nif"),
    "dni": ("es_dni", "es_nie", "es_nif", "ar_dni", "pe_cui"),
    "nie": ("es_nie",),
    "nif": ("es_dni", "es_nie", "es_cif", "es_nif", "pt_nif", "fr_nif"),
    "cif": ("es_cif",),
    "curp": ("mx_curp",),
    "rfc": ("mx_rfc",),
    "rut": ("cl_rut",),
    "run": ("cl_rut",),
    "cuit": ("ar_cuit",),
    "cuil": ("ar_cuit",),
    "cpf": ("br_cpf",),
    "nit": ("co_nit", "gt_nit", "sv_nit"),
    "cc": ("co_cc",),
    "cedula": ("co_cc", "ec_ci", "do_cedula", "cr_cpf"),
    "ci": ("ec_ci", "cu_ni"),
    "ruc": ("pe_ruc", "ec_ruc", "py_ruc"),
    "rif": ("ve_rif",),
    "nir": ("fr_nir",),
    "cnp": ("ro_cnp",),
    "nino": ("gb_nino",),
    "nhs": ("gb_nhs",),
    "utr": ("gb_utr",),
    "pps": ("ie_pps",),
    "ssn": ("us_ssn", "us_itin"),
    "itin": ("us_itin",),
    "sin": ("ca_sin",),
    "codice fiscale": ("it_codicefiscale",),
    "pasaporte": ("passport",),
    "passport": ("passport",),
}

_LONG = {"cedula": "c[eé]dula(?: de (?:ciudadan[ií]a|identidad))?", "passport": "passport(?: n(?:umber|o))?"}
_SPELT = {name: _LONG.get(name, r"\.?".join(name)) for name in CALLED if name.isalpha()}
_NUMBER = r"(?:n[º°.o]|nro|n[uú]m(?:ero)?)"
#: Labels that run into the number (`DNI12345678Z`); of others the letters may be its own.
_RUN_IN = "dni|nie|nif|curp|rfc|rut|cuit|cuil|cpf|ssn"
_LABEL = re.compile(
    r"\s*(?:(?:" + "|".join(rf"(?P<{name}>{spelt})" for name, spelt in _SPELT.items()) + r"|documento|doc|id)"
    rf"(?:\.?[\s:#.\-]+(?:{_NUMBER}\.?[\s:#.]+)?|\.?\s*n[º°][\s:#.]*)"
    rf"|(?P<run_in>{_RUN_IN})(?=[xyz]?\d))",
    re.IGNORECASE,
)
#: What every labelled text matches (and some others), as it is written and without separators; for RE2.
LABEL_LIKE = r"(?i)^\s*(?:[a-z](?:\.?[a-z])+[\s.:#-]|[^\s\d]+\s*n?[º°])"
RUN_IN_LABEL = rf"^(?:{_RUN_IN})[xyz]?\d"


@remembered(1 << 10)
def named(name: str, region: str | None) -> tuple[Document, ...]:
    """The documents that a name or a namespace may mean in a country (ISO 3166-1 alpha-2; None: not known).

    Where the name means documents of several countries and the country is not among them, those remain that their
    shape tells.

    >>> [document.name for document in named("dni", "AR")], [document.name for document in named("dni", None)]
    (['ar_dni'], ['es_dni', 'es_nie', 'es_nif'])
    """
    meant = CALLED.get(name, (name,))
    found = tuple(document for document in DOCUMENTS if document.name in meant)
    if len({document.name.partition("_")[0] for document in found}) < 2:
        return found
    return tuple(document for document in found if document.country == region) or tuple(
        each for each in found if each.told is Told.ANYWHERE or (each.told is Told.UNPLACED and region is None)
    )


@remembered(1 << 10)
def open_to(region: str | None, told: tuple[Document, ...] = ()) -> tuple[tuple[Document, str], ...]:
    """The documents that a text of a country may be, each with the shape that tells it there; in order.

    Those that its separators have `told` come with their full shape.

    >>> [document.name for document, _ in open_to("CL") if document.country == "CL"]
    ['cl_rut']
    """
    return tuple(
        (document, document.shape if document in told else document.home or document.shape)
        for document in DOCUMENTS
        if document in told
        or document.told is Told.ANYWHERE
        or (document.told is Told.UNPLACED and region in (None, document.country))
        or (document.told is Told.AT_HOME and region == document.country)
    )


def labelled(text: str) -> tuple[str, str]:
    """What a text says that it is (a key of `CALLED`, or nothing), and the rest of it; no rest where there is no label.

    >>> labelled("D.N.I. nº 12345678Z"), labelled("Documento: 17"), labelled("12345678Z")
    (('dni', '12345678Z'), ('', '17'), ('', ''))
    """
    found = _LABEL.match(text)
    if found is None:
        return "", ""
    return (found["run_in"] or found.lastgroup or "").lower(), text[found.end() :].strip()


def told_by_separators(written: str) -> tuple[Document, ...]:
    """The documents that the separators of a text (in lower case) tell.

    >>> [document.name for document in told_by_separators("20-26756539-3")]
    ['ar_cuit']
    """
    if "-" not in written:
        return ()
    return tuple([each for each in _SEPARATED if whole(each.written).fullmatch(written)])
