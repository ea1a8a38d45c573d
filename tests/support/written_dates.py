"""Texts that are nearly dates, numbers, addresses and consents, so that fast paths meet what they must not accept."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from random import Random

CLOCKS = (
    "{h:02d}:{m:02d}", "{h:02d}:{m:02d}:{s:02d}", "{h}:{m:02d}", "{h:02d}:{m:02d}:{s:02d}.{f}", "{h:02d}{m:02d}",
    "{h:02d}:{m:02d}:{s:02d},{f}", "{h:02d}:{m:02d}.{f}",
)  # fmt: skip
ZONES = ("", "", "Z", "+01:00", "-0600", "+15:00", "+05:75", " UTC", "+02", "Z+01:00", " PM", "z")
ENDS = (" ", "T", ",", ", ", "x", " hola", "\t", "é", ".")


def dates(random: Random, count: int) -> list[str]:
    """Dates in every order, some impossible, with clocks, zones and other things around them."""
    return [_spoilt(random, _date(random) + _after(random)) for _ in range(count)]


def _date(random: Random) -> str:
    year = random.choice((random.randrange(1900, 2030), random.randrange(10_000), 1900, 1970, 2000, 2100, 1850))
    month, day = random.choice((random.randrange(14), 5)), random.choice((random.randrange(33), 1, 29, 31))
    one = random.choice("-/. -/-/,")
    two = one if random.random() < 0.9 else random.choice("-/. :")
    return random.choice(
        (
            f"{year:04d}{one}{month:02d}{two}{day:02d}", f"{day:02d}{one}{month:02d}{two}{year:04d}",
            f"{day}{one}{month}{two}{year}", f"{month}{one}{day}{two}{year % 100:02d}",
            f"{year:04d}{month:02d}{day:02d}",
            f"{year}{one}{month}{two}{day}", str(random.randrange(1000, 80_000)), f"{day:02d}{month:02d}{year:04d}",
            f"{month:02d}{one}{day:02d}{two}{year:04d}", str(random.randrange(10 ** random.randrange(8, 15))),
        )
    )  # fmt: skip


def _after(random: Random) -> str:
    kind = random.randrange(10)
    if kind >= 5:
        return ""
    if kind == 4:
        return random.choice(ENDS)
    fraction = random.randrange(10 ** random.randrange(1, 12))
    numbers = {"h": random.randrange(26), "m": random.randrange(62), "s": random.randrange(62), "f": fraction}
    return random.choice("T  T,t") + random.choice(CLOCKS).format(**numbers) + random.choice(ZONES)


def _spoilt(random: Random, text: str) -> str:
    if random.random() < 0.1:
        text = random.choice((" ", "'", "ñ", "-")) + text
    if random.random() < 0.05:
        place = random.randrange(len(text))
        text = text[:place] + random.choice("0123456789-/.: TZéx") + text[place + 1 :]
    return text


def numbers(random: Random, count: int) -> list[str]:
    """Numbers with points, commas, zeros and signs where they may be."""
    return [_number(random) for _ in range(count)]


def _number(random: Random) -> str:
    text = random.choice(("", "", "-", "+", "0")) + str(random.randrange(10 ** random.randrange(1, 18)))
    if random.random() < 0.7:
        text += random.choice(".,") + str(random.randrange(10 ** random.randrange(1, 8))).zfill(random.randrange(1, 6))
    around = random.choice(("{}", "{}", "{} €", "{}€", "${}", "€ {}", "{}%", "{} EUR", "{}\u00a0€", "£ {} "))
    odd = random.choice(("-0", "-0.0", "0.00", "1,234", "-0,00", "0,123", "1.234", "1.234.567"))
    return around.format(text if random.random() < 0.8 else odd)


def addresses(random: Random, count: int) -> list[str]:
    """Internet addresses, special ones among them, and what is nearly one."""
    return [_address(random) for _ in range(count)]


def _address(random: Random) -> str:
    parts = [random.choice((random.randrange(256), random.randrange(300), 10, 192, 127, 0, 172, 224)) for _ in range(4)]
    text = ".".join(map(str, parts))
    spoilt = (f"{text}:80", f"0{text}", text.replace(".", ",", 1), text.replace(".", "..", 1), f"{text} ", f"{text}.1")
    return random.choice((text, text, text, random.choice(spoilt), f"{text}, 83.45.12.7"))


def pairs(random: Random, count: int) -> list[str]:
    """Latitudes and longitudes with all numbers of digits, some off the globe."""
    return [_pair(random) for _ in range(count)]


def _pair(random: Random) -> str:
    latitude = f"{random.uniform(-95, 95):.{random.randrange(9)}f}"
    longitude = f"{random.uniform(-185, 185):.{random.randrange(9)}f}"
    odd = random.choice(("0,0", "0.0,0.0", "-0.000001,0.000001", "90.0,1.0", "+1.5,2.5", "1.000005,2.000015"))
    return random.choice((", ", ",", ";", " ")).join((latitude, longitude)) if random.random() < 0.9 else odd


WORDS = (
    "Ana", "José", "María", "de", "la", "Cruz", "O'Hara", "Núñez", "n/a", "NULL", "x", "test", "null", "-", "ß", "ŉ",
    "ª", "5º", "Łukasz", ",;", ".", "a-b", "_", "İ", "ñ", "Ð", "ĳ", "ſ", "½", "(null)", "<na>", "#n/a",
)  # fmt: skip


def words(random: Random, count: int) -> list[str]:
    """Words of every alphabet's edge, joined in all ways."""
    return [
        random.choice((" ", " ", "  ")).join(random.choices(WORDS, k=random.randrange(1, 5))) + random.choice(("", " "))
        for _ in range(count)
    ]


FLAGS = ("yes", "no", "sí", "☑", "opt-in", "maybe", "n/a", "", "✔️", "Sí 2024-01-01", "M", "f", "u", "mujer", None)


def flags(random: Random, count: int) -> list[str | None]:
    """Few different words."""
    return random.choices(FLAGS, k=count)
