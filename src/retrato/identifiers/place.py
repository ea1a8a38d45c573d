"""Cities and regions: the key under which two spellings of a place meet."""

from __future__ import annotations

import re

from retrato.identifiers.folding import fold
from retrato.identifiers.memory import remembered
from retrato.identifiers.placeholders import is_absent, is_null
from retrato.identifiers.tables import synonyms

_TURNED_ARTICLE = re.compile(r"^(.*?)(?:,\s*|\s*\()(el|la|los|las|a|o|l'|les|the)\)?$", re.IGNORECASE)
_SAINTS = {"st": "saint", "ste": "saint", "sta": "santa", "sto": "santo", "mt": "mount", "ft": "fort", "cd": "ciudad"}

_REGION_PREFIXES = (
    "comunidad de ", "comunidad autonoma de ", "provincia de ", "departamento de ", "departamento del ", "estado de ",
    "state of ", "region de la ", "region del ", "region de ",
)  # fmt: skip


@remembered(1 << 16)
def city_key(text: str | None) -> str | None:
    """The matching key of a city or suburb, or None: a second name and the first are one key.

    >>> city_key("Coruña (A)"), city_key("St. Albans"), city_key("MÁLAGA"), city_key("NYC")
    ('a coruna', 'saint albans', 'malaga', 'new york')
    """
    if text is None or is_null(text):
        return None
    turned = _TURNED_ARTICLE.match(text.strip())
    folded = fold(f"{turned[2]} {turned[1]}" if turned else text)
    if not folded or is_absent(folded):
        return None
    first, _, rest = folded.partition(" ")
    whole = f"{_SAINTS[first]} {rest}" if rest and first in _SAINTS else folded
    return synonyms("cities").get(whole, whole)


@remembered(1 << 14)
def region_key(text: str | None) -> str | None:
    """The matching key of a state, province or region, or None: an abbreviation and its name are one key.

    >>> region_key("California"), region_key("CA"), region_key("Comunidad de Madrid")
    ('ca', 'ca', 'madrid')
    """
    if text is None or is_null(text):
        return None
    folded = fold(text)
    if not folded or is_absent(folded):
        return None
    regions = synonyms("regions")
    if folded in regions:
        return regions[folded]
    for prefix in _REGION_PREFIXES:
        folded = folded.removeprefix(prefix)
    return regions.get(folded, folded)
