"""How a name sounds, for Spanish and English alike."""

from __future__ import annotations

import re

from retrato.identifiers.memory import remembered
from retrato.identifiers.tables import lines

#: Rewritings, in the order of the table.
_RULES = tuple(
    (re.compile(pattern), sound.replace("-", "")) for pattern, sound in (rule.split(" ") for rule in lines("sounds"))
)
_REPEATED = re.compile(r"(.)\1+")
_VOWELS = re.compile(r"(?<=.)[aeiou]+")
_FIRST = str.maketrans("eiouXY", "iiuuxy")


@remembered(1 << 17)
def sound(folded: str) -> str:
    """The sound of one folded name: its consonants, and its first letter if that is a vowel.

    >>> sound("gimenez") == sound("jimenez") == sound("ximenes"), sound("smith") == sound("smyth")
    (True, True)
    >>> sound("castillo") == sound("castiyo"), sound("phillips") == sound("philips"), sound("lopez") == sound("gomez")
    (True, True, False)
    """
    text = folded.replace(" ", "")
    for pattern, written in _RULES:
        text = pattern.sub(written, text)
    text = _REPEATED.sub(r"\1", text)
    text = _VOWELS.sub("", text)
    return _REPEATED.sub(r"\1", text).translate(_FIRST)
