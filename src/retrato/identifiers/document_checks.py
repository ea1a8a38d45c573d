"""What python-stdnum says of a national document: whether its number is right, and what the number tells."""

from __future__ import annotations

from contextlib import suppress
from functools import cache
from importlib.util import find_spec, module_from_spec
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from retrato.identifiers.documents import Document

#: The first year of the hundred in which a two-digit year is read, as in the library's reading of Italian codes.
_FIRST_YEAR = 1920


@cache
def library(name: str) -> Any:
    """A module of python-stdnum, such as `es.dni`, that does not clean its input: for upper-case letters and digits.

    Cleaning takes nine tenths of the time of a check and changes nothing in such a text. The rest is the library's own
    code, whatever its version: the module is loaded once more, apart from the one that everybody else imports.

    >>> library("es.dni").is_valid("12345678Z"), library("es.dni").is_valid("12345678-Z")
    (True, False)
    """
    spec = find_spec(f"stdnum.{name}")
    if spec is None or spec.loader is None:
        raise ModuleNotFoundError(f"stdnum.{name}")
    module: Any = module_from_spec(spec)
    spec.loader.exec_module(module)
    owner = module.compact.__module__.removeprefix("stdnum.")
    if owner != name:
        module.compact = library(owner).compact
    module.clean = _as_it_is
    return module


def _as_it_is(number: str, deletechars: str = "") -> str:
    del deletechars
    return number


def evidence(document: Document, bare: str, module: Any) -> dict[str, str]:
    """What a valid document tells about its holder: `birth_date` (`yyyy-mm-dd`), `sex` (`f`, `m`) and `initials`.

    The initials are those of the first surname, the second surname and the given name. `module` is the library's module
    of that document.

    >>> from retrato.identifiers.documents import DOCUMENTS
    >>> curp = next(each for each in DOCUMENTS if each.name == "mx_curp")
    >>> evidence(curp, "hegg560427mvzrrl04", library("mx.curp"))
    {'initials': 'HGG', 'birth_date': '1956-04-27', 'sex': 'f'}
    """
    found: dict[str, str] = {}
    written = bare.upper()
    company = document.name == "mx_rfc" and len(bare) == 12
    if document.initials and not company:
        found["initials"] = "".join([written[place] for place in document.initials])
    if document.name == "mx_rfc":
        if not company:
            year = _FIRST_YEAR + (int(bare[4:6]) - _FIRST_YEAR) % 100
            found["birth_date"] = f"{year}-{bare[6:8]}-{bare[8:10]}"
        return found
    birth_date, gender = getattr(module, "get_birth_date", None), getattr(module, "get_gender", None)
    with suppress(ValueError):
        if birth_date:
            found["birth_date"] = birth_date(written).isoformat()
        if gender:
            found["sex"] = gender(written).lower()
    return found
