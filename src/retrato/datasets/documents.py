"""National identity documents with right check digits, a column at a time.

Spain: DNI and NIE (letter by number mod 23). Chile: RUT (modulus 11). Mexico: CURP (modulus 10 over base 37).
Argentina: DNI without a check digit or CUIT (modulus 11). Colombia: cédula, which has none. British and American
customers give none.
"""

from __future__ import annotations

import unicodedata
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from retrato.datasets.formats import Flags, Ints, Strings, blank, day_text, digits, strings
from retrato.datasets.places import CODES, Homes, city_column

if TYPE_CHECKING:
    from retrato.datasets.people import People

DNI_LETTERS = strings("TRWAGMYFPDXBNJZSQVHLCKE")
NIE_SHARE = 0.08  # foreigners among the residents who show a document
CUIT_SHARE = 0.35
_CURP_ALPHABET = "0123456789ABCDEFGHIJKLMNÑOPQRSTUVWXYZ"
_CURP_STATES = {
    "Ciudad de México": "DF", "Jalisco": "JC", "Nuevo León": "NL", "Puebla": "PL", "Baja California": "BC",
    "Guanajuato": "GT", "Querétaro": "QT", "Yucatán": "YN", "Estado de México": "MC",
}  # fmt: skip
#: Words that RENAPO does not let a CURP begin with; X takes the place of the vowel.
_CURP_UNSEEMLY = """
    BACA BAKA BUEI BUEY CACA CACO CAGA CAGO CAKA CAKO COGE COGI COJA COJE COJI COJO COLA CULO FALO FETO GETA GUEI
    GUEY JETA JOTO KACA KACO KAGA KAGO KAKA KAKO KOGE KOGI KOJA KOJE KOJI KOJO KOLA KULO LILO LOCA LOCO LOKA LOKO
    MAME MAMO MEAR MEAS MEON MIAR MION MOCO MOKO MULA MULO NACA NACO PEDA PEDO PENE PIPI PITO POPO PUTA PUTO QULO
    RATA ROBA ROBE ROBO RUIN SENO TETA VACA VAGA VAGO VAKA VUEI VUEY WUEI WUEY
"""


