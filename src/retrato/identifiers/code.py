"""What the namespaced codes (account ids, device ids, handles) have in common."""

from __future__ import annotations

import re

from retrato.identifiers.folding import fold
from retrato.identifiers.memory import remembered

_SEPARATORS = re.compile(r"\s*[;|\n]\s*|,\s+")
_DECIMAL = re.compile(r"(\d{2,15})\.0+", re.ASCII)
_POWER = re.compile(r"(\d)[.,](\d+)E\+(\d{1,2})", re.ASCII | re.IGNORECASE)


def pieces(text: str) -> list[str]:
    """The codes that one cell holds, each once, as written.

    >>> pieces("A-17; B-3;A-17")
    ['A-17', 'B-3']
    """
    if not any(mark in text for mark in ";|\n,"):
        return [text.strip()]
    found = (piece.strip() for piece in _SEPARATORS.split(text))
    return list(dict.fromkeys(piece for piece in found if any(each.isalnum() for each in piece))) or [text.strip()]


def undamaged(code: str) -> str:
    """A code without the `.0` that a table of numbers hangs on it, or written out where a sheet made a power of it.

    >>> undamaged("0012345.0"), undamaged("5.2998224725E+10")
    ('0012345', '52998224725')
    """
    decimal = _DECIMAL.fullmatch(code)
    if decimal:
        return decimal[1]
    power = _POWER.fullmatch(code)
    return power[1] + power[2] if power and len(power[2]) == int(power[3]) else code


def lost_digits(code: str) -> bool:
    """Whether a sheet has rounded a long number, so that many different codes now look alike.

    >>> lost_digits("3.46001E+10"), lost_digits("5.2998224725E+10")
    (True, False)
    """
    power = _POWER.fullmatch(code)
    return power is not None and len(power[2]) < int(power[3])


@remembered(1 << 12)
def _folded(letter: str) -> str:
    return letter if letter.isascii() else fold(letter)


def code_key(code: str) -> str:
    """The matching key of a code: lower-case ASCII without blanks; leading zeros and separators stay.

    >>> code_key("AB 00-17 ")
    'ab00-17'
    """
    joined = "".join(code.split()).lower()
    if not joined.isprintable():
        joined = "".join(each for each in joined if each.isprintable())
    return joined if joined.isascii() else "".join(map(_folded, joined))


def with_namespace(namespace: str, key: str) -> str:
    """The key of a namespaced feature: `namespace:key`, or the key alone when the namespace is not known.

    >>> with_namespace("crm", "17"), with_namespace("", "17")
    ('crm:17', '17')
    """
    return f"{namespace}:{key}" if namespace else key


def is_filler_code(key: str) -> bool:
    """Whether a code is only zeros or one character repeated.

    >>> is_filler_code("00000"), is_filler_code("0017")
    (True, False)
    """
    letters = set(key) - {"-", ".", "_", ":"}
    return not letters or letters == {"0"} or (len(letters) == 1 and len(key) >= 5)


def shape(text: str) -> str:
    """The shape of a code: digits as 9, letters as a, everything else as it is.

    >>> shape("AB-0017")
    'aa-9999'
    """
    return "".join("9" if each.isdigit() else "a" if each.isalpha() else each for each in text)
