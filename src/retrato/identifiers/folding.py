"""Text to folded ASCII: the form in which every key is compared.

Similarities run on bytes in the engines, so keys must be plain ASCII (`maría` and `maria` are one text, not two).
"""

from __future__ import annotations

import unicodedata

from retrato.identifiers.memory import remembered
from retrato.identifiers.tables import lines


def _alphabets() -> dict[str, str]:
    pairs = [each for line in lines("alphabets") for each in line.split()]
    return {letter: "" if form == "-" else form for letter, form in zip(pairs[::2], pairs[1::2], strict=True)}


_SPECIAL = str.maketrans(_alphabets())
_APOSTROPHES = "'`´’‘ʼ′"
_ASCII = str.maketrans(
    {code: " " for code in range(128) if not chr(code).isalnum()}
    | {code: chr(code).lower() for code in range(65, 91)}
    | {ord("'"): "", ord("`"): ""}
)
_NO_APOSTROPHES = str.maketrans(dict.fromkeys(_APOSTROPHES, ""))


def fold(text: str) -> str:
    """Fold text to lower-case ASCII words joined by single blanks; deterministic, and folding twice changes nothing.

    Accents go (NFKD), `ß ø æ ł` and the Greek and Cyrillic alphabets are written out, apostrophes vanish, any other
    punctuation and every symbol (emoji too) becomes a blank. A letter of another script becomes its code point in
    hexadecimal digits, so that such texts can still be compared.

    >>> fold("  María-José  O'Hara (Núñez) ")
    'maria jose ohara nunez'
    >>> fold("Straße 5º"), fold("Łukasz"), fold("Юрий"), fold("李")
    ('strasse 5o', 'lukasz', 'yurii', '674e')
    """
    if text.isascii():
        return " ".join(text.translate(_ASCII).split())
    if max(text) < "ɐ":
        return " ".join(text.translate(_LATIN).split())
    return _fold_unicode(text)


def _fold_unicode(text: str) -> str:
    written = text.translate(_NO_APOSTROPHES)
    marks_off = "".join(
        each for each in unicodedata.normalize("NFKD", written.lower()) if not unicodedata.combining(each)
    )
    ascii_text = marks_off.translate(_SPECIAL)
    if not ascii_text.isascii():
        ascii_text = "".join(_other(each) for each in ascii_text)
    return " ".join(ascii_text.translate(_ASCII).split())


def _other(letter: str) -> str:
    if letter.isascii():
        return letter
    if letter.isdecimal():
        return str(unicodedata.decimal(letter))
    return f"{ord(letter):04x}" if letter.isalpha() else " "


@remembered(1 << 17)
def fold_word(word: str) -> str:
    """Fold one word that comes again and again (a name, a kind of street); the same as `fold`, remembered.

    >>> fold_word("García")
    'garcia'
    """
    return fold(word)


def squeeze(text: str) -> str:
    """Fold text and leave the blanks out: the form of codes and numbers.

    >>> squeeze("12.345.678-Z")
    '12345678z'
    """
    return fold(text).replace(" ", "")


def _latin(code: int) -> str:
    """What one letter or mark becomes within a text."""
    return _fold_unicode(f"x{chr(code)}x")[1:-1]


#: Every letter and mark below U+0250, folded: one look-up instead of a decomposition.
_LATIN = {code: _latin(code) for code in range(0x250)}
