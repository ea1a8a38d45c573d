"""National ids against python-stdnum alone.

Every kind of document of ours that has a module there is asked by its name, `NationalId(namespace="es_dni")`, for
generated texts: numbers that the module confirms (found by trying last characters), the same ones damaged, random
numbers of the right shape; with separators, labels and prefixes. The library is asked for the same text after the
repairs that ours documents, each of which is counted:

- `separators`: all that is neither letter nor digit goes, as do case and accents (the `Ñ` and `&` of Mexico stay)
- `label`: `DNI`, `RFC nº` and such before the number go
- `spreadsheet`: `12345678.0` and `1.2345678E+07` are written out (a number that a sheet has rounded is refused unasked)
- `country`: the code of the document's own country before the number goes
- `zeros`: lost leading zeros are put back, surplus ones taken away (`Document.forms`); a `K` before a British UTR goes

What ours calls a placeholder is counted as `placeholder` and not compared: it is a status of its own, and the library
confirms `00000000T`. So is `unchecked`: a number without a check digit to prove that a zero was lost is `possible`.
"""

from __future__ import annotations

import random
from importlib import import_module
from typing import TYPE_CHECKING, Any

from differences import Differences
from retrato.identifiers.base import Status
from retrato.identifiers.code import lost_digits, undamaged
from retrato.identifiers.document_names import CALLED, labelled
from retrato.identifiers.documents import DOCUMENTS
from retrato.identifiers.national_id import NationalId, bare_text

if TYPE_CHECKING:
    from collections.abc import Callable

    from retrato.identifiers.base import Identifier
    from retrato.identifiers.documents import Document