def distinct(rng: np.random.Generator, count: int, space: int) -> Ints:
    """Draw `count` different whole numbers below `space`, in random order.

    >>> sorted(distinct(np.random.default_rng(1), 3, 3).tolist())
    [0, 1, 2]
    """
    found = np.unique(rng.integers(0, space, count + count // 10 + 8))
    while len(found) < count:
        found = np.union1d(found, rng.integers(0, space, count))
    return np.asarray(rng.permutation(found)[:count], dtype=np.int64)


def draw_documents(rng: np.random.Generator, people: People, homes: Homes) -> tuple[Strings, Strings]:
    """Draw everyone's document: its type (DNI, NIE, CURP, CUIT, RUT, CC or nothing) and its compact form."""
    kind, number = blank(len(people)), blank(len(people))
    country = people.structure.country
    makers = {"ES": _spanish, "CL": _chilean, "AR": _argentine}
    for code, make in makers.items():
        here = np.flatnonzero(country == CODES.index(code))
        kind[here], number[here] = make(rng, people.structure.sex[here])
    colombian = np.flatnonzero(country == CODES.index("CO"))
    kind[colombian] = "CC"
    number[colombian] = digits(1_000_000_000 + distinct(rng, len(colombian), 200_000_000), 10)
    mexican = np.flatnonzero(country == CODES.index("MX"))
    kind[mexican], number[mexican] = "CURP", _curps(rng, people, mexican, city_column(homes, "region"))
    return kind, number


def _spanish(rng: np.random.Generator, sex: Ints) -> tuple[Strings, Strings]:
    count = len(sex)
    number = 1_000_000 + distinct(rng, count, 78_000_000)
    national = digits(number, 8) + DNI_LETTERS[number % 23]
    series = rng.integers(0, 3, count)  # X, Y, Z count as 0, 1, 2 before the seven digits
    short = distinct(rng, count, 9_000_000)
    foreign = strings("XYZ")[series] + digits(short, 7) + DNI_LETTERS[(series * 10_000_000 + short) % 23]
    is_foreign = rng.random(count) < NIE_SHARE
    return np.where(is_foreign, "NIE", "DNI"), np.where(is_foreign, foreign, national)


def _chilean(rng: np.random.Generator, sex: Ints) -> tuple[Strings, Strings]:
    number = 4_000_000 + distinct(rng, len(sex), 20_000_000)
    return blank(len(sex), "RUT"), digits(number, 8) + strings("0123456789K")[_modulus_11(number, 8)]


def _argentine(rng: np.random.Generator, sex: Ints) -> tuple[Strings, Strings]:
    number = 5_000_000 + distinct(rng, len(sex), 45_000_000)
    body = np.where(sex == 1, 20, 27) * 10**8 + number
    check = _modulus_11(body, 10)
    body = np.where(check == 10, 23 * 10**8 + number, body)  # the prefix 23 when the digit would be 10
    check = _modulus_11(body, 10)
    valid = check < 10
    tax = (np.arange(len(sex)) % 100 < CUIT_SHARE * 100) & valid
    return np.where(tax, "CUIT", "DNI"), np.where(tax, digits(body * 10 + check, 11), digits(number, 8))


def _modulus_11(numbers: Ints, width: int) -> Ints:
    """The check value 0 to 10 with weights 2 to 7 from the right."""
    total = np.zeros(len(numbers), np.int64)
    for place in range(width):
        total += numbers // 10**place % 10 * (2 + place % 6)
    return np.asarray((11 - total % 11) % 11)


def _curps(rng: np.random.Generator, people: People, rows: Ints, regions: Strings) -> Strings:
    structure = people.structure
    born = day_text(structure.birth[rows], "%y%m%d")
    # The 17th character tells homonyms apart: a digit before 2000, a letter after.
    homonym = np.where(structure.birth[rows] < 10_957, "0", "A")
    letters = strings("BCDFGHJKLMNPQRSTVWXYZ")[rng.integers(0, 21, (3, len(rows)))]
    names = (people.given, people.surname, people.second_surname)
    columns = (names[0][rows], names[1][rows], names[2][rows], born, structure.sex[rows].tolist())
    states = (_CURP_STATES[region] for region in regions[structure.household[rows]])
    inner = letters[0] + letters[1] + letters[2] + homonym
    return _checked(strings(_curp(*row) for row in zip(*columns, states, inner, strict=True)))


def _curp(given: str, first: str, second: str, born: str, sex: int, state: str, inner: str) -> str:
    """A CURP without its check digit."""
    own = _plain(given).split()[-1]
    surname, other = _plain(first).split()[-1], (_plain(second).split() or ["X"])[-1]
    vowel = next((letter for letter in surname[1:] if letter in "AEIOU"), "X")
    initials = f"{surname[0]}{vowel}{other[0]}{own[0]}"
    if initials in _CURP_UNSEEMLY.split():
        initials = f"{surname[0]}X{other[0]}{own[0]}"
    return f"{initials}{born}{'HM'[1 - sex]}{state}{inner}"


def _checked(bodies: Strings) -> Strings:
    """CURPs with their check digits: the seventeen characters weigh 18 to 2."""
    letters = np.array(bodies.tolist(), dtype="U17").view(np.uint32).reshape(len(bodies), 17)
    value = np.zeros(letters.max(initial=0) + 1, dtype=np.int64)
    for i, letter in enumerate(_CURP_ALPHABET):
        value[ord(letter) : ord(letter) + 1] = i
    total = value[letters] @ np.arange(18, 1, -1)
    return np.asarray(bodies + digits((10 - total % 10) % 10, 1), dtype=object)


@cache
def _plain(text: str) -> str:
    folded = unicodedata.normalize("NFKD", text.replace("ñ", "x").replace("Ñ", "X"))
    return "".join(letter for letter in folded if letter.isascii() and (letter.isalpha() or letter == " ")).upper()


def write_documents(rng: np.random.Generator, kind: Strings, number: Strings) -> Strings:
    """Write documents as forms take them: compact, dotted, with a hyphen before the check digit, in lower case."""
    way = rng.random(len(number))
    last = (kind == "DNI") | (kind == "RUT")
    dotted: Flags = last & (way > 0.65) & (way <= 0.85)
    hyphen: Flags = last & (way > 0.85) & (way <= 0.95)
    text = number.copy()
    for here, template in ((dotted, "{}.{}.{}-{}"), (hyphen, "{}{}{}-{}")):
        rows = np.flatnonzero(here)
        text[rows] = strings(template.format(each[:-7], each[-7:-4], each[-4:-1], each[-1]) for each in number[rows])
    lower = np.flatnonzero(way > 0.95)
    text[lower] = strings(each.lower() for each in text[lower])
    return text
