"""The national documents that retrato knows: what each looks like, and which module of python-stdnum confirms it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from functools import cache


class Told(Enum):
    """Where the shape of a document alone tells what it is."""

    ANYWHERE = "anywhere"
    UNPLACED = "in its own country, or when no country is known"
    AT_HOME = "in its own country"
    BY_NAME = "nowhere: a label or the namespace has to say it"


@dataclass(frozen=True, slots=True, eq=False)
class Document:
    """One kind of national document.

    `shape`, `home` and `forms` are regular expressions (of the kind that Python and RE2 read alike) for the whole
    text in lower case, without separators. `module` is the module of python-stdnum that confirms it; without one the
    shape is the whole rule, and `confirmed` says whether that is enough to be sure. `home` is the narrower shape that
    the country alone tells, where the full one would swallow other documents. `written` tells the type from the
    separators. `forms` are repairs: lost zeros put back, surplus ones taken away. `checked` says that it ends with a
    check digit, so that a repaired form proves itself. `unlettered` is the shape without its check letter. The key has
    `kept` characters (0: all) where the rest is an optional check digit. `initials` are the places of the initials of
    the first surname, the second surname and the given name; `tells` that the number tells something of its holder.
    """

    name: str
    country: str
    shape: str
    module: str = ""
    told: Told = Told.AT_HOME
    home: str = ""
    written: str = ""
    forms: tuple[tuple[str, str], ...] = ()
    checked: bool = True
    confirmed: bool = True
    unlettered: str = ""
    kept: int = 0
    initials: tuple[int, ...] = ()
    tells: bool = False


def _padded(width: int, fewest: int) -> tuple[tuple[str, str], ...]:
    """Digits that lost leading zeros, from `fewest` digits to one less than the full `width`."""
    return tuple((rf"(\d{{{size}}})", "0" * (width - size) + r"\1") for size in range(width - 1, fewest - 1, -1))


#: The prefixes of a National Insurance number: HMRC, National Insurance Manual NIM39110.
_NINO = "|".join(
    first + second
    for first in "abceghjklmnoprstwxyz"
    for second in "abceghjklmnprstwxyz"
    if first + second not in {"bg", "gb", "kn", "nk", "nt", "tn", "zz"}
)
_CODICE = r"[a-z]{6}[\dl-v]{2}[a-z][\dl-v]{2}[a-z][\dl-v]{3}[a-z]"
_SSN = r"\d{3}-\d{2}-\d{4}"

#: In the order in which they are tried; of several that fit the first that is confirmed counts.
DOCUMENTS: tuple[Document, ...] = (
    Document(
        "es_dni", "ES", r"\d{8}[a-z]", "es.dni", Told.ANYWHERE,
        forms=((r"(\d{7}[a-z])", r"0\1"), (r"(\d{6}[a-z])", r"00\1")), unlettered=r"\d{8}",
    ),
    Document(
        "es_nie", "ES", r"[xyz]\d{7}[a-z]", "es.nie", Told.ANYWHERE,
        forms=((r"([xyz])(\d{6}[a-z])", r"\g<1>0\2"), (r"([xyz])0(\d{7}[a-z])", r"\1\2")),
    ),
    Document("es_cif", "ES", r"[abcdefghjnpqrsuvw]\d{7}[0-9a-j]", "es.cif", Told.UNPLACED),
    Document("es_nif", "ES", r"[klm]\d{7}[a-z]", "es.nif", Told.UNPLACED),
    Document(
        "mx_curp", "MX", r"[a-z]{4}\d{6}[hmx][a-z]{5}[a-z\d]\d", "mx.curp", Told.ANYWHERE,
        initials=(0, 2, 3), tells=True,
    ),
    Document(
        "mx_rfc", "MX", r"[a-zñ&]{3}\d{6}[a-z\d]{3}|[a-zñ&]{4}\d{6}(?:[a-z\d]{3})?", "mx.rfc", Told.ANYWHERE,
        home=r"[a-zñ&]{3,4}\d{6}[a-z\d]{3}", initials=(0, 2, 3), tells=True,
    ),
    Document(
        "it_codicefiscale", "IT", rf"{_CODICE}|\d{{11}}", "it.codicefiscale", Told.ANYWHERE, home=_CODICE, tells=True,
    ),
    Document(
        "cl_rut", "CL", r"[1-9]\d{7}[\dk]|\d{7}[\dk]", "cl.rut", home=r"[1-9]\d{6,7}[\dk]",
        written=r"\d{1,2}\.?\d{3}\.?\d{3}-[\dk]|00\d{7,8}-[\dk]",
        forms=((r"0{1,2}([1-9]\d{7}[\dk])", r"\1"), (r"0{1,2}(\d{7}[\dk])", r"\1"), (r"([1-9]\d{5}[\dk])", r"0\1")),
    ),
    Document(
        "ar_cuit", "AR", r"(?:20|23|24|25|26|27|30|33|34|50|51|55)\d{9}", "ar.cuit", written=r"\d{2}-\d{8}-\d",
    ),
    Document("ar_dni", "AR", r"\d{7,8}", "ar.dni", checked=False),
    Document("br_cpf", "BR", r"\d{11}", "br.cpf", written=r"\d{3}\.\d{3}\.\d{3}-\d{2}", forms=_padded(11, 9)),
    Document(
        "co_nit", "CO", r"\d{8,16}", "co.nit", home=r"[89]\d{9}", written=r"[89]\d{2}\.?\d{3}\.?\d{3}-\d",
    ),
    # up to eight digits, ten since 2003: Registraduría Nacional, Número Único de Identificación Personal
    Document("co_cc", "CO", r"\d{6,8}|1\d{9}", checked=False, confirmed=False),
    Document("pe_cui", "PE", r"\d{8}[\da-k]?", "pe.cui", checked=False, forms=_padded(8, 6), kept=8),
    Document("pe_ruc", "PE", r"(?:10|15|16|17|20)\d{9}", "pe.ruc"),
    Document("ec_ci", "EC", r"\d{10}", "ec.ci", forms=_padded(10, 9)),
    Document("ec_ruc", "EC", r"\d{13}", "ec.ruc", forms=_padded(13, 12)),
    # some of the numbers that the library lists as exceptions have ten digits
    Document(
        "do_cedula", "DO", r"\d{10,11}", "do.cedula", home=r"\d{11}", written=r"\d{3}-\d{7}-\d",
        forms=_padded(11, 9),
    ),
    Document("ve_rif", "VE", r"[vejpg]\d{9}", "ve.rif"),
    Document("cr_cpf", "CR", r"0\d{9}", "cr.cpf", checked=False, forms=_padded(10, 9)),
    Document("cu_ni", "CU", r"\d{11}", "cu.ni", checked=False, tells=True),
    Document(
        "gt_nit", "GT", r"[1-9]\d{0,10}[\dk]", "gt.nit", home=r"[1-9]\d{4,8}[\dk]",
        forms=((r"0+([1-9]\d*[\dk])", r"\1"),),
    ),
    Document("sv_nit", "SV", r"\d{14}", "sv.nit", written=r"\d{4}-\d{6}-\d{3}-\d", forms=_padded(14, 13)),
    Document("py_ruc", "PY", r"\d{2,9}", "py.ruc", home=r"\d{6,9}"),
    Document("pt_nif", "PT", r"\d{9}", "pt.nif"),
    Document(
        "fr_nir", "FR", r"\d{15}|\d{5}2[ab]\d{8}", "fr.nir", home=r"[1-478]\d{14}|[1-478]\d{4}2[ab]\d{8}",
    ),
    Document("fr_nif", "FR", r"[0-3]\d{12}", "fr.nif"),
    Document("ro_cnp", "RO", r"[1-9]\d{12}", "ro.cnp", tells=True),
    Document("gb_nino", "GB", rf"(?:{_NINO})\d{{6}}[a-d]", "", Told.ANYWHERE),
    Document("gb_nhs", "GB", r"\d{10}", "gb.nhs", Told.BY_NAME),
    Document("gb_utr", "GB", r"\d{10}", "gb.utr", Told.BY_NAME, forms=((r"k+(\d{10})", r"\1"),)),
    Document("ie_pps", "IE", r"\d{7}[a-w][abhwtx]?", "ie.pps"),
    Document("us_ssn", "US", r"\d{9}", "us.ssn", written=_SSN, forms=_padded(9, 7), checked=False),
    Document("us_itin", "US", r"9\d{8}", "us.itin", written=_SSN),
    Document("ca_sin", "CA", r"\d{9}", "ca.sin"),
    # passports: shapes in the Public Register of Authentic travel and identity Documents Online (PRADO)
    *(
        Document("passport", country, shape, confirmed=False, checked=False)
        for country, shape in (
            ("ES", r"[a-z]{2,3}\d{6}"), ("MX", r"[a-z]\d{8}"), ("AR", r"[a-z]{3}\d{6}"), ("BR", r"[a-z]{2}\d{6}"),
            ("CO", r"[a-z]{2}\d{6,7}"), ("IT", r"[a-z]{2}\d{7}"), ("FR", r"\d{2}[a-z]{2}\d{5}"),
            ("PT", r"[a-z]{1,2}\d{6}"), ("US", r"[a-z]\d{8}"),
        )
    ),
    # machine-readable documents have at most nine characters (ICAO Doc 9303-4); some offices write a check digit too
    Document("passport", "", r"[a-z\d]{5,12}", "", Told.BY_NAME, confirmed=False, checked=False),
)  # fmt: skip

#: Numbers that pass every check and stand for nobody: the RFC and the CURP of whoever has none (SAT, Miscelánea
#: Fiscal, rule 2.7.1.23), and the CPF that everybody invents.
NOBODY = frozenset({"xaxx010101000", "xexx010101000", "xexx010101hnexxxa4", "xexx010101mnexxxa8", "12345678909"})


@cache
def whole(pattern: str) -> re.Pattern[str]:
    """A shape, compiled."""
    return re.compile(pattern, re.ASCII)
