"""Customers of eleven countries as ten columns of an export, with the forms in which people and systems write them.

`customers(n, seed)` gives an Arrow table of n rows; every identifier in it is distinct but by chance. `FORMS` says how
often each form of a phone number comes; the shares of the others are in the functions.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
from stdnum.es.dni import calc_check_digit

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.random import Generator
    from numpy.typing import NDArray

    Texts = NDArray[np.str_]

#: Country, share of the customers, calling code, digits that a mobile number begins with, digits of a number.
COUNTRIES = (
    ("ES", 0.34, "34", ("6",), 9),
    ("MX", 0.14, "52", ("55", "33", "81"), 10),
    ("AR", 0.07, "54", ("911", "9351"), 11),
    ("CL", 0.05, "56", ("9",), 9),
    ("CO", 0.07, "57", ("300", "310", "320"), 10),
    ("US", 0.10, "1", ("212", "305", "415", "713"), 10),
    ("GB", 0.08, "44", ("74", "77", "78"), 10),
    ("FR", 0.05, "33", ("6",), 9),
    ("DE", 0.04, "49", ("151", "157", "176"), 11),
    ("PT", 0.03, "351", ("91", "93", "96"), 9),
    ("BR", 0.03, "55", ("119", "219"), 11),
)
#: How a phone number is written, and how often. The last three are left to the library.
FORMS = {
    "+34600112233": 0.30,
    "+34 600 112 233": 0.17,
    "600112233": 0.25,
    "600 112 233": 0.12,
    "600-112-233": 0.06,
    "0034600112233": 0.03,
    "+34.600.112.233": 0.02,
    "tel: +34 600 112 233": 0.01,
    "two numbers in a cell": 0.01,
    "damaged": 0.01,
    "empty": 0.02,
}
DOMAINS = ("gmail.com", "hotmail.com", "yahoo.es", "outlook.com", "icloud.com", "telefonica.net", "correo-propio.es")
NAMES = (
    "ana", "luis", "maria", "jose", "carmen", "juan", "lucia", "pedro", "elena", "jorge", "laura", "pablo", "marta",
    "diego", "sofia", "james", "emma", "oliver",
)  # fmt: skip
SURNAMES = (
    "garcia", "lopez", "perez", "ruiz", "gomez", "diaz", "munoz", "romero", "torres", "vega", "smith", "jones", "brown",
    "martin", "silva", "rossi",
)  # fmt: skip


def customers(n: int, seed: int = 1) -> pa.Table:
    """Make a table of `n` customers."""
    rng = np.random.default_rng(seed)
    numbers = rng.permutation(n)
    place = rng.choice(len(COUNTRIES), n, p=[each[1] for each in COUNTRIES])
    countries = np.array([each[0] for each in COUNTRIES])[place]
    columns = {
        "customer_id": _text(numbers + 10_000_000, "C"),
        "email": emails(rng, numbers),
        "phone": phones(rng, place),
        "birth_date": birth_dates(rng, n),
        "sex": _picked(rng, n, ("H", "M", "F", "male", "female", ""), (0.35, 0.35, 0.05, 0.05, 0.05, 0.15)),
        "national_id": national_ids(rng, countries),
        "loyalty_card": _text(numbers * 7 + 27_000_000, "00"),
        "instagram": _sparse(rng, np.char.add("@user.", numbers.astype(str)), 0.3),
        "country": countries,
        "updated_at": times(rng, n),
    }
    return pa.table({name: _column(texts) for name, texts in columns.items()})


def phones(rng: Generator, place: NDArray[np.int64]) -> Texts:
    """Mobile numbers of the countries in the mix of forms."""
    n = len(place)
    code, national = np.empty(n, "U3"), np.empty(n, "U11")
    for number, (_, _, calling, starts, digits) in enumerate(COUNTRIES):
        rows = np.flatnonzero(place == number)
        start = rng.choice(np.array(starts), len(rows))
        rest = digits - len(starts[0])
        # no exchange of a North American number begins with 0 or 1
        tail = rng.integers(2 * 10 ** (rest - 1), 10**rest, len(rows)).astype(str)
        whole = np.char.add(start, tail)
        code[rows], national[rows] = calling, np.array([each[:digits] for each in whole.tolist()])
    form = rng.choice(len(FORMS), n, p=list(FORMS.values()))
    written = np.empty(n, "U40")
    for number, write in enumerate(_WRITTEN):
        rows = np.flatnonzero(form == number)
        written[rows] = [write(c, d) for c, d in zip(code[rows].tolist(), national[rows].tolist(), strict=True)]
    return written


def _parted(digits: str, mark: str) -> str:
    return mark.join((digits[:3], digits[3:6], digits[6:]))


_WRITTEN: tuple[Callable[[str, str], str], ...] = (
    lambda code, digits: f"+{code}{digits}",
    lambda code, digits: f"+{code} {_parted(digits, ' ')}",
    lambda _, digits: digits,
    lambda _, digits: _parted(digits, " "),
    lambda _, digits: _parted(digits, "-"),
    lambda code, digits: f"00{code}{digits}",
    lambda code, digits: f"+{code}.{_parted(digits, '.')}",
    lambda code, digits: f"tel: +{code} {_parted(digits, ' ')}",
    lambda code, digits: f"+{code}{digits} / {digits[:-1]}7",
    lambda _, digits: digits[:-3],
    lambda *_: "",
)


def emails(rng: Generator, numbers: NDArray[np.int64]) -> Texts:
    """Addresses as people choose them: 96 in 100 plain, the others empty, mistyped, quoted or two in a cell."""
    n = len(numbers)
    name, surname = rng.choice(np.array(NAMES), n), rng.choice(np.array(SURNAMES), n)
    mark = rng.choice(np.array([".", "", "_", "-"]), n, p=[0.6, 0.25, 0.1, 0.05])
    local = np.char.add(np.char.add(np.char.add(name, mark), surname), numbers.astype(str))
    written = np.char.add(np.char.add(local, "@"), rng.choice(np.array(DOMAINS), n)).astype("U80")
    kind = rng.choice(6, n, p=[0.86, 0.10, 0.02, 0.01, 0.005, 0.005])
    written[kind == 1] = np.char.upper(written[kind == 1])
    written[kind == 2] = ""
    written[kind == 3] = np.char.add(local[kind == 3], "@gmial.com")
    written[kind == 4] = np.char.add(np.char.add("Ana <", written[kind == 4]), ">")
    written[kind == 5] = np.char.add(written[kind == 5], "; info@correo-propio.es")
    return written


def birth_dates(rng: Generator, n: int) -> Texts:
    """Dates of 1930 to 2006: day/month/year, ISO, empty, and a few fillers."""
    day = np.datetime64("1930-01-01") + rng.integers(0, 27_800, n)
    iso = np.datetime_as_string(day)
    kind = rng.choice(4, n, p=[0.55, 0.33, 0.11, 0.01])
    turned = np.array([f"{each[8:]}/{each[5:7]}/{each[:4]}" for each in iso.tolist()])
    return np.select([kind == 0, kind == 1, kind == 3], [turned, iso, np.full(n, "01/01/1900")], "")


def national_ids(rng: Generator, countries: Texts) -> Texts:
    """Spanish DNIs for the customers in Spain, 8 of 10 of them; one in a hundred with a wrong letter."""
    n = len(countries)
    numbers = rng.choice(90_000_000, n, replace=False) + 5_000_000
    digits = np.char.zfill(numbers.astype(str), 8)
    letters = np.array([calc_check_digit(f"{number:08}") for number in range(23)])
    shift = (rng.random(n) < 0.01).astype(int)
    whole = np.char.add(digits, letters[(numbers + shift) % 23])
    hyphened = np.char.add(np.char.add(digits, "-"), letters[(numbers + shift) % 23])
    there = (countries == "ES") & (rng.random(n) < 0.8)
    return np.where(there, np.where(rng.random(n) < 0.2, hyphened, whole), "")


def times(rng: Generator, n: int) -> Texts:
    """Times of 2019 to 2024, as a system writes them."""
    moments = np.datetime64("2019-01-01T00:00:00") + rng.integers(0, 6 * 365 * 86_400, n)
    return np.char.replace(np.datetime_as_string(moments), "T", " ")


def _text(numbers: NDArray[np.int64], prefix: str) -> Texts:
    return np.char.add(prefix, numbers.astype(str))


def _picked(rng: Generator, n: int, texts: tuple[str, ...], shares: tuple[float, ...]) -> Texts:
    return rng.choice(np.array(texts), n, p=list(shares))


def _sparse(rng: Generator, texts: Texts, share: float) -> Texts:
    return np.where(rng.random(len(texts)) < share, texts, "")


def _column(texts: Texts) -> pa.Array:
    return pa.array([each or None for each in texts.tolist()], pa.string())