#: Each kind, and how a number of it is made before its last characters are tried: 9 a digit, A a letter, others as is;
#: YYMMDD a date.
PATTERNS: dict[str, tuple[str, ...]] = {
    "es_dni": ("99999999?",),
    "es_nie": ("X9999999?", "Y9999999?", "Z9999999?"),
    "es_nif": ("K9999999?", "L9999999?", "M9999999?", "99999999?", "Z9999999?", "B9999999?"),
    "es_cif": ("A9999999?", "B9999999?", "Q9999999?", "W9999999?"),
    "mx_curp": ("AAAAYYMMDDHDFAAA0?", "AAAAYYMMDDMJCAAAA?"),
    "mx_rfc": ("AAAAYYMMDDA9?", "AAAYYMMDDA9?", "ÑA&AYYMMDD99?"),
    "it_codicefiscale": ("AAAAAA99E15H999?", "99999999999"),
    "cl_rut": ("9999999?", "99999999?"),
    "ar_cuit": ("2099999999?", "2799999999?", "3099999999?"),
    "ar_dni": ("99999999", "9999999"),
    "br_cpf": ("999999999??",),
    "co_nit": ("99999999?", "900999999?", "9999999999?"),
    "pe_cui": ("99999999", "99999999?"),
    "pe_ruc": ("1099999999?", "2099999999?"),
    "ec_ci": ("171999999?", "010999999?"),
    "ec_ruc": ("171999999?001", "179999999?001"),
    "do_cedula": ("0019999999?",),
    "ve_rif": ("V99999999?", "J99999999?"),
    "cr_cpf": ("0999999999",),
    "cu_ni": ("YYMMDD99999",),
    "gt_nit": ("999999?", "99999999?"),
    "sv_nit": ("0614010180999?",),
    "py_ruc": ("999999?", "8009999?"),
    "pt_nif": ("29999999?",),
    "fr_nir": ("185057511600??", "285052A11600??", "1850575116999??"),
    "fr_nif": ("3099999999???",),
    "ro_cnp": ("1YYMMDD40999?", "2YYMMDD40999?"),
    "gb_nhs": ("999999999?",),
    "gb_utr": ("?999999999",),
    "ie_pps": ("9999999?", "9999999?A"),
    "us_ssn": ("999999999",),
    "us_itin": ("999709999", "999889999"),
    "ca_sin": ("19999999?",),
}
_LABELS = {kind: name for name, kinds in CALLED.items() for kind in kinds if len(kinds) == 1 and name.isalpha()}
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def compare(count: int, seed: int) -> Differences:
    """Compare `count` texts, all kinds in turn."""
    chance = random.Random(seed)
    differences = Differences()
    kinds = [each for each in DOCUMENTS if each.module]
    makers = [_Maker(each, chance, size=max(20, count // len(kinds) // 8)) for each in kinds]
    readers = [NationalId(namespace=each.name) for each in kinds]
    for number in range(count):
        place = number % len(kinds)
        text = makers[place].text()
        found = readers[place].parse_parts({"text": text})
        differences.compared += 1
        _compare_one(kinds[place], text, found, differences)
    return differences


def _compare_one(document: Document, text: str, found: tuple[Identifier, ...], differences: Differences) -> None:
    if len(found) != 1:
        differences.disagreements.append(f"{document.name} {text!r}: {len(found)} values")
        return
    ours = found[0]
    if ours.status is Status.PLACEHOLDER:
        differences.repaired["placeholder"] += 1
        return
    module: Any = import_module(f"stdnum.{document.module}")
    steps, repaired = repairs(document, text, module.is_valid)
    for step in steps:
        differences.repaired[step] += 1
    confirmed = repaired is not None and bool(module.is_valid(repaired))
    if ours.status is Status.POSSIBLE and "zeros" in steps and not document.checked and confirmed:
        differences.repaired["unchecked"] += 1
        return
    if (ours.status is Status.VALID) != confirmed:
        differences.disagreements.append(f"{document.name} {text!r}: ours {ours.status.value}, theirs {confirmed}")
    if confirmed and ours.value != module.compact(repaired):
        differences.disagreements.append(f"{document.name} {text!r}: {ours.value} and {module.compact(repaired)}")


def repairs(document: Document, text: str, is_valid: Callable[[str], bool]) -> tuple[list[str], str | None]:
    """The repairs that a text needs, and the text after them; None where a sheet has rounded the number."""
    steps = []
    label, rest = labelled(text.strip())
    written = rest or text.strip()
    if label:
        steps.append("label")
    if lost_digits(written):
        return ["rounded"], None
    whole = undamaged(written)
    if whole != written:
        steps.append("spreadsheet")
    bare = bare_text(whole).upper()
    if bare != whole:
        steps.append("separators")
    if not label and labelled(bare)[1]:
        steps.append("label")
        bare = labelled(bare)[1]
    if is_valid(bare) and not _surplus(document, bare):
        return steps, bare
    abroad = bare.removeprefix(document.country)
    if abroad != bare and is_valid(abroad) and not _surplus(document, abroad):
        return [*steps, "country"], abroad
    for start in dict.fromkeys((abroad, bare)):
        mended = _mended(document, start, is_valid)
        if mended is not None:
            return [*steps, "zeros"], mended
    return steps, bare


def _surplus(document: Document, bare: str) -> bool:
    """Whether a number that the library takes as it is has a zero too many for ours."""
    number = bare.removeprefix("CL")
    return document.name == "cl_rut" and len(number) == 9 and number.startswith("0")


def _mended(document: Document, bare: str, is_valid: Callable[[str], bool]) -> str | None:
    """The number with zeros put back (the shortest gap first) or taken away, if the library confirms it then."""
    widths = {
        "es_dni": (9, 7), "br_cpf": (11, 9), "pe_cui": (8, 6), "ec_ci": (10, 9), "ec_ruc": (13, 12),
        "do_cedula": (11, 9), "es_nif": (9, 7), "cr_cpf": (10, 9), "sv_nit": (14, 13), "us_ssn": (9, 7),
        "cl_rut": (8, 7),
    }  # fmt: skip
    width, fewest = widths.get(document.name, (0, 0))
    tries = [bare.zfill(width)] if fewest <= len(bare) < width and (bare[0] != "0" or width != 8) else []
    if document.name in ("cl_rut", "gt_nit"):
        tries.append(bare.lstrip("0").zfill(width if len(bare) > width else 0))
        tries.append(bare.removeprefix("0"))
    if document.name == "gb_utr":
        tries.append(bare.lstrip("K"))
    if document.name in ("es_nie", "es_nif") and bare[:1] in ("X", "Y", "Z"):
        tries += [bare[0] + bare[1:].zfill(8)] if len(bare) == 8 else []
        tries += [bare[0] + bare[2:]] if len(bare) == 10 and bare[1] == "0" else []
    return next((each for each in tries if is_valid(each)), None)


class _Maker:
    """Makes texts for one kind of document."""

    def __init__(self, document: Document, chance: random.Random, *, size: int) -> None:
        self.document = document
        self.chance = chance
        self.is_valid: Callable[[str], bool] = import_module(f"stdnum.{document.module}").is_valid
        self.numbers = [self._number() for _ in range(size)]

    def text(self) -> str:
        """A number: a third as it is, a third written in some way, a third damaged."""
        chance = self.chance
        number = chance.choice(self.numbers)
        manner = chance.random()
        if manner < 0.3:
            return number
        if manner < 0.6:
            return self._written(number)
        damaged = list(number)
        place = chance.randrange(len(damaged))
        match chance.randrange(4):
            case 0:
                damaged[place] = chance.choice("0123456789" + _LETTERS)
            case 1:
                del damaged[place]
            case 2:
                damaged.insert(place, chance.choice("0123456789" + _LETTERS))
            case _:
                damaged[place : place + 2] = damaged[place : place + 2][::-1]
        return self._written("".join(damaged) or "1") if chance.random() < 0.3 else "".join(damaged) or "1"

    def _written(self, number: str) -> str:
        chance = self.chance
        match chance.randrange(8):
            case 0:
                return number.lower()
            case 1:
                return f"{self.document.country}{chance.choice(['', '-', ' '])}{number}"
            case 2:
                label = _LABELS.get(self.document.name)
                return f"{label.upper()}{chance.choice([' ', ': ', ' nº '])}{number}" if label else number
            case 3:
                return number.lstrip("0") or number
            case 4:
                return f"0{number}"
            case 5 if number.isdigit():
                return f"{number}.0"
            case 6 if number.isdigit() and len(number) > 9 and number[0] != "0":
                kept = number[1 : chance.choice([6, len(number)])]
                return f"{number[0]}.{kept}E+{len(number) - 1:02}"
            case _:
                marks = [chance.choice(["", "", "-", ".", " ", "/", "–", "\u00a0"]) for _ in number]
                return "".join(map("".join, zip(number, marks, strict=True))).strip(" .-/–\u00a0")

    def _number(self) -> str:
        """A number of the kind: mostly one that the library confirms."""
        chance = self.chance
        pattern = chance.choice(PATTERNS[self.document.name])
        date = f"{chance.randrange(40, 100)}{chance.randrange(1, 13):02}{chance.randrange(1, 29):02}"
        filled = "".join(
            str(chance.randrange(10)) if each == "9" else chance.choice(_LETTERS) if each == "A" else each
            for each in pattern.replace("YYMMDD", "#")
        ).replace("#", date)
        open_places = filled.count("?")
        endings = ("0123456789" + _LETTERS) if open_places == 1 else "0123456789"
        if open_places < 2:
            tries = [filled.replace("?", each) for each in chance.sample(endings, len(endings))]
        else:
            head, tail = filled.split("?" * open_places)
            size = 10**open_places
            start = chance.randrange(size)
            tries = [f"{head}{(start + step) % size:0{open_places}}{tail}" for step in range(size)]
        return next((each for each in tries if self.is_valid(each)), tries[0])
